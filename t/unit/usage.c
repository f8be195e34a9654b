/* Bytes of the month: amounts as people write them, months of a plan, and when the owner is told. */
#include "core/bytes.h"
#include "core/usage.h"

#include "tap.h"

#include <stdint.h>
#include <time.h>

static void amounts_are_written(void **state)
{
	static const struct { uint64_t n; const char *text; } table[] = {
		{ 0, "0 bytes" }, { 999, "999 bytes" }, { 1000, "1.0 kB" }, { 14249, "14.2 kB" }, { 999949, "999.9 kB" },
		{ 999950, "1.0 MB" }, { 1500000000, "1.5 GB" }, { UINT64_C(2000000000000000), "2000.0 TB" },
		{ UINT64_MAX, "18446744.1 TB" },
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		bytes_format(table[i].n, out, sizeof out);
		assert_string_equal(out, table[i].text);
	}
}

static void amounts_are_read(void **state)
{
	static const struct { const char *text; int64_t n; } table[] = {
		{ "500M", 500000000 }, { "500 MB", 500000000 }, { "500mb", 500000000 }, { "1.5G", 1500000000 },
		{ "1.234k", 1234 }, { "0k", 0 }, { "0.001k", 1 }, { "1000G", INT64_C(1000000000000) }, { "007M", 7000000 },
		{ "", -1 }, { "M", -1 }, { "500", -1 }, { "-5M", -1 }, { "+5M", -1 }, { "5T", -1 }, { "5MM", -1 }, { "5MBs", -1 },
		{ "5  MB", -1 }, { "5.M", -1 }, { ".5M", -1 }, { "5.1234M", -1 }, { "1001G", -1 }, { "1000.001G", -1 },
		{ "9999999G", -1 }, { "99999999k", -1 }, { "5M ", -1 }, { " 5M", -1 }, { "5MiB", -1 }, { "0x5M", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int64_t n = -1;

		if (bytes_parse(table[i].text, &n) != (table[i].n < 0 ? -1 : 0) || n != table[i].n)
			fail_msg("\"%s\": %lld", table[i].text, (long long)n);
	}
}

/* date -u -d '2026-12-01' +%s */
#define DEC_1 INT64_C(1796083200)
#define DAY INT64_C(86400)

static void months_of_a_plan(void **state)
{
	int december = 2026 * 12 + 11;
	static const struct { int64_t wall; int day, after; } table[] = {
		{ DEC_1, 1, 0 }, { DEC_1 - 1, 1, -1 }, { DEC_1 + 30 * DAY, 1, 0 }, { DEC_1 + 31 * DAY, 1, 1 },
		{ DEC_1, 15, -1 }, { DEC_1 + 14 * DAY - 1, 15, -1 }, { DEC_1 + 14 * DAY, 15, 0 }, { DEC_1 + 31 * DAY, 15, 0 },
		{ DEC_1 + 27 * DAY, 28, 0 }, { DEC_1 + 27 * DAY - 1, 28, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(usage_month(table[i].wall, table[i].day), december + table[i].after);
	/* each day of eight hundred years, as the C library has it */
	for (int64_t wall = DAY; wall < 800 * 366 * DAY; wall += DAY) {
		time_t t = (time_t)wall;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(usage_month(wall + DAY - 1, 1), (tm.tm_year + 1900) * 12 + tm.tm_mon);
		assert_int_equal(usage_month(wall, 28), (tm.tm_year + 1900) * 12 + tm.tm_mon - (tm.tm_mday < 28));
	}
	assert_int_equal(usage_month(0, 1), 0);
	assert_int_equal(usage_month(-5, 1), 0);
	assert_int_equal(usage_month(INT64_MAX, 1), 0);
}

static void it_begins_anew_with_a_month(void **state)
{
	struct usage u = { 0 };

	(void)state;
	usage_add(&u, 0, 100);	/* nobody knows the day */
	assert_int_equal(u.bytes, 100);
	usage_add(&u, 24323, 10);	/* now somebody does: these were of this month, for all we know */
	assert_int_equal(u.bytes, 110);
	usage_add(&u, 0, 1);
	assert_int_equal(u.bytes, 111);
	assert_int_equal(u.month, 24323);
	usage_add(&u, 24322, 1);	/* a clock that went back */
	assert_int_equal(u.bytes, 112);
	assert_int_equal(usage_due(&u, 100), 100);
	usage_roll(&u, 24324);
	assert_int_equal(u.bytes, 0);
	assert_int_equal(u.told, 0);
	usage_add(&u, 24324, UINT64_MAX - 3);
	usage_add(&u, 24324, 100);
	assert_true(u.bytes == UINT64_MAX);
}

static void the_owner_is_told_once(void **state)
{
	struct usage u = { 0 };

	(void)state;
	usage_add(&u, 24323, 799);
	assert_int_equal(usage_due(&u, 1000), 0);
	usage_add(&u, 24323, 1);
	assert_int_equal(usage_due(&u, 1000), 80);
	assert_int_equal(usage_due(&u, 1000), 0);
	usage_add(&u, 24323, 200);
	assert_int_equal(usage_due(&u, 1000), 100);
	assert_int_equal(usage_due(&u, 1000), 0);
	assert_int_equal(usage_due(&u, 1100), 0);	/* a budget that grew */
	usage_add(&u, 24324, 5000);	/* both at once: the worse */
	assert_int_equal(usage_due(&u, 1000), 100);
	assert_int_equal(usage_due(&u, 0), 0);
	assert_int_equal(usage_due(&u, UINT64_MAX), 0);
}

static void the_next_month_is_named(void **state)
{
	char out[24];

	(void)state;
	usage_next_text(2026 * 12 + 10, 1, out, sizeof out);
	assert_string_equal(out, "1 December");
	usage_next_text(2026 * 12 + 11, 15, out, sizeof out);
	assert_string_equal(out, "15 January");
	usage_next_text(0, 15, out, sizeof out);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(amounts_are_written), cmocka_unit_test(amounts_are_read), cmocka_unit_test(months_of_a_plan),
		cmocka_unit_test(it_begins_anew_with_a_month), cmocka_unit_test(the_owner_is_told_once),
		cmocka_unit_test(the_next_month_is_named),
	};

	return TAP_RUN(tests);
}
