/* modem.h - the modem as the agent uses it: opened and initialised, messages in and out, a data call.
 * Commands are those of 3GPP TS 27.005 and 27.007, and ITU-T V.250. */
#ifndef OOBM_AGENT_MODEM_H
#define OOBM_AGENT_MODEM_H

#include "run/loop.h"

#include <stdbool.h>
#include <stdint.h>

#define MODEM_STORE_MAX 4	/* "SM", "ME", "MT", "SR" */
#define MODEM_INIT_MAX 16
#define MODEM_TEXT_MAX 64

struct modem;

struct modem_config {
	char device[128], command_device[128];	/* paths, or "" */
	char usb[64];				/* "12d1:1001[:SERIAL]", or "" */
	int data_interface, command_interface;	/* -1: the lowest; none */
	char profile[16];
	char pin[16];				/* secret */
	char apn[100], dial[32];
	char init[MODEM_INIT_MAX][80];
	unsigned ninit;
	int64_t timeout;			/* for an ordinary command, ms */
};

/* What is known, for status and for people. */
struct modem_info {
	char model[MODEM_TEXT_MAX], operator[MODEM_TEXT_MAX], sim[32], registration[32];
	int signal_dbm;		/* 0: unknown */
	bool registered;
};

struct modem_ops {
	/* The port's path is known: ask the parent for its lock, then call modem_claimed. */
	void (*on_found)(void *arg, const char *path);
	void (*on_ready)(void *arg);
	/* It could not be opened, or was lost; WHY is a sentence. The modem is closed. */
	void (*on_lost)(void *arg, const char *why);
	/* A message in STORE at INDEX; HEX is its PDU. It stays there until modem_delete. */
	void (*on_message)(void *arg, const char *store, int index, const char *hex);
	/* May the PIN be sent? Records that it was, on disk, before it returns true. */
	bool (*pin_allowed)(void *arg);
	void (*pin_accepted)(void *arg);	/* or is not asked for */
	void (*pin_refused)(void *arg);
};

struct modem *modem_new(struct loop *l, const struct modem_config *c, const struct modem_ops *ops, void *arg);
void modem_free(struct modem *m);

/* Looks for the modem, opens and initialises it; on_ready or on_lost follows. Nothing while it runs. */
void modem_open(struct modem *m);
void modem_claimed(struct modem *m, const char *error);	/* NULL: granted */
void modem_close(struct modem *m);			/* quietly: nobody is called */
void modem_give_up(struct modem *m, const char *why);	/* the same, but who waits for an answer gets one; no on_lost */
bool modem_is_ready(const struct modem *m);
const struct modem_info *modem_get_info(const struct modem *m);
const char *modem_path(const struct modem *m);		/* of the data port, as found last; "" before */

/* True if commands can be sent now: the command port is open and not lent to PPP. */
bool modem_can_talk(const struct modem *m);
/* True if commands can be sent during a call: there is a second port. */
bool modem_has_command_port(const struct modem *m);

/* Reads all stores; on_message for each message. Also done when ready, on +CMTI, and once a minute. */
void modem_sweep(struct modem *m);
void modem_delete(struct modem *m, const char *store, int index);	/* or a later sweep finds it again */

/* Unless it was sent, TEXT is the error for people. UNSURE: the modem got it and did not say what came of it. */
enum modem_sent { MODEM_SENT, MODEM_NOT_SENT, MODEM_SENT_UNSURE };
typedef void modem_sent_cb(void *arg, enum modem_sent how, const char *text);
void modem_send_sms(struct modem *m, const char *hex, unsigned tpdu_octets, modem_sent_cb *cb, void *arg);

/* Data call. On OK the port, whose path is TTY, is in data mode and lent: nothing reads it here. DCD
 * tells whether the port shows the carrier. Otherwise REASON is for people. */
typedef void modem_dialled_cb(void *arg, bool ok, const char *tty, bool dcd, const char *reason);
void modem_dial(struct modem *m, int64_t timeout_ms, modem_dialled_cb *cb, void *arg);

/* Ends a call in any phase, or none; takes the port back and synchronises. CB always comes; OK false:
 * the modem does not answer (on_lost has been, or will be, called). */
typedef void modem_hung_up_cb(void *arg, bool ok);
void modem_hang_up(struct modem *m, modem_hung_up_cb *cb, void *arg);

#endif
