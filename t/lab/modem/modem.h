/* modem.h - the simulated modem: what its parts share. One file a part:
 *
 *   dce.c      a command port: lines, echo, results, prompts, data mode      (ITU-T V.250)
 *   cmd_*.c    the commands, as tables                                       (27.005, 27.007, Huawei's)
 *   sim.c      the card: PIN and message stores
 *   network.c  registration, operator, messages on their way
 *   call.c     the data call: bytes between the port and the carrier's pseudo-terminal
 *   fault.c    what may go wrong on demand
 *   profile.c  how makes of modems differ, as data
 *   quirk.c    bad manners, one by one
 *   ctl_cmd.c  what can be asked through the control socket */
#ifndef MODEM_MODEM_H
#define MODEM_MODEM_H

#include "../kit/ctl.h"
#include "dce.h"
#include "fault.h"
#include "network.h"
#include "port.h"
#include "profile.h"
#include "quirk.h"
#include "sim.h"

#include "run/loop.h"

struct call;

/* +CNMI (27.005 3.4.1) */
struct cnmi {
	long mode, mt, bm, ds, bfr;
};

struct modem {
	struct loop *loop;
	const struct profile *profile;
	struct transport *transport;
	struct dce *dce[TRANSPORT_PORTS];
	struct sim sim;
	struct network net;
	struct faults faults;
	struct call *call;		/* NULL: none, and none that still ends */
	struct cnmi cnmi;
	bool text_mode;			/* +CMGF=1 */
	long cfun;
	char apn[100];			/* of the last +CGDCONT */
	bool attached;			/* +CGATT */
	bool noise;			/* unsolicited reports not silenced by ^CURC=0 */
	struct timer *noise_timer, *boot;
	unsigned noise_next, replies;
	unsigned quirks;		/* of the profile, and what was added */
	int64_t on_since;
	bool trace;			/* events for the bytes of data calls */
	const char *carrier;		/* command */
	int64_t boot_ms, connect_ms;
};

/* What can be asked through the control socket; the device is a struct modem. */
extern const struct ctl_verb modem_verbs[];
extern const size_t modem_nverbs;

/* Makes the parts around what the caller has set: loop, profile, transport, sim, carrier, times. */
void modem_init(struct modem *m);
void modem_free(struct modem *m);

/* Power on: plugs in, starts the card and the search for a network. Returns 0, or -1 with E. */
int modem_on(struct modem *m, struct err *e);
/* Power off by pulling it out: the call, the settings and the ports are gone. */
void modem_off(struct modem *m);
/* Out and, after boot_ms, in again, as a modem does that crashed or got AT+CFUN=1,1. */
void modem_reboot(struct modem *m);

/* An unsolicited result code to each command port that is open. */
void modem_urc(struct modem *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, but held back on a port that is in data mode until it is not (+CNMI mode 2). */
void modem_urc_held(struct modem *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The data call. Dialling ends in dce_final(d, "CONNECT" or "NO CARRIER" ...). */
enum { CALL_NONE, CALL_DIALLING, CALL_UP, CALL_ENDING };
void call_dial(struct modem *m, struct dce *d, const char *number);
/* Bytes from the host in data mode; pauses the port when the carrier is slow. */
void call_from_host(struct modem *m, const char *bytes, size_t n);
/* The port's queue has room again, or the DCE entered or left data mode. */
void call_look(struct modem *m);
/* WHY goes to the log. ANNOUNCE: the port hears NO CARRIER. */
void call_hang_up(struct modem *m, const char *why, bool announce);
int call_state(const struct modem *m);
/* Kills what is left, at the end of the program. */
void call_free(struct modem *m);

#endif
