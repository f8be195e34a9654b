/* words.h - a line becomes words, by rules that are so few that nothing can hide in them. */
#ifndef OOBM_SHELL_WORDS_H
#define OOBM_SHELL_WORDS_H

#include "base/err.h"

#include <stddef.h>

#define WORDS_MAX 16
#define WORDS_LINE_MAX 1024	/* bytes of a line, without its end */

struct words {
	size_t n;
	char *word[WORDS_MAX + 1];	/* ends with NULL, as argv does */
	char store[WORDS_LINE_MAX + WORDS_MAX + 1];
};

/* Splits the LEN bytes LINE at blanks. Within '...' every byte stands for itself, and within "..." all but \" and \\;
 * outside, \ takes the next byte as it is. What means something to a shell is refused outside quotes, and control
 * characters, NUL too, everywhere: who writes them expects what does not happen here. Returns 0, or -1 with E. */
int words_split(struct words *w, const char *line, size_t len, struct err *e);

#endif
