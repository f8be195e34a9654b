/* A world with a will of its own: everything answers sometimes at once, late, twice or never; the
 * modem is pulled out, the agent killed, the box switched off, in an order that a seed decides. */
#include "sim.h"

#include "base/clock.h"

#include <string.h>

#define PENDING_MAX 48
#define LATE_MS 400
#define STEPS_MAX 3000

struct pending {
	int64_t at;
	struct machine_event ev;
};

/* What the world does by itself. */
enum stimulus { UP, DOWN, EXTEND, UNPLUG, PLUG, CRASH, REBOOT, STOP, NOISE, STIMULI };

struct run {
	struct sim s;
	uint64_t rng;
	struct pending pending[PENDING_MAX];
	size_t n;
	bool plugged;
	int64_t next_stimulus;
	unsigned stimuli;	/* how many are left */
	unsigned fault;		/* per cent of answers that are bad */
	unsigned death;		/* per mille of steps that kill the agent */
	int64_t busy;		/* mean time between stimuli */
	struct random_result *sum;
};

/* --- chance: splitmix64. Only one draw among the arguments of a call, as their order is open -------- */

static uint64_t draw(struct run *r)
{
	uint64_t z = (r->rng += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static int64_t between(struct run *r, int64_t lo, int64_t hi)
{
	return lo + (int64_t)(draw(r) % (uint64_t)(hi - lo + 1));
}

static bool chance(struct run *r, unsigned percent)
{
	return draw(r) % 100 < percent;
}

static struct machine_limits draw_limits(struct run *r)
{
	struct machine_limits l = {
		.dial = 60 * SEC_MS, .check = 30 * SEC_MS, .connect = 60 * SEC_MS, .close = 20 * SEC_MS,
		.report = 180 * SEC_MS, .pause = 10 * SEC_MS,
		.length = 30 * MIN_MS, .max = 720 * MIN_MS, .warn = 5 * MIN_MS, .tries = 3,
	};

	if (chance(r, 40))
		return l;
	l.dial = between(r, 1, 120) * SEC_MS;
	l.check = between(r, 1, 60) * SEC_MS;
	l.connect = between(r, 1, 120) * SEC_MS;
	l.close = between(r, 1, 60) * SEC_MS;
	l.report = between(r, 1, 600) * SEC_MS;
	l.pause = between(r, 0, 60) * SEC_MS;
	l.length = between(r, 10, 7200) * SEC_MS;
	l.max = l.length + between(r, 0, 7200) * SEC_MS;
	l.warn = chance(r, 20) ? 0 : between(r, 2, 600) * SEC_MS;
	l.tries = (unsigned)between(r, 1, 5);
	return l;
}

/* --- answers -------------------------------------------------------------------------------------------------- */

static void later(struct run *r, int64_t delay, struct machine_event ev)
{
	if (r->n < PENDING_MAX)
		r->pending[r->n++] = (struct pending){ .at = r->s.now + delay, .ev = ev };
}

static void forget(struct run *r, enum machine_event_type type)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->pending[i].ev.type != type)
			r->pending[kept++] = r->pending[i];
	r->n = kept;
}

static int64_t delay(struct run *r, int64_t limit)
{
	unsigned kind = (unsigned)between(r, 0, 9);

	if (kind < 6)
		return between(r, 0, limit / 8);
	return kind < 9 ? between(r, 0, limit) : limit;	/* just at the deadline */
}

static struct machine_event failure(struct run *r)
{
	struct machine_event ev = { .type = MACHINE_EV_FAILED };

	ev.fatal = chance(r, 15);
	ev.step = chance(r, 80) ? "name resolution" : chance(r, 50) ? "" : NULL;
	ev.reason = chance(r, 80) ? "the carrier's name server does not answer" : chance(r, 50) ? "" : NULL;
	return ev;
}

static void fail_soon(struct run *r, int64_t limit)
{
	struct machine_event ev = failure(r);

	later(r, delay(r, limit), ev);
}

/* GOOD comes, or a failure, or nothing, or more than one of them. */
static void respond(struct run *r, enum machine_event_type good, int64_t limit)
{
	struct machine_event ev = { .type = good };

	if (!chance(r, r->fault)) {
		later(r, delay(r, limit), ev);
		return;
	}
	switch (between(r, 0, 3)) {
	case 0:		/* nothing */
		break;
	case 1:
		fail_soon(r, limit);
		break;
	case 2:		/* too late to count */
		later(r, limit + between(r, 0, limit), ev);
		break;
	default:
		later(r, delay(r, limit), ev);
		if (chance(r, 50))
			later(r, delay(r, limit), ev);
		else
			fail_soon(r, limit);
	}
}

