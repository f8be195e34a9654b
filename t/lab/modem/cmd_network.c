/* The card, the radio and the network (27.007 5, 7, 8, 10). */
#include "dce.h"
#include "../kit/events.h"
#include "modem.h"

#include <stdio.h>
#include <string.h>

static enum cmd_result cpin(struct dce *d, enum cmd_kind kind, const char *args)
{
	static const char *const states[] = {
		[SIM_PIN] = "SIM PIN", [SIM_PUK] = "SIM PUK", [SIM_READY] = "READY",
	};
	struct modem *m = d->modem;
	char pin[16];

	if (kind == CMD_TEST)
		return CMD_OK;
	if (m->sim.state == SIM_MISSING)
		return cmd_cme(d, 10);
	if (kind == CMD_READ) {
		dce_info(d, "+CPIN: %s", states[m->sim.state]);
		return m->profile->cpin_no_ok ? CMD_QUIET : CMD_OK;
	}
	if (kind != CMD_SET || m->sim.state == SIM_READY)
		return cmd_cme(d, 3);
	if (m->sim.state == SIM_PUK)
		return cmd_cme(d, 12);
	if (cmd_arg(args, 0, pin, sizeof pin) <= 0 || sim_try_pin(&m->sim, pin) < 0)
		return cmd_cme(d, 16);
	network_search(m);
	return CMD_OK;
}

static enum cmd_result cfun(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct modem *m = d->modem;
	long fun = m->cfun, reset = 0;

	if (kind == CMD_TEST) {
		dce_info(d, "+CFUN: (0,1,4),(0,1)");
		return CMD_OK;
	}
	if (kind == CMD_READ) {
		dce_info(d, "+CFUN: %ld", m->cfun);
		return CMD_OK;
	}
	if (kind != CMD_SET || cmd_num(args, 0, 0, 7, &fun) < 0 || cmd_num(args, 1, 0, 1, &reset) < 0)
		return cmd_cme(d, 50);
	if (reset) {
		dce_final(d, "OK");
		modem_reboot(m);
		return CMD_LATER;
	}
	m->cfun = fun;
	if (fun == 1) {
		network_search(m);
	} else {
		call_hang_up(m, "the radio is switched off", true);
		network_stop(m);
	}
	return CMD_OK;
}

/* +CREG, +CGREG, +CEREG: WHICH is 0, 1, 2. */
static enum cmd_result registration(struct dce *d, enum cmd_kind kind, const char *args, int which)
{
	static const char *const names[] = { "+CREG", "+CGREG", "+CEREG" };
	const struct network *n = &d->modem->net;
	bool here = which == 2 ? n->act == 7 : which == 1 ? n->act != 7 : true;
	int stat = here ? n->stat : 0;

	if (kind == CMD_TEST)
		dce_info(d, "%s: (0-2)", names[which]);
	else if (kind == CMD_READ && d->creg[which] == 2 && network_registered(d->modem) && here)
		dce_info(d, "%s: 2,%d,\"%04X\",\"%08X\",%ld", names[which], stat, n->lac, n->cell, n->act);
	else if (kind == CMD_READ)
		dce_info(d, "%s: %ld,%d", names[which], d->creg[which], stat);
	else if (kind != CMD_SET || cmd_num(args, 0, 0, 2, &d->creg[which]) < 0)
		return cmd_cme(d, 50);
	return CMD_OK;
}

static enum cmd_result creg(struct dce *d, enum cmd_kind kind, const char *args)
{
	return registration(d, kind, args, 0);
}

static enum cmd_result cgreg(struct dce *d, enum cmd_kind kind, const char *args)
{
	return registration(d, kind, args, 1);
}

static enum cmd_result cereg(struct dce *d, enum cmd_kind kind, const char *args)
{
	return registration(d, kind, args, 2);
}

static enum cmd_result cops(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct network *n = &d->modem->net;
	long mode = 0, format = n->oper_format;

	if (kind == CMD_TEST) {
		dce_info(d, "+COPS: (2,\"%s\",\"%.8s\",\"%s\",%ld),(3,\"Other\",\"Oth\",\"26299\",0),,(0,1,2,3,4),(0,1,2)",
			 n->oper, n->oper, n->plmn, n->act);
		return CMD_OK;
	}
	if (kind == CMD_READ && network_registered(d->modem)) {
		dce_info(d, "+COPS: 0,%ld,\"%s\",%ld", n->oper_format, n->oper_format == 2 ? n->plmn : n->oper, n->act);
		return CMD_OK;
	}
	if (kind == CMD_READ) {
		dce_info(d, "+COPS: 0");
		return CMD_OK;
	}
	if (kind != CMD_SET || cmd_num(args, 0, 0, 4, &mode) < 0 || cmd_num(args, 1, 0, 2, &format) < 0)
		return cmd_cme(d, 50);
	n->oper_format = format;
	if (mode == 2)
		network_stop(d->modem);
	else if (mode != 3)
		network_search(d->modem);
	return CMD_OK;
}

