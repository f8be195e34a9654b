/* The invariants of the state machine, each checked after every step of every schedule. */
#include "sim.h"

#include "base/clock.h"

#include <string.h>

static const char *const rules[RULES] = {
	[RULE_NONE] = "none",
	[RULE_ENDS] = "every window is over at its end, or when patience ends, plus the time closing takes",
	[RULE_BOUNDED] = ("a window never lasts longer than asked for, and never longer than the maximum; "
			  "only commands and the first opening move its end"),
	[RULE_PATH_HAS_WINDOW] = "nothing is dialled, checked, connected or open without a window that is not over",
	[RULE_REPORTED_ONCE] = "every window is reported exactly once",
	[RULE_REPORT_SAYS_WHY] = "a report says how the window ended, and after a failure where and why",
	[RULE_NOT_FORGOTTEN] = "a window that began is running, on the disk, or reported",
	[RULE_ONE_LINK] = "nothing is dialled while there is a link or an unanswered request to close it",
	[RULE_PORT_OWNER] = "while a link exists the machine knows that the port is not its own",
	[RULE_ORDER] = "an action is asked for only where it makes sense: check and connect with a link, kill after close",
	[RULE_ONE_WINDOW_PER_UP] = "one command UP begins one window at most",
	[RULE_COMMAND_HEARD] = "UP, and DOWN and EXTEND where there is a window, are never ignored",
	[RULE_FAULT_HEARD] = "what failed or was lost leads out of its state at once; the modem is known to be there or not",
	[RULE_SAVED_FIRST] = "what changed in the window is saved in the same step, before anything else is done",
	[RULE_RESUMED] = "after a restart the window on the disk is taken up, with no more than the time left",
	[RULE_TRIES] = "before the tunnel was up, no more tries than the limit says",
	[RULE_DEADLINE] = "every state that waits has a deadline",
	[RULE_STEP_BOUNDED] = "no state outlasts its limit, whatever is received in it",
	[RULE_NO_LIVELOCK] = "an event of machine_due is always taken, and time goes on after a few of them",
	[RULE_STOPS] = "after STOP only saving and teardown happen, and the machine stops in time",
	[RULE_WARNS] = "the warning comes once for an end, before it, while open",
	[RULE_TELLS] = "the owner is told of `up` once a window, of the others only in their state",
	[RULE_RECOVERS] = "when the world behaves again, listening is reached in time",
	[RULE_SILENCE] = "when nothing answers any more, the window ends all the same",
};

const char *rule_text(enum rule r)
{
	return rules[r];
}

#define ON(s) (1u << MACHINE_##s)
#define PATH (ON(DIALLING) | ON(CHECKING) | ON(CONNECTING) | ON(OPEN))

static bool in(const struct machine *m, unsigned states)
{
	return states & 1u << m->state;
}

static void must(struct sim *s, bool holds, enum rule r)
{
	if (!holds)
		sim_break(s, r);
}

int64_t sim_patience(const struct machine_limits *l)
{
	return (int64_t)l->tries * (l->dial + l->check + l->connect + l->close + l->pause) + MIN_MS;
}

/* --- one transition ---------------------------------------------------------------------------------- */

static bool asks(const struct machine_actions *a, enum machine_action what)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->list[i] == what)
			return true;
	return false;
}

static bool is_command(enum machine_event_type t)
{
	return t == MACHINE_EV_UP || t == MACHINE_EV_EXTEND;
}

static void check_begun(struct sim *s, const struct machine *before, const struct machine_event *ev)
{
	const struct machine_window *w = &s->m.window;

	must(s, ev->type == MACHINE_EV_UP || (before->queued && s->credit), RULE_ONE_WINDOW_PER_UP);
	must(s, before->window.id == 0 || s->m.last.id == before->window.id, RULE_NOT_FORGOTTEN);
	must(s, w->id > s->reported && w->id > before->window.id && s->m.next_id > w->id, RULE_REPORTED_ONCE);
	must(s, w->opened == 0 && w->end <= s->now + sim_patience(&s->limits) && w->length <= s->limits.max &&
	     w->length > 0, RULE_BOUNDED);
	s->credit = false;
	s->dials = s->crashes = 0;
	s->told_up = false;
	s->warned_end = SIM_NEVER;
	s->end_set = s->now;
}

