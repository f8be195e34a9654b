#include "config.h"

#include "ctl.h"

#include "events.h"

#include "ipc/msg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct asker {
	struct asker *next;
	struct ctl *ctl;
	int fd;
	struct watch *watch;
	struct timer *timer;
	struct buf in, out;
	bool done;
	struct asker_wait wait;
};

struct ctl {
	struct loop *loop;
	const struct ctl_verb *table;
	size_t n;
	void *self;
	int fd;
	struct watch *watch;
	struct asker *askers;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

const struct asker_wait *ctl_waits(const struct asker *a)
{
	return &a->wait;
}

void *ctl_self(const struct asker *a)
{
	return a->ctl->self;
}

static void asker_free(struct asker *a)
{
	struct asker **p = &a->ctl->askers;

	while (*p != a)
		p = &(*p)->next;
	*p = a->next;
	watch_free(a->watch);
	timer_free(a->timer);
	buf_free(&a->in);
	buf_free(&a->out);
	close(a->fd);
	free(a);
}

/* --- answers --------------------------------------------------------------------------- */

static void look(struct asker *a)
{
	ssize_t n = a->out.len ? write(a->fd, a->out.data, a->out.len) : 0;

	if (n > 0)
		buf_drop(&a->out, (size_t)n);
	watch_want(a->watch, LOOP_READ | (a->out.len ? LOOP_WRITE : 0));
}

static void add(struct asker *a, const char *prefix, const char *text)
{
	buf_addf(&a->out, "%s", prefix);
	for (; *text; text++)
		if (buf_add(&a->out, text, 1) == 0 && *text == '\n')
			buf_add(&a->out, "-", 1);
	buf_add(&a->out, "\n", 1);
	look(a);
}

void ctl_say(struct asker *a, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	add(a, "-", text);
}

void ctl_done(struct asker *a, int code, const char *fmt, ...)
{
	char text[512], prefix[16];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(prefix, sizeof prefix, "=%d ", code);
	add(a, prefix, text);
	a->wait.check = NULL;
	timer_stop(a->timer);
	a->done = true;
}

void ctl_wait(struct asker *a, int64_t seconds, bool (*check)(struct asker *a), int64_t count, int64_t from, const char *text)
{
	a->wait = (struct asker_wait){ .check = check, .count = count, .from = from };
	snprintf(a->wait.text, sizeof a->wait.text, "%s", text);
	timer_set(a->timer, seconds * 1000);
	if (check(a))
		a->wait.check = NULL;
}

static void on_timeout(void *arg)
{
	ctl_done(arg, 1, "not seen in time");
}

static void on_any_event(void *arg)
{
	struct ctl *c = arg;

	for (struct asker *a = c->askers; a; a = a->next)
		if (a->wait.check && a->wait.check(a))
			a->wait.check = NULL;
}

/* --- arguments ------------------------------------------------------------------------- */

static void take(struct request *r, unsigned i)
{
	memmove(&r->arg[i], &r->arg[i + 1], (r->n - i - 1) * sizeof r->arg[0]);
	r->n--;
}

bool ctl_option(struct request *r, const char *name)
{
	for (unsigned i = 0; i < r->n; i++)
		if (!strcmp(r->arg[i], name)) {
			take(r, i);
			return true;
		}
	return false;
}

const char *ctl_option_value(struct request *r, const char *name)
{
	for (unsigned i = 0; i + 1 < r->n; i++)
		if (!strcmp(r->arg[i], name)) {
			const char *value = r->arg[i + 1];

			take(r, i);
			take(r, i);
			return value;
		}
	return NULL;
}

bool ctl_number(const char *text, int64_t lo, int64_t hi, int64_t *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return *text && !*end && *out >= lo && *out <= hi;
}

/* --- events ---------------------------------------------------------------------------- */

static bool event_seen(struct asker *a)
{
	const struct asker_wait *w = ctl_waits(a);
	const char *line;
	int64_t at = event_find(w->from, w->text, &line);

	if (at < 0)
		return false;
	ctl_say(a, "%s", line);
	ctl_done(a, 0, "%s", "");
	return true;
}

static void ask_mark(struct request *r)
{
	ctl_say(r->asker, "%lld", (long long)event_next());
	ctl_done(r->asker, 0, "%s", "");
}

static void ask_wait(struct request *r)
{
	const char *since = ctl_option_value(r, "--since");
	int64_t from = 0, seconds;

	if (r->n != 2 || !ctl_number(r->arg[1], 0, 1000000, &seconds) || (since && !ctl_number(since, 0, INT64_MAX, &from)))
		ctl_done(r->asker, 2, "wait TEXT SECONDS [--since MARK]");
	else
		ctl_wait(r->asker, seconds, event_seen, 0, from, r->arg[0]);
}

static const struct ctl_verb own_verbs[] = { { "mark", ask_mark }, { "wait", ask_wait } };

/* --- requests -------------------------------------------------------------------------- */

static bool run_from(const struct ctl_verb *table, size_t n, struct request *r)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(table[i].verb, r->verb)) {
			table[i].run(r);
			return true;
		}
	return false;
}

