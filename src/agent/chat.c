#include "agent/chat.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/at.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_MAX 600
#define INFO_MAX ((size_t)64 * 1024)
#define QUEUE_MAX 64
#define SYNC_MS (1 * SEC_MS)
/* After a time-out the late answer of the old command must not be taken for the next one's. */
#define QUIET_MS INT64_C(300)
/* A modem that is never silent is talked to all the same. */
#define QUIET_MAX_MS (3 * SEC_MS)
#define RESYNC_TRIES 3
#define ESC "\x1b"
#define CTRL_Z "\x1a"

enum kind { PLAIN, WITH_PDU, SYNC };

struct command {
	struct command *next;
	enum kind kind;
	char text[COMMAND_MAX];
	char *pdu;
	bool given;		/* the PDU, after its prompt */
	int64_t timeout;
	unsigned tries;		/* SYNC: left */
	chat_cb *cb;
	void *arg;
};

struct chat {
	struct loop *loop;
	struct serial *port;
	const struct chat_ops *ops;
	void *arg;
	struct watch *watch;
	struct timer *timer;	/* the running command's deadline, or the quiet time after a sync */
	struct timer *kick;	/* starts the next command from the loop */
	struct at *at;
	struct buf out, info;
	struct command *head, *tail;
	size_t queued;
	bool running;		/* head was sent */
	bool quiet;		/* a sync was answered; waiting for silence */
	int64_t quiet_end;	/* ... but no longer than this */
	bool overrun;		/* more commands were wanted than can wait: the port is given up */
	bool data;		/* the port is in data mode */
	bool gone, freed;
	int busy;
};

static void chat_destroy(struct chat *c)
{
	while (c->head) {
		struct command *next = c->head->next;

		free(c->head->pdu);
		free(c->head);
		c->head = next;
	}
	watch_free(c->watch);
	timer_free(c->timer);
	timer_free(c->kick);
	at_free(c->at);
	buf_free(&c->out);
	buf_free(&c->info);
	free(c);
}

static void enter(struct chat *c)
{
	c->busy++;
}

static void leave(struct chat *c)
{
	if (--c->busy == 0 && c->freed)
		chat_destroy(c);
}

/* --- out ------------------------------------------------------------------------------------------------ */

static void flush_out(struct chat *c);

static void chat_gone(struct chat *c, const char *why);

static void put(struct chat *c, const char *bytes)
{
	if (buf_add(&c->out, bytes, strlen(bytes)) < 0)
		log_error("the port takes nothing more; a command is lost");
	flush_out(c);
}

static void flush_out(struct chat *c)
{
	while (c->out.len > 0) {
		ssize_t n = serial_write(c->port, c->out.data, c->out.len);

		if (n < 0) {
			chat_gone(c, "the port is gone");
			return;
		}
		if (n == 0)
			break;
		wipe(c->out.data, (size_t)n);
		buf_drop(&c->out, (size_t)n);
	}
	watch_want(c->watch, (c->data ? 0 : LOOP_READ) | (c->out.len ? LOOP_WRITE : 0));
}

/* What may be shown of a command: a PIN may not. */
static const char *shown(const char *text)
{
	if (strncmp(text, "AT+CPIN=", 8) == 0)
		return "AT+CPIN=***";
	return text;
}

static void start_next(struct chat *c)
{
	struct command *q = c->head;

	if (!q || c->running || c->data || c->gone || c->quiet)
		return;
	c->running = true;
	c->info.len = 0;
	log_debug("-> %s", shown(q->text));
	at_command(c->at, q->text);
	timer_set(c->timer, q->kind == SYNC ? SYNC_MS : q->timeout);
	if (q->kind == SYNC)
		put(c, ESC);
	if (!c->gone)
		put(c, q->text);
	if (!c->gone)
		put(c, "\r");
}

static void on_kick(void *arg)
{
	struct chat *c = arg;

	enter(c);
	if (c->overrun)
		chat_gone(c, "too many commands waited for the modem");
	else
		start_next(c);
	leave(c);
}

/* --- answers ---------------------------------------------------------------------------------------------- */

static void answer(struct chat *c, enum chat_end end, const char *text, int code)
{
	struct command *q = c->head;
	struct chat_result r = { .end = end, .text = text, .code = code, .info = "" };

	if (!q)
		return;
	r.unsure = q->given && end != CHAT_OK && end != CHAT_ERROR;
	if (c->info.len > 0 && buf_add(&c->info, "", 1) == 0)
		r.info = c->info.data;
	c->head = q->next;
	if (!c->head)
		c->tail = NULL;
	c->queued--;
	c->running = false;
	if (!c->quiet)
		timer_stop(c->timer);
	at_command(c->at, NULL);
	if (q->cb)
		q->cb(q->arg, &r);
	free(q->pdu);
	free(q);
	c->info.len = 0;
	if (!c->freed)
		timer_set(c->kick, 0);
}

