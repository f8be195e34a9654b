#include "base/clock.h"
#include "base/log.h"
#include "power/power.h"

#include <inttypes.h>

#define MEND_FIRST_MS (2 * SEC_MS)	/* what cannot be had is tried again so often at first, */
#define MEND_MAX_MS (60 * SEC_MS)	/* and so often later */
#define CHECK_MS (5 * MIN_MS)		/* all is well: does it still answer? */
#define WAIT_MS (1 * SEC_MS)		/* a button is pressed: later */

static void set_mend(struct power *p);

/* --- lines ------------------------------------------------------------------------------------ */

/* 0, also for a target that has its lines or none. */
static int take(struct target *t, struct err *e)
{
	const struct lines_config c = {
		.name = t->name, .chip = t->chip, .power = t->line[LINE_POWER], .reset = t->line[LINE_RESET],
		.led = t->line[LINE_LED], .flags = t->flags, .led_flags = t->led_flags,
	};

	if (t->config.commands || t->lines)
		return 0;
	t->lines = lines_open(&c, e);
	return t->lines ? 0 : -1;
}

static void log_lines(const struct target *t)
{
	for (enum line l = 0; l < LINES; l++)
		if (lines_has(t->lines, l))
			log_info("%s: %s: %s", t->name, lines_option(l), lines_where(t->lines, l));
}

static bool take_all(struct power *p)
{
	bool news = false;

	for (size_t i = 0; i < p->n; i++) {
		struct target *t = p->target[i];
		bool had = t->lines || t->config.commands;
		struct err e;

		if (take(t, &e) < 0)
			target_fault(t, e.text);
		else if (!had)
			news = true;
	}
	return news;
}

static bool any_pressed(const struct power *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->target[i]->pressing)
			return true;
	return false;
}

/* --- the guard -------------------------------------------------------------------------------- */

static void end_guard(struct power *p)
{
	watch_free(p->guard_watch);
	p->guard_watch = NULL;
	guard_end(p->guard);
	p->guard = NULL;
}

/* Without it nothing holds a line after our own end, and nobody sees to it that we release in time. */
static void on_guard_end(void *arg, int ready)
{
	struct power *p = arg;

	(void)ready;
	log_error("the guard of the lines is gone; releasing all, and beginning anew");
	for (size_t i = 0; i < p->n; i++) {
		struct target *t = p->target[i];

		for (enum line l = 0; l < LINES_OUTPUTS && t->lines; l++)
			if (lines_has(t->lines, l))
				lines_set(t->lines, l, false, NULL);
		if (t->pressing)
			say_released(t, t->pressed);
		t->pressing = false;
	}
	watch_free(p->guard_watch);
	p->guard_watch = NULL;
	chan_flush_now(p->worker.parent);	/* what was said of it comes before our end */
	loop_stop(p->worker.loop, 1);
}

static int start_guard(struct power *p, struct err *e)
{
	struct lines *lines[POWER_TARGETS_MAX];
	bool any = false;

	for (size_t i = 0; i < p->n; i++) {
		lines[i] = p->target[i]->lines;
		any |= lines[i] != NULL;
	}
	if (!any)
		return 0;
	p->guard = guard_start(lines, p->n, e);
	if (!p->guard)
		return -1;
	p->guard_watch = watch_new(p->worker.loop, guard_fd(p->guard), LOOP_READ, on_guard_end, p);
	return 0;
}

/* --- what is lost and found ------------------------------------------------------------------- */

static void let_go(struct target *t)
{
	sight_close(t);
	lines_close(t->lines);
	t->lines = NULL;
	t->lost = false;
}

/* The guard shares the lines, so it ends before one of them is closed. */
static void let_go_of_lost(struct power *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!p->target[i]->lost)
			continue;
		end_guard(p);
		let_go(p->target[i]);
	}
}

/* A new guard, for the lines that there are now; those without a fault may be used. */
static void use_all(struct power *p)
{
	struct err e;
	int rc;

	end_guard(p);
	rc = start_guard(p, &e);
	for (size_t i = 0; i < p->n; i++) {
		struct target *t = p->target[i];

		if (!t->lines)
			continue;
		if (rc < 0) {
			target_fault(t, e.text);
			let_go(t);
		} else if (!t->sight.timer) {
			log_lines(t);
			sight_open(t);
			target_fault(t, "");
		}
	}
}

static void mend(void *arg)
{
	struct power *p = arg;
	bool lost = false, news;

	if (any_pressed(p)) {
		timer_set(p->mend, WAIT_MS);
		return;
	}
	for (size_t i = 0; i < p->n; i++) {
		hands_check(p->target[i]);
		lost |= p->target[i]->lost;
	}
	let_go_of_lost(p);
	news = take_all(p);
	if (lost || news)
		use_all(p);
	set_mend(p);
}

static void set_mend(struct power *p)
{
	bool lines = false, missing = false;

	for (size_t i = 0; i < p->n; i++) {
		lines |= !p->target[i]->config.commands;
		missing |= !p->target[i]->config.commands && !p->target[i]->lines;
	}
	if (!lines)
		return;
	if (!missing)
		p->mend_ms = 0;
	else
		p->mend_ms = p->mend_ms ? 2 * p->mend_ms : MEND_FIRST_MS;
	if (p->mend_ms > MEND_MAX_MS)
		p->mend_ms = MEND_MAX_MS;
	timer_set(p->mend, p->mend_ms ? p->mend_ms : CHECK_MS);
}

bool hands_check(struct target *t)
{
	struct err e;

	if (t->config.commands)
		return true;
	if (t->lines && !t->lost) {
		if (lines_check(t->lines, &e) == 0)
			return true;
		t->lost = true;
		target_fault(t, e.text);
		timer_set(t->power->mend, 0);
	}
	return false;
}

void hands_open(struct power *p)
{
	p->mend = timer_new(p->worker.loop, mend, p);
	take_all(p);
}

void hands_guard(struct power *p)
{
	use_all(p);
	set_mend(p);
}

void hands_close(struct power *p)
{
	if (p->guard)
		end_guard(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->target[i]->lines)
			let_go(p->target[i]);
	timer_free(p->mend);
	p->mend = NULL;
}

/* --- pressing --------------------------------------------------------------------------------- */

int hands_press(struct target *t, enum press_line line, int64_t ms, struct err *e)
{
	enum line which = line == PRESS_LINE_RESET ? LINE_RESET : LINE_POWER;
	int rc;

	say_pressing(t, which);
	t->pressing = true;
	t->pressed = which;
	if (t->power->guard)
		rc = guard_press(t->power->guard, t->index, which, (int)ms, e);
	else
		rc = err_set(e, "the lines have no guard, so nothing is pressed");
	t->pressed_at = clock_mono_ms();
	if (rc == 0) {
		press_started(&t->press, t->pressed_at);
		return 0;
	}
	t->pressing = false;
	say_released(t, which);
	return -1;
}

int hands_release(struct target *t, struct err *e)
{
	int rc;

	if (!t->pressing)
		return 0;
	rc = guard_release(t->power->guard, t->index, t->pressed, e);
	log_info("%s: the %s button was pressed for %" PRId64 " ms", t->name, t->pressed == LINE_RESET ? "reset" : "power",
		 clock_mono_ms() - t->pressed_at);
	t->pressing = false;
	say_released(t, t->pressed);
	return rc;
}
