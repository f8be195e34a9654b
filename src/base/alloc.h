/* alloc.h - memory for objects without which a worker cannot go on. */
#ifndef OOBM_BASE_ALLOC_H
#define OOBM_BASE_ALLOC_H

#include <stddef.h>

/* SIZE bytes of zeros, to be given to free(3); a copy of a text. Never NULL: when there is no memory,
 * the process says so and ends with status 1, and whoever started it starts it again. Not for sizes that
 * come from outside. */
void *alloc_zero(size_t size) __attribute__((malloc, returns_nonnull));
char *alloc_text(const char *text) __attribute__((malloc, returns_nonnull));

#endif
