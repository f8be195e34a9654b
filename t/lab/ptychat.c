/* ptychat - sits at a terminal in which a command runs, as a script says.
 *
 *   ptychat COMMAND [ARGUMENT...] -- STEP...
 *
 * The command is the foreground job of a little shell that has the terminal, so that it can be stopped, gone on with, and
 * killed as by a real one; unlike a real one, the shell never sets the terminal itself. Steps:
 *
 *   send TEXT		(\r \n \e \\ \xHH)
 *   expect TEXT	within the time limit; what came before it is dropped
 *   never TEXT		it has not come since the last `expect`
 *   modes same|raw	waits until the terminal is set as it was before, or raw
 *   signal NAME	to the command (TERM, KILL...); group NAME: to its process group
 *   stopped, fg	waits until it has stopped; goes on with it
 *   exit N		waits until it has ended with this status; 128 and more: by a signal
 *   hangup		the terminal is gone
 *   run COMMAND	a shell command that must succeed; $JOB is the command's process
 *   seconds N		limit for each later step (10)
 *
 * The exit status is 0 if all steps were done; else what is wrong is shown. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct report {
	int what;	/* 'p': the job's process; 's': stopped by VALUE; 'x': ended with VALUE */
	int value;
};

struct chat {
	int master;		/* -1: hung up */
	int reports, orders;
	struct termios before;
	int64_t limit;
	char got[1 << 20];
	size_t len;
	int job, stopped, status;	/* status: -1 while it runs */
	pid_t shell;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void show(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] >= ' ' && p[i] <= '~')
			putchar(p[i]);
		else
			printf("\\x%02x", (unsigned char)p[i]);
	putchar('\n');
}

static struct chat c = { .limit = 10000, .status = -1 };

static void end_job(void)
{
	if (c.job > 0 && c.status < 0)
		kill(-c.job, SIGKILL);
	if (c.shell > 0)
		kill(c.shell, SIGKILL);
}

static void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
static void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("ptychat: ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	if (c.len)
		fputs("on the terminal: ", stdout);
	show(c.got, c.len);
	end_job();
	exit(1);
}

/* --- the little shell ---------------------------------------------------------------------------- */

static void report(int fd, int what, int value)
{
	struct report r = { what, value };

	(void)!write(fd, &r, sizeof r);
}

static void be_job(char **argv) __attribute__((noreturn));
static void be_job(char **argv)
{
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpid());	/* SIGTTOU is ignored here */
	/* as at any login: whoever runs us in the background has SIGINT and SIGQUIT ignored */
	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL);
	execvp(argv[0], argv);
	_exit(127);
}

