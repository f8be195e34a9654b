#include "core/press_table.h"
#include "base/log.h"

#include <string.h>

#define NEVER INT64_MAX
#define ROWS_MAX 8

/* In a state that drives, a line is active, or a command runs. */
static const struct drive {
	bool drives;
	enum press_deed deed;
	enum press_line line;
} drives[PRESS_STATES] = {
	[PRESS_PRESSING_OFF] = { true, PRESS_DO_OFF, PRESS_LINE_POWER },
	[PRESS_HOLDING] = { true, PRESS_DO_FORCE_OFF, PRESS_LINE_POWER },
	[PRESS_PRESSING_ON] = { true, PRESS_DO_ON, PRESS_LINE_POWER },
	[PRESS_RESETTING] = { true, PRESS_DO_RESET, PRESS_LINE_RESET },
};

const char *press_config_wrong(const struct press_config *c)
{
	if (c->press < PRESS_MIN_MS || c->press > PRESS_MAX_MS)
		return "a press takes 50 ms to 2 s";
	if (c->hold < PRESS_HOLD_MIN_MS || c->hold > PRESS_HOLD_MAX_MS)
		return "a hold takes 4 s to 15 s: less forces nothing off";
	if (c->on_time < PRESS_WAIT_MIN_MS || c->on_time > PRESS_WAIT_MAX_MS)
		return "on-time is 1 s to 1 h";
	if (c->off_time < PRESS_WAIT_MIN_MS || c->off_time > PRESS_WAIT_MAX_MS)
		return "off-time is 1 s to 1 h";
	if (c->pause < 0 || c->pause > PRESS_PAUSE_MAX_MS)
		return "the pause is at most 10 min";
	return NULL;
}

void press_init(struct press *p, const struct press_config *c, int64_t now)
{
	*p = (struct press){
		.config = *c, .state = PRESS_IDLE, .since = now, .deadline = NEVER,
		.led = LED_UNKNOWN, .led_at = now,
	};
}

enum led_state press_believed(const struct press *p)
{
	if (!p->config.led)
		return LED_NONE;
	return p->distrust ? LED_UNKNOWN : p->led;
}

bool press_idle(const struct press *p)
{
	return p->state == PRESS_IDLE;
}

bool press_active(const struct press *p, enum press_line *line)
{
	*line = drives[p->state].line;
	return drives[p->state].drives && !p->config.commands;
}

int64_t press_next(const struct press *p)
{
	return p->deadline;
}

/* --- actions ------------------------------------------------------------------------------------------ */

/* NULL if there is no room, which no row of the table makes happen (t/sim). */
static struct press_action *add(struct press_actions *out, enum press_action_type type)
{
	if (out->n == PRESS_ACTIONS_MAX)
		return NULL;
	out->list[out->n] = (struct press_action){ .type = type };
	return &out->list[out->n++];
}

static void say(const struct press *p, int64_t now, press_tell *tell, struct press_actions *out)
{
	struct press_action *a = add(out, PRESS_ACT_SAY);

	if (!a)
		return;
	tell(p, now, a->text);
	if (!a->text[0])
		out->n--;
}

static void drive(const struct press *p, bool begin, struct press_actions *out)
{
	const struct drive *d = &drives[p->state];
	struct press_action *a;

	if (!d->drives)
		return;
	a = add(out, !p->config.commands ? PRESS_ACT_LINE : begin ? PRESS_ACT_RUN : PRESS_ACT_STOP);
	if (!a)
		return;
	a->line = d->line;
	a->active = begin;
	a->deed = d->deed;
}

/* --- states ------------------------------------------------------------------------------------------- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t drive_limit(const struct press *p, enum press_state s)
{
	if (p->config.commands)
		return PRESS_COMMAND_MS;
	return s == PRESS_HOLDING ? p->config.hold : p->config.press;
}

static int64_t patience(const struct press *p, enum press_state s)
{
	if (s == PRESS_WAITING_FORCED)
		return PRESS_FORCED_MS;
	if (s == PRESS_WAITING_OFF)
		return p->config.off_time;
	if (s == PRESS_WATCHING)
		return PRESS_LOOK_MS;
	/* that it does not blink any more takes a while to see */
	return p->config.on_time + (p->asleep ? LED_STEADY_MS : 0);
}

