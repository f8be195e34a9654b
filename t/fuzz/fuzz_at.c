/* The input is "COMMAND\nBYTES": what was sent, and what the modem said. */
#include "fuzz.h"

#include "base/buf.h"
#include "core/at.h"

static void check_fields(const char *text)
{
	char out[16];
	long v;

	for (unsigned i = 0; i < 6; i++) {
		int n = at_field(text, i, out, sizeof out);

		require(n >= -1 && n < (int)sizeof out);
		require(n < 0 || (size_t)n == strlen(out));
		v = 7;
		if (at_field_int(text, i, -5, 100, &v) == 0)
			require(v >= -5 && v <= 100 && n > 0);
		else
			require(v == 7);
	}
}

static void check(const struct at_line *l, bool command)
{
	const char *lf = strchr(l->text, '\n');

	require(l->kind > AT_NONE && l->kind <= AT_PROMPT);
	require(l->len == strlen(l->text) && l->len > 0 && l->len <= 2 * AT_LINE_MAX + 1);
	for (size_t i = 0; i < l->len; i++)
		require((unsigned char)l->text[i] >= 0x20 || l->text[i] == '\t' || l->text[i] == '\n');
	require(!lf || (l->kind == AT_URC && lf[1] && !strchr(lf + 1, '\n')));
	require(l->kind == AT_ERROR || (l->code == -1 && !l->cms));
	require(l->code >= -1 && *at_error_text(l->cms, l->code));
	require(command || l->kind == AT_URC || l->kind == AT_NO_CARRIER);
	check_fields(l->text);
}

/* Fetches all there is into OUT, one line each. */
static void fetch(struct at *a, bool command, struct buf *out)
{
	struct at_line l;

	while ((l = at_next(a)).kind != AT_NONE) {
		check(&l, command);
		require(buf_addf(out, "%d %d %s;", (int)l.kind, l.code, l.text) == 0);
	}
	require(at_next(a).kind == AT_NONE);
}

static void talk(const char *command, const uint8_t *bytes, size_t n, size_t piece, struct buf *out)
{
	struct at *a = at_new();
	const char *rest;

	require(a);
	at_command(a, command);
	for (size_t at = 0; at < n; at += piece) {
		size_t some = piece < n - at ? piece : n - at;
		char *copy = exact_copy(bytes + at, some);

		at_feed(a, copy, some);
		free(copy);
		fetch(a, *command, out);
	}
	require(at_rest(a, &rest) == 0 && rest);
	at_free(a);
}

/* A command in the middle, a reset, and a caller who fetches late: nothing is promised to be the same,
 * but every line keeps its form. */
static void talk_wildly(const char *command, const uint8_t *bytes, size_t n)
{
	struct at *a = at_new();
	struct at_line l;
	struct buf out;
	const char *rest;

	require(a);
	buf_init(&out, SIZE_MAX / 4);
	at_feed(a, (const char *)bytes, n);
	at_command(a, command);
	l = at_next(a);
	if (l.kind != AT_NONE)
		check(&l, *command);
	at_feed(a, (const char *)bytes, n);
	at_command(a, "AT+CREG?;+CMGS=1");
	at_feed(a, (const char *)bytes, n / 2);
	fetch(a, true, &out);
	at_reset(a);
	at_command(a, NULL);
	at_feed(a, (const char *)bytes, n);
	fetch(a, false, &out);
	at_feed(a, (const char *)bytes, n);
	require(at_rest(a, &rest) <= n);
	buf_free(&out);
	at_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *lf = size ? memchr(data, '\n', size) : NULL;
	size_t split = lf ? (size_t)(lf - data) : 0;
	const uint8_t *bytes = lf ? lf + 1 : data;
	size_t n = size - (size_t)(bytes - data);
	char *command = text_copy(data, split);
	struct buf once, single, three;

	buf_init(&once, SIZE_MAX / 4);
	buf_init(&single, SIZE_MAX / 4);
	buf_init(&three, SIZE_MAX / 4);
	/* in whatever pieces the bytes come, they mean the same; 32 KiB fit into the buffer at once */
	if (n <= 32768) {
		talk(command, bytes, n, n ? n : 1, &once);
		talk(command, bytes, n, 1, &single);
		talk(command, bytes, n, 3, &three);
		require(once.len == single.len && once.len == three.len);
		require(once.len == 0 || (memcmp(once.data, single.data, once.len) == 0 && memcmp(once.data, three.data, once.len) == 0));
	}
	talk_wildly(command, bytes, n);
	buf_free(&once);
	buf_free(&single);
	buf_free(&three);
	free(command);
	return 0;
}
