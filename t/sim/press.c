/* The sequences of src/core/press in a model of an ATX machine, under a virtual clock, watched by their
 * rules: random machines, requests, faults and interruptions, in an order that a seed decides. */
#include "atx.h"
#include "../unit/random.h"

#include "base/log.h"
#include "core/led.h"
#include "core/press.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK_RUNS 20000
#define CAMPAIGN_RUNS 1000000
#define NEVER INT64_MAX
#define LINE_LATE_MS 15		/* so late may a line be released */
#define LATE_MS 300		/* and anything else be served */
#define STATUS_MS 2000		/* how often command-status is asked */

enum rule {
	NONE, ENDS, WIDTH, ONE_LINE, REFUSED, ONE_RESULT, TOLD, RELEASED, FORCE_ASKED, OK_IS_TRUE, BAD_IS_TRUE, TIME_IS_TRUE,
	BLIND_SAID, NO_LIVELOCK, NOT_PRESSED_OFF, RULES
};

static const char *const rules[RULES] = {
	[NONE] = "none",
	[ENDS] = "every request ends, within the sum of the times of its steps",
	[WIDTH] = "a line is active for the time of a press or a hold, shorter only when it is stopped, and never longer",
	[ONE_LINE] = "two lines are never active together",
	[REFUSED] = "what the LED speaks against is refused, and nothing is pressed or run; unless forced",
	[ONE_RESULT] = "a request has one result, which comes last; without a request nothing is done or said",
	[TOLD] = "what is done is told before it is done",
	[RELEASED] = "after a stop or a fault no line is active and no command runs",
	[FORCE_ASKED] = "the power is cut only by force-off, or where it was asked for with --escalate",
	[OK_IS_TRUE] = "what is said to have worked has worked",
	[BAD_IS_TRUE] = "what is said not to have worked has not",
	[TIME_IS_TRUE] = "the time that is told is that of the LED",
	[BLIND_SAID] = "what was not seen is said not to be known",
	[NO_LIVELOCK] = "a deadline that is served lies not in the past again",
	[NOT_PRESSED_OFF] = "what is seen to be on is not pressed to turn it on, unless forced",
};

struct run {
	uint64_t seed;
	struct atx a;
	struct led led;
	struct press p;
	struct press_config c;
	int64_t now;
	bool lost;		/* the LED cannot be read */
	bool clear;		/* nobody meddles: it is quiet but for the request */
	/* what the rules need to remember */
	bool active[2];
	int64_t active_since[2], must_end[2];
	bool running;		/* a command */
	enum press_deed deed;
	int64_t ran_at, status_at;
	bool command_fails;
	struct press_event request;
	bool asked;		/* a request runs */
	int64_t asked_at, bound;
	bool interrupted, failed, told, off_before;
	unsigned downs;
	int level;		/* of the LED's line; since when, a flash apart that is too short to count */
	int64_t level_since, before, changed;
	enum rule broken;
	FILE *trace;
	struct totals *sum;
};

struct totals { uint64_t requests, ok, bad, refused, interrupted, presses, holds; };

static void must(struct run *r, bool holds, enum rule rule)
{
	if (holds || r->broken != NONE)
		return;
	r->broken = rule;
	if (r->trace)
		fprintf(r->trace, "%10.3f  BROKEN: %s\n", (double)r->now / 1000, rules[rule]);
}

static bool chance(struct run *r, unsigned percent)
{
	return random_below(&r->seed, 100) < percent;
}

static int64_t between(struct run *r, int64_t lo, int64_t hi)
{
	return lo + (int64_t)(random_next(&r->seed) % (uint64_t)(hi - lo + 1));
}

/* --- worlds --------------------------------------------------------------------------------------------- */

static struct atx_nature draw_nature(struct run *r)
{
	struct atx_nature n = { .boot = between(r, 500, 30000), .stop = between(r, 100, 40000) };

