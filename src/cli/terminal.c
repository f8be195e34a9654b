#include "cli/terminal.h"

#include "core/termstate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define UNDO_MS 500	/* how long the other end of a terminal may take to make room for what undoes */

/* Signals that come while all is well, and are dealt with in turn; and those after which nothing is. */
static const int events[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT };
static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS };

#define EVENTS (sizeof events / sizeof *events)
#define CRASHES (sizeof crashes / sizeof *crashes)

/* What the watcher needs to know is shared with it. */
struct shared {
	struct termios before, raw;
	struct termstate state;	/* of what descriptor 1 is, since before */
};

static struct {
	bool begun;
	bool in, out;			/* descriptors 0 and 1 are terminals */
	volatile sig_atomic_t raw;
	struct shared *shared;
	int pipe[2];			/* signals */
	pid_t watcher;
	int watched;			/* when this is closed, we are no more */
	struct sigaction old_event[EVENTS], old_crash[CRASHES], old_pipe;
} t = { .pipe = { -1, -1 }, .watched = -1 };

/* --- putting back; all of this is fit for a signal handler -------------------------------------------- */

static bool same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag;
}

/* A terminal that nobody empties would keep us for ever. */
static void write_undo(int fd, const char *p, size_t n)
{
	while (n > 0) {
		struct pollfd ready = { .fd = fd, .events = POLLOUT };
		ssize_t w = poll(&ready, 1, UNDO_MS) > 0 ? write(fd, p, n) : -1;

		if (w <= 0)
			return;
		p += w;
		n -= (size_t)w;
	}
}

/* What the machine asked the terminal, and the terminal answered, must not be read by the shell as typed. */
static void put_back(int in, int out)
{
	char undo[TERMSTATE_UNDO_MAX];

	if (out >= 0) {
		size_t n = termstate_undo(&t.shared->state, undo);

		write_undo(out, undo, n);
		t.shared->state = (struct termstate){ 0 };
	}
	if (in >= 0) {
		tcflush(in, TCIFLUSH);
		tcsetattr(in, TCSANOW, &t.shared->before);
	}
}

static void leave_raw(void)
{
	if (t.raw)
		put_back(t.in ? STDIN_FILENO : -1, t.out ? STDOUT_FILENO : -1);
	t.raw = 0;
}

static void enter_raw(void)
{
	if (t.in)
		tcsetattr(STDIN_FILENO, TCSANOW, &t.shared->raw);
	t.raw = 1;
}

/* --- the watcher ------------------------------------------------------------------------------------------ */

static void close_all_but(int a, int b)
{
	for (int fd = 0; fd < 1024; fd++)
		if (fd != a && fd != b)
			close(fd);
}

/* TTY is not in the foreground of anything here, and may be gone. It is put back only if it is still as we left it: the
 * shell that has waited for us may be faster. */
static _Noreturn void watch(int fd, int tty)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTOU, SIGTTIN, SIGPIPE };
	struct termios now;
	ssize_t n;
	char c;

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	for (size_t i = 0; i < CRASHES; i++)
		signal(crashes[i], SIG_DFL);
	setpgid(0, 0);
	close_all_but(fd, tty);
	while ((n = read(fd, &c, 1)) < 0 && errno == EINTR)
		;
	if (n == 0 && (!t.in || (tcgetattr(tty, &now) == 0 && same(&now, &t.shared->raw))))
		put_back(t.in ? tty : -1, t.out ? tty : -1);
	_exit(0);
}

static int start_watcher(struct err *e)
{
	int tty = fcntl(t.in ? STDIN_FILENO : STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), fd[2];

	if (tty < 0 || pipe(fd) < 0)
		return err_sys(e, "no descriptors left");
	t.watcher = fork();
	if (t.watcher == 0) {
		close(fd[1]);
		watch(fd[0], tty);
	}
	if (t.watcher > 0)
		setpgid(t.watcher, t.watcher);	/* here as well as there: whichever comes first */
	close(fd[0]);
	close(tty);
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	t.watched = fd[1];
	return t.watcher < 0 ? err_sys(e, "no process left") : 0;
}

static void end_watcher(void)
{
	if (t.watched < 0)
		return;
	while (write(t.watched, "q", 1) < 0 && errno == EINTR)
		;
	close(t.watched);
	t.watched = -1;
	while (t.watcher > 0 && waitpid(t.watcher, NULL, 0) < 0 && errno == EINTR)
		;
	t.watcher = 0;
}

/* --- signals ------------------------------------------------------------------------------------------------- */

static void on_event(int signo)
{
	int saved = errno;
	unsigned char c = (unsigned char)signo;

	(void)!write(t.pipe[1], &c, 1);
	errno = saved;
}

/* Its handler is reset before it runs, so that it kills when it is raised again. */
static void on_crash(int signo)
{
	leave_raw();
	raise(signo);
}

