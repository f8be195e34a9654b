/* The input is a stream of a viewer, or of the worker. The first byte says which. */
#include "fuzz.h"

#include "ipc/frame.h"

static void check_line(const struct frame *f, bool from_viewer)
{
	static struct msg m;
	const char *why = NULL;
	int rule;

	rule = from_viewer ? frame_line(f, &m, permit_from_viewer, FROM_VIEWER_RULES, &why) :
			     frame_line(f, &m, permit_to_viewer, TO_VIEWER_RULES, &why);
	require(rule < 0 ? why && *why : rule < (from_viewer ? (int)FROM_VIEWER_RULES : (int)TO_VIEWER_RULES));
}

/* Put again, it is the same bytes; and no shorter beginning of them is a frame. */
static void put_again(const struct frame *f, const uint8_t *bytes, size_t n, const char *types)
{
	const char *why = NULL;
	struct frame part;
	struct buf b;

	buf_init(&b, FRAME_MAX);
	require(frame_put(&b, (enum frame_type)f->type, f->data, f->len) == 0);
	require(b.len == n && memcmp(b.data, bytes, n) == 0);
	buf_free(&b);
	for (size_t i = 0; i < n; i += 1 + i / 4)
		require(frame_take(&part, bytes, i, types, &why) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool from_viewer = size > 0 && data[0] & 1;
	const char *types = from_viewer ? FRAME_FROM_VIEWER : FRAME_TO_VIEWER, *why = NULL;
	size_t at = size > 0;

	for (;;) {
		uint8_t *rest = exact_copy(data + at, size - at);
		struct frame f;
		ssize_t n = frame_take(&f, rest, size - at, types, &why);

		if (n > 0) {
			require((size_t)n == FRAME_HEAD + f.len && (size_t)n <= size - at && f.len <= FRAME_PAYLOAD_MAX);
			require(strchr(types, f.type) && f.data == (char *)rest + FRAME_HEAD);
			put_again(&f, rest, (size_t)n, types);
			if (f.type == FRAME_HELLO || f.type == FRAME_ERROR)
				check_line(&f, from_viewer);
			at += (size_t)n;
		}
		free(rest);
		if (n > 0)
			continue;
		require(n == 0 || (n == -1 && why && *why));
		require(n < 0 || size - at < FRAME_MAX);
		return 0;
	}
}