static enum cmd_result csq(struct dce *d, enum cmd_kind kind, const char *args)
{
	const struct network *n = &d->modem->net;

	(void)args;
	if (kind == CMD_TEST)
		dce_info(d, "+CSQ: (0-31,99),(0-7,99)");
	else if (kind == CMD_EXEC)
		dce_info(d, "+CSQ: %ld,%ld", network_registered(d->modem) ? n->csq : 99, n->ber);
	else
		return CMD_FAIL;
	return CMD_OK;
}

static enum cmd_result cimi(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	if (kind == CMD_EXEC)
		dce_info(d, "%s", d->modem->sim.imsi);
	return kind == CMD_EXEC || kind == CMD_TEST ? CMD_OK : CMD_FAIL;
}

static enum cmd_result cgdcont(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct modem *m = d->modem;
	char type[16];
	long cid = 1;

	if (kind == CMD_TEST) {
		dce_info(d, "+CGDCONT: (1-16),\"IP\",,,(0-2),(0-4)");
	} else if (kind == CMD_READ) {
		if (m->apn[0])
			dce_info(d, "+CGDCONT: 1,\"IP\",\"%s\",\"\",0,0", m->apn);
	} else {
		if (kind != CMD_SET || cmd_num(args, 0, 1, 16, &cid) < 0)
			return cmd_cme(d, 50);
		if (cmd_arg(args, 1, type, sizeof type) > 0 && strcmp(type, "IP") && strcmp(type, "PPP") &&
		    strcmp(type, "IPV6") && strcmp(type, "IPV4V6"))
			return cmd_cme(d, 50);
		if (cmd_arg(args, 2, m->apn, sizeof m->apn) < 0)
			m->apn[0] = '\0';
		event("modem: APN '%s'", m->apn);
	}
	return CMD_OK;
}

static enum cmd_result cgatt(struct dce *d, enum cmd_kind kind, const char *args)
{
	struct modem *m = d->modem;
	long on = 1;

	if (kind == CMD_READ) {
		dce_info(d, "+CGATT: %d", m->attached && network_registered(m));
		return CMD_OK;
	}
	if (kind == CMD_TEST) {
		dce_info(d, "+CGATT: (0,1)");
		return CMD_OK;
	}
	if (kind != CMD_SET || cmd_num(args, 0, 0, 1, &on) < 0)
		return cmd_cme(d, 50);
	if (on && !network_registered(m))
		return cmd_cme(d, 30);
	m->attached = on;
	if (!on)
		call_hang_up(m, "detached", true);
	return CMD_OK;
}

static enum cmd_result chup(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	if (kind == CMD_EXEC && call_state(d->modem) == CALL_UP)
		call_hang_up(d->modem, "AT+CHUP", true);
	return CMD_OK;
}

static enum cmd_result cpas(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	if (kind == CMD_EXEC)
		dce_info(d, "+CPAS: %d", call_state(d->modem) == CALL_UP ? 4 : 0);
	return CMD_OK;
}

static enum cmd_result clck(struct dce *d, enum cmd_kind kind, const char *args)
{
	char facility[8];
	long mode = 2;

	if (kind != CMD_SET)
		return CMD_OK;
	if (cmd_arg(args, 0, facility, sizeof facility) <= 0 || cmd_num(args, 1, 0, 2, &mode) < 0 || mode != 2)
		return cmd_cme(d, 3);
	dce_info(d, "+CLCK: %d", !strcmp(facility, "SC") && d->modem->sim.asks_pin);
	return CMD_OK;
}

const struct cmd cmds_network[] = {
	{ "+CPIN", cpin, 0 },
	{ "+CFUN", cfun, 0 },
	{ "+CREG", creg, 0 },
	{ "+CGREG", cgreg, 0 },
	{ "+CEREG", cereg, 0 },
	{ "+COPS", cops, CMD_SIM },
	{ "+CSQ", csq, 0 },
	{ "+CIMI", cimi, CMD_SIM },
	{ "+CGDCONT", cgdcont, CMD_SIM },
	{ "+CGATT", cgatt, CMD_SIM },
	{ "+CHUP", chup, 0 },
	{ "+CPAS", cpas, 0 },
	{ "+CLCK", clck, CMD_SIM },
	{ NULL, NULL, 0 }
};
