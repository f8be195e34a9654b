/* targets.c - what the workers say of the machines that are looked after, and what the owner is told of it. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "ipc/permit.h"

#include <stdio.h>
#include <string.h>

/* A machine that boots and dies again and again must not eat the credit. */
#define ALERTS_AN_HOUR 3
/* Nor is it, or a cable that is loose, to drive all else out of the history. */
#define NOTES_AN_HOUR 60
#define CHANGES_AN_HOUR 30	/* of the LED */
#define HOUR_MS (60 * MIN_MS)

struct agent_target *target_find(struct agent *a, const char *name)
{
	for (size_t i = 0; i < a->ntarget; i++)
		if (strcmp(a->target[i].name, name) == 0)
			return &a->target[i];
	return NULL;
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

/* One more; returns how many that makes within the hour. */
static unsigned count(struct agent_count *c)
{
	int64_t now = clock_mono_ms();

	if (!c->since || now - c->since >= HOUR_MS)
		*c = (struct agent_count){ .since = now };
	return ++c->n;
}

/* Something of a console, into the history. */
static void note(struct agent *a, struct agent_target *t, const char *kind, const char *before, const char *text)
{
	unsigned n = count(&t->noted);

	if (n <= NOTES_AN_HOUR)
		history_add(a, kind, "%s: %s%s", t->name, before, text);
	if (n == NOTES_AN_HOUR)
		history_add(a, "console", "%s: more of its console is not noted here within this hour; see: oobm log %s", t->name, t->name);
}

/* The last lines come in full in a push, and as far as they fit in an SMS: what is nearest to the end counts. */
static void matched(struct agent *a, struct agent_target *t, const struct msg *m)
{
	const char *pattern = msg_get(m, "pattern"), *text = msg_get(m, "text"), *alert = msg_get(m, "alert");
	const char *last = strrchr(text, '\n');
	size_t n = strlen(pattern);
	char title[64];

	note(a, t, "console", "", last && last[1] ? last + 1 : text);
	if (!alert || strcmp(alert, "1") != 0)
		return;
	if (count(&t->alerts) > ALERTS_AN_HOUR) {
		snprintf(title, sizeof title, "not told, as there were %d within an hour", ALERTS_AN_HOUR);
		note(a, t, "console", "", title);
		return;
	}
	if (n > 1 && pattern[n - 1] == ':')	/* "BUG:" */
		n--;
	snprintf(title, sizeof title, "%.20s: %.*s", t->name, n < 40 ? (int)n : 40, pattern);
	notice_target(a, title, text);
}

static void power_fault(struct agent *a, struct agent_target *t, const char *text)
{
	if (strcmp(t->fault, text) == 0)
		return;
	copy(t->fault, sizeof t->fault, text);
	history_add(a, *text ? "fault" : "power", "%s: %s", t->name, *text ? text : "its power can be reached again");
}

static void console_state(struct agent *a, struct agent_target *t, const struct msg *m)
{
	bool ok = strcmp(msg_get(m, "ok"), "1") == 0;
	const char *text = msg_get(m, "text");

	if (ok == t->recording && strncmp(text, t->console_fault, sizeof t->console_fault - 1) == 0)
		return;
	if (ok && !*text)
		note(a, t, "console", "", "its console is being recorded");
	else
		note(a, t, "fault", ok ? "its console is " : "no console: ", text);
	t->recording = ok;
	copy(t->console_fault, sizeof t->console_fault, text);
}

/* One that flickers now and then, with a disk perhaps, would leave nothing else in the history, and wear out the card that it
 * is on. */
static void note_led(struct agent *a, struct agent_target *t, const char *state)
{
	unsigned n = count(&t->changes);

	if (n <= CHANGES_AN_HOUR)
		history_add(a, "power", "%s: its LED is %s", t->name, state);
	if (n == CHANGES_AN_HOUR)
		history_add(a, "power", "%s: its LED changes again and again; more of that is not noted within this hour", t->name);
}

static void led(struct agent *a, struct agent_target *t, const char *state)
{
	if (strcmp(t->led, state) == 0)
		return;
	if (t->led[0] && strcmp(state, "none") != 0)
		note_led(a, t, state);
	copy(t->led, sizeof t->led, state);
}

void target_from_parent(struct agent *a, const struct msg *m, int rule)
{
	struct agent_target *t = target_find(a, msg_get(m, "target"));

	if (!t) {
		log_warn("%s: there is no target %s any more", m->verb, msg_get(m, "target"));
		return;
	}
	switch (rule) {
	case AGENT_PROGRESS:
		power_progress(a, m);
		break;
	case AGENT_DONE:
		power_done(a, m);
		break;
	case AGENT_LED:
		led(a, t, msg_get(m, "led"));
		break;
	case AGENT_PRESSING:
		copy(t->pressing, sizeof t->pressing, msg_get(m, "line"));
		break;
	case AGENT_RELEASED:
		t->pressing[0] = 0;
		break;
	case AGENT_FAULT:
		power_fault(a, t, msg_get(m, "text"));
		break;
	case AGENT_QUEUE:
		if (msg_int(m, "n", 0, 1000, &t->queue) < 0)
			t->queue = 0;
		break;
	case AGENT_CONSOLE_STATE:
		console_state(a, t, m);
		break;
	case AGENT_MATCHED:
		matched(a, t, m);
		break;
	case AGENT_LAST:
		copy(t->last, sizeof t->last, msg_get(m, "text"));
		t->last_at = clock_mono_ms();
		break;
	case AGENT_VIEWER:
		history_add(a, "console", "%s: %s %s", t->name, msg_get(m, "by"), msg_get(m, "text"));
		break;
	case AGENT_RUNNING:
		power_taken_over(a, m);
		break;
	default:
		break;
	}
}

/* The lines are let go, by the worker or its guard; who pressed is to know that it was cut short. */
static void presses_cut_short(struct agent *a, const char *why)
{
	for (size_t i = 0; i < a->ntarget; i++) {
		struct agent_target *t = &a->target[i];
		char text[300];

		t->queue = 0;
		if (!t->pressing[0])
			continue;
		snprintf(text, sizeof text, "The press of the %s button of %s was cut short, and the button is let go: %s. "
			 "Look before you press again.", t->pressing, t->name, why);
		t->pressing[0] = 0;
		history_add(a, "fault", "%s", text);
		notice_target(a, "OOBM power", text);
	}
}

void targets_stopped(struct agent *a)
{
	presses_cut_short(a, "oobmd ended");
}

void target_worker_gone(struct agent *a, const char *worker, const char *target, const char *what, const char *reason)
{
	struct agent_target *t = target ? target_find(a, target) : NULL;

	if (strcmp(worker, "power") == 0) {
		char why[200];

		snprintf(why, sizeof why, "%.30s (%.160s)", what, reason);
		presses_cut_short(a, why);
		power_worker_gone(a, why);
	} else if (t) {
		t->recording = false;
		snprintf(t->console_fault, sizeof t->console_fault, "%.30s (%.120s) and is being started again", what, reason);
	}
}

void target_line(const struct agent *a, char *out, size_t size)
{
	size_t len = 0;

	out[0] = 0;
	for (size_t i = 0; i < a->ntarget; i++) {
		const struct agent_target *t = &a->target[i];
		int n;

		if (!t->power)
			continue;
		n = snprintf(out + len, size - len, "%s%s %s", len ? ", " : "", t->name,
			     t->led[0] && strcmp(t->led, "none") != 0 ? t->led : "unknown");
		if (n < 0 || (size_t)n >= size - len) {
			out[len] = 0;
			return;
		}
		len += (size_t)n;
	}
}
