#include "tunnel/target.h"
#include "base/alloc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct target {
	struct loop *loop;
	uint16_t port;
	bool v6_left;		/* localhost: ::1 is still to be tried */
	int fd;
	struct watch *watch;
	struct timer *timer;	/* the deadline; or 0 ms, to tell of a failure from the loop */
	const char *why;
	target_cb *cb;
	void *arg;
};

void target_cancel(struct target *t)
{
	if (!t)
		return;
	watch_free(t->watch);
	timer_free(t->timer);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

static void finish(struct target *t, int fd)
{
	target_cb *cb = t->cb;
	void *arg = t->arg;
	const char *why = t->why;

	if (fd >= 0)
		t->fd = -1;
	target_cancel(t);
	cb(arg, fd, why);
}

static void on_writable(void *arg, int ready);

static int begin(struct target *t, const char *host)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(t->port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(t->port) };
	bool v4 = inet_pton(AF_INET, host, &in4.sin_addr) == 1;
	int on = 1, rc;

	if (!v4 && inet_pton(AF_INET6, host, &in6.sin6_addr) != 1) {
		t->why = "not an address";
		return -1;
	}
	t->fd = socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		goto failed;
	setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (v4)
		rc = connect(t->fd, (struct sockaddr *)&in4, sizeof in4);
	else
		rc = connect(t->fd, (struct sockaddr *)&in6, sizeof in6);
	if (rc < 0 && errno != EINPROGRESS)
		goto failed;
	t->watch = watch_new(t->loop, t->fd, LOOP_WRITE, on_writable, t);
	return 0;
failed:
	t->why = strerror(errno);
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	return -1;
}

/* localhost may be served by IPv6 only. */
static int begin_v6(struct target *t)
{
	const char *why = t->why;

	t->v6_left = false;
	watch_free(t->watch);
	t->watch = NULL;
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	if (begin(t, "::1") == 0)
		return 0;
	t->why = why;	/* what IPv4 said is what people look for */
	return -1;
}

static void on_writable(void *arg, int ready)
{
	struct target *t = arg;
	socklen_t len = sizeof(int);
	int error = 0;

	(void)ready;
	if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		error = errno;
	if (error)
		t->why = strerror(error);
	if (error && t->v6_left && begin_v6(t) == 0)
		return;
	if (!error) {
		watch_free(t->watch);
		t->watch = NULL;
	}
	finish(t, error ? -1 : t->fd);
}

static void on_timer(void *arg)
{
	struct target *t = arg;

	if (!t->why)
		t->why = "no answer";
	finish(t, -1);
}

struct target *target_connect(struct loop *l, const char *host, uint16_t port, int64_t timeout_ms, target_cb *cb,
			      void *arg)
{
	struct target *t = alloc_zero(sizeof *t);
	int rc;

	*t = (struct target){ .loop = l, .port = port, .fd = -1, .cb = cb, .arg = arg };
	t->v6_left = strcmp(host, "localhost") == 0;
	t->timer = timer_new(l, on_timer, t);
	rc = begin(t, t->v6_left ? "127.0.0.1" : host);
	if (rc < 0 && t->v6_left)
		rc = begin_v6(t);
	if (rc == 0)
		t->why = NULL;
	timer_set(t->timer, rc < 0 ? 0 : timeout_ms);
	return t;
}
