/* What can be asked of the modem through its control socket. */
#include "../kit/ctl.h"
#include "../kit/events.h"
#include "deliver.h"
#include "modem.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct modem *modem_of(const struct request *r)
{
	return r->self;
}

/* --- messages -------------------------------------------------------------------------- */

static void ask_sms(struct request *r)
{
	const char *raw = ctl_option_value(r, "--raw"), *scts = ctl_option_value(r, "--scts");
	const char *store = ctl_option_value(r, "--store");
	struct deliver d = { .raw = raw, .store = store, .scts = scts ? atoll(scts) : 0, .scts_given = scts != NULL };
	struct err e;

	d.quiet = ctl_option(r, "--no-urc");
	d.ucs2 = ctl_option(r, "--ucs2");
	if (r->n != (raw ? 0 : 2)) {
		ctl_done(r->asker, 2, "sms FROM TEXT [--scts SECONDS] [--ucs2] [--store SM|ME] [--no-urc] | sms --raw HEX");
		return;
	}
	d.from = raw ? NULL : r->arg[0];
	d.text = raw ? NULL : r->arg[1];
	if (deliver(modem_of(r), &d, &e) < 0)
		ctl_done(r->asker, 1, "%s", e.text);
	else
		ctl_done(r->asker, 0, "%s", "");
}

/* A message is a line of the answer, whatever is in it. */
static void say_sent(struct asker *a, const struct network *n, size_t from)
{
	char line[4096];

	for (size_t i = from; i < n->nsent; i++) {
		size_t k = 0;

		for (const char *p = n->sent[i].text; *p && k + 3 < sizeof line; p++)
			if (*p == '\n' || *p == '\r') {
				line[k++] = '\\';
				line[k++] = *p == '\n' ? 'n' : 'r';
			} else {
				line[k++] = *p;
			}
		line[k] = '\0';
		ctl_say(a, "%s %s", n->sent[i].number, line);
	}
}

static void ask_sent(struct request *r)
{
	const struct network *n = &modem_of(r)->net;

	if (ctl_option(r, "--hex"))
		for (size_t i = 0; i < n->nsent; i++)
			ctl_say(r->asker, "%s", n->sent[i].hex);
	else
		say_sent(r->asker, n, 0);
	ctl_done(r->asker, 0, "%s", "");
}

static bool enough_sent(struct asker *a)
{
	const struct network *n = &((const struct modem *)ctl_self(a))->net;

	if (n->nsent < (size_t)ctl_waits(a)->count)
		return false;
	say_sent(a, n, 0);
	ctl_done(a, 0, "%s", "");
	return true;
}

static void ask_wait_sent(struct request *r)
{
	int64_t count, seconds;

	if (r->n != 2 || !ctl_number(r->arg[0], 0, 10000, &count) || !ctl_number(r->arg[1], 0, 1000000, &seconds))
		ctl_done(r->asker, 2, "wait-sent N SECONDS");
	else
		ctl_wait(r->asker, seconds, enough_sent, count, 0, "");
}

static void ask_store(struct request *r)
{
	const struct sim *s = &modem_of(r)->sim;

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < s->store[i].size; k++)
			if (s->store[i].place[k].hex)
				ctl_say(r->asker, "%s %zu %d %s", s->store[i].name, k, s->store[i].place[k].stat,
					s->store[i].place[k].hex);
	ctl_done(r->asker, 0, "%s", "");
}

/* --- the modem ------------------------------------------------------------------------- */

