#include "tap.h"

#include "situation.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the transitions ------------------------------------------------------------------------------------- */

#define EV(e) MACHINE_EV_##e
#define TO(s) MACHINE_##s
#define DO(a) MACHINE_ACT_##a
#define NOTHING { DO(NONE) }

static const struct row {
	enum situation in;
	enum machine_event_type on;
	enum machine_state to;
	enum machine_action act[MACHINE_ACTIONS_MAX];
} rows[] = {
	/* the modem comes and goes */
	{ OFFLINE, EV(MODEM_READY), TO(LISTENING), NOTHING },
	{ OFFLINE, EV(TIMEOUT), TO(OFFLINE), { DO(OPEN_MODEM) } },
	{ WAITING, EV(MODEM_READY), TO(DIALLING), { DO(SAVE), DO(DIAL) } },
	{ WAITING, EV(TIMEOUT), TO(OFFLINE), { DO(OPEN_MODEM) } },
	{ OVERDUE, EV(MODEM_READY), TO(REPORTING), { DO(REPORT), DO(SAVE) } },
	{ OFFLINE_QUEUED, EV(MODEM_READY), TO(DIALLING), { DO(SAVE), DO(DIAL) } },
	{ OFFLINE_QUEUED, EV(TIMEOUT), TO(OFFLINE), { DO(SAVE), DO(OPEN_MODEM) } },
	{ LISTENING, EV(MODEM_LOST), TO(OFFLINE), { DO(OPEN_MODEM) } },
	{ PAUSING, EV(MODEM_LOST), TO(OFFLINE), { DO(OPEN_MODEM) } },
	{ REPORTING, EV(MODEM_LOST), TO(OFFLINE), { DO(OPEN_MODEM) } },
	{ CLOSING_RETRY, EV(MODEM_LOST), TO(CLOSING), NOTHING },
	{ CLOSING_RETRY_LOST, EV(MODEM_READY), TO(CLOSING), NOTHING },
	/* the path */
	{ LISTENING, EV(UP), TO(DIALLING), { DO(SAVE), DO(DIAL) } },
	{ DIALLING, EV(LINK_UP), TO(CHECKING), { DO(CHECK) } },
	{ CHECKING, EV(CHECKED), TO(CONNECTING), { DO(CONNECT) } },
	{ CONNECTING, EV(TUNNEL_UP), TO(OPEN), { DO(SAVE), DO(TELL_UP) } },
	{ RECONNECTING, EV(TUNNEL_UP), TO(OPEN), { DO(SAVE), DO(TELL_BACK) } },
	/* inside the window */
	{ OPEN, EV(TUNNEL_LOST), TO(CLOSING), { DO(SAVE), DO(CLOSE) } },
	{ OPEN_STEADY, EV(TUNNEL_LOST), TO(CONNECTING), { DO(SAVE), DO(CONNECT) } },
	{ OPEN, EV(WARN), TO(OPEN), { DO(TELL_WARN) } },
	{ RECONNECTING, EV(WARN), TO(CONNECTING), NOTHING },
	{ OPEN, EV(EXTEND), TO(OPEN), { DO(SAVE), DO(TELL_EXTENDED) } },
	{ OPEN, EV(UP), TO(OPEN), { DO(SAVE), DO(TELL_EXTENDED) } },
	{ DIALLING, EV(EXTEND), TO(DIALLING), { DO(SAVE) } },
	{ CHECKING, EV(UP), TO(CHECKING), { DO(SAVE) } },
	{ PAUSING, EV(EXTEND), TO(PAUSING), { DO(SAVE) } },
	{ WAITING, EV(EXTEND), TO(OFFLINE), { DO(SAVE) } },
	{ CLOSING_RETRY, EV(EXTEND), TO(CLOSING), { DO(SAVE) } },
	/* ways out of the path */
	{ DIALLING, EV(FAILED), TO(CLOSING), { DO(SAVE), DO(CLOSE) } },
	{ CHECKING, EV(TIMEOUT), TO(CLOSING), { DO(SAVE), DO(CLOSE) } },
	{ CONNECTING, EV(MODEM_LOST), TO(CLOSING), { DO(SAVE), DO(CLOSE) } },
	{ OPEN, EV(DOWN), TO(CLOSING), { DO(SAVE), DO(CLOSE) } },
	{ OPEN, EV(WINDOW_END), TO(CLOSING), { DO(SAVE), DO(CLOSE) } },
	{ OPEN, EV(STOP), TO(CLOSING), { DO(SAVE), DO(CLOSE) } },
	{ OPEN, EV(FAILED), TO(CLOSING), { DO(SAVE), DO(CLOSE) } },
	/* closing */
	{ CLOSING_RETRY, EV(STOP), TO(CLOSING), { DO(SAVE) } },
	{ CLOSING_RETRY, EV(DOWN), TO(CLOSING), { DO(SAVE) } },
	{ CLOSING_RETRY, EV(WINDOW_END), TO(CLOSING), { DO(SAVE) } },
	{ CLOSING_RETRY, EV(UP), TO(CLOSING), { DO(SAVE) } },
	{ CLOSING_DONE, EV(UP), TO(CLOSING), { DO(SAVE) } },
	{ CLOSING_DONE, EV(LINK_UP), TO(CLOSING), { DO(CLOSE) } },
	{ CLOSING_DONE, EV(TUNNEL_UP), TO(CLOSING), { DO(CLOSE) } },
	{ CLOSING_DONE, EV(TIMEOUT), TO(CLOSING), { DO(KILL) } },
	{ CLOSING_KILLED, EV(TIMEOUT), TO(OFFLINE), { DO(REPORT), DO(SAVE), DO(OPEN_MODEM) } },
	{ CLOSING_KILLED_RETRY, EV(TIMEOUT), TO(OFFLINE), { DO(OPEN_MODEM) } },
	{ CLOSING_RETRY, EV(CLOSED), TO(PAUSING), { DO(SAVE), DO(TELL_RETRY) } },
	{ CLOSING_RETRY_LOST, EV(CLOSED), TO(OFFLINE), { DO(SAVE), DO(OPEN_MODEM) } },
	{ CLOSING_DONE, EV(CLOSED), TO(REPORTING), { DO(REPORT), DO(SAVE) } },
	{ CLOSING_DONE_LOST, EV(CLOSED), TO(OFFLINE), { DO(REPORT), DO(SAVE), DO(OPEN_MODEM) } },
	/* between tries */
	{ PAUSING, EV(TIMEOUT), TO(DIALLING), { DO(SAVE), DO(DIAL) } },
	{ PAUSING, EV(UP), TO(DIALLING), { DO(SAVE), DO(DIAL) } },
	{ PAUSING, EV(DOWN), TO(REPORTING), { DO(REPORT), DO(SAVE) } },
	{ PAUSING, EV(WINDOW_END), TO(REPORTING), { DO(REPORT), DO(SAVE) } },
	/* a window waits for the modem */
	{ OFFLINE, EV(UP), TO(OFFLINE), { DO(SAVE) } },
	{ WAITING, EV(UP), TO(OFFLINE), { DO(SAVE) } },
	{ OVERDUE, EV(UP), TO(OFFLINE), { DO(SAVE) } },
	{ WAITING, EV(DOWN), TO(OFFLINE), { DO(REPORT), DO(SAVE) } },
	{ OVERDUE, EV(DOWN), TO(OFFLINE), { DO(REPORT), DO(SAVE) } },
	{ OVERDUE, EV(WINDOW_END), TO(OFFLINE), { DO(REPORT), DO(SAVE) } },
	{ OFFLINE_QUEUED, EV(DOWN), TO(OFFLINE), { DO(SAVE) } },
	/* the report */
	{ REPORTING, EV(REPORTED), TO(LISTENING), NOTHING },
	{ REPORTING, EV(TIMEOUT), TO(LISTENING), NOTHING },
	{ REPORTING, EV(UP), TO(DIALLING), { DO(SAVE), DO(DIAL) } },
	{ REPORTING_QUEUED, EV(REPORTED), TO(DIALLING), { DO(SAVE), DO(DIAL) } },
	{ REPORTING_QUEUED, EV(TIMEOUT), TO(DIALLING), { DO(SAVE), DO(DIAL) } },
	{ REPORTING_QUEUED, EV(DOWN), TO(REPORTING), { DO(SAVE) } },
	/* the daemon ends */
	{ OFFLINE, EV(STOP), TO(OFFLINE), { DO(SAVE) } },
	{ LISTENING, EV(STOP), TO(OFFLINE), { DO(SAVE) } },
	{ PAUSING, EV(STOP), TO(OFFLINE), { DO(SAVE) } },
	{ REPORTING, EV(STOP), TO(OFFLINE), { DO(SAVE) } },
	{ CLOSING_STOP, EV(CLOSED), TO(OFFLINE), NOTHING },
	{ CLOSING_STOP, EV(TIMEOUT), TO(CLOSING), { DO(KILL) } },
	{ CLOSING_STOP_KILLED, EV(TIMEOUT), TO(OFFLINE), NOTHING },
};