static void check_ended(struct sim *s, const struct machine *before, const struct machine_actions *a)
{
	const struct machine_window *last = &s->m.last;

	must(s, asks(a, MACHINE_ACT_REPORT) && last->id == before->window.id, RULE_NOT_FORGOTTEN);
	must(s, last->id > s->reported, RULE_REPORTED_ONCE);
	must(s, last->how != MACHINE_END_NONE && last->end == s->now, RULE_REPORT_SAYS_WHY);
	must(s, last->how != MACHINE_END_FAILED || (last->step[0] && last->reason[0]), RULE_REPORT_SAYS_WHY);
	must(s, last->how != MACHINE_END_TIME || last->opened, RULE_REPORT_SAYS_WHY);
}

static void check_changed(struct sim *s, const struct machine *before, const struct machine_event *ev)
{
	const struct machine_window *was = &before->window;
	const struct machine_window *w = &s->m.window;
	bool first_up = ev->type == MACHINE_EV_TUNNEL_UP && !was->opened;

	if (w->opened != was->opened)
		must(s, first_up && w->opened == s->now && w->end == s->now + was->length, RULE_BOUNDED);
	must(s, w->length <= s->limits.max, RULE_BOUNDED);
	must(s, !w->opened || w->length == w->end - w->opened, RULE_BOUNDED);
	if (ev->type == MACHINE_EV_UP && !in(before, PATH))
		s->dials = 0;
	if (w->end == was->end)
		return;
	s->end_set = s->now;
	must(s, first_up || is_command(ev->type), RULE_BOUNDED);
	must(s, w->opened || w->end <= s->now + sim_patience(&s->limits), RULE_BOUNDED);
	must(s, !was->opened || w->end > was->end, RULE_BOUNDED);
}

static bool same_window(const struct machine *a, const struct machine *b)
{
	return a->window.id == b->window.id && a->window.length == b->window.length &&
	       a->window.opened == b->window.opened && a->window.end == b->window.end &&
	       a->window.failures == b->window.failures && a->window.how == b->window.how &&
	       a->queued == b->queued && (!a->queued || a->queued_length == b->queued_length);
}

/* SAVE may come after REPORT only: the spool knows the window by its number. */
static void check_saved(struct sim *s, const struct machine *before, const struct machine_actions *a)
{
	if (same_window(before, &s->m))
		return;
	for (size_t i = 0; i < a->n; i++) {
		if (a->list[i] == MACHINE_ACT_SAVE)
			return;
		if (a->list[i] != MACHINE_ACT_REPORT)
			break;
	}
	sim_break(s, RULE_SAVED_FIRST);
}

static int64_t asked_for(const struct sim *s, const struct machine_event *ev)
{
	int64_t length = ev->length > 0 ? ev->length : s->limits.length;

	return length < s->limits.max ? length : s->limits.max;
}

/* A window that goes on gives what was asked for, as far as the maximum lets it. */
static void check_given(struct sim *s, const struct machine_window *was, const struct machine_event *ev)
{
	const struct machine_window *w = &s->m.window;
	int64_t length = asked_for(s, ev);

	if (w->length == s->limits.max)
		return;
	if (ev->type == MACHINE_EV_EXTEND)
		must(s, w->length == was->length + length, RULE_COMMAND_HEARD);
	else if (w->opened)
		must(s, w->end >= s->now + length, RULE_COMMAND_HEARD);
	else
		must(s, w->length >= length, RULE_COMMAND_HEARD);
}

static void check_heard(struct sim *s, const struct machine *before, const struct machine_event *ev, bool taken)
{
	const struct machine *m = &s->m;
	bool going = before->window.id && before->window.how == MACHINE_END_NONE && s->now < before->window.end;

	if (machine_stopped(before)) {
		must(s, !taken, RULE_STOPS);
		return;
	}
	if (ev->type == MACHINE_EV_UP) {
		must(s, taken && ((m->window.id && m->window.how == MACHINE_END_NONE) || m->queued), RULE_COMMAND_HEARD);
		must(s, !going || !m->queued, RULE_COMMAND_HEARD);	/* its own window takes it */
		if (m->queued)
			s->credit = true;
	}
	if (ev->type == MACHINE_EV_DOWN) {
		must(s, taken == (before->window.id || before->queued), RULE_COMMAND_HEARD);
		must(s, !m->queued && (!m->window.id || m->window.how != MACHINE_END_NONE), RULE_COMMAND_HEARD);
	}
	if (ev->type == MACHINE_EV_EXTEND)
		must(s, taken || !going, RULE_COMMAND_HEARD);
	if (going && is_command(ev->type))
		check_given(s, &before->window, ev);
	if (before->queued && !m->queued && ev->type != MACHINE_EV_DOWN)
		must(s, m->window.id > before->window.id, RULE_COMMAND_HEARD);
}

