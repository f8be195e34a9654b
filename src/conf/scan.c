#include "conf/scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum token { T_END, T_WORD, T_STRING, T_OPEN, T_CLOSE, T_EQUALS, T_APPEND, T_COMMA, T_BAD };

struct lexer {
	char *p, *end;
	int line;
	enum token token;
	int token_line;
	const char *start;	/* of the token's text */
	size_t len;
	struct scan *scan;
	struct err *e;
};

/* ---- errors ---- */

static int complain(struct lexer *x, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static int complain(struct lexer *x, int line, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	x->token = T_BAD;
	return err_set(x->e, "%s:%d: %s", x->scan->file, line, text);
}

/* ---- tokens ---- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80) ||
	       (c && strchr("._-:/@%", c));
}

static bool at(const struct lexer *x, const char *s)
{
	size_t n = strlen(s);

	return (size_t)(x->end - x->p) >= n && memcmp(x->p, s, n) == 0;
}

static void blank_line(struct lexer *x)
{
	while (x->p < x->end && *x->p != '\n')
		*x->p++ = ' ';
}

static int blank_block(struct lexer *x)
{
	int line = x->line;

	for (; x->p < x->end; x->p++) {
		if (at(x, "*/")) {
			memcpy(x->p, "  ", 2);
			x->p += 2;
			return 0;
		}
		if (*x->p == '\n')
			x->line++;
		else
			*x->p = ' ';
	}
	return complain(x, line, "the comment that begins here with /* has no */");
}

static int skip_blanks(struct lexer *x)
{
	while (x->p < x->end) {
		if (*x->p == '\r')
			*x->p = ' ';
		if (*x->p == '#' || at(x, "//")) {
			blank_line(x);
		} else if (at(x, "/*")) {
			if (blank_block(x) < 0)
				return -1;
		} else if (*x->p == '\n') {
			x->line++;
			x->p++;
		} else if (*x->p == ' ' || *x->p == '\t') {
			x->p++;
		} else {
			break;
		}
	}
	return 0;
}

static int lex_string(struct lexer *x)
{
	char quote = *x->p++;

	x->start = x->p;
	x->token = T_STRING;
	for (; x->p < x->end && *x->p != '\n'; x->p++) {
		if (*x->p == quote) {
			x->len = (size_t)(x->p++ - x->start);
			return 0;
		}
		if ((unsigned char)*x->p < 0x20 || *x->p == 0x7f)
			return complain(x, x->line, "a control character (0x%02x) inside quotes", *x->p);
		if (quote == '"' && at(x, "${"))
			return complain(x, x->line, "${...} is not expanded here; if you mean it literally, write "
						    "the value in single quotes");
		if (*x->p != '\\')
			continue;
		if (x->p + 1 < x->end && (x->p[1] == '\\' || x->p[1] == quote))
			x->p++;
		else if (quote == '"')
			return complain(x, x->line, "in double quotes \\ may stand only before \\ and \"; for a "
						    "literal \\ write the value in single quotes");
	}
	return complain(x, x->token_line, "the string that begins here has no closing %c on its line", quote);
}

static int lex_word(struct lexer *x)
{
	x->start = x->p;
	x->token = T_WORD;
	/* "//" and "/" "*" inside a word are where libconfuse begins a comment */
	while (x->p < x->end && is_word(*x->p) && !at(x, "//") && !at(x, "/*"))
		x->p++;
	x->len = (size_t)(x->p - x->start);
	if (x->p == x->end || strchr(" \t\r\n{}=,", *x->p) || at(x, "+="))
		return 0;
	if (*x->p == '#' || at(x, "//") || at(x, "/*"))
		return complain(x, x->line, "an unquoted %.*s inside a word would start a comment; put the value in "
					    "quotes, or a blank before the comment", *x->p == '#' ? 1 : 2, x->p);
	if (*x->p == ';')
		return complain(x, x->line, "lines do not end in ';' here; leave it out, or put the value in quotes");
	return complain(x, x->line, "an unquoted '%c' inside a word: put the whole value in quotes", *x->p);
}

