/* The guard, as the process that it is: what it does when the worker is killed, stopped or late, and when it is
 * killed itself. The lines are those of this test: a memory file to which each change is appended, so that they
 * go through a descriptor as real ones do. Workers are children that are sent signals. */
#include "tap.h"

#include "power/guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SOON 500	/* ms within which the guard acts on a machine that is busy with other things */

/* --- lines ------------------------------------------------------------------------------ */

struct change {
	int64_t us;
	pid_t by;
	int which, active;
};

struct lines {
	int fd;			/* the changes, one after another */
	int stops;		/* so many times it stops the process before it goes active */
};

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

bool lines_has(const struct lines *l, enum line which)
{
	(void)l;
	return which < LINES_OUTPUTS;
}

int lines_set(struct lines *l, enum line which, bool active, struct err *e)
{
	struct change c = { .by = getpid(), .which = (int)which, .active = active };

	if (active && l->stops-- > 0)
		raise(SIGSTOP);
	c.us = now_us();
	return write(l->fd, &c, sizeof c) == sizeof c ? 0 : err_sys(e, "the line cannot be set");
}

size_t lines_descriptors(const struct lines *l, int fd[LINES_OUTPUTS])
{
	fd[0] = l->fd;
	return 1;
}

static void lines_make(struct lines *l)
{
	l->fd = memfd_create("lines", MFD_CLOEXEC);
	l->stops = 0;
	assert_true(l->fd >= 0);
}

#define AT_START 2	/* a guard begins with setting both outputs inactive */

/* The Nth change after the start, from 0; waits for it. */
static struct change change(const struct lines *l, int n, int ms)
{
	int64_t until = now_us() + ms * INT64_C(1000);
	struct change c;

	while (pread(l->fd, &c, sizeof c, (off_t)sizeof c * (n + AT_START)) != sizeof c) {
		if (now_us() > until)
			fail_msg("there is no change %d of the line within %d ms", n, ms);
		poll(NULL, 0, 1);
	}
	return c;
}

static int changes(const struct lines *l)
{
	return (int)(lseek(l->fd, 0, SEEK_END) / (off_t)sizeof(struct change)) - AT_START;
}

/* --- workers -------------------------------------------------------------------------------- */

/* A child that is the worker: starts a guard for L, tells its process, presses and then does nothing. */
static pid_t worker_start(struct lines *l, int ms, pid_t *guard)
{
	int told[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(told), 0);
	pid = fork();
	if (pid == 0) {
		struct lines *const all[] = { NULL, l };
		struct guard *g = guard_start(all, 2, NULL);
		pid_t p = g ? guard_pid(g) : -1;

		if (write(told[1], &p, sizeof p) != sizeof p || !g)
			_exit(1);
		close(told[1]);
		guard_press(g, 1, LINE_POWER, ms, NULL);
		for (;;)
			pause();
	}
	close(told[1]);
	assert_int_equal(read(told[0], guard, sizeof *guard), sizeof *guard);
	assert_true(*guard > 0);
	/* the worker closed the other end; so has the guard, though it was open when it began */
	assert_int_equal(poll(&(struct pollfd){ .fd = told[0], .events = POLLIN }, 1, 5000), 1);
	assert_int_equal(read(told[0], &c, 1), 0);
	close(told[0]);
	return pid;
}

static void end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

/* Orphans become this process's children (PR_SET_CHILD_SUBREAPER). */
static void guard_has_ended(pid_t guard, int status_wanted)
{
	int64_t until = now_us() + 5000000;
	int status;

	while (waitpid(guard, &status, WNOHANG) != guard) {
		assert_true(now_us() < until);
		poll(NULL, 0, 2);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), status_wanted);
}

static void when_the_worker_is_killed_the_line_is_inactive(void **state)
{
	struct lines l;
	struct change c;
	pid_t guard, worker;
	int64_t killed;

	(void)state;
	lines_make(&l);
	worker = worker_start(&l, 30000, &guard);
	c = change(&l, 0, 5000);
	assert_int_equal(c.by, worker);
	assert_int_equal(c.active, 1);
	killed = now_us();
	end(worker);
	c = change(&l, 1, SOON);
	assert_int_equal(c.by, guard);
	assert_int_equal(c.active, 0);
	assert_int_equal(c.which, LINE_POWER);
	print_message("# inactive %d us after the kill\n", (int)(c.us - killed));
	guard_has_ended(guard, 0);
	close(l.fd);
}

