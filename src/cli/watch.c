/* watch.c - status again and again: in place on a terminal, and once for each change elsewhere. */
#include "base/clock.h"
#include "cli/cli.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVERY_MS (2 * SEC_MS)
#define SAME_MAX ((size_t)256 * 1024)

/* One picture: what was to be printed, and what of it is the same as long as nothing happens. */
struct picture {
	char *text;
	size_t len;
	struct buf same;
};

static void picture_free(struct picture *p)
{
	free(p->text);
	buf_free(&p->same);
	*p = (struct picture){ .text = NULL };
}

/* Returns an exit code; P is there to be freed in any case. */
static int take(const struct cli *c, struct picture *p, struct cli_answer *a)
{
	struct cli to = *c;

	*p = (struct picture){ .text = NULL };
	buf_init(&p->same, SAME_MAX);
	to.out = open_memstream(&p->text, &p->len);
	if (!to.out)
		return cli_fail(a, CLI_REFUSED, "out of memory");
	status_once(&to, &p->same, a);
	if (fclose(to.out) != 0)
		return cli_fail(a, CLI_REFUSED, "out of memory");
	return a->exit;
}

/* From the upper left corner on, each line cleared first, and all below the last one. What does not fit is
 * left out, or the terminal would scroll. */
static void paint(const struct cli *c, const struct picture *p, const struct cli_answer *a)
{
	const char *s = p->text;
	int rows = c->height > 3 ? c->height - 2 : 1;

	fputs("\033[H", stdout);
	for (; s && *s && rows > 0; rows--) {
		size_t n = strcspn(s, "\n");

		fputs("\033[K", stdout);	/* before, for behind a full line it takes the last character */
		fwrite(s, 1, n, stdout);
		putchar('\n');
		s += n + (s[n] == '\n');
	}
	fputs("\033[J", stdout);
	if (a->exit != CLI_OK)
		show_cut(c, CLI_RED, a->text, c->width - 1);
	fflush(stdout);
}

/* The agent may be started anew while somebody watches: what was seen last stays, with the reason. */
static int watch_terminal(const struct cli *c, struct cli_answer *a)
{
	struct picture last = { .text = NULL }, now;
	struct cli sized = *c;

	for (bool first = true;; first = false) {
		cli_measure(&sized);
		*a = (struct cli_answer){ .exit = CLI_OK };
		if (take(&sized, &now, a) != CLI_OK && first) {
			picture_free(&now);
			return a->exit;
		}
		for (int i = 0; first && i < sized.height; i++)
			putchar('\n');	/* what stands there scrolls up, and is not lost */
		if (a->exit == CLI_OK) {
			picture_free(&last);
			last = now;
		} else {
			picture_free(&now);
		}
		paint(&sized, &last, a);
		poll(NULL, 0, EVERY_MS);
	}
}

static int watch_changes(const struct cli *c, struct cli_answer *a)
{
	struct picture last = { .text = NULL }, now;

	while (take(c, &now, a) == CLI_OK) {
		bool same = last.text && now.same.len == last.same.len &&
			    (now.same.len == 0 || memcmp(now.same.data, last.same.data, now.same.len) == 0);

		if (!same)
			fwrite(now.text, 1, now.len, stdout);
		if (fflush(stdout) != 0)
			break;
		picture_free(&last);
		last = now;
		poll(NULL, 0, EVERY_MS);
	}
	picture_free(&last);
	picture_free(&now);
	return a->exit;
}

int status_watch(const struct cli *c, struct cli_answer *a)
{
	return c->width && !c->json ? watch_terminal(c, a) : watch_changes(c, a);
}
