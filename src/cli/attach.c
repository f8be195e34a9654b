#include "cli/attach.h"

#include "base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_MAX ((size_t)1024 * 1024)
#define PREFIX "console."

/* --- which consoles there are ------------------------------------------------------------------ */

/* The directory that the control socket is in. */
static void run_dir(const struct cli *c, char *out, size_t size)
{
	const char *slash = strrchr(c->socket, '/');

	snprintf(out, size, "%.*s", slash ? (int)(slash - c->socket) : 1, slash ? c->socket : ".");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_console(const struct dirent *d)
{
	return strncmp(d->d_name, PREFIX, strlen(PREFIX)) == 0 && d->d_name[strlen(PREFIX)];
}

/* "gw, nas"; returns how many, -1 if that cannot be seen. */
static int list_consoles(const char *dir, char *out, size_t size)
{
	struct dirent **list;
	int n = scandir(dir, &list, is_console, by_name);
	size_t len = 0;

	out[0] = 0;
	for (int i = 0; i < n; i++) {
		if (len < size)
			len += (size_t)snprintf(out + len, size - len, "%s%s", i ? ", " : "", list[i]->d_name + strlen(PREFIX));
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return n;
}

static int fail_unknown(const char *dir, const char *target, struct cli_answer *a)
{
	char names[256];
	int n = list_consoles(dir, names, sizeof names);

	if (n < 0)
		return cli_fail(a, CLI_UNREACHABLE, "there is no directory %s: is oobmd running? See: systemctl status oobmd", dir);
	if (n == 0)
		return cli_fail(a, CLI_UNREACHABLE, "there is no console in %s: is oobmd running, and has the config a target with "
				"one? See: systemctl status oobmd", dir);
	return cli_fail(a, CLI_USAGE, "there is no console of '%.64s'; there are: %s", target, names);
}

static int connect_to(const struct cli *c, const char *target, struct cli_answer *a)
{
	char dir[PATH_MAX / 2], path[PATH_MAX];
	struct stat st;

	run_dir(c, dir, sizeof dir);
	snprintf(path, sizeof path, "%s/" PREFIX "%s", dir, target);
	if (!*target || strchr(target, '/') || (stat(path, &st) < 0 && errno != EACCES)) {
		fail_unknown(dir, target, a);
		return -1;
	}
	return cli_connect(path, a);
}

/* --- frames --------------------------------------------------------------------------------------- */

int attach_over(struct cli_answer *a)
{
	return cli_fail(a, CLI_NO_ANSWER, "the console's worker is gone; it is started anew: try again in a moment, or see: "
			"journalctl -u oobmd");
}

int attach_read(struct attach *t)
{
	char block[16384];
	ssize_t n;

	buf_drop(&t->in, t->used);
	t->used = 0;
	n = recv(t->fd, block, sizeof block, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	return n == 0 || buf_add(&t->in, block, (size_t)n) < 0 ? -1 : 0;
}

static int fail_frame(const char *why, struct cli_answer *a)
{
	cli_fail(a, CLI_NO_ANSWER, "what the console's worker says makes no sense (%s); do oobm and oobmd have the same version? "
		 "See: oobm -V, oobmd -V", why);
	return -1;
}

static int take_line(struct attach *t, const struct frame *f, struct cli_answer *a)
{
	static struct msg m;
	const char *why = "", *code;

	switch (frame_line(f, &m, permit_to_viewer, TO_VIEWER_RULES, &why)) {
	case VIEWER_WELCOME:
		t->writer = strcmp(msg_get(&m, "writer"), "1") == 0;
		snprintf(t->holder, sizeof t->holder, "%s", msg_get(&m, "holder") ? msg_get(&m, "holder") : "");
		snprintf(t->speed, sizeof t->speed, "%s", msg_get(&m, "speed") ? msg_get(&m, "speed") : "");
		return f->type == FRAME_HELLO ? 1 : fail_frame("a welcome in an error", a);
	case VIEWER_ERROR:
		code = msg_get(&m, "code");
		cli_fail(a, strcmp(code, "permission") == 0 ? CLI_PERMISSION : CLI_REFUSED, "%s", msg_get(&m, "text"));
		snprintf(a->code_store, sizeof a->code_store, "%s", code);
		a->code = a->code_store;
		return -1;
	default:
		return fail_frame(why, a);
	}
}

int attach_next(struct attach *t, struct frame *f, struct cli_answer *a)
{
	const char *why = "";
	ssize_t n = 0;

	if (t->in.len > t->used)
		n = frame_take(f, t->in.data + t->used, t->in.len - t->used, FRAME_TO_VIEWER, &why);
	if (n < 0)
		return fail_frame(why, a);
	if (n == 0)
		return 0;
	t->used += (size_t)n;
	return f->type == FRAME_HELLO || f->type == FRAME_ERROR ? take_line(t, f, a) : 1;
}

int attach_write(struct attach *t)
{
	while (t->out.len > 0) {
		ssize_t n = send(t->fd, t->out.data, t->out.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		buf_drop(&t->out, (size_t)n);
	}
	return 0;
}

/* --- hello ------------------------------------------------------------------------------------------ */

static int put_hello(const struct cli *c, struct attach *t, const struct cli_field *fields, struct cli_answer *a)
{
	struct msg_out o;
	struct buf line;
	int rc;

	buf_init(&line, MSG_LINE_MAX);
	msg_begin(&o, &line, "hello");
	for (; fields->key; fields++)
		msg_str(&o, fields->key, fields->value);
	msg_str(&o, "key", c->key);
	rc = msg_end(&o) < 0 || frame_put_line(&t->out, FRAME_HELLO, &line) < 0 ? -1 : 0;
	buf_free(&line);
	return rc < 0 ? cli_fail(a, CLI_USAGE, "that is too long to be asked") : CLI_OK;
}

static int fail_silent(const struct cli *c, const char *target, struct cli_answer *a)
{
	return cli_fail(a, CLI_NO_ANSWER, "the worker of the console of %s does not answer within %lld s; see: journalctl -u oobmd",
			target, (long long)((c->timeout + SEC_MS - 1) / SEC_MS));
}

static int wait_for_welcome(const struct cli *c, const char *target, struct attach *t, struct cli_answer *a)
{
	int64_t deadline = clock_mono_ms() + c->timeout;
	struct frame f;
	int rc;

	while ((rc = attach_next(t, &f, a)) == 0) {
		struct pollfd p = { .fd = t->fd, .events = POLLIN };
		int64_t left = deadline - clock_mono_ms();
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;

		if (n == 0)
			return fail_silent(c, target, a);
		if (n > 0 && attach_read(t) < 0)
			return attach_over(a);
	}
	if (rc < 0)
		return a->exit;
	if (f.type != FRAME_HELLO)
		return fail_frame("no welcome", a) < 0 ? a->exit : CLI_OK;
	return CLI_OK;
}

int attach_open(const struct cli *c, const char *target, const struct cli_field *fields, struct attach *t,
		struct cli_answer *a)
{
	*t = (struct attach){ .fd = connect_to(c, target, a) };
	buf_init(&t->in, (size_t)4 * 16384);
	buf_init(&t->out, OUT_MAX);
	if (t->fd < 0)
		return a->exit;
	if (put_hello(c, t, fields, a) == CLI_OK) {
		attach_write(t);	/* who turns us away has said why, which can still be read */
		wait_for_welcome(c, target, t, a);
	}
	if (a->exit != CLI_OK)
		attach_close(t);
	return a->exit;
}

void attach_close(struct attach *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	buf_free(&t->in);
	buf_free(&t->out);
}
