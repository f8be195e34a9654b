/* Basic commands and those that every modem has (V.250 6, 27.007 5 and 9.1). */
#include "dce.h"
#include "../kit/events.h"
#include "modem.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- fields ------------------------------------------------------------------------ */

int cmd_arg(const char *args, unsigned index, char *out, size_t size)
{
	bool quoted = false;
	size_t n = 0;

	for (; *args && (index || *args != ',' || quoted); args++) {
		if (*args == '"')
			quoted = !quoted;
		else if (*args == ',' && !quoted)
			index--;
		else if (!index && n + 1 < size && (*args != ' ' || quoted))
			out[n++] = *args;
	}
	out[n] = '\0';
	return index ? -1 : (int)n;
}

int cmd_num(const char *args, unsigned index, long lo, long hi, long *out)
{
	char text[16], *end;
	long n;

	if (cmd_arg(args, index, text, sizeof text) <= 0)
		return 0;
	n = strtol(text, &end, 10);
	if (*end || n < lo || n > hi)
		return -1;
	*out = n;
	return 0;
}

/* --- V.250: a letter and a number ---------------------------------------------------- */

static enum cmd_result set_flag(bool *flag, long n)
{
	if (n > 1)
		return CMD_FAIL;
	*flag = n;
	return CMD_OK;
}

static enum cmd_result set_long(long *out, long n, long hi)
{
	if (n > hi)
		return CMD_FAIL;
	*out = n;
	return CMD_OK;
}

static enum cmd_result identify(struct dce *d)
{
	const struct profile *f = d->modem->profile;

	dce_info(d, "Manufacturer: %s\r\nModel: %s\r\nRevision: %s\r\nIMEI: %s\r\n+GCAP: +CGSM,+DS,+ES",
		 f->manufacturer, f->model, f->revision, f->imei);
	return CMD_OK;
}

/* S0=1, S3? */
static enum cmd_result s_register(struct dce *d, const char **p)
{
	char *end;
	long n = strtol(*p, &end, 10);

	*p = end;
	if (n < 0 || n >= 31)
		return CMD_FAIL;
	if (**p == '?') {
		++*p;
		dce_info(d, "%03ld", d->sreg[n]);
		return CMD_OK;
	}
	if (**p != '=')
		return CMD_FAIL;
	n = strtol(*p + 1, &end, 10) < 256 ? (d->sreg[n] = strtol(*p + 1, &end, 10), 0) : 1;
	*p = end;
	return n ? CMD_FAIL : CMD_OK;
}

static enum cmd_result hook(struct dce *d)
{
	if (call_state(d->modem) == CALL_UP)
		call_hang_up(d->modem, "ATH", false);
	return CMD_OK;
}

/* Back from the escape sequence to the call. */
static enum cmd_result online(struct dce *d)
{
	if (!d->escaped || call_state(d->modem) != CALL_UP) {
		dce_final(d, "NO CARRIER");
		return CMD_LATER;
	}
	dce_enter_data(d);
	call_look(d->modem);
	return CMD_LATER;
}

static enum cmd_result dial(struct dce *d, const char **p)
{
	char number[64];
	size_t n = 0;

	for (; **p; ++*p)
		if (n + 1 < sizeof number && !strchr(" TtPp", **p))
			number[n++] = **p;
	number[n] = '\0';
	call_dial(d->modem, d, number);
	return CMD_LATER;
}

/* The numbered ones after & */
static enum cmd_result ampersand(struct dce *d, char letter, long n)
{
	switch (letter) {
	case 'C':
		return set_long(&d->dcd_follows, n, 1);
	case 'D':
		return set_long(&d->dtr_action, n, 2);
	case 'F':
		dce_defaults(d);
		return CMD_OK;
	case 'K': case 'S': case 'V': case 'W':
		return CMD_OK;
	default:
		return CMD_FAIL;
	}
}

static enum cmd_result letter_and_number(struct dce *d, char letter, long n)
{
	switch (letter) {
	case 'E':
		return set_flag(&d->echo, n);
	case 'V':
		return set_flag(&d->verbose, n);
	case 'Q':
		return set_flag(&d->quiet, n);
	case 'X':
		return set_long(&d->sreg[31], n, 4);
	case 'Z':
		hook(d);
		dce_defaults(d);
		return CMD_OK;
	case 'H':
		return hook(d);
	case 'I':
		return identify(d);
	case 'O':
		return online(d);
	case 'L': case 'M': case 'P': case 'T':
		return CMD_OK;
	default:
		return CMD_FAIL;
	}
}

