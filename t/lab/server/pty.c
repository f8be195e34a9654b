/* The serial line as a pseudo-terminal. Our own descriptor of the far end keeps its settings and hides from us who
 * opens and closes it; a real line does not know either. */
#include "config.h"

#include "adapter.h"

#include "../kit/events.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct pty {
	struct adapter adapter;
	struct loop *loop;
	struct watch *watch;
	int near, far;
	char link[PATH_MAX];
};

static void look(struct adapter *a)
{
	struct pty *y = (struct pty *)a;

	if (y->watch)
		watch_want(y->watch, (a->paused ? 0 : LOOP_READ) | (a->fifo.len ? LOOP_WRITE : 0));
}

static void on_ready(void *arg, int ready)
{
	struct pty *y = arg;
	struct adapter *a = &y->adapter;
	char bytes[ADAPTER_CHUNK];
	ssize_t n;

	if (ready & LOOP_WRITE && a->fifo.len) {
		n = write(y->near, a->fifo.data, a->fifo.len);
		if (n > 0) {
			buf_drop(&a->fifo, (size_t)n);
			a->user->on_change(a->arg);
		}
	}
	if (ready & LOOP_READ && !a->paused) {
		n = read(y->near, bytes, sizeof bytes);
		if (n > 0)
			a->user->on_bytes(a->arg, bytes, (size_t)n);
	}
	look(a);
}

static const struct { speed_t code; unsigned speed; } speeds[] = {
	{ B1200, 1200 }, { B2400, 2400 }, { B4800, 4800 }, { B9600, 9600 }, { B19200, 19200 }, { B38400, 38400 },
	{ B57600, 57600 }, { B115200, 115200 }, { B230400, 230400 }, { B460800, 460800 }, { B921600, 921600 },
	{ B1000000, 1000000 }, { B1500000, 1500000 },
};

static bool get_mode(struct adapter *a, struct uart_mode *m)
{
	const struct pty *y = (const struct pty *)a;
	struct termios t;

	if (y->far < 0 || tcgetattr(y->far, &t) < 0)
		return false;
	for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
		if (speeds[i].code == cfgetospeed(&t)) {
			*m = (struct uart_mode){ speeds[i].speed, 8, UART_NONE, 1 };
			return true;
		}
	return false;
}

static void on_powered(struct adapter *a, bool on)
{
	(void)a;
	(void)on;
}

static int set_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return -1;
	cfmakeraw(&t);
	cfsetspeed(&t, B115200);
	return tcsetattr(fd, TCSANOW, &t);
}

static int plug(struct adapter *a, struct err *e)
{
	struct pty *y = (struct pty *)a;
	char path[64];

	y->near = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (y->near < 0 || grantpt(y->near) < 0 || unlockpt(y->near) < 0 || ptsname_r(y->near, path, sizeof path))
		return err_sys(e, "no pseudo-terminal");
	y->far = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (y->far < 0 || set_raw(y->far) < 0)
		return err_sys(e, "%s", path);
	unlink(y->link);
	if (symlink(path, y->link) < 0)
		return err_sys(e, "%s", y->link);
	y->watch = watch_new(y->loop, y->near, LOOP_READ, on_ready, y);
	a->plugged = true;
	event("adapter: plugged at %s (%s)", y->link, path);
	return 0;
}

static void unplug(struct adapter *a)
{
	struct pty *y = (struct pty *)a;

	if (a->plugged)
		event("adapter: unplugged");
	a->plugged = false;
	unlink(y->link);
	watch_free(y->watch);
	y->watch = NULL;
	if (y->near >= 0)
		close(y->near);
	if (y->far >= 0)
		close(y->far);
	y->near = y->far = -1;
	buf_drop(&a->fifo, a->fifo.len);
}

static void pty_free(struct adapter *a)
{
	unplug(a);
	buf_free(&a->fifo);
	free(a);
}

struct adapter *pty_new(struct loop *l, const char *link, size_t fifo, struct err *e)
{
	struct pty *y = calloc(1, sizeof *y);

	if (!y || strlen(link) >= sizeof y->link) {
		err_set(e, "%s: no memory, or too long", link);
		free(y);
		return NULL;
	}
	y->adapter = (struct adapter){ .rts = true, .kick = look, .mode = get_mode, .powered = on_powered, .plug = plug,
				       .unplug = unplug, .free = pty_free };
	buf_init(&y->adapter.fifo, fifo);
	y->loop = l;
	y->near = y->far = -1;
	strcpy(y->link, link);
	return &y->adapter;
}
