/* Breadth first through everything that can happen. Two worlds that differ only in when and how often
 * they came about are one state: times are kept as distances from now, window numbers as distances
 * from the last report. So the search ends by itself, when no new state is found any more.
 *
 * Time goes on in ticks. The limits are multiples of a tick, so that each event comes before, at and
 * after each deadline; the machine's own waits for the modem are served up to a tick late. */
#include "sim.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS 48
#define STEADY (60 * SEC_MS)	/* what the machine calls steady, at least */
#define BASE INT64_C(1000000000)
#define BASE_ID 1000

/* --- a world as a row of numbers ------------------------------------------------------------------------ */

struct codec {
	int32_t v[FIELDS];
	unsigned n;
	bool decode;
};

static void number(struct codec *c, int64_t *x)
{
	if (c->decode)
		*x = c->v[c->n++];
	else
		c->v[c->n++] = (int32_t)*x;
}

/* 0 and SIM_NEVER are no times. */
static void moment(struct codec *c, int64_t *t)
{
	int64_t d = *t == SIM_NEVER ? INT32_MIN : *t == 0 ? INT32_MIN + 1 : *t - BASE;

	number(c, &d);
	*t = d == INT32_MIN ? SIM_NEVER : d == INT32_MIN + 1 ? 0 : d + BASE;
}

static void small(struct codec *c, unsigned *x)
{
	int64_t d = *x;

	number(c, &d);
	*x = (unsigned)d;
}

static void flag(struct codec *c, bool *b)
{
	int64_t d = *b;

	number(c, &d);
	*b = d != 0;
}

static void identity(struct codec *c, uint64_t *id)
{
	int64_t d = *id ? (int64_t)*id - BASE_ID : INT32_MIN;

	number(c, &d);
	*id = d == INT32_MIN ? 0 : (uint64_t)(d + BASE_ID);
}

static void text(struct codec *c, char *t)
{
	bool some = t[0] != 0;

	flag(c, &some);
	if (c->decode)
		strcpy(t, some ? "x" : "");
}

static void window(struct codec *c, struct machine_window *w)
{
	unsigned how = w->how;

	identity(c, &w->id);
	number(c, &w->length);
	moment(c, &w->opened);
	moment(c, &w->end);
	moment(c, &w->warn_at);
	small(c, &w->failures);
	small(c, &w->rebuilds);
	small(c, &how);
	w->how = (enum machine_end)how;
	text(c, w->step);
	text(c, w->reason);
}

static void machine(struct codec *c, struct machine *m)
{
	unsigned state = m->state;

	small(c, &state);
	m->state = (enum machine_state)state;
	moment(c, &m->since);
	moment(c, &m->deadline);
	moment(c, &m->up_since);
	flag(c, &m->modem);
	flag(c, &m->retry);
	flag(c, &m->killed);
	flag(c, &m->stopping);
	flag(c, &m->queued);
	number(c, &m->queued_length);
	small(c, &m->reopen);
	identity(c, &m->next_id);
	window(c, &m->window);
}

/* A field that is added to struct machine or struct sim and changes what happens later belongs here. */
static void world(struct codec *c, struct sim *s)
{
	machine(c, &s->m);
	flag(c, &s->link);
	flag(c, &s->closing);
	flag(c, &s->opening);
	window(c, &s->disk.window);
	number(c, &s->disk.left);
	flag(c, &s->disk.queued);
	number(c, &s->disk.queued_length);
	identity(c, &s->disk.next_id);
	small(c, &s->dials);
	small(c, &s->crashes);
	small(c, &s->due_run);
	flag(c, &s->credit);
	flag(c, &s->told_up);
	flag(c, &s->unsaved);
	moment(c, &s->warned_end);
	moment(c, &s->end_set);
	moment(c, &s->stop_at);
}

static void shift(int64_t *t, int64_t by)
{
	if (*t != 0 && *t != SIM_NEVER)
		*t += by;
}

static void shift_window(struct machine_window *w, int64_t by)
{
	w->begun = 0;
	shift(&w->opened, by);
	shift(&w->end, by);
	shift(&w->warn_at, by);
}

static void shift_ids(struct sim *s)
{
	uint64_t by = BASE_ID - s->reported;

	s->m.next_id += by;
	s->disk.next_id += by;
	s->m.window.id += s->m.window.id ? by : 0;
	s->disk.window.id += s->disk.window.id ? by : 0;
	s->reported += by;
}

static void no_earlier(int64_t *t, int64_t than)
{
	if (*t != SIM_NEVER && *t < than)
		*t = than;
}

