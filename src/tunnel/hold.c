#include "tunnel/hold.h"
#include "base/alloc.h"
#include "tunnel/pump.h"
#include "tunnel/reach.h"
#include "tunnel/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct hold {
	struct loop *loop;
	const struct relay *relay;
	struct net_link link;
	struct reach *reach;
	struct session *session;
	struct pump *pump;
	struct timer *deadline;		/* to come up */
	int64_t timeout_ms;
	char peer[NET_ADDR_TEXT];
	bool up;
	const struct hold_ops *ops;
	void *arg;
};

void hold_free(struct hold *h)
{
	if (!h)
		return;
	reach_cancel(h->reach);
	pump_free(h->pump);
	session_free(h->session);
	timer_free(h->deadline);
	free(h);
}

static void on_up(void *arg)
{
	struct hold *h = arg;

	h->up = true;
	timer_stop(h->deadline);
	h->ops->on_up(h->arg, h->peer);
}

static void on_end(void *arg, const char *step, bool fatal, const struct err *e)
{
	struct hold *h = arg;

	if (h->up)
		h->ops->on_down(h->arg, e);
	else
		h->ops->on_failed(h->arg, step, fatal, e);
}

static void on_stream(void *arg, struct stream *st, uint16_t port, const char *from)
{
	struct hold *h = arg;

	pump_stream(h->pump, st, port, from);
}

static void on_room(void *arg)
{
	struct hold *h = arg;

	pump_room(h->pump);
}

static int64_t dead_ms(void)
{
	const char *s = getenv("OOBM_TUNNEL_DEAD_MS");
	long v = s ? strtol(s, NULL, 10) : 0;

	return v >= 100 && v < HOLD_DEAD_MS ? v : HOLD_DEAD_MS;
}

static void open_session(struct hold *h, int fd)
{
	static const struct session_ops ops = { on_up, on_end, on_stream, on_room };
	int64_t dead = dead_ms();
	/* long silence, short wait: an idle window pays for each question */
	struct session_opts o = { .relay = h->relay, .peer = h->peer, .idle_ms = dead * 7 / 9,
				  .answer_ms = dead * 2 / 9, .patience_ms = h->timeout_ms * 5 / 6 };
	struct err e;
	bool fatal;

	h->pump = pump_new(h->loop, h->relay);
	h->session = session_start(h->loop, fd, &o, &ops, h, &fatal, &e);
	if (!h->session) {
		h->ops->on_failed(h->arg, fatal ? "auth" : "session", fatal, &e);
		return;
	}
	pump_attach(h->pump, h->session);
}

static void on_reached(void *arg, const struct reached *r)
{
	struct hold *h = arg;
	struct err e;

	h->reach = NULL;
	if (r->fd < 0) {
		h->ops->on_failed(h->arg, r->step, false, r->e);
		return;
	}
	snprintf(h->peer, sizeof h->peer, "%s", r->peer);
	if (net_prove(r->fd, &h->link, &e) < 0) {
		close(r->fd);
		h->ops->on_failed(h->arg, "proof", false, &e);
		return;
	}
	open_session(h, r->fd);
}

static void on_deadline(void *arg)
{
	struct hold *h = arg;
	const char *step = "connect", *phrase = "it was being reached";
	struct err e;

	if (h->session)
		session_where(h->session, &step, &phrase);
	err_set(&e, "the relay %s%s%s%s did not get ready within %lld s: time ran out while %s", h->relay->host,
		h->peer[0] ? " (" : "", h->peer, h->peer[0] ? ")" : "", (long long)(h->timeout_ms / 1000), phrase);
	h->ops->on_failed(h->arg, step, false, &e);
}

struct hold *hold_start(struct loop *l, const struct relay *relay, const struct net_link *link,
			int64_t timeout_ms, const struct hold_ops *ops, void *arg)
{
	struct hold *h = alloc_zero(sizeof *h);

	*h = (struct hold){ .loop = l, .relay = relay, .link = *link, .timeout_ms = timeout_ms, .ops = ops, .arg = arg };
	h->deadline = timer_new(l, on_deadline, h);
	timer_set(h->deadline, timeout_ms);
	/* some of the time is for what follows */
	h->reach = reach_start(l, link, relay->host, relay->port, relay->address, timeout_ms * 3 / 4, on_reached, h);
	return h;
}

bool hold_is_up(const struct hold *h)
{
	return h->up;
}

void hold_stats(const struct hold *h, uint64_t *received, uint64_t *sent, size_t *channels)
{
	*received = *sent = 0;
	*channels = h->pump ? pump_count(h->pump) : 0;
	if (h->session)
		session_bytes(h->session, received, sent);
}
