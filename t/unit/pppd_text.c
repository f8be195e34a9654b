#include "tap.h"

#include "link/pppd_text.h"

#include <string.h>

/* pppd(8), EXIT STATUS: 0 to 21, each with a sentence of its own. */
static void every_exit_status_has_its_own_words(void **state)
{
	const char *seen[22];
	bool fatal;

	(void)state;
	for (int i = 0; i <= 21; i++) {
		seen[i] = pppd_exit_text(i, &fatal);
		assert_non_null(strchr(seen[i], ' '));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(seen[i], seen[j]);
	}
	assert_non_null(strstr(pppd_exit_text(99, &fatal), "does not document"));
	assert_false(fatal);
}

/* What a person has to change first is not tried three times; what may pass by itself is. */
static void only_what_needs_a_person_is_fatal(void **state)
{
	static const int fatal_codes[] = { 2, 3, 4 };
	bool fatal;

	(void)state;
	for (int i = 0; i <= 21; i++) {
		bool want = false;

		for (size_t j = 0; j < sizeof fatal_codes / sizeof *fatal_codes; j++)
			want |= fatal_codes[j] == i;
		pppd_exit_text(i, &fatal);
		assert_int_equal(fatal, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_exit_status_has_its_own_words),
		cmocka_unit_test(only_what_needs_a_person_is_fatal),
	};

	return TAP_RUN(tests);
}
