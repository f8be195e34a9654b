#include "core/machine_table.h"
#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>

#define REOPEN_FIRST_MS (1 * SEC_MS)
#define REOPEN_MAX_MS (60 * SEC_MS)
#define NO_LIMIT (-1)

static int64_t state_limit(const struct machine *m, enum machine_state s)
{
	switch (s) {
	case MACHINE_DIALLING:
		return m->limits.dial;
	case MACHINE_CHECKING:
		return m->limits.check;
	case MACHINE_CONNECTING:
		return m->limits.connect;
	case MACHINE_CLOSING:
		return m->limits.close;
	case MACHINE_PAUSING:
		return machine_pause(m);
	case MACHINE_REPORTING:
		return m->limits.report;
	case MACHINE_OFFLINE: {
		int64_t wait = REOPEN_FIRST_MS << (m->reopen < 6 ? m->reopen : 6);

		return wait < REOPEN_MAX_MS ? wait : REOPEN_MAX_MS;
	}
	case MACHINE_LISTENING:	/* waits for nothing in particular */
	case MACHINE_OPEN:	/* the window's end is its deadline */
	case MACHINE_STATES:
		break;
	}
	return NO_LIMIT;
}

/* The one place where the state changes. */
static void set_state(struct machine *m, enum machine_state to, int64_t now, const char *why)
{
	int64_t limit = state_limit(m, to);

	if (m->state != to) {
		log_info("%s -> %s (%s)", machine_state_name(m->state), machine_state_name(to), why);
		if (to == MACHINE_CLOSING) {
			m->killed = false;
			m->window.closed = now;
		}
		m->since = now;
	}
	m->state = to;
	m->deadline = limit != NO_LIMIT && !machine_stopped(m) ? now + limit : 0;
}

/* REPORT is about m->last: the window is over, whatever happens to the report. */
static void retire_window(struct machine *m, int64_t now)
{
	m->last = m->window;
	m->last.end = now;
	m->window = (struct machine_window){ 0 };
	m->retry = false;
}

void machine_init(struct machine *m, const struct machine_limits *limits, int64_t now, uint64_t first_id)
{
	*m = (struct machine){
		.limits = *limits,
		.state = MACHINE_OFFLINE,
		.since = now,
		.deadline = now > 0 ? now : 1,
		.next_id = first_id ? first_id : 1,
	};
}

/* Only the distance counts: the clock that the times were taken from may have begun anew. A window that
 * was ending when the process died is over, after the time it had been open. */
static void resume_opened(struct machine *m, int64_t left, int64_t now)
{
	struct machine_window *w = &m->window;

	if (w->length > m->limits.max)
		w->length = m->limits.max;
	left = left <= 0 ? 0 : left < w->length ? left : w->length;
	w->opened = now + left - w->length;
	if (w->opened == 0)	/* would mean that it never was */
		w->opened = -1;
	w->end = w->how == MACHINE_END_NONE ? now + left : now;
	w->length = w->end - w->opened;
	if (m->limits.warn > 0 && w->end - m->limits.warn > now)
		w->warn_at = w->end - m->limits.warn;
}

/* A try that a restart cut short counts as a failure, and is given one of its own: a modem whose
 * current draw resets the box must not be dialled for ever. */
static void resume_unopened(struct machine *m, int64_t left, int64_t now)
{
	struct machine_window *w = &m->window;
	int64_t longest = machine_patience(&m->limits);

	w->length = machine_bounded(m, w->length);
	w->end = now + (left <= 0 || w->how != MACHINE_END_NONE ? 0 : left < longest ? left : longest);
	if (w->how != MACHINE_END_NONE || ++w->failures <= m->limits.tries)
		return;
	w->how = MACHINE_END_FAILED;
	w->failures = m->limits.tries;
	w->end = now;
	machine_note_reason(m, "restart", "the agent or the box started anew during each try");
}

void machine_resume(struct machine *m, const struct machine_window *w, int64_t left, int64_t now)
{
	if (!w->id)
		return;
	m->window = *w;
	m->window.resumed = true;
	m->window.warn_at = 0;
	m->window.rebuilds = 0;
	if (m->next_id <= w->id)
		m->next_id = w->id + 1;
	if (w->opened)
		resume_opened(m, left, now);
	else
		resume_unopened(m, left, now);
	log_info("a window of an earlier run goes on: %" PRId64 " s left", (m->window.end - now) / 1000);
}

void machine_resume_queued(struct machine *m, int64_t length, int64_t now)
{
	(void)now;
	m->queued = true;
	m->queued_length = length;
}

static const struct machine_transition *find_row(const struct machine *m, enum machine_event_type on, int64_t now)
{
	for (size_t i = 0; i < machine_rows; i++) {
		const struct machine_transition *t = &machine_table[i];

		if (t->from & 1u << m->state && t->on == on && machine_guard_holds(m, t->guard, now))
			return t;
	}
	return NULL;
}

bool machine_accepts(const struct machine *m, int64_t now, enum machine_event_type type)
{
	return !machine_stopped(m) && find_row(m, type, now);
}

struct machine_actions machine_step(struct machine *m, int64_t now, const struct machine_event *ev)
{
	struct machine_actions out = { 0 };
	const struct machine_transition *t;

	/* after STOP only the modem's news and the deadlines of closing count */
	t = machine_stopped(m) ? NULL : find_row(m, ev->type, now);
	if (!t)
		return out;
	out.taken = true;
	if (t->effect)
		t->effect(m, now, ev);
	for (size_t i = 0; i < MACHINE_ACTIONS_MAX && t->act[i] != MACHINE_ACT_NONE; i++) {
		out.list[out.n++] = t->act[i];
		if (t->act[i] == MACHINE_ACT_REPORT)
			retire_window(m, now);
	}
	if (t->to != MACHINE_SAME)
		set_state(m, t->to, now, machine_event_name(ev->type));
	return out;
}

/* Once a window is ending its end is no news; unless a restart found it so, and nobody closes it. */
static bool end_counts(const struct machine *m)
{
	return m->window.how == MACHINE_END_NONE || m->state == MACHINE_OFFLINE;
}

int64_t machine_next(const struct machine *m)
{
	int64_t next = INT64_MAX;

	if (m->deadline)
		next = m->deadline;
	if (m->window.id && !machine_stopped(m)) {
		if (end_counts(m) && m->window.end < next)
			next = m->window.end;
		if (m->window.warn_at && m->window.warn_at < next)
			next = m->window.warn_at;
	}
	return next;
}

bool machine_due(const struct machine *m, int64_t now, enum machine_event_type *type)
{
	if (now < machine_next(m))
		return false;
	if (m->window.id && !machine_stopped(m) && end_counts(m) && now >= m->window.end)
		*type = MACHINE_EV_WINDOW_END;
	else if (m->window.id && !machine_stopped(m) && m->window.warn_at && now >= m->window.warn_at)
		*type = MACHINE_EV_WARN;
	else
		*type = MACHINE_EV_TIMEOUT;
	return true;
}

bool machine_stopped(const struct machine *m)
{
	return m->stopping && m->state == MACHINE_OFFLINE;
}

bool machine_link_wanted(const struct machine *m)
{
	return (MACHINE_PATH | MACHINE_ON(CLOSING)) & 1u << m->state;
}
