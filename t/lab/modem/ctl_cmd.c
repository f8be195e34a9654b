/* What can be asked of the modem through its control socket. */
#include "ctl.h"

#include "deliver.h"
#include "events.h"
#include "modem.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes argument I out of the list. */
static void take(struct request *r, unsigned i)
{
	memmove(&r->arg[i], &r->arg[i + 1], (r->n - i - 1) * sizeof r->arg[0]);
	r->n--;
}

/* "--ucs2": takes it out and says whether it was there. */
static bool option(struct request *r, const char *name)
{
	for (unsigned i = 0; i < r->n; i++)
		if (!strcmp(r->arg[i], name)) {
			take(r, i);
			return true;
		}
	return false;
}

/* "--store SM": takes both out. */
static const char *option_value(struct request *r, const char *name)
{
	for (unsigned i = 0; i + 1 < r->n; i++)
		if (!strcmp(r->arg[i], name)) {
			const char *value = r->arg[i + 1];

			take(r, i);
			take(r, i);
			return value;
		}
	return NULL;
}

static bool number(const char *text, long lo, long hi, long *out)
{
	char *end;

	*out = strtol(text, &end, 10);
	return *text && !*end && *out >= lo && *out <= hi;
}

/* --- messages -------------------------------------------------------------------------- */

static void ask_sms(struct request *r)
{
	const char *raw = option_value(r, "--raw"), *scts = option_value(r, "--scts");
	const char *store = option_value(r, "--store");
	struct deliver d = { .raw = raw, .store = store, .scts = scts ? atoll(scts) : 0, .scts_given = scts != NULL };
	struct err e;

	d.quiet = option(r, "--no-urc");
	d.ucs2 = option(r, "--ucs2");
	if (r->n != (raw ? 0 : 2)) {
		ctl_done(r->asker, 2, "sms FROM TEXT [--scts SECONDS] [--ucs2] [--store SM|ME] [--no-urc] | sms --raw HEX");
		return;
	}
	d.from = raw ? NULL : r->arg[0];
	d.text = raw ? NULL : r->arg[1];
	if (deliver(r->modem, &d, &e) < 0)
		ctl_done(r->asker, 1, "%s", e.text);
	else
		ctl_done(r->asker, 0, "%s", "");
}

static void say_sent(struct asker *a, const struct network *n, size_t from)
{
	for (size_t i = from; i < n->nsent; i++)
		ctl_say(a, "%s %s", n->sent[i].number, n->sent[i].text);
}

static void ask_sent(struct request *r)
{
	const struct network *n = &r->modem->net;

	if (option(r, "--hex"))
		for (size_t i = 0; i < n->nsent; i++)
			ctl_say(r->asker, "%s", n->sent[i].hex);
	else
		say_sent(r->asker, n, 0);
	ctl_done(r->asker, 0, "%s", "");
}

static bool enough_sent(struct asker *a)
{
	const struct network *n = &ctl_modem(a)->net;

	if (n->nsent < (size_t)ctl_waits(a)->count)
		return false;
	say_sent(a, n, 0);
	ctl_done(a, 0, "%s", "");
	return true;
}

static void ask_wait_sent(struct request *r)
{
	long count, seconds;

	if (r->n != 2 || !number(r->arg[0], 0, 10000, &count) || !number(r->arg[1], 0, 1000000, &seconds))
		ctl_done(r->asker, 2, "wait-sent N SECONDS");
	else
		ctl_wait(r->asker, seconds, enough_sent, count, 0, "");
}

static void ask_store(struct request *r)
{
	const struct sim *s = &r->modem->sim;

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < s->store[i].size; k++)
			if (s->store[i].place[k].hex)
				ctl_say(r->asker, "%s %zu %d %s", s->store[i].name, k, s->store[i].place[k].stat,
					s->store[i].place[k].hex);
	ctl_done(r->asker, 0, "%s", "");
}

/* --- events ---------------------------------------------------------------------------- */

static bool event_seen(struct asker *a)
{
	const struct asker_wait *w = ctl_waits(a);
	const char *line;
	int64_t at = event_find(w->from, w->text, &line);

	if (at < 0)
		return false;
	ctl_say(a, "%s", line);
	ctl_done(a, 0, "%s", "");
	return true;
}