	n.cut = chance(r, 10);
	n.answer = chance(r, 60) ? ATX_SHUTS_DOWN : chance(r, 50) ? ATX_SLEEPS : ATX_IGNORES;
	n.stop = chance(r, 15) ? between(r, 40000, 200000) : n.stop;
	n.dies = chance(r, 10) ? between(r, 50, 8000) : 0;
	n.returns = chance(r, 10) ? between(r, 100, 30000) : 0;
	n.led = chance(r, 75) ? ATX_LED_TRUE : (enum atx_led)between(r, ATX_LED_INVERTED, ATX_LED_DIMMED);
	/* within what counts as blinking, as the debounced eye sees it */
	n.blink_off = between(r, 100, 2450);
	n.blink_on = between(r, 100, 2450);
	return n;
}

static struct press_config draw_config(struct run *r)
{
	struct press_config c = {
		.can = chance(r, 90) ? 15 : (unsigned)between(r, 0, 15), .led = chance(r, 90), .commands = chance(r, 20),
		.press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000, .pause = 5000,
	};

	if (chance(r, 50))
		return c;
	c.press = between(r, PRESS_MIN_MS, PRESS_MAX_MS);
	c.hold = between(r, PRESS_HOLD_MIN_MS + 50, PRESS_HOLD_MAX_MS);
	c.on_time = between(r, PRESS_WAIT_MIN_MS, 60000);
	c.off_time = between(r, PRESS_WAIT_MIN_MS, 120000);
	c.pause = between(r, 0, 20000);
	return c;
}

/* --- what is done ------------------------------------------------------------------------------------- */

static bool honest(const struct run *r)
{
	return r->c.led && !r->lost && r->a.is.led == ATX_LED_TRUE && r->clear && !r->p.distrust;
}

static void set_line(struct run *r, enum press_line line, bool active)
{
	bool hold = r->p.state == PRESS_HOLDING;
	int64_t lasted = r->now - r->active_since[line];

	if (active) {
		must(r, !r->active[0] && !r->active[1], ONE_LINE);
		must(r, !hold || r->request.verb == PRESS_FORCE_OFF || r->request.escalate, FORCE_ASKED);
		must(r, r->p.state != PRESS_PRESSING_ON || r->led.state != LED_ON || !r->c.led || r->request.force, NOT_PRESSED_OFF);
		r->active_since[line] = r->now;
		r->must_end[line] = r->now + (hold ? r->c.hold : r->c.press);
		*(hold ? &r->sum->holds : &r->sum->presses) += 1;
	} else {
		must(r, r->active[line] && (r->interrupted || r->now >= r->must_end[line]) &&
		     lasted <= (r->must_end[line] - r->active_since[line]) + LINE_LATE_MS, WIDTH);
	}
	r->active[line] = active;
	if (line == PRESS_LINE_POWER)
		atx_power_button(&r->a, r->now, active);
	else if (active)
		atx_reset_button(&r->a, r->now);
}

static void run_command(struct run *r, enum press_deed deed)
{
	must(r, !r->running, ONE_LINE);
	must(r, deed != PRESS_DO_FORCE_OFF || r->request.verb == PRESS_FORCE_OFF || r->request.escalate, FORCE_ASKED);
	must(r, deed != PRESS_DO_ON || r->p.led != LED_ON || !r->c.led || r->request.force, NOT_PRESSED_OFF);
	r->running = true;
	r->deed = deed;
	r->command_fails = chance(r, 10);
	r->ran_at = chance(r, 5) ? NEVER : r->now + between(r, 0, chance(r, 90) ? 5000 : 2 * PRESS_COMMAND_MS);
}

static void work_command(struct run *r)
{
	if (r->a.is.cut)
		return;
	if (r->deed == PRESS_DO_ON)
		atx_start(&r->a, r->now);
	else if (r->deed == PRESS_DO_OFF)
		atx_ask_to_stop(&r->a, r->now);
	else if (r->deed == PRESS_DO_FORCE_OFF)
		atx_cut(&r->a, r->now);
	else
		atx_reset_button(&r->a, r->now);
}

/* --- results -------------------------------------------------------------------------------------------- */

