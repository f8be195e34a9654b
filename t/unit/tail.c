#include "tap.h"

#include "core/match.h"
#include "core/stamp.h"
#include "core/tail.h"

#include <stdio.h>
#include <string.h>

/* --- match ---- */

static uint32_t feed(struct match *m, const char *s)
{
	uint32_t found = 0;

	for (; *s; s++)
		found |= match_feed(m, *s);
	return found;
}

static void texts_are_found_however_they_overlap(void **state)
{
	static const struct { const char *pattern, *stream; int times; } cases[] = {
		{ "panic", "Kernel panic - not syncing", 1 }, { "panic", "panipanic", 1 }, { "aab", "aaaab", 1 },
		{ "abab", "abababab", 3 }, { "aa", "aaaa", 3 }, { "abcabd", "abcabcabd", 1 }, { "x", "", 0 },
		{ "Panic", "panic", 0 }, { "login:", "logi login", 0 }, { "a", "aaa", 3 }, { "BUG:", "BUG BUG:", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match m = { 0 };
		int times = 0;

		assert_int_equal(match_add(&m, cases[i].pattern), 0);
		for (const char *p = cases[i].stream; *p; p++)
			times += match_feed(&m, *p) & 1 ? 1 : 0;
		if (times != cases[i].times)
			fail_msg("%zu: %d", i, times);
	}
}

static void several_are_told_apart(void **state)
{
	struct match m = { 0 };
	char longest[MATCH_TEXT_MAX + 1];

	(void)state;
	assert_int_equal(match_add(&m, "panic"), 0);
	assert_int_equal(match_add(&m, "Kernel panic"), 1);
	assert_int_equal(match_add(&m, "Oops"), 2);
	assert_int_equal(feed(&m, "a Kernel pan"), 0);
	assert_int_equal(feed(&m, "ic"), 3);
	assert_int_equal(feed(&m, "Oo"), 0);
	match_reset(&m);
	assert_int_equal(feed(&m, "ps"), 0);
	assert_int_equal(match_add(&m, ""), -1);
	memset(longest, 'x', sizeof longest);
	longest[MATCH_TEXT_MAX] = 0;
	assert_int_equal(match_add(&m, longest), -1);
	longest[MATCH_TEXT_MAX - 1] = 0;
	assert_int_equal(match_add(&m, longest), 3);
	assert_int_equal(feed(&m, longest), 8);
	while (m.n < MATCH_PATTERNS_MAX)
		assert_true(match_add(&m, "y") > 0);
	assert_int_equal(match_add(&m, "y"), -1);
	assert_int_equal(feed(&m, "y"), 0xfffffff0);
}

/* --- tail ---- */

static void tell(struct tail *t, const char *s)
{
	while (*s)
		tail_feed(t, (unsigned char)*s++);
}

static void the_last_line_is_as_a_person_saw_it(void **state)
{
	static const struct { const char *in, *last; } cases[] = {
		{ "", "" }, { "one\r\ntwo\r\n", "two" }, { "one\r\ntwo", "two" }, { "one\r\n\r\n \r\n", "one" }, { "one\n  ", "one" },
		{ "\033[1;32mDebian\033[0m \033]0;x\007login: ", "Debian login: " },
		{ "10%\r20%\r30%", "30%" }, { "100%\rdone\r\n", "done" }, { "twice\r\r\n", "twice" }, { "kept\r", "kept" },
		{ "rooot\b\bt", "root" }, { "a\tb", "a b" }, { "\b\bx", "x" }, { "\001\007x\177", "x" },
		{ "gr\303\274n \377", "gr\303\274n \357\277\275" }, { "c1 \302\233x", "c1 ?x" },
	};
	char out[256];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tail t = { 0 };

		tell(&t, cases[i].in);
		tail_last(&t, out, sizeof out);
		if (strcmp(out, cases[i].last) != 0)
			fail_msg("%zu: '%s'", i, out);
	}
}

static void a_last_line_is_cut_at_a_character(void **state)
{
	struct tail t = { 0 };
	char out[7];

	(void)state;
	tell(&t, "ab\342\202\254\342\202\254");
	tail_last(&t, out, sizeof out);
	assert_string_equal(out, "ab\342\202\254");
}

static void lines_before_one_are_given_as_far_as_they_fit(void **state)
{
	static const struct { uint64_t line; size_t before, size; const char *out; } cases[] = {
		{ 2, 0, 100, "2: two" }, { 2, 1, 100, "1: one\n2: two" }, { 2, 9, 100, "0: zero\n1: one\n2: two" },
		{ 2, 1, 7, "2: two" }, { 2, 1, 14, "1: one\n2: two" }, { 2, 2, 15, "1: one\n2: two" }, { 2, 0, 4, "2: " },
		{ 4, 0, 100, "4: fo" }, { 4, 1, 100, "3: three\n4: fo" }, { 5, 2, 100, "" }, { 0, 1, 9, "0: zero" },
	};
	struct tail t = { 0 };
	char out[100];

	(void)state;
	tell(&t, "0: zero\r\n1: one\r\n2: two\r\n3: three\r\n4: fo");
	assert_int_equal(t.lines, 4);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		tail_upto(&t, cases[i].line, cases[i].before, out, cases[i].size);
		if (strcmp(out, cases[i].out) != 0)
			fail_msg("%zu: '%s'", i, out);
	}
}