static void cancel_all(struct chat *c, enum chat_end end, const char *text)
{
	/* what a callback queues anew is not for us */
	size_t n = c->queued;

	while (n-- > 0 && c->head && !c->freed)
		answer(c, end, text, -1);
}

static void chat_gone(struct chat *c, const char *why)
{
	if (c->gone)
		return;
	c->gone = true;
	watch_want(c->watch, 0);
	timer_stop(c->timer);
	c->quiet = false;
	enter(c);
	cancel_all(c, CHAT_GONE, why);
	if (!c->freed)
		c->ops->on_gone(c->arg, why);
	leave(c);
}

static struct command *new_command(struct chat *c, enum kind kind, int64_t timeout, chat_cb *cb, void *arg)
{
	struct command *q = calloc(1, sizeof *q);

	if (!q) {
		log_error("out of memory");
		exit(1);
	}
	q->kind = kind;
	q->timeout = timeout;
	q->cb = cb;
	q->arg = arg;
	(void)c;
	return q;
}

/* Puts a sync before all others, so that nothing is sent into the answer of a command that timed out. */
static void resync_first(struct chat *c)
{
	struct command *q = new_command(c, SYNC, SYNC_MS, NULL, NULL);

	snprintf(q->text, sizeof q->text, "AT");
	q->tries = RESYNC_TRIES;
	q->next = c->head;
	c->head = q;
	if (!c->tail)
		c->tail = q;
	c->queued++;
}

static void sync_timeout(struct chat *c)
{
	struct command *q = c->head;

	if (q->tries > 1) {
		q->tries--;
		c->running = false;
		start_next(c);
		return;
	}
	if (q->cb)
		answer(c, CHAT_TIMEOUT, "the modem does not answer", -1);
	else
		chat_gone(c, "the modem does not answer");
}

static void on_timer(void *arg)
{
	struct chat *c = arg;

	enter(c);
	if (c->quiet) {
		c->quiet = false;
		at_reset(c->at);
		answer(c, CHAT_OK, "OK", -1);
	} else if (c->running && c->head && c->head->kind == SYNC) {
		sync_timeout(c);
	} else if (c->running) {
		log_warn("no answer to %s", shown(c->head->text));
		answer(c, CHAT_TIMEOUT, "no answer", -1);
		if (!c->gone && !c->freed && !c->running)
			resync_first(c);
	}
	leave(c);
}

static void take_prompt(struct chat *c)
{
	struct command *q = c->head;

	if (!c->running || !q || q->kind != WITH_PDU) {
		put(c, ESC);	/* nobody asked: leave it, or every command becomes text */
		return;
	}
	q->given = true;
	put(c, q->pdu);
	if (!c->gone)
		put(c, CTRL_Z);
}

static void take_error(struct chat *c, const struct at_line *l)
{
	char text[160];

	if (l->code >= 0)
		snprintf(text, sizeof text, "%.*s (%s)", (int)l->len, l->text, at_error_text(l->cms, l->code));
	else
		snprintf(text, sizeof text, "%.*s", (int)l->len, l->text);
	answer(c, CHAT_ERROR, text, l->code);
}

static void take_final(struct chat *c, const struct at_line *l)
{
	char text[160];

	if (!c->running)
		return;		/* late */
	if (c->head->kind == SYNC) {
		/* more may come, of what we interrupted */
		c->quiet = true;
		c->quiet_end = clock_mono_ms() + QUIET_MAX_MS;
		timer_set(c->timer, QUIET_MS);
		return;
	}
	snprintf(text, sizeof text, "%.*s", (int)l->len, l->text);
	log_debug("<- %s", text);
	switch (l->kind) {
	case AT_OK:
		answer(c, CHAT_OK, text, -1);
		break;
	case AT_CONNECT:
		c->data = true;
		watch_want(c->watch, 0);
		answer(c, CHAT_CONNECT, text, -1);
		break;
	case AT_NO_CARRIER:
		answer(c, CHAT_NO_CARRIER, text, -1);
		break;
	default:
		take_error(c, l);
		break;
	}
}

static void take(struct chat *c, const struct at_line *l)
{
	char urc[AT_LINE_MAX + 1];

	switch (l->kind) {
	case AT_NONE:
		break;
	case AT_INFO:
		if (c->info.len > 0)
			buf_add(&c->info, "\n", 1);
		buf_add(&c->info, l->text, l->len);
		break;
	case AT_URC:
		snprintf(urc, sizeof urc, "%.*s", (int)l->len, l->text);
		c->ops->on_urc(c->arg, urc);
		break;
	case AT_PROMPT:
		take_prompt(c);
		break;
	default:
		take_final(c, l);
		break;
	}
}

