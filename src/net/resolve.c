/* resolve.c - names, asked at the carrier's servers through the link. The only user of c-ares.
 *
 * /etc/resolv.conf and /etc/hosts describe the home network, which may be dead or may lie: c-ares gets
 * its servers and its sockets from here and looks at no file. ares_set_local_dev would go on unbound if
 * binding fails, so each socket is bound in the configure callback, whose failure c-ares heeds. */
#include "net/addr.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#include <ares.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESOLVE_WATCHES 16	/* a UDP and a TCP socket for each server, and spare */
#define RESOLVE_TRY_MS 2500	/* first wait for an answer; 3G may take 2 s to wake up */
#define RESOLVE_TRIES 4

struct resolve_watch {
	struct net_resolve *r;
	struct watch *watch;
	int fd;
};

struct net_resolve {
	struct loop *loop;
	struct net_link link;
	char host[256];
	uint16_t port;
	int64_t deadline, timeout_ms;
	ares_channel channel;	/* NULL when nobody has to be asked */
	struct timer *timer;
	struct resolve_watch watches[RESOLVE_WATCHES];
	bool done;		/* result or error is set; the timer delivers it */
	bool found;
	struct net_addrs addrs;
	struct err why, bind_why;
	net_resolve_cb *cb;
	void *arg;
};

static void resolve_destroy(struct net_resolve *r)
{
	r->done = true;
	if (r->channel)
		ares_destroy(r->channel);	/* closes its sockets: on_state frees the watches */
	for (size_t i = 0; i < RESOLVE_WATCHES; i++)
		watch_free(r->watches[i].watch);
	timer_free(r->timer);
	free(r);
}

/* Delivery is always from the timer: never inside net_resolve_start, never inside c-ares. */
static void finish(struct net_resolve *r)
{
	r->done = true;
	timer_set(r->timer, 0);
}

static void servers_text(const struct net_resolve *r, char *out, size_t size)
{
	size_t used = 0;

	out[0] = 0;
	for (size_t i = 0; i < NET_DNS_MAX && used < size; i++)
		if (r->link.dns[i][0])
			used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", r->link.dns[i]);
}

static void set_why(struct net_resolve *r, int status)
{
	char servers[NET_DNS_MAX * NET_ADDR_TEXT];

	servers_text(r, servers, sizeof servers);
	switch (status) {
	case ARES_ENOTFOUND:
		err_set(&r->why, "the name %s does not exist, say the carrier's DNS servers (%s); check its spelling",
			r->host, servers);
		break;
	case ARES_ENODATA:
		err_set(&r->why, "the name %s has no address of the link's kind, say the carrier's DNS servers (%s)",
			r->host, servers);
		break;
	case ARES_ETIMEOUT:
		err_set(&r->why, "the carrier's DNS servers (%s) did not answer for %s within %lld s", servers,
			r->host, (long long)(r->timeout_ms / 1000));
		break;
	case ARES_ECONNREFUSED:
		if (r->bind_why.text[0])
			err_set(&r->why, "the carrier's DNS servers (%s) cannot be asked for %s: %s", servers,
				r->host, r->bind_why.text);
		else
			err_set(&r->why, "the carrier's DNS servers (%s) refuse to be asked for %s", servers, r->host);
		break;
	default:
		err_set(&r->why, "%s could not be resolved at the carrier's DNS servers (%s): %s", r->host, servers,
			ares_strerror(status));
	}
}

static void take_addresses(struct net_resolve *r, const struct ares_addrinfo *ai)
{
	for (const struct ares_addrinfo_node *n = ai->nodes; n && r->addrs.n < NET_ADDRS_MAX; n = n->ai_next) {
		struct sockaddr_storage *ss = &r->addrs.addr[r->addrs.n];
		size_t len = (size_t)n->ai_addrlen;

		if (len > sizeof *ss || (n->ai_family != AF_INET && n->ai_family != AF_INET6))
			continue;
		memset(ss, 0, sizeof *ss);
		memcpy(ss, n->ai_addr, len);
		if (n->ai_family == AF_INET)
			((struct sockaddr_in *)ss)->sin_port = htons(r->port);
		else
			((struct sockaddr_in6 *)ss)->sin6_port = htons(r->port);
		r->addrs.n++;
	}
	r->found = r->addrs.n > 0;
}

static void on_addresses(void *arg, int status, int timeouts, struct ares_addrinfo *ai)
{
	struct net_resolve *r = arg;

	(void)timeouts;
	if (!r->done) {
		if (status == ARES_SUCCESS && ai)
			take_addresses(r, ai);
		if (!r->found)
			set_why(r, status == ARES_SUCCESS ? ARES_ENODATA : status);
		finish(r);
	}
	if (ai)
		ares_freeaddrinfo(ai);
}

static void arm(struct net_resolve *r)
{
	int64_t left = r->deadline - clock_mono_ms();
	struct timeval max, tv, *next;

	if (r->done)
		return;
	if (left < 0)
		left = 0;
	max.tv_sec = (time_t)(left / 1000);
	max.tv_usec = (suseconds_t)(left % 1000 * 1000);
	next = ares_timeout(r->channel, &max, &tv);
	/* rounded up, or c-ares would find its time not come yet */
	timer_set(r->timer, (int64_t)next->tv_sec * 1000 + (next->tv_usec + 999) / 1000);
}

static void on_ready(void *arg, int ready)
{
	struct resolve_watch *w = arg;
	struct net_resolve *r = w->r;

	ares_process_fd(r->channel, ready & LOOP_READ ? w->fd : ARES_SOCKET_BAD,
			ready & LOOP_WRITE ? w->fd : ARES_SOCKET_BAD);
	arm(r);
}

