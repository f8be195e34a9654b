/* parent.h - the parts of oobmd, the only program that runs as root. It parses nothing that comes from
 * outside, and does only what the tables of ipc/permit.c allow. */
#ifndef OOBM_PARENT_PARENT_H
#define OOBM_PARENT_PARENT_H

#include "conf/conf.h"
#include "link/link.h"
#include "run/chan.h"
#include "run/loop.h"

#include <stdbool.h>
#include <sys/types.h>

enum worker_id { WORKER_AGENT, WORKER_TUNNEL, WORKER_PUSH, WORKERS };

struct parent;

/* One worker: a process, a channel, and how often it had to be started again. */
struct child {
	struct parent *parent;
	enum worker_id id;
	pid_t pid;		/* 0: not running */
	struct chan *chan;	/* NULL: not running, or the channel is over and the process about to end */
	bool wanted;		/* is started again when it dies */
	bool again;		/* is started as soon as the one that is ending is gone */
	int64_t started, died;
	int64_t delay;		/* before the next start, ms */
	struct timer *timer;	/* restart; or SIGKILL for one that does not go */
	struct timer *silence;	/* it has to show signs of life */
	char fault[128];	/* why it was killed, or died; "" while it is well */
};

struct parent {
	struct loop *loop;
	struct conf *conf;
	const char *conf_file;
	const char *libexec;
	bool debug;
	uid_t uid;
	gid_t gid, tty_gid, control_gid;
	int control_fd;		/* listening; the agent inherits it */
	struct child child[WORKERS];
	struct link *link;
	struct timer *give_up;	/* at the end: everybody had time enough */
	bool stopping, reloading;
	char claimed[64];	/* lock file held for the agent, "" for none */
};

/* workers.c */
const char *worker_name(enum worker_id id);
void worker_start(struct parent *p, enum worker_id id);
void worker_stop(struct parent *p, enum worker_id id);	/* closes its channel; SIGKILL follows in 5 s */
void worker_kill(struct parent *p, enum worker_id id, const char *why);	/* it broke the protocol, or hangs */
void worker_expect_end(struct parent *p, enum worker_id id);	/* it let go of its channel: SIGKILL in 5 s */
void worker_heard(struct parent *p, enum worker_id id);	/* a sign of life */
/* Takes what waitpid said; true if PID was a worker. */
bool worker_reaped(struct parent *p, pid_t pid, int status);

/* hand_out.c: each worker its own section of the config and its own secrets, then `start` */
void hand_out(struct parent *p, enum worker_id id);

/* switch.c: what the workers say */
extern const struct chan_ops switch_ops[WORKERS];
const struct permit *switch_table(enum worker_id id, size_t *n);
void switch_worker_gone(struct parent *p, enum worker_id id, const char *reason);
void switch_close_link(struct parent *p, bool force);

/* ttylock.c: UUCP lock files (FHS 5.9) in the agent's name; only root may write there */
int ttylock_claim(struct parent *p, const char *path, pid_t owner, struct err *e);
void ttylock_release(struct parent *p);
bool ttylock_path_allowed(const struct conf *c, const char *path);

/* notify.c: systemd's notification datagram (sd_notify(3)); does nothing elsewhere */
void notify_systemd(const char *text);
void notify_alive(const char *status);	/* feeds the watchdog; STATUS is one line, whatever bytes it has */

/* main.c */
void parent_check_stopped(struct parent *p);

#endif
