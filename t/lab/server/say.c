/* What waits to be sent over the serial line. */
#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE 64		/* bytes of a numbered line, with CR LF */

void atx_say(struct atx *a, const void *bytes, size_t n)
{
	if (buf_add(&a->out, bytes, n) < 0)
		tell(a, "serial: %zu bytes too many", n);
}

void say(struct atx *a, const char *fmt, ...)
{
	char text[600];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n > 0)
		atx_say(a, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void atx_flood(struct atx *a, int64_t count, bool wild)
{
	a->flood_left = count > 0 ? count : 0;
	a->flood_at = 0;
	a->flood_wild = wild;
	a->flood_prompt = false;
}

/* Byte AT of the numbered lines: "00000017 qrstuvw..." so that what is missing or twice shows. */
static char numbered(int64_t at)
{
	char number[16];
	int64_t line = at / LINE, column = at % LINE;

	if (column == LINE - 2)
		return '\r';
	if (column == LINE - 1)
		return '\n';
	if (column > 8)
		return (char)('a' + (line + column) % 26);
	if (column == 8)
		return ' ';
	snprintf(number, sizeof number, "%08lld", (long long)(line % 100000000));
	return number[column];
}

/* Any byte; every eighth begins what a terminal might take for a command. */
static char wild(struct atx *a)
{
	a->random = a->random * 1664525 + 1013904223;
	return a->random >> 29 ? (char)(a->random >> 16) : '\033';
}

static size_t flood(struct atx *a, char *p, size_t n)
{
	size_t i = 0;

	for (; i < n && a->flood_left > 0; i++, a->flood_left--)
		p[i] = a->flood_wild ? wild(a) : numbered(a->flood_at++);
	if (a->flood_left == 0 && i > 0) {
		tell(a, "serial: all of the flood is out");
		if (a->flood_prompt && a->stage == STAGE_SHELL)
			tty_prompt(a);
		a->flood_prompt = false;
	}
	return i;
}

bool atx_talks(const struct atx *a)
{
	return a->out.len > 0 || a->flood_left > 0;
}

size_t atx_output(struct atx *a, char *p, size_t n)
{
	size_t first = a->out.len < n ? a->out.len : n;

	if (first) {
		memcpy(p, a->out.data, first);
		buf_drop(&a->out, first);
	}
	if (first < n && a->flood_left > 0)
		first += flood(a, p + first, n - first);
	return first;
}
