#include "base/clock.h"
#include "base/log.h"
#include "os/os.h"
#include "parent/parent.h"
#include "run/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DELAY_FIRST_MS INT64_C(200)
#define DELAY_MAX_MS (30 * SEC_MS)
#define STEADY_MS (60 * SEC_MS)		/* one that ran this long begins again with the first delay */
#define GO_MS (5 * SEC_MS)		/* how long a worker may take to end */
#define SILENT_MS (45 * SEC_MS)		/* tunnel and push show a sign of life every 10 s */
#define IDLE_SILENT_MS (150 * SEC_MS)	/* those who are there all the time, and have to cost little, every minute */

bool worker_is_console(enum worker_id id)
{
	return id >= WORKER_CONSOLE;
}

const char *worker_name(enum worker_id id)
{
	static const char *const names[] = { "agent", "tunnel", "push", "power", "console" };

	return names[worker_is_console(id) ? WORKER_CONSOLE : id];
}

const char *worker_label(const struct parent *p, enum worker_id id)
{
	static char label[64];

	if (worker_is_console(id))
		snprintf(label, sizeof label, "oobm-console %s", p->child[id].target);
	else
		snprintf(label, sizeof label, "oobm-%s", worker_name(id));
	return label;
}

/* Which devices it may open, apart from what everybody may: oobm-power's programs may drive a board on a serial port.
 * Returns how many groups. */
static size_t groups_of(const struct parent *p, enum worker_id id, gid_t groups[3])
{
	size_t n = 0;

	groups[n++] = p->gid;
	if (id == WORKER_AGENT || id == WORKER_POWER || worker_is_console(id))
		groups[n++] = p->tty_gid;
	if (id == WORKER_POWER && p->gpio_gid != (gid_t)-1)
		groups[n++] = p->gpio_gid;
	return n;
}

/* In the child, between fork and exec: descriptors 0 to 4, then the privilege. */
static _Noreturn void become_worker(const struct parent *p, enum worker_id id, int fd)
{
	gid_t groups[3];
	size_t ngroups = groups_of(p, id, groups);
	int serves = p->child[id].listen_fd;
	char path[512], name[32];
	char *argv[] = { name, p->debug ? (char *)"-d" : NULL, NULL };
	char *envp[] = { (char *)"PATH=/usr/bin:/bin", (char *)"TZ=UTC", NULL };
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	snprintf(path, sizeof path, "%s/oobm-%s", p->libexec, worker_name(id));
	snprintf(name, sizeof name, "oobm-%s", worker_name(id));
	/* the two descriptors may stand on each other's number: move both out of the way first */
	fd = fcntl(fd, F_DUPFD, 10);
	if (fd < 0 || null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || (!p->debug && dup2(null, 2) < 0))
		_exit(126);
	if (serves >= 0) {
		serves = fcntl(serves, F_DUPFD, 10);
		if (serves < 0 || dup2(serves, WORKER_FD + 1) < 0)
			_exit(126);
	}
	if (dup2(fd, WORKER_FD) < 0)
		_exit(126);
	os_close_from(serves >= 0 ? WORKER_FD + 2 : WORKER_FD + 1);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	os_die_with_parent(SIGKILL);
	if (setgroups(ngroups, groups) < 0 || setgid(p->gid) < 0 || setuid(p->uid) < 0)
		_exit(125);
	/* the kernel forgets it when ids change */
	os_die_with_parent(SIGTERM);
	execve(path, argv, envp);
	_exit(127);
}

static void use_timer(struct child *c, void (*cb)(void *arg), int64_t ms)
{
	timer_free(c->timer);
	c->timer = timer_new(c->parent->loop, cb, c);
	timer_set(c->timer, ms);
}

/* The agent finds the port free, or it does not begin: a link that its predecessor left is ended
 * first, with force if manners take too long. */
static void restart(void *arg)
{
	struct child *c = arg;

	if (c->id == WORKER_AGENT && c->parent->link) {
		if (clock_mono_ms() - c->died >= 2 * GO_MS)
			switch_close_link(c->parent, true);
		use_timer(c, restart, DELAY_FIRST_MS);
		return;
	}
	worker_start(c->parent, c->id);
}

static void too_slow(void *arg)
{
	struct child *c = arg;

	log_warn("%s[%d] does not end; killing it", worker_label(c->parent, c->id), (int)c->pid);
	if (c->pid > 0)
		kill(c->pid, SIGKILL);
}

static void silent(void *arg)
{
	struct child *c = arg;

	log_error("%s[%d] shows no sign of life; killing it", worker_label(c->parent, c->id), (int)c->pid);
	worker_kill(c->parent, c->id, "it hung");
}

void worker_heard(struct parent *p, enum worker_id id)
{
	struct child *c = &p->child[id];

	if (c->pid > 0 && c->chan)
		timer_set(c->silence, id == WORKER_TUNNEL || id == WORKER_PUSH ? SILENT_MS : IDLE_SILENT_MS);
}