static void respond_close(struct run *r, bool force)
{
	struct machine_event closed = { .type = MACHINE_EV_CLOSED };
	int64_t limit = r->s.limits.close;

	/* what was under way seldom says a last word */
	if (!chance(r, 10)) {
		forget(r, MACHINE_EV_LINK_UP);
		forget(r, MACHINE_EV_CHECKED);
		forget(r, MACHINE_EV_TUNNEL_UP);
		forget(r, MACHINE_EV_FAILED);
		forget(r, MACHINE_EV_TUNNEL_LOST);
	}
	if (!chance(r, force ? r->fault / 2 : r->fault))
		later(r, delay(r, limit), closed);
	else	/* one day it is gone; nobody may notice before */
		later(r, between(r, limit, 20 * limit), closed);
}

static void break_later(struct run *r)
{
	struct machine_event lost = { .type = MACHINE_EV_TUNNEL_LOST, .reason = "the relay closed the connection" };
	int64_t in = between(r, 0, chance(r, 50) ? 2 * MIN_MS : r->s.limits.max);

	if (!chance(r, r->fault))
		return;
	if (!chance(r, 60))
		lost = failure(r);
	later(r, in, lost);
}

static void answer_actions(struct run *r)
{
	static const struct machine_event ready = { .type = MACHINE_EV_MODEM_READY };
	const struct machine_limits *l = &r->s.limits;
	unsigned asked = r->s.asked;

	r->s.asked = 0;
	if (asked & 1u << MACHINE_ACT_OPEN_MODEM && r->plugged && chance(r, 60))
		later(r, between(r, 0, 40 * SEC_MS), ready);
	if (asked & 1u << MACHINE_ACT_DIAL)
		respond(r, MACHINE_EV_LINK_UP, l->dial);
	if (asked & 1u << MACHINE_ACT_CHECK)
		respond(r, MACHINE_EV_CHECKED, l->check);
	if (asked & 1u << MACHINE_ACT_CONNECT)
		respond(r, MACHINE_EV_TUNNEL_UP, l->connect);
	if (asked & (1u << MACHINE_ACT_CLOSE | 1u << MACHINE_ACT_KILL))
		respond_close(r, asked & 1u << MACHINE_ACT_KILL);
	if (asked & (1u << MACHINE_ACT_TELL_UP | 1u << MACHINE_ACT_TELL_BACK))
		break_later(r);
	if (asked & 1u << MACHINE_ACT_REPORT) {
		respond(r, MACHINE_EV_REPORTED, l->report);
		r->sum->windows++;
		r->sum->opened += r->s.m.last.opened != 0;
	}
}

/* --- what happens ------------------------------------------------------------------------------------------------ */

static void restart(struct run *r, bool reboot)
{
	int64_t off = chance(r, 50) ? 0 : between(r, 0, 10 * MIN_MS);

	r->n = 0;
	r->sum->deaths++;
	if (!reboot)
		r->s.now += off;
	sim_restart(&r->s, reboot, between(r, 0, 2 * MIN_MS));
	r->next_stimulus = r->s.now + between(r, 0, r->busy);
}

static void step(struct run *r, const struct machine_event *ev)
{
	bool dies = (unsigned)between(r, 0, 999) < r->death;

	r->sum->steps++;
	if (sim_step(&r->s, ev, dies ? (int)between(r, 0, 3) : -1))
		restart(r, chance(r, 40));
	else
		answer_actions(r);
}

static void unplug(struct run *r)
{
	static const struct machine_event lost = { .type = MACHINE_EV_MODEM_LOST };

	r->plugged = false;
	forget(r, MACHINE_EV_MODEM_READY);
	if (r->s.trace)
		fprintf(r->s.trace, "%10.3f  (the modem is pulled out)\n", (double)r->s.now / 1000);
	if (!chance(r, r->fault / 4))
		step(r, &lost);
}

static int64_t draw_length(struct run *r)
{
	switch (between(r, 0, 5)) {
	case 0:
	case 1:
		return 0;
	case 2:
		return between(r, 1, 24 * 60) * MIN_MS;
	case 3:
		return chance(r, 50) ? INT64_MAX : -1;
	default:
		return between(r, 1, 60) * MIN_MS;
	}
}

