/* The input is what a machine sends to its console. Its first byte says how it is cut into pieces. */
#include "fuzz.h"

#include "core/ansi.h"
#include "core/match.h"
#include "core/stamp.h"
#include "core/tail.h"
#include "core/termstate.h"

static char *filter(enum ansi_keep keep, const char *in, size_t n, size_t piece, size_t *len)
{
	struct ansi_filter f = { .keep = keep };
	char *out = malloc(n + ANSI_SLACK);

	require(out);
	*len = 0;
	for (size_t at = 0; at < n;) {
		size_t w = n - at < piece ? n - at : piece;
		char *part = exact_copy(in + at, w), *to = malloc(w + ANSI_SLACK);
		size_t got = ansi_filter(&f, part, w, to);

		require(got <= w + ANSI_SLACK && *len + got <= n + ANSI_SLACK);
		memcpy(out + *len, to, got);
		*len += got;
		free(part);
		free(to);
		at += w;
	}
	return out;
}

/* Nothing but text, and what may move the cursor; whole characters, which spell no control. */
static void require_harmless(const char *s, size_t n, bool drawing)
{
	char *text = text_copy(s, n);
	const char *p = text;
	int32_t cp;

	require(strlen(text) == n);
	while ((cp = utf8_next(&p)) > 0)
		if (cp < 0x20)
			require(strchr("\n\r\t\b", (char)cp) || (drawing && (cp == 0x0e || cp == 0x0f || cp == 0x1b)));
		else
			require(cp < 0x7f || cp >= 0xa0);
	require(cp == 0);
	free(text);
}

static void check_filter(enum ansi_keep keep, const char *in, size_t n, size_t piece)
{
	size_t len, len2;
	char *whole = filter(keep, in, n, n ? n : 1, &len), *cut = filter(keep, in, n, piece, &len2), *again;

	require(len == len2 && memcmp(whole, cut, len) == 0);
	require_harmless(whole, len, keep == ANSI_KEEP_DRAWING);
	again = filter(keep, whole, len, piece, &len2);
	require(len == len2 && memcmp(whole, again, len) == 0);
	free(whole);
	free(cut);
	free(again);
}

/* What the undoing does is noticed as well, and leaves nothing to be undone. */
static void check_termstate(const char *in, size_t n)
{
	char undo[TERMSTATE_UNDO_MAX];
	struct termstate t = { 0 };
	size_t len;

	termstate_feed(&t, in, n);
	len = termstate_undo(&t, undo);
	require(len < sizeof undo && strlen(undo) == len);
	termstate_feed(&t, undo, len);
	require(termstate_undo(&t, undo) == 0);
}

static void check_tail(const char *in, size_t n)
{
	struct tail t = { 0 };
	char out[600];

	for (size_t i = 0; i < n; i++)
		tail_feed(&t, (unsigned char)in[i]);
	tail_last(&t, out, 100);
	require(is_text(out, 100) && !strpbrk(out, "\n\r\033\177"));
	for (uint64_t from = t.lines > 5 ? t.lines - 5 : 0; from <= t.lines + 1; from++) {
		tail_upto(&t, from, 3, out, sizeof out);
		require(is_text(out, sizeof out) && !strpbrk(out, "\r\033\177"));
	}
}

static void check_match(const char *in, size_t n)
{
	static const char *const texts[] = { "aa", "aba", "abaab", "\033[" };
	struct match m = { 0 };

	for (size_t i = 0; i < 4; i++)
		require(match_add(&m, texts[i]) == (int)i);
	for (size_t at = 0; at < n; at++) {
		uint32_t found = match_feed(&m, in[at]);

		for (size_t i = 0; i < 4; i++) {
			size_t len = strlen(texts[i]);
			bool there = at + 1 >= len && memcmp(in + at + 1 - len, texts[i], len) == 0;

			require(there == ((found >> i & 1) != 0));
		}
	}
}

/* The recording has what came, and only that. */
static void check_stamp(const char *in, size_t n, size_t piece)
{
	struct stamp s = { 0 };
	char *got = malloc(n + 1);
	size_t len = 0, at = 0;
	int64_t now = 0;

	require(got);
	while (at < n) {
		size_t left = n - at < piece ? n - at : piece, nhead, w;
		char head[STAMP_HEAD_MAX];
		const char *text;
		size_t ntext;

		w = stamp_next(&s, now, in + at, left, head, &nhead);
		require(w > 0 && w <= left && nhead <= sizeof head);
		if (nhead > 0) {
			const char *line = head + (head[0] == '\n');

			require(stamp_parse(line, nhead - (size_t)(line - head), &text, &ntext) && ntext == 0);
			require((line[STAMP_LEN - 1] == '+') == (len > 0 && got[len - 1] != '\n'));
		} else {
			require(len > 0 && got[len - 1] != '\n');
		}
		require(!memchr(in + at, '\n', w - 1));
		memcpy(got + len, in + at, w);
		len += w;
		at += w;
		now += (unsigned char)in[at - 1] * INT64_C(20);
	}
	require(len == n && memcmp(got, in, n) == 0);
	free(got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size ? 1 + data[0] % 17 : 1;
	const char *in = (const char *)data + (size > 0);
	size_t n = size - (size > 0);

	check_filter(ANSI_KEEP_TEXT, in, n, piece);
	check_filter(ANSI_KEEP_DRAWING, in, n, piece);
	check_termstate(in, n);
	check_tail(in, n);
	check_match(in, n);
	check_stamp(in, n, piece);
	return 0;
}
