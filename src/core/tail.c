#include "core/tail.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* --- lines ------------------------------------------------------------------------------ */

static bool is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ')
			return false;
	return true;
}

/* Makes room for N bytes by forgetting whole lines. */
static void forget(struct tail *t, size_t n)
{
	size_t drop = 0;

	while (t->text_len - drop + n > sizeof t->text) {
		const char *nl = memchr(t->text + drop, '\n', t->text_len - drop);

		drop = (size_t)(nl - t->text) + 1;
	}
	memmove(t->text, t->text + drop, t->text_len - drop);
	t->text_len -= drop;
}

static enum tail_event end_line(struct tail *t)
{
	forget(t, t->len + 1);
	memcpy(t->text + t->text_len, t->line, t->len);
	t->text_len += t->len;
	t->text[t->text_len++] = '\n';
	if (!is_blank(t->line, t->len)) {
		memcpy(t->last, t->line, t->len);
		t->last_len = t->len;
	}
	t->lines++;
	t->len = 0;
	t->returned = false;
	return TAIL_LINE;
}

static enum tail_event add(struct tail *t, char c)
{
	bool again = t->returned;

	if (again)
		t->len = 0;
	t->returned = false;
	if (t->len < sizeof t->line)
		t->line[t->len++] = c;
	return again ? TAIL_AGAIN : TAIL_CHAR;
}

enum tail_event tail_feed(struct tail *t, unsigned char c)
{
	enum ansi_kind kind = ansi_feed(&t->ansi, c);

	if (kind == ANSI_TEXT)
		return add(t, (char)c);
	if (kind != ANSI_CONTROL)
		return TAIL_NOTHING;
	switch (c) {
	case '\n':
		return end_line(t);
	case '\r':
		t->returned = t->len > 0;
		break;
	case '\t':
		return add(t, ' ');
	case '\b':
		if (t->len > 0)
			t->len--;
		break;
	}
	return TAIL_NOTHING;
}

/* --- reading ----------------------------------------------------------------------------- */

/* Appends N bytes as UTF-8, cut at a character; C1 control characters, which the bytes may spell, become '?'. */
static void put(char *out, size_t size, size_t *len, const char *s, size_t n)
{
	char *text = utf8_repair(s, n);

	for (const char *p = text; p && *p;) {
		int32_t cp = utf8_next(&p);
		char c[4];
		size_t w;

		if (cp <= 0)
			break;
		w = utf8_put(cp < 0xa0 && cp > 0x7e ? '?' : (uint32_t)cp, c);
		if (*len + w >= size)
			break;
		memcpy(out + *len, c, w);
		*len += w;
	}
	free(text);
	out[*len] = 0;
}

void tail_last(const struct tail *t, char *out, size_t size)
{
	size_t len = 0;

	out[0] = 0;
	if (!is_blank(t->line, t->len))
		put(out, size, &len, t->line, t->len);
	else
		put(out, size, &len, t->last, t->last_len);
}

struct span {
	const char *at;
	size_t n;
};

/* The line number WANTED, of those that are kept or runs; false if it is not there. */
static bool find(const struct tail *t, uint64_t wanted, struct span *s)
{
	uint64_t back = t->lines - wanted;	/* 0: the running one */
	size_t end = t->text_len, begin;

	if (wanted > t->lines)
		return false;
	if (back == 0) {
		*s = (struct span){ t->line, t->len };
		return t->len > 0;
	}
	for (;;) {
		if (end == 0)
			return false;
		for (begin = end - 1; begin > 0 && t->text[begin - 1] != '\n'; begin--)
			;
		if (--back == 0)
			break;
		end = begin;
	}
	*s = (struct span){ t->text + begin, end - begin - 1 };
	return true;
}

/* Does a line tell people nothing? Blank ones, and what Linux puts around a trace; its stamp is "[    1.234567] ". */
static bool is_filler(struct span s)
{
	static const char *const marks[] = { "<TASK>", "</TASK>", "---[", "===" };
	const char *end = s.n && *s.at == '[' ? memchr(s.at, ']', s.n) : NULL;

	if (end) {
		s.n -= (size_t)(end + 1 - s.at);
		s.at = end + 1;
	}
	while (s.n && (*s.at == ' ' || *s.at == '\r')) {
		s.at++;
		s.n--;
	}
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (s.n >= strlen(marks[i]) && memcmp(s.at, marks[i], strlen(marks[i])) == 0)
			return true;
	return s.n == 0;
}

void tail_upto(const struct tail *t, uint64_t line, size_t before, char *out, size_t size)
{
	size_t room = size - 1, len = 0;
	uint64_t first = line;
	struct span s;

	out[0] = 0;
	if (!find(t, line, &s))
		return;
	room -= s.n < room ? s.n : room;
	while (before > 0 && first > 0 && find(t, first - 1, &s)) {
		if (!is_filler(s) && s.n + 1 > room)
			break;
		if (!is_filler(s)) {
			room -= s.n + 1;
			before--;
		}
		first--;
	}
	for (uint64_t i = first; i <= line && find(t, i, &s); i++) {
		if (i < line && is_filler(s))
			continue;
		if (len > 0 && len + 1 < size)
			out[len++] = '\n';
		put(out, size, &len, s.at, s.n);
	}
}
