/* consoledrive - plays the parent to oobm-console for as long as its standard input is open.
 *
 *   consoledrive --socket PATH --said FILE [--log FILE] [--deny FILE] PROGRAM [ARGUMENT...] -- LINE...
 *
 * The worker gets the socket PATH to serve, each LINE as a message, then `start`. What it says is appended to FILE: a
 * line each, values as they are meant (newlines as " | "). A `claim` is granted, unless the file --deny is there: its
 * text is then the error. Lines from the standard input:
 *
 *   send LINE	a message to the worker
 *   kill	ends it with SIGKILL, and starts another
 *
 * FILE also gets "worker PID" for each start, and "exit STATUS" for each end (128 and more: a signal). At the end of the
 * input the worker's channel is closed, and its status is ours. */
#include "ipc/msg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct drive {
	const char *socket, *said, *log, *deny;
	char **program, **lines;
	int listens, fd;
	pid_t pid;
	char in[2 * MSG_LINE_MAX];
	size_t len;
};

static void die(const char *what) __attribute__((noreturn));
static void die(const char *what)
{
	fprintf(stderr, "consoledrive: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void note(const struct drive *d, const char *text)
{
	FILE *f = fopen(d->said, "a");

	if (!f)
		die(d->said);
	for (; *text; text++)
		if (*text == '\n')
			fputs(" | ", f);
		else
			putc(*text, f);
	putc('\n', f);
	fclose(f);
}

static void tell(const struct drive *d, const char *line)
{
	char text[MSG_LINE_MAX + 2];
	int n = snprintf(text, sizeof text, "%s\n", line);

	if (send(d->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		note(d, "the worker does not listen");
}

static void be_worker(const struct drive *d, int fd) __attribute__((noreturn));
static void be_worker(const struct drive *d, int fd)
{
	int log = open(d->log ? d->log : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0644), null = open("/dev/null", O_RDWR);
	int listens = fcntl(d->listens, F_DUPFD, 10);

	fd = fcntl(fd, F_DUPFD, 10);
	if (dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(log, 2) < 0 || dup2(fd, 3) < 0 || dup2(listens, 4) < 0)
		_exit(126);
	for (int other = 5; other < 64; other++)
		close(other);
	setenv("ASAN_OPTIONS", "detect_leaks=0", 0);
	execv(d->program[0], d->program);
	_exit(127);
}

static void start(struct drive *d)
{
	char text[32];
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		die("socketpair");
	d->pid = fork();
	if (d->pid == 0)
		be_worker(d, pair[1]);
	close(pair[1]);
	d->fd = pair[0];
	d->len = 0;
	snprintf(text, sizeof text, "worker %d", (int)d->pid);
	note(d, text);
	for (char **line = d->lines; *line; line++)
		tell(d, *line);
	tell(d, "start");
}

static int reap(struct drive *d)
{
	char text[32];
	int status;

	if (!d->pid || waitpid(d->pid, &status, 0) < 0)
		return 0;
	d->pid = 0;
	status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	snprintf(text, sizeof text, "exit %d", status);
	note(d, text);
	return status;
}

static void answer_claim(const struct drive *d, const char *path)
{
	char text[256] = "", line[MSG_LINE_MAX];
	FILE *f = d->deny ? fopen(d->deny, "r") : NULL;
	struct msg_out o;
	struct buf b;

	if (f) {
		if (!fgets(text, sizeof text, f))
			snprintf(text, sizeof text, "no");
		text[strcspn(text, "\n")] = 0;
		fclose(f);
	}
	buf_init(&b, MSG_LINE_MAX);
	msg_begin(&o, &b, "tty");
	msg_str(&o, "path", path);
	msg_str(&o, "error", f ? text : NULL);
	if (msg_end(&o) == 0) {
		snprintf(line, sizeof line, "%.*s", (int)b.len - 1, b.data);
		tell(d, line);
	}
	buf_free(&b);
}

static void hear(const struct drive *d, const char *line, size_t n)
{
	static struct msg m;
	char text[2 * MSG_LINE_MAX];
	const char *why;
	size_t len;

	if (msg_parse(&m, line, n, &why) < 0) {
		note(d, "malformed");
		return;
	}
	len = (size_t)snprintf(text, sizeof text, "%s", m.verb);
	for (size_t i = 0; i < m.nfields; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, " %s=%s", m.field[i].key, m.field[i].value);
	if (strcmp(m.verb, "claim") == 0)
		answer_claim(d, msg_get(&m, "path"));
	if (strcmp(m.verb, "alive") != 0)
		note(d, text);
}

static void read_worker(struct drive *d)
{
	ssize_t n = recv(d->fd, d->in + d->len, sizeof d->in - d->len, 0);
	char *nl;

	if (n <= 0) {
		close(d->fd);
		d->fd = -1;
		reap(d);
		return;
	}
	d->len += (size_t)n;
	while ((nl = memchr(d->in, '\n', d->len))) {
		size_t used = (size_t)(nl - d->in) + 1;

		hear(d, d->in, used - 1);
		d->len -= used;
		memmove(d->in, d->in + used, d->len);
	}
}

/* Returns whether to go on. */
static bool obey(struct drive *d, const char *line)
{
	if (strncmp(line, "send ", 5) == 0) {
		tell(d, line + 5);
	} else if (strcmp(line, "kill") == 0) {
		if (d->pid)
			kill(d->pid, SIGKILL);
		reap(d);
		if (d->fd >= 0)
			close(d->fd);
		start(d);
	}
	return strcmp(line, "end") != 0;
}

static void serve(struct drive *d)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	if (strlen(d->socket) >= sizeof sa.sun_path) {
		errno = ENAMETOOLONG;
		die(d->socket);
	}
	strcpy(sa.sun_path, d->socket);
	d->listens = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (d->listens < 0 || bind(d->listens, (struct sockaddr *)&sa, sizeof sa) < 0 || listen(d->listens, 16) < 0)
		die(d->socket);
}

static void take_arguments(struct drive *d, char **argv)
{
	for (argv++; *argv && strncmp(*argv, "--", 2) == 0 && argv[1]; argv += 2) {
		if (strcmp(*argv, "--socket") == 0)
			d->socket = argv[1];
		else if (strcmp(*argv, "--said") == 0)
			d->said = argv[1];
		else if (strcmp(*argv, "--log") == 0)
			d->log = argv[1];
		else if (strcmp(*argv, "--deny") == 0)
			d->deny = argv[1];
	}
	d->program = argv;
	while (*argv && strcmp(*argv, "--") != 0)
		argv++;
	if (!d->socket || !d->said || !*d->program || !*argv) {
		fputs("usage: consoledrive --socket PATH --said FILE [--log FILE] [--deny FILE] PROGRAM... -- LINE...\n", stderr);
		exit(2);
	}
	*argv = NULL;
	d->lines = argv + 1;
}

int main(int argc, char **argv)
{
	static char line[MSG_LINE_MAX];
	struct drive d = { .fd = -1 };
	size_t len = 0;
	char c;

	(void)argc;
	take_arguments(&d, argv);
	serve(&d);
	start(&d);
	for (;;) {
		struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = d.fd, .events = POLLIN } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			die("poll");
		if (p[1].revents)
			read_worker(&d);
		if (!p[0].revents)
			continue;
		if (read(STDIN_FILENO, &c, 1) != 1)
			break;
		if (c == '\n') {
			line[len] = 0;
			len = 0;
			if (!obey(&d, line))
				break;
		} else if (len < sizeof line - 1) {
			line[len++] = c;
		}
	}
	if (d.fd >= 0)
		shutdown(d.fd, SHUT_WR);
	while (d.fd >= 0)
		read_worker(&d);
	return reap(&d);
}