static void on_timer(void *arg)
{
	struct net_resolve *r = arg;
	net_resolve_cb *cb = r->cb;
	void *cb_arg = r->arg;
	struct net_addrs addrs;
	struct err why;
	bool found;

	if (!r->done && clock_mono_ms() >= r->deadline) {
		set_why(r, ARES_ETIMEOUT);
		r->done = true;
	}
	if (!r->done) {
		ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
		arm(r);
		return;
	}
	addrs = r->addrs;
	why = r->why;
	found = r->found;
	resolve_destroy(r);
	cb(cb_arg, found ? &addrs : NULL, found ? NULL : &why);
}

/* c-ares opens, closes and wants something else of one of its sockets. */
static void on_state(void *arg, ares_socket_t fd, int readable, int writable)
{
	struct net_resolve *r = arg;
	struct resolve_watch *w = NULL, *empty = NULL;
	int want = (readable ? LOOP_READ : 0) | (writable ? LOOP_WRITE : 0);

	for (size_t i = 0; i < RESOLVE_WATCHES; i++) {
		if (r->watches[i].watch && r->watches[i].fd == fd)
			w = &r->watches[i];
		else if (!r->watches[i].watch && !empty)
			empty = &r->watches[i];
	}
	if (!want) {
		if (w) {
			watch_free(w->watch);
			w->watch = NULL;
		}
	} else if (w) {
		watch_want(w->watch, want);
	} else if (empty) {
		*empty = (struct resolve_watch){ .r = r, .fd = fd };
		empty->watch = watch_new(r->loop, fd, want, on_ready, empty);
	}
	/* more sockets than watches: that server counts as silent */
}

/* Called by c-ares before it connects a socket. -1 makes it close the socket and go on to the next. */
static int on_socket(ares_socket_t fd, int type, void *arg)
{
	struct net_resolve *r = arg;
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof ss;

	(void)type;
	if (getsockname(fd, (struct sockaddr *)&ss, &len) < 0)
		return -1;
	if (net_bind(fd, &r->link, ss.ss_family, &r->bind_why) < 0) {
		log_debug("%s", r->bind_why.text);
		return -1;
	}
	return 0;
}

static int set_servers(struct net_resolve *r)
{
	struct buf csv;
	int rc = -1;

	buf_init(&csv, 512);
	for (size_t i = 0; i < NET_DNS_MAX; i++) {
		const char *s = r->link.dns[i];
		/* a bare IPv6 address needs brackets to stand in the list */
		bool v6 = s[0] != '[' && strchr(s, ':') != strrchr(s, ':');

		if (s[0] && buf_addf(&csv, v6 ? "%s[%s]" : "%s%s", csv.len ? "," : "", s) < 0)
			goto out;
	}
	if (csv.len && buf_add(&csv, "", 1) == 0 && ares_set_servers_ports_csv(r->channel, csv.data) == ARES_SUCCESS)
		rc = 0;
out:
	buf_free(&csv);
	return rc;
}

static int ask(struct net_resolve *r)
{
	struct sockaddr_storage local;
	struct ares_addrinfo_hints hints = { .ai_flags = ARES_AI_NOSORT, .ai_family = AF_UNSPEC,
					     .ai_socktype = SOCK_STREAM };
	char lookups[] = "b";	/* DNS, and no file */
	struct ares_options o = { .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES, .timeout = RESOLVE_TRY_MS,
				  .tries = RESOLVE_TRIES, .lookups = lookups, .ndomains = 0,
				  .sock_state_cb = on_state, .sock_state_cb_data = r };
	int rc;

	rc = ares_init_options(&r->channel, &o,
			       ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
			       ARES_OPT_DOMAINS | ARES_OPT_SOCK_STATE_CB);
	if (rc != ARES_SUCCESS) {
		r->channel = NULL;
		return err_set(&r->why, "the resolver does not start: %s", ares_strerror(rc));
	}
	ares_set_socket_configure_callback(r->channel, on_socket, r);
	if (set_servers(r) < 0)
		return err_set(&r->why, "nobody can be asked for %s: the carrier gave no usable DNS server ('%s')",
			       r->host, r->link.dns[0]);
	if (net_addr_parse(r->link.local, 0, &local))
		hints.ai_family = local.ss_family;
	ares_getaddrinfo(r->channel, r->host, NULL, &hints, on_addresses, r);
	arm(r);
	return 0;
}

struct net_resolve *net_resolve_start(struct loop *l, const struct net_link *link, const char *host,
				      uint16_t port, int64_t timeout_ms, net_resolve_cb *cb, void *arg)
{
	struct net_resolve *r = alloc_zero(sizeof *r);

	*r = (struct net_resolve){ .loop = l, .link = *link, .port = port, .timeout_ms = timeout_ms, .cb = cb,
				   .arg = arg };
	r->deadline = clock_mono_ms() + timeout_ms;
	r->timer = timer_new(l, on_timer, r);
	if ((size_t)snprintf(r->host, sizeof r->host, "%s", host) >= sizeof r->host) {
		err_set(&r->why, "the host name is too long");
		finish(r);
	} else if (net_addr_parse(host, port, &r->addrs.addr[0])) {
		r->addrs.n = 1;
		r->found = true;
		finish(r);
	} else if (ask(r) < 0) {
		finish(r);
	}
	return r;
}

void net_resolve_cancel(struct net_resolve *r)
{
	if (r)
		resolve_destroy(r);
}
