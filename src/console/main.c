/* oobm-console - keeps one serial console: reads it always, records it, serves those who look at it. */
#include "base/alloc.h"
#include "base/log.h"
#include "console/lookout.h"
#include "console/port.h"
#include "console/recorder.h"
#include "console/viewers.h"
#include "core/rights.h"
#include "core/ring.h"
#include "core/stamp.h"
#include "ipc/permit.h"
#include "os/os.h"
#include "run/worker.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAW_MEMORY ((size_t)64 * 1024)
#define DIR_NAME "console"	/* in the state directory, where other names are others' */

struct console {
	struct worker worker;
	/* settings */
	char *name, *dir, *device, *usb;
	size_t log_size;
	struct port_config config;
	struct rights rights;
	/* from `start` on */
	struct ring raw;		/* what the machine said, as it came */
	struct recorder *recorder;
	struct lookout *lookout;
	struct viewers *viewers;
	struct port *port;
	/* what the parent was told last */
	bool open;
	char state[ERR_TEXT_MAX], trouble[ERR_TEXT_MAX];
	char raw_memory[RAW_MEMORY];
};

/* --- to the parent ------------------------------------------------------------------------ */

static void finish(struct console *c, struct msg_out *o)
{
	if (msg_end(o) < 0)
		log_error("a message to the parent is lost");
	chan_flush(c->worker.parent);
}

static void say(struct console *c, const char *verb, const char *key, const char *value)
{
	struct msg_out o;

	msg_begin(&o, chan_out(c->worker.parent), verb);
	if (key)
		msg_str(&o, key, value);
	finish(c, &o);
}

static void say_state(struct console *c)
{
	struct msg_out o;

	msg_begin(&o, chan_out(c->worker.parent), "console-state");
	msg_str(&o, "target", c->name);
	msg_num(&o, "ok", c->open);
	msg_str(&o, "text", c->open ? c->trouble : c->state);
	finish(c, &o);
}

static void on_match(void *arg, const char *pattern, bool alert, const char *text)
{
	struct console *c = arg;
	struct msg_out o;

	log_info("%s says '%s'", c->name, pattern);
	msg_begin(&o, chan_out(c->worker.parent), "matched");
	msg_str(&o, "target", c->name);
	msg_str(&o, "pattern", pattern);
	msg_str(&o, "text", text);
	if (alert)
		msg_num(&o, "alert", 1);
	finish(c, &o);
}

static void on_last(void *arg, const char *text)
{
	struct console *c = arg;
	struct msg_out o;

	msg_begin(&o, chan_out(c->worker.parent), "last");
	msg_str(&o, "target", c->name);
	msg_str(&o, "text", text);
	finish(c, &o);
}

static void on_audit(void *arg, const char *by, const char *text)
{
	struct console *c = arg;
	struct msg_out o;

	log_info("%s %s", by, text);
	msg_begin(&o, chan_out(c->worker.parent), "viewer");
	msg_str(&o, "target", c->name);
	msg_str(&o, "by", by);
	msg_str(&o, "text", text);
	finish(c, &o);
}

/* --- the port --------------------------------------------------------------------------------- */

static void on_data(void *arg, const char *p, size_t n)
{
	struct console *c = arg;

	ring_add(&c->raw, p, n);
	recorder_add(c->recorder, p, n);
	lookout_feed(c->lookout, p, n);
	viewers_kick(c->viewers);
}

/* The recorder's own words, for whoever reads the recording or follows it. */
static void remark(struct console *c, const char *text)
{
	recorder_remark(c->recorder, text);
	viewers_kick(c->viewers);
}

static void on_state(void *arg, bool ok, const char *text)
{
	struct console *c = arg;
	bool was_open = c->open;

	if (ok == c->open && strcmp(text, c->state) == 0)
		return;
	c->open = ok;
	snprintf(c->state, sizeof c->state, "%s", text);
	if (ok)
		log_info("%s opened", text);
	else
		log_warn("%s", text);
	if (ok || was_open) {
		char line[ERR_TEXT_MAX + 32];

		snprintf(line, sizeof line, "%s: %s", ok ? "recording" : "the port is lost", text);
		remark(c, line);
		snprintf(line, sizeof line, "%s: %s", ok ? "the port is there" : "the port is lost", text);
		viewers_tell(c->viewers, line);
	}
	say_state(c);
}

static void claim(void *arg, const char *path)
{
	say(arg, "claim", "path", path);
}

