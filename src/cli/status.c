#include "base/clock.h"
#include "cli/cli.h"
#include "core/bytes.h"
#include "core/command.h"
#include "ipc/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS "since uptime signal left length end received sent try tries spool next month budget"
#define TEXT_MAX 512
#define INDENT 14	/* where values begin */

/* What changes although nothing happens. */
#define PASSING " since uptime left end received sent last-age next due month "

struct status {
	const struct cli *c;
	struct json *json;
	struct buf *same;	/* or NULL */
	bool seen;
	int group;		/* the kind of line that came last */
	char footer[2][TEXT_MAX];
};

/* What a state means to somebody who is in a hurry. */
static const struct {
	const char *state, *words;
	enum cli_colour colour;
} states[] = {
	{ "offline", "offline: no modem that can be used", CLI_RED },
	{ "listening", "listening for a message", CLI_GREEN },
	{ "dialling", "dialling out", CLI_YELLOW },
	{ "checking", "checking the link", CLI_YELLOW },
	{ "connecting", "connecting to the relay", CLI_YELLOW },
	{ "open", "OPEN", CLI_GREEN },
	{ "closing", "closing the window", CLI_YELLOW },
	{ "pausing", "pausing before the next try", CLI_YELLOW },
	{ "reporting", "telling the owner how it went", CLI_YELLOW },
};

/* ---- fields as people read them; each leaves OUT empty if there is nothing to say ---- */

static bool number(const struct msg *m, const char *key, int64_t *n)
{
	return msg_int(m, key, INT64_MIN, INT64_MAX, n) == 0;
}

static const char *text(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	return v ? v : "";
}

static void duration(const struct msg *m, const char *key, char *out, size_t size)
{
	int64_t ms;

	out[0] = 0;
	if (number(m, key, &ms))
		duration_format(ms, out, size);
}

/* 3GPP TS 27.007 8.5 gives -113 dBm (0) to -51 dBm (31); what the bars of phones make of it. */
static void signal_text(const struct cli *c, const struct msg *m, char *out, size_t size)
{
	static const struct { int dbm; const char *word; } steps[] = {
		{ -73, "excellent" }, { -83, "good" }, { -93, "fair" }, { -103, "poor" }, { INT16_MIN, "very poor" },
	};
	static const char *const bars[2][5] = {
		{ "[****]", "[*** ]", "[**  ]", "[*   ]", "[    ]" },
		{ "▂▄▆█", "▂▄▆ ", "▂▄  ", "▂   ", "    " },
	};
	int64_t dbm;
	int i = 0;

	out[0] = 0;
	if (!number(m, "signal", &dbm) || dbm >= 0 || dbm < -150)
		return;
	while (dbm < steps[i].dbm)
		i++;
	snprintf(out, size, "%s  %" PRId64 " dBm, %s", bars[c->utf8][i], dbm, steps[i].word);
}

/* "ssh://root@relay:31337" -> "ssh -p 31337 root@relay", to be pasted. */
static void ssh_text(const struct msg *m, char *out, size_t size)
{
	const char *url = text(m, "ssh"), *host = strncmp(url, "ssh://", 6) == 0 ? url + 6 : url;
	const char *colon = strrchr(host, ':');

	if (!colon || strchr(colon, ']') || !colon[1])
		snprintf(out, size, "%s%s", *host ? "ssh " : "", host);
	else
		snprintf(out, size, "ssh -p %s %.*s", colon + 1, (int)(colon - host), host);
}

static void bytes_text(const struct msg *m, char *out, size_t size)
{
	char in[24], sent[24];
	int64_t r, s;

	out[0] = 0;
	if (!number(m, "received", &r) || !number(m, "sent", &s) || (r == 0 && s == 0 && !msg_get(m, "left")))
		return;
	bytes_format((uint64_t)r, in, sizeof in);
	bytes_format((uint64_t)s, sent, sizeof sent);
	snprintf(out, size, "%s received, %s sent", in, sent);
}

