#include "tap.h"

#include "situation.h"

#include "base/log.h"

#include <string.h>

/* --- the window --------------------------------------------------------------------------------------------- */

static void a_window_opens_warns_and_ends_on_time(void **state)
{
	int64_t opened;

	(void)state;
	bring_to(DIALLING);
	assert_int_equal(m.window.id, FIRST_ID);
	assert_int_equal(m.window.end, now + PATIENCE);
	pass(5 * SEC_MS);
	send(MACHINE_EV_LINK_UP);
	send(MACHINE_EV_CHECKED);
	opened = now;
	send(MACHINE_EV_TUNNEL_UP);
	assert_int_equal(m.window.opened, opened);
	assert_int_equal(m.window.end, opened + 30 * MIN_MS);
	assert_int_equal(m.window.warn_at, opened + 25 * MIN_MS);
	pass(30 * MIN_MS - 1);
	assert_int_equal(m.state, MACHINE_OPEN);
	assert_int_equal(m.window.warn_at, 0);
	pass(1);
	assert_int_equal(m.state, MACHINE_CLOSING);
	pass(2 * SEC_MS);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.last.how, MACHINE_END_TIME);
	assert_int_equal(m.last.end, opened + 30 * MIN_MS + 2 * SEC_MS);
	assert_int_equal(m.window.id, 0);
}

