#include "dce.h"

#include "../kit/events.h"
#include "modem.h"

#include "base/clock.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- command lines ----------------------------------------------------------------- */

enum cmd_result cmd_cme(struct dce *d, int code)
{
	d->cme = code;
	return CMD_FAIL;
}

enum cmd_result cmd_cms(struct dce *d, int code)
{
	d->cms = code;
	return CMD_FAIL;
}

static const struct cmd *find(const struct dce *d, const char *name, size_t n)
{
	static const struct cmd *const tables[] = { cmds_basic, cmds_network, cmds_sms, cmds_huawei };

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct cmd *c = tables[i]; c->name; c++)
			if (strlen(c->name) == n && !strncasecmp(c->name, name, n))
				return c->flags & CMD_HUAWEI && !d->modem->profile->huawei ? NULL : c;
	return NULL;
}

/* Commands that need the card say so themselves. */
static enum cmd_result card_missing(struct dce *d, const struct cmd *c)
{
	const struct modem *m = d->modem;
	static const int cme[] = { 10, 11, 12 }, cms[] = { 310, 311, 316 };
	enum sim_state s = d->modem->sim.state;

	if (m->quirks & QUIRK_SIM_BUSY && c->flags & (CMD_SIM | CMD_SMS) && clock_mono_ms() - m->on_since < 3000)
		return cmd_cme(d, 14);
	if (s == SIM_READY)
		return CMD_OK;
	if (c->flags & CMD_SIM)
		return cmd_cme(d, cme[s]);
	return c->flags & CMD_SMS ? cmd_cms(d, cms[s]) : CMD_OK;
}

/* The end of one command of a line: a semicolon outside quotes. */
static size_t command_length(const char *p)
{
	bool quoted = false;
	size_t n = 0;

	for (; p[n] && (p[n] != ';' || quoted); n++)
		if (p[n] == '"')
			quoted = !quoted;
	return n;
}

/* One extended command (V.250 5.4) of N bytes. *KNOWN tells whether there is such a command. */
static enum cmd_result extended(struct dce *d, const char *p, size_t n, bool *known)
{
	size_t name = strcspn(p, "=?;");
	char args[DCE_LINE_MAX];
	enum cmd_kind kind = CMD_EXEC;
	const struct cmd *c;

	if (name > n)
		name = n;
	snprintf(args, sizeof args, "%.*s", (int)(n - name), p + name);
	while (name && p[name - 1] == ' ')
		name--;
	if (!strcmp(args, "?"))
		kind = CMD_READ;
	else if (!strcmp(args, "=?"))
		kind = CMD_TEST;
	else if (args[0] == '=')
		kind = CMD_SET;
	c = find(d, p, name);
	*known = c != NULL;
	if (!c || card_missing(d, c) != CMD_OK)
		return CMD_FAIL;
	return c->run(d, kind, kind == CMD_SET ? args + 1 : "");
}

static void finish(struct dce *d, enum cmd_result r, bool known)
{
	if (r == CMD_LATER)
		return;
	if (r == CMD_OK)
		dce_add_result(d, "OK");
	else if (r == CMD_FAIL && !known)
		dce_add_result(d, d->modem->profile->unknown);
	else if (r == CMD_FAIL)
		dce_add_failure(d);
	dce_complete(d);
}

/* What this make answers in a way of its own. */
static bool odd(struct dce *d, const char *line)
{
	for (const struct odd *o = d->modem->profile->odd; o->command; o++)
		if (!strcasecmp(o->command, line)) {
			buf_add(&d->reply, o->reply, strlen(o->reply));
			dce_complete(d);
			return true;
		}
	return false;
}

static void execute(struct dce *d, const char *p)
{
	enum cmd_result r = CMD_OK;
	bool known = true;

	d->cme = d->cms = 0;
	d->mode = DCE_BUSY;
	if (odd(d, p))
		return;
	while (r == CMD_OK && *p) {
		if (*p == ' ' || *p == ';') {
			p++;
		} else if (strchr("+^%$*\\", *p)) {
			size_t n = command_length(p);

			r = extended(d, p, n, &known);
			p += n;
		} else {
			r = cmd_basic(d, &p);
		}
	}
	finish(d, r, known);
}