static void catch_signals(void)
{
	struct sigaction event = { .sa_handler = on_event };	/* no SA_RESTART: who waits is to look */
	struct sigaction crash = { .sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	for (size_t i = 0; i < EVENTS; i++) {
		sigaction(events[i], NULL, &t.old_event[i]);
		/* nohup: what was ignored stays so */
		if (t.old_event[i].sa_handler != SIG_IGN)
			sigaction(events[i], &event, NULL);
	}
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &crash, &t.old_crash[i]);
	sigaction(SIGPIPE, &ignore, &t.old_pipe);
}

static void let_signals_go(void)
{
	for (size_t i = 0; i < EVENTS; i++)
		sigaction(events[i], &t.old_event[i], NULL);
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &t.old_crash[i], NULL);
	sigaction(SIGPIPE, &t.old_pipe, NULL);
}

/* Somebody else may have used the terminal while we were stopped. */
static void go_on(void)
{
	if (!t.in || tcgetpgrp(STDIN_FILENO) == getpgrp())
		enter_raw();
}

int terminal_signal(void)
{
	unsigned char c;

	while (read(t.pipe[0], &c, 1) == 1) {
		if (c != SIGCONT)
			return c;
		go_on();
	}
	return 0;
}

void terminal_suspend(void)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, ours;

	leave_raw();
	sigaction(SIGTSTP, &stop, &ours);
	kill(0, SIGTSTP);	/* with all that the shell started along with us */
	/* here we are again */
	sigaction(SIGTSTP, &ours, NULL);
	go_on();
}

void terminal_die(int signo)
{
	signal(signo, SIG_DFL);
	raise(signo);
	_exit(128 + signo);	/* in oobm-shell, which may not even signal itself */
}

int terminal_signal_fd(void)
{
	return t.pipe[0];
}

/* --- beginning and end ------------------------------------------------------------------------------------------ */

static int make_pipe(struct err *e)
{
	if (pipe(t.pipe) < 0)
		return err_sys(e, "no descriptors left");
	for (int i = 0; i < 2; i++) {
		fcntl(t.pipe[i], F_SETFD, FD_CLOEXEC);
		fcntl(t.pipe[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

int terminal_begin(struct err *e)
{
	t.in = isatty(STDIN_FILENO);
	t.out = isatty(STDOUT_FILENO);
	t.begun = true;
	t.shared = mmap(NULL, sizeof *t.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t.shared == MAP_FAILED) {
		t.shared = NULL;
		return err_set(e, "out of memory");
	}
	if (make_pipe(e) < 0)
		return -1;
	if (t.in) {
		if (tcgetattr(STDIN_FILENO, &t.shared->before) < 0)
			return err_sys(e, "the terminal does not say how it is set");
		t.shared->raw = t.shared->before;
		cfmakeraw(&t.shared->raw);
		t.shared->raw.c_cc[VMIN] = 1;
		t.shared->raw.c_cc[VTIME] = 0;
	}
	if ((t.in || t.out) && start_watcher(e) < 0)
		return -1;
	catch_signals();
	enter_raw();
	/* as the system has it, to be told from how others set it */
	if (t.in)
		tcgetattr(STDIN_FILENO, &t.shared->raw);
	return 0;
}

void terminal_end(void)
{
	if (!t.begun)
		return;
	leave_raw();
	end_watcher();
	if (t.pipe[0] >= 0) {
		let_signals_go();
		close(t.pipe[0]);
		close(t.pipe[1]);
	}
	if (t.shared)
		munmap(t.shared, sizeof *t.shared);
	t.shared = NULL;
	t.pipe[0] = t.pipe[1] = -1;
	t.begun = false;
}

bool terminal_is_raw(void)
{
	return t.in && t.raw;
}

int terminal_write(const char *p, size_t n)
{
	if (t.out)
		termstate_feed(&t.shared->state, p, n);
	while (n > 0) {
		struct pollfd ready[2] = { { .fd = STDOUT_FILENO, .events = POLLOUT }, { .fd = t.pipe[0], .events = POLLIN } };
		ssize_t w;

		if (poll(ready, 2, -1) < 0 && errno != EINTR)
			return -1;
		if (!ready[0].revents && ready[1].revents)
			return 0;	/* nobody empties the terminal, and the signal may mean the end */
		w = write(STDOUT_FILENO, p, n);
		if (w < 0 && errno != EINTR && errno != EAGAIN)
			return -1;
		if (w > 0) {
			p += w;
			n -= (size_t)w;
		}
	}
	return 0;
}

int terminal_interject(const char *text)
{
	if (t.out && t.shared->state.ansi.state != ANSI_IN_TEXT &&
	    terminal_write(TERMSTATE_CANCEL, strlen(TERMSTATE_CANCEL)) < 0)
		return -1;
	return terminal_write(text, strlen(text));
}