static void a_guard_that_is_stopped_goes_on_when_the_worker_is_killed(void **state)
{
	struct lines l;
	struct change c;
	pid_t guard, worker;

	(void)state;
	lines_make(&l);
	worker = worker_start(&l, 30000, &guard);
	c = change(&l, 0, 5000);
	assert_int_equal(c.active, 1);
	assert_int_equal(kill(guard, SIGSTOP), 0);
	end(worker);
	c = change(&l, 1, SOON);
	assert_int_equal(c.by, guard);
	assert_int_equal(c.active, 0);
	guard_has_ended(guard, 0);
	close(l.fd);
}

static void when_the_worker_is_stopped_the_press_ends_in_time(void **state)
{
	struct lines l;
	struct change on, off;
	pid_t guard, worker;

	(void)state;
	lines_make(&l);
	worker = worker_start(&l, 300, &guard);
	on = change(&l, 0, 5000);
	kill(worker, SIGSTOP);
	off = change(&l, 1, 300 + SOON);
	assert_int_equal(off.by, guard);
	assert_int_equal(off.active, 0);
	print_message("# a press of 300 ms lasted %d us\n", (int)(off.us - on.us));
	assert_in_range(off.us - on.us, 300000, (300 + SOON) * 1000);
	end(worker);
	guard_has_ended(guard, 0);
	close(l.fd);
}

/* Stopped between the order and the line going active, and gone on only after the guard gave it up. */
static void a_worker_that_wakes_up_late_is_not_forgotten(void **state)
{
	struct lines l;
	struct change c;
	pid_t guard, worker;
	int status;

	(void)state;
	lines_make(&l);
	l.stops = 1;
	worker = worker_start(&l, 100, &guard);
	assert_int_equal(waitpid(worker, &status, WUNTRACED), worker);
	assert_true(WIFSTOPPED(status));
	c = change(&l, 0, 100 + SOON);
	assert_int_equal(c.by, guard);
	kill(worker, SIGCONT);
	c = change(&l, 1, 5000);
	assert_int_equal(c.by, worker);
	assert_int_equal(c.active, 1);
	c = change(&l, 2, 100 + SOON);
	assert_int_equal(c.by, guard);
	assert_int_equal(c.active, 0);
	end(worker);
	guard_has_ended(guard, 0);
	close(l.fd);
}

static void a_press_that_is_released_in_time_is_left_alone(void **state)
{
	struct lines l;
	struct lines *const all[] = { &l };
	struct guard *g;
	struct err e;

	(void)state;
	lines_make(&l);
	g = guard_start(all, 1, &e);
	assert_non_null(g);
	assert_int_equal(guard_press(g, 0, LINE_RESET, 60, &e), 0);
	assert_int_equal(guard_release(g, 0, LINE_RESET, &e), 0);
	/* the guard is alive, and has had its time to be wrong */
	assert_int_equal(poll(&(struct pollfd){ .fd = guard_fd(g), .events = POLLIN }, 1, 60 + GUARD_MARGIN_MS + 50), 0);
	assert_int_equal(changes(&l), 2);
	assert_int_equal(change(&l, 0, 0).which, LINE_RESET);
	assert_int_equal(change(&l, 1, 0).active, 0);
	guard_end(g);
	/* at its end it makes sure of both outputs */
	assert_int_equal(changes(&l), 4);
	assert_int_equal(change(&l, 2, 0).active, 0);
	assert_int_equal(change(&l, 3, 0).active, 0);
	close(l.fd);
}

static void signals_of_others_do_not_end_it(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGALRM, SIGPIPE };
	struct lines l;
	struct lines *const all[] = { &l };
	struct guard *g;
	struct err e;

	(void)state;
	lines_make(&l);
	g = guard_start(all, 1, &e);
	assert_non_null(g);
	assert_true(getpgid(guard_pid(g)) != getpgrp());
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		assert_int_equal(kill(guard_pid(g), signals[i]), 0);
	assert_int_equal(guard_press(g, 0, LINE_POWER, 1000, &e), 0);
	assert_int_equal(guard_release(g, 0, LINE_POWER, &e), 0);
	guard_end(g);
	close(l.fd);
}