static int lex_other(struct lexer *x)
{
	static const struct { char c; enum token t; } single[] = {
		{ '{', T_OPEN }, { '}', T_CLOSE }, { '=', T_EQUALS }, { ',', T_COMMA },
	};

	for (size_t i = 0; i < sizeof single / sizeof *single; i++)
		if (*x->p == single[i].c) {
			x->token = single[i].t;
			x->p++;
			return 0;
		}
	if (at(x, "+=")) {
		x->token = T_APPEND;
		x->p += 2;
		return 0;
	}
	if (at(x, "${"))
		return complain(x, x->line, "${...} is not expanded here; write the value itself, in single quotes if "
					    "it has a $");
	if ((unsigned char)*x->p < 0x20 || *x->p == 0x7f)
		return complain(x, x->line, "a byte that is no text (0x%02x); is this the right file?", *x->p);
	return complain(x, x->line, "unexpected '%c'; put values with such characters in quotes, like \"%s\"", *x->p,
			*x->p == '*' ? "*99#" : *x->p == '+' ? "+491701234567" : "...");
}

/* Moves to the next token; returns 0, or -1 with the error set. */
static int next(struct lexer *x)
{
	if (skip_blanks(x) < 0)
		return -1;
	x->token_line = x->line;
	x->start = x->p;
	x->len = 1;
	if (x->p == x->end) {
		x->token = T_END;
		x->len = 0;
		return 0;
	}
	if (*x->p == '"' || *x->p == '\'')
		return lex_string(x);
	if (is_word(*x->p))
		return lex_word(x);
	return lex_other(x);
}

/* ---- grammar ---- */

static int add_mark(struct lexer *x, int section, const char *name)
{
	struct scan *s = x->scan;

	if (s->nmarks == SCAN_MARKS_MAX)
		return complain(x, x->token_line, "more than %d values; is this the right file?", SCAN_MARKS_MAX);
	s->mark[s->nmarks].section = section;
	s->mark[s->nmarks].line = x->token_line;
	snprintf(s->mark[s->nmarks].name, SCAN_NAME_MAX, "%s", name);
	s->nmarks++;
	return next(x);
}

static int scan_list(struct lexer *x, int section, const char *name)
{
	int line = x->token_line;
	size_t before = x->scan->nmarks;

	if (next(x) < 0)
		return -1;
	while (x->token != T_CLOSE) {
		if (x->token != T_WORD && x->token != T_STRING)
			break;
		if (add_mark(x, section, name) < 0)
			return -1;
		if (x->token == T_COMMA && next(x) == 0)
			continue;
		if (x->token == T_WORD || x->token == T_STRING)
			return complain(x, x->token_line, "%s: put a comma between the values of a list", name);
	}
	if (x->token == T_BAD)
		return -1;
	if (x->token == T_COMMA)
		return complain(x, x->token_line, "%s: a comma without a value before it", name);
	if (x->token != T_CLOSE)
		return complain(x, line, "the list of %s that begins here has no closing }", name);
	if (x->scan->nmarks == before)
		return complain(x, line, "%s is an empty list; leave the whole option out for its default", name);
	return next(x);
}

/* Does the word just read begin an option or a section, by what follows it? */
static bool begins_item(const struct lexer *x)
{
	const char *p = x->p;

	while (*p == ' ' || *p == '\t')
		p++;
	return strchr("=+{\"'", *p) && *p;
}

static int scan_value(struct lexer *x, int section, const char *name, int line)
{
	bool append = x->token == T_APPEND;
	int equals = x->token_line;
	size_t i;

	for (i = 0; i < x->scan->nmarks; i++)
		if (x->scan->mark[i].section == section && strcmp(x->scan->mark[i].name, name) == 0 && !append)
			return complain(x, line, "%s is already given on line %d; keep one of the two", name,
					x->scan->mark[i].line);
	if (next(x) < 0)
		return -1;
	if (x->token_line != equals || x->token == T_END || x->token == T_CLOSE)
		return complain(x, line, "%s has no value; write %s = \"...\" on one line", name, name);
	if (x->token == T_OPEN)
		return scan_list(x, section, name);
	if (x->token != T_WORD && x->token != T_STRING)
		return complain(x, line, "%s: unexpected '%.1s' where its value should be", name, x->start);
	if (add_mark(x, section, name) < 0)
		return -1;
	if (x->token_line == equals && (x->token == T_STRING || (x->token == T_WORD && !begins_item(x))))
		return complain(x, line, "%s: more than one word; put the whole value into one pair of quotes", name);
	if (x->token == T_COMMA)
		return complain(x, line, "%s: write several values as a list: %s = {\"...\", \"...\"}", name, name);
	return 0;
}

