#include "base/log.h"
#include "parent/parent.h"

#include <stdio.h>
#include <string.h>

/* A blank-free list, as the line messages carry lists. */
static void join(char *const *list, size_t n, const char *sep, char *out, size_t size)
{
	size_t len = 0;

	out[0] = 0;
	for (size_t i = 0; i < n; i++) {
		int w = snprintf(out + len, size - len, "%s%s", i ? sep : "", list[i]);

		if (w < 0 || (size_t)w >= size - len)
			return;
		len += (size_t)w;
	}
}

static void finish(struct msg_out *o, const char *what)
{
	if (msg_end(o) < 0)
		log_error("the section %s of the config is too long to be handed to a worker", what);
}

static const char *or_null(const char *s)
{
	return s && s[0] ? s : NULL;
}

static void put_log(struct buf *b)
{
	struct msg_out o;

	msg_begin(&o, b, "log");
	msg_str(&o, "level", log_level_name(log_get_level()));
	finish(&o, "log");
}

static void put_start(struct buf *b)
{
	struct msg_out o;

	msg_begin(&o, b, "start");
	finish(&o, "start");
}

static void put_modem(const struct conf_modem *c, struct buf *b)
{
	char init[2048];
	struct msg_out o;

	join(c->init, c->ninit, ";", init, sizeof init);
	msg_begin(&o, b, "modem");
	msg_str(&o, "profile", c->profile);
	msg_str(&o, "apn", c->apn);
	msg_str(&o, "dial", c->dial);
	msg_str(&o, "device", or_null(c->device));
	msg_str(&o, "command", or_null(c->command_device));
	msg_str(&o, "usb", or_null(c->usb));
	msg_num(&o, "data-interface", c->data_interface);
	msg_num(&o, "command-interface", c->command_interface);
	msg_str(&o, "pin", or_null(c->pin));
	msg_str(&o, "init", or_null(init));
	msg_num(&o, "timeout", c->command_timeout);
	finish(&o, "modem");
}

static void put_owners(const struct conf *c, struct buf *b)
{
	for (size_t i = 0; i < c->nowner; i++)
		for (size_t j = 0; j < c->owner[i].nnumber; j++) {
			struct msg_out o;

			msg_begin(&o, b, "owner");
			msg_str(&o, "number", c->owner[i].number[j]);
			msg_str(&o, "name", c->owner[i].name);
			msg_str(&o, "secret", c->owner[i].secret);
			msg_str(&o, "commands", or_null(c->owner[i].commands));
			finish(&o, "owner");
		}
}

static void put_window(const struct conf_window *c, struct buf *b)
{
	struct msg_out o;

	msg_begin(&o, b, "window");
	msg_num(&o, "length", c->length);
	msg_num(&o, "max", c->max);
	msg_num(&o, "warn", c->warn);
	msg_num(&o, "tries", c->tries);
	msg_num(&o, "pause", c->pause);
	msg_num(&o, "dial-timeout", c->dial_timeout);
	msg_num(&o, "check-timeout", c->check_timeout);
	msg_num(&o, "connect-timeout", c->connect_timeout);
	msg_num(&o, "close-timeout", c->close_timeout);
	msg_num(&o, "report-timeout", c->report_timeout);
	msg_str(&o, "probe", or_null(c->probe));
	msg_num(&o, "age", c->age);
	msg_num(&o, "budget", c->budget);
	msg_num(&o, "budget-day", c->budget_day);
	finish(&o, "window");
}

/* What the agent may know of a relay: where it is, never the key. */
static void put_relays_for_agent(const struct conf *c, struct buf *b)
{
	for (size_t i = 0; i < c->nrelay; i++) {
		const struct conf_relay *r = &c->relay[i];
		char forwards[1024];
		struct msg_out o;

		join(r->forward, r->nforward, ",", forwards, sizeof forwards);
		msg_begin(&o, b, "relay");
		msg_num(&o, "index", (int64_t)i);
		msg_str(&o, "name", r->name);
		msg_str(&o, "host", r->host);
		msg_num(&o, "port", r->port);
		msg_str(&o, "user", r->login && r->login[0] ? r->login : "root");
		msg_str(&o, "forwards", forwards);
		msg_str(&o, "display", or_null(r->display));
		finish(&o, "relay");
	}
}

