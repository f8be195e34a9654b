#include "tap.h"

#include "base/clock.h"
#include "core/policy.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof *(a))
#define ALL_COMMANDS 0xfu
#define SECRET "Purple tram 77"
#define NOW INT64_C(1700000000)		/* wall clock, s */
#define MONO (10 * MIN_MS)

static struct policy two_owners(void)
{
	return (struct policy){
		.owner = {
			{ .name = "ada", .number = "+491701234567", .secret = SECRET, .commands = ALL_COMMANDS },
			{ .name = "bob", .number = "+33612345678", .secret = "up we go", .commands = 1u << COMMAND_STATUS },
		},
		.n = 2,
		.max_age_s = 600,
	};
}

static struct policy_message message(const char *from, const char *text)
{
	return (struct policy_message){ .from = from, .text = text, .scts = NOW - 30 };
}

static enum policy_verdict judge_at(struct policy *p, const char *from, const char *text, int64_t mono)
{
	struct policy_message msg = message(from, text);
	struct command c;
	size_t who;

	return policy_judge(p, &msg, mono, NOW, &who, &c);
}

static enum policy_verdict judge(const char *from, const char *text)
{
	struct policy p = two_owners();

	return judge_at(&p, from, text, MONO);
}

/* --- numbers ----------------------------------------------------------------------------------------- */

static void a_number_is_known_in_all_its_spellings(void **state)
{
	static const struct { const char *listed, *seen; bool same; } cases[] = {
		{ "+491701234567", "+491701234567", true },
		{ "+49 170 1234567", "+49-170-1234567", true },
		{ "+491701234567", "00491701234567", true },
		{ "+491701234567", "491701234567", true },	/* the type of number got lost */
		{ "+491701234567", "01701234567", true },	/* national, with the trunk prefix */
		{ "+491701234567", "1701234567", true },
		{ "+491701234567", "1234567", true },		/* seven digits are the least */
		{ "+15551234567", "15551234567", true },
		{ "+15551234567", "5551234567", true },
		/* somebody else's */
		{ "+491701234567", "+491701234568", false },
		{ "+491701234567", "+4917012345671", false },
		{ "+491701234567", "+49170123456", false },
		{ "+491701234567", "+1701234567", false },
		{ "+491701234567", "+1234567", false },		/* international, and short */
		{ "+491701234567", "00431701234567", false },
		{ "+491701234567", "234567", false },
		{ "+491701234567", "0234567", false },
		{ "+491701234567", "000491701234567", false },
		{ "+491701234567", "02701234567", false },
		{ "+491701234567", "49491701234567", false },
		{ "+491701234567", "+", false },
		{ "+491701234567", "", false },
		{ "+491701234567", "Vodafone", false },
		{ "", "", false },
		{ "", "+491701234567", false },
		{ "+491701234567", "+49170123456749170123456749170123456749170123456", false },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		if (policy_same_number(cases[i].listed, cases[i].seen) != cases[i].same)
			fail_msg("listed '%s', seen '%s'", cases[i].listed, cases[i].seen);
}

/* --- secrets and commands ---------------------------------------------------------------------------- */

static void the_code_decides_and_forgives_only_what_phones_do(void **state)
{
	static const struct { const char *text; enum policy_verdict verdict; } cases[] = {
		{ SECRET, POLICY_ALLOWED },
		{ "purple tram 77", POLICY_ALLOWED },		/* the phone's idea of the first letter */
		{ "  Purple tram 77 \t", POLICY_ALLOWED },
		{ "Purple tram 77\nSent from my phone", POLICY_ALLOWED },
		{ "Purple tram 77\r\n-- \r\nAda", POLICY_ALLOWED },
		{ "up Purple tram 77", POLICY_ALLOWED },
		{ "Up 45m purple tram 77", POLICY_ALLOWED },
		{ "STATUS Purple tram 77\n", POLICY_ALLOWED },
		{ "Purple Tram 77", POLICY_BAD_CODE },
		{ "PURPLE TRAM 77", POLICY_BAD_CODE },
		{ "Purple tram 7", POLICY_BAD_CODE },
		{ "Purple tram 777", POLICY_BAD_CODE },
		{ "Purple  tram 77", POLICY_BAD_CODE },
		{ "Purple tram", POLICY_BAD_CODE },
		{ "urple tram 77", POLICY_BAD_CODE },
		{ "hello\nPurple tram 77", POLICY_BAD_CODE },
		{ "Purple tram 77 please", POLICY_BAD_CODE },
		{ "up we go", POLICY_BAD_CODE },			/* another owner's */
		{ "up", POLICY_EMPTY },
		{ "", POLICY_EMPTY },
		{ " \n ", POLICY_EMPTY },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		enum policy_verdict v = judge("+491701234567", cases[i].text);

		if (v != cases[i].verdict)
			fail_msg("case %zu: %s", i, policy_verdict_text(v));
	}
}

static void what_is_asked_is_told_without_the_code(void **state)
{
	static const struct { const char *text; enum command_verb verb; int64_t length; } cases[] = {
		{ SECRET, COMMAND_UP, 0 },
		{ "up " SECRET, COMMAND_UP, 0 },
		{ "up 45m " SECRET, COMMAND_UP, 45 * MIN_MS },
		{ "extend 1h " SECRET, COMMAND_EXTEND, 60 * MIN_MS },
		{ "down " SECRET, COMMAND_DOWN, 0 },
		{ "Status " SECRET, COMMAND_STATUS, 0 },
	};
	static const char zeros[COMMAND_CODE_MAX];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct policy p = two_owners();
		struct policy_message msg = message("01701234567", cases[i].text);
		struct command c;
		size_t who = 9;

		assert_int_equal(policy_judge(&p, &msg, MONO, NOW, &who, &c), POLICY_ALLOWED);
		assert_int_equal(who, 0);
		assert_int_equal(c.verb, cases[i].verb);
		assert_int_equal(c.length_ms, cases[i].length);
		assert_memory_equal(c.code, zeros, sizeof zeros);
	}
}

