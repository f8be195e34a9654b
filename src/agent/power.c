/* power.c - requests to oobm-power: numbered, with who waits for each. One that nobody waits for any more goes on;
 * its result is in the history. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS_MAX 16

struct call {
	int64_t id;	/* 0: free */
	struct power_ask ask;
	const struct power_ops *ops;
	void *arg;
	bool tell;	/* the owner, as nobody waits for it */
};

struct power {
	int64_t next;
	struct call call[CALLS_MAX];
};

static const char *const verbs[] = { "on", "off", "force-off", "cycle", "reset", "status" };

bool power_verb_known(const char *verb)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i], verb) == 0)
			return true;
	return false;
}

void power_start(struct agent *a)
{
	a->power = calloc(1, sizeof *a->power);
	if (!a->power) {
		log_error("out of memory");
		exit(1);
	}
	/* oobm-power may still be busy for the agent before this one: its numbers are lower */
	a->power->next = clock_mono_ms();
}

static struct call *find(struct agent *a, int64_t id)
{
	for (size_t i = 0; i < CALLS_MAX; i++)
		if (a->power->call[i].id == id)
			return &a->power->call[i];
	return NULL;
}

static bool looks_only(const struct power_ask *ask)
{
	return ask->only_try || strcmp(ask->verb, "status") == 0;
}

static void say(struct agent *a, const struct call *c)
{
	struct msg_out o;

	msg_begin(&o, chan_out(a->worker.parent), "power");
	msg_num(&o, "id", c->id);
	msg_str(&o, "target", c->ask.target);
	msg_str(&o, "verb", c->ask.verb);
	if (c->ask.force)
		msg_num(&o, "force", 1);
	if (c->ask.escalate)
		msg_num(&o, "escalate", 1);
	if (c->ask.only_try)
		msg_num(&o, "try", 1);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

int64_t power_do(struct agent *a, const struct power_ask *ask, const struct power_ops *ops, void *arg, char *reply,
		 size_t size)
{
	const struct agent_target *t = target_find(a, ask->target);
	struct call *c = find(a, 0);

	if (!t || !t->power) {
		snprintf(reply, size, t ? "%s has no power button here; give it one in its section of the config" :
			 "there is no target %s; see: oobm status", ask->target);
		return -1;
	}
	if (!c) {
		snprintf(reply, size, "too many requests are waiting already; see: oobm status");
		return -1;
	}
	*c = (struct call){ .id = ++a->power->next, .ask = *ask, .ops = ops, .arg = arg, .tell = !ops };
	if (!looks_only(ask))
		history_add(a, "power", "%s: %s%s%s by %s", ask->target, ask->verb, ask->force ? ", forced" : "",
			    ask->escalate ? ", escalating," : "", ask->by);
	say(a, c);
	return c->id;
}

bool power_running(struct agent *a, const char *target)
{
	for (size_t i = 0; i < CALLS_MAX; i++)
		if (a->power->call[i].id && strcmp(a->power->call[i].ask.target, target) == 0)
			return true;
	return false;
}

void power_taken_over(struct agent *a, const struct msg *m)
{
	struct call *c = find(a, 0);
	int64_t id;

	if (!c || msg_int(m, "id", 1, INT64_MAX, &id) < 0 || find(a, id))
		return;
	*c = (struct call){ .id = id, .tell = true };
	snprintf(c->ask.target, sizeof c->ask.target, "%s", msg_get(m, "target"));
	snprintf(c->ask.verb, sizeof c->ask.verb, "%s", msg_get(m, "verb"));
}

void power_forget(struct agent *a, int64_t id)
{
	struct call *c = id > 0 ? find(a, id) : NULL;

	if (c)
		c->ops = NULL;
}

void power_abort(struct agent *a, const char *target)
{
	struct msg_out o;

	msg_begin(&o, chan_out(a->worker.parent), "abort");
	msg_str(&o, "target", target);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

static struct call *of_message(struct agent *a, const struct msg *m)
{
	int64_t id;

	return msg_int(m, "id", 1, INT64_MAX, &id) == 0 ? find(a, id) : NULL;
}

void power_progress(struct agent *a, const struct msg *m)
{
	const struct call *c = of_message(a, m);

	if (c && c->ops && c->ops->progress)
		c->ops->progress(c->arg, msg_get(m, "text"));
}

static void finish(struct agent *a, struct call *c, bool ok, const char *led, const char *text)
{
	struct call done = *c;
	char told[400];

	*c = (struct call){ 0 };	/* before the call, which may ask for more */
	if (!looks_only(&done.ask))
		history_add(a, ok ? "power" : "fault", "%s: %s: %s", done.ask.target, done.ask.verb, text);
	if (done.ops && done.ops->done)
		done.ops->done(done.arg, ok, led, text);
	if (done.tell && !looks_only(&done.ask)) {
		snprintf(told, sizeof told, "%s of %s: %s", done.ask.verb, done.ask.target, text);
		notice_target(a, "OOBM power", told);
	}
}

void power_done(struct agent *a, const struct msg *m)
{
	struct call *c = of_message(a, m);
	bool ok = strcmp(msg_get(m, "ok"), "1") == 0;

	if (c)
		finish(a, c, ok, msg_get(m, "led"), msg_get(m, "text"));
	else
		history_add(a, ok ? "power" : "fault", "%s: %s", msg_get(m, "target"), msg_get(m, "text"));
}

void power_worker_gone(struct agent *a, const char *why)
{
	char text[300];

	snprintf(text, sizeof text, "%s; it let all buttons go. Look at the machine before you press again", why);
	for (size_t i = 0; i < CALLS_MAX; i++)
		if (a->power->call[i].id)
			finish(a, &a->power->call[i], false, "unknown", text);
}