static int64_t deadline(const struct press *p, enum press_state s, int64_t now)
{
	int64_t sure = p->led_at + PRESS_SURE_OFF_MS;	/* that it does not blink */

	switch (s) {
	case PRESS_LOOKING:
		if (p->config.commands)
			return now + PRESS_COMMAND_MS;
		if (p->led == LED_UNKNOWN)
			return later(now, earlier(p->patience, now + PRESS_SURE_OFF_MS));
		return later(now, earlier(p->patience, p->led_at + LED_STEADY_MS));
	case PRESS_PRESSING_OFF:
	case PRESS_HOLDING:
	case PRESS_PRESSING_ON:
	case PRESS_RESETTING:
		return now + drive_limit(p, s);
	case PRESS_WAITING_OFF:
	case PRESS_WAITING_FORCED:
	case PRESS_WAITING_ON:
		return later(now, p->patience);
	case PRESS_PROVING_OFF:
	case PRESS_PROVING_FORCED:
		return p->config.commands ? now : later(now, sure);
	case PRESS_PAUSING:
		return later(now, p->off_at + p->config.pause);
	case PRESS_PROVING_ON:
		if (p->config.commands)
			return now;
		return later(now, p->asleep ? sure : p->led_at + PRESS_SURE_ON_MS);
	case PRESS_WATCHING:
		if (p->config.commands)
			sure = now;
		else if (p->led == LED_BLINKING)
			sure = now + PRESS_FORCED_MS;
		return later(now, earlier(p->patience, later(now + PRESS_WATCH_MS, sure)));
	case PRESS_IDLE:
	case PRESS_DECIDING:
	case PRESS_STATES:
		break;
	}
	return NEVER;
}

/* The one place where the state changes. */
static void set_state(struct press *p, enum press_state to, int64_t now)
{
	if (p->state != to)
		log_debug("%s: %s -> %s", press_verb_name(p->verb), press_state_name(p->state), press_state_name(to));
	if (drives[p->state].drives)
		p->patience = now + patience(p, to);
	if (drives[to].drives) {
		p->driven = now;
		p->on_after = -1;
		if (to != PRESS_PRESSING_ON)
			p->off_after = -1;
	}
	p->deadline = deadline(p, to, now);
	p->state = to;
	p->since = now;
}

void press_started(struct press *p, int64_t now)
{
	enum press_line line;

	if (!press_active(p, &line))
		return;
	p->driven = p->since = now;
	p->deadline = deadline(p, p->state, now);
}

void press_describe(const struct press *p, char *out)
{
	press_tell_status(p, p->since, out);
}

/* --- steps -------------------------------------------------------------------------------------------- */

/* A change that may yet be the first of blinking. */
static bool is_fresh(const struct press *p, int64_t now)
{
	return !p->config.commands && now < p->led_at + LED_STEADY_MS;
}

static unsigned facts(const struct press *p, int64_t now)
{
	return (p->force ? PRESS_IF_FORCE : 0u) | (p->escalate ? PRESS_IF_ESCALATE : 0u) |
	       (p->config.commands ? PRESS_IF_COMMANDS : 0u) | (p->off_after >= 0 || p->began_off ? PRESS_IF_SEEN_OFF : 0u) |
	       (is_fresh(p, now) ? PRESS_IF_FRESH : 0u) | p->config.can * PRESS_IF_CAN;
}

static const struct press_transition *find_row(const struct press *p, int64_t now, enum press_event_type on)
{
	unsigned led = 1u << press_believed(p), have = facts(p, now);

	for (size_t i = 0; i < press_rows; i++) {
		const struct press_transition *t = &press_table[i];

		if (t->from & 1u << p->state && t->on & 1u << on && t->verbs & 1u << p->verb && t->leds & led &&
		    (have & t->with) == t->with && !(have & t->without))
			return t;
	}
	return NULL;
}

static void finish(struct press *p, int64_t now, bool ok, press_tell *tell, struct press_actions *out)
{
	struct press_action *a;

	drive(p, false, out);
	a = add(out, PRESS_ACT_DONE);
	if (a) {
		a->ok = ok;
		tell(p, now, a->text);
	}
	set_state(p, PRESS_IDLE, now);
}