static int open_section(struct lexer *x, const char *name, int line)
{
	struct scan *s = x->scan;

	if (s->nsections == SCAN_SECTIONS_MAX)
		return complain(x, line, "more than %d sections; is this the right file?", SCAN_SECTIONS_MAX);
	s->section[s->nsections].line = line;
	snprintf(s->section[s->nsections].name, SCAN_NAME_MAX, "%s", name);
	s->nsections++;
	return next(x);
}

static int take_name(struct lexer *x, char name[SCAN_NAME_MAX])
{
	if (x->token != T_WORD)
		return complain(x, x->token_line, "unexpected %s%.*s%s; expected the name of an option or section",
				x->token == T_STRING ? "\"" : "'", (int)(x->len > 40 ? 40 : x->len), x->start,
				x->token == T_STRING ? "\"" : "'");
	if (x->len > 1 && x->start[x->len - 1] == ':')
		return complain(x, x->token_line, "write %.*s = ..., with an equals sign", (int)x->len - 1, x->start);
	if (x->len >= SCAN_NAME_MAX || strcspn(x->start, ".:/@%") < x->len)
		return complain(x, x->token_line, "\"%.*s\" is not the name of an option or section",
				(int)(x->len > 40 ? 40 : x->len), x->start);
	memcpy(name, x->start, x->len);
	name[x->len] = 0;
	return 0;
}

/* One option, or the head of a section. IN is the section we are in; it is changed by a head. */
static int scan_item(struct lexer *x, int *in)
{
	char name[SCAN_NAME_MAX];
	int line = x->token_line;

	if (take_name(x, name) < 0)
		return -1;
	if (strcmp(name, "include") == 0)
		return complain(x, line, "include is not supported; the whole config is one file (secrets may be in "
					 "files of their own, see secret-file)");
	if (next(x) < 0)
		return -1;
	if (x->token == T_EQUALS || x->token == T_APPEND)
		return scan_value(x, *in, name, line);
	if ((x->token == T_WORD || x->token == T_STRING) && x->token_line == line) {
		if (next(x) < 0)
			return -1;
		if (x->token != T_OPEN)
			return complain(x, line, "write %s = \"...\" for an option, or %s \"name\" { for a section", name,
					name);
	}
	if (x->token != T_OPEN)
		return complain(x, line, "%s: an equals sign is missing; write %s = ...", name, name);
	if (*in != SCAN_TOP)
		return complain(x, line, "section %s inside section %s (line %d); is a } missing before it?", name,
				x->scan->section[*in].name, x->scan->section[*in].line);
	*in = (int)x->scan->nsections;
	return open_section(x, name, line);
}

int scan_text(struct scan *s, const char *file, char *text, size_t len, struct err *e)
{
	struct lexer x = { .p = text, .end = text + len, .line = 1, .scan = s, .e = e };
	int in = SCAN_TOP;

	*s = (struct scan){ .file = file };
	if (next(&x) < 0)
		return -1;
	while (x.token != T_END) {
		if (x.token == T_CLOSE) {
			if (in == SCAN_TOP)
				return complain(&x, x.token_line, "a } without a { before it");
			in = SCAN_TOP;
			if (next(&x) < 0)
				return -1;
		} else if (scan_item(&x, &in) < 0) {
			return -1;
		}
	}
	if (in != SCAN_TOP)
		return complain(&x, s->section[in].line, "section %s begins here and has no closing }",
				s->section[in].name);
	return 0;
}

int scan_fail(const struct scan *s, int section, const char *name, size_t nth, struct err *e, const char *fmt, ...)
{
	char text[ERR_TEXT_MAX];
	int line = scan_line(s, section, name, nth);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (line == 0)
		return err_set(e, "%s: %s", s->file, text);
	return err_set(e, "%s:%d: %s", s->file, line, text);
}

int scan_section(const struct scan *s, const char *name, size_t nth)
{
	for (size_t i = 0; i < s->nsections; i++)
		if (strcmp(s->section[i].name, name) == 0 && nth-- == 0)
			return (int)i;
	return SCAN_TOP;
}

int scan_line(const struct scan *s, int section, const char *name, size_t nth)
{
	for (size_t i = 0; i < s->nmarks; i++)
		if (s->mark[i].section == section && strcmp(s->mark[i].name, name) == 0 && nth-- == 0)
			return s->mark[i].line;
	return section == SCAN_TOP ? 0 : s->section[section].line;
}