static void on_request(struct asker *a, const char *line, size_t n)
{
	static struct msg m;
	struct request r = { .self = a->ctl->self, .asker = a };
	const char *why = NULL;
	char key[16];

	if (msg_parse(&m, line, n, &why) < 0) {
		ctl_done(a, 2, "bad request: %s", why);
		return;
	}
	r.verb = m.verb;
	for (; r.n < ASKER_ARGS; r.n++) {
		snprintf(key, sizeof key, "a%u", r.n);
		r.arg[r.n] = msg_get(&m, key);
		if (!r.arg[r.n])
			break;
	}
	if (!run_from(a->ctl->table, a->ctl->n, &r) && !run_from(own_verbs, sizeof own_verbs / sizeof *own_verbs, &r))
		ctl_done(a, 2, "no command '%s'", r.verb);
}

static void on_ready(void *arg, int ready)
{
	struct asker *a = arg;
	char bytes[4096], *end;
	ssize_t n;

	if (ready & LOOP_READ) {
		n = read(a->fd, bytes, sizeof bytes);
		if (n == 0 || (n < 0 && errno != EAGAIN) ||
		    (n > 0 && buf_add(&a->in, bytes, (size_t)n) < 0)) {
			asker_free(a);
			return;
		}
		end = a->in.len ? memchr(a->in.data, '\n', a->in.len) : NULL;
		if (end && !a->done && !a->wait.check)
			on_request(a, a->in.data, (size_t)(end - a->in.data));
	}
	look(a);
}

static void on_connect(void *arg, int ready)
{
	struct ctl *c = arg;
	struct asker *a = calloc(1, sizeof *a);
	int fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)ready;
	if (fd < 0 || !a) {
		if (fd >= 0)
			close(fd);
		free(a);
		return;
	}
	a->ctl = c;
	a->fd = fd;
	buf_init(&a->in, MSG_LINE_MAX);
	buf_init(&a->out, 4 << 20);
	a->timer = timer_new(c->loop, on_timeout, a);
	a->next = c->askers;
	c->askers = a;
	a->watch = watch_new(c->loop, fd, LOOP_READ, on_ready, a);
}

struct ctl *ctl_new(struct loop *l, const char *path, const struct ctl_verb *table, size_t n, void *self, struct err *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct ctl *c = calloc(1, sizeof *c);

	if (!c || strlen(path) >= sizeof address.sun_path) {
		err_set(e, "%s: the path of a socket has at most %zu bytes", path, sizeof address.sun_path - 1);
		free(c);
		return NULL;
	}
	strcpy(address.sun_path, path);
	strcpy(c->path, path);
	c->loop = l;
	c->table = table;
	c->n = n;
	c->self = self;
	unlink(path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(c->fd, 16) < 0) {
		err_sys(e, "%s: no control socket", path);
		if (c->fd >= 0)
			close(c->fd);
		free(c);
		return NULL;
	}
	c->watch = watch_new(l, c->fd, LOOP_READ, on_connect, c);
	events_listen(on_any_event, c);
	return c;
}

void ctl_free(struct ctl *c)
{
	if (!c)
		return;
	events_listen(NULL, NULL);
	while (c->askers)
		asker_free(c->askers);
	watch_free(c->watch);
	close(c->fd);
	unlink(c->path);
	free(c);
}