static void ask_unplug(struct request *r)
{
	event("world: unplug");
	modem_off(modem_of(r));
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_plug(struct request *r)
{
	struct err e;

	event("world: plug");
	if (modem_of(r)->transport->plugged || modem_on(modem_of(r), &e) == 0)
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
	struct modem *m = modem_of(r);

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
	loop_stop(modem_of(r)->loop, 0);
}

/* --- the network ------------------------------------------------------------------------- */

static void ask_register(struct request *r)
{
	static const struct { const char *name; int stat; } states[] = {
		{ "home", REG_HOME }, { "roaming", REG_ROAMING }, { "searching", REG_SEARCHING }, { "denied", REG_DENIED },
	};

	for (size_t i = 0; r->n == 1 && i < sizeof states / sizeof *states; i++)
		if (!strcmp(states[i].name, r->arg[0])) {
			network_grant(modem_of(r), states[i].stat);
			ctl_done(r->asker, 0, "%s", "");
			return;
		}
	ctl_done(r->asker, 2, "register home|roaming|searching|denied");
}

static void ask_signal(struct request *r)
{
	int64_t n;

	if (r->n != 1 || !ctl_number(r->arg[0], 0, 99, &n)) {
		ctl_done(r->asker, 2, "signal 0..31|99");
		return;
	}
	modem_of(r)->net.csq = n;
	if (modem_of(r)->profile->huawei && modem_of(r)->noise)
		modem_urc(modem_of(r), "^RSSI:%ld", n);
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_operator(struct request *r)
{
	if (r->n != 1) {
		ctl_done(r->asker, 2, "operator NAME");
		return;
	}
	snprintf(modem_of(r)->net.oper, sizeof modem_of(r)->net.oper, "%s", r->arg[0]);
	ctl_done(r->asker, 0, "%s", "");
}

/* What a provider's gate checks: any APN with "". */
static void ask_apn(struct request *r)
{
	if (r->n != 1) {
		ctl_done(r->asker, 2, "apn NAME");
		return;
	}
	snprintf(modem_of(r)->net.apn, sizeof modem_of(r)->net.apn, "%s", r->arg[0]);
	ctl_done(r->asker, 0, "%s", "");
}

/* --- what it says and how --- */

static void ask_urc(struct request *r)
{
	if (r->n != 1) {
		ctl_done(r->asker, 2, "urc TEXT");
		return;
	}
	modem_urc(modem_of(r), "%s", r->arg[0]);
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_quirk(struct request *r)
{
	unsigned bit = r->n ? quirk_by_name(r->arg[0]) : 0;

	for (unsigned i = 0; !r->n && quirk_name(i); i++)
		ctl_say(r->asker, "%s %s", quirk_name(i), modem_of(r)->quirks >> i & 1 ? "on" : "off");
	if (r->n && (!bit || r->n > 2)) {
		ctl_done(r->asker, 2, "quirk [NAME [off]]; without a name they are listed");
		return;
	}
	if (r->n == 2 && !strcmp(r->arg[1], "off"))
		modem_of(r)->quirks &= ~bit;
	else
		modem_of(r)->quirks |= bit;
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
		if (modem_of(r)->faults.left[i])
			ctl_say(r->asker, "%s %ld", fault_name(i), modem_of(r)->faults.left[i]);
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_fault(struct request *r)
{
	struct faults *f = &modem_of(r)->faults;
	const char *name = r->n ? r->arg[0] : "", *count = r->n > 1 ? r->arg[1] : "1";
	int which = fault_by_name(name);
	int64_t n = -1;

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
		else if (strcmp(count, "always") && !ctl_number(count, 0, 1000000, &n)) {
			ctl_done(r->asker, 2, "fault NAME [COUNT|always|off]");
			return;
		}
		f->left[which] = n;
	} else if (!act(modem_of(r), name, strcmp(count, "off") != 0)) {
		ctl_done(r->asker, 2, "no fault '%s'", name);
		return;
	}
	ctl_done(r->asker, 0, "%s", "");
}

const struct ctl_verb modem_verbs[] = {
	{ "sms", ask_sms }, { "sent", ask_sent }, { "wait-sent", ask_wait_sent }, { "store", ask_store },
	{ "unplug", ask_unplug }, { "plug", ask_plug },
	{ "fault", ask_fault }, { "register", ask_register }, { "signal", ask_signal },
	{ "operator", ask_operator },
	{ "apn", ask_apn }, { "urc", ask_urc }, { "quirk", ask_quirk }, { "status", ask_status }, { "stop", ask_stop },
};
const size_t modem_nverbs = sizeof modem_verbs / sizeof *modem_verbs;