/* Was it so for a while already, or not at all: a machine that changes just now may be reported either way. */
static bool settled(const struct run *r, int64_t ms)
{
	return r->now - r->a.since > ms && r->now - r->a.power_since > ms;
}

static bool reached(const struct run *r)
{
	switch (r->request.verb) {
	case PRESS_ON:
		return atx_awake(&r->a);
	case PRESS_OFF:
	case PRESS_FORCE_OFF:
		return r->a.state == ATX_OFF;
	case PRESS_CYCLE:
		return atx_awake(&r->a) && (r->off_before || r->a.downs > r->downs);
	case PRESS_RESET:
		return atx_awake(&r->a);
	case PRESS_STATUS:
	case PRESS_VERBS:
		break;
	}
	return true;
}

/* "the LED went off after 12.3 s", to a tenth. */
static void check_time(struct run *r, const char *text)
{
	const char *after = strstr(text, "went off after ");
	double told;

	if (!after || r->request.verb == PRESS_CYCLE || r->c.commands)
		return;
	told = strtod(after + strlen("went off after "), NULL) * 1000;
	told -= (double)(r->level_since - r->p.driven);
	must(r, told < 60 && told > -60, TIME_IS_TRUE);
}

static bool says(const char *text, const char *what)
{
	return strstr(text, what);
}

static void check_status(struct run *r, const char *text)
{
	const char *is = r->a.state == ATX_OFF ? " off" : r->a.state == ATX_ASLEEP ? " blink" : " on";

	if (honest(r) && settled(r, 4 * LED_STEADY_MS) && !says(text, "does not tell"))
		must(r, says(text, is), OK_IS_TRUE);
	if (!r->c.led)
		must(r, says(text, "cannot be known"), BLIND_SAID);
}

static void check_ok(struct run *r, const char *text)
{
	bool blind = says(text, "cannot be known") || says(text, "not believed");

	if (r->request.verb == PRESS_STATUS) {
		check_status(r, text);
		return;
	}
	must(r, r->told, TOLD);
	if (!r->c.led || r->p.distrust)
		must(r, blind, BLIND_SAID);
	if (!honest(r) || blind)
		return;
	/* with a command, what was asked last may be a little older */
	must(r, reached(r) || !settled(r, r->c.commands ? STATUS_MS + LATE_MS : LED_DEBOUNCE_MS + LATE_MS), OK_IS_TRUE);
	if (reached(r) && r->a.state == ATX_OFF)
		check_time(r, text);
}

static void check_bad(struct run *r, const char *text)
{
	if (r->interrupted || r->failed)
		return;
	if (!r->told) {
		r->sum->refused++;
		return;
	}
	if (honest(r) && r->request.verb != PRESS_CYCLE && r->request.verb != PRESS_RESET && !says(text, "cannot be known") &&
	    !says(text, "within"))
		must(r, !reached(r) || !settled(r, LED_STEADY_MS + 500), BAD_IS_TRUE);
}

static void finish(struct run *r, const struct press_action *a)
{
	must(r, r->asked, ONE_RESULT);
	must(r, press_idle(&r->p), ONE_RESULT);
	must(r, !r->active[0] && !r->active[1] && !r->running, RELEASED);
	must(r, a->text[0], TOLD);
	*(a->ok ? &r->sum->ok : r->interrupted ? &r->sum->interrupted : &r->sum->bad) += 1;
	if (r->interrupted)
		must(r, !a->ok, OK_IS_TRUE);
	if (a->ok)
		check_ok(r, a->text);
	else
		check_bad(r, a->text);
	r->asked = false;
}

/* --- steps ---------------------------------------------------------------------------------------------- */

static bool drives(const struct press_action *a)
{
	return (a->type == PRESS_ACT_LINE && a->active) || a->type == PRESS_ACT_RUN;
}

