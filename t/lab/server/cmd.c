/* What can be asked of the server through its control socket. */
#include "config.h"

#include "../kit/events.h"
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct server *server_of(const struct request *r)
{
	return r->self;
}

/* The act is done: what follows from it at once is done, too. */
static void done(struct request *r)
{
	server_look(server_of(r));
	ctl_done(r->asker, 0, "%s", "");
}

static bool button(const char *name, enum button *b)
{
	*b = strcmp(name, "reset") ? BUTTON_POWER : BUTTON_RESET;
	return !strcmp(name, "power") || !strcmp(name, "reset");
}

/* --- what it is like --------------------------------------------------------------------- */

static const char *led_name(const struct server *s)
{
	static const char *const names[] = { "off", "on", "none" };

	return s->atx.power == ATX_ASLEEP && !s->atx.fault[FAULT_LED_ABSENT] ? "blinking" : names[atx_sense(&s->atx)];
}

static void ask_status(struct request *r)
{
	struct server *s = server_of(r);
	const struct atx_count *n = &s->atx.count;

	ctl_say(r->asker, "power %s, stage %s, led %s", atx_power_name(s->atx.power), atx_stage_name(s->atx.stage), led_name(s));
	ctl_say(r->asker, "lines power %s, reset %s", s->wire[BUTTON_POWER] ? "active" : "inactive",
		s->wire[BUTTON_RESET] ? "active" : "inactive");
	ctl_say(r->asker, "counts on %u, off %u, cut %u, restarts %u, presses %u, resets %u, panics %u", n->power_on, n->power_off,
		n->cut, n->restarts, n->presses[BUTTON_POWER], n->presses[BUTTON_RESET], n->panics);
	ctl_say(r->asker, "serial sent %lld, lost %lld, unheard %lld, garbled %lld, received %lld", (long long)s->count.sent,
		(long long)s->count.lost, (long long)s->count.unheard, (long long)s->count.garbled, (long long)s->count.received);
	done(r);
}

/* One word each, for scripts. */
static void ask_power(struct request *r)
{
	ctl_say(r->asker, "%s", atx_power_name(server_of(r)->atx.power));
	done(r);
}

static void ask_stage(struct request *r)
{
	ctl_say(r->asker, "%s", atx_stage_name(server_of(r)->atx.stage));
	done(r);
}

static void ask_led(struct request *r)
{
	ctl_say(r->asker, "%s", led_name(server_of(r)));
	done(r);
}

static void ask_chip(struct request *r)
{
	struct server *s = server_of(r);

	if (s->gpio)
		ctl_say(r->asker, "%s", s->bank.chip);
	ctl_done(r->asker, s->gpio ? 0 : 1, "it has no GPIO lines");
}

/* --- presses ----------------------------------------------------------------------------- */

static const struct edge *edge_before(const struct server *s, unsigned i, enum button b, int64_t since)
{
	while (i-- > 0 && s->edges - i <= EDGES_MAX) {
		const struct edge *e = &s->edge[i % EDGES_MAX];

		if (e->event < since)
			break;
		if (e->button == b)
			return e;
	}
	return NULL;
}

/* "power 500.123 oobm-power-812 oobm-guard-813": button, ms, who began and who ended; "held" for one that has not. */
static void ask_presses(struct request *r)
{
	const char *since = ctl_option_value(r, "--since");
	const struct server *s = server_of(r);
	int64_t from = 0;

	if (r->n || (since && !ctl_number(since, 0, INT64_MAX, &from))) {
		ctl_done(r->asker, 2, "presses [--since MARK]");
		return;
	}
	server_look(server_of(r));
	for (unsigned i = s->edges > EDGES_MAX ? s->edges - EDGES_MAX : 0; i < s->edges; i++) {
		const struct edge *e = &s->edge[i % EDGES_MAX], *begin;
		const char *name = e->button == BUTTON_POWER ? "power" : "reset";

		begin = e->active ? e : edge_before(s, i, e->button, from);
		if (e->event < from || !begin || !begin->active)
			continue;
		if (!e->active)
			ctl_say(r->asker, "%s %lld.%03lld %s %s", name, (long long)((e->at - begin->at) / 1000),
				(long long)((e->at - begin->at) % 1000), begin->who, e->who);
		else if (i + 1 == s->edges || s->wire[e->button])
			ctl_say(r->asker, "%s held %s", name, begin->who);
	}
	ctl_done(r->asker, 0, "%s", "");
}

