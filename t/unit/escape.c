#include "tap.h"

#include "core/escape.h"

#include <stdio.h>
#include <string.h>

/* What is typed, and what comes of it: bytes that are sent stand for themselves; actions in angle brackets. */
static const struct { const char *typed, *result; } cases[] = {
	{ "hello\r", "hello\r" },
	{ "~.", "<leave>" },			/* at once: the beginning is the beginning of a line */
	{ "\r~.", "\r<leave>" }, { "\n~.", "\n<leave>" },
	{ "a~.", "a~." }, { "~a~.", "~a~." }, { "ls\r~.", "ls\r<leave>" },
	{ "~~", "~" }, { "~~.", "~." }, { "~~~.", "~~." }, { "\r~~.", "\r~." },
	{ "~?", "<help>" }, { "~?~.", "<help><leave>" },	/* a command leaves the line at its beginning */
	{ "~B", "<break>" }, { "~r~t~l", "<release><take><last>" }, { "~\032", "<suspend>" },
	{ "~b~R", "~b~R" },
	{ "~Rh", "<ask><sysrq h>" }, { "~R\033", "<ask><cancel>" }, { "~R\003~.", "<ask><cancel><leave>" },
	{ "~R\r", "<ask><cancel>" }, { "~R~.", "<ask><sysrq ~>." },
	{ "~\r~.", "~\r<leave>" },
	{ "~\033[A", "~\033[A" },
	{ "\r~x\r~.", "\r~x\r<leave>" },
	{ "~", "" },
	{ "\303\274~.", "\303\274~." },
};

static void run(int key, const char *typed, char *result)
{
	static const char *const names[] = {
		[ESCAPE_LEAVE] = "<leave>", [ESCAPE_HELP] = "<help>", [ESCAPE_BREAK] = "<break>", [ESCAPE_ASK] = "<ask>",
		[ESCAPE_CANCEL] = "<cancel>", [ESCAPE_RELEASE] = "<release>", [ESCAPE_TAKE] = "<take>",
		[ESCAPE_LAST] = "<last>", [ESCAPE_SUSPEND] = "<suspend>",
	};
	struct escape e;

	escape_init(&e, key);
	*result = 0;
	for (; *typed; typed++) {
		enum escape_action action = escape_feed(&e, (unsigned char)*typed);

		if (action == ESCAPE_SEND)
			strncat(result, e.out, e.n);
		else if (action == ESCAPE_SYSRQ)
			sprintf(result + strlen(result), "<sysrq %c>", e.out[0]);
		else if (action != ESCAPE_NOTHING)
			strcat(result, names[action]);
	}
}

static void keys_are_told_from_commands(void **state)
{
	char result[256];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run('~', cases[i].typed, result);
		if (strcmp(result, cases[i].result) != 0)
			fail_msg("%zu: '%s'", i, result);
	}
}

static void another_key_may_be_chosen_or_none(void **state)
{
	char result[256];

	(void)state;
	run(0x1d, "~.\r\035.", result);
	assert_string_equal(result, "~.\r<leave>");
	run(-1, "~.\r~.", result);
	assert_string_equal(result, "~.\r~.");
	run('B', "BB BB\rBB\rB.", result);	/* the escape twice is itself, unless it is a command */
	assert_string_equal(result, "<break> BB\r<break>\r<leave>");
}

/* ssh(1) takes one level, oobm the next. */
static void within_another_the_same_keys_reach_the_inner_one(void **state)
{
	char outer[256], inner[256];

	(void)state;
	run('~', "\r~~.", outer);
	run('~', outer, inner);
	assert_string_equal(inner, "\r<leave>");
	run('~', "\r~~~~.", outer);	/* and of two oobm the innermost by this */
	run('~', outer, inner);
	assert_string_equal(outer, "\r~~~.");
	assert_string_equal(inner, "\r~~.");
}

static void the_escape_key_is_read_as_people_write_it(void **state)
{
	static const struct { const char *text; int rc, key; } keys[] = {
		{ "~", 0, '~' }, { "none", 0, -1 }, { "^]", 0, 0x1d }, { "^a", 0, 1 }, { "^A", 0, 1 }, { "^?", 0, 0x7f },
		{ "^", 0, '^' }, { "\303\274", -1, 0 }, { "", -1, 0 }, { "ab", -1, 0 }, { "^M", -1, 0 }, { "\r", -1, 0 },
		{ "^~", -1, 0 }, { "^ab", -1, 0 }, { "NONE", -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		int key = 77;

		if (escape_parse(keys[i].text, &key) != keys[i].rc || (keys[i].rc == 0 && key != keys[i].key))
			fail_msg("'%s': %d", keys[i].text, key);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_told_from_commands),
		cmocka_unit_test(another_key_may_be_chosen_or_none),
		cmocka_unit_test(within_another_the_same_keys_reach_the_inner_one),
		cmocka_unit_test(the_escape_key_is_read_as_people_write_it),
	};

	return TAP_RUN(tests);
}
