#include "power/guard.h"

#include "base/clock.h"
#include "os/os.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MS 500	/* how long it may take to answer */
#define END_MS 1000

/* What the worker tells the guard; one packet each. */
struct order {
	uint32_t number;	/* what the guard answers; 0: no answer */
	uint32_t target, which;
	int32_t ms;		/* until it is inactive; 0: it is */
};

struct target {
	struct lines *lines;
	int64_t until[LINES_OUTPUTS];	/* in the guard: when to set it inactive; 0: it is */
};

struct guard {
	int fd;
	pid_t pid;
	uint32_t number;	/* of the last order that is answered */
	bool lost;		/* it did not answer one */
	size_t n;
	struct target target[];
};

/* --- the guard's side: allocates nothing, logs nothing, knows only its lines ----------- */

static int all_inactive(struct guard *g)
{
	int rc = 0;

	for (size_t i = 0; i < g->n; i++)
		for (enum line w = 0; w < LINES_OUTPUTS; w++)
			if (g->target[i].lines && lines_has(g->target[i].lines, w))
				rc |= lines_set(g->target[i].lines, w, false, NULL);
	return rc;
}

static _Noreturn void guard_leave(struct guard *g)
{
	_exit(all_inactive(g) < 0);
}

/* Sets inactive what is due. Returns the ms until the next is, for poll(2); -1: nothing is active. */
static int guard_due(struct guard *g)
{
	int64_t now = clock_mono_ms(), next = INT64_MAX;

	for (size_t i = 0; i < g->n; i++) {
		for (enum line w = 0; w < LINES_OUTPUTS; w++) {
			int64_t *until = &g->target[i].until[w];

			if (*until && *until <= now) {
				/* nothing else can be done for a line that does not listen */
				if (lines_set(g->target[i].lines, w, false, NULL) < 0)
					guard_leave(g);
				*until = 0;
			}
			if (*until && *until < next)
				next = *until;
		}
	}
	return next == INT64_MAX ? -1 : (int)(next - now);
}