/* A secret may begin with a word that is also a command. */
static void a_secret_like_a_command_means_up(void **state)
{
	struct policy p = two_owners();
	struct policy_message msg = message("+33612345678", "Up we go");
	struct command c;
	size_t who;

	(void)state;
	p.owner[1].commands = ALL_COMMANDS;
	assert_int_equal(policy_judge(&p, &msg, MONO, NOW, &who, &c), POLICY_ALLOWED);
	assert_int_equal(who, 1);
	assert_int_equal(c.verb, COMMAND_UP);
	snprintf(p.owner[1].secret, sizeof p.owner[1].secret, "down 1h town");
	msg.text = "down 1h town";
	assert_int_equal(policy_judge(&p, &msg, MONO, NOW, &who, &c), POLICY_ALLOWED);
	assert_int_equal(c.verb, COMMAND_UP);
	assert_int_equal(c.length_ms, 0);
	msg.text = "down down 1h town";
	assert_int_equal(policy_judge(&p, &msg, MONO, NOW, &who, &c), POLICY_ALLOWED);
	assert_int_equal(c.verb, COMMAND_DOWN);
}

static void secrets_of_any_length_are_compared_whole(void **state)
{
	char secret[POLICY_SECRET_MAX], text[POLICY_SECRET_MAX + 8];
	struct policy p = two_owners();

	(void)state;
	memset(secret, 'x', sizeof secret - 1);
	secret[sizeof secret - 1] = 0;
	memcpy(p.owner[0].secret, secret, sizeof secret);
	assert_int_equal(judge_at(&p, "+491701234567", secret, MONO), POLICY_ALLOWED);
	secret[sizeof secret - 2] = 'y';
	assert_int_equal(judge_at(&p, "+491701234567", secret, MONO), POLICY_BAD_CODE);
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	assert_int_not_equal(judge_at(&p, "+491701234567", text, MONO), POLICY_ALLOWED);
	/* no secret is no way in */
	p.owner[0].secret[0] = 0;
	assert_int_equal(judge_at(&p, "+491701234567", "", MONO), POLICY_EMPTY);
	assert_int_equal(judge_at(&p, "+491701234567", "up x", MONO), POLICY_BAD_CODE);
}

/* --- who, how old, how often ------------------------------------------------------------------------- */

static void a_stranger_is_nobody_even_with_the_code(void **state)
{
	struct policy p = two_owners();
	struct policy_message msg = message("ADA", SECRET);
	struct command c;
	size_t who = 7;

	(void)state;
	assert_int_equal(judge("+491701234568", SECRET), POLICY_NOT_LISTED);
	assert_int_equal(judge("", SECRET), POLICY_NOT_LISTED);
	msg.alnum = true;
	assert_int_equal(policy_judge(&p, &msg, MONO, NOW, &who, &c), POLICY_NOT_LISTED);
	msg.from = "491701234567";	/* a name made of digits */
	assert_int_equal(policy_judge(&p, &msg, MONO, NOW, &who, &c), POLICY_NOT_LISTED);
	assert_int_equal(who, 7);
	p.n = 0;
	assert_int_equal(judge_at(&p, "+491701234567", SECRET, MONO), POLICY_NOT_LISTED);
}

static void each_owner_has_his_own_commands(void **state)
{
	(void)state;
	assert_int_equal(judge("+33612345678", "status up we go"), POLICY_ALLOWED);
	assert_int_equal(judge("+33612345678", "down up we go"), POLICY_NOT_PERMITTED);
	assert_int_equal(judge("+33612345678", "up we go"), POLICY_NOT_PERMITTED);
	assert_int_equal(judge("+33612345678", "down nonsense"), POLICY_BAD_CODE);
}

