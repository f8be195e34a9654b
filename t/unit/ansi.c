#include "tap.h"

#include "core/ansi.h"
#include "core/termstate.h"

#include <string.h>

static void filter(enum ansi_keep keep, const char *in, size_t piece, char *out)
{
	struct ansi_filter f = { .keep = keep };
	size_t n = strlen(in), len = 0;

	for (size_t at = 0; at < n; at += piece)
		len += ansi_filter(&f, in + at, n - at < piece ? n - at : piece, out + len);
	out[len] = 0;
}

static const struct { const char *in, *text, *drawing; } filtered[] = {
	/* drawing NULL: as text */
	{ "plain\ttext\r\n", "plain\ttext\r\n", NULL },
	{ "\033[1;31mred\033[m", "red", "\033[1;31mred\033[m" },
	{ "\033[2J\033[H\033[10;5Hmenu\033[K", "menu", "\033[2J\033[H\033[10;5Hmenu\033[K" },
	{ "a\033[3Jb", "ab", NULL },			/* what was on the terminal before stays */
	{ "\033[6n\033[c\033[>c\033[0c\033Z\005x", "x", NULL },	/* a terminal would answer */
	{ "\033[?6n\033[14t\033[18t\033[x\033[?1$p\033[>0q\033[?u\033P$qm\033\\x", "x", NULL },
	{ "\033]0;title\007x", "x", NULL },
	{ "\033]52;c;ZXZpbA==\033\\x", "x", NULL },	/* the clipboard */
	{ "\033Pq#0;2;0;0;0\033\\x", "x", NULL },
	{ "\033_private\033\\\033^pm\033\\\033Xsos\033\\x", "x", NULL },
	{ "\033ktitle\033\\x", "x", NULL },
	{ "\033]Pcff0000x\033]Rx", "xx", NULL },		/* the Linux console's palette has no end */
	{ "\033[?1049h\033[?25lx", "x", "\033[?1049h\033[?25lx" },
	{ "\033[?1000h\033[?2004h\033[?1h\033[20h\033[2h\033=x", "x", NULL },	/* would change what keys send */
	{ "\033[4hx\033[4l", "x", "\033[4hx\033[4l" },
	{ "\033[?1049;1000hx", "x", NULL },
	{ "\033(0lqk\033(B\016x\017", "lqkx", "\033(0lqk\033(B\016x\017" },
	{ "\033(Qx\033%@x\033#8\033c", "xx", NULL },
	{ "\0337\033[5;10r\0338x", "x", "\0337\033[5;10r\0338x" },
	{ "\033[4ix\033[>4;2mx\033[1 qx", "xxx", NULL },
	{ "\033[1;2;3;4;5Tx\033[2Tx", "xx", "x\033[2Tx" },
	{ "\033[!px", "x", "\033[!px" },
	{ "\033[31\nmx", "\nx", "\n\033[31mx" },	/* a control character in the middle */
	{ "\033[31\033[32mx", "x", "\033[32mx" },
	{ "\033[31\030mx\033[31\032mx", "mxmx", NULL },
	{ "\033]0;never ended\nKernel panic", "\nKernel panic", NULL },
	{ "\033]0;never ended\033[1mx", "x", "\033[1mx" },
	{ "bell\007 vt\013 ff\014 nul\001 del\177.\b", "bell vt ff nul del.\b", NULL },
	{ "gr\303\274n \342\202\254 \360\237\230\200", "gr\303\274n \342\202\254 \360\237\230\200", NULL },
	{ "c1 \302\2331m \2331m \302\205", "c1 ??1m ?1m ??", NULL },
	{ "cut \303", "cut ", NULL },
	{ "\303x \342\202x \300\257 \355\240\200 \364\220\200\200 \377", "?x ??x ?? ??? ???? ?", NULL },
	{ "\033[31;\303\274x", "\303\274x", NULL },
	{ "\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26mx", "x", NULL },
	{ "\033\033[1mx", "x", "\033[1mx" },
	{ "\033[1?2mx\033[1<mx", "xx", NULL },
};

static void only_what_is_harmless_passes_however_it_is_cut(void **state)
{
	char out[4096];

	(void)state;
	for (size_t i = 0; i < sizeof filtered / sizeof *filtered; i++) {
		const char *drawing = filtered[i].drawing ? filtered[i].drawing : filtered[i].text;

		for (size_t piece = 1; piece <= strlen(filtered[i].in); piece++) {
			filter(ANSI_KEEP_TEXT, filtered[i].in, piece, out);
			if (strcmp(out, filtered[i].text) != 0)
				fail_msg("%zu, as text: '%s'", i, out);
			filter(ANSI_KEEP_DRAWING, filtered[i].in, piece, out);
			if (strcmp(out, drawing) != 0)
				fail_msg("%zu, as drawing: '%s'", i, out + (out[0] == '\033'));
		}
	}
}

static void a_string_without_end_is_given_up(void **state)
{
	static char in[ANSI_STRING_MAX + 10], out[sizeof in + ANSI_SLACK];
	struct ansi_filter f = { .keep = ANSI_KEEP_TEXT };
	size_t n;

	(void)state;
	memset(in, 'x', sizeof in);
	memcpy(in, "\033]", 2);
	n = ansi_filter(&f, in, sizeof in, out);
	assert_in_range(n, 1, 10);
}