/* Asleep: the line wakes it, and is lost. */
static bool asleep(struct dce *d)
{
	int64_t last = d->last_line;

	d->last_line = clock_mono_ms();
	if (!(d->modem->quirks & QUIRK_SLEEPY) || d->last_line - last < 5000)
		return false;
	event("%s was asleep", d->port->name);
	return true;
}

static void on_line(struct dce *d)
{
	char *at = d->line;

	d->line[d->len] = '\0';
	d->len = 0;
	while (*at && strncasecmp(at, "AT", 2))
		at++;
	if (!*at)
		return;
	event("%s <- %s", d->port->name, at);
	memmove(d->last, at, strlen(at) + 1);
	if (asleep(d) || fault_now(&d->modem->faults, FAULT_SILENT))
		return;
	if (d->echo && d->modem->quirks & QUIRK_ECHO_TWICE) {
		port_write(d->port, at, strlen(at));
		port_write(d->port, "\r", 1);
	}
	execute(d, d->last + 2);
}

/* --- input ------------------------------------------------------------------------- */

static void on_prompt_byte(struct dce *d, char c)
{
	if (d->echo && c != 0x1b)
		port_write(d->port, &c, 1);
	if (c == 0x1a || c == 0x1b) {
		d->pdu[d->pdu_len] = '\0';
		d->mode = DCE_BUSY;
		event("%s <- %s%s", d->port->name, c == 0x1b ? "" : d->pdu, c == 0x1b ? "(ESC)" : "(Ctrl-Z)");
		d->on_pdu(d, c == 0x1b ? NULL : d->pdu);
	} else if (d->pdu_len < sizeof d->pdu - 1) {
		d->pdu[d->pdu_len++] = c;
	}
}

static void echo(struct dce *d, char c)
{
	if (d->modem->quirks & QUIRK_ECHO_BROKEN && d->len < 2)
		c &= 0x1f;
	port_write(d->port, &c, 1);
}

static void on_command_byte(struct dce *d, char c)
{
	if (!c || c == '\n')
		return;
	if (d->echo && !d->modem->faults.left[FAULT_SILENT] && c != 0x1b && c != 0x1a)
		echo(d, c);
	if (c == d->sreg[3]) {
		on_line(d);
		d->skip_lf = true;
	} else if (c == 0x1b || c == 0x1a) {
		d->len = 0;
	} else if (c == d->sreg[5]) {
		d->len -= d->len > 0;
	} else if (d->len < sizeof d->line - 1) {
		d->line[d->len++] = c;
		if (d->len == 2 && !strncasecmp(d->line, "A/", 2)) {
			d->len = (size_t)snprintf(d->line, sizeof d->line, "%s", d->last);
			on_line(d);
		}
	}
}

static int64_t guard_ms(const struct dce *d)
{
	return d->sreg[12] * 20;
}

/* +++ with silence before and after leaves data mode; it is passed on all the same, as it may be data. */
static void on_data(struct dce *d, const char *bytes, size_t n)
{
	int64_t now = clock_mono_ms();
	size_t plus = 0;

	while (plus < n && bytes[plus] == '+')
		plus++;
	if (plus >= n && d->plus + n <= 3 && (d->plus || now - d->last_data >= guard_ms(d))) {
		d->plus += (unsigned)n;
		if (d->plus == 3)
			timer_set(d->guard, guard_ms(d));
	} else {
		d->plus = 0;
		timer_stop(d->guard);
	}
	d->last_data = now;
	call_from_host(d->modem, bytes, n);
}

static void on_guard(void *arg)
{
	struct dce *d = arg;

	event("%s: escape sequence", d->port->name);
	d->mode = DCE_COMMAND;
	d->escaped = true;
	d->len = 0;
	dce_say(d, "OK");
	call_look(d->modem);
}

