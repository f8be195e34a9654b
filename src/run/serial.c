#include "config.h"

#include "run/serial.h"

#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

struct serial {
	struct sp_port *port;	/* NULL for a pseudo-terminal, and others that have no modem lines */
	int lock;		/* carries the flock, until the port's own descriptor does */
	int fd;			/* what is read, written and watched: a copy, whose number stays when
				 * the port has to be opened anew */
	struct serial_options options;
	char path[SERIAL_PATH_MAX];
};

/* --- finding ---------------------------------------------------------------------- */

struct usb_id {
	int vendor, product;
	const char *serial;	/* NULL: any */
};

static int parse_id(const char *id, struct usb_id *out)
{
	unsigned v, p;
	int n = 0;

	if (sscanf(id, "%4x:%4x%n", &v, &p, &n) != 2 || (id[n] && id[n] != ':'))
		return -1;
	*out = (struct usb_id){ (int)v, (int)p, id[n] && id[n + 1] ? id + n + 1 : NULL };
	return 0;
}

static bool port_matches(const struct sp_port *p, const struct usb_id *want)
{
	const char *serial = sp_get_port_usb_serial(p);
	int v, d;

	if (sp_get_port_usb_vid_pid(p, &v, &d) != SP_OK || v != want->vendor || d != want->product)
		return false;
	return !want->serial || (serial && !strcasecmp(serial, want->serial));
}

static int port_interface(const struct sp_port *p)
{
	const char *slash = strrchr(sp_get_port_name(p), '/');

	return os_tty_usb_interface(slash ? slash + 1 : sp_get_port_name(p));
}

/* "ttyUSB0 (12d1:1001, interface 0)", for people who look for their modem. */
static void describe_ports(struct sp_port **list, char *out, size_t size)
{
	size_t len = 0;
	int v, p;

	out[0] = '\0';
	for (size_t i = 0; list[i] && len < size; i++) {
		if (sp_get_port_usb_vid_pid(list[i], &v, &p) != SP_OK)
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%s (%04x:%04x, interface %d)", len ? ", " : "",
					sp_get_port_name(list[i]), (unsigned)v, (unsigned)p,
					port_interface(list[i]));
	}
}

static const struct sp_port *best_port(struct sp_port **list, const struct usb_id *want, int interface)
{
	const struct sp_port *best = NULL;
	int lowest = INT_MAX;

	for (size_t i = 0; list[i]; i++) {
		int n = port_interface(list[i]);

		if (!port_matches(list[i], want))
			continue;
		if (interface >= 0 ? n == interface : n < lowest) {
			best = list[i];
			lowest = n;
		}
	}
	return best;
}

int serial_find(const char *id, int interface, char *path, size_t size, struct err *e)
{
	const struct sp_port *p;
	struct sp_port **list;
	struct usb_id want;
	char seen[256], which[32] = "";
	int rc = -1;

	if (parse_id(id, &want) < 0)
		return err_set(e, "'%s' is no USB id: write vendor:product in hex, such as 12d1:1001", id);
	if (sp_list_ports(&list) != SP_OK)
		return err_set(e, "the serial ports cannot be listed: out of memory");
	p = best_port(list, &want, interface);
	if (p) {
		rc = 0;
		if ((size_t)snprintf(path, size, "%s", sp_get_port_name(p)) >= size)
			rc = err_set(e, "%s: the name of the port is too long", sp_get_port_name(p));
	} else {
		describe_ports(list, seen, sizeof seen);
		if (interface >= 0)
			snprintf(which, sizeof which, " with interface %d", interface);
		err_set(e, "no serial port of USB device %s%s; seen: %s", id, which,
			seen[0] ? seen : "none (is it plugged in?)");
	}
	sp_free_port_list(list);
	return rc;
}

/* --- who has it? -------------------------------------------------------------------- */

/* The live process that a lock file of the old kind names (pppd, minicom, cu leave them), or 0. */
static int lock_file_owner(const char *path)
{
	const char *slash = strrchr(path, '/');
	char name[SERIAL_PATH_MAX + 32];
	struct stat st;
	int pid;

	if (stat(path, &st) < 0)
		return 0;
	snprintf(name, sizeof name, "/var/lock/LCK..%s", slash ? slash + 1 : path);
	pid = os_lock_file_holder(name, st.st_gid);
	return pid == getpid() ? 0 : pid;
}

