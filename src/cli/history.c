#include "base/clock.h"
#include "cli/cli.h"
#include "ipc/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct history {
	const struct cli *c;
	struct json *json;
	size_t n;
};

static enum cli_colour colour_of(const char *kind)
{
	if (strcmp(kind, "fault") == 0)
		return CLI_RED;
	if (strcmp(kind, "window") == 0)
		return CLI_GREEN;
	return CLI_PLAIN;
}

static void print_event(const struct cli *c, const struct msg *m)
{
	char when[32] = "?";
	struct tm tm;
	int64_t s;
	time_t t;

	if (msg_int(m, "time", 0, INT64_C(253402300799), &s) == 0) {
		t = (time_t)s;
		if (localtime_r(&t, &tm))
			strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &tm);
	}
	show(c, CLI_DIM, when);
	printf("  ");
	show(c, colour_of(msg_get(m, "kind")), msg_get(m, "kind"));
	printf("%*s", (int)(strlen(msg_get(m, "kind")) < 8 ? 9 - strlen(msg_get(m, "kind")) : 1), "");
	show(c, CLI_PLAIN, msg_get(m, "text"));
	putchar('\n');
}

static void on_line(void *arg, const struct msg *m, int rule)
{
	struct history *h = arg;

	if (rule != CONTROL_EVENT)
		return;
	h->n++;
	if (h->json)
		json_append(h->json, "events", json_from_fields(m, "time"));
	else
		print_event(h->c, m);
}

int cli_history(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	struct history h = { .c = c, .json = c->json ? json_from_fields(NULL, "") : NULL };
	char count[24];

	(void)argv;
	if (argc != 1) {
		cli_fail(a, CLI_USAGE, "history takes no arguments, but -n NUMBER; see: oobm --help");
		goto out;
	}
	if (h.json)
		json_append(h.json, "events", NULL);
	snprintf(count, sizeof count, "%" PRId64, c->count);
	if (cli_ask(c, "history", (struct cli_field[]){ { "count", c->count ? count : NULL }, { NULL, NULL } }, on_line, &h,
		    a) != CLI_OK)
		goto out;
	if (h.json)
		json_print(h.json, stdout);
	else if (h.n == 0)
		puts("Nothing has happened yet.");
out:
	json_free(h.json);
	return a->exit;
}
