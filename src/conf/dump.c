#include "conf/conf.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX 64

/* In single quotes nothing is expanded and only \ and ' are escaped. */
static void put_quoted(const char *s, FILE *to)
{
	putc('\'', to);
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			putc('\\', to);
		putc(*s, to);
	}
	putc('\'', to);
}

/* Is this a secret that was read from a file, which stands in the dump instead? */
static bool from_file(const struct conf_option *o, const void *base)
{
	for (size_t i = 0; i < conf_nsecrets; i++)
		if (strcmp(conf_secrets[i].section, o->section) == 0 && strcmp(conf_secrets[i].name, o->name) == 0)
			return **value_text_at(base, conf_secrets[i].file);
	return false;
}

static void put_option(const struct conf_option *o, const void *base, FILE *to)
{
	char *text[TEXTS_MAX];
	size_t n = value_texts(o, base, text, TEXTS_MAX);
	bool list = o->kind == CONF_LIST || o->kind == CONF_ARGV || o->kind == CONF_WORDS;

	if (n > 0 && !(o->kind == CONF_SECRET && from_file(o, base))) {
		fprintf(to, "%s%s = %s", *o->section ? "\t" : "", o->name, list ? "{" : "");
		for (size_t i = 0; i < n; i++) {
			if (i)
				fputs(", ", to);
			put_quoted(text[i] ? text[i] : "", to);
		}
		fputs(list ? "}\n" : "\n", to);
	}
	for (size_t i = 0; i < n; i++)
		free(text[i]);
}

static void put_section(const struct conf *c, const struct conf_section *s, size_t nth, FILE *to)
{
	const void *base = conf_at(c, s, nth);

	if (*s->name)
		fprintf(to, "\n%s ", s->name);
	if (s->max > 1) {
		put_quoted(*value_text_at(base, s->title), to);
		putc(' ', to);
	}
	if (*s->name)
		fputs("{\n", to);
	for (size_t i = 0; i < conf_noptions; i++)
		if (strcmp(conf_options[i].section, s->name) == 0)
			put_option(&conf_options[i], base, to);
	if (*s->name)
		fputs("}\n", to);
}

void conf_dump(const struct conf *c, FILE *to)
{
	for (size_t i = 0; i < conf_nsections; i++)
		for (size_t nth = 0; nth < conf_count(c, &conf_sections[i]); nth++)
			put_section(c, &conf_sections[i], nth, to);
}
