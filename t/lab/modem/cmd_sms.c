/* Short messages in PDU mode (27.005 3). */
#include "dce.h"
#include "../kit/events.h"
#include "modem.h"

#include "core/pdu.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* CMS errors (27.005 3.2.5) */
#define CMS_NOT_SUPPORTED 303
#define CMS_INVALID_PDU 304
#define CMS_INVALID_INDEX 321
#define CMS_NO_NETWORK 331

static enum cmd_result cmgf(struct dce *d, enum cmd_kind kind, const char *args)
{
	long mode = 0;

	if (kind == CMD_TEST)
		dce_info(d, "+CMGF: (0)");
	else if (kind == CMD_READ)
		dce_info(d, "+CMGF: 0");
	else if (cmd_num(args, 0, 0, 0, &mode) < 0)
		return cmd_cms(d, CMS_NOT_SUPPORTED);	/* the text mode is not simulated */
	return CMD_OK;
}

static enum cmd_result cnmi(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct cnmi *now = &d->modem->cnmi, n = { 0, 0, 0, 0, 0 };

	if (kind == CMD_TEST) {
		dce_info(d, "+CNMI: (0,1,2),(0,1,2),(0),(0,1),(0,1)");
	} else if (kind == CMD_READ) {
		dce_info(d, "+CNMI: %ld,%ld,%ld,%ld,%ld", now->mode, now->mt, now->bm, now->ds, now->bfr);
	} else {
		if (cmd_num(args, 0, 0, 2, &n.mode) < 0 || cmd_num(args, 1, 0, 2, &n.mt) < 0 ||
		    cmd_num(args, 2, 0, 2, &n.bm) < 0 || cmd_num(args, 3, 0, 2, &n.ds) < 0 ||
		    cmd_num(args, 4, 0, 1, &n.bfr) < 0)
			return cmd_cms(d, 302);
		*now = n;
	}
	return CMD_OK;
}

static void say_stores(struct dce *d, bool names)
{
	struct store *const *mem = d->modem->sim.mem;
	char text[96];
	size_t n = 0;

	for (size_t i = 0; i < (d->modem->profile->cpms_two_only ? 2 : 3); i++) {
		n += (size_t)snprintf(text + n, sizeof text - n, i ? "," : "");
		if (names)
			n += (size_t)snprintf(text + n, sizeof text - n, "\"%s\",", mem[i]->name);
		n += (size_t)snprintf(text + n, sizeof text - n, "%zu,%zu", mem[i]->used, mem[i]->size);
	}
	dce_info(d, "+CPMS: %s", text);
}

static enum cmd_result cpms(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct sim *s = &d->modem->sim;
	struct store *mem[3];
	char name[8];

	if (d->modem->quirks & QUIRK_NO_CPMS)
		return CMD_FAIL;
	memcpy(mem, s->mem, sizeof mem);
	if (kind == CMD_TEST) {
		dce_info(d, "+CPMS: (\"SM\",\"ME\"),(\"SM\",\"ME\"),(\"SM\",\"ME\")");
		return CMD_OK;
	}
	for (unsigned i = 0; kind == CMD_SET && i < 3; i++) {
		if (cmd_arg(args, i, name, sizeof name) <= 0)
			continue;
		mem[i] = sim_store(s, name);
		if (i == 2 && d->modem->profile->cpms_two_only)
			return CMD_FAIL;
		if (!mem[i] || !mem[i]->size)
			return cmd_cms(d, 302);
	}
	memcpy(s->mem, mem, sizeof mem);
	say_stores(d, kind == CMD_READ);
	return CMD_OK;
}

/* Octets of the TPDU in HEX: without the service centre's address in front of it. */
static unsigned tpdu_octets(const char *hex)
{
	unsigned smsc = 0;

	sscanf(hex, "%2x", &smsc);
	return (unsigned)strlen(hex) / 2 - 1 - smsc;
}

static void mark_read(struct sms *p)
{
	if (p->stat == SMS_UNREAD)
		p->stat = SMS_READ;
}

static enum cmd_result cmgl(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct store *t = d->modem->sim.mem[0];
	long stat = SMS_UNREAD;

	if (kind == CMD_TEST) {
		dce_info(d, "+CMGL: (0-4)");
		return CMD_OK;
	}
	if (cmd_num(args, 0, 0, SMS_ALL, &stat) < 0)
		return cmd_cms(d, 302);
	for (size_t i = 0; i < t->size; i++) {
		struct sms *p = &t->place[i];

		if (!p->hex || (stat != SMS_ALL && p->stat != stat))
			continue;
		buf_addf(&d->reply, "\r\n+CMGL: %zu,%d,,%u\r\n%s", i, p->stat, tpdu_octets(p->hex), p->hex);
		mark_read(p);
	}
	if (d->reply.len)
		buf_add(&d->reply, "\r\n", 2);
	return CMD_OK;
}

/* The place that the first field names, or NULL with d->cms set. */
static struct sms *place_of(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct store *t = d->modem->sim.mem[0];
	long i = -1;

	if (kind != CMD_SET || cmd_num(args, 0, 0, (long)t->size - 1, &i) < 0 || i < 0) {
		d->cms = CMS_INVALID_INDEX;
		return NULL;
	}
	return &t->place[i];
}

static enum cmd_result cmgr(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct sms *p = kind == CMD_TEST ? NULL : place_of(d, kind, args);

	if (kind == CMD_TEST)
		return CMD_OK;
	if (!p || !p->hex)
		return cmd_cms(d, CMS_INVALID_INDEX);
	dce_info(d, "+CMGR: %d,,%u\r\n%s", p->stat, tpdu_octets(p->hex), p->hex);
	mark_read(p);
	return CMD_OK;
}

