/* What a command port says: information, results, prompts, unsolicited codes. */
#include "dce.h"

#include "../kit/events.h"
#include "modem.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LATE_MS 200

/* --- what goes to the host ---------------------------------------------------------- */

void dce_put(struct dce *d, const char *text, size_t n)
{
	static char out[2 * PORT_QUEUE_MAX];

	port_write(d->port, out, quirk_apply(d->modem->quirks, text, n, out));
}

/* Sends the reply, which ends the command line. */
static void flush(struct dce *d)
{
	unsigned quirks = d->modem->quirks;

	static const char junk[] = "\xf8\x80\x03~}#\xc0!}!}%\r\n\x7f\x1e\xe0KO\n";

	if (d->reply.len && fault_now(&d->modem->faults, FAULT_GARBAGE)) {
		port_write(d->port, junk, sizeof junk - 1);
	} else if (d->reply.len) {
		event("%s -> %s", d->port->name, event_bytes(d->reply.data, d->reply.len));
		if (quirks & QUIRK_URC_FIRST && d->modem->noise && ++d->modem->replies % 4 == 2)
			dce_say(d, d->modem->profile->noise[0]);
		dce_put(d, d->reply.data, d->reply.len);
		if (quirks & QUIRK_BLANK_LINES)
			port_write(d->port, "\r\n\r\n", 4);
	}
	buf_drop(&d->reply, d->reply.len);
	d->dialling = false;
	d->mode = DCE_COMMAND;
}

void dce_on_slow(void *arg)
{
	flush(arg);
	dce_drain(arg);
}

void dce_complete(struct dce *d)
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

void dce_add_result(struct dce *d, const char *result)
{
	const struct modem *m = d->modem;

	if (m->quirks & QUIRK_URC_INSIDE && m->noise && d->reply.len && ++d->modem->replies % 4 == 0)
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

void dce_add_failure(struct dce *d)
{
	char text[64] = "ERROR";

	if (d->cms)
		snprintf(text, sizeof text, "+CMS ERROR: %d", d->cms);
	else if (d->cme && d->cmee == 1)
		snprintf(text, sizeof text, "+CME ERROR: %d", d->cme);
	else if (d->cme && d->cmee == 2)
		snprintf(text, sizeof text, "+CME ERROR: %s", cme_text(d->cme));
	dce_add_result(d, text);
}

void dce_final(struct dce *d, const char *result)
{
	dce_add_result(d, result);
	dce_complete(d);
	dce_drain(d);
}

void dce_final_cme(struct dce *d, int code)
{
	d->cme = code;
	d->cms = 0;
	dce_add_failure(d);
	dce_complete(d);
	dce_drain(d);
}

void dce_final_cms(struct dce *d, int code)
{
	d->cms = code;
	dce_add_failure(d);
	dce_complete(d);
	dce_drain(d);
}

void dce_no_result(struct dce *d)
{
	buf_drop(&d->reply, d->reply.len);
	d->mode = DCE_COMMAND;
	dce_drain(d);
}

void dce_prompt(struct dce *d, void (*done)(struct dce *d, const char *text))
{
	const char *prompt = "\r\n> ";

	if (d->modem->quirks & QUIRK_PROMPT_BARE)
		prompt = "> ";
	else if (d->modem->quirks & QUIRK_PROMPT_LINE)
		prompt = "\r\n>\r\n";
	port_write(d->port, d->reply.data, d->reply.len);
	port_write(d->port, prompt, strlen(prompt));
	buf_drop(&d->reply, d->reply.len);
	d->on_pdu = done;
	d->pdu_len = 0;
	d->mode = DCE_PROMPT;
}

void dce_say(struct dce *d, const char *text)
{
	char line[2048];
	int n = snprintf(line, sizeof line, "\r\n%s\r\n", text);

	event("%s -> %s", d->port->name, text);
	dce_put(d, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

void dce_urc(struct dce *d, const char *text, bool hold)
{
	bool closed = !d->port->dtr;

	if (closed && !(d->modem->quirks & QUIRK_STALE))
		return;
	if (!closed && d->mode != DCE_DATA)
		dce_say(d, text);
	else if (closed || hold)
		buf_addf(&d->held, "\r\n%s\r\n", text);
}

void dce_release(struct dce *d)
{
	if (d->held.len)
		dce_put(d, d->held.data, d->held.len);
	buf_drop(&d->held, d->held.len);
}

void dce_enter_data(struct dce *d)
{
	d->escaped = false;
	d->plus = 0;
	d->last_data = clock_mono_ms();
	dce_add_result(d, d->sreg[31] ? "CONNECT 7200000" : "CONNECT");
	flush(d);
	d->mode = DCE_DATA;
	if (d->modem->quirks & QUIRK_LATE_DCD)
		timer_set(d->carrier, LATE_MS);
	else
		port_lines(d->port, PORT_DCD | PORT_DSR);
	dce_drain(d);
}

void dce_on_carrier(void *arg)
{
	struct dce *d = arg;

	port_lines(d->port, PORT_DCD | PORT_DSR);
}

void dce_leave_data(struct dce *d, const char *result)
{
	timer_stop(d->guard);
	timer_stop(d->carrier);
	d->mode = DCE_COMMAND;
	d->len = 0;
	d->escaped = false;
	port_pause(d->port, false);
	if (result)
		dce_say(d, result);
	port_lines(d->port, d->dcd_follows ? PORT_DSR : PORT_DSR | PORT_DCD);
	dce_release(d);
	dce_drain(d);
}
