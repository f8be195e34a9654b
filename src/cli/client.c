#include "base/clock.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)4 * 1024 * 1024)	/* bytes of a whole answer; the longest is the history */

int cli_fail(struct cli_answer *a, int code, const char *fmt, ...)
{
	static const char *const names[] = { "ok", "refused", "usage", "unreachable", "permission", "no-answer" };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->text, sizeof a->text, fmt, ap);
	va_end(ap);
	a->exit = code;
	a->code = names[code];
	return code;
}

/* ---- connecting ---- */

/* EACCES: which group has to be joined depends on who owns the socket. */
static int fail_permission(const char *path, struct cli_answer *a)
{
	const struct group *g;
	struct stat st;

	if (stat(path, &st) == 0 && (g = getgrgid(st.st_gid)) && g->gr_gid != 0)
		return cli_fail(a, CLI_PERMISSION, "you may not use %s; it is for group %s: sudo usermod -aG %s $USER, then log "
				"in again (or use sudo)", path, g->gr_name, g->gr_name);
	return cli_fail(a, CLI_PERMISSION, "you may not use %s; join the group it is for (oobm, unless the config says "
			"otherwise): sudo usermod -aG oobm $USER, then log in again (or use sudo)", path);
}

static int fail_connect(const char *path, struct cli_answer *a)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return cli_fail(a, CLI_UNREACHABLE, "there is no socket %s: is oobmd running? See: systemctl status oobmd",
				path);
	case ECONNREFUSED:
		return cli_fail(a, CLI_UNREACHABLE, "nobody listens at %s: oobmd has ended. See: systemctl status oobmd, and "
				"journalctl -u oobmd for why", path);
	case EACCES:
	case EPERM:
		return fail_permission(path, a);
	case EAGAIN:
		return cli_fail(a, CLI_NO_ANSWER, "too many wait for the agent at %s already; it hangs. See: journalctl -u "
				"oobmd", path);
	default:
		return cli_fail(a, CLI_UNREACHABLE, "cannot connect to %s: %s", path, strerror(errno));
	}
}

int cli_connect(const char *path, struct cli_answer *a)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof sa.sun_path) {
		cli_fail(a, CLI_USAGE, "the socket's name has more than %zu bytes: %s", sizeof sa.sun_path - 1, path);
		return -1;
	}
	strcpy(sa.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0) {
		cli_fail(a, CLI_UNREACHABLE, "cannot make a socket: %s", strerror(errno));
		return -1;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0) {
		fail_connect(path, a);
		close(fd);
		return -1;
	}
	return fd;
}

/* ---- one exchange ---- */

static int fail_silent(const struct cli *c, struct cli_answer *a)
{
	return cli_fail(a, CLI_NO_ANSWER, "the agent does not answer within %lld s; see: journalctl -u oobmd",
			(long long)((c->timeout + SEC_MS - 1) / SEC_MS));
}

static int fail_over(struct cli_answer *a)
{
	return cli_fail(a, CLI_NO_ANSWER, "the agent hung up before its answer was whole; see: journalctl -u oobmd");
}

/* Waits until FD is ready for EVENTS. Returns 0, or an exit code. */
static int wait_ready(const struct cli *c, int fd, short events, int64_t deadline, struct cli_answer *a)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int64_t left = deadline - clock_mono_ms();
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;

		if (n > 0)
			return CLI_OK;
		if (n == 0)
			return fail_silent(c, a);
		if (errno != EINTR)
			return cli_fail(a, CLI_NO_ANSWER, "poll: %s", strerror(errno));
	}
}

static int send_all(const struct cli *c, int fd, const struct buf *b, struct cli_answer *a)
{
	int64_t deadline = clock_mono_ms() + c->timeout;
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = send(fd, b->data + done, b->len - done, MSG_NOSIGNAL);

		if (n > 0)
			done += (size_t)n;
		else if (errno == EPIPE || errno == ECONNRESET)
			return CLI_OK;	/* its reason may be there to be read */
		else if (errno != EAGAIN && errno != EINTR)
			return cli_fail(a, CLI_NO_ANSWER, "cannot send to the agent: %s", strerror(errno));
		else if (wait_ready(c, fd, POLLOUT, deadline, a) != CLI_OK)
			return a->exit;
	}
	return CLI_OK;
}