/* What cannot matter any more is made equal. */
static void forget(struct sim *s)
{
	struct machine *m = &s->m;
	int64_t past = s->now - STEADY - s->limits.warn - 1;
	int64_t left = s->disk.window.end - s->now + s->granularity;

	if (s->disk.window.id <= s->reported)
		s->disk.window = (struct machine_window){ 0 };
	if (!s->disk.window.id)
		s->disk.left = 0;
	else if (left < s->disk.left)
		s->disk.left = left;
	if (!s->disk.queued)
		s->disk.queued_length = 0;
	if (!m->queued)
		m->queued_length = 0;
	if (!m->window.id) {
		s->dials = s->crashes = 0;
		s->told_up = s->unsaved = false;
		s->end_set = s->now;
	}
	if (m->window.opened)	/* from here on the end bounds the tries */
		s->dials = m->window.failures = 0;
	if (s->disk.window.opened)
		s->disk.window.failures = 0;
	s->disk.window.rebuilds = 0;	/* is not saved */
	if (s->due_at != s->now)
		s->due_run = 0;
	if (s->warned_end != m->window.end)
		s->warned_end = SIM_NEVER;
	if (m->state != MACHINE_OPEN)
		m->up_since = s->now;
	if (m->state == MACHINE_OFFLINE || m->state == MACHINE_LISTENING)
		m->since = s->now;
	if (m->state != MACHINE_CLOSING)
		m->killed = false;
	if (m->reopen > 7)
		m->reopen = 7;
	no_earlier(&m->up_since, past);
	no_earlier(&s->end_set, past);
	if (m->state == MACHINE_OPEN)
		no_earlier(&m->since, past);
}

static void encode(const struct sim *from, struct codec *c)
{
	struct sim s = *from;
	int64_t by = BASE - s.now;

	forget(&s);
	shift(&s.m.since, by);
	shift(&s.m.deadline, by);
	shift(&s.m.up_since, by);
	shift_window(&s.m.window, by);
	shift_window(&s.disk.window, by);
	shift(&s.warned_end, by);
	shift(&s.end_set, by);
	shift(&s.stop_at, by);
	shift_ids(&s);
	*c = (struct codec){ .decode = false };
	world(c, &s);
}

static void decode(struct codec *c, const struct machine_limits *limits, struct sim *s)
{
	sim_start(s, limits, BASE);
	c->n = 0;
	c->decode = true;
	world(c, s);
	s->now = s->due_at = BASE;
	s->reported = BASE_ID;
}

/* --- what can happen ------------------------------------------------------------------------------------- */

enum { CHOOSE_TICK, CHOOSE_CRASH, CHOOSE_DUE, CHOOSE_EVENT };

static const struct machine_event events[] = {
	{ .type = MACHINE_EV_MODEM_READY }, { .type = MACHINE_EV_MODEM_LOST },
	{ .type = MACHINE_EV_UP }, { .type = MACHINE_EV_UP, .length = 2 * MIN_MS },
	{ .type = MACHINE_EV_DOWN },
	{ .type = MACHINE_EV_EXTEND, .length = MIN_MS },
	{ .type = MACHINE_EV_LINK_UP }, { .type = MACHINE_EV_CHECKED }, { .type = MACHINE_EV_TUNNEL_UP },
	{ .type = MACHINE_EV_FAILED }, { .type = MACHINE_EV_FAILED, .fatal = true },
	{ .type = MACHINE_EV_TUNNEL_LOST }, { .type = MACHINE_EV_CLOSED }, { .type = MACHINE_EV_REPORTED },
	{ .type = MACHINE_EV_STOP },
};

#define EVENTS (sizeof events / sizeof *events)
#define CHOICES (CHOOSE_EVENT + EVENTS)

struct choice {
	uint8_t what;
	int8_t die_at;
	bool reboot;
};

/* Returns false if that cannot happen now. *ACTIONS gets the number of actions of the step. */
static bool take(const struct exhaust_options *o, struct sim *s, struct choice c, size_t *actions)
{
	struct machine_event ev = { 0 };
	struct machine m = s->m;
	int64_t next = machine_next(&s->m);
	bool due = machine_due(&s->m, s->now, &ev.type);

	*actions = 0;
	if (c.what == CHOOSE_CRASH || machine_stopped(&s->m)) {
		if (c.what != CHOOSE_CRASH || s->crashes >= o->crashes)
			return false;
		sim_restart(s, c.reboot, s->now + 5000);
		return true;
	}
	if (c.what == CHOOSE_TICK) {
		if (due || next == INT64_MAX)
			return false;
		s->now += o->tick;
		check_state(s);
		return true;
	}
	if (c.what == CHOOSE_DUE && !due)
		return false;
	if (c.what >= CHOOSE_EVENT) {
		ev = events[c.what - CHOOSE_EVENT];
		if (!sim_may(s, ev.type))
			return false;
	}
	if (c.die_at >= 0 && s->crashes >= o->crashes)
		return false;
	*actions = machine_step(&m, s->now, &ev).n;
	if (sim_step(s, &ev, c.die_at))
		sim_restart(s, c.reboot, s->now + 5000);
	return true;
}

/* --- the states seen, and the way to each ---------------------------------------------------------------- */

struct way {
	uint32_t from;
	struct choice choice;
};

struct search {
	const struct exhaust_options *o;
	uint64_t *table;	/* of hashes, 0 free; open addressing */
	uint64_t mask;
	struct way *ways;
	uint64_t states;
	struct codec *now, *next;	/* the worlds of this level and of the next */
	uint32_t *now_id, *next_id;
	size_t now_n, next_n, next_size;
	struct exhaust_result *out;
};

