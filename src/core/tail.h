/* tail.h - the last lines that a machine wrote, as a person would have seen them: control functions left out, a line
 * that was returned to and written over as it is now. Pure. */
#ifndef OOBM_CORE_TAIL_H
#define OOBM_CORE_TAIL_H

#include "core/ansi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAIL_LINE_MAX 512	/* bytes that are kept of a line */
#define TAIL_MAX 4096		/* bytes of lines that are kept */

enum tail_event {
	TAIL_NOTHING,
	TAIL_CHAR,	/* this byte was added to the line */
	TAIL_AGAIN,	/* and before that the line began again: it was returned to, and is written over */
	TAIL_LINE,	/* the line is over */
};

struct tail {
	struct ansi ansi;
	bool returned;
	char line[TAIL_LINE_MAX];	/* the running one */
	size_t len;
	char last[TAIL_LINE_MAX];	/* the last one that was not blank */
	size_t last_len;
	char text[TAIL_MAX];	/* those that are over, each with its newline */
	size_t text_len;
	uint64_t lines;		/* how many are over, ever */
};

/* Takes one byte of what the machine sends; T is all zeros at the beginning. */
enum tail_event tail_feed(struct tail *t, unsigned char c);

/* The last line that is not blank, or the running one if that is not, in UTF-8 without control characters, cut at
 * SIZE - 1 bytes: its beginning. "" if there is none. */
void tail_last(const struct tail *t, char *out, size_t size);

/* Line number LINE (as `lines` counts; the running one is the last), which comes last, and up to BEFORE lines before it:
 * as many whole ones as there is room for in SIZE - 1 bytes, without those that tell nothing, as blank ones. A line that is longer than that is cut. UTF-8, lines
 * separated by newlines; "" if that line is forgotten. */
void tail_upto(const struct tail *t, uint64_t line, size_t before, char *out, size_t size);

#endif
