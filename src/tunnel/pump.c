/* pump.c - see pump.h.
 *
 * Towards the relay: one chunk at a time, in turn, from those connections that have bytes, while the
 * session takes them; what it does not take stays in the kernel, and the target is held back.
 *
 * From the relay: bytes go straight to the target. What it does not take stays in the stream, whose
 * window then holds the relay back; libssh's windows add up, though, so past HELD_MAX the whole session
 * is paused, and a target that takes nothing for STALL_MS meanwhile is given up. */
#include "tunnel/pump.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "tunnel/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 32758			/* one SSH packet of the size that OpenSSH takes */
#define CHUNKS_AT_ONCE 16		/* then the loop gets its turn */
#define HELD_MAX ((size_t)24 << 20)	/* bytes held back, over all connections */
#define HELD_LOW (HELD_MAX / 2)		/* where a paused session goes on */
#define STALL_MS 5000
#define CONNECT_MS 10000

struct conn {
	struct pump *p;
	struct stream *st;
	const struct forward *to;
	struct conn *next, *prev;	/* all */
	struct conn *ready_next;	/* those with bytes for the relay */
	int fd;
	struct watch *watch;
	struct target *target;		/* being connected; fd is -1 meanwhile */
	char *in;			/* drained from the stream, for the target */
	size_t in_len, in_off;
	struct buf out;			/* read from the target, not yet taken by the session */
	size_t held;			/* what this one adds to the pump's */
	bool ready;			/* in the list */
	bool local_eof, remote_eof;	/* nothing more comes from the target, from the relay */
	bool eof_sent, shut;		/* and the other side knows */
	bool closed;			/* the relay closed */
	bool dead;			/* to be freed */
	bool moved;			/* took something since the session was paused */
};

struct pump {
	struct loop *loop;
	const struct relay *relay;
	struct session *session;
	struct conn *conns;
	struct conn *first, **last;	/* ready */
	struct timer *reap;		/* frees the dead, never from inside a callback */
	struct timer *stall;
	struct timer *more;		/* another round of turns */
	size_t n, held;
	char chunk[CHUNK];
};

/* --- bookkeeping -------------------------------------------------------------------- */

static void conn_kill(struct conn *c)
{
	if (c->dead)
		return;
	c->dead = true;
	if (c->watch)
		watch_want(c->watch, 0);
	timer_set(c->p->reap, 0);
}

static void enqueue(struct conn *c)
{
	struct pump *p = c->p;

	if (c->ready || c->dead)
		return;
	c->ready = true;
	c->ready_next = NULL;
	*p->last = c;
	p->last = &c->ready_next;
}

static struct conn *dequeue(struct pump *p)
{
	struct conn *c = p->first;

	if (!c)
		return NULL;
	p->first = c->ready_next;
	if (!p->first)
		p->last = &p->first;
	c->ready = false;
	return c;
}

static void begin_pause(struct pump *p)
{
	for (struct conn *c = p->conns; c; c = c->next)
		c->moved = false;
	timer_set(p->stall, STALL_MS);
}

static void pause_if_full(struct pump *p)
{
	if (p->held > HELD_MAX && !timer_pending(p->stall)) {
		log_debug("%zu bytes wait for slow targets; the relay has to wait", p->held);
		session_pause(p->session, true);
		begin_pause(p);
	} else if (p->held <= HELD_LOW && timer_pending(p->stall)) {
		timer_stop(p->stall);
		session_pause(p->session, false);
	}
}

/* IN_STREAM bytes of this connection wait in the stream, besides those that are drained. */
static void count_held(struct conn *c, size_t in_stream)
{
	size_t now = c->dead ? 0 : in_stream + c->in_len - c->in_off;

	c->p->held = c->p->held - c->held + now;
	c->held = now;
	pause_if_full(c->p);
}

static void conn_free(struct conn *c)
{
	struct pump *p = c->p;

	if (c->prev)
		c->prev->next = c->next;
	else
		p->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	p->n--;
	watch_free(c->watch);
	target_cancel(c->target);
	if (c->fd >= 0)
		close(c->fd);
	stream_close(c->st);
	free(c->in);
	buf_free(&c->out);
	free(c);
}

static void unqueue_dead(struct pump *p)
{
	struct conn **at = &p->first;

	while (*at) {
		if ((*at)->dead)
			*at = (*at)->ready_next;
		else
			at = &(*at)->ready_next;
	}
	p->last = at;
}

