#include "base/clock.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "ipc/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

/* Bytes of the character at S, of which N bytes are there. BAD: it is not to reach a terminal. */
static size_t next(const char *s, size_t n, bool *bad)
{
	size_t w = utf8_char(s, n);

	/* C0, DEL, and C1 (U+0080..U+009F) in their two bytes */
	*bad = w == 0 || (w == 1 && ((unsigned char)*s < 0x20 || *s == 0x7f)) ||
	       (w == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0);
	return w ? w : 1;
}

/* The columns that it takes. */
static int columns_of(const struct cli *c, const char *s, size_t bytes, bool bad)
{
	int n;

	if (bytes == 1 || bad)
		return 1;
	n = c->utf8 ? wcwidth((wchar_t)utf8_next(&s)) : (int)bytes;
	return n < 0 ? 1 : n;
}

static void put_safe(const char *s, size_t n, FILE *to)
{
	bool bad;

	while (n > 0) {
		size_t w = next(s, n, &bad);

		if (bad)
			putc('?', to);
		else
			fwrite(s, 1, w, to);
		s += w;
		n -= w;
	}
}

void show_safe(const char *s, FILE *to)
{
	put_safe(s, strlen(s), to);
}

static void show_part(const struct cli *c, enum cli_colour colour, const char *s, size_t n)
{
	static const char *const codes[] = { "", "\033[1m", "\033[2m", "\033[1;31m", "\033[1;32m", "\033[1;33m" };
	bool on = c->colour && colour != CLI_PLAIN;

	if (on)
		fputs(codes[colour], c->out);
	put_safe(s, n, c->out);
	if (on)
		fputs("\033[0m", c->out);
}

void show(const struct cli *c, enum cli_colour colour, const char *s)
{
	show_part(c, colour, s, strlen(s));
}

/* Bytes of the longest beginning of S that takes at most COLUMNS. */
static size_t fit(const struct cli *c, const char *s, int columns)
{
	size_t len = strlen(s), n = 0;
	bool bad;

	while (n < len) {
		size_t w = next(s + n, len - n, &bad);
		int one = columns_of(c, s + n, w, bad);

		if (one > columns)
			break;
		columns -= one;
		n += w;
	}
	return n;
}

int show_width(const struct cli *c, const char *s)
{
	size_t len = strlen(s);
	int width = 0;
	bool bad;

	for (size_t n = 0; n < len;) {
		size_t w = next(s + n, len - n, &bad);

		width += columns_of(c, s + n, w, bad);
		n += w;
	}
	return width;
}

void show_cut(const struct cli *c, enum cli_colour colour, const char *s, int columns)
{
	const char *ellipsis = c->utf8 ? "\u2026" : "...";

	if (columns <= 0 || show_width(c, s) <= columns) {
		show(c, colour, s);
		return;
	}
	columns -= show_width(c, ellipsis);
	show_part(c, colour, s, fit(c, s, columns > 0 ? columns : 0));
	show(c, colour, ellipsis);
}

void show_wrapped(const struct cli *c, enum cli_colour colour, const char *s, int indent)
{
	int room = c->width - indent;

	while (c->width && room > 0 && show_width(c, s) > room) {
		size_t n = fit(c, s, room), blank = n;

		while (blank > 0 && s[blank] != ' ')
			blank--;
		n = blank ? blank : n ? n : 1;
		show_part(c, colour, s, n);
		s += n + strspn(s + n, " ");
		fprintf(c->out, "\n%*s", indent, "");
	}
	show(c, colour, s);
}

void show_time_text(int64_t wall, char *out, unsigned size)
{
	time_t t = (time_t)wall, now = (time_t)clock_wall_s();
	struct tm then, today;

	if (!localtime_r(&t, &then) || !localtime_r(&now, &today)) {
		snprintf(out, size, "%" PRId64, wall);
		return;
	}
	strftime(out, size, then.tm_year == today.tm_year && then.tm_yday == today.tm_yday ? "%H:%M" : "%Y-%m-%d %H:%M",
		 &then);
}

static void answer_json(const struct cli_answer *a)
{
	struct json *j = json_from_fields(NULL, "");

	json_set_string(j, "result", a->exit == CLI_OK ? "ok" : "error");
	if (a->exit != CLI_OK)
		json_set_string(j, "code", a->code);
	json_set_string(j, "text", a->text);
	json_print(j, stdout);
	json_free(j);
}

/* Who is in oobm-shell cannot look into the journal, nor become root: whoever can is to be told. */
static void put_right(struct cli_answer *a)
{
	static const struct { const char *where, *instead; } remedies[] = {
		{ "See: ", "Tell whoever looks after this computer" }, { "see: ", "tell whoever looks after this computer" },
		{ ": sudo ", "; tell whoever looks after this computer" },
	};

	if (a->exit != CLI_UNREACHABLE && a->exit != CLI_NO_ANSWER && a->exit != CLI_PERMISSION)
		return;
	for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++) {
		char *at = strstr(a->text, remedies[i].where);

		if (at)
			snprintf(at, sizeof a->text - (size_t)(at - a->text), "%s", remedies[i].instead);
	}
}

void show_answer(const struct cli *c, struct cli_answer *a)
{
	if (c->shell)
		put_right(a);
	if (c->json) {
		answer_json(a);
	} else if (a->exit == CLI_OK) {
		show(c, CLI_PLAIN, a->text);
		putchar('\n');
	} else {
		fputs(c->shell ? "oobm-shell: " : "oobm: ", stderr);
		show_safe(a->text, stderr);
		putc('\n', stderr);
	}
}
