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

/* One console each, for as many targets as there may be; the last one is WORKERS - 1. */
enum worker_id { WORKER_AGENT, WORKER_TUNNEL, WORKER_PUSH, WORKER_POWER, WORKER_CONSOLE,
		 WORKERS = WORKER_CONSOLE + CONF_TARGETS_MAX };

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
	char target[32];	/* of a console: whose; the config may name another by now */
	int listen_fd;		/* what it serves: the control socket, a console's; -1 for none */
	char claimed[64];	/* UUCP lock file held for it; "" for none */
	char refused[192];	/* why its last claim was refused; "" if it was not */
	struct buf handed;	/* the settings it was given last */
	char fault[128];	/* why it was killed, or died; "" while it is well */
};

struct parent {
	struct loop *loop;
	struct conf *conf;
	const char *conf_file;
	const char *libexec;
	bool debug;
	uid_t uid;
	gid_t gid, tty_gid, gpio_gid, control_gid;	/* gpio_gid: (gid_t)-1 if there is no such group */
	struct child child[WORKERS];
	struct link *link;
	struct timer *give_up;	/* at the end: everybody had time enough */
	bool stopping, reloading;
	bool agent_ready;		/* it has said so; while it has not, it may yet die with what it was told */
	struct buf missed;		/* what was said by and of oobm-power and consoles while there was no agent */
};

/* workers.c */
const char *worker_name(enum worker_id id);	/* "agent", "console" */
/* For logs: "oobm-agent", "oobm-console nas". Static storage, for one use. */
const char *worker_label(const struct parent *p, enum worker_id id);
bool worker_is_console(enum worker_id id);
void worker_start(struct parent *p, enum worker_id id);
void worker_stop(struct parent *p, enum worker_id id);	/* closes its channel; SIGKILL follows in 5 s */
void worker_kill(struct parent *p, enum worker_id id, const char *why);	/* it broke the protocol, or hangs */
void worker_expect_end(struct parent *p, enum worker_id id);	/* it let go of its channel: SIGKILL in 5 s */
void worker_heard(struct parent *p, enum worker_id id);	/* a sign of life */
/* Takes what waitpid said; true if PID was a worker. */
bool worker_reaped(struct parent *p, pid_t pid, int status);

/* hand_out.c: each worker its own section of the config and its own secrets, then `start` */
void hand_out(struct parent *p, enum worker_id id);
/* Would it be handed something else now than it was? */
bool hand_out_changed(struct parent *p, enum worker_id id);

/* targets.c: the workers that are there all the time, for the machines that are looked after */
void targets_start(struct parent *p);	/* also after a reload: whose settings are the same just goes on */
void targets_stop(struct parent *p);
/* A reload changes the machines: oobm-power begins anew at once, and what it was doing is told to the agent that asked. */
void targets_power_again(struct parent *p);
/* Makes the socket NAME in the run directory, for the control group. Returns it, or -1 with E. */
int socket_listen(const struct parent *p, const char *name, struct err *e);

/* switch.c: what the workers say */
extern const struct chan_ops switch_ops[WORKERS];
const struct permit *switch_table(enum worker_id id, size_t *n);
void switch_worker_gone(struct parent *p, enum worker_id id, const char *reason);
/* The same, of one that does not die, but is ended by us. */
void switch_worker_ended(struct parent *p, enum worker_id id, const char *reason);
void switch_close_link(struct parent *p, bool force);

/* ttylock.c: UUCP lock files (FHS 5.9) in the worker's name; only root may write there */
int ttylock_claim(struct parent *p, enum worker_id id, const char *path, struct err *e);
void ttylock_release(struct child *c);
bool ttylock_path_allowed(const struct conf *c, enum worker_id id, const char *path);

/* notify.c: systemd's notification datagram (sd_notify(3)); does nothing elsewhere */
void notify_systemd(const char *text);
void notify_alive(const char *status);	/* feeds the watchdog; STATUS is one line, whatever bytes it has */

/* main.c */
void parent_check_stopped(struct parent *p);

#endif
