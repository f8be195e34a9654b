/* modem_sms.c - messages in the modem's stores, and messages sent (3GPP TS 27.005). */
#include "agent/modem_impl.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/at.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The network may take this long before +CMGS comes. */
#define SEND_MS (60 * SEC_MS)
#define LIST_MS (20 * SEC_MS)

static const char *const stores[] = { "SM", "ME" };
#define STORES (sizeof stores / sizeof *stores)

struct place {
	struct modem *m;
	char store[MODEM_STORE_MAX];
	int index;
};

static struct place *new_place(struct modem *m, const char *store, int index)
{
	struct place *p = calloc(1, sizeof *p);

	if (!p) {
		log_error("out of memory");
		exit(1);
	}
	p->m = m;
	snprintf(p->store, sizeof p->store, "%.3s", store);
	p->index = index;
	return p;
}

static void on_chosen(void *arg, const struct chat_result *r)
{
	struct modem *m = arg;

	m->refused = r->end == CHAT_ERROR;
	m->chosen |= r->end == CHAT_OK;
}

/* Lists the modem the store that was asked for? One that lets none be chosen has one, listed as the first. */
static bool lists(const struct modem *m, const char *store)
{
	return !m->refused || (!m->chosen && strcmp(store, stores[0]) == 0);
}

/* Two parameters only: Wavecom refuses three. */
static void choose_store(struct modem *m, const char *store)
{
	if (strcmp(m->store, store) == 0)
		return;
	snprintf(m->store, sizeof m->store, "%.3s", store);
	chat_command(m->command, m->c.timeout, on_chosen, m, "AT+CPMS=\"%s\",\"%s\"", store, store);
}

static bool is_hex(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return n > 0;
}

/* Information lines of +CMGL or +CMGR: a header, then its PDU. INDEX < 0: the header has it (+CMGL). */
static void take_list(struct modem *m, const char *store, int index, const char *info)
{
	const char *prefix = index < 0 ? "+CMGL:" : "+CMGR:";
	char hex[512];
	long at = -1;

	while (*info && m->phase == MODEM_READY) {
		size_t n = strcspn(info, "\n");

		if (strncmp(info, prefix, strlen(prefix)) == 0) {
			char header[128];

			snprintf(header, sizeof header, "%.*s", (int)n, info);
			at = index;
			if (index < 0 && at_field_int(header, 0, 0, 65535, &at) < 0)
				at = -1;
		} else if (at >= 0 && n < sizeof hex && is_hex(info, n)) {
			snprintf(hex, sizeof hex, "%.*s", (int)n, info);
			m->ops->on_message(m->arg, store, (int)at, hex);
			at = -1;
		}
		info += n;
		info += *info == '\n';
	}
}

static void on_list(void *arg, const struct chat_result *r)
{
	struct place *p = arg;
	struct modem *m = p->m;

	if (r->end != CHAT_GONE && strcmp(p->store, stores[STORES - 1]) == 0)
		m->sweeping = false;
	/* an empty list may be +CMS ERROR: 321; a store that is not there is no news, and has no messages */
	if ((r->end == CHAT_OK || r->info[0]) && (p->index >= 0 || lists(m, p->store)))
		take_list(m, p->store, p->index, r->info);
	free(p);
}

void modem_sweep(struct modem *m)
{
	if (!modem_can_talk(m) || m->sweeping)
		return;
	m->sweeping = true;
	for (size_t i = 0; i < STORES; i++) {
		choose_store(m, stores[i]);
		chat_command(m->command, LIST_MS, on_list, new_place(m, stores[i], -1), "AT+CMGL=4");
	}
}

static void read_one(struct modem *m, const char *store, int index)
{
	choose_store(m, store);
	chat_command(m->command, LIST_MS, on_list, new_place(m, store, index), "AT+CMGR=%d", index);
}

/* A store that was full of junk is cleared a stretch at a time; but not for ever, where nothing can be deleted. */
static void on_deleted(void *arg, const struct chat_result *r)
{
	struct modem *m = arg;

	if (r->end != CHAT_OK || !m->more || !chat_idle(m->command))
		return;
	m->more = false;
	modem_sweep(m);
}

void modem_delete(struct modem *m, const char *store, int index)
{
	if (!modem_can_talk(m))
		return;		/* the next sweep finds it again, and knows it */
	if (!chat_has_room(m->command)) {
		m->more = true;
		return;
	}
	choose_store(m, store);
	chat_command(m->command, LIST_MS, on_deleted, m, "AT+CMGD=%d", index);
}

/* +CMTI: "SM",3 (27.005 3.4.1) */
void modem_take_urc(struct modem *m, const char *text)
{
	char store[8];
	long index;

	if (m->phase != MODEM_READY)
		return;
	if (strncmp(text, "+CMTI:", 6) != 0) {
		log_debug("<- %.40s", text);
		return;
	}
	if (at_field(text, 0, store, sizeof store) != 2 || at_field_int(text, 1, 0, 65535, &index) < 0) {
		modem_sweep(m);
		return;
	}
	log_info("message in %s %ld", store, index);
	if (chat_has_room(m->command))
		read_one(m, store, (int)index);
	else
		m->more = true;
}

static void on_sent(void *arg, const struct chat_result *r)
{
	struct modem *m = arg;
	modem_sent_cb *cb = m->sent;

	m->sent = NULL;
	if (cb)
		cb(m->sent_arg, r->end == CHAT_OK ? MODEM_SENT : r->unsure ? MODEM_SENT_UNSURE : MODEM_NOT_SENT, r->text);
}

void modem_send_sms(struct modem *m, const char *hex, unsigned tpdu_octets, modem_sent_cb *cb, void *arg)
{
	if (!modem_can_talk(m) || m->sent) {
		cb(arg, MODEM_NOT_SENT, "the modem is busy");
		return;
	}
	m->sent = cb;
	m->sent_arg = arg;
	chat_send_pdu(m->command, SEND_MS, on_sent, m, tpdu_octets, hex);
}