static void release(void *arg, const char *path)
{
	say(arg, "release", "path", path);
}

static void on_room(void *arg)
{
	struct console *c = arg;

	viewers_room(c->viewers);
}

static void on_port_trouble(void *arg, const char *text)
{
	struct console *c = arg;

	viewers_tell(c->viewers, text);
}

/* --- the recording ------------------------------------------------------------------------------ */

static void on_trouble(void *arg, const char *text)
{
	struct console *c = arg;

	if (text) {
		log_error("%s; recording in memory only", text);
		snprintf(c->trouble, sizeof c->trouble, "recorded in memory only: %s", text);
	} else {
		log_info("recording on disk again");
		c->trouble[0] = 0;
	}
	/* before the port was looked for there is no state to speak of */
	if (c->port)
		say_state(c);
}

/* What was said before this process was there, so that a replay does not end at a restart. */
static void remember_line(struct console *c, const char *line, size_t n)
{
	const char *text;
	size_t len;

	switch (stamp_parse(line, n, &text, &len)) {
	case STAMP_LINE:
		if (c->raw.head > 0)
			ring_add(&c->raw, "\n", 1);
		break;
	case STAMP_REST:
		break;
	default:
		return;
	}
	ring_add(&c->raw, text, len);
}

static void remember(struct console *c)
{
	struct recorder_place place;
	static char line[2 * STAMP_LINE_MAX];
	char block[4096];
	bool skipped = false;
	size_t n, len = 0;

	recorder_find(c->recorder, 1000, &place);
	while ((n = recorder_read(c->recorder, &place, block, sizeof block, &skipped)) > 0)
		for (size_t i = 0; i < n; i++) {
			if (block[i] == '\n') {
				remember_line(c, line, len);
				len = 0;
			} else if (len < sizeof line) {
				line[len++] = block[i];
			}
		}
	if (c->raw.head > 0)
		ring_add(&c->raw, "\n", 1);
}

/* --- settings --------------------------------------------------------------------------------------- */

static void reject(struct console *c, const char *what)
{
	log_error("protocol error from the parent: %s", what);
	loop_stop(c->worker.loop, 1);
}

static char *copy(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	return v && *v ? alloc_text(v) : NULL;
}

/* The place of VALUE in NAMES, or -1. */
static int one_of(const char *value, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(value, names[i]) == 0)
			return (int)i;
	return -1;
}

/* Returns the name of the field that is wrong, or NULL. */
static const char *read_line_settings(const struct msg *m, struct serial_options *o)
{
	static const char *const parities[] = { "none", "even", "odd" }, *const flows[] = { "none", "rtscts", "xonxoff" };
	int64_t speed, data, stop;
	int parity = one_of(msg_get(m, "parity"), parities, 3), flow = one_of(msg_get(m, "flow"), flows, 3);

	if (msg_int(m, "speed", 50, 20000000, &speed) < 0)
		return "speed";
	if (msg_int(m, "data-bits", 5, 8, &data) < 0)
		return "data-bits";
	if (msg_int(m, "stop-bits", 1, 2, &stop) < 0)
		return "stop-bits";
	if (parity < 0)
		return "parity";
	if (flow < 0)
		return "flow";
	*o = (struct serial_options){
		.speed = (unsigned)speed, .parity = (enum serial_parity)parity, .data_bits = (unsigned)data,
		.stop_bits = (unsigned)stop, .flow = (enum serial_flow)flow,
	};
	return NULL;
}

static bool is_name(const char *s)
{
	return *s && strlen(s) < RIGHTS_NAME_MAX &&
	       !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")];
}

static void take_settings(struct console *c, const struct msg *m)
{
	static const struct lookout_ops ops = { on_match, on_last };
	const char *wrong = read_line_settings(m, &c->config.line);
	int64_t interface = -1, size = 0;

	c->name = copy(m, "name");
	c->dir = copy(m, "dir");
	c->device = copy(m, "device");
	c->usb = copy(m, "usb");
	if (!c->name || !is_name(c->name))
		wrong = "name";
	if (!c->dir)
		wrong = "dir";
	if (!c->device == !c->usb)
		wrong = "device or usb";
	if (msg_get(m, "interface") && msg_int(m, "interface", -1, 255, &interface) < 0)
		wrong = "interface";
	if (msg_int(m, "log-size", 1, 1024 * 1024, &size) < 0)
		wrong = "log-size";
	if (wrong) {
		log_error("protocol error from the parent: console with a bad %s", wrong);
		loop_stop(c->worker.loop, 1);
		return;
	}
	c->log_size = (size_t)size * 1024;
	c->config.device = c->device;
	c->config.usb = c->usb;
	c->config.interface = (int)interface;
	c->lookout = lookout_new(c->worker.loop, &ops, c);
}

