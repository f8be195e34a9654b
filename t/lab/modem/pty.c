/* The modem's ports as pseudo-terminals, where there is no lab kernel. A pseudo-terminal has no DTR: it
 * counts as up while a program has the other end open. There is no DCD either. */
#include "config.h"

#include "../kit/events.h"
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <termios.h>
#include <unistd.h>

struct pty_port {
	struct port port;
	struct loop *loop;
	char link[PATH_MAX];
	int master, inotify;
	struct watch *io, *opened;
	unsigned openers;	/* as far as inotify tells, which joins events that are alike */
};

struct pty {
	struct transport transport;
	struct pty_port port[2];
};

static void look(struct pty_port *y)
{
	int want = (y->port.paused ? 0 : LOOP_READ) | (y->port.out.len ? LOOP_WRITE : 0);

	if (y->io)
		watch_want(y->io, want);
}

static void on_kick(struct port *p)
{
	look((struct pty_port *)p);
}

static void on_lines(struct port *p)
{
	(void)p;
}

static const struct port_ops ops = { on_kick, on_lines };

/* Nobody has the other end open. The master would report that for ever, so it is watched no longer
 * until inotify tells of an open. */
static void on_closed(struct pty_port *y)
{
	watch_free(y->io);
	y->io = NULL;
	y->openers = 0;
	port_set_dtr(&y->port, false);
}

static bool anybody_there(const struct pty_port *y)
{
	struct pollfd f = { y->master, 0, 0 };

	return poll(&f, 1, 0) <= 0 || !(f.revents & POLLHUP);
}

static void on_io(void *arg, int ready)
{
	struct pty_port *y = arg;
	char bytes[4096];
	ssize_t n;

	if (y->port.out.len && ready & LOOP_WRITE) {
		n = write(y->master, y->port.out.data, y->port.out.len);
		if (n > 0)
			port_taken(&y->port, (size_t)n);
	}
	if (ready & LOOP_READ && !y->port.paused) {
		n = read(y->master, bytes, sizeof bytes);
		if (n > 0)
			port_input(&y->port, bytes, (size_t)n);
		else if (n == 0 || errno != EAGAIN)
			on_closed(y);
	} else if (y->port.paused && !anybody_there(y)) {
		on_closed(y);
	}
	look(y);
}

static void on_open(struct pty_port *y)
{
	y->openers++;
	if (!y->io)
		y->io = watch_new(y->loop, y->master, LOOP_READ, on_io, y);
	port_set_dtr(&y->port, true);
	look(y);
}

/* The last close shows on the master, once what was written is read; unless an open followed at once. */
static void on_close(struct pty_port *y)
{
	if (y->openers > 1) {
		y->openers--;
	} else if (y->io && anybody_there(y)) {
		y->openers = 0;
		port_set_dtr(&y->port, false);
		port_set_dtr(&y->port, true);
	}
}

static void on_inotify(void *arg, int ready)
{
	struct pty_port *y = arg;
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(y->inotify, events, sizeof events);

	(void)ready;
	for (char *p = events; n > 0 && p < events + n;) {
		const struct inotify_event *e = (const struct inotify_event *)p;

		if (e->mask & IN_OPEN)
			on_open(y);
		else if (e->mask & IN_CLOSE)
			on_close(y);
		p += sizeof *e + e->len;
	}
}

static int set_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return -1;
	cfmakeraw(&t);
	return tcsetattr(fd, TCSANOW, &t);
}

static int port_up(struct pty_port *y, struct err *e)
{
	char path[64];

	y->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (y->master < 0 || grantpt(y->master) < 0 || unlockpt(y->master) < 0 ||
	    ptsname_r(y->master, path, sizeof path) || set_raw(y->master) < 0)
		return err_sys(e, "no pseudo-terminal");
	y->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (y->inotify < 0 || inotify_add_watch(y->inotify, path, IN_OPEN | IN_CLOSE) < 0)
		return err_sys(e, "%s: cannot be watched", path);
	y->opened = watch_new(y->loop, y->inotify, LOOP_READ, on_inotify, y);
	unlink(y->link);
	if (symlink(path, y->link) < 0)
		return err_sys(e, "%s", y->link);
	event("%s: at %s (%s)", y->port.name, y->link, path);
	return 0;
}

static void port_down(struct pty_port *y)
{
	unlink(y->link);
	watch_free(y->opened);
	watch_free(y->io);
	y->opened = y->io = NULL;
	if (y->inotify >= 0)
		close(y->inotify);
	if (y->master >= 0)
		close(y->master);
	y->inotify = y->master = -1;
	port_set_dtr(&y->port, false);
}

static int pty_plug(struct transport *t, struct err *e)
{
	struct pty *y = (struct pty *)t;

	for (size_t i = 0; i < 2; i++)
		if (y->port[i].link[0] && port_up(&y->port[i], e) < 0)
			return -1;
	t->plugged = true;
	return 0;
}

static void pty_unplug(struct transport *t)
{
	struct pty *y = (struct pty *)t;

	t->plugged = false;
	for (size_t i = 0; i < 2; i++)
		if (y->port[i].link[0])
			port_down(&y->port[i]);
}

static void pty_free(struct transport *t)
{
	struct pty *y = (struct pty *)t;

	pty_unplug(t);
	for (size_t i = 0; i < 2; i++)
		buf_free(&y->port[i].port.out);
	free(y);
}

struct transport *pty_new(struct loop *l, const char *data, const char *command, struct err *e)
{
	struct pty *y = calloc(1, sizeof *y);

	if (!y) {
		err_set(e, "out of memory");
		return NULL;
	}
	y->transport = (struct transport){ .plug = pty_plug, .unplug = pty_unplug, .free = pty_free };
	for (size_t i = 0; i < 2; i++) {
		port_init(&y->port[i].port, i ? "pcui" : "modem", &ops);
		y->port[i].loop = l;
		y->port[i].master = y->port[i].inotify = -1;
	}
	snprintf(y->port[0].link, sizeof y->port[0].link, "%s", data);
	snprintf(y->port[1].link, sizeof y->port[1].link, "%s", command ? command : "");
	y->transport.port[0] = &y->port[0].port;
	y->transport.port[2] = command ? &y->port[1].port : NULL;
	return &y->transport;
}