static void join(char *out, size_t size, const char *what)
{
	size_t len = strlen(out);

	if (*what)
		snprintf(out + len, size - len, "%s%s", len ? ", " : "", what);
}

static void tries_text(const struct msg *m, char *out, size_t size)
{
	int64_t try, tries;

	out[0] = 0;
	if (strcmp(text(m, "state"), "open") == 0)
		return;		/* how often it took is history */
	if (number(m, "try", &try) && try > 0 && number(m, "tries", &tries))
		snprintf(out, size, "%" PRId64 " of %" PRId64, try, tries);
}

/* `next` is a sentence, or the milliseconds until the next step. */
static void next_text(const struct msg *m, char *out, size_t size)
{
	char wait[40];

	duration(m, "next", wait, sizeof wait);
	snprintf(out, size, "%s%s", *wait ? "in " : text(m, "next"), wait);
}

static void notices_text(const struct msg *m, char *out, size_t size)
{
	int64_t n;

	out[0] = 0;
	if (number(m, "spool", &n) && n > 0)
		snprintf(out, size, "%" PRId64 " waiting to be sent", n);
}

/* Bytes of the month, and what is said about them by their colour. */
static enum cli_colour data_text(const struct msg *m, char *out, size_t size)
{
	char used[24], all[24];
	int64_t month, budget = 0;

	out[0] = 0;
	if (!number(m, "month", &month) || (!number(m, "budget", &budget) && month == 0))
		return CLI_PLAIN;
	bytes_format((uint64_t)month, used, sizeof used);
	bytes_format((uint64_t)budget, all, sizeof all);
	if (budget <= 0) {
		snprintf(out, size, "%s this month", used);
		return CLI_PLAIN;
	}
	snprintf(out, size, "%s of %s this month", used, all);
	return month >= budget ? CLI_RED : month >= budget - budget / 5 ? CLI_YELLOW : CLI_PLAIN;
}

/* ---- the page ---- */

static void row(const struct cli *c, const char *name, enum cli_colour colour, const char *value)
{
	if (!*value)
		return;
	fputs("  ", c->out);
	show(c, CLI_DIM, name);
	fprintf(c->out, "%*s", INDENT - 2 - (int)strlen(name), "");
	show_wrapped(c, colour, value, INDENT);
	fputc('\n', c->out);
}

static void print_headline(const struct cli *c, const struct msg *m)
{
	const char *state = text(m, "state"), *words = state;
	enum cli_colour colour = CLI_BOLD;
	char left[40], end[40] = "";
	int64_t wall;

	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strcmp(states[i].state, state) == 0) {
			words = states[i].words;
			colour = states[i].colour;
		}
	show(c, colour, words);
	duration(m, "left", left, sizeof left);
	if (number(m, "end", &wall))
		show_time_text(wall, end, sizeof end);
	if (*left) {
		fputs(strcmp(state, "open") == 0 ? ", " : "; the window has ", c->out);
		show(c, CLI_BOLD, left);
		fprintf(c->out, " left%s%s", *end ? ", until " : "", end);
	}
	fputs("\n\n", c->out);
}

static void print_window(const struct cli *c, const struct msg *m)
{
	char line[TEXT_MAX], part[40];

	ssh_text(m, line, sizeof line);
	row(c, "connect", CLI_BOLD, line);
	snprintf(line, sizeof line, "%s", text(m, "by"));
	duration(m, "length", part, sizeof part);
	if (*part && *line)
		snprintf(line, sizeof line, "%s, asked by %s", part, text(m, "by"));
	row(c, "window", CLI_PLAIN, line);
	snprintf(line, sizeof line, "%s", text(m, "ifname"));
	join(line, sizeof line, text(m, "local"));
	row(c, "link", CLI_PLAIN, line);
	bytes_text(m, line, sizeof line);
	row(c, "traffic", CLI_PLAIN, line);
	tries_text(m, line, sizeof line);
	row(c, "try", CLI_PLAIN, line);
}