/* "power 123.456789 active oobm-power-812" */
static void ask_edges(struct request *r)
{
	const char *since = ctl_option_value(r, "--since");
	const struct server *s = server_of(r);
	int64_t from = 0;

	if (r->n || (since && !ctl_number(since, 0, INT64_MAX, &from))) {
		ctl_done(r->asker, 2, "edges [--since MARK]");
		return;
	}
	server_look(server_of(r));
	for (unsigned i = s->edges > EDGES_MAX ? s->edges - EDGES_MAX : 0; i < s->edges; i++) {
		const struct edge *e = &s->edge[i % EDGES_MAX];

		if (e->event >= from)
			ctl_say(r->asker, "%s %lld.%06lld %s %s", e->button == BUTTON_POWER ? "power" : "reset",
				(long long)(e->at / ATX_S), (long long)(e->at % ATX_S), e->active ? "active" : "inactive", e->who);
	}
	ctl_done(r->asker, 0, "%s", "");
}

static bool finger_up(struct asker *a)
{
	struct server *s = ctl_self(a);

	if (s->finger[ctl_waits(a)->count])
		return false;
	ctl_done(a, 0, "%s", "");
	return true;
}

static void ask_press(struct request *r)
{
	struct server *s = server_of(r);
	enum button b = BUTTON_POWER;
	int64_t ms;

	if (r->n != 2 || !button(r->arg[0], &b) || !ctl_number(r->arg[1], 1, 3600000, &ms)) {
		ctl_done(r->asker, 2, "press power|reset MILLISECONDS");
		return;
	}
	server_finger(s, b, true);
	timer_set(s->finger_off[b], ms);
	ctl_wait(r->asker, ms / 1000 + 10, finger_up, b, 0, "");
}

/* --- the world --------------------------------------------------------------------------- */

static void ask_panic(struct request *r)
{
	atx_panic(&server_of(r)->atx, server_now());
	done(r);
}

static void ask_hang(struct request *r)
{
	atx_hang(&server_of(r)->atx, server_now());
	done(r);
}

static void ask_sleep(struct request *r)
{
	atx_sleep(&server_of(r)->atx, server_now());
	done(r);
}

static void ask_mains(struct request *r)
{
	if (r->n != 1 || (strcmp(r->arg[0], "on") != 0 && strcmp(r->arg[0], "off") != 0)) {
		ctl_done(r->asker, 2, "mains on|off");
		return;
	}
	atx_mains(&server_of(r)->atx, server_now(), !strcmp(r->arg[0], "on"));
	done(r);
}

static void ask_be(struct request *r)
{
	static const struct { const char *name; enum atx_power power; enum atx_stage stage; } states[] = {
		{ "dead", ATX_DEAD, STAGE_NONE }, { "off", ATX_OFF, STAGE_NONE }, { "on", ATX_ON, STAGE_LOGIN },
		{ "asleep", ATX_ASLEEP, STAGE_LOGIN }, { "panic", ATX_ON, STAGE_PANIC }, { "hung", ATX_ON, STAGE_HUNG },
	};

	for (size_t i = 0; r->n == 1 && i < sizeof states / sizeof *states; i++)
		if (!strcmp(states[i].name, r->arg[0])) {
			atx_put(&server_of(r)->atx, server_now(), states[i].power, states[i].stage);
			done(r);
			return;
		}
	ctl_done(r->asker, 2, "be dead|off|on|asleep|panic|hung");
}

static void ask_unplug(struct request *r)
{
	struct server *s = server_of(r);

	if (!s->adapter) {
		ctl_done(r->asker, 1, "it has no serial port");
		return;
	}
	s->adapter->unplug(s->adapter);
	done(r);
}

static void ask_plug(struct request *r)
{
	struct server *s = server_of(r);
	struct err e;

	if (!s->adapter)
		ctl_done(r->asker, 1, "it has no serial port");
	else if (!s->adapter->plugged && s->adapter->plug(s->adapter, &e) < 0)
		ctl_done(r->asker, 1, "%s", e.text);
	else
		done(r);
}

/* The GPIO chip goes and comes again, as one behind USB does. */
static void ask_gpio(struct request *r)
{
	struct server *s = server_of(r);
	struct err e;
	bool back = r->n == 1 && !strcmp(r->arg[0], "back");

	if (r->n != 1 || (!back && strcmp(r->arg[0], "gone") != 0)) {
		ctl_done(r->asker, 2, "gpio gone|back");
		return;
	}
	event("world: gpio %s", r->arg[0]);
	if (!s->gpio || bank_live(&s->bank, back, &e) < 0 || wires_chip(&s->wires, server_now(), &e) < 0) {
		ctl_done(r->asker, 1, "%s", s->gpio ? e.text : "it has no GPIO lines");
		return;
	}
	s->shown = -1;
	for (unsigned i = 0; back && i < BUTTONS; i++)
		bank_pull(&s->bank, i, s->wires.wire[i].pull);
	done(r);
}

