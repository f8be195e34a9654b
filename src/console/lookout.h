/* lookout.h - reads along: looks for the texts that somebody wants to be told of, and knows the last line. */
#ifndef OOBM_CONSOLE_LOOKOUT_H
#define OOBM_CONSOLE_LOOKOUT_H

#include "run/loop.h"

#include <stdbool.h>
#include <stddef.h>

#define LOOKOUT_TEXT_MAX 500	/* bytes that are told of the last lines: what a notice takes */
#define LOOKOUT_LAST_MAX 160	/* of the last line */

struct lookout_ops {
	/* PATTERN was seen; TEXT: the line that it is in, after those before it. For each pattern at most once a minute. What
	 * dies says much in a moment: of patterns with ALERT that come together only the last is told, once it is quiet. */
	void (*on_match)(void *arg, const char *pattern, bool alert, const char *text);
	/* The last line that is not blank is another now; at most once in 5 s. */
	void (*on_last)(void *arg, const char *text);
};

struct lookout;

struct lookout *lookout_new(struct loop *l, const struct lookout_ops *ops, void *arg);
void lookout_free(struct lookout *o);	/* NULL is fine */

/* Returns 0, or -1: there are too many, or it is too long (core/match.h). */
int lookout_watch(struct lookout *o, const char *pattern, bool alert);

/* Takes what the machine says. */
void lookout_feed(struct lookout *o, const char *p, size_t n);

/* Tells the last line again, if there is one. */
void lookout_tell(struct lookout *o);

#endif
