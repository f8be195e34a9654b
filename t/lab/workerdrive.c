/* workerdrive - plays the parent to any worker: a script on the standard input says what to send and what
 * must come back, and TAP goes to the standard output.
 *
 *   workerdrive [--log FILE] PROGRAM [ARGUMENT...] <script
 *
 * The worker gets its channel as descriptor 3, and FILE as its standard error. A script:
 *
 *   # a comment
 *   test a notice is sent		begins a test; all lines up to the next must succeed
 *   > send id=1 title=a%20b		a line to the worker, as ipc/msg.h writes it
 *   < sent id=1 !receipt remaining~9*	the next line from it: this verb, a field that is equal, one that is
 *					not there, one that matches a pattern (of fnmatch; decoded)
 *   $ test -s log			a shell command that must succeed; $WORKER_PID is the worker
 *   deadline 2000			ms for each wait that follows (10000 at first)
 *   quiet 300				nothing may come for so many ms
 *   ignore alive			lines of this verb are passed over from here on
 *   end 0				closes the channel; the worker must end with this status
 *   exits 1				the worker must end by itself with this status; 137: by signal 9
 *   start				starts it again */
#include "ipc/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKER_FD 3

struct drive {
	char **argv;
	const char *log;
	pid_t pid;		/* 0: it does not run */
	int fd;			/* our end of the channel; -1: closed */
	char in[MSG_LINE_MAX];
	size_t len;
	long deadline_ms;
	char ignored[64];	/* a verb, or "" */
	/* the running test */
	char name[256];
	unsigned number;
	bool failed, any_failed;
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void die(const char *what) __attribute__((noreturn));
static void die(const char *what)
{
	printf("Bail out! workerdrive: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* A failure of the running test; later lines of it are skipped. */
static void fail(struct drive *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void fail(struct drive *d, const char *fmt, ...)
{
	va_list ap;

	d->failed = true;
	printf("# ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void end_test(struct drive *d)
{
	if (d->name[0])
		printf("%s %u - %s\n", d->failed ? "not ok" : "ok", ++d->number, d->name);
	fflush(stdout);
	d->any_failed |= d->failed;
	d->failed = false;
	d->name[0] = 0;
}

/* In a child: nothing to read, and what it prints is no TAP. By descriptor: freopen would put our own
 * place in a script that is a file back to what stdio has used of it. */
static void detach_stdio(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(126);
	if (null > STDERR_FILENO)
		close(null);
}

/* --- the worker ---------------------------------------------------------------------------- */

static void be_worker(struct drive *d, int fd) __attribute__((noreturn));
static void be_worker(struct drive *d, int fd)
{
	int log = d->log ? open(d->log, O_WRONLY | O_CREAT | O_APPEND, 0644) : STDERR_FILENO;

	if (log < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(126);
	if (fd == WORKER_FD)
		fcntl(fd, F_SETFD, 0);
	else if (dup2(fd, WORKER_FD) < 0)
		_exit(126);
	detach_stdio();
	/* what the test script has open, such as prove's pipe, is none of the worker's business */
	for (int other = WORKER_FD + 1; other < 64; other++)
		close(other);
	/* a worker forbids tracing, without which no leak can be looked for */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
	execv(d->argv[0], d->argv);
	fprintf(stderr, "cannot run %s: %s\n", d->argv[0], strerror(errno));
	_exit(127);
}

static void start_worker(struct drive *d)
{
	char pid[16];
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		die("socketpair");
	fflush(stdout);
	d->pid = fork();
	if (d->pid < 0)
		die("fork");
	if (d->pid == 0)
		be_worker(d, pair[1]);
	close(pair[1]);
	d->fd = pair[0];
	d->len = 0;
	snprintf(pid, sizeof pid, "%d", (int)d->pid);
	setenv("WORKER_PID", pid, 1);
}

static void hang_up(struct drive *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

static void expect_exit(struct drive *d, int want)
{
	int64_t until = now_ms() + d->deadline_ms;
	struct timespec tick = { 0, 5000000 };
	int status;
	pid_t got;

	if (!d->pid) {
		fail(d, "the worker does not run");
		return;
	}
	while ((got = waitpid(d->pid, &status, WNOHANG)) == 0 && now_ms() < until)
		nanosleep(&tick, NULL);
	if (got == 0) {
		fail(d, "the worker still runs after %ld ms", d->deadline_ms);
		return;
	}
	d->pid = 0;
	hang_up(d);
	if (WIFSIGNALED(status) && 128 + WTERMSIG(status) != want)
		fail(d, "the worker was ended by signal %d", WTERMSIG(status));
	else if (!WIFSIGNALED(status) && WEXITSTATUS(status) != want)
		fail(d, "the worker ended with status %d, not %d", WEXITSTATUS(status), want);
}

/* --- lines ----------------------------------------------------------------------------------- */

static void send_line(struct drive *d, const char *line)
{
	char text[2 * MSG_LINE_MAX + 2];	/* a test may want to say too much */
	int n = snprintf(text, sizeof text, "%s\n", line);

	if (send(d->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		fail(d, "cannot send: %s", strerror(errno));
}

/* Returns 1 and a line, 0 if none came until then, -1 if the worker hung up. */
static int any_line(struct drive *d, int64_t until, char *line, size_t size)
{
	char *nl;

	while (!(nl = memchr(d->in, '\n', d->len))) {
		struct pollfd p = { d->fd, POLLIN, 0 };
		int64_t left = until - now_ms();
		ssize_t n;

		if (d->fd < 0)
			return -1;
		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			return 0;
		n = recv(d->fd, d->in + d->len, sizeof d->in - d->len, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return -1;
		d->len += n > 0 ? (size_t)n : 0;
	}
	*nl++ = 0;
	snprintf(line, size, "%s", d->in);
	d->len -= (size_t)(nl - d->in);
	memmove(d->in, nl, d->len);
	return 1;
}

/* Does one word of an expectation hold? */
static bool word_holds(const struct msg *m, const char *word)
{
	size_t n = strcspn(word, "=~");
	char key[64];
	const char *value;

	if (word[0] == '!')
		return !msg_get(m, word + 1);
	snprintf(key, sizeof key, "%.*s", (int)n, word);
	value = msg_get(m, key);
	if (!value || !word[n])
		return value;
	return word[n] == '=' ? strcmp(value, word + n + 1) == 0 : fnmatch(word + n + 1, value, 0) == 0;
}

static bool is_ignored(const struct drive *d, const char *line)
{
	size_t n = strlen(d->ignored);

	if (strcmp(line, "alive") == 0)	/* a sign of life comes when it comes */
		return true;
	return n > 0 && strncmp(line, d->ignored, n) == 0 && (line[n] == ' ' || line[n] == 0);
}

/* The same within MS, of the lines that count. */
static int next_line(struct drive *d, long ms, char *line, size_t size)
{
	int64_t until = now_ms() + ms;
	int rc;

	do
		rc = any_line(d, until, line, size);
	while (rc > 0 && is_ignored(d, line));
	return rc;
}

static void expect_line(struct drive *d, char *expectation)
{
	char line[MSG_LINE_MAX], *save, *word;
	int rc = next_line(d, d->deadline_ms, line, sizeof line);
	struct msg m;
	const char *why;

	if (rc <= 0) {
		fail(d, rc < 0 ? "the worker hung up instead of: %s" : "not in time: %s", expectation);
		return;
	}
	if (msg_parse(&m, line, strlen(line), &why) < 0) {
		fail(d, "malformed (%s): %s", why, line);
		return;
	}
	word = strtok_r(expectation, " ", &save);
	if (!word || strcmp(word, m.verb) != 0)
		fail(d, "expected %s, got: %s", word, line);
	while (!d->failed && (word = strtok_r(NULL, " ", &save)))
		if (!word_holds(&m, word))
			fail(d, "expected %s, got: %s", word, line);
}

static void expect_quiet(struct drive *d, long ms)
{
	char line[MSG_LINE_MAX];
	int rc = next_line(d, ms, line, sizeof line);

	if (rc != 0)
		fail(d, "expected nothing, got: %s", rc < 0 ? "a hang-up" : line);
}

static void run_command(struct drive *d, const char *command)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		detach_stdio();
		alarm((unsigned)(d->deadline_ms / 1000 + 1));
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		fail(d, "%s: %s", strsignal(WTERMSIG(status)), command);
	else if (WEXITSTATUS(status) != 0)
		fail(d, "status %d: %s", WEXITSTATUS(status), command);
}

/* --- the script -------------------------------------------------------------------------------- */

static bool starts(char *line, const char *word, char **rest)
{
	size_t n = strlen(word);

	if (strncmp(line, word, n) != 0 || (line[n] && line[n] != ' '))
		return false;
	*rest = line + n + (line[n] == ' ');
	return true;
}

static void obey(struct drive *d, char *line)
{
	char *rest;

	if (starts(line, "test", &rest)) {
		end_test(d);
		snprintf(d->name, sizeof d->name, "%s", rest);
	} else if (d->failed) {
		return;
	} else if (starts(line, ">", &rest)) {
		send_line(d, rest);
	} else if (starts(line, "<", &rest)) {
		expect_line(d, rest);
	} else if (starts(line, "$", &rest)) {
		run_command(d, rest);
	} else if (starts(line, "deadline", &rest)) {
		d->deadline_ms = atol(rest);
	} else if (starts(line, "quiet", &rest)) {
		expect_quiet(d, atol(rest));
	} else if (starts(line, "ignore", &rest)) {
		snprintf(d->ignored, sizeof d->ignored, "%s", rest);
	} else if (starts(line, "end", &rest)) {
		hang_up(d);
		expect_exit(d, atoi(rest));
	} else if (starts(line, "exits", &rest)) {
		expect_exit(d, atoi(rest));
	} else if (starts(line, "start", &rest)) {
		start_worker(d);
	} else {
		errno = EINVAL;
		die(line);
	}
}

int main(int argc, char **argv)
{
	struct drive d = { .fd = -1, .deadline_ms = 10000 };
	static char line[2 * MSG_LINE_MAX];
	int skip = 1;

	if (argc > 3 && strcmp(argv[1], "--log") == 0) {
		d.log = argv[2];
		skip = 3;
	}
	if (argc <= skip) {
		fputs("usage: workerdrive [--log FILE] PROGRAM [ARGUMENT...] <script\n", stderr);
		return 2;
	}
	d.argv = argv + skip;
	start_worker(&d);
	while (fgets(line, sizeof line, stdin)) {
		char *text = line + strspn(line, " \t");

		text[strcspn(text, "\n")] = 0;
		if (*text && *text != '#')
			obey(&d, text);
	}
	end_test(&d);
	hang_up(&d);
	if (d.pid)
		waitpid(d.pid, NULL, 0);
	printf("1..%u\n", d.number);
	return d.any_failed;
}
