/* chan.h - a stream of line messages (ipc/msg.h) over a descriptor, held against a permit table. */
#ifndef OOBM_RUN_CHAN_H
#define OOBM_RUN_CHAN_H

#include "ipc/msg.h"
#include "run/loop.h"

struct chan;

struct chan_ops {
	/* RULE is the index in the permit table. May call chan_free. */
	void (*on_msg)(void *arg, const struct msg *m, int rule);
	/* The stream is over: WHY is NULL at an orderly end, else what was wrong. Called once; the
	 * channel is dead but still to be freed, which may be done from here. */
	void (*on_end)(void *arg, const char *why);
};

/* Takes over FD, of which no more than 1000 lines in 10 s are taken (made non-blocking and close-on-exec, closed by chan_free). TABLE is kept by reference. */
struct chan *chan_new(struct loop *l, int fd, const struct permit *table, size_t n,
		      const struct chan_ops *ops, void *arg);
void chan_free(struct chan *c);	/* NULL is fine */

/* Where to build messages with msg_begin..msg_end; chan_flush then sends what is there, as the
 * descriptor allows. More than 256 KiB waiting ends the stream. */
struct buf *chan_out(struct chan *c);
void chan_flush(struct chan *c);
/* The same, and what the descriptor takes is on its way when it returns: for what must be said before something
 * is done. Calls nothing back. */
void chan_flush_now(struct chan *c);

/* Takes what the other end has said and is here, without the loop: for the last words of a process that is dead. Calls
 * back as the loop does; the channel may be freed in it. */
void chan_drain(struct chan *c);

/* Sends M as it is (for the parent, which passes on what one worker says to another). */
void chan_forward(struct chan *c, const struct msg *m);

#endif