static void check_fault(struct sim *s, const struct machine *before, enum machine_event_type type)
{
	const struct machine *m = &s->m;
	bool path = in(before, PATH);

	if (machine_stopped(before))
		return;
	if (type == MACHINE_EV_MODEM_LOST)
		must(s, !m->modem && in(m, ON(OFFLINE) | ON(CLOSING)), RULE_FAULT_HEARD);
	if (type == MACHINE_EV_MODEM_READY)
		must(s, m->modem, RULE_FAULT_HEARD);
	if (path && (type == MACHINE_EV_FAILED || type == MACHINE_EV_TIMEOUT))
		must(s, in(m, ON(CLOSING)), RULE_FAULT_HEARD);
	if (before->state == MACHINE_OPEN && type == MACHINE_EV_TUNNEL_LOST)
		must(s, in(m, ON(CLOSING) | ON(CONNECTING)), RULE_FAULT_HEARD);
	if (before->state == MACHINE_CLOSING && type == MACHINE_EV_TIMEOUT)
		must(s, before->killed ? !m->modem : in(m, ON(CLOSING)), RULE_FAULT_HEARD);
}

static void check_stop(struct sim *s, const struct machine_actions *a)
{
	for (size_t i = 0; s->m.stopping && i < a->n; i++)
		must(s, a->list[i] == MACHINE_ACT_SAVE || a->list[i] == MACHINE_ACT_CLOSE ||
		     a->list[i] == MACHINE_ACT_KILL, RULE_STOPS);
}

/* Open long enough before the end, the owner must have been warned of it. */
static void check_warned(struct sim *s, const struct machine *before, enum machine_event_type type)
{
	int64_t at = before->window.end - s->limits.warn;

	if (type != MACHINE_EV_WINDOW_END || before->state != MACHINE_OPEN || s->limits.warn <= 0)
		return;
	must(s, before->since >= at || s->end_set >= at || s->warned_end == before->window.end, RULE_WARNS);
}

void check_transition(struct sim *s, const struct machine *before, const struct machine_event *ev,
		      const struct machine_actions *a)
{
	bool due = ev->type >= MACHINE_EV_TIMEOUT;

	check_heard(s, before, ev, a->taken);
	if (before->window.id && s->m.window.id != before->window.id)
		check_ended(s, before, a);
	if (s->m.window.id && s->m.window.id != before->window.id)
		check_begun(s, before, ev);
	else if (s->m.window.id)
		check_changed(s, before, ev);
	if (a->taken)
		check_saved(s, before, a);
	else
		must(s, memcmp(before, &s->m, sizeof *before) == 0 && a->n == 0, RULE_ORDER);
	check_fault(s, before, ev->type);
	if (before->state == MACHINE_OPEN && is_command(ev->type))
		must(s, asks(a, MACHINE_ACT_TELL_EXTENDED), RULE_TELLS);
	check_stop(s, a);
	check_warned(s, before, ev->type);
	if (!due) {
		s->due_run = 0;
		return;
	}
	s->due_run = s->due_at == s->now ? s->due_run + 1 : 1;
	s->due_at = s->now;
	must(s, a->taken && s->due_run < 8, RULE_NO_LIVELOCK);
}

/* --- one action ----------------------------------------------------------------------------------------- */

static bool disk_is_current(const struct sim *s)
{
	struct machine disk = { .window = s->disk.window, .queued = s->disk.queued,
				.queued_length = s->disk.queued_length };

	return !s->unsaved && same_window(&disk, &s->m);
}

static void check_dial(struct sim *s)
{
	must(s, !s->link && !s->closing, RULE_ONE_LINK);
	must(s, s->m.modem && s->m.state == MACHINE_DIALLING, RULE_ORDER);
	must(s, s->m.window.how == MACHINE_END_NONE && (s->now < s->m.window.end), RULE_PATH_HAS_WINDOW);
	must(s, s->m.window.opened || s->dials < s->limits.tries + (s->crashes > 0), RULE_TRIES);
}

