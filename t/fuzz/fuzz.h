/* fuzz.h - what the fuzzers have in common. Each of them is one function, LLVMFuzzerTestOneInput, which
 * asserts "a result that keeps its promises, or an error that says why". With clang's libFuzzer
 * (configure --enable-fuzzers) it is driven by coverage; in `make check` by drive.c, over the seeds and
 * a bounded number of random changes to them. */
#ifndef OOBM_T_FUZZ_H
#define OOBM_T_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A broken promise ends the run; NDEBUG does not switch it off. */
#define require(what)                                                                          \
	do {                                                                                   \
		if (!(what)) {                                                                 \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #what);     \
			abort();                                                               \
		}                                                                              \
	} while (0)

/* A copy of exactly N bytes, so that a sanitizer sees a read too far. The caller frees it. */
static inline void *exact_copy(const void *p, size_t n)
{
	void *copy = malloc(n ? n : 1);

	require(copy);
	if (n)
		memcpy(copy, p, n);
	return copy;
}

/* The same with a terminator behind it; the text ends at its first NUL. */
static inline char *text_copy(const void *p, size_t n)
{
	char *copy = malloc(n + 1);

	require(copy);
	if (n)
		memcpy(copy, p, n);
	copy[n] = 0;
	return copy;
}

/* Is S, in a field of SIZE bytes, terminated and valid UTF-8? */
static inline bool is_text(const char *s, size_t size)
{
	int32_t cp;

	if (!memchr(s, 0, size))
		return false;
	while ((cp = utf8_next(&s)) > 0)
		;
	return cp == 0;
}

#endif
