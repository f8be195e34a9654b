#include "console/port.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "console/intake.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DELAY_FIRST_MS INT64_C(250)
#define DELAY_MAX_MS INT64_C(5000)
#define STEADY_MS INT64_C(2000)		/* one that was open so long is looked for again as if for the first time */
#define CLAIM_MS INT64_C(10000)
#define BREAK_MS INT64_C(300)
#define DRAIN_MS INT64_C(10)		/* how often to look whether all is on the wire */
#define DRAIN_MAX_MS INT64_C(2000)
#define STUCK_MS INT64_C(10000)		/* a line that has not taken anything for so long does not want it */

struct port {
	struct loop *loop;
	struct port_config config;
	char *device, *usb;
	const struct port_ops *ops;
	void *arg;
	char line[16];
	char path[SERIAL_PATH_MAX];	/* claimed, or being claimed; "" otherwise */
	struct timer *retry;		/* the next try; while claiming, the deadline */
	bool claiming;
	int64_t delay, opened;
	/* while it is open */
	struct serial *serial;
	struct intake *intake;
	struct watch *watch;		/* for writing */
	/* going out */
	struct buf out;
	uint64_t out_at;		/* number of the first byte that is in OUT */
	uint64_t breaks[PORT_BREAKS_MAX];	/* before the byte of this number */
	size_t nbreaks;
	enum { LINE_DATA, LINE_DRAINS, LINE_BREAKS } phase;
	struct timer *step;		/* of a BREAK; while data goes out, the deadline */
	int64_t since;
	bool was_full;
};

static void search(void *arg);
static void send_on(struct port *p);

/* --- losing and finding ------------------------------------------------------------------ */

static void again_later(struct port *p)
{
	p->claiming = false;
	timer_set(p->retry, p->delay);
	p->delay = p->delay * 2 < DELAY_MAX_MS ? p->delay * 2 : DELAY_MAX_MS;
}

static void forget_output(struct port *p)
{
	p->out_at += p->out.len;
	buf_drop(&p->out, p->out.len);
	p->nbreaks = 0;
	p->phase = LINE_DATA;
	timer_stop(p->step);
	if (p->was_full) {
		p->was_full = false;
		p->ops->on_room(p->arg);
	}
}

static void close_port(struct port *p)
{
	intake_free(p->intake);
	watch_free(p->watch);
	if (p->serial && p->phase == LINE_BREAKS)
		serial_set_break(p->serial, false);
	serial_close(p->serial);
	p->intake = NULL;
	p->watch = NULL;
	p->serial = NULL;
	if (p->path[0])
		p->ops->release(p->arg, p->path);
	p->path[0] = 0;
	forget_output(p);
}

static void on_gone(void *arg)
{
	struct port *p = arg;
	char text[SERIAL_PATH_MAX + 64];

	snprintf(text, sizeof text, "%s: unplugged, or hung up by its other end", serial_path(p->serial));
	if (clock_mono_ms() - p->opened >= STEADY_MS)
		p->delay = DELAY_FIRST_MS;
	close_port(p);
	p->ops->on_state(p->arg, false, text);
	again_later(p);
}

static void on_data(void *arg, const char *data, size_t n)
{
	struct port *p = arg;

	p->ops->on_data(p->arg, data, n);
}

static void on_writable(void *arg, int ready)
{
	(void)ready;
	send_on(arg);
}

static void open_port(struct port *p)
{
	static const struct intake_ops ops = { on_data, on_gone };
	char text[SERIAL_PATH_MAX + 64];
	struct err e;

	p->serial = serial_open_as(p->path, &p->config.line, &e);
	if (!p->serial) {
		close_port(p);
		p->ops->on_state(p->arg, false, e.text);
		again_later(p);
		return;
	}
	p->opened = clock_mono_ms();
	p->watch = watch_new(p->loop, serial_fd(p->serial), 0, on_writable, p);
	p->intake = intake_new(p->loop, p->serial, &ops, p);
	snprintf(text, sizeof text, "%s, %s", serial_path(p->serial), p->line);
	p->ops->on_state(p->arg, true, text);
}

void port_claimed(struct port *p, const char *path, const char *error)
{
	if (!p->claiming || strcmp(path, p->path) != 0)
		return;	/* we have given up waiting for it */
	p->claiming = false;
	timer_stop(p->retry);
	if (!error) {
		open_port(p);
		return;
	}
	p->path[0] = 0;
	p->ops->on_state(p->arg, false, error);
	again_later(p);
}

/* The name that the system has for the port now: links are followed, since the lock is on what they point to. */
static int find(const struct port *p, char *path, size_t size, struct err *e)
{
	char resolved[PATH_MAX];

	if (p->config.usb)
		return serial_find(p->config.usb, p->config.interface, path, size, e);
	if (!realpath(p->config.device, resolved))
		return err_set(e, "%s: no such port; is it plugged in?", p->config.device);
	if ((size_t)snprintf(path, size, "%s", resolved) >= size)
		return err_set(e, "%s: the name is too long", p->config.device);
	return 0;
}

static void search(void *arg)
{
	struct port *p = arg;
	struct err e;

	if (p->claiming) {
		p->ops->on_state(p->arg, false, "oobmd did not answer when asked for the port's lock");
		close_port(p);
		again_later(p);
		return;
	}
	if (find(p, p->path, sizeof p->path, &e) < 0) {
		p->path[0] = 0;
		p->ops->on_state(p->arg, false, e.text);
		again_later(p);
		return;
	}
	p->claiming = true;
	timer_set(p->retry, CLAIM_MS);
	p->ops->claim(p->arg, p->path);
}

