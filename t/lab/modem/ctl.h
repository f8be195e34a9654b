/* ctl.h - the control socket: what the test world does to the modem.
 *
 * A request is one line of ipc/msg.h: the verb, and the arguments as a0, a1... The answer is any number
 * of lines that begin with '-', then one with '=', the exit status and, if that is not 0, a text. */
#ifndef MODEM_CTL_H
#define MODEM_CTL_H

#include "base/err.h"

#include <stdbool.h>

struct ctl;
struct modem;

/* Listens at PATH (an old socket is taken away). Returns NULL with E. */
struct ctl *ctl_new(struct modem *m, const char *path, struct err *e);
void ctl_free(struct ctl *c);

/* For ctl_cmd.c: an asker, and its arguments. */
struct asker;
#define ASKER_ARGS 16
struct request {
	struct modem *modem;
	struct asker *asker;
	const char *verb, *arg[ASKER_ARGS];
	unsigned n;
};

void ctl_say(struct asker *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Ends the answer. CODE 0: done; 1: failed; 2: wrong usage. */
void ctl_done(struct asker *a, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Ends the answer later: when CHECK (called after each event) returns true, having called ctl_done; or
 * with code 1 after SECONDS. COUNT, FROM and TEXT are for the check. */
void ctl_wait(struct asker *a, long seconds, bool (*check)(struct asker *a), long count, long from, const char *text);

struct asker_wait {
	bool (*check)(struct asker *a);
	long count, from;
	char text[256];
};
const struct asker_wait *ctl_waits(const struct asker *a);
struct modem *ctl_modem(const struct asker *a);

/* Does what the request says, and calls ctl_done or ctl_wait once. */
void ctl_run(struct request *r);

#endif
