/* match.h - which of some texts occur in a stream, however it is cut (Knuth, Morris, Pratt). Pure. */
#ifndef OOBM_CORE_MATCH_H
#define OOBM_CORE_MATCH_H

#include <stddef.h>
#include <stdint.h>

#define MATCH_PATTERNS_MAX 32
#define MATCH_TEXT_MAX 64	/* bytes, with the terminator */

struct match_pattern {
	char text[MATCH_TEXT_MAX];
	uint8_t len;
	uint8_t fallback[MATCH_TEXT_MAX];	/* how much of it is still there when its byte I does not follow */
	uint8_t at;				/* bytes of it that the stream ends with */
};

struct match {
	size_t n;
	struct match_pattern pattern[MATCH_PATTERNS_MAX];
};

/* Adds a text, of 1 to MATCH_TEXT_MAX - 1 bytes. Returns its number, from 0; or -1 if it does not fit. M is all
 * zeros at the beginning. */
int match_add(struct match *m, const char *text);

/* Takes one byte. Returns a set (bit I: pattern I) of the patterns that end with it. */
uint32_t match_feed(struct match *m, char c);

/* Nothing of what came before counts any more: a line is over. */
void match_reset(struct match *m);

#endif