static int in_use(const char *path, int pid, struct err *e)
{
	char name[64] = "", proc[32];
	FILE *f;

	if (pid <= 0)
		return err_set(e, "%s: in use by another program (fuser -v %s tells which)", path, path);
	snprintf(proc, sizeof proc, "/proc/%d/comm", pid);
	f = fopen(proc, "re");
	if (f) {
		if (!fgets(name, sizeof name, f))
			name[0] = '\0';
		name[strcspn(name, "\n")] = '\0';
		fclose(f);
	}
	return err_set(e, "%s: in use by %s, process %d; stop it first", path, name[0] ? name : "a program", pid);
}

/* --- opening ------------------------------------------------------------------------ */

static int open_error(const char *path, struct err *e)
{
	switch (errno) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return err_set(e, "%s: no such port; is it plugged in?", path);
	case EACCES:
	case EPERM:
		return err_set(e, "%s: no permission; the user needs to be in the port's group (dialout), "
			       "or the udev rule is missing", path);
	case EBUSY:
		return in_use(path, lock_file_owner(path), e);
	default:
		return err_sys(e, "%s: cannot be opened", path);
	}
}

/* Takes the flock before anything touches the port, so that a second oobmd does not disturb the first. */
static int take_lock(struct serial *s, struct err *e)
{
	int pid = lock_file_owner(s->path);

	s->lock = open(s->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (s->lock < 0)
		return open_error(s->path, e);
	if (!isatty(s->lock))
		return err_set(e, "%s: not a serial port", s->path);
	if (flock(s->lock, LOCK_EX | LOCK_NB) < 0)
		return in_use(s->path, os_flock_owner(s->lock), e);
	if (pid)
		return in_use(s->path, pid, e);
	return 0;
}

/* Where libserialport is of no use: the speeds that termios has names for. */
static int termios_speed(unsigned speed, speed_t *out)
{
	static const struct { unsigned speed; speed_t name; } speeds[] = {
		{ 300, B300 }, { 600, B600 }, { 1200, B1200 }, { 2400, B2400 }, { 4800, B4800 }, { 9600, B9600 },
		{ 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 }, { 230400, B230400 },
		{ 460800, B460800 }, { 921600, B921600 },
	};

	for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
		if (speeds[i].speed == speed) {
			*out = speeds[i].name;
			return 0;
		}
	errno = EINVAL;
	return -1;
}

static int set_by_termios(const struct serial_options *o, struct termios *t)
{
	static const tcflag_t sizes[] = { CS5, CS6, CS7, CS8 };
	speed_t speed;

	if (termios_speed(o->speed, &speed) < 0)
		return -1;
	cfmakeraw(t);
	t->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS);
	t->c_cflag |= CLOCAL | CREAD | sizes[o->data_bits - 5];
	if (o->parity != SERIAL_PARITY_NONE)
		t->c_cflag |= o->parity == SERIAL_PARITY_ODD ? PARENB | PARODD : PARENB;
	if (o->stop_bits == 2)
		t->c_cflag |= CSTOPB;
	if (o->flow == SERIAL_FLOW_RTSCTS)
		t->c_cflag |= CRTSCTS;
	t->c_iflag &= ~(tcflag_t)(IXON | IXOFF | IXANY);
	if (o->flow == SERIAL_FLOW_XONXOFF)
		t->c_iflag |= IXON | IXOFF;
	return cfsetspeed(t, speed);
}

/* What libserialport leaves to chance. It sets VMIN 0, where a read of 0 bytes may mean "nothing there" as
 * well as "gone"; with 1 it means only the latter. Some releases have whoever dies hang up, some do not. */
static int set_line(const struct serial *s)
{
	struct termios t;

	if (tcgetattr(s->fd, &t) < 0)
		return -1;
	if (!s->port && set_by_termios(&s->options, &t) < 0)
		return -1;
	t.c_cflag &= ~(tcflag_t)HUPCL;
	if (s->options.hangs_up)
		t.c_cflag |= HUPCL;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return tcsetattr(s->fd, TCSANOW, &t);
}

/* RTS/CTS on a wire that has no CTS would stop for ever; a USB device always has it. */
static bool has_cts(struct sp_port *p)
{
	enum sp_signal up;

	if (sp_get_port_transport(p) == SP_TRANSPORT_USB)
		return true;
	return sp_get_signals(p, &up) == SP_OK && (up & SP_SIG_CTS);
}