static void ask_mark(struct request *r)
{
	ctl_say(r->asker, "%lld", (long long)event_next());
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_wait(struct request *r)
{
	const char *since = option_value(r, "--since");
	long from = 0, seconds;

	if (r->n != 2 || !number(r->arg[1], 0, 1000000, &seconds) || (since && !number(since, 0, LONG_MAX, &from)))
		ctl_done(r->asker, 2, "wait TEXT SECONDS [--since MARK]");
	else
		ctl_wait(r->asker, seconds, event_seen, 0, from, r->arg[0]);
}

/* --- the modem ------------------------------------------------------------------------- */

static void ask_unplug(struct request *r)
{
	event("world: unplug");
	modem_off(r->modem);
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_plug(struct request *r)
{
	struct err e;

	event("world: plug");
	if (r->modem->transport->plugged || modem_on(r->modem, &e) == 0)
		ctl_done(r->asker, 0, "%s", "");
	else
		ctl_done(r->asker, 1, "%s", e.text);
}

static void say_port(struct asker *a, const struct dce *d)
{
	static const char *const modes[] = { "command", "busy", "prompt", "data" };

	ctl_say(a, "port %s: DTR %s, DCD %s, %s", d->port->name, d->port->dtr ? "up" : "down",
		d->port->lines & PORT_DCD ? "up" : "down", modes[d->mode]);
}

static void ask_status(struct request *r)
{
	static const char *const cards[] = { "missing", "PIN", "PUK", "ready" };
	static const char *const calls[] = { "none", "dialling", "up", "ending" };
	struct modem *m = r->modem;

	ctl_say(r->asker, "modem %s, %s", m->profile->name, m->transport->plugged ? "plugged" : "unplugged");
	ctl_say(r->asker, "card %s, SM %zu of %zu, ME %zu of %zu", cards[m->sim.state], m->sim.store[0].used,
		m->sim.store[0].size, m->sim.store[1].used, m->sim.store[1].size);
	ctl_say(r->asker, "network %s, signal %ld, sent %zu", network_registered(m) ? m->net.oper : "none", m->net.csq,
		m->net.nsent);
	ctl_say(r->asker, "call %s", calls[call_state(m)]);
	for (size_t i = 0; i < TRANSPORT_PORTS; i++)
		if (m->dce[i])
			say_port(r->asker, m->dce[i]);
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_stop(struct request *r)
{
	event("world: stop");
	ctl_done(r->asker, 0, "%s", "");
	loop_stop(r->modem->loop, 0);
}

/* --- the network ------------------------------------------------------------------------- */

static void ask_register(struct request *r)
{
	static const struct { const char *name; int stat; } states[] = {
		{ "home", REG_HOME }, { "roaming", REG_ROAMING }, { "searching", REG_SEARCHING }, { "denied", REG_DENIED },
	};

	for (size_t i = 0; r->n == 1 && i < sizeof states / sizeof *states; i++)
		if (!strcmp(states[i].name, r->arg[0])) {
			network_grant(r->modem, states[i].stat);
			ctl_done(r->asker, 0, "%s", "");
			return;
		}
	ctl_done(r->asker, 2, "register home|roaming|searching|denied");
}

static void ask_signal(struct request *r)
{
	long n;

	if (r->n != 1 || !number(r->arg[0], 0, 99, &n)) {
		ctl_done(r->asker, 2, "signal 0..31|99");
		return;
	}
	r->modem->net.csq = n;
	if (r->modem->profile->huawei && r->modem->noise)
		modem_urc(r->modem, "^RSSI:%ld", n);
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_operator(struct request *r)
{
	if (r->n != 1) {
		ctl_done(r->asker, 2, "operator NAME");
		return;
	}
	snprintf(r->modem->net.oper, sizeof r->modem->net.oper, "%s", r->arg[0]);
	ctl_done(r->asker, 0, "%s", "");
}

/* What a provider's gate checks: any APN with "". */
static void ask_apn(struct request *r)
{
	if (r->n != 1) {
		ctl_done(r->asker, 2, "apn NAME");
		return;
	}
	snprintf(r->modem->net.apn, sizeof r->modem->net.apn, "%s", r->arg[0]);
	ctl_done(r->asker, 0, "%s", "");
}

/* --- what it says and how --- */

static void ask_urc(struct request *r)
{
	if (r->n != 1) {
		ctl_done(r->asker, 2, "urc TEXT");
		return;
	}
	modem_urc(r->modem, "%s", r->arg[0]);
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_quirk(struct request *r)
{
	unsigned bit = r->n ? quirk_by_name(r->arg[0]) : 0;

	for (unsigned i = 0; !r->n && quirk_name(i); i++)
		ctl_say(r->asker, "%s %s", quirk_name(i), r->modem->quirks >> i & 1 ? "on" : "off");
	if (r->n && (!bit || r->n > 2)) {
		ctl_done(r->asker, 2, "quirk [NAME [off]]; without a name they are listed");
		return;
	}
	if (r->n == 2 && !strcmp(r->arg[1], "off"))
		r->modem->quirks &= ~bit;
	else
		r->modem->quirks |= bit;
	ctl_done(r->asker, 0, "%s", "");
}

/* --- faults ------------------------------------------------------------------------------ */

/* Advertisements fill the place where messages arrive, until somebody deletes them. */
static void fill_store(struct modem *m)
{
	const char *ad = "0691947101670004038155F500006211320000000008C834888E2ECBCB";

	while (store_add(m->sim.mem[2], ad, SMS_READ) >= 0)
		;
	event("sim: %s is full", m->sim.mem[2]->name);
}

static void lose_card(struct modem *m, bool missing)
{
	m->sim.state = missing ? SIM_MISSING : m->sim.asks_pin ? SIM_PIN : SIM_READY;
	event("sim: %s", missing ? "taken out" : "put in");
	if (missing)
		network_stop(m);
	else
		network_search(m);
}

static void lock_card(struct modem *m, bool on)
{
	m->sim.asks_pin = on;
	if (on && !m->sim.pin[0])
		strcpy(m->sim.pin, "1234");
	m->sim.state = on ? SIM_PIN : SIM_READY;
	m->sim.tries = 3;
	event("sim: PIN %s", on ? "asked" : "off");
	if (on)
		network_stop(m);
	else
		network_search(m);
}

/* Faults that are acts or states of the world. Returns false if NAME is none. */
static bool act(struct modem *m, const char *name, bool on)
{
	if (!strcmp(name, "store-full"))
		fill_store(m);
	else if (!strcmp(name, "sim-missing"))
		lose_card(m, on);
	else if (!strcmp(name, "sim-pin"))
		lock_card(m, on);
	else if (!strcmp(name, "not-registered"))
		network_grant(m, on ? REG_SEARCHING : REG_HOME);
	else if (!strcmp(name, "drop-carrier"))
		call_hang_up(m, "the network dropped it", true);
	else if (!strcmp(name, "reboot"))
		modem_reboot(m);
	else
		return false;
	return true;
}

static void list_faults(struct request *r)
{
	for (enum fault i = 0; i < FAULTS; i++)
		if (r->modem->faults.left[i])
			ctl_say(r->asker, "%s %ld", fault_name(i), r->modem->faults.left[i]);
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_fault(struct request *r)
{
	struct faults *f = &r->modem->faults;
	const char *name = r->n ? r->arg[0] : "", *count = r->n > 1 ? r->arg[1] : "1";
	int which = fault_by_name(name);
	long n = -1;

	if (!r->n) {
		list_faults(r);
		return;
	}
	event("world: fault %s %s", name, count);
	if (!strcmp(name, "clear")) {
		memset(f, 0, sizeof *f);
	} else if (which >= 0) {
		if (!strcmp(count, "off"))
			n = 0;
		else if (strcmp(count, "always") && !number(count, 0, 1000000, &n)) {
			ctl_done(r->asker, 2, "fault NAME [COUNT|always|off]");
			return;
		}
		f->left[which] = n;
	} else if (!act(r->modem, name, strcmp(count, "off") != 0)) {
		ctl_done(r->asker, 2, "no fault '%s'", name);
		return;
	}
	ctl_done(r->asker, 0, "%s", "");
}

void ctl_run(struct request *r)
{
	static const struct { const char *verb; void (*run)(struct request *r); } verbs[] = {
		{ "sms", ask_sms }, { "sent", ask_sent }, { "wait-sent", ask_wait_sent }, { "store", ask_store },
		{ "mark", ask_mark }, { "wait", ask_wait }, { "unplug", ask_unplug }, { "plug", ask_plug },
		{ "fault", ask_fault }, { "register", ask_register }, { "signal", ask_signal },
		{ "operator", ask_operator },
		{ "apn", ask_apn }, { "urc", ask_urc }, { "quirk", ask_quirk }, { "status", ask_status }, { "stop", ask_stop },
	};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (!strcmp(verbs[i].verb, r->verb)) {
			verbs[i].run(r);
			return;
		}
	ctl_done(r->asker, 2, "no command '%s'", r->verb);
}
