/* complete.h - what may stand where the cursor is. Pure, but for the names, which somebody has to ask for. */
#ifndef OOBM_SHELL_COMPLETE_H
#define OOBM_SHELL_COMPLETE_H

#include <stddef.h>

#define COMPLETE_ITEMS_MAX 64
#define COMPLETE_ITEM_MAX 40

struct complete {
	const char *prefix;	/* what is there of the word, in the line */
	size_t prefix_len;
	size_t n;
	char item[COMPLETE_ITEMS_MAX][COMPLETE_ITEM_MAX];	/* that begin so, in order */
};

/* Of targets with a power button or with a console, and of what is pending: by number and by target. */
enum complete_names { COMPLETE_POWER, COMPLETE_CONSOLE, COMPLETE_PENDING };

/* Is to call complete_add for each. */
typedef void complete_ask(void *arg, enum complete_names what, struct complete *to);

/* Adds ITEM, if it begins as it should, is a name (it goes to the terminal as it is), and is not there yet. */
void complete_add(struct complete *c, const char *item);

/* What may stand at the end of the LEN bytes LINE. */
void complete_line(struct complete *c, const char *line, size_t len, complete_ask *ask, void *arg);

/* Bytes that all items begin with. */
size_t complete_common(const struct complete *c);

#endif
