#include "base/alloc.h"
#include "base/log.h"

#include <stdlib.h>
#include <string.h>

static void no_memory(void)
{
	log_error("out of memory");
	exit(1);
}

void *alloc_zero(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		no_memory();
	return p;
}

char *alloc_text(const char *text)
{
	char *p = strdup(text);

	if (!p)
		no_memory();
	return p;
}
