#include "base/clock.h"
#include "base/log.h"
#include "power/power.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct target *target_find(struct power *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->target[i]->name, name) == 0)
			return p->target[i];
	return NULL;
}

bool target_busy(const struct target *t)
{
	return !press_idle(&t->press);
}

/* --- carrying out ----------------------------------------------------------------------------- */

static void set_timer(struct target *t)
{
	int64_t next = press_next(&t->press);

	if (next == INT64_MAX)
		timer_stop(t->timer);
	else
		timer_set(t->timer, next - clock_mono_ms());
}

/* True when the request is over. What fails is in E. */
static bool carry_out(struct target *t, const struct press_action *a, struct err *e)
{
	switch (a->type) {
	case PRESS_ACT_LINE:
		if (a->active)
			hands_press(t, a->line, press_next(&t->press) - t->press.since, e);
		else
			hands_release(t, e);
		break;
	case PRESS_ACT_RUN:
		deeds_run(t, a->deed);
		break;
	case PRESS_ACT_STOP:
		deeds_stop(t);
		break;
	case PRESS_ACT_SAY:
		say_progress(t, t->running.id, a->text);
		break;
	case PRESS_ACT_DONE:
		say_done(t, t->running.id, a->ok, a->text);
		return true;
	}
	return false;
}

static void begin(struct target *t, const struct request *r)
{
	t->running = *r;
	log_info("%s: %s%s%s", t->name, press_verb_name(r->ask.verb), r->ask.force ? ", forced" : "",
		 r->ask.escalate ? ", escalated if need be" : "");
	if (!hands_check(t)) {
		say_done(t, r->id, false, t->fault);
		return;
	}
	sight_refresh(t);
	target_step(t, &r->ask);
	if (target_busy(t))
		sight_look(t);	/* from now on more often */
}

static void begin_next(struct target *t)
{
	struct request next = t->waiting[0];

	t->nwaiting--;
	memmove(&t->waiting[0], &t->waiting[1], t->nwaiting * sizeof *t->waiting);
	say_queue(t);
	begin(t, &next);
}

void target_step(struct target *t, const struct press_event *ev)
{
	struct press_actions out;
	struct err e = { "" };
	bool over = false;

	press_step(&t->press, clock_mono_ms(), ev, &out);
	for (size_t i = 0; i < out.n; i++)
		over |= carry_out(t, &out.list[i], &e);
	set_timer(t);
	if (e.text[0] && hands_check(t)) {	/* it may do for the next request */
		struct press_event fault = { .type = PRESS_EV_FAULT, .text = e.text };

		target_step(t, &fault);
	}
	while (over && t->nwaiting && !target_busy(t))
		begin_next(t);
}

static void on_timer(void *arg)
{
	static const struct press_event timer = { .type = PRESS_EV_TIMER };
	struct target *t = arg;

	if (clock_mono_ms() < press_next(&t->press))
		set_timer(t);
	else
		target_step(t, &timer);
}

void target_open(struct target *t)
{
	press_init(&t->press, &t->config, clock_mono_ms());
	t->timer = timer_new(t->power->worker.loop, on_timer, t);
}

/* --- requests --------------------------------------------------------------------------------- */

static void refuse_waiting(struct target *t, const char *why)
{
	size_t n = t->nwaiting;

	t->nwaiting = 0;
	for (size_t i = 0; i < n; i++)
		say_done(t, t->waiting[i].id, false, why);
	if (n)
		say_queue(t);
}

/* Whoever only asks need not wait for what takes minutes. */
static void tell_status(struct target *t, const struct request *r)
{
	char seen[PRESS_TEXT_MAX], text[PRESS_TEXT_MAX + 100];

	press_describe(&t->press, seen);
	snprintf(text, sizeof text, "%s; %s is being carried out%s", seen, press_verb_name(t->running.ask.verb),
		 t->nwaiting ? ", and more requests wait" : "");
	say_done(t, r->id, true, text);
}

void target_try(struct target *t, const struct request *r)
{
	char why[PRESS_TEXT_MAX] = "";
	bool ok = !t->fault[0] && press_possible(&t->config, &r->ask, why);

	say_done(t, r->id, ok, t->fault[0] ? t->fault : why);
}

void target_ask(struct target *t, const struct request *r)
{
	char text[128];

	if (t->fault[0]) {
		say_done(t, r->id, false, t->fault);
	} else if (!target_busy(t)) {
		begin(t, r);
	} else if (r->ask.verb == PRESS_STATUS) {
		tell_status(t, r);
	} else if (t->nwaiting < POWER_WAITING_MAX) {
		t->waiting[t->nwaiting++] = *r;
		say_queue(t);
		snprintf(text, sizeof text, "waiting for %s to end%s", press_verb_name(t->running.ask.verb),
			 t->nwaiting > 1 ? ", and for those that came before" : "");
		say_progress(t, r->id, text);
	} else {
		snprintf(text, sizeof text, "%d requests wait already: try again later, or stop them", POWER_WAITING_MAX);
		say_done(t, r->id, false, text);
	}
}

void target_abort(struct target *t, const char *why)
{
	static const struct press_event abort = { .type = PRESS_EV_ABORT };

	refuse_waiting(t, why);
	target_step(t, &abort);
}

void target_fault(struct target *t, const char *why)
{
	bool news = strcmp(t->fault, why) != 0;

	snprintf(t->fault, sizeof t->fault, "%s", why);
	if (news) {
		if (*why)
			log_error("%s: %s", t->name, why);
		else
			log_info("%s: all is well again", t->name);
		if (t->power->started)
			say_fault(t);
	}
	if (*why) {
		struct press_event fault = { .type = PRESS_EV_FAULT, .text = t->fault };

		refuse_waiting(t, why);
		target_step(t, &fault);
	}
}
