/* utf8.h - texts that come from elsewhere, made safe to cut and to pass on (RFC 3629). */
#ifndef OOBM_BASE_UTF8_H
#define OOBM_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDU

/* Bytes (1..4) of the well-formed character at the beginning of the N bytes S; 0 if there is none:
 * overlong forms, surrogates and values past U+10FFFF are not well-formed. */
size_t utf8_char(const char *s, size_t n);

/* Bytes of the longest beginning of the N bytes S that has at most CHARS characters and does not cut
 * one. A byte that belongs to no character counts as one. */
size_t utf8_prefix(const char *s, size_t n, size_t chars);

/* A copy of the N bytes S, terminated, in which each byte that belongs to no character is U+FFFD. The
 * caller frees it. NULL when out of memory. */
char *utf8_repair(const char *s, size_t n);

/* Reads one character of a terminated text at *P and steps over it. Returns its code point; 0 at the
 * end and -1 where no well-formed character begins: *P then stays. */
int32_t utf8_next(const char **p);

/* Writes CP as one to four bytes, without terminator. What is no character (a surrogate, a value past
 * U+10FFFF) becomes U+FFFD. Returns the number of bytes. */
size_t utf8_put(uint32_t cp, char out[4]);

#endif
