/* dce.h - one command port as ITU-T V.250 describes it: command lines in, result codes out. */
#ifndef MODEM_DCE_H
#define MODEM_DCE_H

#include "base/buf.h"
#include "port.h"
#include "run/loop.h"

#include <stdbool.h>
#include <stdint.h>

struct modem;

#define DCE_LINE_MAX 1024
#define DCE_PDU_MAX 1024

enum dce_mode {
	DCE_COMMAND,
	DCE_BUSY,	/* a command runs; what comes meanwhile waits */
	DCE_PROMPT,	/* after "> ", until Ctrl-Z or ESC */
	DCE_DATA,
};

struct dce {
	struct modem *modem;
	struct port *port;
	enum dce_mode mode;
	bool dialling;		/* BUSY with a dial: any byte ends it (V.250 5.6.1) */
	char line[DCE_LINE_MAX], last[DCE_LINE_MAX];
	size_t len;
	bool skip_lf;		/* the line ended in CR: an LF right after belongs to it */
	struct buf pending;	/* input that waits while BUSY */
	bool draining;
	struct buf reply;	/* what the running command line has said so far */
	struct buf held;	/* unsolicited codes that wait for the end of data mode */
	struct timer *slow;	/* the reply goes out when it fires */
	char pdu[DCE_PDU_MAX];	/* at the prompt */
	size_t pdu_len;
	void (*on_pdu)(struct dce *d, const char *text);	/* NULL text: cancelled by ESC */
	long pdu_octets;
	/* the escape sequence (V.250 does not have it; every modem does): guard, +++, guard */
	int64_t last_data, last_line;
	unsigned plus;
	struct timer *guard;
	struct timer *carrier;	/* DCD rises when it fires */
	/* settings: V.250, 27.007 +CMEE, +CREG; &F sets the defaults */
	bool echo, verbose, quiet, escaped;
	long cmee, dcd_follows, dtr_action, sreg[32], creg[3];
	/* why the command failed: +CME or +CMS ERROR, 0 for plain ERROR */
	int cme, cms;
};

struct dce *dce_new(struct modem *m, struct port *p);
void dce_free(struct dce *d);
void dce_defaults(struct dce *d);	/* the settings of AT&F */
void dce_power_cycle(struct dce *d);	/* forgets what was going on */

/* For commands. An information line of the reply: CR LF text CR LF. */
void dce_info(struct dce *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Ends a command that returned CMD_LATER: "OK", "ERROR", "NO CARRIER", "CONNECT"... */
void dce_final(struct dce *d, const char *result);
void dce_final_cme(struct dce *d, int code);
void dce_final_cms(struct dce *d, int code);
/* Ends it without any result, as a modem does that hangs. */
void dce_no_result(struct dce *d);
/* Shows the prompt; DONE gets what was typed. */
void dce_prompt(struct dce *d, void (*done)(struct dce *d, const char *text));

void dce_urc(struct dce *d, const char *text, bool hold);
void dce_enter_data(struct dce *d);
void dce_leave_data(struct dce *d, const char *result);	/* NULL: say nothing */

/* Between dce.c and dce_out.c. */
void dce_add_result(struct dce *d, const char *result);
/* +CME or +CMS ERROR, or ERROR: 27.007 9.1, and 27.005 3.2.5, where +CMEE has no say. */
void dce_add_failure(struct dce *d);
/* The reply is complete: it goes out now, or later if the modem is to be slow. */
void dce_complete(struct dce *d);
void dce_on_slow(void *arg);
void dce_on_carrier(void *arg);
/* Text to the host, as the quirks have it. */
void dce_put(struct dce *d, const char *text, size_t n);
/* Says what was held back. */
void dce_release(struct dce *d);
/* A line between commands. */
void dce_say(struct dce *d, const char *text);
/* Takes input that waits, as far as the mode allows. */
void dce_drain(struct dce *d);

/* --- commands ---------------------------------------------------------------------- */

enum cmd_kind { CMD_EXEC, CMD_READ, CMD_SET, CMD_TEST };

enum cmd_result {
	CMD_OK,
	CMD_FAIL,	/* d->cme or d->cms say why, else ERROR */
	CMD_LATER,	/* dce_final comes by itself */
	CMD_QUIET,	/* no result at all */
};

struct cmd {
	const char *name;	/* "+CSQ", "^CURC" */
	enum cmd_result (*run)(struct dce *d, enum cmd_kind kind, const char *args);
	unsigned flags;
};
#define CMD_SIM 1	/* needs a ready card: +CME ERROR 10, 11 */
#define CMD_SMS 2	/* the same, told as +CMS ERROR 310, 311 */
#define CMD_HUAWEI 4	/* only there in profiles with Huawei's commands */

extern const struct cmd cmds_basic[], cmds_network[], cmds_sms[], cmds_huawei[];	/* end in a NULL name */

/* Runs one basic command (V.250: a letter, or & and a letter, with its number) at *P and moves *P past it. */
enum cmd_result cmd_basic(struct dce *d, const char **p);

/* "+CME ERROR" as a failing result of a command. */
enum cmd_result cmd_cme(struct dce *d, int code);
enum cmd_result cmd_cms(struct dce *d, int code);

/* Field INDEX of ARGS (split at commas outside quotes, quotes removed). Returns its length, -1 if
 * there is none. The number form: 0, or -1 if it is there but no number in LO..HI; absent or empty
 * leaves *OUT alone. */
int cmd_arg(const char *args, unsigned index, char *out, size_t size);
int cmd_num(const char *args, unsigned index, long lo, long hi, long *out);

#endif
