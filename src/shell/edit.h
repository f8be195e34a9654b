/* edit.h - lines from a person: edited on a terminal where there is a library for it, and as they come elsewhere. */
#ifndef OOBM_SHELL_EDIT_H
#define OOBM_SHELL_EDIT_H

#include "shell/complete.h"
#include "shell/words.h"

#include <stdbool.h>

enum edit_result {
	EDIT_LINE,
	EDIT_AGAIN,	/* ^C: what was typed is forgotten */
	EDIT_END,	/* end of input, or a signal that ends us */
};

struct edit_line {
	char text[WORDS_LINE_MAX + 1];	/* not terminated, and NUL is a byte as others: words_split refuses it */
	size_t len;	/* more than WORDS_LINE_MAX if it was longer than that */
};

/* input.c: one byte from standard input, waiting for it while signals are served. Returns 1, 0 at the end or when a
 * signal asked us to end, -1 with EINTR for ^C (once), and -2 when the window's size has changed. */
int input_byte(char *c);
/* Has signals reported by input_byte from now on; and, in a child, no more. */
void input_signals(void);
void input_signals_end(void);
/* Forgets a ^C that came while a command ran: it was for that. */
void input_forget(void);
/* The signal that asked us to end, or 0. */
int input_ended(void);

/* edit_libedit.c, edit_null.c: ASK and ARG are those of complete_line. NULL: this cannot be done here. */
struct edit;
struct edit *edit_new(const char *prompt, complete_ask *ask, void *arg);
enum edit_result edit_read(struct edit *e, struct edit_line *line);
void edit_free(struct edit *e);	/* NULL is fine */

/* plain.c: PROMPT is NULL where nobody looks. */
enum edit_result plain_read(const char *prompt, struct edit_line *line);

#endif
