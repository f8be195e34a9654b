/* connect.c - TCP through the link: the addresses in turn, each with its share of the time. */
#include "net/addr.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct net_connect {
	struct loop *loop;
	struct net_link link;
	struct net_addrs addrs;
	size_t next;		/* address to be tried next */
	int64_t deadline;
	int fd;			/* -1 between two tries */
	struct watch *watch;
	struct timer *timer;	/* end of this try; or 0 ms, to do the next step from the loop */
	bool trying;
	char peer[NET_ADDR_TEXT];
	struct err why;		/* of the latest try */
	net_connect_cb *cb;
	void *arg;
};

static void connect_destroy(struct net_connect *c)
{
	watch_free(c->watch);
	timer_free(c->timer);
	if (c->fd >= 0)
		close(c->fd);
	free(c);
}

static void hang_up(struct net_connect *c)
{
	watch_free(c->watch);
	c->watch = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->trying = false;
}

/* The end: tells the caller, who may start something new from there. */
static void finish(struct net_connect *c, int fd)
{
	net_connect_cb *cb = c->cb;
	void *arg = c->arg;
	struct err why = c->why;
	char peer[NET_ADDR_TEXT];

	memcpy(peer, c->peer, sizeof peer);
	connect_destroy(c);
	cb(arg, fd, peer, fd < 0 ? &why : NULL);
}

static void set_why(struct net_connect *c, int error)
{
	switch (error) {
	case ECONNREFUSED:
		err_set(&c->why, "%s refused the connection: it is there, but nothing listens on that port", c->peer);
		break;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
		err_set(&c->why, "%s cannot be reached through %s: %s", c->peer, c->link.ifname, strerror(error));
		break;
	case ETIMEDOUT:
		err_set(&c->why, "%s did not answer through %s: wrong address, or a firewall that drops", c->peer,
			c->link.ifname);
		break;
	default:
		err_set(&c->why, "%s: connecting through %s failed: %s", c->peer, c->link.ifname, strerror(error));
	}
}

static void on_writable(void *arg, int ready)
{
	struct net_connect *c = arg;
	socklen_t len = sizeof(int);
	int error = 0, fd = c->fd;

	(void)ready;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error == 0) {
		c->fd = -1;	/* now the caller's */
		watch_free(c->watch);
		c->watch = NULL;
		finish(c, fd);
		return;
	}
	set_why(c, error);
	log_debug("%s", c->why.text);
	hang_up(c);
	timer_set(c->timer, 0);
}

/* A socket that can go nowhere but through the link. */
static int link_socket(struct net_connect *c, int family)
{
	int on = 1, fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		err_sys(&c->why, "no socket");
		return -1;
	}
	if (net_bind(fd, &c->link, family, &c->why) < 0) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	return fd;
}

static void try_next(struct net_connect *c)
{
	const struct sockaddr_storage *ss = &c->addrs.addr[c->next];
	int64_t left = c->deadline - clock_mono_ms();
	size_t others = c->addrs.n - c->next;

	c->next++;
	net_addr_text((const struct sockaddr *)ss, c->peer, sizeof c->peer);
	c->fd = link_socket(c, ss->ss_family);
	if (c->fd < 0) {
		timer_set(c->timer, 0);
		return;
	}
	if (connect(c->fd, (const struct sockaddr *)ss, net_addr_len(ss)) < 0 && errno != EINPROGRESS) {
		set_why(c, errno);
		hang_up(c);
		timer_set(c->timer, 0);
		return;
	}
	c->trying = true;
	c->watch = watch_new(c->loop, c->fd, LOOP_WRITE, on_writable, c);
	timer_set(c->timer, left / (int64_t)others);
}

static void on_timer(void *arg)
{
	struct net_connect *c = arg;

	if (c->trying) {
		set_why(c, ETIMEDOUT);
		log_debug("%s", c->why.text);
		hang_up(c);
	}
	if (c->next < c->addrs.n && clock_mono_ms() < c->deadline)
		try_next(c);
	else
		finish(c, -1);
}

struct net_connect *net_connect_start(struct loop *l, const struct net_link *link,
				      const struct net_addrs *addrs, int64_t timeout_ms,
				      net_connect_cb *cb, void *arg)
{
	struct net_connect *c = alloc_zero(sizeof *c);

	*c = (struct net_connect){ .loop = l, .link = *link, .addrs = *addrs, .fd = -1, .cb = cb, .arg = arg };
	if (c->addrs.n > NET_ADDRS_MAX)
		c->addrs.n = NET_ADDRS_MAX;
	err_set(&c->why, "there was no address to connect to");
	c->deadline = clock_mono_ms() + timeout_ms;
	c->timer = timer_new(l, on_timer, c);
	timer_set(c->timer, 0);
	return c;
}

void net_connect_cancel(struct net_connect *c)
{
	if (c)
		connect_destroy(c);
}
