#include "power/program.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "os/os.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGS_MAX 64
#define GRACE_MS 2000		/* between SIGTERM and SIGKILL, and before a process is given up that not even this ends */
#define ALARM_S 10		/* after the limit, should nobody be there any more to end it */
#define SAID_MAX 200		/* of its own words, in an error */
#define READ_MAX 16		/* reads in a row: who prints without end is not to stop the loop */

enum { OUT, ERR, EXEC, PIPES };	/* EXEC: why it could not be run, an int */

struct stream {
	struct program *p;
	struct watch *watch;
	int fd;			/* -1: closed */
	struct buf buf;
};

struct program {
	struct loop *loop;
	char *command;		/* the arguments, each ending with a NUL */
	char *argv[ARGS_MAX + 1];
	pid_t pid;		/* 0: does not run */
	struct stream stream[PIPES];
	struct sigwatch *children;
	struct timer *limit;
	int64_t limit_ms;
	enum { RUNNING, LATE, STOPPED } fate;
	bool killed;		/* SIGKILL is sent */
	struct err why;		/* it cannot be run; "" else */
	void (*done)(void *arg, const struct program_result *r);
	void *arg;
};

/* --- the command --------------------------------------------------------------------- */

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

/* Splits P->command in place. */
static int split(struct program *p)
{
	const char *in = p->command;
	char *out = p->command;
	size_t n = 0;

	p->argv[n++] = out;
	for (; *in; in++) {
		if (*in == ' ') {
			if (n == ARGS_MAX)
				return err_set(&p->why, "%s: more than %d arguments", p->argv[0], ARGS_MAX - 1);
			*out++ = '\0';
			p->argv[n++] = out;
		} else if (*in == '%' && hex(in[1]) >= 0 && hex(in[2]) >= 0) {
			*out++ = (char)(hex(in[1]) * 16 + hex(in[2]));
			in += 2;
		} else {
			*out++ = *in;
		}
	}
	*out = '\0';
	if (p->argv[0][0] != '/')
		return err_set(&p->why, "\"%.80s\" is no program: write its whole path, such as /usr/sbin/uhubctl", p->argv[0]);
	return 0;
}

/* --- the child ------------------------------------------------------------------------- */