static void an_old_message_is_refused_where_time_is_known(void **state)
{
	static const struct { int64_t wall, scts, max_age; enum policy_verdict verdict; } cases[] = {
		{ NOW, NOW - 600, 600, POLICY_ALLOWED },
		{ NOW, NOW - 601, 600, POLICY_TOO_OLD },
		{ NOW, NOW + 3600, 600, POLICY_ALLOWED },	/* the service centre's clock is fast */
		{ 0, NOW - 86400, 600, POLICY_ALLOWED },	/* the box does not know the time */
		{ NOW, 0, 600, POLICY_ALLOWED },		/* the message does not */
		{ NOW, NOW - 86400, 0, POLICY_ALLOWED },	/* any age is right */
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct policy p = two_owners();
		struct policy_message msg = message("+491701234567", SECRET);
		struct command c;
		size_t who = 9;

		p.max_age_s = cases[i].max_age;
		msg.scts = cases[i].scts;
		if (policy_judge(&p, &msg, MONO, cases[i].wall, &who, &c) != cases[i].verdict)
			fail_msg("case %zu", i);
		assert_int_equal(who, 0);
	}
	/* the age is looked at only when the code is right: a stranger learns nothing */
	{
		struct policy p = two_owners();
		struct policy_message msg = message("+491701234567", "wrong");
		struct command c;
		size_t who;

		msg.scts = NOW - 86400;
		assert_int_equal(policy_judge(&p, &msg, MONO, NOW, &who, &c), POLICY_BAD_CODE);
	}
}

static void guessing_is_throttled_per_number(void **state)
{
	struct policy p = two_owners();

	(void)state;
	for (int i = 0; i < POLICY_ATTEMPTS_MAX; i++)
		assert_int_equal(judge_at(&p, "+491701234567", "wrong", MONO + i), POLICY_BAD_CODE);
	assert_int_equal(judge_at(&p, "+491701234567", SECRET, MONO + 20), POLICY_THROTTLED);
	assert_int_equal(judge_at(&p, "01701234567", SECRET, MONO + POLICY_ATTEMPTS_MS - 1), POLICY_THROTTLED);
	/* others are not concerned */
	assert_int_equal(judge_at(&p, "+33612345678", "status up we go", MONO + 20), POLICY_ALLOWED);
	/* an hour after the first wrong one it begins anew */
	assert_int_equal(judge_at(&p, "+491701234567", SECRET, MONO + POLICY_ATTEMPTS_MS), POLICY_ALLOWED);
}

static void what_does_not_count_as_a_guess(void **state)
{
	struct policy p = two_owners();

	(void)state;
	/* empty ones, strangers' ones, and those before a right one */
	for (int i = 0; i < 3 * POLICY_ATTEMPTS_MAX; i++) {
		assert_int_equal(judge_at(&p, "+491701234567", "", MONO), POLICY_EMPTY);
		assert_int_equal(judge_at(&p, "+491709999999", "wrong", MONO), POLICY_NOT_LISTED);
	}
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < POLICY_ATTEMPTS_MAX - 1; i++)
			assert_int_equal(judge_at(&p, "+491701234567", "wrong", MONO), POLICY_BAD_CODE);
		assert_int_equal(judge_at(&p, "+491701234567", SECRET, MONO), POLICY_ALLOWED);
	}
}

/* --- the set of commands ------------------------------------------------------------------------------- */

static void sets_of_commands_are_read(void **state)
{
	static const struct { const char *list; int rc; unsigned set; } cases[] = {
		{ "up", 0, 1u << COMMAND_UP },
		{ "up,down,extend,status", 0, ALL_COMMANDS },
		{ "status, UP", 0, 1u << COMMAND_UP | 1u << COMMAND_STATUS },
		{ "up up", 0, 1u << COMMAND_UP },
		{ "up,", 0, 1u << COMMAND_UP },
		{ "", 0, 0 },
		{ "reboot", -1, 0 }, { "up,reboot", -1, 0 }, { "u", -1, 0 }, { "upp", -1, 0 }, { ",up", -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		unsigned set = 0;
		int rc = policy_commands_parse(cases[i].list, &set);

		if (rc != cases[i].rc || (rc == 0 && set != cases[i].set))
			fail_msg("'%s': %d, %x", cases[i].list, rc, set);
	}
}

static void every_verdict_has_a_text(void **state)
{
	(void)state;
	for (int v = POLICY_ALLOWED; v <= POLICY_THROTTLED; v++)
		assert_true(strlen(policy_verdict_text((enum policy_verdict)v)) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_known_in_all_its_spellings),
		cmocka_unit_test(the_code_decides_and_forgives_only_what_phones_do),
		cmocka_unit_test(what_is_asked_is_told_without_the_code),
		cmocka_unit_test(a_secret_like_a_command_means_up),
		cmocka_unit_test(secrets_of_any_length_are_compared_whole),
		cmocka_unit_test(a_stranger_is_nobody_even_with_the_code),
		cmocka_unit_test(each_owner_has_his_own_commands),
		cmocka_unit_test(an_old_message_is_refused_where_time_is_known),
		cmocka_unit_test(guessing_is_throttled_per_number),
		cmocka_unit_test(what_does_not_count_as_a_guess),
		cmocka_unit_test(sets_of_commands_are_read),
		cmocka_unit_test(every_verdict_has_a_text),
	};

	return TAP_RUN(tests);
}