static void lengths_are_bounded(void **state)
{
	static const struct { int64_t asked, given; } cases[] = {
		{ 0, 30 * MIN_MS }, { -1, 30 * MIN_MS }, { 45 * MIN_MS, 45 * MIN_MS }, { MIN_MS, MIN_MS },
		{ 120 * MIN_MS, 120 * MIN_MS }, { 121 * MIN_MS, 120 * MIN_MS }, { INT64_MAX, 120 * MIN_MS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bring_to(LISTENING);
		send_length(MACHINE_EV_UP, cases[i].asked);
		send(MACHINE_EV_LINK_UP);
		send(MACHINE_EV_CHECKED);
		send(MACHINE_EV_TUNNEL_UP);
		assert_int_equal(m.window.end - now, cases[i].given);
		assert_int_equal(m.window.length, cases[i].given);
		assert_int_equal(m.window.warn_at, cases[i].given > limits.warn ? m.window.end - limits.warn : 0);
	}
}

static void extend_moves_the_end_up_to_the_maximum(void **state)
{
	(void)state;
	bring_to(OPEN);
	pass(10 * MIN_MS);
	send_length(MACHINE_EV_EXTEND, 15 * MIN_MS);
	assert_int_equal(m.window.end - m.window.opened, 45 * MIN_MS);
	assert_int_equal(m.window.warn_at, m.window.end - 5 * MIN_MS);
	send(MACHINE_EV_EXTEND);
	assert_int_equal(m.window.end - m.window.opened, 75 * MIN_MS);
	send_length(MACHINE_EV_EXTEND, INT64_MAX);
	assert_int_equal(m.window.end - m.window.opened, 120 * MIN_MS);
	send_length(MACHINE_EV_EXTEND, MIN_MS);
	assert_int_equal(m.window.end - m.window.opened, 120 * MIN_MS);
	/* before it opens, its length grows */
	bring_to(WAITING);
	send_length(MACHINE_EV_EXTEND, 10 * MIN_MS);
	assert_int_equal(m.window.length, 40 * MIN_MS);
	bring_to(CHECKING);
	send_length(MACHINE_EV_EXTEND, 10 * MIN_MS);
	assert_int_equal(m.window.length, 40 * MIN_MS);
	assert_int_equal(m.window.end, now + PATIENCE);
	send_length(MACHINE_EV_EXTEND, INT64_MAX);
	assert_int_equal(m.window.length, 120 * MIN_MS);
}

static void up_inside_a_window_never_shortens_it(void **state)
{
	(void)state;
	bring_to(OPEN);
	pass(10 * MIN_MS);
	send_length(MACHINE_EV_UP, 5 * MIN_MS);
	assert_int_equal(m.window.end - m.window.opened, 30 * MIN_MS);
	send(MACHINE_EV_UP);
	assert_int_equal(m.window.end - m.window.opened, 40 * MIN_MS);
	assert_int_equal(m.window.id, FIRST_ID);
	bring_to(CHECKING);
	send_length(MACHINE_EV_UP, 5 * MIN_MS);
	assert_int_equal(m.window.length, 30 * MIN_MS);
	send_length(MACHINE_EV_UP, 50 * MIN_MS);
	assert_int_equal(m.window.length, 50 * MIN_MS);
}

/* A command at the very moment of the warning used to swallow it, an `extend` at the maximum to repeat it. */
static void the_warning_comes_once_for_an_end(void **state)
{
	(void)state;
	bring_to(OPEN);
	pass(26 * MIN_MS);
	assert_int_equal(m.window.warn_at, 0);
	send_length(MACHINE_EV_EXTEND, 30 * SEC_MS);	/* too short for another warning */
	assert_int_equal(m.window.warn_at, 0);
	send_length(MACHINE_EV_EXTEND, 10 * MIN_MS);
	assert_int_equal(m.window.warn_at, m.window.end - 5 * MIN_MS);

	bring_to(OPEN);
	send_length(MACHINE_EV_EXTEND, INT64_MAX);
	now = m.window.warn_at;
	send(MACHINE_EV_EXTEND);
	assert_int_equal(m.window.warn_at, now);
	pass(0);
	assert_int_equal(m.window.warn_at, 0);
	send(MACHINE_EV_EXTEND);
	assert_int_equal(m.window.warn_at, 0);
}

static void without_a_warning_time_nobody_is_warned(void **state)
{
	(void)state;
	bring_to(CONNECTING);
	m.limits.warn = 0;
	send(MACHINE_EV_TUNNEL_UP);
	assert_int_equal(m.window.warn_at, 0);
	assert_int_equal(machine_next(&m), m.window.end);
}

/* --- failures ------------------------------------------------------------------------------------------------ */

static void three_tries_and_then_a_report_that_says_why(void **state)
{
	(void)state;
	bring_to(DIALLING);
	for (unsigned i = 1; i <= 3; i++) {
		assert_int_equal(m.state, MACHINE_DIALLING);
		send_failed("dialling", "NO CARRIER", false);
		assert_int_equal(m.window.failures, i);
		send(MACHINE_EV_CLOSED);
		if (i < 3)
			pass(limits.pause);
	}
	assert_int_equal(m.state, MACHINE_REPORTING);
	assert_int_equal(m.last.how, MACHINE_END_FAILED);
	assert_int_equal(m.last.opened, 0);
	assert_string_equal(m.last.step, "dialling");
	assert_string_equal(m.last.reason, "NO CARRIER");
}

static void what_cannot_get_better_is_not_tried_again(void **state)
{
	(void)state;
	bring_to(CONNECTING);
	send_failed("host key", "it has changed", true);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.state, MACHINE_REPORTING);
	assert_string_equal(m.last.step, "host key");
}

static void failures_inside_an_open_window_are_bounded_by_its_end_only(void **state)
{
	int64_t end;

	(void)state;
	bring_to(OPEN);
	end = m.window.end;
	for (int i = 0; i < 4; i++) {
		send(MACHINE_EV_TUNNEL_LOST);	/* at once after it came up: all is built anew, after a pause */
		send(MACHINE_EV_CLOSED);
		assert_int_equal(m.state, MACHINE_PAUSING);
		pass(m.deadline - now);
		send_failed("dialling", "NO CARRIER", false);
		send(MACHINE_EV_CLOSED);
		pass(m.deadline - now);
		send(MACHINE_EV_LINK_UP);
		send(MACHINE_EV_CHECKED);
		assert_int_equal(send(MACHINE_EV_TUNNEL_UP).list[1], MACHINE_ACT_TELL_BACK);
		assert_int_equal(m.window.failures, 0);
	}
	assert_int_equal(m.window.end, end);
	pass(end - now);
	assert_int_equal(m.state, MACHINE_CLOSING);
	assert_int_equal(m.window.how, MACHINE_END_TIME);
}