static void default_signals(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		sigaction(s, &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Allocates nothing: what fails is told through WHY, which the exec closes. */
static _Noreturn void become_program(char *const argv[], const int to[PIPES], unsigned alarm_s)
{
	static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C.UTF-8";
	char *envp[] = { path, locale, NULL };
	int fd[PIPES], null, saved;

	/* out of the way of 0 to 3 first */
	for (int i = 0; i < PIPES; i++)
		fd[i] = fcntl(to[i], F_DUPFD, 10);
	null = open("/dev/null", O_RDONLY);
	if (fd[OUT] < 0 || fd[ERR] < 0 || dup2(null, 0) < 0 || dup2(fd[OUT], 1) < 0 || dup2(fd[ERR], 2) < 0 ||
	    dup2(fd[EXEC], 3) < 0 || fcntl(3, F_SETFD, FD_CLOEXEC) < 0)
		_exit(126);
	os_close_from(4);
	setsid();
	default_signals();
	alarm(alarm_s);
	execve(argv[0], argv, envp);
	saved = errno;
	if (write(3, &saved, sizeof saved) < 0)
		_exit(126);
	_exit(127);
}

/* --- its end ---------------------------------------------------------------------------- */

static void stream_close(struct stream *s)
{
	watch_free(s->watch);
	s->watch = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* Reads what there is, and keeps what there is room for; as much at once as is fair to others. */
static void stream_read(struct stream *s)
{
	char chunk[4096];

	for (int i = 0; i < READ_MAX && s->fd >= 0; i++) {
		ssize_t n = read(s->fd, chunk, sizeof chunk);
		size_t room = s->buf.max - 1 - s->buf.len;	/* 1: for a NUL at the end */

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			stream_close(s);
		else
			buf_add(&s->buf, chunk, (size_t)n < room ? (size_t)n : room);
	}
}

static void on_readable(void *arg, int ready)
{
	(void)ready;
	stream_read(arg);
}

/* The first line that is not empty, printable, with ": " before it; "" if there is none. */
static void first_line(const struct buf *b, char *out, size_t size)
{
	const char *p = b->data ? b->data : "", *end = p + b->len;
	size_t len = 2;

	out[0] = '\0';
	while (p < end && isspace((unsigned char)*p))
		p++;
	if (p == end || size < 8)
		return;
	memcpy(out, ": ", 2);
	while (p < end && *p != '\n' && *p != '\r' && len + 5 < size) {
		size_t n = utf8_char(p, (size_t)(end - p));
		/* C0, DEL and, in two bytes, C1: a terminal would obey them */
		bool plain = n && (n > 1 || !iscntrl((unsigned char)*p)) && !(n == 2 && p[0] == '\xc2' && (unsigned char)p[1] < 0xa0);

		if (plain)
			memcpy(out + len, p, n);
		else
			out[len] = '?';
		len += plain ? n : 1;
		p += n ? n : 1;
	}
	while (len && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
}

static void cannot_run(struct program *p, int error)
{
	const char *path = p->argv[0];

	switch (error) {
	case ENOENT:
	case ENOTDIR:
		err_set(&p->why, "%s: there is no such program, or not the one in its first line; install it, or correct the config",
			path);
		break;
	case EACCES:
	case EPERM:
		err_set(&p->why, "%s may not be run by the user of oobmd's workers; see its mode and owner", path);
		break;
	case ENOEXEC:
		err_set(&p->why, "%s is no program: a script needs a first line such as #!/bin/sh", path);
		break;
	default:
		errno = error;
		err_sys(&p->why, "%s cannot be run", path);
	}
}

/* The sentence for what became of it, "" if all is well. Returns its exit status, or -1. */
static int judge(struct program *p, int status, struct err *text)
{
	bool ended = !p->why.text[0] && p->fate == RUNNING && WIFEXITED(status);
	const char *path = p->argv[0];
	char said[SAID_MAX];

	first_line(&p->stream[ERR].buf, said, sizeof said);
	if (!said[0])
		first_line(&p->stream[OUT].buf, said, sizeof said);
	if (p->why.text[0])
		*text = p->why;
	else if (p->fate == LATE)
		err_set(text, "%s did not end within %g s and was stopped%s", path, (double)p->limit_ms / 1000, said);
	else if (p->fate == STOPPED)
		err_set(text, "%s was stopped%s", path, said);
	else if (!ended)
		err_set(text, "%s was killed by signal %d (%s)%s", path, WTERMSIG(status), strsignal(WTERMSIG(status)), said);
	else if (WEXITSTATUS(status) != 0)
		err_set(text, "%s ended with status %d%s", path, WEXITSTATUS(status), said);
	return ended ? WEXITSTATUS(status) : -1;
}

/* Done may free P. */
static void finish(struct program *p, int status)
{
	struct program_result r = { .out = "" };
	struct err text = { "" };
	int error;

	timer_stop(p->limit);
	sigwatch_free(p->children);
	p->children = NULL;
	for (int i = 0; i < PIPES; i++) {
		stream_read(&p->stream[i]);
		stream_close(&p->stream[i]);
	}
	if (p->stream[EXEC].buf.len >= sizeof error) {
		memcpy(&error, p->stream[EXEC].buf.data, sizeof error);
		cannot_run(p, error);
	}
	r.status = judge(p, status, &text);
	r.ok = !text.text[0];
	r.text = text.text;
	if (p->stream[OUT].buf.len && buf_add(&p->stream[OUT].buf, "", 1) == 0) {
		r.out = p->stream[OUT].buf.data;
		r.len = p->stream[OUT].buf.len - 1;
	}
	p->done(p->arg, &r);
}

static void signal_group(const struct program *p, int signo)
{
	/* just forked, it may not have its group yet */
	if (kill(-p->pid, signo) < 0)
		kill(p->pid, signo);
}

/* The number of a dead process is its own until it is reaped, and so is its group's. */
static void on_child(void *arg, int signo)
{
	struct program *p = arg;
	siginfo_t si = { .si_pid = 0 };
	int status = 0;

	(void)signo;
	if (p->pid == 0 || waitid(P_PID, (id_t)p->pid, &si, WEXITED | WNOHANG | WNOWAIT) < 0 || si.si_pid != p->pid)
		return;
	signal_group(p, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
	finish(p, status);
}

/* One that even SIGKILL does not end waits inside the kernel, for a device; it is given up. */
static void on_limit(void *arg)
{
	struct program *p = arg;

	if (p->pid == 0) {
		finish(p, 0);	/* it was never run */
		return;
	}
	if (p->fate == RUNNING) {
		p->fate = LATE;
		signal_group(p, SIGTERM);
	} else if (!p->killed) {
		p->killed = true;
		signal_group(p, SIGKILL);
	} else {
		err_set(&p->why, "%s does not even end when it is killed: the device that it uses hangs", p->argv[0]);
		p->pid = 0;
		finish(p, 0);
		return;
	}
	timer_set(p->limit, GRACE_MS);
}

/* --- its beginning ---------------------------------------------------------------------- */

static int make_pipes(struct program *p, int to[PIPES])
{
	for (int i = 0; i < PIPES; i++) {
		int fd[2];

		if (pipe2(fd, O_CLOEXEC) < 0)
			return -1;
		p->stream[i].fd = fd[0];
		to[i] = fd[1];
		fcntl(fd[0], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static int start(struct program *p)
{
	int to[PIPES] = { -1, -1, -1 }, rc = make_pipes(p, to);
	unsigned alarm_s = (unsigned)(p->limit_ms / 1000) + ALARM_S;
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);	/* no handler of ours runs in the child */
	p->pid = rc < 0 ? -1 : fork();
	if (p->pid == 0)
		become_program(p->argv, to, alarm_s);
	if (p->pid < 0) {
		rc = err_sys(&p->why, "%s cannot be run", p->argv[0]);
		p->pid = 0;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	for (int i = 0; i < PIPES; i++)
		if (to[i] >= 0)
			close(to[i]);
	for (int i = 0; i < EXEC && rc == 0; i++)
		p->stream[i].watch = watch_new(p->loop, p->stream[i].fd, LOOP_READ, on_readable, &p->stream[i]);
	return rc;
}

struct program *program_run(struct loop *l, const char *command, int64_t limit_ms,
			    void (*done)(void *arg, const struct program_result *r), void *arg)
{
	static const size_t keep[PIPES] = { PROGRAM_OUT_MAX + 1, 1024, sizeof(int) + 1 };
	struct program *p = alloc_zero(sizeof *p);

	p->loop = l;
	p->command = alloc_text(command);
	p->limit_ms = limit_ms;
	p->done = done;
	p->arg = arg;
	for (int i = 0; i < PIPES; i++) {
		p->stream[i] = (struct stream){ .p = p, .fd = -1 };
		buf_init(&p->stream[i].buf, keep[i]);
	}
	p->limit = timer_new(l, on_limit, p);
	p->children = sigwatch_new(l, SIGCHLD, on_child, p);
	timer_set(p->limit, split(p) == 0 && start(p) == 0 ? limit_ms : 0);
	return p;
}

void program_stop(struct program *p)
{
	if (p->pid == 0 || p->fate != RUNNING)
		return;
	p->fate = STOPPED;
	signal_group(p, SIGTERM);
	timer_set(p->limit, GRACE_MS);
}

void program_free(struct program *p)
{
	if (!p)
		return;
	if (p->pid > 0)
		signal_group(p, SIGTERM);
	sigwatch_free(p->children);
	timer_free(p->limit);
	for (int i = 0; i < PIPES; i++) {
		stream_close(&p->stream[i]);
		buf_free(&p->stream[i].buf);
	}
	free(p->command);
	free(p);
}

/* --- what a status says ------------------------------------------------------------------ */

static enum led_state word_state(const char *word, size_t n)
{
	char lower[12];

	while (n && ispunct((unsigned char)word[n - 1]))
		n--;
	if (n >= sizeof lower)
		return LED_STATES;
	for (size_t i = 0; i < n; i++)
		lower[i] = (char)tolower((unsigned char)word[i]);
	lower[n] = '\0';
	return strcmp(lower, led_name(LED_NONE)) ? led_parse(lower) : LED_STATES;
}

/* The state that the last word of a line names. */
static enum led_state line_state(const char *line, size_t n)
{
	size_t from;

	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	for (from = n; from && !isspace((unsigned char)line[from - 1]); from--)
		;
	return word_state(line + from, n - from);
}

enum led_state program_state(const struct program_result *r)
{
	const char *p = r->out + strspn(r->out, " \t\r\n");
	enum led_state s = word_state(p, strcspn(p, " \t\r\n"));

	for (; s == LED_STATES && *p; p += strspn(p, "\n")) {
		size_t n = strcspn(p, "\n");

		s = line_state(p, n);
		p += n;
	}
	if (s != LED_STATES)
		return s;
	return r->status == 0 ? LED_ON : r->status == 1 ? LED_OFF : LED_UNKNOWN;
}
