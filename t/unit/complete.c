#include "shell/complete.h"

#include "tap.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static unsigned asked;

static void ask(void *arg, enum complete_names what, struct complete *to)
{
	(void)arg;
	asked++;
	if (what == COMPLETE_PENDING)
		complete_add(to, "7");
	if (what != COMPLETE_CONSOLE)
		complete_add(to, "nas");
	if (what == COMPLETE_POWER)
		complete_add(to, "nas-old");
	if (what == COMPLETE_CONSOLE)
		complete_add(to, "gw");
}

static const char *items(const char *line)
{
	static struct complete c;
	static char out[COMPLETE_ITEMS_MAX * COMPLETE_ITEM_MAX];

	complete_line(&c, line, strlen(line), ask, NULL);
	out[0] = 0;
	for (size_t i = 0; i < c.n; i++)
		snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", i ? " " : "", c.item[i]);
	return out;
}

static void what_may_stand_at_the_cursor_is_found(void **state)
{
	static const struct { const char *line, *items; } cases[] = {
		{ "p", "pending power" }, { "pow", "power" }, { "power", "power" }, { "x", "" }, { "  ex", "exit extend" },
		{ "power ", "nas nas-old" }, { "power n", "nas nas-old" }, { "power nas-", "nas-old" }, { "power x", "" },
		{ "power nas ", "cycle force-off off on reset status" }, { "power nas o", "off on" }, { "power nas on ", "" },
		{ "power --force nas o", "off on" }, { "power --in 10m nas o", "off on" }, { "power --in=10m nas o", "off on" },
		{ "power -t 3 nas o", "off on" }, { "power --in ", "" }, { "power nas cycle --i", "--in" },
		{ "power nas cycle --f", "--force" }, { "power nas --co", "" }, { "history --co", "--count" },
		{ "status --so", "" }, { "status --j", "--json" }, { "status --h", "--help" },
		{ "oobm p", "pending power" }, { "oobm power nas o", "off on" }, { "cancel ", "7 all nas" }, { "cancel 7", "7" },
		{ "help po", "power" }, { "status ", "" }, { "up 4", "" }, { "power -- -", "" }, { "log-l", "" },
		{ "power 'n", "" }, { "power n\\", "" }, { "foo ", "" }, { "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *got = items(cases[i].line);

		if (cases[i].items ? strcmp(got, cases[i].items) != 0 : !strstr(got, "down exit extend help history"))
			fail_msg("'%s': got '%s'", cases[i].line, got);
	}
}

static void nobody_is_asked_without_need(void **state)
{
	(void)state;
	asked = 0;
	items("pow");
	items("power --f");
	items("power nas c");
	items("status ");
	assert_int_equal(asked, 0);
	items("power ");
	assert_int_equal(asked, 1);
}

static void what_all_have_in_common_is_found(void **state)
{
	static const struct { const char *line; size_t common; } cases[] = {
		{ "p", 1 }, { "pow", 5 }, { "power n", 3 }, { "x", 0 }, { "power nas o", 1 }, { "e", 2 },
	};
	struct complete c;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		complete_line(&c, cases[i].line, strlen(cases[i].line), ask, NULL);
		if (complete_common(&c) != cases[i].common)
			fail_msg("'%s': got %zu", cases[i].line, complete_common(&c));
	}
}

static void what_does_not_fit_or_is_no_name_is_left_out(void **state)
{
	char longer[2 * COMPLETE_ITEM_MAX], one[12];
	struct complete c = { .prefix = "" };

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = 0;
	complete_add(&c, longer);
	complete_add(&c, "");
	complete_add(&c, "a b");
	complete_add(&c, "\033]0;x\007");
	complete_add(&c, "n\xc3\xa4s");
	assert_int_equal(c.n, 0);
	for (unsigned i = 0; i < 2 * COMPLETE_ITEMS_MAX; i++) {
		snprintf(one, sizeof one, "%u", i);
		complete_add(&c, one);
		complete_add(&c, one);
	}
	assert_int_equal(c.n, COMPLETE_ITEMS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_stand_at_the_cursor_is_found),
		cmocka_unit_test(nobody_is_asked_without_need),
		cmocka_unit_test(what_all_have_in_common_is_found),
		cmocka_unit_test(what_does_not_fit_or_is_no_name_is_left_out),
	};

	return TAP_RUN(tests);
}