/* A try that fails, from dialling on. Returns the pause after it. */
static int64_t fail_a_try(void)
{
	assert_int_equal(m.state, MACHINE_DIALLING);
	send_failed("connect", "the relay is dead", false);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.state, MACHINE_PAUSING);
	return m.deadline - now;
}

static void lose_the_link(void)
{
	send_failed("link", "the modem hung up", false);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.state, MACHINE_PAUSING);
	assert_int_equal(m.deadline - now, limits.pause);
}

/* Each costs a call, and nothing but the end of the window ends them. */
static void rebuilds_come_more_and_more_rarely(void **state)
{
	static const int64_t pauses[] = { 20, 40, 80, 160, 320, 480, 480, 480 };

	(void)state;
	bring_to(OPEN_STEADY);
	send_length(MACHINE_EV_EXTEND, INT64_MAX);
	lose_the_link();
	for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
		pass(m.deadline - now);
		assert_int_equal(fail_a_try(), pauses[i] * SEC_MS);
	}
	/* and the window ends when it would */
	while (m.deadline < m.window.end) {
		pass(m.deadline - now);
		fail_a_try();
	}
	pass(m.window.end - now);
	assert_int_equal(m.state, MACHINE_REPORTING);
	assert_int_equal(m.last.how, MACHINE_END_TIME);
}

static void come_up(void)
{
	send(MACHINE_EV_LINK_UP);
	send(MACHINE_EV_CHECKED);
	send(MACHINE_EV_TUNNEL_UP);
}

static void a_tunnel_that_does_not_hold_is_no_success(void **state)
{
	(void)state;
	bring_to(OPEN_STEADY);
	lose_the_link();
	pass(limits.pause);
	come_up();
	pass(59 * SEC_MS);
	send(MACHINE_EV_TUNNEL_LOST);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.deadline - now, 2 * limits.pause);
	pass(2 * limits.pause);
	come_up();
	pass(60 * SEC_MS);	/* this one holds */
	lose_the_link();

	/* the same where the tunnel breaks and the link does not */
	pass(limits.pause);
	assert_int_equal(fail_a_try(), 2 * limits.pause);
	pass(2 * limits.pause);
	come_up();
	pass(60 * SEC_MS);
	send(MACHINE_EV_TUNNEL_LOST);
	assert_int_equal(m.state, MACHINE_CONNECTING);
	send_failed("connect", "the relay is dead", false);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.deadline - now, limits.pause);
}

static void up_ends_a_long_pause(void **state)
{
	(void)state;
	bring_to(OPEN_STEADY);
	lose_the_link();
	pass(limits.pause);
	assert_int_equal(fail_a_try(), 2 * limits.pause);
	send(MACHINE_EV_UP);
	assert_int_equal(fail_a_try(), limits.pause);
}

static void tries_before_the_tunnel_was_up_follow_soon(void **state)
{
	(void)state;
	bring_to(DIALLING);
	assert_int_equal(fail_a_try(), limits.pause);
	pass(limits.pause);
	assert_int_equal(fail_a_try(), limits.pause);
	pass(limits.pause);
	come_up();
	lose_the_link();	/* they do not count against it */
}

static void a_pause_longer_than_eight_minutes_stays_as_it_is(void **state)
{
	(void)state;
	bring_to(OPEN_STEADY);
	m.limits.pause = 10 * MIN_MS;
	send_length(MACHINE_EV_EXTEND, INT64_MAX);
	send_failed("link", "the modem hung up", false);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.deadline - now, 10 * MIN_MS);
	pass(10 * MIN_MS);
	assert_int_equal(fail_a_try(), 10 * MIN_MS);
}

