#include "core/rights.h"

#include "tap.h"

#include <string.h>

#define BOB "SHA256:hkrvJzvbXnDFVzUGGAHzBvMqKbsYQBhfzBkVzzz+z/0"
#define CAROL "SHA256:kkrvJzvbXnDFVzUGGAHzBvMqKbsYQBhfzBkVzzz+z/0"
#define NOBODY "SHA256:zkrvJzvbXnDFVzUGGAHzBvMqKbsYQBhfzBkVzzz+z/0"

static struct rights r;

static int set_up(void **state)
{
	(void)state;
	r = (struct rights){ 0 };
	assert_int_equal(rights_add(&r, "alice", 1000, NULL, "nas", "nas", "*", true), 0);
	assert_int_equal(rights_add(&r, "bob", 1001, BOB, NULL, "nas,gw", NULL, false), 0);
	assert_int_equal(rights_add(&r, "carol", 1001, CAROL, "*", NULL, "gw-old,gw", true), 0);
	return 0;
}

static void each_may_what_is_listed(void **state)
{
	static const struct { uint32_t uid; const char *key; enum right what; const char *target; bool may; } cases[] = {
		{ 1000, NULL, RIGHT_POWER, "nas", true }, { 1000, "", RIGHT_POWER, "gw", false },
		{ 1000, NULL, RIGHT_WRITE, "nas", true }, { 1000, NULL, RIGHT_WRITE, "gw", false },
		{ 1000, NULL, RIGHT_READ, "gw", true }, { 1000, NULL, RIGHT_WINDOW, NULL, true },
		{ 1000, NOBODY, RIGHT_POWER, "nas", true }, { 1000, CAROL, RIGHT_POWER, "nas", true },
		{ 1001, BOB, RIGHT_WRITE, "gw", true }, { 1001, BOB, RIGHT_READ, "gw", true },
		{ 1001, BOB, RIGHT_POWER, "gw", false }, { 1001, BOB, RIGHT_WINDOW, NULL, false },
		{ 1001, CAROL, RIGHT_POWER, "anything", true }, { 1001, CAROL, RIGHT_WRITE, "gw", false },
		{ 1001, CAROL, RIGHT_READ, "gw", true }, { 1001, CAROL, RIGHT_READ, "gw-", false },
		{ 1001, CAROL, RIGHT_READ, "g", false }, { 1001, CAROL, RIGHT_READ, "", false },
		{ 1001, CAROL, RIGHT_READ, NULL, false }, { 1001, CAROL, RIGHT_READ, "gw-old,gw", false },
		{ 1001, NULL, RIGHT_READ, "gw", false }, { 1001, NOBODY, RIGHT_READ, "gw", false },
		{ 1002, NULL, RIGHT_READ, "gw", false }, { 1002, BOB, RIGHT_READ, "gw", false },
		{ 0, NULL, RIGHT_POWER, "nas", true }, { 0, BOB, RIGHT_POWER, "nas", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (rights_may(&r, cases[i].uid, cases[i].key, cases[i].what, cases[i].target) != cases[i].may)
			fail_msg("case %zu", i);
}

static void a_shared_account_without_a_key_is_nobody(void **state)
{
	(void)state;
	assert_null(rights_who(&r, 1001, NULL));
	assert_null(rights_who(&r, 1001, ""));
	assert_null(rights_who(&r, 1001, "bob"));
	assert_null(rights_who(&r, 1001, NOBODY));
	assert_string_equal(rights_who(&r, 1001, BOB)->name, "bob");
	assert_string_equal(rights_who(&r, 1000, NULL)->name, "alice");
}

static void who_has_no_key_of_his_own_is_whoever_else_comes(void **state)
{
	(void)state;
	assert_int_equal(rights_add(&r, "guests", 1001, NULL, NULL, NULL, "nas", false), 0);
	assert_string_equal(rights_who(&r, 1001, BOB)->name, "bob");
	assert_string_equal(rights_who(&r, 1001, NOBODY)->name, "guests");
	assert_string_equal(rights_who(&r, 1001, NULL)->name, "guests");
	assert_string_equal(rights_who(&r, 1000, NOBODY)->name, "alice");
}

static void root_is_held_to_less_only_in_a_shared_account(void **state)
{
	(void)state;
	assert_int_equal(rights_add(&r, "dave", 0, CAROL, NULL, NULL, "nas", false), 0);
	assert_true(rights_may(&r, 0, NULL, RIGHT_POWER, "nas"));
	assert_true(rights_may(&r, 0, CAROL, RIGHT_READ, "nas"));
	assert_false(rights_may(&r, 0, CAROL, RIGHT_POWER, "nas"));
	assert_false(rights_may(&r, 0, BOB, RIGHT_POWER, "nas"));
}

static void a_key_is_told_by_its_fingerprint(void **state)
{
	static const char *const bad[] = { "", "bob", "SHA256:", "sha256:hkrvJzvbXnDFVzUGGAHzBvMqKbsYQBhfzBkVzzz+z/0",
		BOB "=", "SHA256:hkrvJzvbXnDFVzUGGAHzBvMqKbsYQBhfzBkVzzz+z/", "SHA256:hkrvJzvbXnDFVzUGGAHzBvMqKbsYQBhfzBkVzzz z/0",
		"MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48" };

	(void)state;
	assert_true(rights_key_ok(BOB));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (rights_key_ok(bad[i]))
			fail_msg("'%s'", bad[i]);
}

static void with_no_operators_the_group_may_all(void **state)
{
	struct rights none = { 0 };

	(void)state;
	assert_true(rights_may(&none, 1234, NULL, RIGHT_POWER, "nas"));
	assert_true(rights_may(&none, 1234, NULL, RIGHT_WINDOW, NULL));
}

static void what_does_not_fit_is_not_cut(void **state)
{
	char longer[RIGHTS_LIST_MAX + 1];

	(void)state;
	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	assert_int_equal(rights_add(&r, longer, 1, "", "", "", "", false), -1);
	assert_int_equal(rights_add(&r, "x", 1, NULL, longer, "", "", false), -1);
	assert_int_equal(rights_add(&r, "x", 1, longer, "", "", "", false), -1);
	while (r.n < RIGHTS_OPERATORS_MAX)
		assert_int_equal(rights_add(&r, "x", 1, "", "", "", "", false), 0);
	assert_int_equal(rights_add(&r, "x", 1, "", "", "", "", false), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_may_what_is_listed, set_up),
		cmocka_unit_test_setup(a_shared_account_without_a_key_is_nobody, set_up),
		cmocka_unit_test_setup(who_has_no_key_of_his_own_is_whoever_else_comes, set_up),
		cmocka_unit_test_setup(root_is_held_to_less_only_in_a_shared_account, set_up),
		cmocka_unit_test(a_key_is_told_by_its_fingerprint),
		cmocka_unit_test(with_no_operators_the_group_may_all),
		cmocka_unit_test_setup(what_does_not_fit_is_not_cut, set_up),
	};

	return TAP_RUN(tests);
}