struct exchange {
	cli_line *on_line;
	void *arg;
	struct cli_answer *a;
	uint64_t seen;
	bool done;
};

static void take_error(const struct msg *m, struct cli_answer *a)
{
	cli_fail(a, CLI_REFUSED, "%s", msg_get(m, "text"));
	snprintf(a->code_store, sizeof a->code_store, "%s", msg_get(m, "code"));
	a->code = a->code_store;
}

static int take_line(struct exchange *x, const char *line, size_t len)
{
	static struct msg m;
	const char *why = "";
	int rule = -1;

	if (msg_parse(&m, line, len, &why) == 0)
		rule = msg_permit(&m, permit_from_control, FROM_CONTROL_RULES, &x->seen, &why);
	switch (rule) {
	case CONTROL_OK:
		cli_fail(x->a, CLI_OK, "%s", msg_get(&m, "text"));
		snprintf(x->a->by, sizeof x->a->by, "%s", msg_get(&m, "by") ? msg_get(&m, "by") : "");
		x->done = true;
		return CLI_OK;
	case CONTROL_ERROR:
		take_error(&m, x->a);
		x->done = true;
		return CLI_OK;
	case CONTROL_ST:
	case CONTROL_EVENT:
	case CONTROL_TARGET:
	case CONTROL_WAITING:
	case CONTROL_PROGRESS:
		if (x->on_line)
			x->on_line(x->arg, &m, rule);
		return CLI_OK;
	default:
		return cli_fail(x->a, CLI_NO_ANSWER, "the agent's answer makes no sense (%s); do oobm and oobmd have the same "
				"version? See: oobm -V, oobmd -V", why);
	}
}

static int take_lines(struct exchange *x, struct buf *in)
{
	char *nl;

	while (!x->done && in->len > 0 && (nl = memchr(in->data, '\n', in->len))) {
		size_t len = (size_t)(nl - in->data);

		if (take_line(x, in->data, len) != CLI_OK)
			return x->a->exit;
		buf_drop(in, len + 1);
	}
	if (in->len >= MSG_LINE_MAX)
		return cli_fail(x->a, CLI_NO_ANSWER, "the agent's answer has a line without end; is this its socket? See: oobm -V, oobmd -V");
	return CLI_OK;
}

static int read_answer(const struct cli *c, int fd, struct exchange *x, struct buf *in)
{
	int64_t deadline = clock_mono_ms() + c->timeout;
	size_t total = 0;
	char tmp[4096];

	while (!x->done) {
		ssize_t n = read(fd, tmp, sizeof tmp);

		if (n > 0) {
			total += (size_t)n;
			if (total > ANSWER_MAX || buf_add(in, tmp, (size_t)n) < 0)
				return cli_fail(x->a, CLI_NO_ANSWER, "the agent's answer is far too long; do oobm and oobmd have the same version? See: oobm -V, oobmd -V");
			if (take_lines(x, in) != CLI_OK)
				return x->a->exit;
			deadline = clock_mono_ms() + c->timeout;
		} else if (n == 0 || errno == ECONNRESET) {
			return fail_over(x->a);
		} else if (errno == EAGAIN) {
			if (wait_ready(c, fd, POLLIN, deadline, x->a) != CLI_OK)
				return x->a->exit;
		} else if (errno != EINTR) {
			return cli_fail(x->a, CLI_NO_ANSWER, "cannot read from the agent: %s", strerror(errno));
		}
	}
	return x->a->exit;
}

int cli_ask(const struct cli *c, const char *verb, const struct cli_field *fields, cli_line *on_line, void *arg,
	    struct cli_answer *a)
{
	struct exchange x = { .on_line = on_line, .arg = arg, .a = a };
	struct msg_out o;
	struct buf b;
	int fd = cli_connect(c->socket, a);

	if (fd < 0)
		return a->exit;
	buf_init(&b, MSG_LINE_MAX + 4096);
	msg_begin(&o, &b, verb);
	for (; fields && fields->key; fields++)
		msg_str(&o, fields->key, fields->value);
	msg_str(&o, "key", c->key);
	if (msg_end(&o) < 0) {
		cli_fail(a, CLI_USAGE, "that is too long to be asked");
	} else if (send_all(c, fd, &b, a) == CLI_OK) {
		buf_drop(&b, b.len);
		read_answer(c, fd, &x, &b);
	}
	buf_free(&b);
	close(fd);
	return a->exit;
}
