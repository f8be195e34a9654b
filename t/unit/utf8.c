#include "tap.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static void only_well_formed_characters_count(void **state)
{
	static const struct { const char *text; size_t bytes; } cases[] = {
		{ "a", 1 }, { "\x7f", 1 }, { "\xc3\xa4", 2 }, { "\xe2\x82\xac", 3 }, { "\xf0\x9f\x98\x80", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 }, { "\xed\x9f\xbf", 3 }, { "\xee\x80\x80", 3 },
		{ "", 0 },
		{ "\x80", 0 },			/* a continuation alone */
		{ "\xc3", 0 }, { "\xe2\x82", 0 }, { "\xf0\x9f\x98", 0 },	/* cut short */
		{ "\xc3(", 0 }, { "\xe2(\xac", 0 },
		{ "\xc0\x80", 0 }, { "\xc1\xbf", 0 }, { "\xe0\x9f\xbf", 0 }, { "\xf0\x8f\xbf\xbf", 0 },	/* overlong */
		{ "\xed\xa0\x80", 0 }, { "\xed\xbf\xbf", 0 },	/* surrogates */
		{ "\xf4\x90\x80\x80", 0 }, { "\xf5\x80\x80\x80", 0 }, { "\xff", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (utf8_char(cases[i].text, strlen(cases[i].text)) != cases[i].bytes)
			fail_msg("case %zu: %zu bytes expected", i, cases[i].bytes);
}

static void a_cut_is_between_characters(void **state)
{
	static const struct { const char *text; size_t chars, bytes; } cases[] = {
		{ "abc", 2, 2 }, { "abc", 3, 3 }, { "abc", 9, 3 }, { "abc", 0, 0 }, { "", 5, 0 },
		{ "\xc3\xa4\xc3\xb6", 1, 2 }, { "a\xe2\x82\xac" "b", 2, 4 }, { "\xf0\x9f\x98\x80x", 1, 4 },
		{ "\xff\xff" "a", 2, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(utf8_prefix(cases[i].text, strlen(cases[i].text), cases[i].chars), cases[i].bytes);
}

static void stray_bytes_are_replaced(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "", "" }, { "plain", "plain" }, { "\xc3\xa4", "\xc3\xa4" },
		{ "a\xff" "b", "a\xef\xbf\xbd" "b" },
		{ "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *out = utf8_repair(cases[i].in, strlen(cases[i].in));

		assert_non_null(out);
		assert_string_equal(out, cases[i].out);
		free(out);
	}
}

static void what_is_put_is_read_back(void **state)
{
	static const uint32_t points[] = { 1, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff };
	char text[5] = "";
	const char *p;

	(void)state;
	for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
		size_t n = utf8_put(points[i], text);

		text[n] = 0;
		assert_int_equal(utf8_char(text, n), n);
		p = text;
		assert_int_equal(utf8_next(&p), points[i]);
		assert_ptr_equal(p, text + n);
		assert_int_equal(utf8_next(&p), 0);
		assert_ptr_equal(p, text + n);
	}
	for (uint32_t bad = 0xd800; bad <= 0xdfff; bad += 0x7ff) {
		assert_int_equal(utf8_put(bad, text), 3);
		assert_memory_equal(text, "\xef\xbf\xbd", 3);
	}
	p = "\xff";
	assert_int_equal(utf8_next(&p), -1);
	p = "\xe2\x82";
	assert_int_equal(utf8_next(&p), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_well_formed_characters_count),
		cmocka_unit_test(a_cut_is_between_characters),
		cmocka_unit_test(stray_bytes_are_replaced),
		cmocka_unit_test(what_is_put_is_read_back),
	};

	return TAP_RUN(tests);
}
