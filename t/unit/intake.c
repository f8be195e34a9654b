#include "config.h"

#include "tap.h"

#include "base/clock.h"
#include "console/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOTAL ((size_t)1 << 20)

struct world {
	struct loop *loop;
	int master;
	struct serial *port;
	struct intake *intake;
	/* what the other end writes */
	struct watch *writer;
	size_t written, write_max;
	/* what came */
	size_t got;
	bool wrong, gone;
	size_t until;		/* ends the loop */
	int64_t block_ms;	/* how long the first piece keeps the loop */
	size_t ahead;		/* how far the other end came meanwhile */
};

static char byte_of(size_t i)
{
	return (char)(i * 7 + i / 253);
}

/* Writes what the port takes now. */
static void write_some(struct world *w)
{
	char block[4096];
	ssize_t n;

	do {
		size_t len = w->write_max - w->written < sizeof block ? w->write_max - w->written : sizeof block;

		for (size_t i = 0; i < len; i++)
			block[i] = byte_of(w->written + i);
		n = len ? write(w->master, block, len) : 0;
		w->written += n > 0 ? (size_t)n : 0;
	} while (n > 0);
}

static void on_writable(void *arg, int ready)
{
	struct world *w = arg;

	(void)ready;
	write_some(w);
	if (w->written == w->write_max)
		watch_want(w->writer, 0);
}

/* The loop is kept; the other end goes on. */
static void block(struct world *w)
{
	int64_t until = clock_mono_ms() + w->block_ms;

	while (clock_mono_ms() < until) {
		struct pollfd p = { .fd = w->master, .events = POLLOUT };

		poll(&p, 1, 10);
		write_some(w);
	}
	w->ahead = w->written - w->got;
	w->block_ms = 0;
}

static void on_data(void *arg, const char *p, size_t n)
{
	struct world *w = arg;

	w->wrong = w->wrong || n == 0 || n > INTAKE_PIECE;
	for (size_t i = 0; i < n; i++)
		w->wrong = w->wrong || p[i] != byte_of(w->got + i);
	if (w->block_ms)
		block(w);
	w->got += n;
	if (w->got >= w->until)
		loop_stop(w->loop, 0);
}

static void on_gone(void *arg)
{
	struct world *w = arg;

	w->gone = true;
	intake_free(w->intake);
	w->intake = NULL;
	loop_stop(w->loop, 0);
}

static void on_late(void *arg)
{
	struct world *w = arg;

	loop_stop(w->loop, 1);
}

static int world_up(void **state)
{
	static struct world w;
	static const struct intake_ops ops = { on_data, on_gone };
	struct err e;

	w = (struct world){ .loop = loop_new(), .master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), .write_max = TOTAL,
			    .until = SIZE_MAX };
	if (w.master < 0 || grantpt(w.master) < 0 || unlockpt(w.master) < 0)
		return -1;
	w.port = serial_open(ptsname(w.master), 115200, &e);
	if (!w.port)
		return -1;
	w.writer = watch_new(w.loop, w.master, 0, on_writable, &w);
	w.intake = intake_new(w.loop, w.port, &ops, &w);
	*state = &w;
	return 0;
}

static int world_down(void **state)
{
	struct world *w = *state;

	intake_free(w->intake);
	watch_free(w->writer);
	serial_close(w->port);
	if (w->master >= 0)
		close(w->master);
	loop_free(w->loop);
	return 0;
}

static int run(struct world *w)
{
	struct timer *late = timer_new(w->loop, on_late, w);
	int code;

	timer_set(late, 20 * SEC_MS);
	code = loop_run(w->loop);
	timer_free(late);
	return code;
}

static void all_comes_in_its_order(void **state)
{
	struct world *w = *state;

	w->until = TOTAL;
	watch_want(w->writer, LOOP_WRITE);
	assert_int_equal(run(w), 0);
	assert_int_equal(w->got, TOTAL);
	assert_false(w->wrong);
}

/* A disk that is slow, a log that is full: as long as that lasts, the port is read into memory. */
static void the_port_is_read_while_the_loop_is_kept(void **state)
{
	struct world *w = *state;

	w->until = TOTAL;
	w->block_ms = 500;
	watch_want(w->writer, LOOP_WRITE);
	assert_int_equal(run(w), 0);
	assert_true(w->ahead >= INTAKE_SIZE);
	assert_int_equal(w->got, TOTAL);
	assert_false(w->wrong);
}

static void the_end_comes_after_what_was_read(void **state)
{
	struct world *w = *state;

	w->write_max = 100000;
	w->block_ms = 200;	/* so that there is something left when the port is lost */
	write_some(w);
	watch_want(w->writer, LOOP_WRITE);
	w->until = 1;
	assert_int_equal(run(w), 0);
	assert_true(w->written > 50000);
	usleep(50000);	/* the thread takes the last of it */
	watch_free(w->writer);
	w->writer = NULL;
	close(w->master);
	w->master = -1;
	w->until = SIZE_MAX;
	assert_int_equal(run(w), 0);
	assert_true(w->gone);
	assert_int_equal(w->got, w->written);
	assert_false(w->wrong);
}

static void it_ends_while_it_waits_for_room(void **state)
{
	struct world *w = *state;

	w->block_ms = 200;
	w->until = 1;
	watch_want(w->writer, LOOP_WRITE);
	assert_int_equal(run(w), 0);	/* it is full now, and nobody takes anything */
	intake_free(w->intake);
	w->intake = NULL;
	intake_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_comes_in_its_order, world_up, world_down),
		cmocka_unit_test_setup_teardown(the_port_is_read_while_the_loop_is_kept, world_up, world_down),
		cmocka_unit_test_setup_teardown(the_end_comes_after_what_was_read, world_up, world_down),
		cmocka_unit_test_setup_teardown(it_ends_while_it_waits_for_room, world_up, world_down),
	};

	return TAP_RUN(tests);
}
