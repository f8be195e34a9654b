#include "ipc/frame.h"

#include <stdint.h>
#include <string.h>

const struct permit permit_from_viewer[FROM_VIEWER_RULES] = {
	[VIEWER_HELLO] = { "hello", "mode", "replay lines key take", false },
};

const struct permit permit_to_viewer[TO_VIEWER_RULES] = {
	[VIEWER_WELCOME] = { "welcome", "target writer", "holder speed", false },
	[VIEWER_ERROR] = { "error", "code text", "", false },
};

static bool is_bare(char type)
{
	return type == FRAME_BREAK || type == FRAME_TAKE || type == FRAME_RELEASE || type == FRAME_LIVE;
}

ssize_t frame_take(struct frame *f, const void *p, size_t n, const char *types, const char **why)
{
	const uint8_t *u = p;
	size_t len;

	if (n == 0)
		return 0;
	if (!u[0] || !strchr(types, u[0])) {
		*why = "a frame of unknown type";
		return -1;
	}
	if (n < FRAME_HEAD)
		return 0;
	len = (size_t)u[1] << 8 | u[2];
	if (len > (is_bare((char)u[0]) ? 0 : FRAME_PAYLOAD_MAX)) {
		*why = "a frame that is too long";
		return -1;
	}
	if (n - FRAME_HEAD < len)
		return 0;
	*f = (struct frame){ .type = (char)u[0], .len = len, .data = (const char *)u + FRAME_HEAD };
	return (ssize_t)(FRAME_HEAD + len);
}

int frame_put(struct buf *to, enum frame_type type, const void *data, size_t len)
{
	uint8_t head[FRAME_HEAD] = { (uint8_t)type, (uint8_t)(len >> 8), (uint8_t)len };

	if (len > FRAME_PAYLOAD_MAX || to->max - to->len < FRAME_HEAD + len)
		return -1;
	if (buf_add(to, head, sizeof head) < 0)
		return -1;
	if (buf_add(to, data, len) < 0) {
		to->len -= FRAME_HEAD;
		return -1;
	}
	return 0;
}

int frame_put_text(struct buf *to, enum frame_type type, const char *text)
{
	size_t len = strlen(text);

	return frame_put(to, type, text, len < FRAME_PAYLOAD_MAX ? len : FRAME_PAYLOAD_MAX);
}

int frame_put_line(struct buf *to, enum frame_type type, struct buf *line)
{
	int rc = line->len ? frame_put(to, type, line->data, line->len - 1) : -1;

	buf_drop(line, line->len);
	return rc;
}

int frame_line(const struct frame *f, struct msg *m, const struct permit *table, size_t n, const char **why)
{
	uint64_t seen = 0;

	if (msg_parse(m, f->data, f->len, why) < 0)
		return -1;
	return msg_permit(m, table, n, &seen, why);
}
