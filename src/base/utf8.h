/* utf8.h - texts that come from elsewhere, made safe to cut and to pass on (RFC 3629). */
#ifndef OOBM_BASE_UTF8_H
#define OOBM_BASE_UTF8_H

#include <stddef.h>

/* Bytes (1..4) of the well-formed character at the beginning of the N bytes S; 0 if there is none:
 * overlong forms, surrogates and values past U+10FFFF are not well-formed. */
size_t utf8_char(const char *s, size_t n);

/* Bytes of the longest beginning of the N bytes S that has at most CHARS characters and does not cut
 * one. A byte that belongs to no character counts as one. */
size_t utf8_prefix(const char *s, size_t n, size_t chars);

/* A copy of the N bytes S, terminated, in which each byte that belongs to no character is U+FFFD. The
 * caller frees it. NULL when out of memory. */
char *utf8_repair(const char *s, size_t n);

#endif
