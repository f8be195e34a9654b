#include "tap.h"

#include "ipc/frame.h"

#include <string.h>

static const struct {
	const char *name, *bytes;
	size_t n;
	const char *types;
	ssize_t taken;		/* -1: refused */
	char type;
	const char *data;
} cases[] = {
	{ "nothing", "", 0, FRAME_FROM_VIEWER, 0, 0, NULL },
	{ "a type alone", "D", 1, FRAME_FROM_VIEWER, 0, 0, NULL },
	{ "half a length", "D\0", 2, FRAME_FROM_VIEWER, 0, 0, NULL },
	{ "half a payload", "D\0\5abcd", 7, FRAME_FROM_VIEWER, 0, 0, NULL },
	{ "data", "D\0\5abcde", 8, FRAME_FROM_VIEWER, 8, 'D', "abcde" },
	{ "data and what follows it", "D\0\2abN\0\1x", 9, FRAME_TO_VIEWER, 5, 'D', "ab" },
	{ "empty data", "D\0\0", 3, FRAME_FROM_VIEWER, 3, 'D', "" },
	{ "a break", "B\0\0D", 4, FRAME_FROM_VIEWER, 3, 'B', "" },
	{ "a break that says something", "B\0\1x", 4, FRAME_FROM_VIEWER, -1, 0, NULL },
	{ "the end of the replay", "Z\0\0", 3, FRAME_TO_VIEWER, 3, 'Z', "" },
	{ "the end of the replay, from a viewer", "Z\0\0", 3, FRAME_FROM_VIEWER, -1, 0, NULL },
	{ "a break, to a viewer", "B\0\0", 3, FRAME_TO_VIEWER, -1, 0, NULL },
	{ "the longest, not whole", "D\x10\0", 3, FRAME_FROM_VIEWER, 0, 0, NULL },
	{ "one byte more", "D\x10\1", 3, FRAME_FROM_VIEWER, -1, 0, NULL },
	{ "far too long", "D\xff\xff", 3, FRAME_FROM_VIEWER, -1, 0, NULL },
	{ "an unknown type, refused before its length is there", "?", 1, FRAME_FROM_VIEWER, -1, 0, NULL },
	{ "NUL is no type", "\0\0\0", 3, FRAME_FROM_VIEWER, -1, 0, NULL },
	{ "some other protocol", "GET / HTTP/1.0\r\n", 16, FRAME_FROM_VIEWER, -1, 0, NULL },
	{ "a type past 127", "\xc4\0\0", 3, FRAME_FROM_VIEWER, -1, 0, NULL },
};

static void frames_are_told_from_other_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct frame f = { 0 };
		const char *why = NULL;
		ssize_t taken = frame_take(&f, cases[i].bytes, cases[i].n, cases[i].types, &why);

		if (taken != cases[i].taken)
			fail_msg("%s: %zd", cases[i].name, taken);
		if (taken < 0)
			assert_non_null(why);
		if (taken <= 0)
			continue;
		assert_int_equal(f.type, cases[i].type);
		assert_int_equal(f.len, strlen(cases[i].data));
		assert_memory_equal(f.data, cases[i].data, f.len);
	}
}

static void what_is_put_is_taken_whole_at_any_cut(void **state)
{
	static char payload[FRAME_PAYLOAD_MAX];
	const char *why = NULL;
	struct frame f;
	struct buf b;

	(void)state;
	memset(payload, 'x', sizeof payload);
	buf_init(&b, 65536);
	assert_int_equal(frame_put(&b, FRAME_DATA, payload, sizeof payload), 0);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(frame_take(&f, b.data, n, FRAME_TO_VIEWER, &why), 0);
	assert_int_equal(frame_take(&f, b.data, b.len, FRAME_TO_VIEWER, &why), FRAME_MAX);
	assert_int_equal(f.len, sizeof payload);
	assert_memory_equal(f.data, payload, sizeof payload);
	buf_free(&b);
}

static void what_does_not_fit_leaves_nothing(void **state)
{
	static char payload[FRAME_PAYLOAD_MAX + 1];
	struct buf b;

	(void)state;
	memset(payload, 'x', sizeof payload);
	buf_init(&b, 10);
	assert_int_equal(frame_put(&b, FRAME_DATA, payload, sizeof payload), -1);
	assert_int_equal(frame_put(&b, FRAME_DATA, payload, 8), -1);
	assert_int_equal(b.len, 0);
	assert_int_equal(frame_put(&b, FRAME_DATA, payload, 7), 0);
	assert_int_equal(frame_put(&b, FRAME_BREAK, NULL, 0), -1);
	assert_int_equal(b.len, 10);
	buf_free(&b);
}

static void a_notice_is_cut_at_what_fits(void **state)
{
	static char text[FRAME_PAYLOAD_MAX + 100];
	struct buf b;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	buf_init(&b, 65536);
	assert_int_equal(frame_put_text(&b, FRAME_NOTICE, text), 0);
	assert_int_equal(b.len, FRAME_MAX);
	buf_free(&b);
}

static void lines_are_held_against_their_table(void **state)
{
	static const struct { const char *line; int rule; } lines[] = {
		{ "hello mode=write", VIEWER_HELLO }, { "hello mode=read replay=100 key=SHA256:x take=1", VIEWER_HELLO },
		{ "hello mode=follow lines=20", VIEWER_HELLO }, { "hello", -1 }, { "hello mode=read x=1", -1 },
		{ "welcome target=nas writer=1", -1 }, { "", -1 }, { "hello mode=read\n", -1 },
	};
	struct msg m;

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct frame f = { 'H', strlen(lines[i].line), lines[i].line };
		const char *why = NULL;

		if (frame_line(&f, &m, permit_from_viewer, FROM_VIEWER_RULES, &why) != lines[i].rule)
			fail_msg("'%s'", lines[i].line);
		assert_true(lines[i].rule == 0 || why);
	}
}

static void a_line_passes_through_a_frame(void **state)
{
	const char *why = NULL;
	struct buf line, b;
	struct msg_out o;
	struct frame f;
	struct msg m;

	(void)state;
	buf_init(&line, MSG_LINE_MAX);
	buf_init(&b, 65536);
	msg_begin(&o, &line, "error");
	msg_str(&o, "code", "busy");
	msg_str(&o, "text", "bob has the keyboard; --take takes it");
	assert_int_equal(msg_end(&o), 0);
	assert_int_equal(frame_put_line(&b, FRAME_ERROR, &line), 0);
	assert_int_equal(line.len, 0);
	assert_int_equal(frame_take(&f, b.data, b.len, FRAME_TO_VIEWER, &why), b.len);
	assert_int_equal(frame_line(&f, &m, permit_to_viewer, TO_VIEWER_RULES, &why), VIEWER_ERROR);
	assert_string_equal(msg_get(&m, "text"), "bob has the keyboard; --take takes it");
	assert_int_equal(frame_put_line(&b, FRAME_ERROR, &line), -1);	/* a line that could not be built */
	buf_free(&line);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_told_from_other_bytes),
		cmocka_unit_test(what_is_put_is_taken_whole_at_any_cut),
		cmocka_unit_test(what_does_not_fit_leaves_nothing),
		cmocka_unit_test(a_notice_is_cut_at_what_fits),
		cmocka_unit_test(lines_are_held_against_their_table),
		cmocka_unit_test(a_line_passes_through_a_frame),
	};

	return TAP_RUN(tests);
}