static void put_relays(const struct conf *c, struct buf *b)
{
	for (size_t i = 0; i < c->nrelay; i++) {
		const struct conf_relay *r = &c->relay[i];
		char forwards[1024];
		struct msg_out o;

		join(r->forward, r->nforward, ",", forwards, sizeof forwards);
		msg_begin(&o, b, "relay");
		msg_num(&o, "index", (int64_t)i);
		msg_str(&o, "name", r->name);
		msg_str(&o, "host", r->host);
		msg_num(&o, "port", r->port);
		msg_str(&o, "user", r->user);
		msg_str(&o, "key", r->key);
		msg_str(&o, "forwards", forwards);
		msg_str(&o, "hostkey", or_null(r->hostkey));
		msg_str(&o, "known-hosts", or_null(r->known_hosts));
		msg_str(&o, "address", or_null(r->address));
		finish(&o, "relay");
	}
}

static void put_pushover(const struct conf_push *c, struct buf *b)
{
	struct msg_out o;

	if (!c->enabled)
		return;
	msg_begin(&o, b, "pushover");
	msg_str(&o, "url", c->url);
	msg_str(&o, "token", c->token);
	msg_str(&o, "user", c->user);
	msg_str(&o, "device", or_null(c->device));
	msg_str(&o, "sound", or_null(c->sound));
	msg_str(&o, "ca-file", or_null(c->ca_file));
	finish(&o, "pushover");
}

static bool has_console(const struct conf_target *t)
{
	return *t->console || *t->console_usb;
}

static void put_operators(const struct conf *c, struct buf *b)
{
	for (size_t i = 0; i < c->noperator; i++) {
		const struct conf_operator *p = &c->operator[i];
		struct msg_out o;

		msg_begin(&o, b, "operator");
		msg_str(&o, "name", p->name);
		msg_num(&o, "uid", p->uid);
		msg_str(&o, "key", or_null(p->key));
		msg_str(&o, "power", or_null(p->power));
		msg_str(&o, "write", or_null(p->write));
		msg_str(&o, "read", or_null(p->read));
		msg_str(&o, "window", p->window);
		finish(&o, "operator");
	}
}

static void put_targets_for_agent(const struct conf *c, struct buf *b)
{
	for (size_t i = 0; i < c->ntarget; i++) {
		const struct conf_target *t = &c->target[i];
		struct msg_out o;

		msg_begin(&o, b, "target");
		msg_str(&o, "name", t->name);
		msg_num(&o, "power", strcmp(t->power, "none") != 0);
		msg_num(&o, "console", has_console(t));
		finish(&o, "target");
	}
}

static void put_agent(const struct parent *p, struct buf *b)
{
	const struct conf *c = p->conf;
	struct msg_out o;

	put_modem(&c->modem, b);
	put_owners(c, b);
	put_window(&c->window, b);
	put_relays_for_agent(c, b);
	put_targets_for_agent(c, b);
	put_operators(c, b);
	msg_begin(&o, b, "pushover");
	msg_num(&o, "enabled", c->push.enabled);
	finish(&o, "pushover");
	msg_begin(&o, b, "paths");
	msg_str(&o, "state", c->state_dir);
	msg_str(&o, "control", c->run_dir);
	finish(&o, "paths");
}

/* An argument vector as one text: blanks and % within an argument are %XX. */
static void put_argv(struct msg_out *o, const char *key, char *const *argv, size_t n)
{
	char text[2048];
	size_t len = 0;

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (i && len < sizeof text - 4)
			text[len++] = ' ';
		for (const char *p = argv[i]; *p && len < sizeof text - 4; p++) {
			if (*p == ' ' || *p == '%')
				len += (size_t)snprintf(text + len, sizeof text - len, "%%%02X", (unsigned char)*p);
			else
				text[len++] = *p;
		}
	}
	text[len] = 0;
	msg_str(o, key, text);
}

