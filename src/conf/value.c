#include "conf/value.h"
#include "base/buf.h"
#include "conf/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 64

static void *field(const struct conf_option *o, const void *base)
{
	return (void *)((uintptr_t)base + o->offset);
}

static size_t *count(const struct conf_option *o, const void *base)
{
	return (size_t *)((uintptr_t)base + o->count);
}

void value_forget(char *text)
{
	if (text)
		wipe(text, strlen(text));
	free(text);
}

static char *checked(const struct conf_option *o, const char *text, struct err *e)
{
	char *v = strdup(text);

	if (!v) {
		err_set(e, "out of memory");
		return NULL;
	}
	if (o->check && o->check(v, e) < 0) {
		value_forget(v);
		return NULL;
	}
	return v;
}

static bool is_twice(char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], list[n]) == 0)
			return true;
	return false;
}

static void free_list(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

/* Returns the checked copies of N texts, or NULL with E. */
static char **checked_list(const struct conf_option *o, const char *const *text, size_t n, size_t *bad, struct err *e)
{
	char **list = calloc(n ? n : 1, sizeof *list);

	if (!list) {
		err_set(e, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		*bad = i;
		list[i] = NULL;
		if (i == (size_t)o->hi)
			err_set(e, "more than %" PRId64 " values", o->hi);
		else if ((list[i] = checked(o, text[i], e)) && o->kind != CONF_ARGV && is_twice(list, i))
			err_set(e, "\"%.80s\" is there twice", list[i]);
		else if (list[i])
			continue;
		free_list(list, i + 1);
		return NULL;
	}
	return list;
}

static char *join(char *const *list, size_t n)
{
	size_t size = 1;
	char *s;

	for (size_t i = 0; i < n; i++)
		size += strlen(list[i]) + 1;
	s = calloc(1, size);
	for (size_t i = 0; s && i < n; i++) {
		if (i)
			strcat(s, ",");
		strcat(s, list[i]);
	}
	return s;
}

static int set_list(const struct conf_option *o, void *base, const char *const *text, size_t n, size_t *bad,
		    struct err *e)
{
	char **list = checked_list(o, text, n, bad, e), *words;

	if (!list)
		return -1;
	if (o->kind != CONF_WORDS) {
		*(char ***)field(o, base) = list;
		*count(o, base) = n;
		return 0;
	}
	words = join(list, n);
	free_list(list, n);
	*(char **)field(o, base) = words;
	return words ? 0 : err_set(e, "out of memory");
}

static int set_number(const struct conf_option *o, void *base, const char *text, struct err *e)
{
	char *v = checked(o, text, e);
	int64_t n = 0;
	int rc;

	if (!v)
		return -1;
	if (o->kind == CONF_TIME)
		rc = check_time(v, o->lo, o->hi, &n, e);
	else if (o->kind == CONF_BYTES)
		rc = check_amount(v, o->lo, o->hi, &n, e);
	else
		rc = check_int(v, o->lo, o->hi, &n, e);
	free(v);
	if (rc < 0)
		return -1;
	switch (o->kind) {
	case CONF_BYTES:
	case CONF_TIME: *(int64_t *)field(o, base) = n; break;
	case CONF_INT: *(int *)field(o, base) = (int)n; break;
	case CONF_UINT: *(unsigned *)field(o, base) = (unsigned)n; break;
	case CONF_PORT: *(uint16_t *)field(o, base) = (uint16_t)n; break;
	default: return err_set(e, "no number");
	}
	return 0;
}

int value_set(const struct conf_option *o, void *base, const char *const *text, size_t n, size_t *bad, struct err *e)
{
	char *v;

	value_free(o, base);
	*bad = 0;
	switch (o->kind) {
	case CONF_LIST:
	case CONF_ARGV:
	case CONF_WORDS:
		return set_list(o, base, text, n, bad, e);
	case CONF_TEXT:
	case CONF_SECRET:
		v = checked(o, text[0], e);
		*value_text_at(base, o->offset) = v;
		return v ? 0 : -1;
	default:
		return set_number(o, base, text[0], e);
	}
}

static int preset_list(const struct conf_option *o, void *base, struct err *e)
{
	char *copy = strdup(o->preset ? o->preset : ""), *save = NULL;
	const char *text[LIST_MAX];
	size_t n = 0, bad;
	int rc;

	if (!copy)
		return err_set(e, "out of memory");
	for (char *p = strtok_r(copy, ",", &save); p && n < LIST_MAX; p = strtok_r(NULL, ",", &save))
		text[n++] = p;
	rc = value_set(o, base, text, n, &bad, e);
	free(copy);
	return rc;
}

int value_preset(const struct conf_option *o, void *base, struct err *e)
{
	size_t bad;

	if (o->kind == CONF_LIST || o->kind == CONF_ARGV || o->kind == CONF_WORDS)
		return preset_list(o, base, e);
	if (o->preset)
		return value_set(o, base, &o->preset, 1, &bad, e);
	value_free(o, base);
	if (o->kind == CONF_TEXT || o->kind == CONF_SECRET) {
		*value_text_at(base, o->offset) = strdup("");
		return *value_text_at(base, o->offset) ? 0 : err_set(e, "out of memory");
	}
	if (o->kind == CONF_INT)
		*(int *)field(o, base) = -1;
	return 0;
}

void value_free(const struct conf_option *o, void *base)
{
	char ***list = field(o, base);

	if (o->kind == CONF_LIST || o->kind == CONF_ARGV) {
		free_list(*list, *count(o, base));
		*list = NULL;
		*count(o, base) = 0;
	} else if (o->kind == CONF_TEXT || o->kind == CONF_SECRET || o->kind == CONF_WORDS) {
		value_forget(*value_text_at(base, o->offset));
		*value_text_at(base, o->offset) = NULL;
	}
}

static size_t words_texts(const char *words, char **out, size_t max)
{
	size_t n = 0;

	while (*words && n < max) {
		size_t w = strcspn(words, ",");

		out[n++] = strndup(words, w);
		words += w + (words[w] == ',');
	}
	return n;
}

static size_t number_text(int64_t n, enum conf_kind kind, char **out)
{
	char text[24];

	if (n < 0 || (n == 0 && kind == CONF_BYTES))
		return 0;
	if (kind == CONF_TIME)
		check_time_text(n, text, sizeof text);
	else if (kind == CONF_BYTES)
		check_amount_text(n, text, sizeof text);
	else
		snprintf(text, sizeof text, "%" PRId64, n);
	*out = strdup(text);
	return 1;
}

size_t value_texts(const struct conf_option *o, const void *base, char **out, size_t max)
{
	size_t n = 0;

	switch (o->kind) {
	case CONF_LIST:
	case CONF_ARGV:
		for (char *const *list = *(char ***)field(o, base); n < *count(o, base) && n < max; n++)
			out[n] = strdup(list[n]);
		return n;
	case CONF_WORDS:
		return words_texts(*value_text_at(base, o->offset), out, max);
	case CONF_TEXT:
	case CONF_SECRET:
		if (!**value_text_at(base, o->offset))
			return 0;
		out[0] = strdup(o->kind == CONF_SECRET ? "***" : *value_text_at(base, o->offset));
		return 1;
	case CONF_BYTES:
	case CONF_TIME: return number_text(*(int64_t *)field(o, base), o->kind, out);
	case CONF_INT: return number_text(*(int *)field(o, base), o->kind, out);
	case CONF_UINT: return number_text(*(unsigned *)field(o, base), o->kind, out);
	case CONF_PORT: return number_text(*(uint16_t *)field(o, base), o->kind, out);
	}
	return 0;
}
