/* The only user of libconfuse. To it every option is a text or a list of texts: what a value means, its
 * default and its bounds are ours (table.c), as are the things it takes in silence (scan.c). */
#include "conf/conf.h"
#include "conf/rules.h"
#include "conf/scan.h"
#include "conf/secrets.h"
#include "conf/value.h"

#include <assert.h>
#include <confuse.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)64 * 1024)
#define OPTIONS_MAX 64
#define VALUES_MAX 64
#define TITLE_MAX 31

/* ---- libconfuse's tables, made from ours ---- */

struct tables {
	cfg_opt_t top[OPTIONS_MAX];
	cfg_opt_t section[8][OPTIONS_MAX];
};

static size_t fill_options(cfg_opt_t *to, const char *section)
{
	size_t n = 0;

	for (size_t i = 0; i < conf_noptions; i++) {
		const struct conf_option *o = &conf_options[i];
		cfg_opt_t text = CFG_STR(o->name, NULL, CFGF_NODEFAULT);
		cfg_opt_t list = CFG_STR_LIST(o->name, NULL, CFGF_NODEFAULT);

		if (strcmp(o->section, section) == 0)
			to[n++] = o->kind == CONF_LIST || o->kind == CONF_ARGV || o->kind == CONF_WORDS ? list : text;
	}
	return n;
}

static void fill_tables(struct tables *t)
{
	static const cfg_opt_t end = CFG_END();
	size_t n = fill_options(t->top, "");

	assert(conf_nsections <= sizeof t->section / sizeof *t->section);
	for (size_t i = 1; i < conf_nsections; i++) {
		const struct conf_section *s = &conf_sections[i];
		cfg_opt_t one = CFG_SEC(s->name, t->section[i], CFGF_NODEFAULT);
		cfg_opt_t many = CFG_SEC(s->name, t->section[i],
					 CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES | CFGF_NODEFAULT);

		t->section[i][fill_options(t->section[i], s->name)] = end;
		t->top[n++] = s->max > 1 ? many : one;
	}
	t->top[n] = end;
}

/* ---- libconfuse's errors ---- */

/* Its error callback has no argument of ours. */
static struct {
	const char *file;
	struct err *e;
	bool set;
} parsing;

static void say_unknown(const cfg_t *cfg, const char *name, size_t len)
{
	const char *section = strcmp(cfg->name, "root") == 0 ? "" : cfg->name, *near;
	char copy[SCAN_NAME_MAX];

	snprintf(copy, sizeof copy, "%.*s", (int)len, name);
	near = conf_nearest(section, copy);
	err_set(parsing.e, "%s:%d: there is no option %s%s%s; %s%s%s", parsing.file, cfg->line, copy,
		*section ? " in section " : " outside the sections", section, near ? "did you mean " : "see oobmd.conf(5)",
		near ? near : "", near ? "?" : "");
}

static void on_error(cfg_t *cfg, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	static const char unknown[] = "no such option '";
	char text[ERR_TEXT_MAX];

	if (parsing.set)
		return;		/* the first one is nearest to the cause */
	parsing.set = true;
	vsnprintf(text, sizeof text, fmt, ap);
	if (strncmp(text, unknown, strlen(unknown)) == 0)
		say_unknown(cfg, text + strlen(unknown), strcspn(text + strlen(unknown), "'"));
	else if (strcmp(text, "unexpected token '{'") == 0)
		err_set(parsing.e, "%s:%d: this option takes one value, not a list in braces", parsing.file, cfg->line);
	else
		err_set(parsing.e, "%s:%d: %s", parsing.file, cfg->line, text);
}

/* ---- from libconfuse's values to ours ---- */

static int take_option(const struct conf_option *o, cfg_t *cfg, void *base, const struct scan *s, int at,
		       struct err *e)
{
	const char *text[VALUES_MAX];
	cfg_opt_t *opt = cfg ? cfg_getopt(cfg, o->name) : NULL;
	size_t n = opt ? cfg_opt_size(opt) : 0, bad;
	struct err why;
	int rc;

	if (n == 0)
		return value_preset(o, base, e);
	if (n > VALUES_MAX)
		n = VALUES_MAX;
	for (size_t i = 0; i < n; i++)
		text[i] = cfg_opt_getnstr(opt, (unsigned)i);
	rc = value_set(o, base, text, n, &bad, &why);
	if (rc < 0)
		scan_fail(s, at, o->name, bad, e, "%s: %s", o->name, why.text);
	if (o->kind == CONF_SECRET)
		wipe(cfg_opt_getnstr(opt, 0), strlen(text[0]));
	return rc;
}

static int take_title(const struct conf_section *sec, cfg_t *cfg, void *base, const struct scan *s, int at,
		      struct err *e)
{
	const char *title = cfg_title(cfg);

	if (!title || !*title || strlen(title) > TITLE_MAX)
		return scan_fail(s, at, "", 0, e, "%s needs a name of 1 to %d characters: %s \"home\" {", sec->name,
				 TITLE_MAX, sec->name);
	*value_text_at(base, sec->title) = strdup(title);
	return *value_text_at(base, sec->title) ? 0 : err_set(e, "out of memory");
}

static int take_options(struct conf *c, const struct conf_section *sec, size_t nth, cfg_t *cfg, const struct scan *s,
			struct err *e)
{
	void *base = conf_at(c, sec, nth);
	int at = scan_section(s, sec->name, nth);