static void parameters_are_read(void **state)
{
	static const struct { const char *seq; char private, between, final; size_t n; unsigned first, second; } cases[] = {
		{ "\033[m", 0, 0, 'm', 0, 77, 77 }, { "\033[1m", 0, 0, 'm', 1, 1, 77 }, { "\033[1;31m", 0, 0, 'm', 2, 1, 31 },
		{ "\033[;5H", 0, 0, 'H', 2, 77, 5 }, { "\033[5;H", 0, 0, 'H', 2, 5, 77 }, { "\033[?25h", '?', 0, 'h', 1, 25, 77 },
		{ "\033[>4;2m", '>', 0, 'm', 2, 4, 2 }, { "\033[2 q", 0, ' ', 'q', 1, 2, 77 }, { "\033[!p", 0, '!', 'p', 0, 77, 77 },
		{ "\033[38:2:1:2:3m", 0, 0, 'm', 1, 38, 77 }, { "\033[99999999999m", 0, 0, 'm', 1, 999999, 77 },
		{ "\033[?1$p", '?', '$', 'p', 1, 1, 77 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ansi a = { 0 };
		enum ansi_kind kind = ANSI_NONE;

		for (const char *p = cases[i].seq; *p; p++)
			kind = ansi_feed(&a, (unsigned char)*p);
		if (kind != ANSI_CSI || ansi_private(&a) != cases[i].private || ansi_between(&a) != cases[i].between ||
		    ansi_final(&a) != cases[i].final || ansi_params(&a) != cases[i].n ||
		    ansi_param(&a, 0, 77) != cases[i].first || ansi_param(&a, 1, 77) != cases[i].second)
			fail_msg("%zu: %zu parameters, %u %u", i, ansi_params(&a), ansi_param(&a, 0, 77), ansi_param(&a, 1, 77));
	}
}

static void what_was_done_to_the_terminal_is_undone_and_no_more(void **state)
{
	static const struct { const char *in, *undo; } cases[] = {
		{ "", "" },
		{ "plain text\r\n\033[2J\033[5;5H\033[K", "" },
		{ "\033[1;31mred", "\033[0m" },
		{ "\033[1;31mred\033[m", "" }, { "\033[1;31mred\033[0m", "" }, { "\033[0;1mx", "\033[0m" },
		{ "\033[?1049h", "\033[?1049l" }, { "\033[?1049h\033[?1049l", "" },
		{ "\033[?25l", "\033[?25h" }, { "\033[?7l\033[?7h", "" },
		{ "\033[?1000;1006h", "\033[?1000l\033[?1006l" },
		{ "\033[?1049h\033[?1h\033=\033[?2004h", "\033[?1049l\033[?1l\033[?2004l\033>" },
		{ "\033[4h\033[20h\033[12l", "\033[4l\033[12h\033[20l" },
		{ "\033(0", "\017\033(B" }, { "\033(0lqqk\033(B", "" }, { "\016", "\017\033(B" }, { "\016\017", "" },
		{ "\033[5;10r", "\0337\033[r\0338" }, { "\033[5;10r\033[r", "" },
		{ "\033[>1u\033[>1u\033[<u", "\033[<1u" }, { "\033[>4;2m", "\033[>4m" }, { "\033[>4;2m\033[>4m", "" },
		{ "\033[=1u", "\033[=0u" },
		{ "\033[2 q", "\033[0 q" }, { "\033[2 q\033[0 q", "" },
		{ "\033]4;1;red\007", "\033]104\033\\" }, { "\033]10;red\033\\\033]110\033\\", "" },
		{ "\033]8;;http://x\033\\", "\033]8;;\033\\" }, { "\033]8;;http://x\033\\x\033]8;;\033\\", "" },
		{ "\033]P1ff0000", "\033]R" },
		{ "\033%@", "\033%G" },
		{ "\033]0;half a\ntit", "\030\033\\" }, { "\033[3", "\030\033\\" }, { "\033", "\030\033\\" },
		{ "\033[1m\033[?1000h\033[4h\033c", "" },
		{ "\033[1m\033[?25l\033[?1049h\033[!p", "\033[?1049l" },
		{ "\033[3g", "\033[?5W" },
		{ "\033[?9999h\033[?12h", "" },
	};
	char undo[TERMSTATE_UNDO_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct termstate t = { 0 };
		size_t n;

		for (const char *p = cases[i].in; *p; p++)
			termstate_feed(&t, p, 1);
		n = termstate_undo(&t, undo);
		assert_int_equal(n, strlen(undo));
		if (strcmp(undo, cases[i].undo) != 0)
			fail_msg("%zu: '%s'", i, undo[0] ? undo + 1 : "");
	}
}

static void all_of_it_at_once_fits(void **state)
{
	char undo[TERMSTATE_UNDO_MAX];
	struct termstate t = { .modes = UINT32_MAX, .other = UINT32_MAX, .pushed = 99, .ansi.state = ANSI_IN_STRING };

	(void)state;
	assert_true(termstate_undo(&t, undo) > 0);
	assert_int_equal(memcmp(undo + strlen(undo) - 4, "\033[0m", 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_harmless_passes_however_it_is_cut),
		cmocka_unit_test(a_string_without_end_is_given_up),
		cmocka_unit_test(parameters_are_read),
		cmocka_unit_test(what_was_done_to_the_terminal_is_undone_and_no_more),
		cmocka_unit_test(all_of_it_at_once_fits),
	};

	return TAP_RUN(tests);
}
