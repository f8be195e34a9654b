#include "tunnel/check.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "tunnel/reach.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BANNER_MAX 2048		/* lines may come before it: RFC 4253 4.2 */

struct check {
	struct loop *loop;
	const struct relay *relay;
	struct net_link link;
	char probe_host[256];
	int64_t deadline, rtt_ms;
	struct reach *reach;
	int fd;
	struct watch *watch;
	struct timer *timer;
	char peer[NET_ADDR_TEXT];
	char banner[BANNER_MAX];
	size_t len;
	const char *bad;	/* step of a failure found before anything began */
	struct err why;
	check_cb *cb;
	void *arg;
};

void check_cancel(struct check *c)
{
	if (!c)
		return;
	reach_cancel(c->reach);
	watch_free(c->watch);
	timer_free(c->timer);
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}

static void finish(struct check *c, const char *step)
{
	check_cb *cb = c->cb;
	void *arg = c->arg;
	struct err why = c->why;
	char peer[NET_ADDR_TEXT];
	int64_t rtt = c->rtt_ms;

	memcpy(peer, c->peer, sizeof peer);
	check_cancel(c);
	cb(arg, peer, rtt, step, &why);
}

/* What an unexpected server said, made printable and short. */
static void excerpt(const struct check *c, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < c->len && n < size - 1 && c->banner[i] != '\r' && c->banner[i] != '\n'; i++)
		out[n++] = isprint((unsigned char)c->banner[i]) ? c->banner[i] : '?';
	out[n] = 0;
}

/* 1: the banner is there; 0: not yet; -1: no SSH server. */
static int find_banner(const struct check *c)
{
	const char *p = c->banner, *end = c->banner + c->len, *nl;

	while ((nl = memchr(p, '\n', (size_t)(end - p)))) {
		if (nl - p >= 8 && memcmp(p, "SSH-2.0-", 8) == 0)
			return 1;
		p = nl + 1;
	}
	return c->len == sizeof c->banner ? -1 : 0;
}

static void no_banner(struct check *c, const char *what)
{
	char said[61];

	excerpt(c, said, sizeof said);
	err_set(&c->why,
		"%s (%s) took the connection, but %s%s%s%s. That is not the relay's SSH server: wrong port, or the carrier "
		"answers in its place (no credit left?)", c->relay->host, c->peer, what, said[0] ? ": it said '" : "", said,
		said[0] ? "'" : "");
	finish(c, "proof");
}

static void on_readable(void *arg, int ready)
{
	struct check *c = arg;
	ssize_t n = read(c->fd, c->banner + c->len, sizeof c->banner - c->len);

	(void)ready;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		no_banner(c, n == 0 ? "closed it without an SSH banner" : strerror(errno));
		return;
	}
	c->len += (size_t)n;
	switch (find_banner(c)) {
	case 1:
		finish(c, net_prove(c->fd, &c->link, &c->why) < 0 ? "proof" : NULL);
		break;
	case -1:
		no_banner(c, "sends no SSH banner");
		break;
	}
}

static void on_relay(void *arg, const struct reached *r)
{
	struct check *c = arg;

	c->reach = NULL;
	snprintf(c->peer, sizeof c->peer, "%s", r->peer);
	if (r->fd < 0) {
		c->why = *r->e;
		finish(c, r->step);
		return;
	}
	c->fd = r->fd;
	c->rtt_ms = r->rtt_ms;
	c->watch = watch_new(c->loop, c->fd, LOOP_READ, on_readable, c);
	timer_set(c->timer, c->deadline - clock_mono_ms());
}

static void reach_relay(struct check *c)
{
	c->reach = reach_start(c->loop, &c->link, c->relay->host, c->relay->port, c->relay->address,
			       c->deadline - clock_mono_ms(), on_relay, c);
}

static void on_probe(void *arg, const struct reached *r)
{
	struct check *c = arg;

	c->reach = NULL;
	if (r->fd < 0) {
		err_set(&c->why, "the link is up, but the probe fails: %s", r->e->text);
		finish(c, "probe");
		return;
	}
	close(r->fd);
	log_debug("the probe %s answered in %lld ms", r->peer, (long long)r->rtt_ms);
	reach_relay(c);
}

static void on_timer(void *arg)
{
	struct check *c = arg;

	if (c->bad)
		finish(c, c->bad);
	else
		no_banner(c, "sends no SSH banner");
}

/* "host:port" or "[v6]:port" */
static int split_probe(struct check *c, const char *probe, uint16_t *port)
{
	const char *colon = strrchr(probe, ':');
	size_t n = colon ? (size_t)(colon - probe) : 0;
	char *end;
	unsigned long v;

	if (n > 2 && probe[0] == '[' && probe[n - 1] == ']') {
		probe++;
		n -= 2;
	}
	v = colon ? strtoul(colon + 1, &end, 10) : 0;
	if (n == 0 || n >= sizeof c->probe_host || *end || v == 0 || v > 65535)
		return err_set(&c->why, "the probe is not HOST:PORT, like connectivitycheck.example:80");
	memcpy(c->probe_host, probe, n);
	*port = (uint16_t)v;
	return 0;
}

struct check *check_start(struct loop *l, const struct relay *relay, const struct net_link *link,
			  const char *probe, int64_t timeout_ms, check_cb *cb, void *arg)
{
	struct check *c = alloc_zero(sizeof *c);
	uint16_t port = 0;

	*c = (struct check){ .loop = l, .relay = relay, .link = *link, .fd = -1, .cb = cb, .arg = arg };
	c->deadline = clock_mono_ms() + timeout_ms;
	c->timer = timer_new(l, on_timer, c);
	if (!probe[0]) {
		reach_relay(c);
	} else if (split_probe(c, probe, &port) < 0) {
		c->bad = "probe";
		timer_set(c->timer, 0);
	} else {
		c->reach = reach_start(l, link, c->probe_host, port, "", timeout_ms / 2, on_probe, c);
	}
	return c;
}