static enum sp_flowcontrol flow_of(const struct serial *s)
{
	switch (s->options.flow) {
	case SERIAL_FLOW_RTSCTS:
		return SP_FLOWCONTROL_RTSCTS;
	case SERIAL_FLOW_XONXOFF:
		return SP_FLOWCONTROL_XONXOFF;
	case SERIAL_FLOW_AUTO:
		return has_cts(s->port) ? SP_FLOWCONTROL_RTSCTS : SP_FLOWCONTROL_NONE;
	case SERIAL_FLOW_NONE:
		break;
	}
	return SP_FLOWCONTROL_NONE;
}

static int configure(struct serial *s)
{
	static const enum sp_parity parities[] = {
		[SERIAL_PARITY_NONE] = SP_PARITY_NONE, [SERIAL_PARITY_EVEN] = SP_PARITY_EVEN, [SERIAL_PARITY_ODD] = SP_PARITY_ODD,
	};
	const struct serial_options *o = &s->options;
	struct sp_port *p = s->port;

	if (p && (sp_set_baudrate(p, (int)o->speed) != SP_OK || sp_set_bits(p, (int)o->data_bits) != SP_OK ||
		  sp_set_parity(p, parities[o->parity]) != SP_OK || sp_set_stopbits(p, (int)o->stop_bits) != SP_OK ||
		  sp_set_flowcontrol(p, flow_of(s)) != SP_OK))
		return -1;
	/* the system raises DTR at opening; what does not hang up is not to see it move at all */
	if (p && o->hangs_up && sp_set_dtr(p, SP_DTR_ON) != SP_OK)
		return -1;
	return set_line(s);
}

/* Makes S->fd a copy of FD, under the number that it has already, if any. */
static int adopt(struct serial *s, int fd)
{
	if (s->fd >= 0)
		return dup3(fd, s->fd, O_CLOEXEC) < 0 ? -1 : 0;
	s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return s->fd < 0 ? -1 : 0;
}

static bool is_pseudo(const char *path)
{
	return strncmp(path, "/dev/pts/", 9) == 0;
}

/* A pseudo-terminal stays exclusive for as long as its other end is open: after a crash nobody but root
 * could open it again. A device forgets it when the last one closes it. */
static void set_exclusive(const struct serial *s)
{
	if (!is_pseudo(s->path))
		ioctl(s->fd, TIOCEXCL);
}

/* Opens S->port. From 0.1.2 on libserialport takes a flock of its own, which ours, on another descriptor,
 * would refuse: it is handed over, and with 0.1.1, which takes none, taken again at once. */
static int sp_open_locked(struct serial *s, int *fd)
{
	flock(s->lock, LOCK_UN);
	if (sp_open(s->port, SP_MODE_READ_WRITE) != SP_OK)
		return -1;
	sp_get_port_handle(s->port, fd);
	fcntl(*fd, F_SETFD, FD_CLOEXEC);
	return flock(*fd, LOCK_EX | LOCK_NB);
}

/* Opens S->path, which is locked, by libserialport. Returns 0, 1 if that kind of port is none that it can open (it has
 * no modem lines), or -1. */