static void lines_that_tell_nothing_are_left_out(void **state)
{
	static const char trace[] = "[    1.4] RIP: 0010:panic\r\n\r\n[    1.4]  </TASK>\r\n[    1.4] ---[ end trace 0 ]---\r\n"
		"  \r\n[    1.4] \r\n[    1.4] Kernel panic - not syncing\r\n[    1.4] ---[ end Kernel panic ]---";
	struct tail t = { 0 };
	char out[200];

	(void)state;
	tell(&t, trace);
	tail_upto(&t, 6, 2, out, sizeof out);
	assert_string_equal(out, "[    1.4] RIP: 0010:panic\n[    1.4] Kernel panic - not syncing");
	tail_upto(&t, 6, 0, out, sizeof out);
	assert_string_equal(out, "[    1.4] Kernel panic - not syncing");
	/* what was asked for is given, whatever it is */
	tail_upto(&t, 7, 1, out, sizeof out);
	assert_string_equal(out, "[    1.4] Kernel panic - not syncing\n[    1.4] ---[ end Kernel panic ]---");
	tail_upto(&t, 6, 2, out, 40);
	assert_string_equal(out, "[    1.4] Kernel panic - not syncing");
}

static void old_lines_and_long_lines_are_forgotten(void **state)
{
	struct tail t = { 0 };
	char out[2 * TAIL_LINE_MAX];

	(void)state;
	for (int i = 0; i < 10000; i++) {
		snprintf(out, sizeof out, "line %d\r\n", i);
		tell(&t, out);
	}
	tail_upto(&t, 5000, 0, out, sizeof out);
	assert_string_equal(out, "");
	tail_upto(&t, 9999, 1, out, sizeof out);
	assert_string_equal(out, "line 9998\nline 9999");
	for (int i = 0; i < 100000; i++)
		tail_feed(&t, 'x');
	tail_last(&t, out, sizeof out);
	assert_int_equal(strlen(out), TAIL_LINE_MAX);
	tell(&t, "\nend\n");
	tail_upto(&t, 10001, 0, out, sizeof out);
	assert_string_equal(out, "end");
}

static void what_happened_to_the_line_is_told(void **state)
{
	static const struct { char c; enum tail_event event; } steps[] = {
		{ 'a', TAIL_CHAR }, { '\r', TAIL_NOTHING }, { 'b', TAIL_AGAIN }, { 'c', TAIL_CHAR }, { '\r', TAIL_NOTHING },
		{ '\n', TAIL_LINE }, { 'd', TAIL_CHAR }, { '\033', TAIL_NOTHING }, { '[', TAIL_NOTHING }, { 'm', TAIL_NOTHING },
		{ 'e', TAIL_CHAR }, { '\t', TAIL_CHAR }, { '\n', TAIL_LINE }, { '\r', TAIL_NOTHING }, { 'f', TAIL_CHAR },
	};
	struct tail t = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		if (tail_feed(&t, (unsigned char)steps[i].c) != steps[i].event)
			fail_msg("step %zu", i);
}

/* --- stamp ---- */

#define T0 INT64_C(1935405296789)	/* 2031-05-01T12:34:56.789Z */

static void record(struct stamp *s, int64_t now, const char *text, char *out)
{
	size_t n = strlen(text), len = strlen(out);

	while (n > 0) {
		size_t nhead, w = stamp_next(s, now, text, n, out + len, &nhead);

		len += nhead;
		memcpy(out + len, text, w);
		len += w;
		text += w;
		n -= w;
	}
	out[len] = 0;
}

static void lines_carry_the_time_they_began_at(void **state)
{
	struct stamp s = { 0 };
	char out[1024] = "", remark[128];

	(void)state;
	record(&s, T0, "one\r\ntw", out);
	record(&s, T0 + 10, "o\r\n\r\nlogin: ", out);
	record(&s, T0 + 5000, "root\r\nPass", out);
	remark[stamp_remark(&s, T0 + 5001, "bob took the keyboard", remark, sizeof remark)] = 0;
	strcat(out, remark);
	record(&s, T0 + 5002, "word:\n", out);
	assert_string_equal(out,
		"2031-05-01T12:34:56.789Z one\r\n"
		"2031-05-01T12:34:56.789Z two\r\n"
		"2031-05-01T12:34:56.799Z \r\n"
		"2031-05-01T12:34:56.799Z login: \n"
		"2031-05-01T12:35:01.789Z+root\r\n"
		"2031-05-01T12:35:01.789Z Pass\n"
		"2031-05-01T12:35:01.790Z#bob took the keyboard\n"
		"2031-05-01T12:35:01.791Z+word:\n");
}

