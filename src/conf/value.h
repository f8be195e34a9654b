/* value.h - the values of one option as texts <-> its field in the struct. */
#ifndef OOBM_CONF_VALUE_H
#define OOBM_CONF_VALUE_H

#include "conf/table.h"

/* Checks N texts against option O and puts them into the section at BASE, in place of what was there.
 * Returns 0, or -1 with E (a phrase) and *BAD the index of the text at fault. */
int value_set(const struct conf_option *o, void *base, const char *const *text, size_t n, size_t *bad, struct err *e);

/* Puts in the default, or nothing: "", an empty list, 0, -1. Returns as value_set. */
int value_preset(const struct conf_option *o, void *base, struct err *e);

/* Releases what the field holds; secrets are wiped. */
void value_free(const struct conf_option *o, void *base);

/* Wipes and releases a text; NULL is fine. */
void value_forget(char *text);

/* The texts that the field would be written as: fills OUT (room for MAX), returns how many; 0 if the field is
 * empty. The texts are allocated; the caller frees them. */
size_t value_texts(const struct conf_option *o, const void *base, char **out, size_t max);

static inline char **value_text_at(const void *base, size_t offset)
{
	return (char **)((uintptr_t)base + offset);
}

#endif
