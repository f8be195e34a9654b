#include "shell/words.h"

#include <stdbool.h>
#include <string.h>

struct splitter {
	struct words *w;
	char *to;
	char quote;	/* the one that is open, or 0 */
	bool inside;	/* a word has begun */
};

static int begin(struct splitter *s, struct err *e)
{
	if (s->inside)
		return 0;
	if (s->w->n == WORDS_MAX)
		return err_set(e, "more than %d words; no command has so many", WORDS_MAX);
	s->w->word[s->w->n++] = s->to;
	s->inside = true;
	return 0;
}

static void end(struct splitter *s)
{
	if (s->inside)
		*s->to++ = 0;
	s->inside = false;
}

/* A byte outside quotes. */
static int bare(struct splitter *s, char c, struct err *e)
{
	if (c == ' ' || c == '\t') {
		end(s);
		return 0;
	}
	if (strchr(";|&<>$`(){}", c))
		return err_set(e, "'%c' means nothing here: this is no shell; write one command and its words, see: help", c);
	if (begin(s, e) < 0)
		return -1;
	if (c == '\'' || c == '"')
		s->quote = c;
	else
		*s->to++ = c;
	return 0;
}

static bool escapes(const struct splitter *s, char next)
{
	return !s->quote || (s->quote == '"' && (next == '"' || next == '\\'));
}

int words_split(struct words *w, const char *line, size_t len, struct err *e)
{
	struct splitter s = { .w = w, .to = w->store };

	w->n = 0;
	if (len > WORDS_LINE_MAX)
		return err_set(e, "a line has at most %d bytes", WORDS_LINE_MAX);
	for (size_t i = 0; i < len; i++)
		if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
			return err_set(e, "there is a control character in the line");
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\\' && i + 1 < len && escapes(&s, line[i + 1])) {
			if (begin(&s, e) < 0)
				return -1;
			*s.to++ = line[++i];
		} else if (s.quote && line[i] == s.quote) {
			s.quote = 0;
		} else if (s.quote) {
			*s.to++ = line[i];
		} else if (bare(&s, line[i], e) < 0) {
			return -1;
		}
	}
	if (s.quote)
		return err_set(e, "a quote is opened and not closed");
	end(&s);
	w->word[w->n] = NULL;
	return 0;
}
