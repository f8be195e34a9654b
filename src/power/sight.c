#include "base/clock.h"
#include "base/log.h"
#include "power/power.h"

#include <string.h>

#define POLL_MS INT64_C(100)		/* lines that report no edges */
#define BUSY_MS (1 * SEC_MS)		/* not every kernel tells those who watch a line that its chip is gone */
/* A dimmed LED has hundreds of edges a second. They say nothing, and cost. */
#define STORM_EDGES 100
#define STORM_MS (2 * SEC_MS)
#define STORM_PAUSE_MS (10 * SEC_MS)
/* How often the program is asked, between its end and its next beginning, and for how long it may run. */
#define STATUS_BUSY_MS (2 * SEC_MS)
#define STATUS_IDLE_MS (60 * SEC_MS)
#define STATUS_LIMIT_MS (10 * SEC_MS)

static void set_state(struct target *t, enum led_state state)
{
	if (t->sight.state == state)
		return;
	log_debug("%s: led %s", t->name, led_name(state));
	t->sight.state = state;
	if (t->power->started)
		say_led(t);
}

static void tell_press(struct target *t, int64_t at)
{
	struct press_event ev = { .type = PRESS_EV_LED, .led = t->sight.state, .at = at };

	target_step(t, &ev);
}

/* --- a program -------------------------------------------------------------------------------- */

static void ask_later(struct target *t)
{
	timer_set(t->sight.timer, target_busy(t) ? STATUS_BUSY_MS : STATUS_IDLE_MS);
}

static void on_status(void *arg, const struct program_result *r)
{
	struct target *t = arg;
	enum led_state state = program_state(r);

	if (state == LED_UNKNOWN && t->sight.state != LED_UNKNOWN)
		log_warn("%s: command-status does not tell whether it is on%s%s", t->name, *r->text ? ": " : "", r->text);
	program_free(t->sight.program);
	t->sight.program = NULL;
	set_state(t, state);
	tell_press(t, clock_mono_ms());
	deeds_next(t);
	ask_later(t);
}

static void ask_program(struct target *t)
{
	struct sight *s = &t->sight;

	if (s->program)
		return;
	if (t->program || t->wanted)	/* it looks when that has ended */
		return;
	s->program = program_run(t->power->worker.loop, t->status, STATUS_LIMIT_MS, on_status, t);
}

/* --- a line ----------------------------------------------------------------------------------- */

static void look_at_line(struct target *t, bool edge)
{
	struct sight *s = &t->sight;
	int64_t now = clock_mono_ms(), next;
	int level = lines_led(t->lines);

	if (level < 0)
		hands_check(t);
	if (edge ? led_edge(&s->led, now, level) : led_step(&s->led, now, level)) {
		set_state(t, s->led.state);
		tell_press(t, s->led.since);
		if (!s->timer)	/* that was the end of it */
			return;
	}
	next = led_next(&s->led);
	if (!s->watch && next > now + POLL_MS)
		next = now + POLL_MS;
	if (target_busy(t) && next > now + BUSY_MS)
		next = now + BUSY_MS;
	if (s->storm)
		next = now + STORM_PAUSE_MS;
	if (next == INT64_MAX)
		timer_stop(s->timer);
	else
		timer_set(s->timer, next - now);
}

/* So many edges that none of them says anything: what the LED module makes of them is known by then. */
static bool storms(struct target *t)
{
	struct sight *s = &t->sight;
	int64_t now = clock_mono_ms();

	if (now - s->counted_from >= STORM_MS) {
		s->counted_from = now;
		s->edges = 0;
	}
	return ++s->edges > STORM_EDGES && s->led.state == LED_UNKNOWN;
}

static void on_edge(void *arg, int ready)
{
	struct target *t = arg;

	(void)ready;
	if (lines_led_clear(t->lines) < 0) {
		watch_want(t->sight.watch, 0);
		hands_check(t);
		return;
	}
	if (!t->sight.storm && storms(t)) {
		log_debug("%s: the LED flickers", t->name);
		t->sight.storm = true;
		watch_want(t->sight.watch, 0);
	}
	look_at_line(t, true);
}

/* Whoever asks, or the time, has it looked at again. Nobody saw what it did meanwhile, so that begins anew. */
static void end_storm(struct target *t)
{
	struct sight *s = &t->sight;

	s->storm = false;
	s->edges = 0;
	s->counted_from = clock_mono_ms();
	lines_led_clear(t->lines);
	watch_want(s->watch, LOOP_READ);
	led_init(&s->led, s->counted_from);
	look_at_line(t, false);
}

/* --- both ------------------------------------------------------------------------------------- */

static void on_timer(void *arg)
{
	sight_look(arg);
}

void sight_look(struct target *t)
{
	if (!t->config.led || !t->sight.timer)
		return;
	if (t->config.commands)
		ask_program(t);
	else if (t->sight.storm)
		end_storm(t);
	else
		look_at_line(t, false);
}

void sight_refresh(struct target *t)
{
	struct press_event unknown = { .type = PRESS_EV_LED, .led = LED_UNKNOWN, .at = clock_mono_ms() };

	if (!t->config.led)
		return;
	if (t->config.commands)
		target_step(t, &unknown);
	sight_look(t);
}

void sight_open(struct target *t)
{
	struct sight *s = &t->sight;

	s->timer = timer_new(t->power->worker.loop, on_timer, t);
	if (!t->config.commands && t->config.led) {
		led_init(&s->led, clock_mono_ms());
		if (lines_led_fd(t->lines) >= 0)
			s->watch = watch_new(t->power->worker.loop, lines_led_fd(t->lines), LOOP_READ, on_edge, t);
	}
	sight_look(t);
}

void sight_close(struct target *t)
{
	struct sight *s = &t->sight;

	watch_free(s->watch);
	timer_free(s->timer);
	program_free(s->program);
	*s = (struct sight){ .state = s->state };
	if (!t->config.led || !t->timer)
		return;
	set_state(t, LED_UNKNOWN);
	tell_press(t, clock_mono_ms());
}