/* What has to be refused, from the LED's word alone. */
static bool senseless(const struct run *r)
{
	const struct press_event *q = &r->request;
	enum led_state s = r->c.led ? r->p.led : LED_NONE;

	if (q->force)
		return false;
	switch (q->verb) {
	case PRESS_ON:
		return s == LED_ON;
	case PRESS_OFF:
		return s == LED_OFF || (s == LED_BLINKING && !q->escalate);
	case PRESS_FORCE_OFF:
	case PRESS_RESET:
		return s == LED_OFF;
	case PRESS_CYCLE:
		return (s == LED_BLINKING || (!r->c.commands && (s == LED_NONE || s == LED_UNKNOWN))) && !q->escalate;
	case PRESS_STATUS:
	case PRESS_VERBS:
		break;
	}
	return false;
}

static void trace(const struct run *r, const struct press_action *a)
{
	static const char *const types[] = { "line", "run", "stop", "say", "done" };

	if (!r->trace)
		return;
	fprintf(r->trace, "%10.3f  %-14s %s", (double)r->now / 1000, atx_state_name(r->a.state), types[a->type]);
	if (a->type == PRESS_ACT_LINE)
		fprintf(r->trace, " %s %d", press_line_name(a->line), a->active);
	if (a->type == PRESS_ACT_RUN)
		fprintf(r->trace, " %s", press_deed_name(a->deed));
	fprintf(r->trace, " %s%s\n", a->type == PRESS_ACT_DONE ? a->ok ? "ok: " : "BAD: " : "", a->text);
}

static void carry_out(struct run *r, const struct press_actions *out, bool deciding, bool no_sense)
{
	for (size_t i = 0; i < out->n; i++) {
		const struct press_action *a = &out->list[i];

		trace(r, a);
		must(r, r->asked, ONE_RESULT);
		must(r, a->type != PRESS_ACT_DONE || i + 1 == out->n, ONE_RESULT);
		must(r, !deciding || !no_sense || a->type == PRESS_ACT_DONE, REFUSED);
		if (deciding && no_sense && a->type == PRESS_ACT_DONE)
			must(r, !a->ok && !r->told, REFUSED);
		must(r, !drives(a) || (i > 0 && out->list[i - 1].type == PRESS_ACT_SAY), TOLD);
		if (drives(a))
			r->told = true;
		if (a->type == PRESS_ACT_LINE)
			set_line(r, a->line, a->active);
		else if (a->type == PRESS_ACT_RUN)
			run_command(r, a->deed);
		else if (a->type == PRESS_ACT_STOP)
			r->running = false;
		else if (a->type == PRESS_ACT_DONE)
			finish(r, a);
	}
}

static void step(struct run *r, const struct press_event *ev)
{
	enum press_state was = r->p.state;
	struct press_actions out;
	bool deciding, no_sense;

	press_step(&r->p, r->now, ev, &out);
	/* it decides when it leaves the two states that come before */
	deciding = (was == PRESS_IDLE || was == PRESS_LOOKING) && r->p.state != PRESS_LOOKING && !r->interrupted;
	no_sense = senseless(r);
	must(r, r->p.state != PRESS_DECIDING, ENDS);
	must(r, press_idle(&r->p) == (press_next(&r->p) == NEVER), ENDS);
	carry_out(r, &out, deciding, no_sense);
	must(r, press_idle(&r->p) || r->now < r->bound, ENDS);
}

/* --- what happens --------------------------------------------------------------------------------------- */

/* The longest that each step may take, all together, and as late as all may be served. */
static int64_t bound(const struct press_config *c)
{
	return 2 * (PRESS_COMMAND_MS + c->press) + c->off_time + c->on_time + c->hold + c->pause + PRESS_COMMAND_MS +
	       2 * PRESS_FORCED_MS + 4 * PRESS_SURE_OFF_MS + LED_STEADY_MS + 20 * LATE_MS;
}