/* One that goes with each call may go because of it: too weak a power supply. */
static void a_modem_that_goes_again_and_again_is_not_dialled_at_once(void **state)
{
	(void)state;
	bring_to(OPEN_STEADY);
	for (unsigned i = 1; i <= 3; i++) {
		send(MACHINE_EV_MODEM_LOST);
		send(MACHINE_EV_CLOSED);
		assert_int_equal(m.state, MACHINE_OFFLINE);
		send(MACHINE_EV_MODEM_READY);
		if (i > 1) {
			assert_int_equal(m.state, MACHINE_PAUSING);
			assert_int_equal(m.deadline - now, limits.pause << (i - 1));
			pass(m.deadline - now);
		}
		assert_int_equal(m.state, MACHINE_DIALLING);
	}
	/* nor does a window begin again that is over */
	send(MACHINE_EV_MODEM_LOST);
	send(MACHINE_EV_CLOSED);
	now = m.window.end;
	send(MACHINE_EV_MODEM_READY);
	assert_int_equal(m.state, MACHINE_REPORTING);
}

static void a_report_always_has_a_reason(void **state)
{
	(void)state;
	bring_to(DIALLING);
	send_failed(NULL, NULL, true);
	assert_string_equal(m.window.step, "dialling");
	assert_true(m.window.reason[0]);
	bring_to(CHECKING);
	send_failed("", "", true);
	assert_string_equal(m.window.step, "checking");
	assert_true(m.window.reason[0]);
	bring_to(CONNECTING);
	pass(limits.connect);
	assert_string_equal(m.window.step, "connecting");
	assert_string_equal(m.window.reason, "it took too long");
	bring_to(DIALLING);
	send(MACHINE_EV_MODEM_LOST);
	assert_string_equal(m.window.reason, "the modem disappeared");
	bring_to(OPEN_STEADY);
	send(MACHINE_EV_TUNNEL_LOST);
	assert_true(m.window.reason[0]);
	/* the modem never came back: nothing failed, but nothing worked */
	bring_to(WAITING);
	pass(PATIENCE);
	assert_int_equal(m.last.how, MACHINE_END_FAILED);
	assert_string_equal(m.last.step, "offline");
	assert_true(m.last.reason[0]);
}

static void a_long_reason_is_cut_between_characters(void **state)
{
	char reason[2 * MACHINE_REASON_MAX];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof reason; i += 2)
		memcpy(reason + i, "\xc3\xa4", 2);
	reason[sizeof reason - 2] = 0;
	bring_to(DIALLING);
	send_failed("dialling", reason, false);
	assert_int_equal(strlen(m.window.reason), MACHINE_REASON_MAX - 2);
	bring_to(DIALLING);
	send_failed("dialling", reason + 1, false);
	assert_int_equal(strlen(m.window.reason), MACHINE_REASON_MAX - 1);
}

static void up_during_the_tries_begins_them_anew(void **state)
{
	(void)state;
	bring_to(CLOSING_RETRY);
	pass(5 * SEC_MS);
	send(MACHINE_EV_UP);
	assert_int_equal(m.window.failures, 0);
	assert_int_equal(m.window.end, now + PATIENCE);
	assert_int_equal(m.window.id, FIRST_ID);
	assert_false(m.queued);
}

static void up_while_a_window_waits_gives_it_more_time(void **state)
{
	(void)state;
	bring_to(WAITING);
	pass(5 * MIN_MS);
	send_length(MACHINE_EV_UP, 40 * MIN_MS);
	assert_int_equal(m.window.id, FIRST_ID);
	assert_int_equal(m.window.length, 40 * MIN_MS);
	assert_int_equal(m.window.end, now + PATIENCE);
}

/* --- an UP that comes too late for its window -------------------------------------------------------------- */