static void when_the_guard_is_killed_the_worker_hears_and_presses_nothing(void **state)
{
	struct lines l;
	struct lines *const all[] = { &l };
	struct guard *g;
	struct err e;

	(void)state;
	lines_make(&l);
	g = guard_start(all, 1, &e);
	assert_non_null(g);
	assert_int_equal(kill(guard_pid(g), SIGKILL), 0);
	assert_int_equal(poll(&(struct pollfd){ .fd = guard_fd(g), .events = POLLIN }, 1, 5000), 1);
	assert_int_equal(guard_press(g, 0, LINE_POWER, 100, &e), -1);
	assert_non_null(strstr(e.text, "nothing is pressed"));
	assert_int_equal(changes(&l), 0);
	guard_end(g);
	close(l.fd);
}

static void a_guard_that_does_not_answer_lets_nothing_be_pressed(void **state)
{
	struct lines l;
	struct lines *const all[] = { &l };
	struct guard *g;
	struct err e;
	pid_t pid;
	int status;

	(void)state;
	lines_make(&l);
	g = guard_start(all, 1, &e);
	assert_non_null(g);
	pid = guard_pid(g);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_int_equal(guard_press(g, 0, LINE_POWER, 100, &e), -1);
	assert_non_null(strstr(e.text, "does not answer"));
	assert_int_equal(changes(&l), 0);
	/* it is as good as dead, which whoever watches it hears; it need not go on for that */
	assert_int_equal(poll(&(struct pollfd){ .fd = guard_fd(g), .events = POLLIN }, 1, 0), 1);
	assert_int_equal(guard_press(g, 0, LINE_POWER, 100, &e), -1);
	guard_end(g);
	/* when it does go on, it ends, and presses nothing */
	assert_int_equal(kill(pid, SIGCONT), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (int i = 0; i < changes(&l); i++)
		assert_false(change(&l, i, 0).active);
	close(l.fd);
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct lines l;
	struct lines *const all[] = { &l, NULL };
	struct guard *g;
	struct err e;

	(void)state;
	lines_make(&l);
	g = guard_start(all, 2, &e);
	assert_non_null(g);
	assert_int_equal(guard_press(g, 1, LINE_POWER, 100, &e), -1);
	assert_int_equal(guard_press(g, 2, LINE_POWER, 100, &e), -1);
	assert_int_equal(guard_press(g, 0, LINE_LED, 100, &e), -1);
	assert_int_equal(guard_press(g, 0, LINE_POWER, 0, &e), -1);
	assert_int_equal(guard_press(g, 0, LINE_POWER, -5, &e), -1);
	assert_int_equal(guard_press(g, 0, LINE_POWER, 60001, &e), -1);
	assert_int_equal(changes(&l), 0);
	guard_end(g);
	close(l.fd);
}

static void lines_that_cannot_be_reached_are_told_at_the_start(void **state)
{
	struct lines l;
	struct lines *const all[] = { &l };
	struct err e;

	(void)state;
	lines_make(&l);
	close(l.fd);
	l.fd = 900;	/* open nowhere */
	assert_null(guard_start(all, 1, &e));
	assert_non_null(strstr(e.text, "cannot reach"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_the_worker_is_killed_the_line_is_inactive),
		cmocka_unit_test(a_guard_that_is_stopped_goes_on_when_the_worker_is_killed),
		cmocka_unit_test(when_the_worker_is_stopped_the_press_ends_in_time),
		cmocka_unit_test(a_worker_that_wakes_up_late_is_not_forgotten),
		cmocka_unit_test(a_press_that_is_released_in_time_is_left_alone),
		cmocka_unit_test(signals_of_others_do_not_end_it),
		cmocka_unit_test(when_the_guard_is_killed_the_worker_hears_and_presses_nothing),
		cmocka_unit_test(a_guard_that_does_not_answer_lets_nothing_be_pressed),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(lines_that_cannot_be_reached_are_told_at_the_start),
	};

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	return TAP_RUN(tests);
}
