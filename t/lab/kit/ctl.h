/* ctl.h - the control socket of a simulated device: what the test world does to it.
 *
 * A request is one line of ipc/msg.h: the verb, and the arguments as a0, a1... The answer is any number
 * of lines that begin with '-', then one with '=', the exit status and, if that is not 0, a text. */
#ifndef KIT_CTL_H
#define KIT_CTL_H

#include "base/err.h"
#include "run/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctl;
struct request;

/* A table of what can be asked; RUN calls ctl_done or ctl_wait once. */
struct ctl_verb {
	const char *verb;
	void (*run)(struct request *r);
};

/* Listens at PATH (an old socket is taken away) for the N verbs of TABLE, and for two of its own: `mark`, which
 * answers the number of the next event, and `wait TEXT SECONDS [--since MARK]`, which answers the first event
 * that contains TEXT. SELF is the device. Returns NULL with E. */
struct ctl *ctl_new(struct loop *l, const char *path, const struct ctl_verb *table, size_t n, void *self, struct err *e);
void ctl_free(struct ctl *c);

/* An asker, and its arguments. */
struct asker;
#define ASKER_ARGS 16
struct request {
	void *self;
	struct asker *asker;
	const char *verb, *arg[ASKER_ARGS];
	unsigned n;
};

void ctl_say(struct asker *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Ends the answer. CODE 0: done; 1: failed; 2: wrong usage. */
void ctl_done(struct asker *a, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Ends the answer later: when CHECK (called after each event) returns true, having called ctl_done; or
 * with code 1 after SECONDS. COUNT, FROM and TEXT are for the check. */
void ctl_wait(struct asker *a, int64_t seconds, bool (*check)(struct asker *a), int64_t count, int64_t from, const char *text);

struct asker_wait {
	bool (*check)(struct asker *a);
	int64_t count, from;
	char text[256];
};
const struct asker_wait *ctl_waits(const struct asker *a);
void *ctl_self(const struct asker *a);

/* "--ucs2": takes it out of the arguments and says whether it was there. "--store SM": takes both out, and returns
 * the second, or NULL. */
bool ctl_option(struct request *r, const char *name);
const char *ctl_option_value(struct request *r, const char *name);

/* A number from LO to HI. Returns whether TEXT is one. */
bool ctl_number(const char *text, int64_t lo, int64_t hi, int64_t *out);

#endif
