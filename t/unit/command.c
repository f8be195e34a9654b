#include "tap.h"

#include "core/command.h"

#include <stdio.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof *(a))
#define MIN INT64_C(60000)
#define HOUR (60 * MIN)

static void what_the_owner_writes_is_understood(void **state)
{
	static const struct { const char *text; enum command_verb verb; int64_t length; const char *code; } cases[] = {
		{ "up 12345678", COMMAND_UP, 0, "12345678" },
		{ "down 12345678", COMMAND_DOWN, 0, "12345678" },
		{ "extend 12345678", COMMAND_EXTEND, 0, "12345678" },
		{ "status 12345678", COMMAND_STATUS, 0, "12345678" },
		/* a phone's capital, blanks of all kinds, a stop made of two blanks */
		{ "Up 12345678", COMMAND_UP, 0, "12345678" },
		{ "UP 12345678", COMMAND_UP, 0, "12345678" },
		{ "  up   12345678  ", COMMAND_UP, 0, "12345678" },
		{ "\n\r\n up 12345678", COMMAND_UP, 0, "12345678" },
		{ "up\t12345678", COMMAND_UP, 0, "12345678" },
		{ "up\xc2\xa0" "12345678\xe2\x80\x8b", COMMAND_UP, 0, "12345678" },
		{ "\xef\xbb\xbfup 12345678", COMMAND_UP, 0, "12345678" },
		{ "Up. 12345678", COMMAND_UP, 0, "12345678" },
		{ "up: 12345678", COMMAND_UP, 0, "12345678" },
		/* a signature */
		{ "up 12345678\n-- \nSent from my phone", COMMAND_UP, 0, "12345678" },
		{ "up 12345678\r\nregards", COMMAND_UP, 0, "12345678" },
		{ "up 12345678 \r", COMMAND_UP, 0, "12345678" },
		/* lengths */
		{ "up 45m 12345678", COMMAND_UP, 45 * MIN, "12345678" },
		{ "up 45M 12345678", COMMAND_UP, 45 * MIN, "12345678" },
		{ "up 45 min 12345678", COMMAND_UP, 45 * MIN, "12345678" },
		{ "up 45min 12345678", COMMAND_UP, 45 * MIN, "12345678" },
		{ "extend 1h 12345678", COMMAND_EXTEND, HOUR, "12345678" },
		{ "extend 1h30m 12345678", COMMAND_EXTEND, 90 * MIN, "12345678" },
		{ "up 60s 12345678", COMMAND_UP, MIN, "12345678" },
		{ "up 24h 12345678", COMMAND_UP, 24 * HOUR, "12345678" },
		/* a code that only looks like one */
		{ "up 45", COMMAND_UP, 0, "45" },
		{ "up 45 12345678", COMMAND_UP, 0, "45 12345678" },
		{ "up 45monkeys", COMMAND_UP, 0, "45monkeys" },
		{ "up 45 monkeys", COMMAND_UP, 0, "45 monkeys" },
		{ "up m 45", COMMAND_UP, 0, "m 45" },
		{ "up 30m1h x", COMMAND_UP, 0, "30m1h x" },
		{ "up 1234567m x", COMMAND_UP, 0, "1234567m x" },
		{ "down 45m x", COMMAND_DOWN, 0, "45m x" },
		{ "status 1h", COMMAND_STATUS, 0, "1h" },
		/* the secret alone */
		{ "correct horse battery", COMMAND_UP, 0, "correct horse battery" },
		{ "  Mot de passe: été  ", COMMAND_UP, 0, "Mot de passe: été" },
		{ "upper", COMMAND_UP, 0, "upper" },
		{ "u", COMMAND_UP, 0, "u" },
		{ "upx y", COMMAND_UP, 0, "upx y" },
		{ "up! up", COMMAND_UP, 0, "up" },
		{ "up.. x", COMMAND_UP, 0, "up.. x" },
		{ "…", COMMAND_UP, 0, "…" },
		{ "\xff\xfe", COMMAND_UP, 0, "\xff\xfe" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *why = "?";
		struct command c;

		if (command_parse(cases[i].text, &c, &why) < 0)
			fail_msg("'%s': %s", cases[i].text, why);
		if (c.verb != cases[i].verb || c.length_ms != cases[i].length || strcmp(c.code, cases[i].code) != 0)
			fail_msg("'%s': %s %lld '%s'", cases[i].text, command_verb_name(c.verb), (long long)c.length_ms, c.code);
	}
}

static void what_is_no_command_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "\n", "\r\n\r\n", "\xc2\xa0", "\xe2\x80\x8b\n",
		"up", "Up.", "up 45m", "up 45 min", "extend", "extend 1h", "down", "status ",
		"up 0m x", "up 59s x", "up 24h1s x", "up 25h x", "extend 2d x", "up 999999d x", "up 0 min x",
	};
	char text[COMMAND_CODE_MAX + 8];

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		const char *why = NULL;
		struct command c;

		if (command_parse(bad[i], &c, &why) == 0)
			fail_msg("taken: '%s' as %s '%s'", bad[i], command_verb_name(c.verb), c.code);
		assert_non_null(why);
	}
	for (size_t n = COMMAND_CODE_MAX - 2; n <= COMMAND_CODE_MAX + 1; n++) {
		const char *why = NULL;
		struct command c;

		memset(text, 'x', n);
		text[n] = 0;
		assert_int_equal(command_parse(text, &c, &why), n < COMMAND_CODE_MAX ? 0 : -1);
		if (n < COMMAND_CODE_MAX)
			assert_string_equal(c.code, text);
		else
			assert_non_null(why);
	}
}

