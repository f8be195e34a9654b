/* edit_libedit.c - the only user of libedit. It is not asked to read ~/.editrc, keeps its history in memory, and what
 * its user could bind keys with, and so start an editor, is taken from it. */
#include "shell/edit.h"

#include <errno.h>
#include <histedit.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define HISTORY_LINES 200

struct edit {
	EditLine *el;
	History *history;
	const char *prompt;
	complete_ask *ask;
	void *arg;
};

static struct edit *self(EditLine *el)
{
	void *data = NULL;

	el_get(el, EL_CLIENTDATA, &data);
	return data;
}

static char *prompt(EditLine *el)
{
	return (char *)(uintptr_t)self(el)->prompt;
}

/* One character. What is none in this locale is left out. */
static int get_char(EditLine *el, wchar_t *out)
{
	mbstate_t state = { 0 };
	char c;
	int n;

	while ((n = input_byte(&c)) != 0) {
		size_t w;

		if (n == -1)
			return -1;
		if (n == -2) {
			el_resize(el);
			continue;
		}
		w = mbrtowc(out, &c, 1, &state);
		if (w == 1 || w == 0)
			return 1;
		if (w == (size_t)-1)
			memset(&state, 0, sizeof state);
	}
	return 0;
}

static void list(const struct complete *c)
{
	size_t width = 0, column = 0;

	for (size_t i = 0; i < c->n; i++)
		width = strlen(c->item[i]) > width ? strlen(c->item[i]) : width;
	putchar('\n');
	for (size_t i = 0; i < c->n; i++) {
		bool last = i + 1 == c->n || column + 2 * (width + 2) > 78;

		printf("%-*s%s", last ? 0 : (int)width + 2, c->item[i], last ? "\n" : "");
		column = last ? 0 : column + width + 2;
	}
	fflush(stdout);
}

static unsigned char on_tab(EditLine *el, int key)
{
	const LineInfo *line = el_line(el);
	struct edit *e = self(el);
	char more[COMPLETE_ITEM_MAX + 1];
	struct complete c;
	size_t common;

	(void)key;
	complete_line(&c, line->buffer, (size_t)(line->cursor - line->buffer), e->ask, e->arg);
	common = complete_common(&c);
	if (c.n == 0)
		return CC_REFRESH_BEEP;
	if (c.n > 1 && common == c.prefix_len) {
		list(&c);
		return CC_REDISPLAY;
	}
	snprintf(more, sizeof more, "%.*s%s", (int)(common - c.prefix_len), c.item[0] + c.prefix_len, c.n == 1 ? " " : "");
	return el_insertstr(el, more) < 0 ? CC_ERROR : CC_REFRESH;
}

/* ed-command takes commands of libedit itself, `bind` among them, and vi-histedit starts an editor. Where a byte is a
 * character, they are on two keys beyond ASCII, too. */
static int take_away(EditLine *el)
{
	static const char *const sequences[] = { "^[x", "^[X" }, *const keys[] = { "\\330", "\\370" };
	int rc = 0;

	for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
		rc |= el_set(el, EL_BIND, "-r", sequences[i], NULL);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		rc |= el_set(el, EL_BIND, keys[i], "ed-unassigned", NULL);
	return rc;
}

struct edit *edit_new(const char *text, complete_ask *ask, void *arg)
{
	struct edit *e = calloc(1, sizeof *e);
	HistEvent ev;

	if (!e)
		return NULL;
	*e = (struct edit){ .prompt = text, .ask = ask, .arg = arg };
	e->el = el_init("oobm-shell", stdin, stdout, stderr);
	e->history = history_init();
	if (!e->el || !e->history)
		goto fail;
	el_set(e->el, EL_CLIENTDATA, e);
	el_set(e->el, EL_PROMPT, prompt);
	el_set(e->el, EL_EDITOR, "emacs");
	el_set(e->el, EL_SIGNAL, 0);
	el_set(e->el, EL_GETCFN, get_char);
	history(e->history, &ev, H_SETSIZE, HISTORY_LINES);
	history(e->history, &ev, H_SETUNIQUE, 1);
	el_set(e->el, EL_HIST, history, e->history);
	el_set(e->el, EL_ADDFN, "oobm-complete", "what may stand here", on_tab);
	el_set(e->el, EL_BIND, "^I", "oobm-complete", NULL);
	if (take_away(e->el) == 0)
		return e;
fail:
	edit_free(e);
	return NULL;
}

enum edit_result edit_read(struct edit *e, struct edit_line *line)
{
	const char *text;
	HistEvent ev;
	int n = 0;

	el_resize(e->el);
	/* before the prompt is there, or a ^D that comes at once means nothing */
	el_set(e->el, EL_PREP_TERM, 1);
	text = el_gets(e->el, &n);
	if (!text || n <= 0) {
		bool again = n == -1 && errno == EINTR && !input_ended();

		puts(again ? "^C" : "");
		return again ? EDIT_AGAIN : EDIT_END;
	}
	if (text[n - 1] != '\n') {	/* the end, in the middle of a line */
		putchar('\n');
		return EDIT_END;
	}
	n--;
	line->len = (size_t)n;
	memcpy(line->text, text, line->len > sizeof line->text ? sizeof line->text : line->len);
	if (line->len > 0 && line->len <= WORDS_LINE_MAX)
		history(e->history, &ev, H_ENTER, text);
	return EDIT_LINE;
}

void edit_free(struct edit *e)
{
	if (!e)
		return;
	if (e->el)
		el_end(e->el);
	if (e->history)
		history_end(e->history);
	free(e);
}