/* <delflag> 1 to 4: read; and sent; and unsent; and unread */
static bool flag_takes(long flag, int stat)
{
	static const long from[] = { [SMS_READ] = 1, [SMS_SENT] = 2, [SMS_UNSENT] = 3, [SMS_UNREAD] = 4 };

	return flag >= from[stat];
}

static enum cmd_result cmgd(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct store *t = d->modem->sim.mem[0];
	struct sms *p;
	long flag = 0;

	if (kind == CMD_TEST) {
		dce_info(d, "+CMGD: (0-%zu),(0-4)", t->size - 1);
		return CMD_OK;
	}
	p = place_of(d, kind, args);
	if (cmd_num(args, 1, 0, 4, &flag) < 0 || (!flag && !p))
		return cmd_cms(d, CMS_INVALID_INDEX);
	d->cms = 0;
	for (size_t i = 0; i < t->size; i++)
		if (t->place[i].hex && (flag ? flag_takes(flag, t->place[i].stat) : p == &t->place[i])) {
			store_delete(t, i);
			event("sim: %s,%zu deleted", t->name, i);
		}
	network_push(d->modem);
	return CMD_OK;
}

/* --- sending ------------------------------------------------------------------------ */

static void on_submitted(struct dce *d, unsigned mr)
{
	if (!(d->modem->quirks & QUIRK_NO_CMGS))
		dce_info(d, "+CMGS: %u", mr);
	dce_final(d, "OK");
}

/* Upper-case hex without what does not belong there (a client that ends lines in CR LF sends an LF
 * first). Returns the number of digits, or -1. */
static int clean_hex(const char *text, char *hex, size_t size)
{
	size_t n = 0;

	for (; *text; text++) {
		if (isspace((unsigned char)*text))
			continue;
		if (!isxdigit((unsigned char)*text) || n + 1 >= size)
			return -1;
		hex[n++] = (char)toupper((unsigned char)*text);
	}
	hex[n] = '\0';
	return (int)n;
}

static void on_pdu(struct dce *d, const char *text)
{
	char hex[2 * PDU_OCTETS_MAX + 1];
	struct modem *m = d->modem;
	struct pdu pdu;
	const char *why;
	int n;

	if (!text) {
		dce_final(d, "OK");
		return;
	}
	n = clean_hex(text, hex, sizeof hex);
	if (n < 4 || n % 2 || tpdu_octets(hex) != (unsigned)d->pdu_octets) {
		event("modem: PDU of a wrong length");
		dce_final_cms(d, CMS_INVALID_PDU);
	} else if (pdu_decode(hex, (size_t)n, &pdu, &why) < 0 || pdu.type != PDU_SUBMIT) {
		event("modem: PDU refused: %s", pdu.type != PDU_SUBMIT ? "no SUBMIT" : why);
		dce_final_cms(d, CMS_INVALID_PDU);
	} else if (fault_now(&m->faults, FAULT_CMS500)) {
		dce_final_cms(d, 500);
	} else if (fault_now(&m->faults, FAULT_CMGS_TIMEOUT)) {
		dce_no_result(d);
	} else if (!network_registered(m)) {
		dce_final_cms(d, CMS_NO_NETWORK);
	} else {
		network_submit(m, hex, &pdu, on_submitted, d);
	}
}

static enum cmd_result cmgs(struct dce *d, enum cmd_kind kind, const char *args)
{
	long octets = 0;

	if (kind == CMD_TEST)
		return CMD_OK;
	if (kind != CMD_SET || cmd_num(args, 0, 7, 164, &octets) < 0 || !octets)
		return cmd_cms(d, CMS_INVALID_PDU);
	d->pdu_octets = octets;
	dce_prompt(d, on_pdu);
	return CMD_LATER;
}

/* --- the rest ------------------------------------------------------------------------ */

static enum cmd_result csca(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct sim *s = &d->modem->sim;
	char number[24];

	if (kind == CMD_TEST)
		return CMD_OK;
	if (kind == CMD_READ) {
		dce_info(d, "+CSCA: \"%s\",%d", s->smsc, s->smsc[0] == '+' ? 145 : 129);
		return CMD_OK;
	}
	if (cmd_arg(args, 0, number, sizeof number) <= 0)
		return cmd_cms(d, 302);
	memcpy(s->smsc, number, sizeof number);
	return CMD_OK;
}

static enum cmd_result csms(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	if (kind == CMD_TEST)
		dce_info(d, "+CSMS: (0,1)");
	else
		dce_info(d, kind == CMD_READ ? "+CSMS: 0,1,1,1" : "+CSMS: 1,1,1");
	return CMD_OK;
}

static enum cmd_result cmms(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)d;
	(void)kind;
	(void)args;
	return CMD_OK;
}

const struct cmd cmds_sms[] = {
	{ "+CMGF", cmgf, 0 },
	{ "+CNMI", cnmi, CMD_SMS },
	{ "+CPMS", cpms, CMD_SMS },
	{ "+CMGL", cmgl, CMD_SMS },
	{ "+CMGR", cmgr, CMD_SMS },
	{ "+CMGD", cmgd, CMD_SMS },
	{ "+CMGS", cmgs, CMD_SMS },
	{ "+CSCA", csca, CMD_SMS },
	{ "+CSMS", csms, 0 },
	{ "+CMMS", cmms, 0 },
	{ "+CNMA", cmms, 0 },
	{ NULL, NULL, 0 }
};