static void verbs_have_names(void **state)
{
	(void)state;
	assert_string_equal(command_verb_name(COMMAND_UP), "up");
	assert_string_equal(command_verb_name(COMMAND_DOWN), "down");
	assert_string_equal(command_verb_name(COMMAND_EXTEND), "extend");
	assert_string_equal(command_verb_name(COMMAND_STATUS), "status");
	assert_string_equal(command_verb_name((enum command_verb)99), "unknown");
}

static void durations_are_read(void **state)
{
	static const struct { const char *text; int64_t ms; } cases[] = {
		{ "90s", 90000 }, { "45m", 45 * MIN }, { "2h", 2 * HOUR }, { "1h30m", 90 * MIN }, { "45", 45 * MIN },
		{ "1h30m15s", 90 * MIN + 15000 }, { "1s", 1000 }, { "7d", 7 * 24 * HOUR }, { "10080", 7 * 24 * HOUR },
		{ " 45m ", 45 * MIN }, { "45min", 45 * MIN }, { "1H", HOUR }, { "00045m", 45 * MIN },
	};
	static const char *const bad[] = {
		"", " ", "m", "-1", "-1m", "0", "0s", "1.5h", "45 m", "45x", "30m1h", "1h1h", "7d1s", "8d", "10081",
		"9999999", "99999999999999999999s", "1h30", "h1", "45m\n", "0x10",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		ms = 0;
		if (duration_parse(cases[i].text, &ms) < 0 || ms != cases[i].ms)
			fail_msg("'%s': %lld", cases[i].text, (long long)ms);
	}
	for (size_t i = 0; i < N(bad); i++)
		if (duration_parse(bad[i], &ms) == 0)
			fail_msg("taken: '%s' as %lld", bad[i], (long long)ms);
}

static void durations_are_written_for_people(void **state)
{
	static const struct { int64_t ms; const char *text; } cases[] = {
		{ 5430000, "1h 30m 30s" }, { 45000, "45 s" }, { 45 * MIN, "45 min" }, { HOUR, "1 h" }, { 90 * MIN, "1h 30m" },
		{ 24 * HOUR, "1 d" }, { 25 * HOUR, "1d 1h" }, { 0, "0 s" }, { 999, "0 s" }, { 1000, "1 s" }, { -5, "0 s" },
		{ HOUR + 1000, "1h 1s" }, { INT64_MAX, "106751991167d 7h 12m 55s" }, { INT64_MIN, "0 s" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		duration_format(cases[i].ms, out, sizeof out);
		assert_string_equal(out, cases[i].text);
	}
	for (size_t size = 0; size <= 11; size++) {
		memset(out, 'x', sizeof out);
		duration_format(5430000, out, size);
		assert_int_equal(out[size], 'x');
		if (size)
			assert_non_null(memchr(out, 0, size));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_owner_writes_is_understood),
		cmocka_unit_test(what_is_no_command_is_refused),
		cmocka_unit_test(verbs_have_names),
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(durations_are_written_for_people),
	};

	return TAP_RUN(tests);
}