static void follow(struct press *p, const struct press_transition *t, int64_t now, struct press_actions *out)
{
	if (t->effect)
		t->effect(p, now);
	if (t->to == PRESS_SAME)
		return;
	if (t->to >= PRESS_STATES) {
		finish(p, now, t->to == PRESS_DONE_OK, t->tell, out);
		return;
	}
	if (t->to != (unsigned)p->state)
		drive(p, false, out);
	if (t->tell)
		say(p, now, t->tell, out);
	set_state(p, (enum press_state)t->to, now);
}

/* Takes over what the event says. Returns what it means for the table; PRESS_EVENTS for nothing. */
static enum press_event_type take(struct press *p, int64_t now, const struct press_event *ev)
{
	bool driving = drives[p->state].drives;

	switch (ev->type) {
	case PRESS_EV_BEGIN:
		if (p->state != PRESS_IDLE || ev->verb >= PRESS_VERBS)
			return PRESS_EVENTS;
		*p = (struct press){
			.config = p->config, .since = p->since, .deadline = NEVER, .led = p->led, .led_at = p->led_at,
			.verb = ev->verb, .force = ev->force, .escalate = ev->escalate,
			.patience = now + PRESS_LOOK_MS, .off_at = INT64_MIN / 2, .off_after = -1, .on_after = -1,
		};
		return ev->type;
	case PRESS_EV_LED:
		p->led = ev->led;
		p->led_at = ev->at;
		return ev->type;
	case PRESS_EV_RAN:
		if (!driving || !p->config.commands)
			return PRESS_EVENTS;
		if (ev->ok)
			return PRESS_EV_RELEASED;
		break;
	case PRESS_EV_TIMER:
		if (now < p->deadline)
			return PRESS_EVENTS;
		return driving && !p->config.commands ? PRESS_EV_RELEASED : ev->type;
	case PRESS_EV_ABORT:
		return ev->type;
	case PRESS_EV_FAULT:
		break;
	case PRESS_EV_RELEASED:
	case PRESS_EV_ENTER:
	case PRESS_EVENTS:
		return PRESS_EVENTS;
	}
	if (p->state == PRESS_IDLE)
		return PRESS_EVENTS;
	press_text_copy(p->fault, ev->text);
	return PRESS_EV_FAULT;
}

/* A command that has ended needs no end. */
static void take_stop_back(const struct press_event *ev, struct press_actions *out)
{
	if (ev->type != PRESS_EV_RAN || !out->n || out->list[0].type != PRESS_ACT_STOP)
		return;
	out->n--;
	memmove(&out->list[0], &out->list[1], out->n * sizeof *out->list);
}

bool press_step(struct press *p, int64_t now, const struct press_event *ev, struct press_actions *out)
{
	enum press_state was = p->state;
	enum press_event_type on = take(p, now, ev);
	const struct press_transition *t;
	bool taken = false;

	out->n = 0;
	/* a state that leads to another at once; no row of the table makes it more than a few */
	for (int n = 0; n < ROWS_MAX && on != PRESS_EVENTS && (t = find_row(p, now, on)); n++) {
		taken = true;
		follow(p, t, now, out);
		on = PRESS_EV_ENTER;
	}
	if (p->state != was) {
		say(p, now, press_tell_state, out);
		drive(p, true, out);
		take_stop_back(ev, out);
	}
	return taken;
}

bool press_possible(const struct press_config *c, const struct press_event *ask, char *out)
{
	struct press_event led = { .type = PRESS_EV_LED, .led = ask->verb == PRESS_ON ? LED_OFF : LED_ON, .at = -LED_STEADY_MS };
	const struct press_action *last;
	struct press_actions acts;
	struct press p;

	press_init(&p, c, 0);
	if (c->led)
		press_step(&p, 0, &led, &acts);
	press_step(&p, 0, ask, &acts);
	last = acts.n ? &acts.list[acts.n - 1] : NULL;
	if (!last || last->type != PRESS_ACT_DONE || last->ok)
		return true;
	press_text_copy(out, last->text);
	return false;
}
