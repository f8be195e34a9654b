/* The data call. The carrier is a command that gets a pseudo-terminal's path as its last argument (in
 * the lab a script around pppd); bytes pass between that and the port that dialled. Both ways at most a
 * few KiB wait: then the side that is too fast is not read any more. */
#include "config.h"

#include "../kit/events.h"
#include "modem.h"

#include "base/clock.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define LOW_WATER 8192		/* above this the source is paused */
#define READY_MS 20		/* how often the carrier is looked at */
#define KILL_MS 3000		/* from SIGHUP to SIGKILL */

struct call {
	struct modem *modem;
	struct dce *dce;
	int state;
	pid_t pid;
	int master, slave;
	struct watch *io;
	struct timer *timer;		/* while dialling: ready yet? while ending: kill */
	struct sigwatch *child;
	int64_t deadline;
	struct buf up;			/* host -> carrier */
	uint64_t sent, received;
	struct dce *next;		/* who wants to dial when this one has ended */
	char number[64];
};

static void start(struct call *c, struct dce *d);

int call_state(const struct modem *m)
{
	return m->call ? m->call->state : CALL_NONE;
}

/* --- bytes ---------------------------------------------------------------------------- */

static void trace(const struct call *c, const char *what, const char *bytes, size_t n)
{
	if (c->modem->trace)
		event("data %s %zu: %s", what, n, event_bytes(bytes, n < 48 ? n : 48));
}

void call_look(struct modem *m)
{
	struct call *c = m->call;
	bool online = c && c->state == CALL_UP && c->dce->mode == DCE_DATA;
	int want = 0;

	if (!c || !c->io)
		return;
	if (c->state == CALL_DIALLING || (online && c->dce->port->out.len < LOW_WATER))
		want |= LOOP_READ;
	if (c->up.len)
		want |= LOOP_WRITE;
	watch_want(c->io, want);
	port_pause(c->dce->port, online && c->up.len >= LOW_WATER);
}

void call_from_host(struct modem *m, const char *bytes, size_t n)
{
	struct call *c = m->call;

	if (!c || c->state != CALL_UP)
		return;
	c->sent += n;
	trace(c, "out", bytes, n);
	if (buf_add(&c->up, bytes, n) < 0)
		event("carrier: %zu bytes lost", n);	/* a bug: the port was paused */
	call_look(m);
}

static void up(struct call *c)
{
	event("carrier connected");
	c->state = CALL_UP;
	timer_stop(c->timer);
	dce_enter_data(c->dce);
}

static void on_io(void *arg, int ready)
{
	struct call *c = arg;
	char bytes[4096];
	ssize_t n;

	if (c->state == CALL_DIALLING) {
		up(c);	/* the carrier speaks: it is there */
	} else if (ready & LOOP_READ) {
		n = read(c->master, bytes, sizeof bytes);
		if (n > 0) {
			c->received += (uint64_t)n;
			trace(c, "in", bytes, (size_t)n);
			port_write(c->dce->port, bytes, (size_t)n);
		}
	}
	if (ready & LOOP_WRITE && c->up.len) {
		n = write(c->master, c->up.data, c->up.len);
		if (n > 0)
			buf_drop(&c->up, (size_t)n);
	}
	call_look(c->modem);
}

/* --- the carrier ----------------------------------------------------------------------- */

static int open_pair(struct call *c, char *path, size_t size)
{
	struct termios t;

	c->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (c->master < 0 || grantpt(c->master) < 0 || unlockpt(c->master) < 0 ||
	    ptsname_r(c->master, path, size))
		return -1;
	/* held open, so that the carrier may open and close it as it likes */
	c->slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (c->slave < 0 || tcgetattr(c->slave, &t) < 0)
		return -1;
	cfmakeraw(&t);
	return tcsetattr(c->slave, TCSANOW, &t);
}

