/* viewers.h - those who look at a console: who they are and what they may, who has the keyboard, and that none of them
 * waits for another. Each reads from the same memory at its own pace; who is too slow for that is told how much was
 * left out. Who may not look, or does not say what he wants, keeps nobody out; nor does who has many places keep out
 * somebody who has few. */
#ifndef OOBM_CONSOLE_VIEWERS_H
#define OOBM_CONSOLE_VIEWERS_H

#include "console/port.h"
#include "console/recorder.h"
#include "core/rights.h"
#include "core/ring.h"
#include "run/loop.h"

struct viewers;

struct viewers_config {
	const char *target;
	int fd;				/* listening */
	const struct ring *raw;		/* what the machine said; all of these stay the caller's */
	const struct recorder *recorder;
	struct port *port;
	const struct rights *rights;
};

struct viewers_ops {
	/* Who did what: "took the keyboard from bob" */
	void (*on_audit)(void *arg, const char *by, const char *text);
};

struct viewers *viewers_new(struct loop *l, const struct viewers_config *c, const struct viewers_ops *ops, void *arg);
void viewers_free(struct viewers *v);

/* NULL is fine, in all of these. There is something new in memory. */
void viewers_kick(struct viewers *v);
/* There is room at the port again. */
void viewers_room(struct viewers *v);
/* A sentence for all who look on. */
void viewers_tell(struct viewers *v, const char *text);

#endif
