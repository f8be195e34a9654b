#include "core/command.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define N(a) (sizeof(a) / sizeof *(a))
#define LENGTH_MIN (INT64_C(60) * 1000)
#define LENGTH_MAX (INT64_C(24) * 3600 * 1000)

static const char *const verbs[] = { "up", "down", "extend", "status" };

/* A stretch of the text. */
struct span {
	const char *s, *end;
};

/* Bytes of the blank at S, or 0: what phones and keyboards put between words, and marks that nobody sees. */
static size_t blank_at(const char *s, const char *end)
{
	static const struct { int32_t first, last; } blanks[] = {
		{ ' ', ' ' }, { '\t', '\t' }, { 0xa0, 0xa0 }, { 0xad, 0xad }, { 0x2000, 0x200f }, { 0x2028, 0x202f },
		{ 0x205f, 0x2064 }, { 0x2066, 0x2069 }, { 0x3000, 0x3000 }, { 0xfeff, 0xfeff },
	};
	const char *p = s;
	int32_t cp = s < end ? utf8_next(&p) : 0;

	for (size_t i = 0; i < N(blanks); i++)
		if (cp >= blanks[i].first && cp <= blanks[i].last && p <= end)
			return (size_t)(p - s);
	return 0;
}

static struct span trim(struct span t)
{
	size_t n;

	while ((n = blank_at(t.s, t.end)) > 0)
		t.s += n;
	/* backwards by characters: a blank has one to three bytes */
	for (n = 1; n <= 3 && (size_t)(t.end - t.s) >= n;) {
		if (blank_at(t.end - n, t.end) == n) {
			t.end -= n;
			n = 1;
		} else {
			n++;
		}
	}
	return t;
}

/* Takes the first word off T, which becomes the trimmed rest. */
static struct span next_word(struct span *t)
{
	struct span w = { t->s, t->s };

	while (w.end < t->end && blank_at(w.end, t->end) == 0)
		w.end++;
	t->s = w.end;
	*t = trim(*t);
	return w;
}

static bool same_word(struct span w, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(w.end - w.s) == n && strncasecmp(w.s, word, n) == 0;
}

/* Two blanks become a full stop on some keyboards, and people write "up: code". */
static struct span without_stop(struct span w)
{
	if (w.end > w.s && strchr(".,:;!", w.end[-1]))
		w.end--;
	return w;
}

static bool find_verb(struct span w, enum command_verb *v)
{
	w = without_stop(w);
	for (size_t i = 0; i < N(verbs); i++)
		if (same_word(w, verbs[i])) {
			*v = (enum command_verb)i;
			return true;
		}
	return false;
}

/* Milliseconds of a unit, or 0. */
static int64_t unit_of(struct span w)
{
	static const struct { const char *name; int64_t ms; } units[] = {
		{ "s", 1000 }, { "sec", 1000 }, { "m", 60000 }, { "min", 60000 }, { "mins", 60000 },
		{ "h", 3600000 }, { "hr", 3600000 }, { "d", 86400000 },
	};

	for (size_t i = 0; i < N(units); i++)
		if (same_word(w, units[i].name))
			return units[i].ms;
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A number of up to six digits at T->s, stepped over. Returns -1 if there is none. */
static int64_t take_number(struct span *t)
{
	int64_t v = 0;
	int digits = 0;

	for (; t->s < t->end && is_digit(*t->s); t->s++)
		if (++digits <= 6)
			v = v * 10 + (*t->s - '0');
	return digits >= 1 && digits <= 6 ? v : -1;
}

/* "1h30m": numbers with units, the larger unit first. Returns milliseconds, or -1. */
static int64_t length_with_units(struct span t)
{
	int64_t total = 0, last = INT64_MAX;

	do {
		int64_t v = take_number(&t), unit;
		struct span w = { t.s, t.s };

		while (w.end < t.end && is_letter(*w.end))
			w.end++;
		unit = unit_of(w);
		if (v < 0 || unit == 0 || unit >= last)
			return -1;
		total += v * unit;	/* six digits of days are far from the bound */
		last = unit;
		t.s = w.end;
	} while (t.s < t.end);
	return total;
}

/* Takes "45m" or "45 min" off T. A bare number is left: it may be a code. Returns 0 if there is none. */
static int64_t take_length(struct span *t)
{
	struct span rest = *t, w = next_word(&rest), unit;
	int64_t ms = length_with_units(w);

	if (ms < 0) {
		int64_t v = take_number(&w);

		unit = next_word(&rest);
		if (v < 0 || w.s != w.end || unit_of(unit) == 0)
			return 0;
		ms = v * unit_of(unit);
	}
	*t = rest;
	return ms ? ms : -1;
}

static int set_code(struct span t, struct command *out, const char **why)
{
	size_t n = (size_t)(t.end - t.s);

	if (n == 0) {
		*why = "there is no code";
		return -1;
	}
	if (n >= sizeof out->code) {
		*why = "the code is too long";
		return -1;
	}
	memcpy(out->code, t.s, n);
	out->code[n] = 0;
	return 0;
}

int command_parse(const char *text, struct command *out, const char **why)
{
	struct span t, rest;

	memset(out, 0, sizeof *out);
	text += strspn(text, " \t\r\n");
	t = trim((struct span){ text, text + strcspn(text, "\r\n") });
	if (t.s == t.end) {
		*why = "the message is empty";
		return -1;
	}
	rest = t;
	if (!find_verb(next_word(&rest), &out->verb)) {
		out->verb = COMMAND_UP;
		return set_code(t, out, why);
	}
	if (out->verb == COMMAND_UP || out->verb == COMMAND_EXTEND) {
		out->length_ms = take_length(&rest);
		if (out->length_ms && (out->length_ms < LENGTH_MIN || out->length_ms > LENGTH_MAX)) {
			*why = "the length is not between 1 minute and 24 hours";
			return -1;
		}
	}
	return set_code(rest, out, why);
}

const char *command_verb_name(enum command_verb v)
{
	return (size_t)v < N(verbs) ? verbs[v] : "unknown";
}

int duration_parse(const char *text, int64_t *ms)
{
	struct span t = trim((struct span){ text, text + strlen(text) }), bare = t;
	int64_t v = take_number(&bare);

	v = v >= 0 && bare.s == bare.end ? v * 60000 : length_with_units(t);
	if (v < 1000 || v > INT64_C(7) * 86400000)
		return -1;
	*ms = v;
	return 0;
}