static void put_power(const struct conf *c, struct buf *b)
{
	for (size_t i = 0; i < c->ntarget; i++) {
		const struct conf_target *t = &c->target[i];
		struct msg_out o;

		if (strcmp(t->power, "none") == 0)
			continue;
		msg_begin(&o, b, "target");
		msg_str(&o, "name", t->name);
		msg_str(&o, "backend", t->power);
		msg_num(&o, "press", t->press);
		msg_num(&o, "hold", t->hold);
		msg_num(&o, "on-time", t->on_time);
		msg_num(&o, "off-time", t->off_time);
		msg_num(&o, "pause", t->pause);
		msg_str(&o, "chip", or_null(t->chip));
		msg_str(&o, "power-line", or_null(t->power_line));
		msg_str(&o, "reset-line", or_null(t->reset_line));
		msg_str(&o, "led-line", or_null(t->led_line));
		msg_str(&o, "line-flags", or_null(t->line_flags));
		msg_str(&o, "led-flags", or_null(t->led_flags));
		put_argv(&o, "command-on", t->command_on, t->ncommand_on);
		put_argv(&o, "command-off", t->command_off, t->ncommand_off);
		put_argv(&o, "command-force-off", t->command_force_off, t->ncommand_force_off);
		put_argv(&o, "command-reset", t->command_reset, t->ncommand_reset);
		put_argv(&o, "command-status", t->command_status, t->ncommand_status);
		finish(&o, "target");
	}
}

static void put_patterns(char *const *list, size_t n, bool alert, struct buf *b)
{
	for (size_t i = 0; i < n; i++) {
		struct msg_out o;

		msg_begin(&o, b, "watch");
		msg_str(&o, "pattern", list[i]);
		if (alert)
			msg_num(&o, "alert", 1);
		finish(&o, "target");
	}
}

static void put_console(const struct conf *c, const struct conf_target *t, struct buf *b)
{
	struct msg_out o;

	msg_begin(&o, b, "console");
	msg_str(&o, "name", t->name);
	msg_num(&o, "speed", t->speed);
	msg_str(&o, "parity", t->parity);
	msg_num(&o, "data-bits", t->data_bits);
	msg_num(&o, "stop-bits", t->stop_bits);
	msg_str(&o, "flow", t->flow);
	msg_num(&o, "log-size", t->log_size);
	msg_str(&o, "dir", c->state_dir);
	msg_str(&o, "device", or_null(t->console));
	msg_str(&o, "usb", or_null(t->console_usb));
	if (t->console_interface >= 0)
		msg_num(&o, "interface", t->console_interface);
	finish(&o, "target");
	put_patterns(t->alert, t->nalert, true, b);
	put_patterns(t->watch, t->nwatch, false, b);
	put_operators(c, b);
}

static void put_settings(const struct parent *p, enum worker_id id, struct buf *b)
{
	switch (id) {
	case WORKER_AGENT:
		put_agent(p, b);
		break;
	case WORKER_TUNNEL:
		put_relays(p->conf, b);
		break;
	case WORKER_PUSH:
		put_pushover(&p->conf->push, b);
		break;
	case WORKER_POWER:
		put_power(p->conf, b);
		break;
	default:
		put_console(p->conf, &p->conf->target[id - WORKER_CONSOLE], b);
		break;
	}
}

bool hand_out_changed(struct parent *p, enum worker_id id)
{
	const struct buf *old = &p->child[id].handed;
	struct buf b;
	bool same;

	buf_init(&b, old->max);
	put_settings(p, id, &b);
	same = b.len == old->len && (b.len == 0 || memcmp(b.data, old->data, b.len) == 0);
	buf_free(&b);
	return !same;
}

void hand_out(struct parent *p, enum worker_id id)
{
	struct child *c = &p->child[id];
	struct buf *b = chan_out(c->chan);

	put_log(b);
	if (id >= WORKER_POWER) {	/* the others begin anew with each reload; and their secrets are not kept twice */
		buf_free(&c->handed);
		put_settings(p, id, &c->handed);
		buf_add(b, c->handed.data, c->handed.len);
	} else {
		put_settings(p, id, b);
	}
	put_start(b);
	chan_flush(c->chan);
}
