#include "core/escape.h"

#include <string.h>

void escape_init(struct escape *e, int key)
{
	*e = (struct escape){ .key = key, .state = ESCAPE_AT_START };
}

static enum escape_action send(struct escape *e, int first, int second)
{
	e->n = 0;
	if (first >= 0)
		e->out[e->n++] = (char)first;
	if (second >= 0)
		e->out[e->n++] = (char)second;
	return ESCAPE_SEND;
}

static enum escape_action at_start(struct escape *e, unsigned char c)
{
	if (c == e->key) {
		e->state = ESCAPE_SEEN;
		return ESCAPE_NOTHING;
	}
	e->state = c == '\r' || c == '\n' ? ESCAPE_AT_START : ESCAPE_IN_LINE;
	return send(e, c, -1);
}

/* As ssh does, what is no escape is sent as it was typed. After a command the line is still at its beginning. */
static enum escape_action after_escape(struct escape *e, unsigned char c)
{
	static const struct { char key; enum escape_action action; } commands[] = {
		{ '.', ESCAPE_LEAVE }, { '?', ESCAPE_HELP }, { 'B', ESCAPE_BREAK }, { 'r', ESCAPE_RELEASE },
		{ 't', ESCAPE_TAKE }, { 'l', ESCAPE_LAST }, { 'Z' & 0x1f, ESCAPE_SUSPEND },
	};

	e->state = ESCAPE_AT_START;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (c == (unsigned char)commands[i].key)
			return commands[i].action;
	if (c == 'R') {
		e->state = ESCAPE_AT_SYSRQ;
		return ESCAPE_ASK;
	}
	if (c == e->key) {
		e->state = ESCAPE_IN_LINE;
		return send(e, c, -1);
	}
	e->state = c == '\r' || c == '\n' ? ESCAPE_AT_START : ESCAPE_IN_LINE;
	return send(e, e->key, c);
}

enum escape_action escape_feed(struct escape *e, unsigned char c)
{
	switch (e->state) {
	case ESCAPE_AT_SYSRQ:
		e->state = ESCAPE_AT_START;
		if (c <= ' ' || c >= 0x7f)
			return ESCAPE_CANCEL;
		send(e, c, -1);
		return ESCAPE_SYSRQ;
	case ESCAPE_SEEN:
		return after_escape(e, c);
	case ESCAPE_AT_START:
		return at_start(e, c);
	case ESCAPE_IN_LINE:
		break;
	}
	if (c == '\r' || c == '\n')
		e->state = ESCAPE_AT_START;
	return send(e, c, -1);
}

int escape_parse(const char *text, int *key)
{
	if (strcmp(text, "none") == 0) {
		*key = -1;
		return 0;
	}
	if (text[0] == '^' && text[1] && !text[2]) {
		if (text[1] != '?' && !(text[1] >= '@' && text[1] <= '_') && !(text[1] >= 'a' && text[1] <= 'z'))
			return -1;
		*key = text[1] == '?' ? 0x7f : text[1] & 0x1f;
	} else if (text[0] && !text[1]) {
		*key = (unsigned char)text[0];
	} else {
		return -1;
	}
	/* those end a line, after which alone an escape is looked for */
	return *key == '\r' || *key == '\n' ? -1 : 0;
}