static void fail_row(size_t i, const struct machine_actions *a)
{
	char got[200] = "";

	for (size_t k = 0; k < a->n; k++) {
		strcat(got, " ");
		strcat(got, machine_action_name(a->list[k]));
	}
	fail_msg("row %zu: in situation %d, on '%s': now %s,%s%s", i, (int)rows[i].in, machine_event_name(rows[i].on),
		 machine_state_name(m.state), got, a->taken ? "" : " (not taken)");
}

static void each_event_leads_where_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct machine_actions a;
		size_t n = 0;

		bring_to(rows[i].in);
		a = send(rows[i].on);
		while (n < MACHINE_ACTIONS_MAX && rows[i].act[n] != MACHINE_ACT_NONE)
			n++;
		if (!a.taken || m.state != rows[i].to || a.n != n || memcmp(a.list, rows[i].act, n * sizeof *a.list) != 0)
			fail_row(i, &a);
	}
}

static void what_means_nothing_changes_nothing(void **state)
{
	static const struct { enum situation in; enum machine_event_type on; } cases[] = {
		{ OFFLINE, EV(DOWN) }, { OFFLINE, EV(EXTEND) }, { OFFLINE, EV(LINK_UP) }, { OFFLINE, EV(CLOSED) },
		{ OFFLINE, EV(MODEM_LOST) }, { OVERDUE, EV(EXTEND) },
		{ LISTENING, EV(DOWN) }, { LISTENING, EV(EXTEND) }, { LISTENING, EV(LINK_UP) }, { LISTENING, EV(CHECKED) },
		{ LISTENING, EV(TUNNEL_UP) }, { LISTENING, EV(TUNNEL_LOST) }, { LISTENING, EV(FAILED) },
		{ LISTENING, EV(CLOSED) }, { LISTENING, EV(REPORTED) }, { LISTENING, EV(MODEM_READY) },
		{ DIALLING, EV(CHECKED) }, { DIALLING, EV(TUNNEL_UP) }, { DIALLING, EV(CLOSED) }, { DIALLING, EV(REPORTED) },
		{ CHECKING, EV(LINK_UP) }, { CHECKING, EV(TUNNEL_UP) }, { CONNECTING, EV(TUNNEL_LOST) },
		{ OPEN, EV(TUNNEL_UP) }, { OPEN, EV(LINK_UP) }, { OPEN, EV(CLOSED) }, { OPEN, EV(REPORTED) },
		{ CLOSING_RETRY, EV(FAILED) }, { CLOSING_DONE, EV(EXTEND) }, { CLOSING_DONE, EV(REPORTED) },
		{ PAUSING, EV(FAILED) }, { PAUSING, EV(CLOSED) }, { REPORTING, EV(DOWN) }, { REPORTING, EV(EXTEND) },
		{ STOPPED, EV(UP) }, { STOPPED, EV(MODEM_READY) }, { STOPPED, EV(STOP) }, { STOPPED, EV(TIMEOUT) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct machine was;
		struct machine_actions a;

		bring_to(cases[i].in);
		was = m;
		a = send(cases[i].on);
		if (a.taken || a.n || memcmp(&was, &m, sizeof m) != 0)
			fail_msg("case %zu: '%s' was taken", i, machine_event_name(cases[i].on));
	}
}

/* --- deadlines ---------------------------------------------------------------------------------------------- */

static void each_state_that_waits_has_its_deadline(void **state)
{
	static const struct { enum situation in; int64_t after; } cases[] = {
		{ DIALLING, 60 * SEC_MS }, { CHECKING, 30 * SEC_MS }, { CONNECTING, 50 * SEC_MS },
		{ CLOSING_RETRY, 20 * SEC_MS }, { PAUSING, 10 * SEC_MS }, { REPORTING, 180 * SEC_MS },
		{ OFFLINE, 0 }, { OPEN, 25 * MIN_MS },
	};
	enum machine_event_type type;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bring_to(cases[i].in);
		assert_int_equal(machine_next(&m), now + cases[i].after);
		assert_true(cases[i].after == 0 || !machine_due(&m, now + cases[i].after - 1, &type));
		assert_true(machine_due(&m, now + cases[i].after, &type));
		assert_int_equal(type, cases[i].in == OPEN ? MACHINE_EV_WARN : MACHINE_EV_TIMEOUT);
	}
	bring_to(LISTENING);
	assert_true(machine_next(&m) == INT64_MAX);
	assert_false(machine_due(&m, INT64_MAX - 1, &type));
	bring_to(STOPPED);
	assert_true(machine_next(&m) == INT64_MAX && machine_stopped(&m));
}