enum cmd_result cmd_basic(struct dce *d, const char **p)
{
	bool amp = **p == '&';
	char letter = (char)toupper((unsigned char)(*p)[amp]), *end;
	long n;

	*p += amp + (letter != '\0');
	if (!amp && letter == 'D')
		return dial(d, p);
	if (!amp && letter == 'S')
		return s_register(d, p);
	n = strtol(*p, &end, 10);
	*p = end;
	return amp ? ampersand(d, letter, n) : letter_and_number(d, letter, n);
}

/* --- identification and error reports ------------------------------------------------- */

static enum cmd_result say_id(struct dce *d, enum cmd_kind kind, const char *value)
{
	if (kind == CMD_TEST)
		return CMD_OK;
	if (kind != CMD_EXEC)
		return CMD_FAIL;
	dce_info(d, "%s", value);
	return CMD_OK;
}

static enum cmd_result cgmi(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	return say_id(d, kind, d->modem->profile->manufacturer);
}

static enum cmd_result cgmm(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	return say_id(d, kind, d->modem->profile->model);
}

static enum cmd_result cgmr(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	return say_id(d, kind, d->modem->profile->revision);
}

static enum cmd_result cgsn(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)args;
	return say_id(d, kind, d->modem->profile->imei);
}

static enum cmd_result gcap(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)kind;
	(void)args;
	dce_info(d, "+GCAP: +CGSM,+DS,+ES");
	return CMD_OK;
}

static enum cmd_result cmee(struct dce *d, enum cmd_kind kind, const char *args)
{
	if (kind == CMD_TEST)
		dce_info(d, "+CMEE: (0,1,2)");
	else if (kind == CMD_READ)
		dce_info(d, "+CMEE: %ld", d->cmee);
	else if (cmd_num(args, 0, 0, 2, &d->cmee) < 0)
		return cmd_cme(d, 50);
	return CMD_OK;
}

static enum cmd_result cscs(struct dce *d, enum cmd_kind kind, const char *args)
{
	char set[16];

	if (kind == CMD_TEST)
		dce_info(d, "+CSCS: (\"IRA\",\"GSM\",\"UCS2\")");
	else if (kind == CMD_READ)
		dce_info(d, "+CSCS: \"IRA\"");
	else if (cmd_arg(args, 0, set, sizeof set) <= 0 || !strstr("IRA GSM", set))
		return cmd_cme(d, 50);
	return CMD_OK;
}

/* All names, as each make writes them. */
static enum cmd_result clac(struct dce *d, enum cmd_kind kind, const char *args)
{
	static const struct cmd *const tables[] = { cmds_basic, cmds_network, cmds_sms, cmds_huawei };
	const struct profile *f = d->modem->profile;

	(void)args;
	if (kind != CMD_EXEC)
		return CMD_OK;
	buf_add(&d->reply, "\r\n", 2);
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct cmd *c = tables[i]; c->name; c++)
			if (!(c->flags & CMD_HUAWEI) || f->huawei)
				buf_addf(&d->reply, f->cr_cr_lf ? "%s\r\r\n" : "%s\r\n", c->name);
	return CMD_OK;
}

/* Taken, and without effect here. */
static enum cmd_result nothing(struct dce *d, enum cmd_kind kind, const char *args)
{
	(void)d;
	(void)kind;
	(void)args;
	return CMD_OK;
}

const struct cmd cmds_basic[] = {
	{ "+CGMI", cgmi, 0 }, { "+GMI", cgmi, 0 },
	{ "+CGMM", cgmm, 0 }, { "+GMM", cgmm, 0 },
	{ "+CGMR", cgmr, 0 }, { "+GMR", cgmr, 0 },
	{ "+CGSN", cgsn, 0 }, { "+GSN", cgsn, 0 },
	{ "+GCAP", gcap, 0 },
	{ "+CMEE", cmee, 0 },
	{ "+CSCS", cscs, 0 },
	{ "+CLAC", clac, 0 },
	{ "+IPR", nothing, 0 },
	{ "+IFC", nothing, 0 },
	{ "+FCLASS", nothing, 0 },
	{ NULL, NULL, 0 }
};