static void on_reap(void *arg)
{
	struct pump *p = arg;
	struct conn *c, *next;

	unqueue_dead(p);
	for (c = p->conns; c; c = next) {
		next = c->next;
		if (!c->dead)
			continue;
		count_held(c, 0);
		conn_free(c);
	}
}

/* The one that holds most of those that took nothing since the session was paused. */
static struct conn *worst_stalled(struct pump *p)
{
	struct conn *worst = NULL;

	for (struct conn *c = p->conns; c; c = c->next)
		if (!c->dead && !c->moved && c->held > 0 && (!worst || c->held > worst->held))
			worst = c;
	return worst;
}

/* The session was paused long enough for every target that takes anything at all to take some. */
static void on_stall(void *arg)
{
	struct pump *p = arg;
	struct conn *c;
	unsigned n = 0;

	for (; p->held > HELD_LOW && (c = worst_stalled(p)); n++) {
		conn_kill(c);
		count_held(c, 0);
	}
	if (n)
		log_warn("%u connections are closed: their targets take nothing, and too many bytes wait for them", n);
	if (p->held > HELD_LOW)
		begin_pause(p);	/* the others are slow, but they move */
	else
		session_pause(p->session, false);
}

/* --- to the target ------------------------------------------------------------------- */

static void want(struct conn *c, bool held)
{
	int w = 0;

	if (c->dead || c->fd < 0)
		return;
	if (held)
		w |= LOOP_WRITE;
	if (!c->local_eof && !c->ready && !c->closed)
		w |= LOOP_READ;
	watch_want(c->watch, w);
}

/* Both sides are done, or the relay closed and all it sent is delivered. */
static void settle(struct conn *c)
{
	bool held = c->in_len > c->in_off || stream_held(c->st) > 0, drained = c->fd >= 0 && !held;

	if (c->dead)
		return;
	if (c->remote_eof && drained && !c->shut) {
		c->shut = true;
		shutdown(c->fd, SHUT_WR);
	}
	if ((c->closed && drained) || (c->shut && c->eof_sent))
		conn_kill(c);
	want(c, held);
}

