#include "base/clock.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "ipc/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void show_safe(const char *s, FILE *to)
{
	size_t n = strlen(s);

	while (n > 0) {
		size_t w = utf8_char(s, n);
		/* C0, DEL, and C1 (U+0080..U+009F) in their two bytes */
		bool bad = w == 0 || (w == 1 && ((unsigned char)*s < 0x20 || *s == 0x7f)) ||
			   (w == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0);

		w = w ? w : 1;
		if (bad)
			putc('?', to);
		else
			fwrite(s, 1, w, to);
		s += w;
		n -= w;
	}
}

void show(const struct cli *c, enum cli_colour colour, const char *s)
{
	static const char *const codes[] = { "", "\033[1m", "\033[2m", "\033[1;31m", "\033[1;32m", "\033[1;33m" };
	bool on = c->colour && colour != CLI_PLAIN;

	if (on)
		fputs(codes[colour], stdout);
	show_safe(s, stdout);
	if (on)
		fputs("\033[0m", stdout);
}

void show_bytes_text(int64_t n, char *out, unsigned size)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double v = (double)n / 1000;
	unsigned u = 0;

	if (n < 1000) {
		snprintf(out, size, "%" PRId64 " bytes", n);
		return;
	}
	while (v >= 999.95 && u < 3) {
		v /= 1000;
		u++;
	}
	snprintf(out, size, "%.1f %s", v, units[u]);
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

void show_answer(const struct cli *c, const struct cli_answer *a)
{
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