static int open_by_library(struct serial *s, int *fd, struct err *e)
{
	if (sp_get_port_by_name(s->path, &s->port) != SP_OK)
		return err_set(e, "%s: not a serial port that the system knows", s->path);
	if (sp_open_locked(s, fd) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return in_use(s->path, 0, e);
	if (errno != ENOTTY && errno != EINVAL)
		return open_error(s->path, e);
	sp_free_port(s->port);
	s->port = NULL;
	return flock(s->lock, LOCK_EX | LOCK_NB) < 0 ? in_use(s->path, os_flock_owner(s->lock), e) : 1;
}

/* By libserialport where that can, else by its lock descriptor. */
static int open_port(struct serial *s, struct err *e)
{
	const struct serial_options *o = &s->options;
	int fd = s->lock;

	if (!is_pseudo(s->path) && open_by_library(s, &fd, e) < 0)
		return -1;
	if (adopt(s, fd) < 0)
		return err_sys(e, "%s: no descriptor left", s->path);
	if (configure(s) < 0)
		return err_sys(e, "%s: cannot be set to %u bit/s, %u%c%u", s->path, o->speed, o->data_bits,
			       "NEO"[o->parity], o->stop_bits);
	set_exclusive(s);
	tcflush(s->fd, TCIFLUSH);
	return 0;
}

/* Lets go of the port, so that it is as if never opened: the kernel keeps TIOCEXCL, which pppd sets, for as
 * long as one descriptor is left. S->fd may be watched, so its number stays taken. */
static void close_port(struct serial *s)
{
	int null = s->fd >= 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1;

	if (null >= 0) {
		dup3(null, s->fd, O_CLOEXEC);
		close(null);
	}
	if (s->port) {
		sp_close(s->port);
		sp_free_port(s->port);
	}
	if (s->lock >= 0)
		close(s->lock);
	s->port = NULL;
	s->lock = -1;
}

struct serial *serial_open(const char *path, unsigned speed, struct err *e)
{
	const struct serial_options o = {
		.speed = speed, .data_bits = 8, .stop_bits = 1, .flow = SERIAL_FLOW_AUTO, .hangs_up = true,
	};

	return serial_open_as(path, &o, e);
}

struct serial *serial_open_as(const char *path, const struct serial_options *o, struct err *e)
{
	struct serial *s = calloc(1, sizeof *s);
	char resolved[PATH_MAX];

	if (!s) {
		err_set(e, "out of memory");
		return NULL;
	}
	s->lock = s->fd = -1;
	s->options = *o;
	s->options.speed = o->speed ? o->speed : 115200;
	if (o->data_bits < 5 || o->data_bits > 8 || o->stop_bits < 1 || o->stop_bits > 2) {
		err_set(e, "%s: %u data bits and %u stop bits are none that a port has", path, o->data_bits, o->stop_bits);
		goto fail;
	}
	/* udev's names are links; libserialport wants the name that the kernel gave */
	if (!realpath(path, resolved)) {
		snprintf(resolved, sizeof resolved, "%s", path);
		open_error(resolved, e);
		goto fail;
	}
	if ((size_t)snprintf(s->path, sizeof s->path, "%s", resolved) >= sizeof s->path) {
		err_set(e, "%s: the name is too long", path);
		goto fail;
	}
	if (take_lock(s, e) < 0 || open_port(s, e) < 0)
		goto fail;
	return s;
fail:
	serial_close(s);
	return NULL;
}

void serial_close(struct serial *s)
{
	if (!s)
		return;
	close_port(s);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

int serial_fd(const struct serial *s)
{
	return s->fd;
}

const char *serial_path(const struct serial *s)
{
	return s->path;
}

/* --- bytes -------------------------------------------------------------------------- */

ssize_t serial_read(struct serial *s, void *p, size_t n)
{
	ssize_t got;

	do
		got = read(s->fd, p, n);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		return got;
	/* with VMIN 1 an empty queue is EAGAIN, so that 0 is the end: hung up or unplugged */
	return got < 0 && errno == EAGAIN ? 0 : -1;
}

ssize_t serial_write(struct serial *s, const void *p, size_t n)
{
	ssize_t put;

	if (s->lock < 0)
		return -1;	/* lost: see close_port */
	do
		put = write(s->fd, p, n);
	while (put < 0 && errno == EINTR);
	if (put >= 0)
		return put;
	return errno == EAGAIN ? 0 : -1;
}

/* --- lines -------------------------------------------------------------------------- */

void serial_set_dtr(struct serial *s, bool up)
{
	if (s->port)
		sp_set_dtr(s->port, up ? SP_DTR_ON : SP_DTR_OFF);
}

int serial_dcd(struct serial *s)
{
	enum sp_signal up;

	if (!s->port || sp_get_signals(s->port, &up) != SP_OK)
		return -1;
	return up & SP_SIG_DCD ? 1 : 0;
}

int serial_set_break(struct serial *s, bool on)
{
	if (is_pseudo(s->path))
		return -1;	/* the system would not say so */
	return ioctl(s->fd, on ? TIOCSBRK : TIOCCBRK) < 0 ? -1 : 0;
}

int serial_unsent(const struct serial *s)
{
	int n = 0;

	return ioctl(s->fd, TIOCOUTQ, &n) < 0 ? 0 : n;
}

/* --- lending ------------------------------------------------------------------------ */

void serial_lend(struct serial *s)
{
	ioctl(s->fd, TIOCNXCL);
}

static bool hung_up(const struct serial *s)
{
	struct pollfd p = { .fd = s->fd };

	return poll(&p, 1, 0) < 0 || (p.revents & (POLLHUP | POLLERR | POLLNVAL));
}

int serial_take_back(struct serial *s)
{
	if (s->lock >= 0 && !hung_up(s)) {
		set_exclusive(s);
		tcflush(s->fd, TCIOFLUSH);
		return configure(s);
	}
	/* The kernel hangs a port up when DCD drops while pppd has CLOCAL off: our descriptor is dead,
	 * the modem is not. */
	close_port(s);
	if (take_lock(s, NULL) < 0 || open_port(s, NULL) < 0) {
		close_port(s);
		return -1;
	}
	return 0;
}
