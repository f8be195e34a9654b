/* loop.h - the event loop of every process. The only user of libevent. */
#ifndef OOBM_RUN_LOOP_H
#define OOBM_RUN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct watch;
struct timer;
struct sigwatch;

#define LOOP_READ 1
#define LOOP_WRITE 2

/* Never NULL: a process without an event loop ends with a message. */
struct loop *loop_new(void);
void loop_free(struct loop *l);

/* Runs until loop_stop; returns the code given there. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l, int code);

/* Calls CB(arg, ready) whenever FD is ready for what is wanted (a set of LOOP_READ and LOOP_WRITE;
 * 0 pauses). The descriptor stays the caller's, who frees the watch before closing it. */
struct watch *watch_new(struct loop *l, int fd, int want, void (*cb)(void *arg, int ready), void *arg);
void watch_want(struct watch *w, int want);
void watch_free(struct watch *w);	/* NULL is fine; so is calling it from its own callback */

/* One-shot timers on the monotonic clock, in milliseconds (0..1 year). Setting again replaces. */
struct timer *timer_new(struct loop *l, void (*cb)(void *arg), void *arg);
void timer_set(struct timer *t, int64_t ms);
void timer_stop(struct timer *t);
bool timer_pending(const struct timer *t);
void timer_free(struct timer *t);

/* Signals arrive as events: CB(arg, signo) runs from the loop, not from a handler. */
struct sigwatch *sigwatch_new(struct loop *l, int signo, void (*cb)(void *arg, int signo), void *arg);
void sigwatch_free(struct sigwatch *s);

#endif
