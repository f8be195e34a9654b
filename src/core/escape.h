/* escape.h - the keys by which a person at a terminal talks to oobm instead of to the machine: `~.` and so on, only
 * at the beginning of a line, so that within ssh(1), which does the same, `~~.` reaches the inner one. Pure. */
#ifndef OOBM_CORE_ESCAPE_H
#define OOBM_CORE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

enum escape_action {
	ESCAPE_NOTHING,	/* this key waits for the next */
	ESCAPE_SEND,	/* send out[0..n) */
	ESCAPE_LEAVE,	/* ~. */
	ESCAPE_HELP,	/* ~? */
	ESCAPE_BREAK,	/* ~B */
	ESCAPE_ASK,	/* ~R: say that a key of Magic SysRq is awaited */
	ESCAPE_SYSRQ,	/* out[0] is that key */
	ESCAPE_CANCEL,	/* ... or there is none */
	ESCAPE_RELEASE,	/* ~r */
	ESCAPE_TAKE,	/* ~t */
	ESCAPE_LAST,	/* ~l */
	ESCAPE_SUSPEND,	/* ~^Z */
};

struct escape {
	int key;		/* the escape character, 0..255; -1: none */
	enum { ESCAPE_AT_START, ESCAPE_IN_LINE, ESCAPE_SEEN, ESCAPE_AT_SYSRQ } state;
	char out[2];
	size_t n;
};

/* Begins at the beginning of a line. KEY is the escape character, or -1. */
void escape_init(struct escape *e, int key);

/* Takes one key. */
enum escape_action escape_feed(struct escape *e, unsigned char c);

/* Reads what a person writes for the escape character: one character, ^X, or "none" (-1). Returns 0, or -1. */
int escape_parse(const char *text, int *key);

#endif
