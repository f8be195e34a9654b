#include "base/log.h"
#include "power/power.h"

static void begin(struct msg_out *o, const struct power *p, const char *verb)
{
	msg_begin(o, chan_out(p->worker.parent), verb);
}

static void end(struct msg_out *o, const struct power *p)
{
	if (msg_end(o) < 0)
		log_error("a message to the parent is lost");
	chan_flush(p->worker.parent);
}

static const char *line_word(enum line line)
{
	return line == LINE_RESET ? "reset" : "power";
}

void say_ready(struct power *p)
{
	struct msg_out o;

	begin(&o, p, "ready");
	end(&o, p);
}

void say_progress(const struct target *t, const char *id, const char *text)
{
	struct msg_out o;

	log_debug("%s: %s", t->name, text);
	begin(&o, t->power, "progress");
	msg_str(&o, "id", id);
	msg_str(&o, "target", t->name);
	msg_str(&o, "text", text);
	end(&o, t->power);
}

static void done(struct power *p, const char *id, const char *target, bool ok, const char *led, const char *text)
{
	struct msg_out o;

	begin(&o, p, "power-done");
	msg_str(&o, "id", id);
	msg_str(&o, "target", target);
	msg_num(&o, "ok", ok);
	msg_str(&o, "led", led);
	msg_str(&o, "text", text);
	end(&o, p);
}

void say_done(const struct target *t, const char *id, bool ok, const char *text)
{
	log_info("%s: %s", t->name, text);
	done(t->power, id, t->name, ok, led_name(t->sight.state), text);
}

void say_refused(struct power *p, const char *id, const char *target, const char *text)
{
	done(p, id, target, false, led_name(LED_UNKNOWN), text);
}

static void about(const struct target *t, const char *verb, const char *key, const char *value)
{
	struct msg_out o;

	begin(&o, t->power, verb);
	msg_str(&o, "target", t->name);
	msg_str(&o, key, value);
	end(&o, t->power);
}

void say_led(const struct target *t)
{
	about(t, "led", "led", led_name(t->sight.state));
}

void say_fault(const struct target *t)
{
	about(t, "power-fault", "text", t->fault);
}

void say_queue(const struct target *t)
{
	struct msg_out o;

	begin(&o, t->power, "queue");
	msg_str(&o, "target", t->name);
	msg_num(&o, "n", (int64_t)t->nwaiting);
	end(&o, t->power);
}

static void running(const struct target *t, const struct request *r)
{
	struct msg_out o;

	begin(&o, t->power, "running");
	msg_str(&o, "id", r->id);
	msg_str(&o, "target", t->name);
	msg_str(&o, "verb", press_verb_name(r->ask.verb));
	end(&o, t->power);
}

void say_running(const struct target *t)
{
	if (target_busy(t))
		running(t, &t->running);
	for (size_t i = 0; i < t->nwaiting; i++)
		running(t, &t->waiting[i]);
}

void say_pressing(const struct target *t, enum line line)
{
	about(t, "pressing", "line", line_word(line));
	chan_flush_now(t->power->worker.parent);
}

void say_released(const struct target *t, enum line line)
{
	about(t, "released", "line", line_word(line));
	chan_flush_now(t->power->worker.parent);
}
