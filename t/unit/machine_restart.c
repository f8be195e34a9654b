#include "tap.h"

#include "situation.h"

#include "base/log.h"

static void resume(const struct machine_window *w, int64_t left, int64_t at)
{
	now = at;
	machine_init(&m, &limits, now, 1);
	machine_resume(&m, w, left, now);
}

static void an_open_window_goes_on_with_the_time_left(void **state)
{
	static const int64_t clocks[] = { 0, 1, 5 * SEC_MS, 10 * MIN_MS, 20 * MIN_MS, 1000 * MIN_MS };

	(void)state;
	for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
		struct machine_window w;

		bring_to(OPEN);
		w = m.window;
		resume(&w, 20 * MIN_MS, clocks[i]);
		assert_int_equal(m.window.id, FIRST_ID);
		assert_int_equal(m.next_id, FIRST_ID + 1);
		assert_true(m.window.resumed);
		assert_int_equal(m.window.end, now + 20 * MIN_MS);
		assert_true(m.window.opened != 0);
		assert_int_equal(m.window.length, m.window.end - m.window.opened);
		assert_int_equal(m.window.warn_at, now + 15 * MIN_MS);
		send(MACHINE_EV_MODEM_READY);
		send(MACHINE_EV_LINK_UP);
		send(MACHINE_EV_CHECKED);
		assert_int_equal(send(MACHINE_EV_TUNNEL_UP).list[1], MACHINE_ACT_TELL_BACK);
		pass(20 * MIN_MS);
		assert_int_equal(m.window.how, MACHINE_END_TIME);
	}
}

static void damage_on_disk_cannot_lengthen_a_window(void **state)
{
	struct machine_window w;

	(void)state;
	bring_to(OPEN);
	w = m.window;
	resume(&w, INT64_MAX, START);
	assert_int_equal(m.window.end, now + 30 * MIN_MS);
	w.length = INT64_MAX;
	resume(&w, INT64_MAX, START);
	assert_int_equal(m.window.end, now + limits.max);
	w.opened = 0;
	resume(&w, INT64_MAX, START);
	assert_int_equal(m.window.end, now + PATIENCE);
	assert_int_equal(m.window.length, limits.max);
	w.id = 0;
	resume(&w, MIN_MS, START);
	assert_int_equal(m.window.id, 0);
}

static void a_window_whose_time_ran_out_meanwhile_is_reported(void **state)
{
	struct machine_window w;

	(void)state;
	bring_to(OPEN);
	w = m.window;
	resume(&w, -5 * SEC_MS, START);
	pass(0);
	assert_int_equal(m.last.id, FIRST_ID);
	assert_int_equal(m.last.how, MACHINE_END_TIME);
	assert_int_equal(m.window.id, 0);
}

/* The agent died between `down` and the report: the window must not be opened again. */
static void a_window_that_was_ending_is_reported_and_not_reopened(void **state)
{
	struct machine_window w;

	(void)state;
	bring_to(OPEN);
	send(MACHINE_EV_DOWN);
	w = m.window;
	resume(&w, 20 * MIN_MS, START);
	pass(0);
	assert_int_equal(m.last.id, FIRST_ID);
	assert_int_equal(m.last.how, MACHINE_END_ASKED);
	assert_int_equal(m.last.end - m.last.opened, 10 * MIN_MS);
	send(MACHINE_EV_MODEM_READY);
	assert_int_equal(m.state, MACHINE_LISTENING);
	/* also when the modem was faster than the clock */
	resume(&w, 20 * MIN_MS, START);
	assert_int_equal(send(MACHINE_EV_MODEM_READY).list[0], MACHINE_ACT_REPORT);
	assert_int_equal(m.state, MACHINE_REPORTING);
	assert_int_equal(m.last.how, MACHINE_END_ASKED);
	/* a failure keeps its reason */
	bring_to(CONNECTING);
	send_failed("host key", "it has changed", true);
	w = m.window;
	resume(&w, MIN_MS, START);
	send(MACHINE_EV_DOWN);
	assert_int_equal(m.last.how, MACHINE_END_FAILED);
	assert_string_equal(m.last.reason, "it has changed");
}

/* A modem that draws so much current that the box starts again when it dials. */
static void a_window_whose_tries_all_end_in_a_restart_is_given_up(void **state)
{
	struct machine_window w;
	unsigned dials = 0;

	(void)state;
	bring_to(DIALLING);
	while (m.state == MACHINE_DIALLING && dials < 10) {
		dials++;
		w = m.window;
		resume(&w, PATIENCE, 30 * SEC_MS);
		pass(0);
		send(MACHINE_EV_MODEM_READY);
	}
	assert_int_equal(dials, limits.tries + 1);
	assert_int_equal(m.last.id, FIRST_ID);
	assert_int_equal(m.last.how, MACHINE_END_FAILED);
	assert_string_equal(m.last.step, "restart");
	assert_int_equal(m.last.failures, limits.tries);
}

static void a_waiting_up_goes_on_after_a_restart(void **state)
{
	(void)state;
	now = START;
	machine_init(&m, &limits, now, 9);
	machine_resume_queued(&m, 12 * MIN_MS, now);
	send(MACHINE_EV_MODEM_READY);
	assert_int_equal(m.window.id, 9);
	assert_int_equal(m.window.length, 12 * MIN_MS);
	assert_false(m.queued);
}

static void stop_keeps_a_window_for_the_next_run(void **state)
{
	(void)state;
	bring_to(OPEN);
	send(MACHINE_EV_STOP);
	assert_int_equal(m.window.how, MACHINE_END_NONE);
	assert_false(machine_stopped(&m));
	send(MACHINE_EV_CLOSED);
	assert_true(machine_stopped(&m));
	assert_int_equal(m.window.id, FIRST_ID);
	/* in the worst case it takes both closing times */
	bring_to(OPEN);
	send(MACHINE_EV_STOP);
	pass(2 * limits.close);
	assert_true(machine_stopped(&m));
	/* an UP that comes meanwhile is kept, also when the window itself is over */
	bring_to(CLOSING_DONE);
	send(MACHINE_EV_STOP);
	assert_int_equal(send(MACHINE_EV_UP).list[0], MACHINE_ACT_SAVE);
	assert_true(m.queued);
	assert_int_equal(m.window.how, MACHINE_END_ASKED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_window_goes_on_with_the_time_left),
		cmocka_unit_test(damage_on_disk_cannot_lengthen_a_window),
		cmocka_unit_test(a_window_whose_time_ran_out_meanwhile_is_reported),
		cmocka_unit_test(a_window_that_was_ending_is_reported_and_not_reopened),
		cmocka_unit_test(a_window_whose_tries_all_end_in_a_restart_is_given_up),
		cmocka_unit_test(a_waiting_up_goes_on_after_a_restart),
		cmocka_unit_test(stop_keeps_a_window_for_the_next_run),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return TAP_RUN(tests);
}
