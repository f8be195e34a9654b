/* bytes.h - amounts of bytes, as people read and write them: units are decimal, as carriers count. Pure. */
#ifndef OOBM_CORE_BYTES_H
#define OOBM_CORE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* "850 bytes", "14.2 kB", "3.0 GB". SIZE 16 is enough for all up to 1 PB. */
void bytes_format(uint64_t n, char *out, size_t size);

/* "500M", "500 MB", "1.5G" -> bytes: a number with at most three decimals and k, M or G, large or small; a B may
 * follow. Returns 0, or -1 if it is no such amount, has no unit, or exceeds 1 TB. */
int bytes_parse(const char *text, int64_t *out);

#endif