static void start_failed(struct child *c)
{
	log_error("cannot start %s: %s", worker_label(c->parent, c->id), strerror(errno));
	use_timer(c, restart, DELAY_MAX_MS);
}

void worker_start(struct parent *p, enum worker_id id)
{
	struct child *c = &p->child[id];
	size_t n;
	const struct permit *table = switch_table(id, &n);
	int sv[2];

	c->wanted = true;
	if (c->pid > 0) {
		c->again = !c->chan;	/* its predecessor is still on its way out */
		return;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0) {
		start_failed(c);
		return;
	}
	c->pid = fork();
	if (c->pid == 0)
		become_worker(p, id, sv[1]);
	close(sv[1]);
	if (c->pid < 0) {
		c->pid = 0;
		close(sv[0]);
		start_failed(c);
		return;
	}
	timer_free(c->timer);
	c->timer = NULL;
	c->started = clock_mono_ms();
	c->fault[0] = 0;
	c->chan = chan_new(p->loop, sv[0], table, n, &switch_ops[id], c);
	if (id == WORKER_AGENT)
		p->agent_ready = false;
	log_debug("%s[%d] started", worker_label(p, id), (int)c->pid);
	if (!c->silence)
		c->silence = timer_new(p->loop, silent, c);
	worker_heard(p, id);
	hand_out(p, id);
}

/* Its channel is over, and it may be silent from now on. */
static void let_go(struct child *c)
{
	chan_free(c->chan);
	c->chan = NULL;
	if (c->silence)
		timer_stop(c->silence);
}

void worker_stop(struct parent *p, enum worker_id id)
{
	struct child *c = &p->child[id];

	c->wanted = c->again = false;
	if (c->pid == 0) {
		timer_free(c->timer);
		c->timer = NULL;
		return;
	}
	let_go(c);
	use_timer(c, too_slow, GO_MS);
}

void worker_expect_end(struct parent *p, enum worker_id id)
{
	struct child *c = &p->child[id];

	let_go(c);
	if (c->pid > 0)
		use_timer(c, too_slow, GO_MS);
}

void worker_kill(struct parent *p, enum worker_id id, const char *why)
{
	struct child *c = &p->child[id];

	let_go(c);
	snprintf(c->fault, sizeof c->fault, "%s", why);
	if (c->pid > 0)
		kill(c->pid, SIGKILL);
}

static void describe(const struct child *c, int status, char *out, size_t size)
{
	if (c->fault[0])
		snprintf(out, size, "%s", c->fault);
	else if (WIFSIGNALED(status))
		snprintf(out, size, "killed by signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == 127)
		snprintf(out, size, "it could not be run: is it installed?");
	else if (WEXITSTATUS(status) >= 125)
		snprintf(out, size, "its privileges could not be dropped");
	else
		snprintf(out, size, "exit status %d", WEXITSTATUS(status));
}

/* Whoever holds power buttons is there again at once: it takes up the lines as not pressed. */
static int64_t next_delay(const struct child *c)
{
	bool steady = clock_mono_ms() - c->started >= STEADY_MS;

	if (c->id == WORKER_POWER && (steady || c->delay < 0))
		return 0;
	if (steady || c->delay <= 0)
		return DELAY_FIRST_MS;
	return c->delay < DELAY_MAX_MS / 2 ? 2 * c->delay : DELAY_MAX_MS;
}

bool worker_reaped(struct parent *p, pid_t pid, int status)
{
	char reason[128];
	struct child *c = NULL;

	for (int i = 0; i < WORKERS; i++)
		if (p->child[i].pid == pid)
			c = &p->child[i];
	if (!c)
		return false;
	c->pid = 0;
	c->died = clock_mono_ms();
	if (c->chan)
		chan_drain(c->chan);	/* its last words come before the news of its death */
	let_go(c);
	if (worker_is_console(c->id))
		ttylock_release(c);
	timer_free(c->timer);
	c->timer = NULL;
	if (c->again) {
		c->again = false;
		worker_start(p, c->id);
		return true;
	}
	describe(c, status, reason, sizeof reason);
	snprintf(c->fault, sizeof c->fault, "%s", reason);
	if (!c->wanted) {
		log_debug("%s[%d] ended: %s", worker_label(p, c->id), (int)pid, reason);
		/* an agent that dies instead of stopping leaves the rest to us */
		if (c->id == WORKER_AGENT)
			switch_worker_gone(p, c->id, reason);
		return true;
	}
	c->delay = next_delay(c);
	log_error("%s[%d] died: %s; starting it again in %lld ms", worker_label(p, c->id), (int)pid, reason,
		  (long long)c->delay);
	use_timer(c, restart, c->delay);
	switch_worker_gone(p, c->id, reason);
	return true;
}