static void ask(struct run *r)
{
	r->request = (struct press_event){ .type = PRESS_EV_BEGIN, .verb = (enum press_verb)between(r, 0, PRESS_VERBS - 1) };
	r->request.force = chance(r, 15);
	r->request.escalate = chance(r, 30);
	r->asked = true;
	r->asked_at = r->now;
	r->bound = r->now + bound(&r->c);
	r->interrupted = r->failed = r->told = false;
	r->off_before = r->a.state == ATX_OFF;
	r->downs = r->a.downs;
	r->sum->requests++;
	if (r->trace)
		fprintf(r->trace, "%10.3f  %-14s asked: %s%s%s\n", (double)r->now / 1000, atx_state_name(r->a.state),
			press_verb_name(r->request.verb), r->request.force ? " --force" : "", r->request.escalate ? " --escalate" : "");
	if (r->c.commands && r->c.led) {	/* the worker asks first */
		struct press_event unknown = { .type = PRESS_EV_LED, .led = LED_UNKNOWN, .at = r->now };

		r->status_at = r->now + between(r, 0, 3000);
		step(r, &unknown);
	}
	step(r, &r->request);
}

static void see(struct run *r)
{
	struct press_event ev = { .type = PRESS_EV_LED, .led = LED_UNKNOWN };
	int level = r->lost ? -1 : atx_led(&r->a, r->now);

	if (!r->c.led || r->c.commands)
		return;
	if (level != r->level) {
		bool lasted = r->now - r->changed >= LED_DEBOUNCE_MS;

		if (lasted)
			r->before = r->level_since;
		r->level_since = lasted ? r->now : r->before;
		r->changed = r->now;
	}
	r->level = level;
	if (!led_step(&r->led, r->now, level))
		return;
	ev.led = r->led.state;
	ev.at = r->led.since;
	if (r->trace)
		fprintf(r->trace, "%10.3f  %-14s led %s\n", (double)r->now / 1000, atx_state_name(r->a.state), led_name(ev.led));
	step(r, &ev);
}

static void ask_status(struct run *r)
{
	struct press_event ev = { .type = PRESS_EV_LED, .at = r->now };

	r->status_at = r->now + STATUS_MS;
	ev.led = r->a.state == ATX_OFF ? LED_OFF : r->a.state == ATX_ASLEEP ? LED_BLINKING : LED_ON;
	if (chance(r, 5))
		ev.led = LED_UNKNOWN;
	step(r, &ev);
}

static void end_command(struct run *r)
{
	struct press_event ev = { .type = PRESS_EV_RAN, .ok = !r->command_fails, .text = "command ended with status 1" };

	r->running = false;
	r->failed = r->command_fails;
	if (!r->command_fails)
		work_command(r);
	step(r, &ev);
}

