#include "run/chan.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUT_MAX ((size_t)256 * 1024)
/* Nobody here has reason to say more; who does has lost control of himself. */
#define DRAIN_MAX 256	/* reads; more than a socket holds */
#define FLOOD_LINES 1000
#define FLOOD_MS (10 * SEC_MS)

struct chan {
	struct loop *loop;
	struct watch *watch;
	int fd;
	const struct permit *table;
	size_t n;
	uint64_t seen;
	const struct chan_ops *ops;
	void *arg;
	struct buf in, out;
	int64_t counted_from;
	unsigned lines;	/* since then */
	bool dead;	/* on_end was called */
	int busy;	/* inside a callback: chan_free waits */
	bool freed;
};

static void chan_destroy(struct chan *c)
{
	watch_free(c->watch);
	close(c->fd);
	buf_free(&c->in);
	buf_free(&c->out);
	free(c);
}

static void chan_end(struct chan *c, const char *why)
{
	if (c->dead)
		return;
	c->dead = true;
	watch_want(c->watch, 0);
	c->ops->on_end(c->arg, why);
}

static bool floods(struct chan *c)
{
	int64_t now = clock_mono_ms();

	if (now - c->counted_from >= FLOOD_MS) {
		c->counted_from = now;
		c->lines = 0;
	}
	return ++c->lines > FLOOD_LINES;
}

static void take_line(struct chan *c, const char *line, size_t len)
{
	struct msg *m = malloc(sizeof *m);
	const char *why = "out of memory";
	int rule;

	if (floods(c)) {
		chan_end(c, "too many messages");
	} else if (!m || msg_parse(m, line, len, &why) < 0 ||
	    (rule = msg_permit(m, c->table, c->n, &c->seen, &why)) < 0) {
		chan_end(c, why);
	} else {
		c->ops->on_msg(c->arg, m, rule);
	}
	if (m)
		wipe(m, sizeof *m);
	free(m);
}

static void take_lines(struct chan *c)
{
	char *nl;
	size_t used = 0;

	while (!c->dead && !c->freed && used < c->in.len &&
	       (nl = memchr(c->in.data + used, '\n', c->in.len - used))) {
		size_t len = (size_t)(nl - (c->in.data + used));

		take_line(c, c->in.data + used, len);
		used += len + 1;
	}
	buf_drop(&c->in, used);
	if (c->in.len >= MSG_LINE_MAX && !c->freed)
		chan_end(c, "a line without an end");
}

static void do_read(struct chan *c)
{
	char tmp[4096];
	ssize_t n = read(c->fd, tmp, sizeof tmp);

	if (n > 0) {
		if (buf_add(&c->in, tmp, (size_t)n) < 0)
			chan_end(c, "a line is too long");
		wipe(tmp, (size_t)n);
		take_lines(c);
	} else if (n == 0) {
		chan_end(c, NULL);
	} else if (errno != EAGAIN && errno != EINTR) {
		chan_end(c, errno == ECONNRESET ? NULL : strerror(errno));
	}
}

static void do_write(struct chan *c)
{
	while (c->out.len > 0) {
		ssize_t n = write(c->fd, c->out.data, c->out.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			chan_end(c, errno == EPIPE ? NULL : strerror(errno));
			return;
		}
		wipe(c->out.data, (size_t)n);
		buf_drop(&c->out, (size_t)n);
	}
	watch_want(c->watch, LOOP_READ | (c->out.len ? LOOP_WRITE : 0));
}

static void on_ready(void *arg, int ready)
{
	struct chan *c = arg;

	c->busy++;
	if (ready & LOOP_READ && !c->dead)
		do_read(c);
	if (ready & LOOP_WRITE && !c->dead)
		do_write(c);
	if (--c->busy == 0 && c->freed)
		chan_destroy(c);
}

struct chan *chan_new(struct loop *l, int fd, const struct permit *table, size_t n,
		      const struct chan_ops *ops, void *arg)
{
	struct chan *c = calloc(1, sizeof *c);

	if (!c) {
		log_error("out of memory");
		exit(1);
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	*c = (struct chan){ .loop = l, .fd = fd, .table = table, .n = n, .ops = ops, .arg = arg };
	buf_init(&c->in, MSG_LINE_MAX + 4096);
	buf_init(&c->out, OUT_MAX);
	c->watch = watch_new(l, fd, LOOP_READ, on_ready, c);
	return c;
}

void chan_free(struct chan *c)
{
	if (!c || c->freed)
		return;
	c->freed = true;
	c->dead = true;
	watch_want(c->watch, 0);
	if (!c->busy)
		chan_destroy(c);
}

struct buf *chan_out(struct chan *c)
{
	return &c->out;
}

void chan_flush(struct chan *c)
{
	if (!c->dead)
		watch_want(c->watch, LOOP_READ | (c->out.len ? LOOP_WRITE : 0));
}

void chan_flush_now(struct chan *c)
{
	ssize_t n = c->dead || !c->out.len ? 0 : write(c->fd, c->out.data, c->out.len);

	if (n > 0) {
		wipe(c->out.data, (size_t)n);
		buf_drop(&c->out, (size_t)n);
	}
	chan_flush(c);	/* the rest, or what is wrong, is seen from the loop */
}

void chan_drain(struct chan *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	c->busy++;
	for (int i = 0; i < DRAIN_MAX && !c->dead && poll(&p, 1, 0) > 0; i++)
		do_read(c);
	if (--c->busy == 0 && c->freed)
		chan_destroy(c);
}

void chan_forward(struct chan *c, const struct msg *m)
{
	struct msg_out o;

	msg_begin(&o, &c->out, m->verb);
	for (size_t i = 0; i < m->nfields; i++)
		msg_str(&o, m->field[i].key, m->field[i].value);
	if (msg_end(&o) < 0)
		log_error("message %s is lost: the receiver does not read", m->verb);
	chan_flush(c);
}
