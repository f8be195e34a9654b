#include "tap.h"

#include "core/ring.h"

#include <string.h>

static void text_of(const struct ring *r, uint64_t at, char *out)
{
	const char *p;
	size_t n;

	while ((n = ring_peek(r, at, &p)) > 0) {
		memcpy(out, p, n);
		out += n;
		at += n;
	}
	*out = 0;
}

static void the_last_bytes_stay_whatever_the_pieces(void **state)
{
	static const char all[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char mem[7], got[8];

	(void)state;
	for (size_t step = 1; step < 20; step++) {
		struct ring r;

		ring_init(&r, mem, sizeof mem);
		assert_int_equal(ring_tail(&r), 0);
		for (size_t at = 0; at < sizeof all - 1; at += step) {
			size_t n = sizeof all - 1 - at < step ? sizeof all - 1 - at : step, keep;

			ring_add(&r, all + at, n);
			assert_int_equal(r.head, at + n);
			keep = at + n < sizeof mem ? at + n : sizeof mem;
			assert_int_equal(ring_tail(&r), at + n - keep);
			text_of(&r, ring_tail(&r), got);
			assert_int_equal(strlen(got), keep);
			assert_memory_equal(got, all + at + n - keep, keep);
		}
	}
}

static void a_reader_at_the_head_gets_nothing(void **state)
{
	char mem[4];
	struct ring r;
	const char *p;

	(void)state;
	ring_init(&r, mem, sizeof mem);
	assert_int_equal(ring_peek(&r, 0, &p), 0);
	ring_add(&r, "abcdefgh", 8);
	assert_int_equal(ring_peek(&r, 8, &p), 0);
	assert_int_equal(ring_peek(&r, 4, &p), 4);
	assert_memory_equal(p, "efgh", 4);
}

static void the_beginning_of_a_line_is_found_if_it_is_there(void **state)
{
	static const struct { const char *text; uint64_t from, at, want; } cases[] = {
		{ "one\ntwo\nthree", 0, 10, 8 },
		{ "one\ntwo\nthree", 0, 8, 8 },
		{ "one\ntwo\nthree", 0, 2, 0 },
		{ "one\ntwo\nthree", 9, 10, 10 },	/* begins before FROM */
		{ "one\ntwo\nthree", 8, 10, 8 },
		{ "one two three", 0, 5, 0 },		/* nothing was forgotten: the stream itself begins there */
		{ "a line of more than sixteen bytes", 17, 20, 20 },
		{ "0123456789abcde\nfghi", 4, 19, 16 },
		{ "", 0, 0, 0 },
	};
	char mem[16];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ring r;

		ring_init(&r, mem, sizeof mem);
		ring_add(&r, cases[i].text, strlen(cases[i].text));
		if (ring_line(&r, cases[i].from, cases[i].at) != cases[i].want)
			fail_msg("%zu: %d", i, (int)ring_line(&r, cases[i].from, cases[i].at));
	}
}

static void the_last_lines_are_counted_from_the_end(void **state)
{
	static const struct { const char *text; uint64_t from; size_t lines; uint64_t want; size_t found; } cases[] = {
		{ "a\nb\nc\n", 0, 1, 4, 1 }, { "a\nb\nc\n", 0, 2, 2, 2 }, { "a\nb\nc\n", 0, 3, 0, 3 },
		{ "a\nb\nc\n", 0, 9, 0, 3 }, { "a\nb\nc", 0, 1, 4, 1 }, { "a\nb\nc", 0, 2, 2, 2 }, { "a\nb\nc\n", 0, 0, 6, 0 },
		{ "\n\n\n", 0, 2, 1, 2 }, { "", 0, 3, 0, 0 }, { "a\nb\nc\n", 2, 9, 2, 2 }, { "abc", 0, 1, 0, 1 },
	};
	char mem[16];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ring r;
		size_t found;

		ring_init(&r, mem, sizeof mem);
		ring_add(&r, cases[i].text, strlen(cases[i].text));
		if (ring_last_lines(&r, cases[i].from, r.head, cases[i].lines, &found) != cases[i].want ||
		    found != cases[i].found)
			fail_msg("%zu: %d, %zu lines", i, (int)ring_last_lines(&r, cases[i].from, r.head, cases[i].lines,
				 &found), found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_bytes_stay_whatever_the_pieces),
		cmocka_unit_test(a_reader_at_the_head_gets_nothing),
		cmocka_unit_test(the_beginning_of_a_line_is_found_if_it_is_there),
		cmocka_unit_test(the_last_lines_are_counted_from_the_end),
	};

	return TAP_RUN(tests);
}
