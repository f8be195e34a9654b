#include "tap.h"

#include "base/clock.h"
#include "tunnel/alive.h"

#include <stdbool.h>

struct seen {
	struct loop *loop;
	struct alive *a;
	struct timer *heard;
	unsigned asked, answers_left;
	int64_t asked_at, dead_at, silent;
};

static void on_ask(void *arg)
{
	struct seen *s = arg;

	s->asked++;
	s->asked_at = clock_mono_ms();
	if (s->answers_left > 0) {
		s->answers_left--;
		timer_set(s->heard, 10);
	}
}

static void on_heard(void *arg)
{
	struct seen *s = arg;

	alive_heard(s->a);
}

static void on_dead(void *arg, int64_t silent_ms)
{
	struct seen *s = arg;

	s->dead_at = clock_mono_ms();
	s->silent = silent_ms;
	loop_stop(s->loop, 0);
}

static const struct alive_ops ops = { on_ask, on_dead };

static void set_up(struct seen *s, int64_t idle, int64_t answer)
{
	*s = (struct seen){ .loop = loop_new() };
	s->a = alive_new(s->loop, idle, answer, &ops, s);
	s->heard = timer_new(s->loop, on_heard, s);
}

static void tear_down(struct seen *s)
{
	timer_free(s->heard);
	alive_free(s->a);
	loop_free(s->loop);
}

static void silence_is_asked_about_and_then_deadly(void **state)
{
	int64_t since = clock_mono_ms();
	struct seen s;

	(void)state;
	set_up(&s, 200, 100);
	alive_start(s.a);
	loop_run(s.loop);
	assert_int_equal(s.asked, 1);
	assert_true(s.asked_at - since >= 200);
	assert_true(s.dead_at - s.asked_at >= 100);
	assert_true(s.silent >= 300 && s.silent <= s.dead_at - since);
	tear_down(&s);
}

static void an_answer_starts_the_clock_anew(void **state)
{
	int64_t since = clock_mono_ms();
	struct seen s;

	(void)state;
	set_up(&s, 100, 100);
	s.answers_left = 3;
	alive_start(s.a);
	loop_run(s.loop);
	assert_int_equal(s.asked, 4);
	assert_true(s.dead_at - since >= 3 * 110 + 200);
	tear_down(&s);
}

static void stop(void *arg)
{
	struct seen *s = arg;

	loop_stop(s->loop, 0);
}

/* Bytes that come all the time: nothing is ever asked. */
static void a_busy_tunnel_asks_nothing(void **state)
{
	struct timer *end;
	struct seen s;

	(void)state;
	set_up(&s, 300, 100);
	end = timer_new(s.loop, stop, &s);
	alive_start(s.a);
	for (int i = 0; i < 10; i++) {
		timer_set(end, 50);
		loop_run(s.loop);
		alive_heard(s.a);
	}
	assert_int_equal(s.asked, 0);
	assert_int_equal(s.dead_at, 0);
	timer_free(end);
	tear_down(&s);
}

static void whoever_is_deaf_accuses_nobody(void **state)
{
	struct timer *end;
	struct seen s;

	(void)state;
	set_up(&s, 50, 50);
	end = timer_new(s.loop, stop, &s);
	alive_start(s.a);
	alive_deaf(s.a, true);
	timer_set(end, 300);
	loop_run(s.loop);
	assert_int_equal(s.asked, 0);
	assert_int_equal(s.dead_at, 0);
	alive_deaf(s.a, false);
	loop_run(s.loop);
	assert_int_equal(s.asked, 1);
	assert_true(s.dead_at > 0);
	timer_free(end);
	tear_down(&s);
}

static void what_is_stopped_is_silent(void **state)
{
	struct timer *end;
	struct seen s;

	(void)state;
	set_up(&s, 30, 30);
	end = timer_new(s.loop, stop, &s);
	alive_start(s.a);
	alive_stop(s.a);
	timer_set(end, 150);
	loop_run(s.loop);
	assert_int_equal(s.asked, 0);
	assert_int_equal(s.dead_at, 0);
	alive_free(NULL);
	timer_free(end);
	tear_down(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_asked_about_and_then_deadly),
		cmocka_unit_test(an_answer_starts_the_clock_anew),
		cmocka_unit_test(a_busy_tunnel_asks_nothing),
		cmocka_unit_test(whoever_is_deaf_accuses_nobody),
		cmocka_unit_test(what_is_stopped_is_silent),
	};

	return TAP_RUN(tests);
}