static void stimulate(struct run *r)
{
	static const enum machine_event_type commands[] = {
		[UP] = MACHINE_EV_UP, [DOWN] = MACHINE_EV_DOWN, [EXTEND] = MACHINE_EV_EXTEND, [STOP] = MACHINE_EV_STOP,
	};
	static const unsigned odds[STIMULI] = { 30, 8, 10, 8, 12, 4, 4, 3, 12 };
	struct machine_event ev = { 0 };
	unsigned what = 0, x = (unsigned)between(r, 0, 90);

	while (x >= odds[what] && what < NOISE)
		x -= odds[what++];
	switch ((enum stimulus)what) {
	case UP:
	case DOWN:
	case EXTEND:
	case STOP:
		ev.type = commands[what];
		ev.length = draw_length(r);
		step(r, &ev);
		break;
	case UNPLUG:
		unplug(r);
		break;
	case PLUG:
		r->plugged = true;
		break;
	case CRASH:
	case REBOOT:
		restart(r, what == REBOOT);
		break;
	case NOISE:
	case STIMULI:	/* something that nobody asked for, or for the second time */
		ev.type = (enum machine_event_type)between(r, 0, MACHINE_EV_STOP - 1);
		if (ev.type != MACHINE_EV_UP && sim_may(&r->s, ev.type))
			step(r, &ev);
	}
}

static size_t earliest(const struct run *r)
{
	size_t best = 0;

	for (size_t i = 1; i < r->n; i++)
		if (r->pending[i].at < r->pending[best].at)
			best = i;
	return best;
}

static void deliver(struct run *r, size_t i)
{
	struct machine_event ev = r->pending[i].ev;

	r->pending[i] = r->pending[--r->n];
	if (ev.type == MACHINE_EV_MODEM_READY && !r->plugged)
		return;
	if (sim_may(&r->s, ev.type))
		step(r, &ev);
}

/* Moves the clock to what comes next, sometimes a little further. */
static void wait_for_next(struct run *r)
{
	int64_t next = machine_next(&r->s.m);

	if (r->n && r->pending[earliest(r)].at < next)
		next = r->pending[earliest(r)].at;
	if (r->stimuli && r->next_stimulus < next)
		next = r->next_stimulus;
	if (next == INT64_MAX)
		next = r->s.now;
	if (next > r->s.now)
		r->s.now = next;
	if (next > 0 && chance(r, 15))
		r->s.now += between(r, 0, LATE_MS);
}

static void happen(struct run *r)
{
	struct machine_event ev = { 0 };
	bool due = machine_due(&r->s.m, r->s.now, &ev.type);
	size_t i = earliest(r);

	if (machine_stopped(&r->s.m))
		restart(r, chance(r, 20));
	else if (due && !chance(r, 10))
		step(r, &ev);
	else if (r->n && r->pending[i].at <= r->s.now)
		deliver(r, i);
	else if (r->stimuli && r->next_stimulus <= r->s.now) {
		r->stimuli--;
		r->next_stimulus = r->s.now + between(r, 0, 2 * r->busy);
		stimulate(r);
	} else if (due)
		step(r, &ev);
	else
		wait_for_next(r);
}

static bool quiet(const struct run *r)
{
	return !r->stimuli && !r->n && (r->s.m.state == MACHINE_LISTENING || !r->plugged);
}

enum rule random_run(uint64_t seed, FILE *trace, struct random_result *sum)
{
	struct run r = { .rng = seed * 0x2545f4914f6cdd1du, .plugged = true, .sum = sum };
	struct machine_limits limits = draw_limits(&r);

	r.stimuli = (unsigned)between(&r, 3, 25);
	r.fault = (unsigned)between(&r, 0, 60);
	r.death = chance(&r, 50) ? 0 : (unsigned)between(&r, 1, 60);
	r.busy = between(&r, 1, chance(&r, 30) ? 15 * SEC_MS : 10 * MIN_MS);
	sim_start(&r.s, &limits, between(&r, 0, 10 * MIN_MS));
	r.s.late = LATE_MS;
	r.s.granularity = between(&r, 0, 2 * MIN_MS);
	r.s.trace = trace;
	r.next_stimulus = r.s.now;
	for (unsigned i = 0; i < STEPS_MAX && r.s.broken == RULE_NONE && !quiet(&r); i++) {
		happen(&r);
		if (r.s.broken == RULE_NONE && draw(&r) % 32 == 0) {
			r.s.trace = NULL;
			sim_settle(&r.s);
			sim_silence(&r.s);
			r.s.trace = trace;
		}
	}
	if (r.s.broken != RULE_NONE)
		return r.s.broken;
	sim_settle(&r.s);
	sim_silence(&r.s);
	return r.s.broken;
}