static uint64_t hash(const struct codec *c)
{
	uint64_t h = 0x9e3779b97f4a7c15u;

	for (unsigned i = 0; i < c->n; i++) {
		h ^= (uint32_t)c->v[i];
		h *= 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h ? h : 1;
}

static bool seen(struct search *x, uint64_t h)
{
	uint64_t i = h & x->mask;

	while (x->table[i] && x->table[i] != h)
		i = (i + 1) & x->mask;
	if (x->table[i])
		return true;
	x->table[i] = h;
	return false;
}

static bool grow(struct search *x)
{
	size_t size = x->next_size ? 2 * x->next_size : 1024;
	struct codec *c = realloc(x->next, size * sizeof *c);
	uint32_t *id;

	if (!c)
		return false;
	x->next = c;
	id = realloc(x->next_id, size * sizeof *id);
	if (!id)
		return false;
	x->next_id = id;
	x->next_size = size;
	return true;
}

static bool add(struct search *x, const struct sim *s, uint32_t from, struct choice choice)
{
	struct codec c;

	encode(s, &c);
	if (seen(x, hash(&c)))
		return true;
	if (x->next_n == x->next_size && !grow(x))
		return false;
	x->ways[x->states] = (struct way){ .from = from, .choice = choice };
	x->next[x->next_n] = c;
	x->next_id[x->next_n++] = (uint32_t)x->states++;
	return true;
}

static void replay(const struct search *x, uint32_t id, struct choice last)
{
	struct choice path[512];
	size_t n = 0, actions;
	struct sim s;

	path[n++] = last;
	while (id != 0 && n < sizeof path / sizeof *path) {
		path[n++] = x->ways[id].choice;
		id = x->ways[id].from;
	}
	sim_start(&s, &x->o->limits, BASE);
	s.trace = stdout;
	while (n-- > 0)
		take(x->o, &s, path[n], &actions);
	if (s.broken == RULE_NONE) {
		puts("and from there, when the world behaves or falls silent:");
		sim_settle(&s);
		sim_silence(&s);
	}
}

static bool try(struct search *x, const struct sim *from, uint32_t id, struct choice c, size_t *actions)
{
	struct sim s = *from;

	if (!take(x->o, &s, c, actions))
		return true;
	x->out->steps++;
	x->out->deaths += c.die_at >= 0 || c.what == CHOOSE_CRASH;
	if (s.broken == RULE_NONE && x->states < x->o->max_states) {
		uint64_t was = x->states;

		if (!add(x, &s, id, c))
			return false;
		if (x->states > was) {
			sim_settle(&s);
			sim_silence(&s);
		}
	}
	if (s.broken == RULE_NONE)
		return true;
	x->out->broken = s.broken;
	replay(x, id, c);
	return false;
}

static bool expand(struct search *x, struct codec *c, uint32_t id)
{
	struct sim s;

	decode(c, &x->o->limits, &s);
	for (unsigned what = 0; what < CHOICES; what++) {
		struct choice ch = { .what = (uint8_t)what, .die_at = -1 };
		size_t n, none;

		if (!try(x, &s, id, ch, &n))
			return false;
		for (unsigned d = 0; d < 2 * n; d++) {
			ch.die_at = (int8_t)(d / 2);
			ch.reboot = d % 2;
			if (!try(x, &s, id, ch, &none))
				return false;
		}
		ch = (struct choice){ .what = (uint8_t)what, .die_at = -1, .reboot = true };
		if (what == CHOOSE_CRASH && !try(x, &s, id, ch, &none))
			return false;
	}
	return true;
}

static bool level(struct search *x)
{
	struct codec *c = x->now;
	uint32_t *id = x->now_id;

	x->now = x->next;
	x->now_id = x->next_id;
	x->now_n = x->next_n;
	x->next = NULL;
	x->next_id = NULL;
	x->next_n = x->next_size = 0;
	free(c);
	free(id);
	for (size_t i = 0; i < x->now_n; i++)
		if (!expand(x, &x->now[i], x->now_id[i]))
			return false;
	return true;
}

bool exhaust(const struct exhaust_options *o, struct exhaust_result *out)
{
	struct search x = { .o = o, .out = out };
	uint64_t size = 1024;
	struct sim s;
	bool ok;

	*out = (struct exhaust_result){ 0 };
	while (size < 2 * o->max_states)
		size *= 2;
	x.mask = size - 1;
	x.table = calloc(size, sizeof *x.table);
	x.ways = malloc((o->max_states + 1) * sizeof *x.ways);
	sim_start(&s, &o->limits, BASE);
	ok = x.table && x.ways && add(&x, &s, 0, (struct choice){ 0 });
	while (ok && x.next_n > 0 && out->depth < o->depth && x.states < o->max_states) {
		ok = level(&x);
		out->depth += ok;
	}
	out->states = x.states;
	out->complete = ok && x.next_n == 0 && x.states < o->max_states;
	free(x.now);
	free(x.now_id);
	free(x.next);
	free(x.next_id);
	free(x.table);
	free(x.ways);
	return ok;
}