	if (sec->max > 1 && take_title(sec, cfg, base, s, at, e) < 0)
		return -1;
	for (size_t i = 0; i < conf_noptions; i++)
		if (strcmp(conf_options[i].section, sec->name) == 0 &&
		    take_option(&conf_options[i], cfg, base, s, at, e) < 0)
			return -1;
	return 0;
}

static int take_sections(struct conf *c, const struct conf_section *sec, cfg_t *cfg, const struct scan *s, struct err *e)
{
	size_t n = *sec->name ? cfg_size(cfg, sec->name) : 1;

	if (n > sec->max)
		return scan_fail(s, scan_section(s, sec->name, sec->max), "", 0, e, "more than %zu sections %s", sec->max,
				 sec->name);
	if (sec->max == 1)
		return take_options(c, sec, 0, !*sec->name ? cfg : n ? cfg_getsec(cfg, sec->name) : NULL, s, e);
	for (size_t i = 0; i < n; i++) {
		/* counted before it is whole, so that conf_free finds it */
		*(size_t *)((char *)c + sec->count) = i + 1;
		if (take_options(c, sec, i, cfg_getnsec(cfg, sec->name, (unsigned)i), s, e) < 0)
			return -1;
	}
	return 0;
}

static int take_all(struct conf *c, cfg_t *cfg, const struct scan *s, struct err *e)
{
	c->push.enabled = scan_section(s, "pushover", 0) != SCAN_TOP;
	for (size_t i = 0; i < conf_nsections; i++)
		if (take_sections(c, &conf_sections[i], cfg, s, e) < 0)
			return -1;
	return 0;
}

/* libconfuse lets the second of two sections without a title replace the first. */
static int check_once(const struct scan *s, struct err *e)
{
	for (size_t i = 1; i < conf_nsections; i++) {
		int second = scan_section(s, conf_sections[i].name, 1);

		if (conf_sections[i].max == 1 && second != SCAN_TOP)
			return scan_fail(s, second, "", 0, e, "there is a section %s already on line %d; make one of the two",
					 conf_sections[i].name, s->section[scan_section(s, conf_sections[i].name, 0)].line);
	}
	return 0;
}

static int parse(cfg_t *cfg, const char *file, struct buf *text, struct err *e)
{
	FILE *f = fmemopen(text->data, text->len, "r");
	int rc;

	if (!f)
		return err_sys(e, "%s", file);
	parsing.file = file;
	parsing.e = e;
	parsing.set = false;
	rc = cfg_parse_fp(cfg, f);
	fclose(f);
	if (rc != CFG_SUCCESS && !parsing.set)
		err_set(e, "%s: cannot be understood; compare it with the sample, or see oobmd.conf(5)", file);
	return rc == CFG_SUCCESS ? 0 : -1;
}

static int parse_and_take(struct conf *c, struct buf *text, struct scan *s, struct err *e)
{
	struct tables *t = calloc(1, sizeof *t);
	cfg_t *cfg = NULL;
	int rc = -1;

	if (t) {
		fill_tables(t);
		cfg = cfg_init(t->top, CFGF_NONE);
	}
	if (!cfg) {
		err_set(e, "out of memory");
		goto out;
	}
	cfg_set_error_function(cfg, on_error);
	if (parse(cfg, c->file, text, e) == 0 && take_all(c, cfg, s, e) == 0)
		rc = rules_apply(c, s, e);
out:
	cfg_free(cfg);
	free(t);
	return rc;
}

static int read_config(const char *file, struct buf *text, struct err *e)
{
	struct err why;

	if (secrets_read(file, FILE_MAX, SECRETS_TRUSTED, text, &why) == 0) {
		/* a terminator for the scanner, and not part of the text */
		text->max += 2;
		if (buf_add(text, "\n", 2) == 0) {
			text->len--;
			return 0;
		}
		err_set(&why, "out of memory");
	}
	return err_set(e, "%s%s", why.text, text->len == 0 && errno == ENOENT ?
		       "; begin with the sample, oobmd.conf.sample, or name another file with -f" : "");
}

struct conf *conf_load(const char *file, struct err *e)
{
	struct conf *c = calloc(1, sizeof *c);
	struct scan *s = calloc(1, sizeof *s);
	struct buf text;
	int rc = -1;

	buf_init(&text, FILE_MAX);
	if (!c || !s || !(c->file = strdup(file))) {
		err_set(e, "out of memory");
		goto out;
	}
	if (read_config(file, &text, e) == 0 && scan_text(s, c->file, text.data, text.len, e) == 0 &&
	    check_once(s, e) == 0)
		rc = parse_and_take(c, &text, s, e);
out:
	buf_free(&text);
	free(s);
	if (rc == 0)
		return c;
	conf_free(c);
	return NULL;
}

void conf_free(struct conf *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < conf_nsections; i++) {
		const struct conf_section *s = &conf_sections[i];

		for (size_t nth = 0; nth < (s->max > 1 ? conf_count(c, s) : 1); nth++) {
			void *base = conf_at(c, s, nth);

			for (size_t k = 0; k < conf_noptions; k++)
				if (strcmp(conf_options[k].section, s->name) == 0)
					value_free(&conf_options[k], base);
			if (s->max > 1)
				free(*value_text_at(base, s->title));
		}
	}
	for (size_t i = 0; i < c->nrelay; i++)
		value_forget(c->relay[i].key);
	free(c->file);
	free(c);
}