static void on_byte(struct dce *d, char c)
{
	bool lf = d->skip_lf && c == '\n';

	d->skip_lf = false;
	if (lf)
		return;
	if (d->mode == DCE_PROMPT)
		on_prompt_byte(d, c);
	else if (d->dialling)
		call_hang_up(d->modem, "the host sent a byte while dialling", true);
	else
		on_command_byte(d, c);
}

/* Takes what came, as far as the mode allows. */
void dce_drain(struct dce *d)
{
	if (d->draining)
		return;
	d->draining = true;
	while (d->pending.len && (d->mode != DCE_BUSY || d->dialling)) {
		if (d->mode == DCE_DATA) {
			struct buf b = d->pending;

			buf_init(&d->pending, b.max);
			on_data(d, b.data, b.len);
			buf_free(&b);
		} else {
			char c = d->pending.data[0];

			buf_drop(&d->pending, 1);
			on_byte(d, c);
		}
	}
	d->draining = false;
}

static void on_bytes(void *arg, const char *bytes, size_t n)
{
	struct dce *d = arg;

	if (d->mode == DCE_COMMAND)
		dce_release(d);		/* stale: an opener flushes, so it comes with the first echo */
	if (buf_add(&d->pending, bytes, n) < 0)
		event("%s: %zu bytes dropped: a command is running", d->port->name, n);
	dce_drain(d);
}

static void on_dtr(void *arg, bool up)
{
	struct dce *d = arg;

	if (up)
		return;
	d->len = 0;
	buf_drop(&d->held, d->held.len);
	if (d->mode == DCE_PROMPT)
		d->mode = DCE_COMMAND;
	if (d->dtr_action == 1 && d->mode == DCE_DATA)
		on_guard(d);
	if (d->dtr_action == 2 && (d->mode == DCE_DATA || d->dialling || d->escaped))
		call_hang_up(d->modem, "DTR dropped", false);
}

static void on_room(void *arg)
{
	struct dce *d = arg;

	call_look(d->modem);
}

/* --- life --------------------------------------------------------------------------- */

void dce_defaults(struct dce *d)
{
	d->echo = d->verbose = true;
	d->quiet = false;
	d->cmee = 0;
	d->dcd_follows = 1;
	d->dtr_action = 2;
	memset(d->creg, 0, sizeof d->creg);
	memset(d->sreg, 0, sizeof d->sreg);
	d->sreg[3] = '\r';
	d->sreg[4] = '\n';
	d->sreg[5] = '\b';
	d->sreg[7] = 60;
	d->sreg[12] = 50;
	d->sreg[31] = 1;	/* X: CONNECT with a speed */
}

void dce_power_cycle(struct dce *d)
{
	timer_stop(d->slow);
	timer_stop(d->guard);
	buf_drop(&d->pending, d->pending.len);
	buf_drop(&d->reply, d->reply.len);
	buf_drop(&d->held, d->held.len);
	d->mode = DCE_COMMAND;
	d->len = d->pdu_len = 0;
	d->dialling = d->escaped = d->skip_lf = false;
	d->port->paused = false;
	d->port->lines = 0;
	timer_stop(d->carrier);
}

struct dce *dce_new(struct modem *m, struct port *p)
{
	static const struct port_user user = { on_bytes, on_dtr, on_room };
	struct dce *d = calloc(1, sizeof *d);

	if (!d) {
		event("out of memory");
		exit(1);
	}
	d->modem = m;
	d->port = p;
	buf_init(&d->pending, 2 * PORT_CHUNK);
	buf_init(&d->reply, PORT_QUEUE_MAX);
	buf_init(&d->held, 4096);
	d->slow = timer_new(m->loop, dce_on_slow, d);
	d->guard = timer_new(m->loop, on_guard, d);
	d->carrier = timer_new(m->loop, dce_on_carrier, d);
	dce_defaults(d);
	p->user = &user;
	p->arg = d;
	return d;
}

void dce_free(struct dce *d)
{
	if (!d)
		return;
	d->port->user = NULL;
	timer_free(d->slow);
	timer_free(d->guard);
	timer_free(d->carrier);
	buf_free(&d->pending);
	buf_free(&d->reply);
	buf_free(&d->held);
	free(d);
}
