/* worker.h - what every unprivileged worker does the same way: log, descriptors, signals, channel to
 * the parent, dropped privilege checked, sandbox, loop. */
#ifndef OOBM_RUN_WORKER_H
#define OOBM_RUN_WORKER_H

#include "ipc/msg.h"
#include "os/os.h"
#include "run/chan.h"
#include "run/loop.h"

/* The parent's end of the socketpair is always this descriptor; all others are closed by the parent. */
#define WORKER_FD 3
/* The socket that it serves, if it serves one, is the next. */
#define WORKER_LISTEN_FD (WORKER_FD + 1)

#define WORKER_BEAT_MS INT64_C(10000)		/* of one that lives for a window */
#define WORKER_IDLE_BEAT_MS INT64_C(60000)	/* of one that is there all the time */

struct worker {
	const char *name;		/* "oobm-tunnel" */
	const struct permit *table;	/* what the parent may say */
	size_t n;
	/* Settings come as messages of the table before `start`; both arrive here. */
	void (*on_msg)(void *self, const struct msg *m, int rule);
	/* Every so often, ms, it says `alive`, as its table must allow; the parent kills who does not. 0: never. */
	int64_t beat_ms;
	/* The parent is gone or the worker was told to stop: let go of the outside world. May be NULL. */
	void (*on_stop)(void *self);
	void *self;

	/* set by worker_run */
	struct loop *loop;
	struct chan *parent;
	struct timer *beat;
};

/* Runs the worker until the parent's end closes, and returns its exit status: 0 when the parent went
 * away or asked for the end, 1 on a protocol error or when the start failed. Refuses to run as root
 * unless built for tests with -R on its command line (`oobm-tunnel -R`).
 * Command line: [-d] (debug, to stderr) [-R]. */
int worker_run(struct worker *w, int argc, char **argv);

/* Confines the process; called by a worker when it has its settings. KEEPS: a set of SANDBOX_FILES and
 * SANDBOX_EXEC (os/os.h), mostly 0. Returns 0, or -1 with a logged error. The null backend logs that there is
 * no sandbox. */
int sandbox_worker(unsigned keeps);

#endif