static void the_modem_is_looked_for_less_and_less_often(void **state)
{
	static const int64_t waits[] = { 0, 2, 4, 8, 16, 32, 60, 60, 60 };

	(void)state;
	bring_to(OFFLINE);
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		assert_int_equal(machine_next(&m), now + waits[i] * SEC_MS);
		now = machine_next(&m);
		assert_int_equal(send(MACHINE_EV_TIMEOUT).list[0], MACHINE_ACT_OPEN_MODEM);
	}
	send(MACHINE_EV_MODEM_READY);
	send(MACHINE_EV_MODEM_LOST);
	assert_int_equal(machine_next(&m), now + SEC_MS);
}

static void a_second_close_is_by_force_and_a_third_gives_the_modem_up(void **state)
{
	(void)state;
	bring_to(CLOSING_DONE);
	pass(20 * SEC_MS);
	assert_int_equal(m.state, MACHINE_CLOSING);
	assert_true(m.killed && machine_link_wanted(&m));
	pass(20 * SEC_MS);
	assert_int_equal(m.state, MACHINE_OFFLINE);
	assert_false(m.modem || machine_link_wanted(&m));
	/* and the next closing begins with manners again */
	send(MACHINE_EV_MODEM_READY);
	send(MACHINE_EV_UP);
	send(MACHINE_EV_DOWN);
	assert_false(m.killed);
}