static void be_shell(const char *tty, int reports, int orders, char **argv) __attribute__((noreturn));
static void be_shell(const char *tty, int reports, int orders, char **argv)
{
	int fd, status;
	pid_t job;
	char order;

	close(c.master);	/* or it would not hang up */
	setsid();
	fd = open(tty, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
		_exit(126);
	for (int i = 0; i < 3; i++)
		dup2(fd, i);
	if (fd > 2)
		close(fd);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	job = fork();
	if (job == 0)
		be_job(argv);
	setpgid(job, job);
	tcsetpgrp(STDIN_FILENO, job);
	report(reports, 'p', job);
	for (;;) {
		if (waitpid(job, &status, WUNTRACED) < 0)
			_exit(126);
		tcsetpgrp(STDIN_FILENO, getpid());
		if (!WIFSTOPPED(status)) {
			report(reports, 'x', WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
			if (read(orders, &order, 1) < 0)	/* until the other side is done */
				_exit(126);
			_exit(0);
		}
		report(reports, 's', WSTOPSIG(status));
		if (read(orders, &order, 1) != 1)
			_exit(126);
		tcsetpgrp(STDIN_FILENO, job);
		kill(-job, SIGCONT);
	}
}

static void start(char **argv)
{
	int reports[2], orders[2];
	const char *tty;

	c.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (c.master < 0 || grantpt(c.master) < 0 || unlockpt(c.master) < 0 || pipe2(reports, O_CLOEXEC) < 0 ||
	    pipe2(orders, O_CLOEXEC) < 0)
		fail("%s", strerror(errno));
	tty = ptsname(c.master);
	/* not what everybody has, so that to be as before means something */
	tcgetattr(c.master, &c.before);
	c.before.c_cc[VERASE] = '\b';
	c.before.c_iflag &= ~(tcflag_t)IXON;
	c.before.c_lflag &= ~(tcflag_t)ECHOCTL;
	tcsetattr(c.master, TCSANOW, &c.before);
	tcgetattr(c.master, &c.before);
	c.shell = fork();
	if (c.shell == 0)
		be_shell(tty, reports[1], orders[0], argv);
	close(reports[1]);
	close(orders[0]);
	c.reports = reports[0];
	c.orders = orders[1];
	fcntl(c.master, F_SETFL, O_NONBLOCK);
	fcntl(c.reports, F_SETFL, O_NONBLOCK);
}

/* --- waiting ---------------------------------------------------------------------------------------- */

static void take_report(void)
{
	struct report r;

	while (read(c.reports, &r, sizeof r) == sizeof r) {
		if (r.what == 'p') {
			char text[16];

			c.job = r.value;
			snprintf(text, sizeof text, "%d", r.value);
			setenv("JOB", text, 1);
		} else if (r.what == 's') {
			c.stopped = r.value;
		} else {
			c.status = r.value;
		}
	}
}

static void wait_some(void)
{
	struct pollfd p[2] = { { .fd = c.master, .events = POLLIN }, { .fd = c.reports, .events = POLLIN } };
	ssize_t n;

	poll(p, 2, 20);
	if (p[0].revents & POLLIN) {
		n = read(c.master, c.got + c.len, sizeof c.got - c.len);
		c.len += n > 0 ? (size_t)n : 0;
	} else if (p[0].revents || p[1].revents & POLLHUP) {
		usleep(2000);	/* nobody has it open */
	}
	take_report();
}

static bool holds(const char *what, const char *arg, size_t n);

static void wait_for(const char *what, const char *arg, size_t n)
{
	int64_t until = now_ms() + c.limit;

	while (!holds(what, arg, n)) {
		if (now_ms() >= until)
			fail("not in time: %s %s", what, arg);
		wait_some();
	}
}

static bool same_modes(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag &&
	       memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

static bool holds(const char *what, const char *arg, size_t n)
{
	struct termios t;
	char *found;

	if (strcmp(what, "job") == 0)
		return c.job > 0;
	if (strcmp(what, "expect") == 0) {
		found = memmem(c.got, c.len, arg, n);
		if (!found)
			return false;
		c.len -= (size_t)(found + n - c.got);
		memmove(c.got, found + n, c.len);
		return true;
	}
	if (strcmp(what, "modes") == 0) {
		if (tcgetattr(c.master, &t) < 0)
			return false;
		return strcmp(arg, "same") == 0 ? same_modes(&t, &c.before) : !(t.c_lflag & (ICANON | ECHO | ISIG));
	}
	if (strcmp(what, "stopped") == 0)
		return c.stopped > 0;
	return c.status >= 0;
}

/* --- steps -------------------------------------------------------------------------------------------- */

static size_t unescape(const char *s, char *out)
{
	char *begin = out;

	for (; *s; s++) {
		if (*s != '\\' || !s[1]) {
			*out++ = *s;
			continue;
		}
		s++;
		if (*s == 'x' && s[1] && s[2]) {
			char hex[3] = { s[1], s[2], 0 };

			*out++ = (char)strtoul(hex, NULL, 16);
			s += 2;
		} else {
			*out++ = *s == 'r' ? '\r' : *s == 'n' ? '\n' : *s == 'e' ? '\033' : *s;
		}
	}
	*out = 0;
	return (size_t)(out - begin);
}

static int signal_number(const char *name)
{
	static const struct { const char *name; int signo; } names[] = {
		{ "TERM", SIGTERM }, { "KILL", SIGKILL }, { "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT },
		{ "ABRT", SIGABRT }, { "SEGV", SIGSEGV }, { "BUS", SIGBUS }, { "FPE", SIGFPE }, { "TSTP", SIGTSTP },
		{ "STOP", SIGSTOP }, { "CONT", SIGCONT }, { "WINCH", SIGWINCH }, { "PIPE", SIGPIPE },
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].signo;
	fail("no signal %s", name);
}

static void run(const char *command)
{
	int status;

	fflush(stdout);
	status = system(command);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail("failed: %s", command);
}

/* A step with an argument. */
static void step(const char *what, const char *arg)
{
	static char text[65536];
	size_t n = unescape(arg, text);

	if (strcmp(what, "send") == 0) {
		if (write(c.master, text, n) != (ssize_t)n)
			fail("cannot send: %s", strerror(errno));
	} else if (strcmp(what, "expect") == 0 || strcmp(what, "modes") == 0) {
		wait_for(what, text, n);
	} else if (strcmp(what, "never") == 0) {
		if (memmem(c.got, c.len, text, n))
			fail("it came: %s", arg);
	} else if (strcmp(what, "signal") == 0) {
		kill(c.job, signal_number(arg));
	} else if (strcmp(what, "group") == 0) {
		kill(-c.job, signal_number(arg));
	} else if (strcmp(what, "exit") == 0) {
		wait_for(what, arg, 0);
		if (c.status != atoi(arg))
			fail("it ended with %d, not %s", c.status, arg);
	} else if (strcmp(what, "run") == 0) {
		run(arg);
	} else if (strcmp(what, "seconds") == 0) {
		c.limit = atol(arg) * 1000;
	} else {
		fail("unknown step %s", what);
	}
}

/* One without; returns false if it is not one of these. */
static bool bare_step(const char *what)
{
	if (strcmp(what, "stopped") == 0) {
		wait_for(what, "", 0);
	} else if (strcmp(what, "fg") == 0) {
		c.stopped = 0;
		(void)!write(c.orders, "f", 1);
	} else if (strcmp(what, "hangup") == 0) {
		close(c.master);
		c.master = -1;
	} else {
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	char **command = argv + 1;
	int i = 1;

	while (i < argc && strcmp(argv[i], "--") != 0)
		i++;
	if (i == 1 || i >= argc) {
		fputs("usage: ptychat COMMAND... -- STEP...\n", stderr);
		return 2;
	}
	argv[i++] = NULL;
	start(command);
	wait_for("job", "", 0);
	while (i < argc) {
		if (bare_step(argv[i])) {
			i++;
		} else if (i + 1 < argc) {
			step(argv[i], argv[i + 1]);
			i += 2;
		} else {
			fail("%s: what?", argv[i]);
		}
	}
	end_job();
	return 0;
}