/* As write(2) that never waits: the bytes taken; a broken target takes all, and its connection dies. */
static size_t give(struct conn *c, const char *data, size_t n)
{
	ssize_t k = send(c->fd, data, n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (k >= 0) {
		c->moved = true;
		return (size_t)k;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return 0;
	conn_kill(c);
	return n;
}

static size_t on_data(void *arg, const void *data, size_t n)
{
	struct conn *c = arg;
	size_t taken = 0;

	if (c->dead)
		return n;
	if (c->fd >= 0 && c->in_len == c->in_off)
		taken = give(c, data, n);
	count_held(c, n - taken);
	want(c, c->held > 0);
	return taken;
}

static void on_eof(void *arg)
{
	struct conn *c = arg;

	c->remote_eof = true;
	settle(c);
}

static void on_close(void *arg)
{
	struct conn *c = arg;

	c->closed = true;
	c->remote_eof = true;
	settle(c);
}

/* The target takes bytes again: those drained before, then all that the stream holds. */
static void feed(struct conn *c)
{
	if (c->in_len > c->in_off)
		c->in_off += give(c, c->in + c->in_off, c->in_len - c->in_off);
	if (c->in_off == c->in_len && !c->dead) {
		size_t n = stream_held(c->st);

		free(c->in);
		c->in = NULL;
		c->in_len = c->in_off = 0;
		if (n > 0 && !(c->in = malloc(n))) {
			log_warn("out of memory for %s:%u: its connection is closed", c->to->host, c->to->port);
			conn_kill(c);
		} else if (n > 0) {
			c->in_len = stream_drain(c->st, c->in);
			c->in_off = give(c, c->in, c->in_len);
		}
	}
	count_held(c, stream_held(c->st));
	settle(c);
}

/* --- to the relay --------------------------------------------------------------------- */

/* Gives what was left over. Returns true if nothing is left. */
static bool flush_out(struct conn *c)
{
	int k;

	if (c->out.len == 0)
		return true;
	k = stream_write(c->st, c->out.data, c->out.len);
	if (k < 0) {
		conn_kill(c);
		return false;
	}
	buf_drop(&c->out, (size_t)k);
	if (c->out.len > 0)
		return false;
	buf_free(&c->out);
	return true;
}

/* Reads a chunk and sends it. Returns true if there may be more to read. */
static bool carry(struct conn *c)
{
	size_t room = stream_room(c->st), max = room < CHUNK ? room : CHUNK;
	ssize_t n = recv(c->fd, c->p->chunk, max, MSG_DONTWAIT);
	int k;

	if (n < 0) {
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
			conn_kill(c);
		return false;
	}
	if (n == 0) {
		c->local_eof = true;
		c->eof_sent = true;
		stream_eof(c->st);
		return false;
	}
	k = stream_write(c->st, c->p->chunk, (size_t)n);
	if (k < 0) {
		conn_kill(c);
		return false;
	}
	if (buf_add(&c->out, c->p->chunk + k, (size_t)(n - k)) < 0)
		conn_kill(c);
	return c->out.len > 0 || (size_t)n == max;
}

/* One turn of one connection. Returns true if it wants another. */
static bool turn(struct conn *c)
{
	if (c->dead || c->closed)
		return false;
	if (stream_room(c->st) == 0)
		return true;	/* until the relay opens its window */
	if (!flush_out(c))
		return !c->dead;
	return carry(c);
}

void pump_room(struct pump *p)
{
	struct conn *c, *waiting = NULL;	/* the first of those that wait for their windows */
	int turns = 0;

	while (turns < CHUNKS_AT_ONCE && session_writable(p->session) && (c = dequeue(p))) {
		bool waits = !c->dead && stream_room(c->st) == 0;

		if (turn(c))
			enqueue(c);
		settle(c);
		if (waits && c == waiting)
			return;		/* all of them wait */
		if (!waits) {
			turns++;
			waiting = NULL;
		} else if (!waiting) {
			waiting = c;
		}
	}
	/* if nothing was sent, the session will not call again by itself */
	if (p->first && session_writable(p->session))
		timer_set(p->more, 0);
}

static void on_more(void *arg)
{
	pump_room(arg);
}

/* --- connections ----------------------------------------------------------------------- */

static void on_ready(void *arg, int ready)
{
	struct conn *c = arg;
	struct pump *p = c->p;

	if (ready & LOOP_WRITE && !c->dead)
		feed(c);
	if (ready & LOOP_READ && !c->dead) {
		enqueue(c);
		settle(c);
		pump_room(p);
	}
}

static void on_target(void *arg, int fd, const char *why)
{
	struct conn *c = arg;

	c->target = NULL;
	if (fd < 0) {
		log_warn("a connection from the relay's port %u found no target at %s:%u: %s", c->to->listen, c->to->host,
			 c->to->port, why);
		conn_kill(c);
		return;
	}
	c->fd = fd;
	c->watch = watch_new(c->p->loop, fd, 0, on_ready, c);
	feed(c);
}

static const struct forward *find_forward(const struct pump *p, uint16_t port)
{
	for (size_t i = 0; i < p->relay->nforward; i++)
		if (p->relay->forward[i].listen == port)
			return &p->relay->forward[i];
	return NULL;
}

static struct conn *conn_new(struct pump *p, struct stream *st)
{
	struct conn *c = alloc_zero(sizeof *c);

	*c = (struct conn){ .p = p, .st = st, .fd = -1, .next = p->conns };
	buf_init(&c->out, CHUNK);
	if (p->conns)
		p->conns->prev = c;
	p->conns = c;
	p->n++;
	return c;
}

void pump_stream(struct pump *p, struct stream *st, uint16_t port, const char *from)
{
	static const struct stream_ops ops = { on_data, on_eof, on_close };
	struct conn *c = conn_new(p, st);

	stream_set_ops(st, &ops, c);
	c->to = find_forward(p, port);
	if (!c->to || p->n > PUMP_CONNS_MAX) {
		log_warn("a connection from %s to the relay's port %u is closed: %s", from, port,
			 c->to ? "there are too many" : "that port is no forward");
		conn_kill(c);
		return;
	}
	log_info("connection from %s to the relay's port %u", from, port);
	c->target = target_connect(p->loop, c->to->host, c->to->port, CONNECT_MS, on_target, c);
}

/* --- pump ------------------------------------------------------------------------------ */

struct pump *pump_new(struct loop *l, const struct relay *relay)
{
	struct pump *p = alloc_zero(sizeof *p);

	p->loop = l;
	p->relay = relay;
	p->last = &p->first;
	p->reap = timer_new(l, on_reap, p);
	p->stall = timer_new(l, on_stall, p);
	p->more = timer_new(l, on_more, p);
	return p;
}

void pump_attach(struct pump *p, struct session *s)
{
	p->session = s;
}

void pump_free(struct pump *p)
{
	if (!p)
		return;
	while (p->conns)
		conn_free(p->conns);
	timer_free(p->reap);
	timer_free(p->stall);
	timer_free(p->more);
	free(p);
}

size_t pump_count(const struct pump *p)
{
	return p->n;
}