static void dates_are_right(void **state)
{
	static const struct { int64_t now; const char *text; } cases[] = {
		{ 0, "1970-01-01T00:00:00.000Z " }, { -5, "1970-01-01T00:00:00.000Z " }, { 951782399999, "2000-02-28T23:59:59.999Z " },
		{ 951782400000, "2000-02-29T00:00:00.000Z " }, { 951868800000, "2000-03-01T00:00:00.000Z " },
		{ 4107542400000, "2100-03-01T00:00:00.000Z " }, { 4107456000000, "2100-02-28T00:00:00.000Z " },
		{ 1709164800000, "2024-02-29T00:00:00.000Z " }, { 1735689599000, "2024-12-31T23:59:59.000Z " },
		{ 253402300799999, "9999-12-31T23:59:59.999Z " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct stamp s = { 0 };
		char out[64] = "";

		record(&s, cases[i].now, "x", out);
		out[STAMP_LEN] = 0;
		assert_string_equal(out, cases[i].text);
	}
}

/* What the header promises: what came can be had back from a recording. */
static void nothing_is_lost_and_nothing_is_added(void **state)
{
	static const char *const pieces[] = {
		"one\n", "\n", "\n\n", "no end", " of it", "\n", "2031-05-01T12:34:56.789Z#forged\n", "\r\n\033[2J\001\177\377\n", "+", "x",
	};
	static char sent[400000], recorded[900000], got[400000];
	struct stamp s = { 0 };
	int64_t now = T0;
	size_t len = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const char *p = pieces[(i * 7 + i / 11) % 10];

		strcat(sent + (i > 100 ? strlen(sent) - 1 : 0), p);
		recorded[len] = 0;
		record(&s, now, p, recorded + len);
		len += strlen(recorded + len);
		now += i % 13 == 0 ? STAMP_PAUSE_MS : i % 17 == 0 ? -500 : 3;
		if (i % 100 == 0)
			len += stamp_remark(&s, now, "a remark", recorded + len, 100);
	}
	len = 0;
	for (char *p = recorded, *nl; (nl = strchr(p, '\n')) || *p; p = nl + 1) {
		const char *text = NULL;
		size_t n = 0;
		enum stamp_mark mark = stamp_parse(p, nl ? (size_t)(nl - p) : strlen(p), &text, &n);

		assert_true(mark);
		assert_true(n <= STAMP_LINE_MAX);
		if (mark == STAMP_REST && len > 0)
			len--;
		if (mark != STAMP_REMARK) {
			memcpy(got + len, text, n);
			len += n;
			got[len++] = '\n';
		}
		if (!nl)
			break;
	}
	if (s.within)
		len--;
	assert_int_equal(len, strlen(sent));
	assert_memory_equal(got, sent, len);
}

static void long_lines_are_cut(void **state)
{
	static char text[3 * STAMP_LINE_MAX + 10], out[4 * STAMP_LINE_MAX];
	struct stamp s = { 0 };
	size_t nhead;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	record(&s, T0, text, out);
	assert_int_equal(out[STAMP_LEN - 1], ' ');
	assert_int_equal(out[STAMP_LEN + STAMP_LINE_MAX], '\n');
	assert_int_equal(out[STAMP_LEN + STAMP_LINE_MAX + STAMP_LEN], '+');
	assert_int_equal(stamp_next(&s, T0, "\n", 1, out, &nhead), 1);
	assert_int_equal(nhead, 0);
}

static void what_is_no_line_of_a_recording_is_told(void **state)
{
	static const char *const bad[] = {
		"", "x", "2031-05-01T12:34:56.789Z", "2031-05-01T12:34:56.789Z-x", "2031-05-01 12:34:56.789Z x",
		"6.789Z the end of a line that was cut off", "2031-05-01T12:34:5x.789Z x",
	};
	const char *text;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(stamp_parse(bad[i], strlen(bad[i]), &text, &n), 0);
	assert_int_equal(stamp_parse("2031-05-01T12:34:56.789Z ", 25, &text, &n), STAMP_LINE);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_found_however_they_overlap),
		cmocka_unit_test(several_are_told_apart),
		cmocka_unit_test(the_last_line_is_as_a_person_saw_it),
		cmocka_unit_test(a_last_line_is_cut_at_a_character),
		cmocka_unit_test(lines_before_one_are_given_as_far_as_they_fit),
		cmocka_unit_test(lines_that_tell_nothing_are_left_out),
		cmocka_unit_test(old_lines_and_long_lines_are_forgotten),
		cmocka_unit_test(what_happened_to_the_line_is_told),
		cmocka_unit_test(lines_carry_the_time_they_began_at),
		cmocka_unit_test(dates_are_right),
		cmocka_unit_test(nothing_is_lost_and_nothing_is_added),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(what_is_no_line_of_a_recording_is_told),
	};

	return TAP_RUN(tests);
}