void check_action(struct sim *s, enum machine_action a)
{
	const struct machine *m = &s->m;

	switch (a) {
	case MACHINE_ACT_DIAL:
		check_dial(s);
		must(s, disk_is_current(s), RULE_SAVED_FIRST);
		break;
	case MACHINE_ACT_CHECK:
	case MACHINE_ACT_CONNECT:
		must(s, s->link && !s->closing, RULE_ORDER);
		must(s, disk_is_current(s), RULE_SAVED_FIRST);
		break;
	case MACHINE_ACT_CLOSE:
		must(s, m->state == MACHINE_CLOSING, RULE_ORDER);
		must(s, disk_is_current(s), RULE_SAVED_FIRST);
		break;
	case MACHINE_ACT_KILL:
		must(s, m->state == MACHINE_CLOSING && s->closing && m->killed, RULE_ORDER);
		break;
	case MACHINE_ACT_OPEN_MODEM:
		must(s, m->state == MACHINE_OFFLINE && !m->modem, RULE_ORDER);
		break;
	case MACHINE_ACT_TELL_UP:
		must(s, m->state == MACHINE_OPEN && !s->told_up, RULE_TELLS);
		break;
	case MACHINE_ACT_TELL_BACK:
	case MACHINE_ACT_TELL_EXTENDED:
		must(s, m->state == MACHINE_OPEN, RULE_TELLS);
		break;
	case MACHINE_ACT_TELL_RETRY:
		must(s, m->state == MACHINE_PAUSING && m->window.reason[0], RULE_TELLS);
		break;
	case MACHINE_ACT_TELL_WARN:
		must(s, m->state == MACHINE_OPEN && s->now < m->window.end && s->warned_end != m->window.end, RULE_WARNS);
		break;
	case MACHINE_ACT_NONE:
	case MACHINE_ACT_SAVE:
	case MACHINE_ACT_REPORT:
	case MACHINE_ACTIONS:
		break;
	}
}

/* --- one state, once no deadline is due --------------------------------------------------------------- */

/* Between rebuilds the pause grows. */
static int64_t longest_pause(const struct sim *s)
{
	return !s->m.window.opened || s->limits.pause > 8 * MIN_MS ? s->limits.pause : 8 * MIN_MS;
}

static int64_t longest_stay(const struct sim *s)
{
	const struct machine_limits *l = &s->limits;

	switch (s->m.state) {
	case MACHINE_DIALLING:
		return l->dial;
	case MACHINE_CHECKING:
		return l->check;
	case MACHINE_CONNECTING:
		return l->connect;
	case MACHINE_CLOSING:
		return 2 * l->close;
	case MACHINE_PAUSING:
		return longest_pause(s);
	case MACHINE_REPORTING:
		return l->report;
	case MACHINE_OPEN:
		return l->max;
	default:
		return INT64_MAX / 2;
	}
}

static void check_window(struct sim *s)
{
	const struct machine *m = &s->m;
	const struct machine_window *w = &m->window;

	if (in(m, PATH))
		must(s, w->id && w->how == MACHINE_END_NONE && s->now < w->end, RULE_PATH_HAS_WINDOW);
	if (w->id)
		must(s, s->now <= w->end + 2 * s->limits.close + 4 * s->late, RULE_ENDS);
	if (w->id && !in(m, PATH | ON(CLOSING)))
		must(s, w->how == MACHINE_END_NONE && s->now < w->end, RULE_ENDS);
	must(s, !in(m, ON(LISTENING) | ON(REPORTING)) || !w->id, RULE_NOT_FORGOTTEN);
	must(s, !m->queued || !w->id || w->how != MACHINE_END_NONE, RULE_COMMAND_HEARD);
	must(s, !m->queued || !in(m, ON(LISTENING)), RULE_COMMAND_HEARD);
}

void check_state(struct sim *s)
{
	const struct machine *m = &s->m;
	enum machine_event_type due;
	bool is_due = machine_due(m, s->now, &due);

	must(s, s->m.window.id == 0 || s->m.window.id > s->reported, RULE_REPORTED_ONCE);
	must(s, !s->link || machine_link_wanted(m) || (m->state == MACHINE_OFFLINE && !m->modem), RULE_PORT_OWNER);
	must(s, !s->closing || in(m, ON(CLOSING) | ON(OFFLINE)), RULE_PORT_OWNER);
	must(s, machine_stopped(m) || in(m, ON(LISTENING)) || machine_next(m) < INT64_MAX, RULE_DEADLINE);
	must(s, machine_stopped(m) || in(m, ON(LISTENING) | ON(OPEN)) || m->deadline, RULE_DEADLINE);
	must(s, !machine_stopped(m) || (machine_next(m) == INT64_MAX && !is_due), RULE_STOPS);
	must(s, is_due == (machine_next(m) <= s->now), RULE_NO_LIVELOCK);
	if (s->stop_at != SIM_NEVER && !machine_stopped(m))
		must(s, s->now <= s->stop_at + 2 * s->limits.close + 4 * s->late, RULE_STOPS);
	must(s, !machine_stopped(m) || s->unsaved || disk_is_current(s), RULE_NOT_FORGOTTEN);
	if (is_due)
		return;
	must(s, s->now <= m->since + longest_stay(s) + 4 * s->late, RULE_STEP_BOUNDED);
	if (!machine_stopped(m))
		check_window(s);
}
