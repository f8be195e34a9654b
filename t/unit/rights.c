#include "core/rights.h"

#include "tap.h"

#include <string.h>

static struct rights r;

static int set_up(void **state)
{
	(void)state;
	r = (struct rights){ 0 };
	assert_int_equal(rights_add(&r, "alice", 1000, false, "nas", "nas", "*", true), 0);
	assert_int_equal(rights_add(&r, "bob", 1001, true, NULL, "nas,gw", NULL, false), 0);
	assert_int_equal(rights_add(&r, "carol", 1001, true, "*", NULL, "gw-old,gw", true), 0);
	return 0;
}

static void each_may_what_is_listed(void **state)
{
	static const struct { uint32_t uid; const char *claim; enum right what; const char *target; bool may; } cases[] = {
		{ 1000, NULL, RIGHT_POWER, "nas", true }, { 1000, "", RIGHT_POWER, "gw", false },
		{ 1000, NULL, RIGHT_WRITE, "nas", true }, { 1000, NULL, RIGHT_WRITE, "gw", false },
		{ 1000, NULL, RIGHT_READ, "gw", true }, { 1000, NULL, RIGHT_WINDOW, NULL, true },
		{ 1000, "alice", RIGHT_POWER, "nas", true }, { 1000, "carol", RIGHT_POWER, "nas", false },
		{ 1001, "bob", RIGHT_WRITE, "gw", true }, { 1001, "bob", RIGHT_READ, "gw", true },
		{ 1001, "bob", RIGHT_POWER, "gw", false }, { 1001, "bob", RIGHT_WINDOW, NULL, false },
		{ 1001, "carol", RIGHT_POWER, "anything", true }, { 1001, "carol", RIGHT_WRITE, "gw", false },
		{ 1001, "carol", RIGHT_READ, "gw", true }, { 1001, "carol", RIGHT_READ, "gw-", false },
		{ 1001, "carol", RIGHT_READ, "g", false }, { 1001, "carol", RIGHT_READ, "", false },
		{ 1001, "carol", RIGHT_READ, NULL, false }, { 1001, "carol", RIGHT_READ, "gw-old,gw", false },
		{ 1001, NULL, RIGHT_READ, "gw", false }, { 1001, "alice", RIGHT_READ, "gw", false },
		{ 1002, NULL, RIGHT_READ, "gw", false }, { 1002, "alice", RIGHT_READ, "gw", false },
		{ 0, NULL, RIGHT_POWER, "nas", true }, { 0, "bob", RIGHT_POWER, "nas", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (rights_may(&r, cases[i].uid, cases[i].claim, cases[i].what, cases[i].target) != cases[i].may)
			fail_msg("case %zu", i);
}

static void a_shared_account_without_a_key_is_nobody(void **state)
{
	(void)state;
	assert_null(rights_who(&r, 1001, NULL));
	assert_null(rights_who(&r, 1001, "root"));
	assert_string_equal(rights_who(&r, 1001, "bob")->name, "bob");
	assert_string_equal(rights_who(&r, 1000, NULL)->name, "alice");
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
	assert_int_equal(rights_add(&r, longer, 1, false, "", "", "", false), -1);
	assert_int_equal(rights_add(&r, "x", 1, false, longer, "", "", false), -1);
	while (r.n < RIGHTS_OPERATORS_MAX)
		assert_int_equal(rights_add(&r, "x", 1, false, "", "", "", false), 0);
	assert_int_equal(rights_add(&r, "x", 1, false, "", "", "", false), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_may_what_is_listed, set_up),
		cmocka_unit_test_setup(a_shared_account_without_a_key_is_nobody, set_up),
		cmocka_unit_test(with_no_operators_the_group_may_all),
		cmocka_unit_test_setup(what_does_not_fit_is_not_cut, set_up),
	};

	return TAP_RUN(tests);
}
