#include "console/intake.h"

#include "base/alloc.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TURN_MAX ((size_t)64 * 1024)	/* bytes for one turn of the loop, which has others to serve */

/* One thread puts, the other takes; each counter is written by one of them only. A byte in a pipe wakes the other
 * side, and is there only once. */
struct intake {
	struct serial *port;
	struct watch *watch;
	const struct intake_ops *ops;
	void *arg;
	pthread_t thread;
	int data_pipe[2];		/* to the loop: there is something */
	int room_pipe[2];		/* to the thread: there is room, or an end */
	atomic_size_t put, taken;	/* bytes, ever */
	atomic_bool told;		/* a byte is in data_pipe */
	atomic_bool full;		/* the thread waits for room */
	atomic_bool stop, gone;
	char data[INTAKE_SIZE];
};

static void wake(int fd)
{
	while (write(fd, "", 1) < 0 && errno == EINTR)
		;
}

static void drain(int fd)
{
	char bytes[64];

	while (read(fd, bytes, sizeof bytes) > 0)
		;
}

/* --- the thread ---------------------------------------------------------------------- */

static size_t room(struct intake *i)
{
	return INTAKE_SIZE - (atomic_load(&i->put) - atomic_load(&i->taken));
}

static void tell_loop(struct intake *i)
{
	if (!atomic_exchange(&i->told, true))
		wake(i->data_pipe[1]);
}

/* Waits for the port (unless there is no room) or for the loop. Returns what the port is ready for. */
static short wait_for_more(struct intake *i)
{
	struct pollfd p[2] = { { .fd = i->room_pipe[0], .events = POLLIN }, { .fd = serial_fd(i->port), .events = POLLIN } };

	atomic_store(&i->full, true);
	if (room(i) > 0)	/* looked at after the flag, so that no wake-up is missed */
		atomic_store(&i->full, false);
	if (poll(p, atomic_load(&i->full) ? 1 : 2, -1) < 0)
		return 0;
	if (p[0].revents)
		drain(i->room_pipe[0]);
	return p[1].revents;
}

/* Returns -1 when the port is lost. */
static int take_in(struct intake *i, short ready)
{
	size_t at = atomic_load(&i->put) % INTAKE_SIZE, n = room(i);
	ssize_t got;

	if (n > INTAKE_SIZE - at)
		n = INTAKE_SIZE - at;
	got = n > 0 ? serial_read(i->port, i->data + at, n) : 0;
	if (got > 0) {
		atomic_fetch_add(&i->put, (size_t)got);
		tell_loop(i);
		return 0;
	}
	/* hung up, and nothing left to be read: poll would say so for ever */
	return got < 0 || (n > 0 && ready & (POLLHUP | POLLERR | POLLNVAL)) ? -1 : 0;
}

static void *run(void *arg)
{
	struct intake *i = arg;

	while (!atomic_load(&i->stop)) {
		short ready = wait_for_more(i);

		if (ready && take_in(i, ready) < 0)
			break;
	}
	atomic_store(&i->gone, true);
	tell_loop(i);
	return NULL;
}

/* --- the loop ------------------------------------------------------------------------- */

static size_t hand_on(struct intake *i, size_t most)
{
	size_t taken = atomic_load(&i->taken), at = taken % INTAKE_SIZE, n = atomic_load(&i->put) - taken;

	if (n > INTAKE_SIZE - at)
		n = INTAKE_SIZE - at;
	if (n > most)
		n = most;
	if (n == 0)
		return 0;
	i->ops->on_data(i->arg, i->data + at, n);
	atomic_store(&i->taken, taken + n);
	if (atomic_exchange(&i->full, false))
		wake(i->room_pipe[1]);
	return n;
}

static void on_ready(void *arg, int ready)
{
	struct intake *i = arg;
	size_t n, sum = 0;
	bool gone;

	(void)ready;
	drain(i->data_pipe[0]);
	atomic_store(&i->told, false);
	gone = atomic_load(&i->gone);	/* before looking for data: what was put before it went is there */
	while (sum < TURN_MAX && (n = hand_on(i, INTAKE_PIECE)) > 0)
		sum += n;
	if (sum >= TURN_MAX)
		tell_loop(i);
	else if (gone)
		i->ops->on_gone(i->arg);
}

static void make_pipe(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC | O_NONBLOCK) < 0) {
		log_error("no descriptors left for reading a port: %s", strerror(errno));
		exit(1);
	}
}

struct intake *intake_new(struct loop *l, struct serial *p, const struct intake_ops *ops, void *arg)
{
	struct intake *i = alloc_zero(sizeof *i);
	sigset_t all, before;
	int rc;

	i->port = p;
	i->ops = ops;
	i->arg = arg;
	make_pipe(i->data_pipe);
	make_pipe(i->room_pipe);
	i->watch = watch_new(l, i->data_pipe[0], LOOP_READ, on_ready, i);
	/* signals are the loop's business */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&i->thread, NULL, run, i);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc) {
		log_error("no thread for reading a port: %s", strerror(rc));
		exit(1);
	}
	return i;
}

void intake_free(struct intake *i)
{
	if (!i)
		return;
	atomic_store(&i->stop, true);
	wake(i->room_pipe[1]);
	pthread_join(i->thread, NULL);
	watch_free(i->watch);
	for (int k = 0; k < 2; k++) {
		close(i->data_pipe[k]);
		close(i->room_pipe[k]);
	}
	free(i);
}
