/* target.c - the machines that are looked after, each in a line or two. */
#include "cli/cli.h"
#include "core/command.h"
#include "ipc/json.h"

#include <stdio.h>
#include <string.h>

static const char *text(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	return v ? v : "";
}

static bool flag(const struct msg *m, const char *key)
{
	return strcmp(text(m, key), "1") == 0;
}

#define INDENT 14	/* where values begin */

/* What the LED says, as people say it, and drawn. */
static const struct led { const char *led, *words, *drawn, *plain; enum cli_colour colour; } leds[] = {
	{ "on", "on", "\u25cf", "[*]", CLI_GREEN }, { "off", "off", "\u25cb", "[ ]", CLI_RED },
	{ "blinking", "asleep (the LED blinks)", "\u25d0", "[~]", CLI_YELLOW },
	{ "none", "no LED line: on or off is not known", "\u00b7", "[?]", CLI_PLAIN },
	{ "", "not known yet", "\u00b7", "[?]", CLI_YELLOW },
};

static const struct led *led_of(const struct msg *m)
{
	const struct led *l = leds;

	while (*l->led && strcmp(l->led, text(m, "led")) != 0)
		l++;
	return l;
}

static void show_power(const struct cli *c, const struct msg *m)
{
	const struct led *l = led_of(m);
	char words[320];
	int64_t queue;

	if (*text(m, "fault")) {
		snprintf(words, sizeof words, "out of reach: %s", text(m, "fault"));
		show_wrapped(c, CLI_RED, words, INDENT);
	} else {
		show(c, l->colour, c->utf8 ? l->drawn : l->plain);
		fputc(' ', c->out);
		show(c, l->colour, l->words);
	}
	if (msg_int(m, "queue", 1, 1000, &queue) == 0)
		fprintf(c->out, ", %d waiting", (int)queue);
}

/* The last line, and at the right how long ago that was. */
static void show_last(const struct cli *c, const struct msg *m)
{
	char age[40], ago[48];
	int64_t ms;
	int room;

	if (!*text(m, "last") || msg_int(m, "last-age", 0, INT64_MAX, &ms) < 0)
		return;
	duration_format(ms < 60000 ? ms : ms - ms % 60000, age, sizeof age);
	snprintf(ago, sizeof ago, "  %s ago", age);
	room = c->width ? c->width - INDENT - (int)strlen(ago) : 0;
	fprintf(c->out, "%*s", INDENT, "");
	show_cut(c, CLI_PLAIN, text(m, "last"), room > 0 ? room : c->width ? 1 : 0);
	if (room > show_width(c, text(m, "last")))
		fprintf(c->out, "%*s", room - show_width(c, text(m, "last")), "");
	show(c, CLI_DIM, ago);
	fputc('\n', c->out);
}

static void show_console(const struct cli *c, const struct msg *m)
{
	char words[320];

	if (*text(m, "console-fault")) {
		snprintf(words, sizeof words, "no console: %s", text(m, "console-fault"));
		fprintf(c->out, "%*s", INDENT, "");
		show_wrapped(c, CLI_RED, words, INDENT);
		fputc('\n', c->out);
	}
	show_last(c, m);
}

void show_target(const struct cli *c, const struct msg *m)
{
	const char *name = text(m, "name");

	fputs("  ", c->out);
	show(c, CLI_BOLD, name);
	fprintf(c->out, "%*s", strlen(name) < INDENT - 2 ? (int)(INDENT - 2 - strlen(name)) : 1, "");
	if (flag(m, "power"))
		show_power(c, m);
	else
		show(c, CLI_PLAIN, flag(m, "recording") ? "its console is recorded" : "a console, not recorded now");
	fputc('\n', c->out);
	if (flag(m, "console"))
		show_console(c, m);
}

void show_pending(const struct cli *c, const struct msg *m)
{
	char left[40], due[40] = "", words[320];
	const char *id = text(m, "id");
	int64_t ms, wall;

	snprintf(left, sizeof left, "?");
	if (msg_int(m, "left", 0, INT64_MAX, &ms) == 0)
		duration_format(ms, left, sizeof left);
	if (msg_int(m, "due", 0, INT64_MAX, &wall) == 0)
		show_time_text(wall, due, sizeof due);
	fputs("  ", c->out);
	show(c, CLI_DIM, "pending");
	fputs("     ", c->out);
	show(c, CLI_BOLD, id);
	fputs("  ", c->out);
	snprintf(words, sizeof words, "%s of %s in %s%s%s, asked by %s", text(m, "verb"), text(m, "target"), left,
		 *due ? ", at " : "", due, text(m, "by"));
	show_wrapped(c, CLI_YELLOW, words, INDENT + (int)strlen(id) + 2);
	fputc('\n', c->out);
}

/* ---- targets: for completion, and for scripts ---- */

struct names {
	const char *with;	/* "power", "console", or NULL for all */
	struct json *json;
};

static void on_target(void *arg, const struct msg *m, int rule)
{
	struct names *n = arg;

	if (rule != CONTROL_TARGET || (n->with && !flag(m, n->with)))
		return;
	if (n->json)
		json_append(n->json, "targets", json_from_fields(m, TARGET_NUMBERS));
	else
		puts(text(m, "name"));
}

int cli_targets(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	struct names n = { .with = argc == 2 ? argv[1] : NULL };

	if (argc > 2 || (n.with && strcmp(n.with, "power") != 0 && strcmp(n.with, "console") != 0))
		return cli_fail(a, CLI_USAGE, "targets takes nothing, or power or console for those that have that: oobm targets power");
	if (c->json) {
		n.json = json_from_fields(NULL, "");
		json_append(n.json, "targets", NULL);
	}
	if (cli_ask(c, "targets", NULL, on_target, &n, a) == CLI_OK && n.json)
		json_print(n.json, stdout);
	json_free(n.json);
	return a->exit;
}
