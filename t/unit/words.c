#include "shell/words.h"

#include "tap.h"

#include <string.h>

static const char *joined(const char *line, size_t len)
{
	static struct words w;
	static char out[2 * WORDS_LINE_MAX];
	struct err e = { "" };

	if (words_split(&w, line, len, &e) < 0) {
		assert_true(e.text[0]);
		return NULL;
	}
	out[0] = 0;
	for (size_t i = 0; i < w.n; i++) {
		strcat(out, w.word[i]);
		strcat(out, "|");
	}
	assert_null(w.word[w.n]);
	return out;
}

static void a_line_becomes_words(void **state)
{
	static const struct { const char *line, *words; } cases[] = {
		{ "", "" }, { "   \t ", "" }, { "status", "status|" }, { "  power\tnas  cycle ", "power|nas|cycle|" },
		{ "console 'a b'", "console|a b|" }, { "a\"b c\"d", "ab cd|" }, { "''", "|" }, { "a '' b", "a||b|" },
		{ "a\\ b", "a b|" }, { "\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d|" }, { "'a\\'", "a\\|" }, { "a\\'b", "a'b|" },
		{ "a\\", "a\\|" }, { "';|&<>$`(){}'", ";|&<>$`(){}|" }, { "\";|$(x)`y`\"", ";|$(x)`y`|" }, { "\\;", ";|" },
		{ "~! * ? # [a] !x =y", "~!|*|?|#|[a]|!x|=y|" }, { "n\xc3\xa4s", "n\xc3\xa4s|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *got = joined(cases[i].line, strlen(cases[i].line));

		if (!got || strcmp(got, cases[i].words) != 0)
			fail_msg("%s: got %s", cases[i].line, got ? got : "nothing");
	}
}

static void what_means_something_to_a_shell_is_refused(void **state)
{
	static const char *const lines[] = { "status; sh", "a|b", "a&", "a && b", "a > f", "< f", "$HOME", "a$(id)", "`id`", "a`id`",
		"(id)", "{ id }", "'a", "\"a", "\"a\\\"", "a\nb", "a\rb", "\033[A", "a\177", "status\n" };

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (joined(lines[i], strlen(lines[i])))
			fail_msg("'%s' was taken", lines[i]);
	assert_null(joined("a\0b", 3));
	assert_null(joined("'a\0b'", 5));
	assert_null(joined("\\\0", 2));
}

static void what_is_too_long_is_refused_and_what_just_fits_is_not(void **state)
{
	char line[WORDS_LINE_MAX + 1];

	(void)state;
	memset(line, 'x', sizeof line);
	assert_non_null(joined(line, WORDS_LINE_MAX));
	assert_null(joined(line, WORDS_LINE_MAX + 1));
	for (size_t i = 1; i < sizeof line; i += 2)
		line[i] = ' ';
	assert_non_null(joined(line, 2 * WORDS_MAX - 1));
	assert_non_null(joined(line, 2 * WORDS_MAX));
	assert_null(joined(line, 2 * WORDS_MAX + 1));
	/* as many words as may be, and as many bytes */
	memset(line, 'x', sizeof line);
	for (size_t i = 0; i + 1 < WORDS_MAX; i++)
		line[2 * i + 1] = ' ';
	assert_non_null(joined(line, WORDS_LINE_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_becomes_words),
		cmocka_unit_test(what_means_something_to_a_shell_is_refused),
		cmocka_unit_test(what_is_too_long_is_refused_and_what_just_fits_is_not),
	};

	return TAP_RUN(tests);
}