static void guard_obey(struct guard *g, const struct order *o)
{
	if (o->target >= g->n || !g->target[o->target].lines || o->which >= LINES_OUTPUTS)
		guard_leave(g);
	g->target[o->target].until[o->which] = o->ms ? clock_mono_ms() + o->ms : 0;
	if (o->number)
		send(g->fd, &o->number, sizeof o->number, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static _Noreturn void guard_loop(struct guard *g)
{
	struct pollfd p = { .fd = g->fd, .events = POLLIN };
	struct order o;

	for (;;) {
		int ready = poll(&p, 1, guard_due(g));

		if (ready < 0 && errno != EINTR)
			guard_leave(g);
		if (ready <= 0)
			continue;
		if (recv(g->fd, &o, sizeof o, 0) != sizeof o)
			guard_leave(g);	/* the worker is gone */
		guard_obey(g, &o);
	}
}

/* Everything else that is open, the parent's channel above all, would seem to live on with us. */
static void close_others(const struct guard *g)
{
	int keep[LINES_OUTPUTS], highest = g->fd;

	for (size_t i = 0; i < g->n; i++)
		for (size_t k = g->target[i].lines ? lines_descriptors(g->target[i].lines, keep) : 0; k-- > 0;)
			highest = keep[k] > highest ? keep[k] : highest;
	for (int fd = 0; fd < highest; fd++) {
		bool kept = fd == g->fd;

		for (size_t i = 0; i < g->n && !kept; i++)
			for (size_t k = g->target[i].lines ? lines_descriptors(g->target[i].lines, keep) : 0; k-- > 0;)
				kept |= keep[k] == fd;
		if (!kept)
			close(fd);
	}
	os_close_from(highest + 1);
}

/* All signals are blocked: only the end of the worker, or SIGKILL, ends it. */
static _Noreturn void guard_main(struct guard *g)
{
	uint32_t ready = 1;

	setsid();	/* away from what is sent to the worker's group */
	os_die_with_parent(SIGCONT);	/* should it be stopped then, it goes on, and lets go */
	os_name_process("oobm-guard");
	os_not_dumpable();
	close_others(g);
	if (all_inactive(g) < 0)	/* which they are: this tries whether it can */
		_exit(1);
	send(g->fd, &ready, sizeof ready, MSG_NOSIGNAL);
	guard_loop(g);
}

/* --- the worker's side ------------------------------------------------------------------- */

static int no_answer(struct err *e)
{
	return err_set(e, "the guard of the lines does not answer, so nothing is pressed");
}

/* Waits for the answer to order NUMBER. */
static int await(struct guard *g, uint32_t number, struct err *e)
{
	struct pollfd p = { .fd = g->fd, .events = POLLIN };
	int64_t until = clock_mono_ms() + ANSWER_MS;
	uint32_t got;

	for (;;) {
		int64_t left = until - clock_mono_ms();
		ssize_t n;

		if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
			return no_answer(e);
		n = recv(g->fd, &got, sizeof got, MSG_DONTWAIT);
		if (n == sizeof got && got == number)
			return 0;
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return no_answer(e);
	}
}

static int tell(struct guard *g, uint32_t number, size_t target, enum line which, int ms)
{
	struct order o = { number, (uint32_t)target, (uint32_t)which, ms };

	return send(g->fd, &o, sizeof o, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof o ? 0 : -1;
}

/* The child begins with all signals blocked: a handler of the worker's that ran in it would speak for the worker. */
static pid_t fork_quietly(void)
{
	sigset_t all, before;
	pid_t pid;
	int saved;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		return 0;
	saved = errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return pid;
}

struct guard *guard_start(struct lines *const *lines, size_t n, struct err *e)
{
	struct guard *g = n < 1000 ? calloc(1, sizeof *g + n * sizeof *g->target) : NULL;
	int sv[2];

	if (!g || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0) {
		err_sys(e, "the guard of the lines cannot be started");
		free(g);
		return NULL;
	}
	g->n = n;
	for (size_t i = 0; i < n; i++)
		g->target[i].lines = lines[i];
	g->pid = fork_quietly();
	g->fd = sv[g->pid == 0];
	if (g->pid == 0)
		guard_main(g);
	close(sv[1]);
	g->number = 1;
	if (g->pid < 0)
		err_sys(e, "the guard of the lines cannot be started");
	else if (await(g, g->number, NULL) == 0)
		return g;
	else
		err_set(e, "the guard of the lines cannot reach them");
	guard_end(g);
	return NULL;
}

void guard_end(struct guard *g)
{
	struct pollfd p = { .events = POLLIN };
	int64_t until = clock_mono_ms() + END_MS, left;
	char drop[16];
	bool gone = false;

	if (!g)
		return;
	if (g->lost)
		until = 0;	/* its lines are inactive, and it cannot say so */
	p.fd = g->fd;
	shutdown(g->fd, SHUT_WR);
	while (!gone && (left = until - clock_mono_ms()) > 0)
		gone = poll(&p, 1, (int)left) > 0 && recv(g->fd, drop, sizeof drop, MSG_DONTWAIT) <= 0;
	close(g->fd);
	/* one that was stopped stays what it is, with its lines inactive as soon as it goes on */
	if (gone && g->pid > 0)
		waitpid(g->pid, NULL, 0);
	free(g);
}

int guard_fd(const struct guard *g)
{
	return g->fd;
}

pid_t guard_pid(const struct guard *g)
{
	return g->pid;
}

/* It is told twice: before, so that the line never goes active without it, and after, so that time in
 * which the worker did not run in between is neither the line's nor ours. */
int guard_press(struct guard *g, size_t target, enum line which, int ms, struct err *e)
{
	int limit = ms + GUARD_MARGIN_MS;

	if (target >= g->n || !g->target[target].lines || which >= LINES_OUTPUTS || ms < 1 || ms > 60000)
		return err_set(e, "the target has no such line, or the time to press it makes no sense");
	if (tell(g, ++g->number, target, which, limit) < 0)
		return no_answer(e);
	if (await(g, g->number, e) < 0) {
		/* whoever watches it hears of its end; and should it go on, so does the guard of ours */
		g->lost = true;
		shutdown(g->fd, SHUT_RDWR);
		return -1;
	}
	if (lines_set(g->target[target].lines, which, true, e) < 0 || tell(g, 0, target, which, limit) < 0) {
		struct err first = e ? *e : (struct err){ "" };

		guard_release(g, target, which, NULL);
		return first.text[0] ? err_set(e, "%s", first.text) : no_answer(e);
	}
	return 0;
}

int guard_release(struct guard *g, size_t target, enum line which, struct err *e)
{
	if (target >= g->n || !g->target[target].lines)
		return err_set(e, "there is no such target");
	if (lines_set(g->target[target].lines, which, false, e) < 0)
		return -1;
	tell(g, 0, target, which, 0);
	return 0;
}