static void a_pause_of_nothing_is_a_deadline_too(void **state)
{
	(void)state;
	bring_to(DIALLING);
	m.limits.pause = 0;
	send_failed("dialling", "no carrier", false);
	send(MACHINE_EV_CLOSED);
	assert_int_equal(m.state, MACHINE_PAUSING);
	assert_int_equal(machine_next(&m), now);
	pass(0);
	assert_int_equal(m.state, MACHINE_DIALLING);
}

/* --- the drawing ------------------------------------------------------------------------------------------------ */

static char *drawing(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	machine_print_dot(f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void every_state_is_drawn_and_can_be_reached(void **state)
{
	bool reached[MACHINE_STATES] = { [MACHINE_OFFLINE] = true };
	char edge[100], *text = drawing();

	(void)state;
	for (int round = 0; round < MACHINE_STATES; round++)
		for (int a = 0; a < MACHINE_STATES; a++)
			for (int b = 0; b < MACHINE_STATES; b++) {
				snprintf(edge, sizeof edge, "\t%s -> %s [", machine_state_name((enum machine_state)a),
					 machine_state_name((enum machine_state)b));
				if (reached[a] && strstr(text, edge))
					reached[b] = true;
			}
	for (int a = 0; a < MACHINE_STATES; a++)
		if (!reached[a])
			fail_msg("no way leads to %s", machine_state_name((enum machine_state)a));
	free(text);
}

static void graphviz_takes_the_drawing(void **state)
{
	char *text;
	FILE *dot;

	(void)state;
	if (system("command -v dot >/dev/null 2>&1") != 0) {
		puts("# not looked at: Graphviz is not installed");	/* skip() would say "not ok" */
		return;
	}
	text = drawing();
	dot = popen("dot -Tsvg >/dev/null 2>&1", "w");
	assert_non_null(dot);
	fputs(text, dot);
	assert_int_equal(pclose(dot), 0);
	free(text);
}

static void every_name_is_there(void **state)
{
	(void)state;
	for (int i = 0; i < MACHINE_STATES; i++)
		assert_true(strlen(machine_state_name((enum machine_state)i)) > 3);
	for (int i = 0; i < MACHINE_EVENTS; i++)
		assert_true(strlen(machine_event_name((enum machine_event_type)i)) > 3);
	for (int i = 1; i < MACHINE_ACTIONS; i++)
		assert_true(strlen(machine_action_name((enum machine_action)i)) > 3);
	for (int i = 0; i <= MACHINE_END_FAILED; i++)
		assert_true(strlen(machine_end_name((enum machine_end)i)) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_leads_where_the_table_says),
		cmocka_unit_test(what_means_nothing_changes_nothing),
		cmocka_unit_test(each_state_that_waits_has_its_deadline),
		cmocka_unit_test(the_modem_is_looked_for_less_and_less_often),
		cmocka_unit_test(a_second_close_is_by_force_and_a_third_gives_the_modem_up),
		cmocka_unit_test(a_pause_of_nothing_is_a_deadline_too),
		cmocka_unit_test(every_state_is_drawn_and_can_be_reached),
		cmocka_unit_test(graphviz_takes_the_drawing),
		cmocka_unit_test(every_name_is_there),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return TAP_RUN(tests);
}
