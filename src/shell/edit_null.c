/* edit_null.c - where libedit is not there. */
#include "shell/edit.h"

struct edit *edit_new(const char *prompt, complete_ask *ask, void *arg)
{
	(void)prompt;
	(void)ask;
	(void)arg;
	return NULL;
}

enum edit_result edit_read(struct edit *e, struct edit_line *line)
{
	(void)e;
	(void)line;
	return EDIT_END;
}

void edit_free(struct edit *e)
{
	(void)e;
}
