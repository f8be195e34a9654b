#include "sim.h"

#include <inttypes.h>
#include <string.h>

#define SETTLE_STEPS 400

void sim_break(struct sim *s, enum rule r)
{
	if (s->broken != RULE_NONE)
		return;
	s->broken = r;
	if (s->trace)
		fprintf(s->trace, "%10.3f  BROKEN: %s\n", (double)s->now / 1000, rule_text(r));
}

void sim_start(struct sim *s, const struct machine_limits *limits, int64_t now)
{
	*s = (struct sim){
		.limits = *limits,
		.now = now,
		.granularity = 60000,
		.disk = { .next_id = 1 },
		.stop_at = SIM_NEVER,
		.warned_end = SIM_NEVER,
	};
	machine_init(&s->m, limits, now, 1);
}

bool sim_may(const struct sim *s, enum machine_event_type type)
{
	if (type == MACHINE_EV_CLOSED)
		return s->closing || !s->link;
	if (type == MACHINE_EV_MODEM_READY)
		return !s->link || s->m.state == MACHINE_CLOSING;
	return true;
}

static void save(struct sim *s)
{
	const struct machine *m = &s->m;

	s->disk = (struct sim_disk){
		.window = m->window,
		.left = m->window.id ? m->window.end - s->now : 0,
		.queued = m->queued,
		.queued_length = m->queued_length,
		.next_id = m->next_id,
	};
	s->unsaved = false;
}

static void act(struct sim *s, enum machine_action a)
{
	check_action(s, a);
	s->asked |= 1u << a;
	switch (a) {
	case MACHINE_ACT_SAVE:
		save(s);
		break;
	case MACHINE_ACT_OPEN_MODEM:
		s->opening = true;
		break;
	case MACHINE_ACT_DIAL:
		s->link = true;
		if (!s->m.window.opened)
			s->dials++;
		break;
	case MACHINE_ACT_CLOSE:
	case MACHINE_ACT_KILL:
		s->closing = true;
		break;
	case MACHINE_ACT_TELL_UP:
		s->told_up = true;
		break;
	case MACHINE_ACT_TELL_WARN:
		s->warned_end = s->m.window.end;
		break;
	case MACHINE_ACT_REPORT:
		s->reported = s->m.last.id;
		break;
	default:
		break;
	}
}

static void trace_step(const struct sim *s, const struct machine *before, const struct machine_event *ev,
		       const struct machine_actions *a, int die_at)
{
	fprintf(s->trace, "%10.3f  %-14s", (double)s->now / 1000, machine_event_name(ev->type));
	if (ev->length)
		fprintf(s->trace, " %" PRId64 " s", ev->length / 1000);
	if (ev->fatal)
		fputs(" (fatal)", s->trace);
	if (!a->taken)
		fprintf(s->trace, "  %s: means nothing\n", machine_state_name(before->state));
	else
		fprintf(s->trace, "  %s -> %s", machine_state_name(before->state), machine_state_name(s->m.state));
	if (!a->taken)
		return;
	for (size_t i = 0; i < a->n; i++) {
		if ((int)i == die_at)
			break;
		fprintf(s->trace, "%s%s", i ? ", " : "  / ", machine_action_name(a->list[i]));
	}
	if (die_at >= 0)
		fputs("  *** the agent dies here", s->trace);
	if (s->m.window.id)
		fprintf(s->trace, "   [window %" PRIu64 "%s, %.3f s left, %u failures]", s->m.window.id,
			s->m.window.opened ? " opened" : "", (double)(s->m.window.end - s->now) / 1000,
			s->m.window.failures);
	fputc('\n', s->trace);
}

bool sim_step(struct sim *s, const struct machine_event *ev, int die_at)
{
	struct machine before = s->m;
	struct machine_actions a;

	if (ev->type == MACHINE_EV_CLOSED)
		s->link = s->closing = false;
	if (ev->type == MACHINE_EV_MODEM_READY)
		s->opening = false;
	if (ev->type == MACHINE_EV_STOP && s->stop_at == SIM_NEVER)
		s->stop_at = s->now;
	a = machine_step(&s->m, s->now, ev);
	if (s->trace)
		trace_step(s, &before, ev, &a, die_at);
	check_transition(s, &before, ev, &a);
	for (size_t i = 0; i < a.n; i++) {
		if ((int)i == die_at)
			return true;
		act(s, a.list[i]);
	}
	if (die_at >= 0)
		return true;
	check_state(s);
	return false;
}