static void print_modem(const struct cli *c, const struct msg *m)
{
	enum cli_colour colour;
	char line[TEXT_MAX];

	snprintf(line, sizeof line, "%s", text(m, "model"));
	if (*text(m, "sim") && strcmp(text(m, "sim"), "ready") != 0 && strcmp(text(m, "sim"), "READY") != 0) {
		join(line, sizeof line, "SIM ");
		snprintf(line + strlen(line), sizeof line - strlen(line), "%s", text(m, "sim"));
	}
	row(c, "modem", CLI_PLAIN, line);
	snprintf(line, sizeof line, "%s", text(m, "operator"));
	join(line, sizeof line, text(m, "registration"));
	row(c, "network", CLI_PLAIN, line);
	signal_text(c, m, line, sizeof line);
	row(c, "signal", CLI_PLAIN, line);
	colour = data_text(m, line, sizeof line);
	row(c, "data", colour, line);
}

static void print_status(struct status *s, const struct msg *m)
{
	const struct cli *c = s->c;
	char line[TEXT_MAX], up[40];

	print_headline(c, m);
	print_window(c, m);
	print_modem(c, m);
	row(c, "last error", CLI_RED, text(m, "error"));
	next_text(m, line, sizeof line);
	row(c, "next", CLI_PLAIN, line);
	notices_text(m, line, sizeof line);
	row(c, "notices", CLI_YELLOW, line);
	duration(m, "since", s->footer[0], sizeof s->footer[0]);
	duration(m, "uptime", up, sizeof up);
	snprintf(s->footer[1], sizeof s->footer[1], "version %s, up %s", text(m, "version"), up);
}

static void print_line(struct status *s, const struct msg *m, int rule)
{
	if (rule != s->group)
		fputc('\n', s->c->out);
	if (rule == CONTROL_TARGET)
		show_target(s->c, m);
	else
		show_pending(s->c, m);
}

static void print_footer(const struct status *s)
{
	fputc('\n', s->c->out);
	row(s->c, "since", CLI_PLAIN, s->footer[0]);
	row(s->c, "oobmd", CLI_DIM, s->footer[1]);
}

static void remember(struct buf *same, const struct msg *m)
{
	char word[40];

	for (size_t i = 0; i < m->nfields; i++) {
		snprintf(word, sizeof word, " %.30s ", m->field[i].key);
		if (!strstr(PASSING, word))
			buf_addf(same, "%s=%s\n", m->field[i].key, m->field[i].value);
	}
}

static void on_line(void *arg, const struct msg *m, int rule)
{
	struct status *s = arg;

	if (s->same)
		remember(s->same, m);
	if (rule == CONTROL_ST && !s->seen) {
		s->seen = true;
		if (s->c->json)
			s->json = json_from_fields(m, NUMBERS);
		else
			print_status(s, m);
	} else if (s->json && rule == CONTROL_TARGET) {
		json_append(s->json, "targets", json_from_fields(m, TARGET_NUMBERS));
	} else if (s->json && rule == CONTROL_WAITING) {
		json_append(s->json, "pending", json_from_fields(m, PENDING_NUMBERS));
	} else if (s->seen && !s->json && (rule == CONTROL_TARGET || rule == CONTROL_WAITING)) {
		print_line(s, m, rule);
	}
	s->group = rule;
}

int status_once(const struct cli *c, struct buf *same, struct cli_answer *a)
{
	struct status s = { .c = c, .same = same };

	if (cli_ask(c, "status", NULL, on_line, &s, a) == CLI_OK && !s.seen)
		cli_fail(a, CLI_NO_ANSWER, "the agent answered without its status; see: journalctl -u oobmd");
	if (a->exit == CLI_OK && s.json && c->watch)
		json_print_line(s.json, c->out);
	else if (a->exit == CLI_OK && s.json)
		json_print(s.json, c->out);
	else if (a->exit == CLI_OK)
		print_footer(&s);
	json_free(s.json);
	return a->exit;
}

int cli_status(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	(void)argv;
	if (argc != 1)
		return cli_fail(a, CLI_USAGE, "status takes no arguments; see: oobm --help");
	return c->watch ? status_watch(c, a) : status_once(c, NULL, a);
}
