#include "core/sms_text.h"

#include "tap.h"

#include <string.h>

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void texts_are_made_to_fit(void **state)
{
	static const struct { const char *title, *text, *want; } cases[] = {
		{ "", "short", "short" },
		{ "OOBM power", "done", "OOBM power: done" },
		{ "nas: Kernel panic", "a\nb", "nas: Kernel panic\na\nb" },
		/* the last lines count */
		{ "nas", X50 "1\n" X50 "2\n" X50 "3\n" X50 "4", "nas\n" X50 "2\n" X50 "3\n" X50 "4" },
		{ "", X50 X50 X50 "0123456789", X50 X50 X50 "0123456789" },
		{ "", X50 X50 X50 "0123456789a", X50 X50 X50 "01234567.." },
		{ "nas", "one\n" X50 X50 X50 X50, "nas\n" X50 X50 X50 "xxxx.." },
		/* [ and ] take two septets each: 3GPP TS 23.038 6.2.1.1 */
		{ "", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
		  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]" },
		{ "", "\xc3\xa9t\xc3\xa9 \xe4\xb8\xad \xff\x1b[0m", "\xc3\xa9t\xc3\xa9 ? ??[0m" },
	};
	char out[SMS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sms_fit(cases[i].title, cases[i].text, out);
		assert_string_equal(out, cases[i].want);
	}
}

static void a_text_of_any_length_stays_in_bounds(void **state)
{
	char text[2000], out[SMS_TEXT_MAX];

	(void)state;
	for (size_t n = 0; n < sizeof text; n++) {
		memset(text, n % 3 ? 'a' : '\n', n);
		text[n] = 0;
		sms_fit("t", text, out);
		assert_true(strlen(out) <= 160);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_made_to_fit),
		cmocka_unit_test(a_text_of_any_length_stays_in_bounds),
	};

	return TAP_RUN(tests);
}
