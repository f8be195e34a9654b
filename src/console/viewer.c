#include "console/viewer.h"

#include "base/clock.h"
#include "console/viewers.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#define KEEP ((size_t)16 * 1024)	/* how much of the newest a viewer gets who was left behind */
#define TURN_MAX ((size_t)128 * 1024)	/* bytes for one in one turn of the loop */
#define LAST_WORDS_MS (5 * SEC_MS)

static void want(struct viewer *v, bool writing)
{
	watch_want(v->watch, (v->held || v->closing ? 0 : LOOP_READ) | (writing ? LOOP_WRITE : 0));
}

void viewer_say(struct viewer *v, enum frame_type type, const char *text)
{
	frame_put_text(&v->out, type, text);
}

void viewer_line(struct viewer *v, enum frame_type type, struct buf *line)
{
	frame_put_line(&v->out, type, line);
}

void viewer_end(struct viewer *v)
{
	v->closing = true;
	timer_set(v->timer, LAST_WORDS_MS);
}

void viewer_notice(struct viewer *v, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	viewer_say(v, FRAME_NOTICE, text);
}

void viewer_refuse(struct viewer *v, const char *code, const char *fmt, ...)
{
	char text[256];
	struct msg_out o;
	struct buf line;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_init(&line, MSG_LINE_MAX);
	msg_begin(&o, &line, "error");
	msg_str(&o, "code", code);
	msg_str(&o, "text", text);
	if (msg_end(&o) == 0)
		viewer_line(v, FRAME_ERROR, &line);
	buf_free(&line);
	viewer_end(v);
}

/* --- what is next ---------------------------------------------------------------------------- */

/* Memory has forgotten what would have been next: on with the newest, at the beginning of a line. */
static void skip(struct viewer *v, const struct ring *raw)
{
	uint64_t to = raw->head > KEEP ? raw->head - KEEP : 0;
	char text[80];

	to = ring_line(raw, ring_tail(raw), to > ring_tail(raw) ? to : ring_tail(raw));
	snprintf(text, sizeof text, "%" PRIu64 " bytes were left out: they came faster than they could be shown", to - v->at);
	v->at = to;
	viewer_say(v, FRAME_NOTICE, text);
}

/* Returns false if there is nothing to send now. */
static bool fill_live(struct viewer *v)
{
	const struct ring *raw = viewer_config(v)->raw;
	const char *p;
	size_t n;

	if (v->at < ring_tail(raw)) {
		skip(v, raw);
		return true;
	}
	if (!v->live && v->at >= v->replay_end) {
		v->live = true;
		frame_put(&v->out, FRAME_LIVE, NULL, 0);
		return true;
	}
	n = ring_peek(raw, v->at, &p);
	if (n > FRAME_PAYLOAD_MAX)
		n = FRAME_PAYLOAD_MAX;
	if (!v->live && n > v->replay_end - v->at)
		n = (size_t)(v->replay_end - v->at);
	if (n == 0)
		return false;
	frame_put(&v->out, FRAME_DATA, p, n);
	v->at += n;
	return true;
}

static bool fill_recorded(struct viewer *v)
{
	char block[FRAME_PAYLOAD_MAX];
	bool skipped = false;
	size_t n = recorder_read(viewer_config(v)->recorder, &v->place, block, sizeof block, &skipped);

	if (skipped)
		viewer_say(v, FRAME_NOTICE, "some of the recording was left out: it was replaced by newer lines meanwhile");
	if (n > 0) {
		frame_put(&v->out, FRAME_DATA, block, n);
		return true;
	}
	if (v->live)
		return skipped;
	v->live = true;
	frame_put(&v->out, FRAME_LIVE, NULL, 0);
	if (v->mode == VIEWER_LOG)
		viewer_end(v);
	return true;
}

static bool fill(struct viewer *v)
{
	if (v->closing || v->deaf || v->mode == VIEWER_NEW)
		return false;
	return v->mode == VIEWER_LOG || v->mode == VIEWER_FOLLOW ? fill_recorded(v) : fill_live(v);
}

/* --- sending ------------------------------------------------------------------------------------ */

void viewer_pump(struct viewer *v)
{
	size_t sum = 0;

	if (v->deaf)
		buf_drop(&v->out, v->out.len);
	while (sum < TURN_MAX && (v->out.len > 0 || fill(v))) {
		ssize_t n = send(v->fd, v->out.data, v->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			want(v, true);
			return;
		}
		if (n < 0) {
			v->deaf = true;
			buf_drop(&v->out, v->out.len);
			break;
		}
		buf_drop(&v->out, (size_t)n);
		sum += (size_t)n;
	}
	if (v->out.len == 0 && v->closing && sum < TURN_MAX)
		viewer_drop(v);
	else
		want(v, !v->deaf && sum >= TURN_MAX);
}