/* --- what it says ------------------------------------------------------------------------ */

/* \r, \n, \e, \\ and \xNN replaced, in place. Returns how many bytes it is. */
static size_t unescape(char *text)
{
	char *out = text, hex[3];

	for (const char *p = text; *p; p++) {
		if (*p != '\\' || !p[1]) {
			*out++ = *p;
			continue;
		}
		switch (*++p) {
		case 'r': *out++ = '\r'; break;
		case 'n': *out++ = '\n'; break;
		case 'e': *out++ = '\033'; break;
		case 'x':
			snprintf(hex, sizeof hex, "%.2s", p + 1);
			*out++ = (char)strtol(hex, NULL, 16);
			p += strlen(hex);
			break;
		default: *out++ = *p; break;
		}
	}
	return (size_t)(out - text);
}

static void ask_say(struct request *r)
{
	char text[4096];

	if (r->n != 1) {
		ctl_done(r->asker, 2, "say TEXT");
		return;
	}
	snprintf(text, sizeof text, "%s", r->arg[0]);
	atx_say(&server_of(r)->atx, text, unescape(text));
	done(r);
}

static void flood(struct request *r, bool wild)
{
	int64_t n;

	if (r->n != 1 || !ctl_number(r->arg[0], 0, INT64_MAX, &n)) {
		ctl_done(r->asker, 2, "%s BYTES", r->verb);
		return;
	}
	event("world: %s %lld", r->verb, (long long)n);
	atx_flood(&server_of(r)->atx, n, wild);
	done(r);
}

static void ask_flood(struct request *r)
{
	flood(r, false);
}

static void ask_garbage(struct request *r)
{
	flood(r, true);
}

/* The server's own settings, e.g. after a change of its boot loader's. */
static void ask_speed(struct request *r)
{
	int64_t n;

	if (r->n != 1 || !ctl_number(r->arg[0], 50, 4000000, &n)) {
		ctl_done(r->asker, 2, "speed BITS-PER-SECOND");
		return;
	}
	server_of(r)->mode.speed = (unsigned)n;
	line_idle(&server_of(r)->tx);
	done(r);
}

/* --- faults ------------------------------------------------------------------------------ */

static void ask_fault(struct request *r)
{
	struct atx *a = &server_of(r)->atx;
	int which = r->n ? atx_fault_by_name(r->arg[0]) : -1;

	if (!r->n) {
		for (unsigned i = 0; atx_fault_name(i); i++)
			ctl_say(r->asker, "%s %s", atx_fault_name(i), a->fault[i] ? "on" : "off");
	} else if (!strcmp(r->arg[0], "clear")) {
		for (unsigned i = 0; atx_fault_name(i); i++)
			atx_set_fault(a, server_now(), i, false);
	} else if (which < 0 || r->n > 2) {
		ctl_done(r->asker, 2, "fault [NAME [off] | clear]; without a name they are listed");
		return;
	} else {
		event("world: fault %s %s", r->arg[0], r->n == 2 ? r->arg[1] : "on");
		atx_set_fault(a, server_now(), (enum atx_fault)which, r->n < 2 || strcmp(r->arg[1], "off") != 0);
	}
	done(r);
}

static void ask_stop(struct request *r)
{
	event("world: stop");
	ctl_done(r->asker, 0, "%s", "");
	loop_stop(server_of(r)->loop, 0);
}

const struct ctl_verb server_verbs[] = {
	{ "status", ask_status }, { "power", ask_power }, { "stage", ask_stage }, { "led", ask_led }, { "chip", ask_chip },
	{ "presses", ask_presses }, { "edges", ask_edges }, { "press", ask_press },
	{ "panic", ask_panic }, { "hang", ask_hang }, { "sleep", ask_sleep }, { "mains", ask_mains },
	{ "be", ask_be },
	{ "unplug", ask_unplug }, { "plug", ask_plug }, { "gpio", ask_gpio },
	{ "say", ask_say }, { "flood", ask_flood }, { "garbage", ask_garbage }, { "speed", ask_speed },
	{ "fault", ask_fault }, { "stop", ask_stop },
};
const size_t server_nverbs = sizeof server_verbs / sizeof *server_verbs;