static void run_carrier(const struct call *c, const char *path)
{
	char command[2048];
	int fd = open("/dev/null", O_RDWR);

	setsid();
	os_die_with_parent(SIGHUP);
	dup2(fd, 0);
	dup2(2, 1);
	signal(SIGPIPE, SIG_DFL);
	setenv("MODEMSIM_NUMBER", c->number, 1);
	setenv("MODEMSIM_APN", c->modem->apn, 1);
	snprintf(command, sizeof command, "exec %s %s", c->modem->carrier, path);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void close_pair(struct call *c)
{
	watch_free(c->io);
	c->io = NULL;
	if (c->slave >= 0)
		close(c->slave);
	if (c->master >= 0)
		close(c->master);
	c->slave = c->master = -1;
	buf_drop(&c->up, c->up.len);
}

static void dispose(struct call *c)
{
	close_pair(c);
	timer_free(c->timer);
	sigwatch_free(c->child);
	buf_free(&c->up);
	free(c);
}

/* What the carrier wrote last still belongs to the call. */
static void drain(struct call *c)
{
	char bytes[4096];
	ssize_t n;

	while (c->state == CALL_UP && (n = read(c->master, bytes, sizeof bytes)) > 0)
		port_write(c->dce->port, bytes, (size_t)n);
}

static void on_child(void *arg, int signo)
{
	struct call *c = arg;
	struct modem *m = c->modem;
	struct dce *next;
	int status;

	(void)signo;
	if (c->pid <= 0 || waitpid(c->pid, &status, WNOHANG) != c->pid)
		return;
	c->pid = 0;
	event("carrier ended: %s %d", WIFSIGNALED(status) ? "signal" : "status",
	      WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (c->state != CALL_ENDING) {
		drain(c);
		call_hang_up(m, "the carrier has hung up", true);	/* frees c */
		return;
	}
	next = c->next;
	if (next) {
		c->next = NULL;
		start(c, next);
	} else {
		m->call = NULL;
		dispose(c);
	}
}

/* Ready when it has put its line discipline on the pseudo-terminal (pppd), or has opened it long ago. */
static void on_timer(void *arg)
{
	struct call *c = arg;
	int discipline = 0;

	if (c->state == CALL_ENDING) {
		event("carrier killed");
		kill(-c->pid, SIGKILL);
		return;
	}
	if (ioctl(c->slave, TIOCGETD, &discipline) == 0 && discipline != 0)
		up(c);
	else if (clock_mono_ms() >= c->deadline)
		up(c);
	else
		timer_set(c->timer, READY_MS);
	call_look(c->modem);
}

static void start(struct call *c, struct dce *d)
{
	char path[64];

	c->dce = d;
	c->state = CALL_DIALLING;
	c->sent = c->received = 0;
	c->deadline = clock_mono_ms() + c->modem->connect_ms;
	if (open_pair(c, path, sizeof path) < 0) {
		event("carrier: no pseudo-terminal: %s", strerror(errno));
		call_hang_up(c->modem, "no pseudo-terminal", true);
		return;
	}
	c->io = watch_new(c->modem->loop, c->master, LOOP_READ, on_io, c);
	c->pid = fork();
	if (c->pid == 0)
		run_carrier(c, path);
	event("carrier called: %s, APN '%s'", c->number, c->modem->apn);
	timer_set(c->timer, READY_MS);
}

/* --- dialling and hanging up ------------------------------------------------------------- */

/* Why there can be no call now, as the result that ATD gets; NULL if there can. */
static const char *refused(struct modem *m)
{
	if (fault_now(&m->faults, FAULT_BUSY))
		return "BUSY";
	if (fault_now(&m->faults, FAULT_NO_DIALTONE))
		return "NO DIALTONE";
	if (m->net.apn[0] && strcasecmp(m->net.apn, m->apn)) {
		event("network: APN '%s' is not '%s'", m->apn, m->net.apn);
		return "NO CARRIER";
	}
	if (fault_now(&m->faults, FAULT_NO_CARRIER) || !m->carrier || !m->attached || !network_registered(m))
		return "NO CARRIER";
	return NULL;
}

static struct call *call_new(struct modem *m)
{
	struct call *c = calloc(1, sizeof *c);

	if (!c) {
		event("out of memory");
		exit(1);
	}
	c->modem = m;
	c->master = c->slave = -1;
	c->timer = timer_new(m->loop, on_timer, c);
	c->child = sigwatch_new(m->loop, SIGCHLD, on_child, c);
	buf_init(&c->up, LOW_WATER + 4 * PORT_CHUNK);
	return c;
}

void call_dial(struct modem *m, struct dce *d, const char *number)
{
	const char *no;

	if (fault_now(&m->faults, FAULT_CME30)) {
		dce_final_cme(d, 30);
		return;
	}
	no = refused(m);
	if (!no && (call_state(m) == CALL_UP || call_state(m) == CALL_DIALLING || (m->call && m->call->next)))
		no = "BUSY";
	if (!no && strncmp(number, "*99", 3) && strncmp(number, "*98", 3))
		no = "NO CARRIER";	/* voice calls are not simulated */
	if (no) {
		dce_final(d, no);
		return;
	}
	d->dialling = true;
	if (!m->call)
		m->call = call_new(m);
	snprintf(m->call->number, sizeof m->call->number, "%s", number);
	if (m->call->state == CALL_ENDING)
		m->call->next = d;
	else
		start(m->call, d);
}

void call_hang_up(struct modem *m, const char *why, bool announce)
{
	struct call *c = m->call;
	int was = call_state(m);

	if (was == CALL_NONE)
		return;
	if (was == CALL_ENDING && c->next) {	/* dialling, but the last carrier is still there */
		struct dce *d = c->next;

		c->next = NULL;
		dce_final(d, "NO CARRIER");
	}
	if (was == CALL_ENDING)
		return;
	event("call ended: %s; %llu bytes out, %llu in", why, (unsigned long long)c->sent,
	      (unsigned long long)c->received);
	c->state = CALL_ENDING;
	close_pair(c);
	if (c->pid > 0) {
		kill(-c->pid, SIGHUP);
		timer_set(c->timer, KILL_MS);
	} else {
		m->call = NULL;
	}
	if (was == CALL_DIALLING)
		dce_final(c->dce, "NO CARRIER");
	else
		dce_leave_data(c->dce, announce ? "NO CARRIER" : NULL);
	if (c->pid <= 0)
		dispose(c);
}

void call_free(struct modem *m)
{
	struct call *c = m->call;

	if (!c)
		return;
	m->call = NULL;
	if (c->pid > 0) {
		kill(-c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	dispose(c);
}
