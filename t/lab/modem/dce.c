#include "dce.h"

#include "events.h"
#include "modem.h"

#include "base/clock.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void drain(struct dce *d);

/* --- what goes to the host ---------------------------------------------------------- */

/* Sends the reply, which ends the command line. */
static void flush(struct dce *d)
{
	static const char junk[] = "\xf8\x80\x03~}#\xc0!}!}%\r\n\x7f\x1e\xe0KO\n";

	if (d->reply.len && fault_now(&d->modem->faults, FAULT_GARBAGE)) {
		port_write(d->port, junk, sizeof junk - 1);
	} else if (d->reply.len) {
		event("%s -> %s", d->port->name, event_bytes(d->reply.data, d->reply.len));
		port_write(d->port, d->reply.data, d->reply.len);
	}
	buf_drop(&d->reply, d->reply.len);
	d->dialling = false;
	d->mode = DCE_COMMAND;
}

static void on_slow(void *arg)
{
	flush(arg);
	drain(arg);
}

/* The reply is complete: it goes out now, or later if the modem is to be slow. */
static void complete(struct dce *d)
{
	long slow = d->modem->faults.left[FAULT_SLOW];

	if (slow > 0) {
		d->mode = DCE_BUSY;
		d->dialling = false;
		timer_set(d->slow, slow);
	} else {
		flush(d);
	}
}

void dce_info(struct dce *d, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_addf(&d->reply, d->verbose ? "\r\n%s\r\n" : "%s\r\n", text);
}

/* V.250 6.3.1; results that have no number are said in words. */
static const char *numeric(const char *result)
{
	static const struct { const char *text, *number; } codes[] = {
		{ "OK", "0" }, { "CONNECT", "1" }, { "RING", "2" }, { "NO CARRIER", "3" },
		{ "ERROR", "4" }, { "NO DIALTONE", "6" }, { "BUSY", "7" }, { "NO ANSWER", "8" },
	};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (!strcmp(result, codes[i].text))
			return codes[i].number;
	return NULL;
}

static void add_result(struct dce *d, const char *result)
{
	const struct modem *m = d->modem;

	if (m->profile->urc_inside && m->noise && d->reply.len && ++d->modem->replies % 4 == 0)
		buf_addf(&d->reply, "\r\n%s\r\n", m->profile->noise[0]);
	if (d->quiet)
		return;
	if (!d->verbose && numeric(result))
		buf_addf(&d->reply, "%s\r", numeric(result));
	else
		buf_addf(&d->reply, "\r\n%s\r\n", result);
}

static const char *cme_text(int code)
{
	static const struct { int code; const char *text; } texts[] = {
		{ 3, "operation not allowed" }, { 4, "operation not supported" }, { 10, "SIM not inserted" },
		{ 11, "SIM PIN required" }, { 12, "SIM PUK required" }, { 13, "SIM failure" }, { 14, "SIM busy" },
		{ 16, "incorrect password" }, { 21, "invalid index" }, { 30, "no network service" },
		{ 50, "incorrect parameters" },
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].code == code)
			return texts[i].text;
	return "unknown";
}

/* 27.007 9.1 and 27.005 3.2.5: +CMS ERROR does not depend on +CMEE */
static void add_failure(struct dce *d)
{
	char text[64] = "ERROR";

	if (d->cms)
		snprintf(text, sizeof text, "+CMS ERROR: %d", d->cms);
	else if (d->cme && d->cmee == 1)
		snprintf(text, sizeof text, "+CME ERROR: %d", d->cme);
	else if (d->cme && d->cmee == 2)
		snprintf(text, sizeof text, "+CME ERROR: %s", cme_text(d->cme));
	add_result(d, text);
}

void dce_final(struct dce *d, const char *result)
{
	add_result(d, result);
	complete(d);
	drain(d);
}

void dce_final_cme(struct dce *d, int code)
{
	d->cme = code;
	d->cms = 0;
	add_failure(d);
	complete(d);
	drain(d);
}

void dce_final_cms(struct dce *d, int code)
{
	d->cms = code;
	add_failure(d);
	complete(d);
	drain(d);
}

void dce_no_result(struct dce *d)
{
	buf_drop(&d->reply, d->reply.len);
	d->mode = DCE_COMMAND;
	drain(d);
}

void dce_prompt(struct dce *d, void (*done)(struct dce *d, const char *text))
{
	buf_add(&d->reply, "\r\n> ", 4);
	port_write(d->port, d->reply.data, d->reply.len);
	buf_drop(&d->reply, d->reply.len);
	d->on_pdu = done;
	d->pdu_len = 0;
	d->mode = DCE_PROMPT;
}

static void say(struct dce *d, const char *text)
{
	char line[2048];
	int n = snprintf(line, sizeof line, "\r\n%s\r\n", text);

	event("%s -> %s", d->port->name, text);
	port_write(d->port, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

void dce_urc(struct dce *d, const char *text, bool hold)
{
	if (!d->port->dtr)
		return;
	if (d->mode != DCE_DATA)
		say(d, text);
	else if (hold)
		buf_addf(&d->held, "\r\n%s\r\n", text);
}

void dce_enter_data(struct dce *d)
{
	d->escaped = false;
	d->plus = 0;
	d->last_data = clock_mono_ms();
	add_result(d, d->sreg[31] ? "CONNECT 7200000" : "CONNECT");
	flush(d);
	d->mode = DCE_DATA;
	port_lines(d->port, PORT_DCD | PORT_DSR);
	drain(d);
}

void dce_leave_data(struct dce *d, const char *result)
{
	timer_stop(d->guard);
	d->mode = DCE_COMMAND;
	d->len = 0;
	d->escaped = false;
	port_pause(d->port, false);
	if (result)
		say(d, result);
	port_lines(d->port, d->dcd_follows ? PORT_DSR : PORT_DSR | PORT_DCD);
	if (d->held.len)
		port_write(d->port, d->held.data, d->held.len);
	buf_drop(&d->held, d->held.len);
	drain(d);
}

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
	static const int cme[] = { 10, 11, 12 }, cms[] = { 310, 311, 316 };
	enum sim_state s = d->modem->sim.state;

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
		add_result(d, "OK");
	else if (r == CMD_FAIL && !known)
		add_result(d, d->modem->profile->unknown);
	else if (r == CMD_FAIL)
		add_failure(d);
	complete(d);
}

static void execute(struct dce *d, const char *p)
{
	enum cmd_result r = CMD_OK;
	bool known = true;

	d->cme = d->cms = 0;
	d->mode = DCE_BUSY;
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
	if (fault_now(&d->modem->faults, FAULT_SILENT))
		return;
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

static void on_command_byte(struct dce *d, char c)
{
	if (!c || c == '\n')
		return;
	if (d->echo && !d->modem->faults.left[FAULT_SILENT] && c != 0x1b && c != 0x1a)
		port_write(d->port, &c, 1);
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
	say(d, "OK");
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
static void drain(struct dce *d)
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

	if (buf_add(&d->pending, bytes, n) < 0)
		event("%s: %zu bytes dropped: a command is running", d->port->name, n);
	drain(d);
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
	d->slow = timer_new(m->loop, on_slow, d);
	d->guard = timer_new(m->loop, on_guard, d);
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
	buf_free(&d->pending);
	buf_free(&d->reply);
	buf_free(&d->held);
	free(d);
}
