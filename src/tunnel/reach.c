#include "tunnel/reach.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reach {
	struct loop *loop;
	struct net_link link;
	char host[256];
	uint16_t port;
	char pinned[NET_ADDR_TEXT];
	int64_t deadline, connecting_since;
	struct net_resolve *resolve;
	struct net_connect *connect;
	struct err dns;		/* why the name gave nothing; "" if it did */
	reach_cb *cb;
	void *arg;
};

static void finish(struct reach *r, struct reached *result)
{
	reach_cb *cb = r->cb;
	void *arg = r->arg;

	free(r);
	cb(arg, result);
}

static void on_connect(void *arg, int fd, const char *peer, const struct err *e)
{
	struct reach *r = arg;
	struct reached result = { .fd = fd, .peer = peer, .rtt_ms = clock_mono_ms() - r->connecting_since };
	struct err why = { "" };

	r->connect = NULL;
	if (fd < 0) {
		result.step = "connect";
		result.e = &why;
		if (r->dns.text[0])
			err_set(&why, "%.300s; and at the pinned address, %.200s", r->dns.text, e->text);
		else
			err_set(&why, "%s: %s", r->host, e->text);
	}
	finish(r, &result);
}

/* Appends the pinned address if it is not there already. */
static void add_pinned(struct reach *r, struct net_addrs *addrs)
{
	char have[NET_ADDR_TEXT], want[NET_ADDR_TEXT];
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in *in4 = (struct sockaddr_in *)&ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;

	if (inet_pton(AF_INET, r->pinned, &in4->sin_addr) == 1) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(r->port);
	} else if (inet_pton(AF_INET6, r->pinned, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(r->port);
	} else {
		return;
	}
	net_addr_text((struct sockaddr *)&ss, want, sizeof want);
	for (size_t i = 0; i < addrs->n; i++) {
		net_addr_text((struct sockaddr *)&addrs->addr[i], have, sizeof have);
		if (strcmp(have, want) == 0)
			return;
	}
	if (addrs->n == NET_ADDRS_MAX)
		addrs->n--;
	addrs->addr[addrs->n++] = ss;
}

static void on_resolve(void *arg, const struct net_addrs *found, const struct err *e)
{
	struct reach *r = arg;
	struct net_addrs addrs = { 0 };
	int64_t left = r->deadline - clock_mono_ms();

	r->resolve = NULL;
	if (found)
		addrs = *found;
	else
		r->dns = *e;
	add_pinned(r, &addrs);
	if (addrs.n == 0) {
		struct err why;
		struct reached result = { .fd = -1, .peer = "", .step = "dns", .e = &why };

		err_set(&why, "%.400s; with an address in section relay, names are not needed", e->text);
		finish(r, &result);
		return;
	}
	if (!found)
		log_warn("%s; using the pinned address %s", e->text, r->pinned);
	r->connecting_since = clock_mono_ms();
	r->connect = net_connect_start(r->loop, &r->link, &addrs, left > 1000 ? left : 1000, on_connect, r);
}

struct reach *reach_start(struct loop *l, const struct net_link *link, const char *host, uint16_t port,
			  const char *pinned, int64_t timeout_ms, reach_cb *cb, void *arg)
{
	struct reach *r = alloc_zero(sizeof *r);

	*r = (struct reach){ .loop = l, .link = *link, .port = port, .cb = cb, .arg = arg };
	r->deadline = clock_mono_ms() + timeout_ms;
	snprintf(r->host, sizeof r->host, "%s", host);
	snprintf(r->pinned, sizeof r->pinned, "%s", pinned);
	/* leave time to connect, the more so where there is another way */
	r->resolve = net_resolve_start(l, link, host, port, pinned[0] ? timeout_ms / 3 : timeout_ms / 2, on_resolve, r);
	return r;
}

void reach_cancel(struct reach *r)
{
	if (!r)
		return;
	net_resolve_cancel(r->resolve);
	net_connect_cancel(r->connect);
	free(r);
}