static void up_while_closing_becomes_the_next_window(void **state)
{
	(void)state;
	bring_to(CLOSING_DONE);
	send_length(MACHINE_EV_UP, 10 * MIN_MS);
	assert_true(m.queued);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.last.id, FIRST_ID);
	pass(limits.report);	/* the report could not be sent: that must not cost the owner his window */
	assert_int_equal(m.state, MACHINE_DIALLING);
	assert_int_equal(m.window.id, FIRST_ID + 1);
	assert_int_equal(m.window.length, 10 * MIN_MS);
	assert_false(m.queued);
}

static void up_while_closing_survives_the_loss_of_the_modem(void **state)
{
	(void)state;
	bring_to(CLOSING_DONE);
	send(MACHINE_EV_UP);
	send(MACHINE_EV_MODEM_LOST);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.state, MACHINE_OFFLINE);
	pass(SEC_MS);
	assert_int_equal(m.window.id, FIRST_ID + 1);
	pass(PATIENCE);
	assert_int_equal(m.last.id, FIRST_ID + 1);	/* and is reported, though no modem came */
	assert_int_equal(m.last.how, MACHINE_END_FAILED);
}

/* The command was faster than the clock. */
static void up_for_a_window_whose_time_is_over_becomes_the_next(void **state)
{
	static const enum situation over[] = { OVERDUE, PAUSING };

	(void)state;
	for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
		bring_to(over[i]);
		now = m.window.end;
		assert_false(send(MACHINE_EV_EXTEND).taken);
		send(MACHINE_EV_UP);
		assert_true(m.queued);
		assert_int_equal(m.window.id, FIRST_ID);
		pass(0);
		assert_int_equal(m.last.id, FIRST_ID);
		assert_int_equal(m.last.how, MACHINE_END_FAILED);
		pass(limits.report);
		assert_int_equal(m.window.id, FIRST_ID + 1);
	}
}

static void down_takes_a_waiting_up_back(void **state)
{
	(void)state;
	bring_to(REPORTING_QUEUED);
	assert_true(send(MACHINE_EV_DOWN).taken);
	send(MACHINE_EV_REPORTED);
	assert_int_equal(m.state, MACHINE_LISTENING);
	bring_to(CLOSING_DONE);
	send(MACHINE_EV_UP);
	send(MACHINE_EV_DOWN);
	assert_false(m.queued);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_opens_warns_and_ends_on_time),
		cmocka_unit_test(lengths_are_bounded),
		cmocka_unit_test(extend_moves_the_end_up_to_the_maximum),
		cmocka_unit_test(up_inside_a_window_never_shortens_it),
		cmocka_unit_test(the_warning_comes_once_for_an_end),
		cmocka_unit_test(without_a_warning_time_nobody_is_warned),
		cmocka_unit_test(three_tries_and_then_a_report_that_says_why),
		cmocka_unit_test(what_cannot_get_better_is_not_tried_again),
		cmocka_unit_test(failures_inside_an_open_window_are_bounded_by_its_end_only),
		cmocka_unit_test(rebuilds_come_more_and_more_rarely),
		cmocka_unit_test(a_tunnel_that_does_not_hold_is_no_success),
		cmocka_unit_test(up_ends_a_long_pause),
		cmocka_unit_test(tries_before_the_tunnel_was_up_follow_soon),
		cmocka_unit_test(a_pause_longer_than_eight_minutes_stays_as_it_is),
		cmocka_unit_test(a_modem_that_goes_again_and_again_is_not_dialled_at_once),
		cmocka_unit_test(a_report_always_has_a_reason),
		cmocka_unit_test(a_long_reason_is_cut_between_characters),
		cmocka_unit_test(up_during_the_tries_begins_them_anew),
		cmocka_unit_test(up_while_closing_becomes_the_next_window),
		cmocka_unit_test(up_while_closing_survives_the_loss_of_the_modem),
		cmocka_unit_test(up_while_a_window_waits_gives_it_more_time),
		cmocka_unit_test(up_for_a_window_whose_time_is_over_becomes_the_next),
		cmocka_unit_test(down_takes_a_waiting_up_back),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return TAP_RUN(tests);
}