/* --- going out ------------------------------------------------------------------------------ */

static void give_up_output(struct port *p)
{
	char text[160];

	snprintf(text, sizeof text, "the line has not taken anything for %d s: %zu bytes are thrown away (is its flow control "
		 "right?)", (int)(STUCK_MS / SEC_MS), p->out.len);
	watch_want(p->watch, 0);
	forget_output(p);
	p->ops->on_trouble(p->arg, text);
}

static void begin_break(struct port *p)
{
	if (serial_set_break(p->serial, true) < 0) {
		p->phase = LINE_DATA;
		p->ops->on_trouble(p->arg, "this port cannot send a BREAK");
		return;
	}
	p->phase = LINE_BREAKS;
	timer_set(p->step, BREAK_MS);
}

/* A BREAK would cut off what is not on the wire yet. */
static void drain_then_break(struct port *p)
{
	if (serial_unsent(p->serial) > 0 && clock_mono_ms() - p->since < DRAIN_MAX_MS)
		timer_set(p->step, DRAIN_MS);
	else
		begin_break(p);
}

static void on_step(void *arg)
{
	struct port *p = arg;

	if (!p->serial)
		return;
	switch (p->phase) {
	case LINE_DATA:
		give_up_output(p);
		return;
	case LINE_DRAINS:
		drain_then_break(p);
		break;
	case LINE_BREAKS:
		serial_set_break(p->serial, false);
		p->phase = LINE_DATA;
		break;
	}
	if (p->phase == LINE_DATA)
		send_on(p);
}

/* Bytes that may go out before the next BREAK. */
static size_t until_break(const struct port *p)
{
	return p->nbreaks && p->breaks[0] - p->out_at < p->out.len ? (size_t)(p->breaks[0] - p->out_at) : p->out.len;
}

static void next_break(struct port *p)
{
	memmove(p->breaks, p->breaks + 1, --p->nbreaks * sizeof *p->breaks);
	p->phase = LINE_DRAINS;
	p->since = clock_mono_ms();
	watch_want(p->watch, 0);
	drain_then_break(p);
}

/* Returns whether all that may go out now has gone. */
static bool write_out(struct port *p)
{
	size_t n;

	while ((n = until_break(p)) > 0) {
		ssize_t put = serial_write(p->serial, p->out.data, n);

		if (put <= 0)	/* full; or lost, which the intake notices */
			return false;
		p->out_at += (uint64_t)put;
		buf_drop(&p->out, (size_t)put);
		timer_stop(p->step);
	}
	return true;
}

static void send_on(struct port *p)
{
	bool done;

	if (!p->serial || p->phase != LINE_DATA)
		return;
	do {
		done = write_out(p);
		if (done && p->nbreaks)
			next_break(p);
	} while (done && p->phase == LINE_DATA && p->out.len > 0);
	if (p->phase == LINE_DATA) {
		watch_want(p->watch, p->out.len ? LOOP_WRITE : 0);
		if (p->out.len && !timer_pending(p->step))
			timer_set(p->step, STUCK_MS);
	}
	if (p->was_full && p->out.len <= PORT_OUT_MAX / 2) {
		p->was_full = false;
		p->ops->on_room(p->arg);
	}
}

size_t port_room(const struct port *p)
{
	return PORT_OUT_MAX - p->out.len;
}

void port_write(struct port *p, const char *data, size_t n)
{
	if (!p->serial || n > port_room(p))
		return;
	buf_add(&p->out, data, n);
	p->was_full = p->was_full || p->out.len > PORT_OUT_MAX / 2;
	send_on(p);
}

int port_break(struct port *p)
{
	if (!p->serial || p->nbreaks == PORT_BREAKS_MAX)
		return -1;
	p->breaks[p->nbreaks++] = p->out_at + p->out.len;
	send_on(p);
	return 0;
}

/* --- the whole ---------------------------------------------------------------------------------- */

bool port_is_open(const struct port *p)
{
	return p->serial;
}

const char *port_line(const struct port *p)
{
	return p->line;
}

struct port *port_new(struct loop *l, const struct port_config *config, const struct port_ops *ops, void *arg)
{
	struct port *p = alloc_zero(sizeof *p);
	const struct serial_options *o = &config->line;

	p->loop = l;
	p->config = *config;
	p->device = config->device ? alloc_text(config->device) : NULL;
	p->usb = config->usb ? alloc_text(config->usb) : NULL;
	p->config.device = p->device;
	p->config.usb = p->usb;
	p->ops = ops;
	p->arg = arg;
	p->delay = DELAY_FIRST_MS;
	snprintf(p->line, sizeof p->line, "%u %u%c%u", o->speed % 100000000, o->data_bits % 10, "NEO"[o->parity],
		 o->stop_bits % 10);
	buf_init(&p->out, PORT_OUT_MAX);
	p->retry = timer_new(l, search, p);
	p->step = timer_new(l, on_step, p);
	search(p);
	return p;
}

void port_free(struct port *p)
{
	if (!p)
		return;
	close_port(p);
	timer_free(p->retry);
	timer_free(p->step);
	buf_free(&p->out);
	free(p->device);
	free(p->usb);
	free(p);
}
