#include "network.h"

#include "../kit/events.h"
#include "modem.h"

#include "core/pdu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SENT_MAX 10000

static const char *stat_name(int stat)
{
	static const char *const names[] = { "off", "home", "searching", "denied", "unknown", "roaming" };

	return stat >= 0 && stat <= REG_ROAMING ? names[stat] : "unknown";
}

bool network_registered(const struct modem *m)
{
	return m->net.stat == REG_HOME || m->net.stat == REG_ROAMING;
}

/* +CREG and its kin, to each port as that port asked for it. */
static void tell(struct modem *m)
{
	static const char *const names[] = { "+CREG", "+CGREG", "+CEREG" };
	const struct network *n = &m->net;
	char text[64];

	for (size_t i = 0; i < TRANSPORT_PORTS; i++)
		for (size_t k = 0; m->dce[i] && k < 3; k++) {
			struct dce *d = m->dce[i];

			if (!d->creg[k] || (k == 2 && n->act != 7) || (k == 1 && n->act == 7))
				continue;
			if (d->creg[k] == 2 && network_registered(m))
				snprintf(text, sizeof text, "%s: %d,\"%04X\",\"%08X\",%ld", names[k], n->stat, n->lac,
					 n->cell, n->act);
			else
				snprintf(text, sizeof text, "%s: %d", names[k], n->stat);
			dce_urc(d, text, false);
		}
}

static void set_stat(struct modem *m, int stat)
{
	if (m->net.stat == stat)
		return;
	event("network: %s -> %s", stat_name(m->net.stat), stat_name(stat));
	m->net.stat = stat;
	tell(m);
	if (network_registered(m))
		network_push(m);
	else
		call_hang_up(m, "the network is lost", true);
}

static void on_searched(void *arg)
{
	struct modem *m = arg;

	set_stat(m, m->net.grants);
}

void network_search(struct modem *m)
{
	if (m->sim.state != SIM_READY || m->cfun != 1 || network_registered(m))
		return;
	set_stat(m, REG_SEARCHING);
	timer_set(m->net.search, m->net.search_ms);
}

void network_stop(struct modem *m)
{
	timer_stop(m->net.search);
	set_stat(m, REG_OFF);
}

void network_grant(struct modem *m, int stat)
{
	m->net.grants = stat;
	if (m->net.stat != REG_OFF && !timer_pending(m->net.search))
		set_stat(m, stat);
}

/* --- to the modem -------------------------------------------------------------------- */

static void announce(struct modem *m, const struct waiting *w, const struct store *t, int index)
{
	if (w->quiet || fault_now(&m->faults, FAULT_LOST_URC) || !m->cnmi.mt)
		return;
	if (m->cnmi.mode == 2)
		modem_urc_held(m, "+CMTI: \"%s\",%d", t->name, index);
	else
		modem_urc(m, "+CMTI: \"%s\",%d", t->name, index);
}

/* Returns false if there is no room. */
static bool hand_over(struct modem *m, const struct waiting *w)
{
	struct store *t = w->store[0] ? sim_store(&m->sim, w->store) : m->sim.mem[2];
	int i;

	if (m->cnmi.mt == 2 && !w->store[0] && !w->quiet) {
		event("sim: a message goes straight to the host");
		modem_urc_held(m, "+CMT: ,%u\r\n%s", w->octets, w->hex);
		return true;
	}
	i = store_add(t, w->hex, SMS_UNREAD);
	if (i < 0)
		return false;
	event("sim: message stored at %s,%d", t->name, i);
	announce(m, w, t, i);
	if (t->used == t->size && m->profile->huawei)
		modem_urc(m, "^SMMEMFULL: \"%s\"", t->name);
	return true;
}

void network_push(struct modem *m)
{
	struct waiting **p = &m->net.waiting;

	while (*p && network_registered(m) && m->sim.state == SIM_READY) {
		struct waiting *w = *p;

		if (!hand_over(m, w)) {
			event("network: a message waits: the store is full");
			p = &w->next;
			continue;
		}
		*p = w->next;
		free(w->hex);
		free(w);
	}
}

int network_deliver(struct modem *m, const char *hex, unsigned octets, const char *store, bool quiet)
{
	struct waiting *w = calloc(1, sizeof *w), **end = &m->net.waiting;

	if (!w || !(w->hex = strdup(hex))) {
		free(w);
		return -1;
	}
	w->octets = octets;
	w->quiet = quiet;
	snprintf(w->store, sizeof w->store, "%s", store);
	while (*end)
		end = &(*end)->next;
	*end = w;
	network_push(m);
	return 0;
}

/* --- from the modem ------------------------------------------------------------------ */

static void keep(struct network *n)
{
	struct sent *grown = n->nsent < SENT_MAX ? realloc(n->sent, (n->nsent + 1) * sizeof *grown) : NULL;

	if (!grown) {
		event("too many messages: not remembered");
		free(n->going.number);
		free(n->going.text);
		free(n->going.hex);
		return;
	}
	n->sent = grown;
	n->sent[n->nsent++] = n->going;
}

static void on_submitted(void *arg)
{
	struct modem *m = arg;
	struct network *n = &m->net;
	char number[PDU_ADDRESS_MAX], *text = n->going.text ? n->going.text : n->going.hex;

	snprintf(number, sizeof number, "%s", n->going.number ? n->going.number : "?");
	n->mr++;
	keep(n);
	memset(&n->going, 0, sizeof n->going);
	event("modem: sms sent to %s '%s'", number, text);
	n->gone(n->sender, n->mr);
}

void network_submit(struct modem *m, const char *hex, const struct pdu *pdu,
		    void (*done)(struct dce *d, unsigned mr), struct dce *d)
{
	struct network *n = &m->net;

	if (timer_pending(n->submit)) {
		dce_final_cms(d, 512);	/* another port is sending */
		return;
	}
	n->going = (struct sent){ strdup(pdu->address), strdup(pdu->text), strdup(hex) };
	n->gone = done;
	n->sender = d;
	timer_set(n->submit, n->submit_ms);
}

/* --- life ---------------------------------------------------------------------------- */

void network_init(struct modem *m)
{
	struct network *n = &m->net;

	n->grants = REG_HOME;
	n->csq = 20;
	n->ber = 99;
	snprintf(n->oper, sizeof n->oper, "Lab Mobile");
	snprintf(n->plmn, sizeof n->plmn, "26299");
	n->act = 2;
	n->lac = 0xE006;
	n->cell = 0x00ABE016;
	n->search = timer_new(m->loop, on_searched, m);
	n->submit = timer_new(m->loop, on_submitted, m);
}

void network_free(struct modem *m)
{
	struct network *n = &m->net;

	while (n->waiting) {
		struct waiting *w = n->waiting;

		n->waiting = w->next;
		free(w->hex);
		free(w);
	}
	for (size_t i = 0; i < n->nsent; i++) {
		free(n->sent[i].number);
		free(n->sent[i].text);
		free(n->sent[i].hex);
	}
	free(n->sent);
	timer_free(n->search);
	timer_free(n->submit);
}
