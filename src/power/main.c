/* main.c - oobm-power: presses the buttons of the machines that are looked after, and watches their power LEDs.
 *
 * Its parent tells it the targets, then `start`; what may be said then, and what is answered, is in
 * ipc/permit.c. One process for all targets: their guard is one, too, and there is one place that decides. */
#include "base/log.h"
#include "ipc/permit.h"
#include "power/power.h"

#include <stdio.h>
#include <string.h>

static void protocol_error(struct power *p, const char *what)
{
	log_error("protocol error from the parent: %s", what);
	loop_stop(p->worker.loop, 1);
}

static void take_target(struct power *p, const struct msg *m)
{
	struct target *t;
	struct err e, whole;

	if (p->started) {
		protocol_error(p, "target after start");
		return;
	}
	t = target_new(p, m, &e);
	if (!t) {
		err_set(&whole, "target %.60s: %.300s", msg_get(m, "name"), e.text);
		protocol_error(p, whole.text);
		return;
	}
	p->target[p->n++] = t;
}

/* Programs open devices and files of their own; a line is taken anew after its chip was pulled out. */
static unsigned needed(const struct power *p)
{
	unsigned keeps = 0;

	for (size_t i = 0; i < p->n; i++)
		keeps |= p->target[i]->config.commands ? SANDBOX_EXEC | SANDBOX_FILES : SANDBOX_FILES;
	return keeps;
}

static void tell_all(struct power *p)
{
	for (size_t i = 0; i < p->n; i++) {
		say_led(p->target[i]);
		say_queue(p->target[i]);
		say_fault(p->target[i]);
		if (p->target[i]->pressing)
			say_pressing(p->target[i], p->target[i]->pressed);
		say_running(p->target[i]);
	}
}

static void start(struct power *p)
{
	for (size_t i = 0; i < p->n; i++)
		target_open(p->target[i]);
	hands_open(p);
	if (sandbox_worker(needed(p)) < 0) {
		loop_stop(p->worker.loop, 1);
		return;
	}
	hands_guard(p);
	for (size_t i = 0; i < p->n; i++)
		if (p->target[i]->config.commands)
			sight_open(p->target[i]);
	p->started = true;
	say_ready(p);
	tell_all(p);
}

static bool flag(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	return v && strcmp(v, "1") == 0;
}

static void take_request(struct power *p, const struct msg *m)
{
	const char *id = msg_get(m, "id"), *name = msg_get(m, "target"), *verb = msg_get(m, "verb");
	struct target *t = target_find(p, name);
	struct request r = { .ask = { .type = PRESS_EV_BEGIN, .verb = press_verb_parse(verb), .force = flag(m, "force"),
				      .escalate = flag(m, "escalate") } };
	char text[128];

	if (!p->started || !*id || strlen(id) >= sizeof r.id) {
		protocol_error(p, p->started ? "power with a bad id" : "power before start");
		return;
	}
	snprintf(r.id, sizeof r.id, "%s", id);
	if (!t) {
		snprintf(text, sizeof text, "there is no target %.60s whose power can be switched", name);
		say_refused(p, id, name, text);
	} else if (r.ask.verb == PRESS_VERBS) {
		snprintf(text, sizeof text, "\"%.20s\" is none of on, off, force-off, cycle, reset, status", verb);
		say_refused(p, id, name, text);
	} else if (flag(m, "try")) {
		target_try(t, &r);
	} else {
		target_ask(t, &r);
	}
}

static void take_abort(struct power *p, const struct msg *m)
{
	struct target *t = target_find(p, msg_get(m, "target"));

	if (t && p->started)
		target_abort(t, "stopped on request before its turn came");
}

static void on_msg(void *self, const struct msg *m, int rule)
{
	struct power *p = self;
	enum log_level level;

	switch (rule) {
	case POWER_TARGET:
		take_target(p, m);
		break;
	case POWER_START:
		start(p);
		break;
	case POWER_DO:
		take_request(p, m);
		break;
	case POWER_ABORT:
		take_abort(p, m);
		break;
	case POWER_TELL:
		if (p->started)
			tell_all(p);
		break;
	case POWER_LOG:
		if (log_level_parse(msg_get(m, "level"), &level) == 0)
			log_set_level(level);
		break;
	}
}

/* The parent is gone, or we are to end: a button that is pressed is released first of all. */
static void on_stop(void *self)
{
	struct power *p = self;

	for (size_t i = 0; i < p->n && p->started; i++)
		target_abort(p->target[i], "oobm-power ends");
	hands_close(p);
	for (size_t i = 0; i < p->n; i++) {
		sight_close(p->target[i]);
		deeds_close(p->target[i]);
	}
	p->started = false;
	chan_flush_now(p->worker.parent);
}

int main(int argc, char **argv)
{
	struct power p = {
		.worker = { .name = "oobm-power", .table = permit_power, .n = POWER_RULES,
			    .beat_ms = WORKER_IDLE_BEAT_MS, .on_msg = on_msg, .on_stop = on_stop },
	};
	int code;

	p.worker.self = &p;
	code = worker_run(&p.worker, argc, argv);
	hands_close(&p);
	for (size_t i = 0; i < p.n; i++) {
		sight_close(p.target[i]);
		deeds_close(p.target[i]);
		target_free(p.target[i]);
	}
	return code;
}
