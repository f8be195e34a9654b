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

/* What the LED says, as people say it. */
static void power_words(const struct msg *m, char *out, size_t size, enum cli_colour *colour)
{
	static const struct { const char *led, *words; enum cli_colour colour; } table[] = {
		{ "on", "on", CLI_GREEN }, { "off", "off", CLI_RED }, { "blinking", "asleep (LED blinks)", CLI_YELLOW },
		{ "none", "no LED line: on or off is not known", CLI_PLAIN },
	};

	*colour = CLI_YELLOW;
	snprintf(out, size, "not known yet");
	if (*text(m, "fault")) {
		*colour = CLI_RED;
		snprintf(out, size, "out of reach: %s", text(m, "fault"));
		return;
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].led, text(m, "led")) == 0) {
			*colour = table[i].colour;
			snprintf(out, size, "%s", table[i].words);
		}
}

static void show_console(const struct cli *c, const struct msg *m)
{
	char age[40];
	int64_t ms;

	if (*text(m, "console-fault")) {
		printf("  %14s", "");
		show(c, CLI_RED, "console: ");
		show(c, CLI_PLAIN, text(m, "console-fault"));
		putchar('\n');
		return;
	}
	if (!*text(m, "last") || msg_int(m, "last-age", 0, INT64_MAX, &ms) < 0)
		return;
	duration_format(ms, age, sizeof age);
	printf("  %14s", "");
	show(c, CLI_PLAIN, text(m, "last"));
	printf("  ");
	show(c, CLI_DIM, age);
	show(c, CLI_DIM, " ago");
	putchar('\n');
}

void show_target(const struct cli *c, const struct msg *m)
{
	enum cli_colour colour = CLI_PLAIN;
	char words[320];
	const char *name = text(m, "name");
	int64_t queue;

	printf("  ");
	show(c, CLI_DIM, name);
	printf("%*s", strlen(name) < 12 ? (int)(12 - strlen(name)) : 1, "");
	if (flag(m, "power")) {
		power_words(m, words, sizeof words, &colour);
		show(c, colour, words);
		if (msg_int(m, "queue", 1, 1000, &queue) == 0)
			printf(", %d waiting", (int)queue);
	} else {
		show(c, CLI_PLAIN, flag(m, "recording") ? "console is recorded" : "console only");
	}
	putchar('\n');
	if (flag(m, "console"))
		show_console(c, m);
}

void show_pending(const struct cli *c, const struct msg *m)
{
	char left[40], due[40] = "";
	int64_t ms, wall;

	snprintf(left, sizeof left, "?");
	if (msg_int(m, "left", 0, INT64_MAX, &ms) == 0)
		duration_format(ms, left, sizeof left);
	if (msg_int(m, "due", 0, INT64_MAX, &wall) == 0)
		show_time_text(wall, due, sizeof due);
	printf("  ");
	show(c, CLI_DIM, "pending");
	printf("     ");
	show(c, CLI_BOLD, text(m, "id"));
	printf("  ");
	show(c, CLI_YELLOW, text(m, "verb"));
	printf(" of ");
	show(c, CLI_YELLOW, text(m, "target"));
	printf(" in %s%s%s, asked by ", left, *due ? ", at " : "", due);
	show(c, CLI_PLAIN, text(m, "by"));
	putchar('\n');
}

/* ---- targets: for completion, and for scripts ---- */

struct names {
	struct json *json;
};

static void on_target(void *arg, const struct msg *m, int rule)
{
	struct names *n = arg;

	if (rule != CONTROL_TARGET)
		return;
	if (n->json)
		json_append(n->json, "targets", json_from_fields(m, TARGET_NUMBERS));
	else
		puts(text(m, "name"));
}

int cli_targets(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	struct names n = { NULL };

	(void)argv;
	if (argc != 1)
		return cli_fail(a, CLI_USAGE, "targets takes no arguments; see: oobm --help");
	if (c->json) {
		n.json = json_from_fields(NULL, "");
		json_append(n.json, "targets", NULL);
	}
	if (cli_ask(c, "targets", NULL, on_target, &n, a) == CLI_OK && n.json)
		json_print(n.json, stdout);
	json_free(n.json);
	return a->exit;
}