static void do_read(struct chat *c)
{
	char tmp[2048];
	ssize_t n = serial_read(c->port, tmp, sizeof tmp);
	struct at_line l;

	if (n < 0) {
		chat_gone(c, "the port is gone (unplugged?)");
		return;
	}
	if (n == 0)
		return;
	if (c->quiet && clock_mono_ms() + QUIET_MS < c->quiet_end)
		timer_set(c->timer, QUIET_MS);
	at_feed(c->at, tmp, (size_t)n);
	while (!c->freed && !c->gone && !c->data && (l = at_next(c->at)).kind != AT_NONE)
		take(c, &l);
}

static void on_ready(void *arg, int ready)
{
	struct chat *c = arg;

	enter(c);
	if (ready & LOOP_READ && !c->gone && !c->data)
		do_read(c);
	if (ready & LOOP_WRITE && !c->gone && !c->freed)
		flush_out(c);
	leave(c);
}

/* --- the interface ------------------------------------------------------------------------------------------ */

struct chat *chat_new(struct loop *l, struct serial *port, const struct chat_ops *ops, void *arg)
{
	struct chat *c = calloc(1, sizeof *c);

	if (!c || !(c->at = at_new())) {
		log_error("out of memory");
		exit(1);
	}
	c->loop = l;
	c->port = port;
	c->ops = ops;
	c->arg = arg;
	buf_init(&c->out, 8192);
	buf_init(&c->info, INFO_MAX);
	c->timer = timer_new(l, on_timer, c);
	c->kick = timer_new(l, on_kick, c);
	c->watch = watch_new(l, serial_fd(port), LOOP_READ, on_ready, c);
	return c;
}

void chat_free(struct chat *c)
{
	if (!c || c->freed)
		return;
	c->freed = c->gone = true;
	watch_want(c->watch, 0);
	timer_stop(c->timer);
	timer_stop(c->kick);
	if (!c->busy)
		chat_destroy(c);
}

static void append(struct chat *c, struct command *q)
{
	if (c->gone || c->queued >= QUEUE_MAX) {
		struct chat_result r = { .end = CHAT_GONE, .text = "the port is gone", .code = -1, .info = "" };

		/* not from here: the caller may want to queue more */
		if (!c->gone) {
			c->overrun = true;
			timer_set(c->kick, 0);
		}
		if (q->cb)
			q->cb(q->arg, &r);
		free(q->pdu);
		free(q);
		return;
	}
	if (c->tail)
		c->tail->next = q;
	else
		c->head = q;
	c->tail = q;
	c->queued++;
	timer_set(c->kick, 0);
}

void chat_command(struct chat *c, int64_t timeout_ms, chat_cb *cb, void *arg, const char *fmt, ...)
{
	struct command *q = new_command(c, PLAIN, timeout_ms, cb, arg);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(q->text, sizeof q->text, fmt, ap);
	va_end(ap);
	append(c, q);
}

void chat_send_pdu(struct chat *c, int64_t timeout_ms, chat_cb *cb, void *arg, unsigned octets,
		   const char *hex)
{
	struct command *q = new_command(c, WITH_PDU, timeout_ms, cb, arg);

	snprintf(q->text, sizeof q->text, "AT+CMGS=%u", octets);
	q->pdu = strdup(hex);
	if (!q->pdu) {
		log_error("out of memory");
		exit(1);
	}
	append(c, q);
}

void chat_sync(struct chat *c, unsigned tries, chat_cb *cb, void *arg)
{
	struct command *q = new_command(c, SYNC, SYNC_MS, cb, arg);

	snprintf(q->text, sizeof q->text, "AT");
	q->tries = tries ? tries : 1;
	append(c, q);
}

void chat_cancel(struct chat *c)
{
	bool was_running = c->running;

	enter(c);
	c->quiet = false;
	if (was_running && !c->gone)
		put(c, "\r");
	cancel_all(c, CHAT_CANCELLED, "cancelled");
	if (was_running && !c->gone && !c->freed)
		resync_first(c);
	leave(c);
}

void chat_resume(struct chat *c)
{
	c->data = false;
	at_reset(c->at);
	watch_want(c->watch, LOOP_READ | (c->out.len ? LOOP_WRITE : 0));
	timer_set(c->kick, 0);
}

bool chat_idle(const struct chat *c)
{
	return !c->head && !c->data;
}

bool chat_has_room(const struct chat *c)
{
	return c->queued < QUEUE_MAX / 2;
}
