/* log: the recording of a console, made safe for a terminal. */
#include "cli/attach.h"
#include "core/ansi.h"
#include "core/stamp.h"
#include "ipc/json.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINES_DEFAULT 50

struct reader {
	const struct cli *cli;
	struct json *json;
	struct ansi_filter filter;	/* control functions may be cut by the recorder */
	char line[STAMP_LEN + STAMP_LINE_MAX + 16];
	size_t len;
	bool any;			/* a line was shown */
	bool over;
};

/* --- lines ----------------------------------------------------------------------------------------- */

/* What a person would have seen: what was returned to and written over is left out, what was taken back as well.
 * Returns the length; IN and OUT may be the same. */
static size_t settle(char *text, size_t n)
{
	size_t len = 0;

	while (n > 0 && text[n - 1] == '\r')
		n--;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\r')
			len = 0;
		else if (text[i] == '\b')
			len -= len > 0;
		else
			text[len++] = text[i];
	}
	return len;
}

/* What follows has no end, so each line is an object by itself. */
static void show_json(struct reader *r, const char *time, enum stamp_mark mark, const char *text)
{
	struct json *j = json_from_fields(NULL, "");

	if (time)
		json_set_string(j, "time", time);
	json_set_string(j, "kind", mark == STAMP_REMARK ? "remark" : mark == STAMP_REST ? "rest" : "line");
	json_set_string(j, "text", text);
	if (!r->cli->follow) {
		json_append(r->json, "lines", j);
		return;
	}
	json_print_line(j, stdout);
	json_free(j);
}

static void show_text(struct reader *r, const char *time, enum stamp_mark mark, const char *text)
{
	if (time) {
		show(r->cli, CLI_DIM, time);
		putchar(mark == STAMP_REST ? '+' : ' ');
	}
	if (mark == STAMP_REMARK)
		printf("-- ");
	show(r->cli, mark == STAMP_REMARK ? CLI_YELLOW : CLI_PLAIN, text);
	if (mark == STAMP_REMARK)
		printf(" --");
}

/* WHOLE: with its newline; else it is what has come of it so far. */
static void show_line(struct reader *r, const char *line, size_t n)
{
	char time[STAMP_LEN], safe[sizeof r->line + ANSI_SLACK + 1] = "";
	const char *text = line;
	size_t len = n;
	enum stamp_mark mark = stamp_parse(line, n, &text, &len);
	struct ansi_filter fresh = { .keep = ANSI_KEEP_TEXT }, *filter = mark == STAMP_REMARK ? &fresh : &r->filter;

	if (mark != STAMP_REST)
		r->filter = fresh;
	memcpy(time, line, n < STAMP_LEN ? n : STAMP_LEN - 1);
	time[STAMP_LEN - 1] = 0;
	len = settle(safe, ansi_filter(filter, text, len, safe));
	safe[len] = 0;
	if (r->json)
		show_json(r, mark ? time : NULL, mark, safe);
	else
		show_text(r, mark ? time : NULL, mark, safe);
	r->any = true;
}

static void end_line(struct reader *r)
{
	show_line(r, r->line, r->len);
	if (!r->json)
		putchar('\n');
	r->len = 0;
}

static void take_data(struct reader *r, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n')
			end_line(r);
		else if (r->len < sizeof r->line)
			r->line[r->len++] = p[i];
	}
}

/* --- the connection ------------------------------------------------------------------------------------ */

static void take_frame(struct reader *r, const struct frame *f)
{
	char text[256];

	switch (f->type) {
	case FRAME_DATA:
		take_data(r, f->data, f->len);
		break;
	case FRAME_NOTICE:
		snprintf(text, sizeof text, "%.*s", (int)f->len, f->data);
		fputs("oobm: ", stderr);
		show_safe(text, stderr);
		putc('\n', stderr);
		break;
	case FRAME_LIVE:
		r->over = !r->cli->follow;
		break;
	default:
		break;
	}
}

/* Returns 0, or -1 when it is over. */
static int turn(const struct cli *c, struct reader *r, struct attach *t, struct cli_answer *a)
{
	struct pollfd p[2] = { { .fd = t->fd, .events = POLLIN }, { .fd = STDOUT_FILENO, .events = 0 } };
	struct frame f;
	int rc, n;

	while ((rc = attach_next(t, &f, a)) > 0)
		take_frame(r, &f);
	if (rc < 0 || r->over)
		return -1;
	fflush(stdout);
	n = poll(p, 2, c->follow ? -1 : (int)c->timeout);
	if (n == 0) {
		cli_fail(a, CLI_NO_ANSWER, "the console's worker does not go on; see: journalctl -u oobmd");
		return -1;
	}
	if (ferror(stdout) || (n > 0 && p[1].revents & (POLLERR | POLLHUP | POLLNVAL)))
		return -1;
	if (n > 0 && p[0].revents && attach_read(t) < 0) {
		attach_over(a);
		return -1;
	}
	return 0;
}

static void read_log(const struct cli *c, const char *target, struct cli_answer *a)
{
	struct reader r = { .cli = c, .filter.keep = ANSI_KEEP_TEXT };
	char lines[24];
	struct cli_field hello[] = { { "mode", c->follow ? "follow" : "log" }, { "lines", lines }, { NULL, NULL } };
	struct attach t;

	snprintf(lines, sizeof lines, "%" PRId64, c->count ? c->count : LINES_DEFAULT);
	if (attach_open(c, target, hello, &t, a) != CLI_OK)
		return;
	if (c->json) {
		r.json = json_from_fields(NULL, "");
		json_set_string(r.json, "target", target);
		json_append(r.json, "lines", NULL);
	}
	while (turn(c, &r, &t, a) == 0)
		;
	if (r.len > 0)
		end_line(&r);
	attach_close(&t);
	if (r.json && a->exit == CLI_OK && !c->follow)
		json_print(r.json, stdout);
	else if (a->exit == CLI_OK && !c->json && !r.any && isatty(STDOUT_FILENO))
		puts("Nothing is recorded yet.");
	json_free(r.json);
}

int cli_log(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	if (argc != 2)
		return cli_fail(a, CLI_USAGE, "log takes the name of a machine: oobm log nas; see: oobm targets");
	read_log(c, argv[1], a);
	return a->exit;
}