static void take_operator(struct console *c, const struct msg *m)
{
	const char *window = msg_get(m, "window");
	int64_t uid;

	if (msg_int(m, "uid", 0, UINT32_MAX, &uid) < 0 ||
	    rights_add(&c->rights, msg_get(m, "name"), (uint32_t)uid, msg_get(m, "key"), msg_get(m, "power"),
		       msg_get(m, "write"), msg_get(m, "read"), window && strcmp(window, "yes") == 0) < 0)
		reject(c, "operator with bad fields, or too many");
}

static void take_watch(struct console *c, const struct msg *m)
{
	const char *alert = msg_get(m, "alert");

	if (!c->lookout || lookout_watch(c->lookout, msg_get(m, "pattern"), alert && strcmp(alert, "1") == 0) < 0)
		reject(c, "watch before console, with a bad pattern, or too many");
}

static void start(struct console *c)
{
	static const struct recorder_ops recorder_ops = { on_trouble };
	static const struct viewers_ops viewers_ops = { on_audit };
	static const struct port_ops port_ops = { on_data, on_state, claim, release, on_room, on_port_trouble };
	struct viewers_config v;
	char dir[PATH_MAX];

	if (!c->lookout) {
		reject(c, "start before console");
		return;
	}
	snprintf(dir, sizeof dir, "%s/%s", c->dir, DIR_NAME);
	c->recorder = recorder_new(c->worker.loop, dir, c->name, c->log_size, &recorder_ops, c);
	remember(c);
	if (sandbox_worker(SANDBOX_FILES) < 0) {
		loop_stop(c->worker.loop, 1);
		return;
	}
	say(c, "ready", NULL, NULL);
	c->port = port_new(c->worker.loop, &c->config, &port_ops, c);
	v = (struct viewers_config){ .target = c->name, .fd = WORKER_LISTEN_FD, .raw = &c->raw, .recorder = c->recorder,
				     .port = c->port, .rights = &c->rights };
	c->viewers = viewers_new(c->worker.loop, &v, &viewers_ops, c);
}

static void on_msg(void *self, const struct msg *m, int rule)
{
	struct console *c = self;
	enum log_level level;

	/* until there is a port, only settings make sense */
	if (!c->port && (rule == CONSOLE_TTY || rule == CONSOLE_TELL))
		return;
	switch (rule) {
	case CONSOLE_CONSOLE:
		take_settings(c, m);
		break;
	case CONSOLE_WATCH:
		take_watch(c, m);
		break;
	case CONSOLE_OPERATOR:
		take_operator(c, m);
		break;
	case CONSOLE_START:
		start(c);
		break;
	case CONSOLE_TTY:
		port_claimed(c->port, msg_get(m, "path"), msg_get(m, "error"));
		break;
	case CONSOLE_TELL:
		say_state(c);
		lookout_tell(c->lookout);
		break;
	case CONSOLE_LOG:
		if (log_level_parse(msg_get(m, "level"), &level) == 0)
			log_set_level(level);
		break;
	}
}

static void on_stop(void *self)
{
	struct console *c = self;

	viewers_free(c->viewers);
	c->viewers = NULL;
	if (c->recorder && c->open)
		recorder_remark(c->recorder, "the recording ends: oobm-console was told to");
	port_free(c->port);
	c->port = NULL;
	recorder_free(c->recorder);
	c->recorder = NULL;
}

int main(int argc, char **argv)
{
	struct console *c = alloc_zero(sizeof *c);
	int code;

	c->worker = (struct worker){ .name = "oobm-console", .table = permit_console, .n = CONSOLE_RULES,
				     .beat_ms = WORKER_IDLE_BEAT_MS, .on_msg = on_msg, .on_stop = on_stop, .self = c };
	ring_init(&c->raw, c->raw_memory, sizeof c->raw_memory);
	code = worker_run(&c->worker, argc, argv);
	on_stop(c);
	lookout_free(c->lookout);
	free(c->name);
	free(c->dir);
	free(c->device);
	free(c->usb);
	free(c);
	return code;
}
