/* Huawei's own commands, as its sticks of the E173 and E1752 kind have them. */
#include "dce.h"
#include "../kit/events.h"
#include "modem.h"

#include <stdio.h>
#include <string.h>

/* Unsolicited reports off (0) or on. */
static enum cmd_result curc(struct dce *d, enum cmd_kind kind, const char *args)
{
	long on = 1;

	if (kind == CMD_READ) {
		dce_info(d, "^CURC: %d", d->modem->noise);
		return CMD_OK;
	}
	if (kind != CMD_SET || cmd_num(args, 0, 0, 2, &on) < 0)
		return CMD_FAIL;
	d->modem->noise = on;
	return CMD_OK;
}

/* Which functions the stick shows on USB: 0 is the modem without the CD. Kept for ever. */
static enum cmd_result u2diag(struct dce *d, enum cmd_kind kind, const char *args)
{
	long mode = 0;

	if (kind != CMD_SET || cmd_num(args, 0, 0, 511, &mode) < 0)
		return CMD_FAIL;
	event("%s: ^U2DIAG %ld", d->port->name, mode);
	return CMD_OK;
}

/* <srv_status>,<srv_domain>,<roam_status>,<sys_mode>,<sim_state> */
static enum cmd_result sysinfo(struct dce *d, enum cmd_kind kind, const char *args)
{
	const struct modem *m = d->modem;
	bool on = network_registered(m);

	(void)args;
	if (kind == CMD_EXEC)
		dce_info(d, "^SYSINFO:%d,%d,%d,%d,%d,,%d", on ? 2 : 0, on ? 3 : 0, m->net.stat == REG_ROAMING,
			 on ? (m->net.act == 0 ? 3 : 5) : 0, m->sim.state == SIM_READY ? 1 : 255, on ? 4 : 0);
	return CMD_OK;
}

static enum cmd_result cardmode(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	if (kind == CMD_EXEC)
		dce_info(d, "^CARDMODE: %d", d->modem->sim.state == SIM_MISSING ? 0 : 2);
	return CMD_OK;
}

static enum cmd_result hcsq(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	if (kind == CMD_READ)
		dce_info(d, "^HCSQ:\"WCDMA\",%ld,%ld,%ld", d->modem->net.csq * 2, d->modem->net.csq * 2 - 3, 55L);
	return CMD_OK;
}

static enum cmd_result cpin_tries(struct dce *d, enum cmd_kind kind, const char *args)
{
	static const char *const states[] = {
		[SIM_PIN] = "SIM PIN", [SIM_PUK] = "SIM PUK", [SIM_READY] = "READY",
	};
	const struct sim *s = &d->modem->sim;

	(void)args;
	if (s->state == SIM_MISSING)
		return cmd_cme(d, 10);
	if (kind == CMD_READ)
		dce_info(d, "^CPIN: %s,%d,10,%d,10,3", states[s->state], s->tries, s->tries);
	return CMD_OK;
}

static enum cmd_result fhver(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	if (kind == CMD_EXEC)
		dce_info(d, "^FHVER:\"%s %s,CD75TCPU Ver.A\"", d->modem->profile->model, d->modem->profile->revision);
	return CMD_OK;
}

static enum cmd_result taken(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)d;
	(void)kind;
	(void)args;
	return CMD_OK;
}

const struct cmd cmds_huawei[] = {
	{ "^CURC", curc, CMD_HUAWEI },
	{ "^U2DIAG", u2diag, CMD_HUAWEI },
	{ "^SYSINFO", sysinfo, CMD_HUAWEI },
	{ "^CARDMODE", cardmode, CMD_HUAWEI },
	{ "^HCSQ", hcsq, CMD_HUAWEI },
	{ "^CPIN", cpin_tries, CMD_HUAWEI },
	{ "^FHVER", fhver, CMD_HUAWEI },
	{ "^SYSCFG", taken, CMD_HUAWEI },
	{ "^DSFLOWCLR", taken, CMD_HUAWEI },
	{ NULL, NULL, 0 }
};