static void interrupt(struct run *r)
{
	struct press_event ev = { .type = chance(r, 50) ? PRESS_EV_ABORT : PRESS_EV_FAULT, .text = "the chip is gone" };

	r->interrupted = true;
	step(r, &ev);
	must(r, !r->active[0] && !r->active[1] && !r->running && !r->asked, RELEASED);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t press_due(struct run *r)
{
	int64_t due = press_next(&r->p);
	enum press_line line;

	if (due == NEVER || !chance(r, 30))
		return due;
	return due + between(r, 0, press_active(&r->p, &line) ? LINE_LATE_MS : LATE_MS);
}

/* One instant: everything that is due now. */
static void happen(struct run *r, int64_t due)
{
	static const struct press_event timer = { .type = PRESS_EV_TIMER };

	atx_run(&r->a, r->now);
	see(r);
	if (r->running && r->ran_at <= r->now)
		end_command(r);
	if (r->c.commands && r->c.led && r->status_at <= r->now)
		ask_status(r);
	for (unsigned n = 0; due <= r->now && press_next(&r->p) <= r->now; n++) {
		must(r, n < 5, NO_LIVELOCK);
		if (r->broken != NONE)
			return;
		step(r, &timer);
	}
	see(r);
}

/* Until the request is over, or UNTIL. */
static void live(struct run *r, int64_t until, int64_t stop_at)
{
	int64_t due = press_due(r), due_for = press_next(&r->p);
	enum press_state state = r->p.state;

	while (r->broken == NONE && r->now < until) {
		int64_t next = earlier(until, atx_next(&r->a, r->now));

		if (press_next(&r->p) != due_for || r->p.state != state) {
			state = r->p.state;
			due = press_due(r);
			due_for = press_next(&r->p);
		}
		next = earlier(next, due);
		if (r->c.led && !r->c.commands)
			next = earlier(next, led_next(&r->led));
		if (r->c.led && r->c.commands)
			next = earlier(next, r->status_at);
		if (r->running)
			next = earlier(next, r->ran_at);
		if (r->asked)
			next = earlier(next, stop_at);
		must(r, next >= r->now, NO_LIVELOCK);
		r->now = next;
		happen(r, due);
		if (r->asked && r->now >= stop_at)
			interrupt(r);
		if (!r->asked && until == NEVER)
			return;
	}
}

static enum rule run_one(uint64_t seed, FILE *to, struct totals *sum)
{
	static const enum atx_state begins[] = { ATX_OFF, ATX_RUNNING, ATX_RUNNING, ATX_ASLEEP };
	struct run r = { .seed = seed * UINT64_C(0x2545f4914f6cdd1d), .sum = sum, .trace = to };
	struct atx_nature is = draw_nature(&r);

	r.c = draw_config(&r);
	r.now = between(&r, 0, 1000000);
	r.clear = chance(&r, 80);
	atx_init(&r.a, &is, begins[between(&r, 0, 3)], r.now);
	led_init(&r.led, r.now);
	press_init(&r.p, &r.c, r.now);
	happen(&r, NEVER);
	for (unsigned n = (unsigned)between(&r, 1, 6); n > 0 && r.broken == NONE; n--) {
		int64_t stop_at = chance(&r, 15) ? r.now + between(&r, 0, chance(&r, 50) ? 6000 : 100000) : NEVER;

		if (chance(&r, 80))
			live(&r, r.now + between(&r, 0, chance(&r, 30) ? 3000 : 60000), NEVER);
		if (!r.clear)
			r.lost = chance(&r, 30);
		ask(&r);
		if (r.asked)
			live(&r, NEVER, stop_at == NEVER ? NEVER : stop_at > r.now ? stop_at : r.now);
	}
	return r.broken;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "campaign", no_argument, NULL, 'c' }, { "seed", required_argument, NULL, 's' },
		{ "runs", required_argument, NULL, 'r' }, { "show", no_argument, NULL, 'v' }, { NULL, 0, NULL, 0 },
	};
	uint64_t seed = 1, runs = CHECK_RUNS, i;
	enum rule broken = NONE;
	struct totals sum = { 0 };
	bool show = false;
	int o;

	log_set_level(LOG_LEVEL_ERROR);
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == '?') {
			fprintf(stderr, "usage: %s [--campaign] [--seed N] [--runs N] [--show]\n", argv[0]);
			return 2;
		}
		if (o == 's')
			seed = strtoull(optarg, NULL, 10);
		runs = o == 'c' ? CAMPAIGN_RUNS : o == 'r' ? strtoull(optarg, NULL, 10) : o == 's' ? 1 : runs;
		show |= o == 'v';
	}
	for (i = 0; i < runs && broken == NONE; i++)
		broken = run_one(seed + i, show ? stdout : NULL, &sum);
	if (broken != NONE) {
		if (!show)
			run_one(seed + i - 1, stdout, &sum);
		printf("# broken: %s\n# repeat with: t/sim/press --seed %" PRIu64 " --show\n", rules[broken], seed + i - 1);
	}
	printf("# %" PRIu64 " schedules: %" PRIu64 " requests, %" PRIu64 " well, %" PRIu64 " not (%" PRIu64 " refused), %" PRIu64
	       " stopped; %" PRIu64 " presses, %" PRIu64 " holds\n", i, sum.requests, sum.ok, sum.bad, sum.refused, sum.interrupted,
	       sum.presses, sum.holds);
	printf("%s 1 - random machines, requests and faults keep the rules\n1..1\n", broken == NONE ? "ok" : "not ok");
	return broken != NONE;
}