static int64_t left_on_disk(const struct sim *s, bool reboot)
{
	int64_t left = s->disk.window.end - s->now, saved = left + s->granularity;

	if (!reboot)
		return left;
	return saved < s->disk.left ? saved : s->disk.left;
}

void sim_restart(struct sim *s, bool reboot, int64_t clock)
{
	int64_t left = left_on_disk(s, reboot);
	bool resume = s->disk.window.id > s->reported;

	if (s->trace)
		fprintf(s->trace, "%10.3f  *** %s\n", (double)s->now / 1000, reboot ? "the box starts again" :
			"the agent starts again");
	if (reboot)
		s->now = clock;
	s->link = s->closing = s->opening = false;	/* the parent sees to that before a new agent starts */
	s->stop_at = SIM_NEVER;
	s->warned_end = SIM_NEVER;
	s->end_set = s->now;
	s->due_run = 0;
	s->credit = s->disk.queued;
	s->crashes++;
	machine_init(&s->m, &s->limits, s->now, s->disk.next_id);
	if (resume)
		machine_resume(&s->m, &s->disk.window, left, s->now);
	if (s->disk.queued)
		machine_resume_queued(&s->m, s->disk.queued_length, s->now);
	s->unsaved = resume;
	if (resume && (s->m.window.id != s->disk.window.id || s->m.next_id <= s->m.window.id ||
		       s->m.window.end > s->now + (left > 0 ? left : 0)))
		sim_break(s, RULE_RESUMED);
	s->disk.window.end = s->m.window.end;	/* in the new clock */
	check_state(s);
}

/* --- what follows if the world behaves, or falls silent ------------------------------------------- */

/* The answer that the state waits for; MACHINE_EVENTS: only time helps. */
static enum machine_event_type answer(const struct sim *s)
{
	switch (s->m.state) {
	case MACHINE_OFFLINE:
		return s->link ? MACHINE_EV_CLOSED : MACHINE_EV_MODEM_READY;
	case MACHINE_DIALLING:
		return MACHINE_EV_LINK_UP;
	case MACHINE_CHECKING:
		return MACHINE_EV_CHECKED;
	case MACHINE_CONNECTING:
		return MACHINE_EV_TUNNEL_UP;
	case MACHINE_CLOSING:
		return MACHINE_EV_CLOSED;
	case MACHINE_REPORTING:
		return MACHINE_EV_REPORTED;
	default:
		return MACHINE_EVENTS;
	}
}

static int64_t longest_window(const struct sim *s)
{
	const struct machine_limits *l = &s->limits;

	return sim_patience(l) + l->max + 2 * l->close + l->report;
}

static bool forward(struct sim *s)
{
	struct machine_event ev = { 0 };

	if (machine_due(&s->m, s->now, &ev.type)) {
		sim_step(s, &ev, -1);
		return true;
	}
	return false;
}

void sim_settle(struct sim *s)
{
	struct sim c = *s;
	int64_t from;

	if (machine_stopped(&c.m))
		sim_restart(&c, false, 0);
	from = c.now;
	for (unsigned i = 0; i < SETTLE_STEPS && c.broken == RULE_NONE; i++) {
		struct machine_event ev = { .type = answer(&c) };

		if (machine_stopped(&c.m) || (c.m.state == MACHINE_LISTENING && !forward(&c))) {
			if (c.now - from > 2 * longest_window(&c) + 120000)
				sim_break(s, RULE_RECOVERS);
			return;
		}
		if (forward(&c))
			continue;
		if (ev.type != MACHINE_EVENTS)
			sim_step(&c, &ev, -1);
		else if (machine_next(&c.m) < INT64_MAX)
			c.now = machine_next(&c.m);
		else
			break;
	}
	sim_break(s, c.broken != RULE_NONE ? c.broken : RULE_RECOVERS);
}

void sim_silence(struct sim *s)
{
	struct sim c = *s;
	int64_t from = c.now;

	while (c.broken == RULE_NONE && (c.m.window.id || c.m.queued) && !machine_stopped(&c.m) &&
	       c.now - from < 2 * longest_window(&c)) {
		if (forward(&c))
			continue;
		if (machine_next(&c.m) == INT64_MAX)
			break;
		c.now = machine_next(&c.m);
	}
	if (c.broken != RULE_NONE)
		sim_break(s, c.broken);
	else if ((c.m.window.id || c.m.queued) && !machine_stopped(&c.m))
		sim_break(s, RULE_SILENCE);
}
