#include "config.h"

#include "server.h"

#include "../kit/events.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* A burst that is longer means that we were late, not the line: real servers are not. */
#define BURST 4096
#define PAUSE (2 * ATX_MS)		/* between two looks while something is on the line */
#define LONG_PAUSE (10 * ATX_MS)	/* in the middle of a flood */
#define XON 0x11
#define XOFF 0x13

static const char *const button_names[] = { "power", "reset" };

int64_t server_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * ATX_S + t.tv_nsec / 1000;
}

static void on_told(void *arg, const char *text)
{
	(void)arg;
	event("%s", text);
}

/* --- buttons ----------------------------------------------------------------------------- */

static void remember_edge(struct server *s, int64_t at, enum button b, bool active, const char *who)
{
	struct edge *e = &s->edge[s->edges++ % EDGES_MAX];

	*e = (struct edge){ .at = at, .event = event_next(), .button = b, .active = active };
	snprintf(e->who, sizeof e->who, "%s", who);
	event("line: %s %s at %lld.%06lld by %s", button_names[b], active ? "active" : "inactive", (long long)(at / ATX_S),
	      (long long)(at % ATX_S), who);
}

void server_on_level(void *arg, int64_t at, unsigned line, bool level, const char *who)
{
	struct server *s = arg;
	enum button b = line;

	if (line >= BUTTONS)
		return;
	s->wire[b] = level != s->low[b];
	remember_edge(s, at, b, s->wire[b], who);
	atx_wire(&s->atx, at, b, s->wire[b] || s->finger[b]);
}

/* Whoever requests a line with a bias changes the pull of the simulated one; the board's own resistors and LED are
 * stronger than that. */
void server_on_hold(void *arg, unsigned line)
{
	struct server *s = arg;

	if (line == LINE_LED)
		s->shown = -1;
	else
		bank_pull(&s->bank, line, s->wires.wire[line].pull);
}

void server_on_ready(void *arg)
{
	server_look(arg);
}

void server_finger(struct server *s, enum button b, bool down)
{
	s->finger[b] = down;
	event("panel: %s %s", button_names[b], down ? "down" : "up");
	atx_wire(&s->atx, server_now(), b, s->wire[b] || down);
	server_look(s);
}

static void show_led(struct server *s)
{
	enum atx_sense sense = atx_sense(&s->atx);

	if (!s->gpio || s->shown == (int)sense)
		return;
	s->shown = (int)sense;
	if (sense != SENSE_NOTHING)
		bank_pull(&s->bank, LINE_LED, (sense == SENSE_LIT) != s->low[LINE_LED]);
}

/* --- the serial line: to the small computer ------------------------------------------------ */

/* Whether the far end has other settings than ours; FAR is what it has. */
static bool differs(struct server *s, struct uart_mode *far)
{
	bool differ = s->adapter->mode(s->adapter, far) && !uart_agree(&s->mode, far);

	if (differ != s->mismatch)
		event("serial: the far end has %s settings", differ ? "other" : "the right");
	s->mismatch = differ;
	return differ;
}

/* What reaches the adapter of what was sent. */
static void forward(struct server *s, const char *bytes, size_t n)
{
	char garbled[4 * BURST];
	struct uart_mode far;
	size_t taken;

	s->count.sent += (int64_t)n;
	if (!s->adapter || !s->adapter->plugged) {
		s->count.unheard += (int64_t)n;
		return;
	}
	if (differs(s, &far)) {
		s->count.garbled += (int64_t)n;
		n = uart_receive(&s->mode, &far, bytes, n, garbled, sizeof garbled);
		bytes = garbled;
	}
	taken = adapter_put(s->adapter, bytes, n);
	s->count.lost += (int64_t)(n - taken);
}

/* Whether flow control keeps the server from sending. */
static bool may_not_send(const struct server *s)
{
	if (s->flow == FLOW_XONXOFF && s->held)
		return true;
	return s->flow == FLOW_RTSCTS && s->adapter && s->adapter->plugged &&
	       (!s->adapter->rts || adapter_room(s->adapter) < BURST);
}

static void send_due(struct server *s, int64_t now)
{
	char bytes[BURST];
	size_t n, got;

	if (!atx_talks(&s->atx) || may_not_send(s)) {
		line_idle(&s->tx);
		return;
	}
	n = line_through(&s->tx, &s->mode, now);
	if (n > BURST) {
		n = BURST;
		line_idle(&s->tx);
	}
	got = atx_output(&s->atx, bytes, n);
	line_sent(&s->tx, got);
	if (got)
		forward(s, bytes, got);
	if (!atx_talks(&s->atx))
		line_idle(&s->tx);
}

/* --- and from it ----------------------------------------------------------------------------- */

static void on_bytes(void *arg, const char *bytes, size_t n)
{
	struct server *s = arg;
	char garbled[2 * ADAPTER_CHUNK];
	struct uart_mode far;

	if (differs(s, &far)) {
		n = uart_receive(&far, &s->mode, bytes, n, garbled, sizeof garbled);
		bytes = garbled;
	}
	if (buf_add(&s->in, bytes, n) < 0)
		event("serial: %zu bytes too many", n);
	server_look(s);
}

static void on_break(void *arg)
{
	struct server *s = arg;

	/* what was typed before it comes before it */
	server_look(s);
	atx_input(&s->atx, server_now(), s->in.data, s->in.len);
	buf_drop(&s->in, s->in.len);
	atx_break(&s->atx, server_now());
	server_look(s);
}

static void on_change(void *arg)
{
	server_look(arg);
}

const struct adapter_user server_adapter_user = { on_bytes, on_break, on_change };

static void take(struct server *s, int64_t now, const char *bytes, size_t n)
{
	char kept[ADAPTER_CHUNK];
	size_t k = 0;

	s->count.received += (int64_t)n;
	for (size_t i = 0; i < n; i++)
		if (s->flow == FLOW_XONXOFF && (bytes[i] == XON || bytes[i] == XOFF))
			s->held = bytes[i] == XOFF;
		else
			kept[k++] = bytes[i];
	atx_input(&s->atx, now, kept, k);
}

static void receive_due(struct server *s, int64_t now)
{
	size_t n = s->in.len ? line_through(&s->rx, &s->mode, now) : 0;

	if (n > s->in.len)
		n = s->in.len;
	if (n > ADAPTER_CHUNK)
		n = ADAPTER_CHUNK;
	if (n) {
		take(s, now, s->in.data, n);
		line_sent(&s->rx, n);
		buf_drop(&s->in, n);
	}
	if (!s->in.len)
		line_idle(&s->rx);
	if (s->adapter && s->adapter->paused != (s->in.len > ADAPTER_CHUNK)) {
		s->adapter->paused = !s->adapter->paused;
		s->adapter->kick(s->adapter);
	}
}

/* --- all of it ------------------------------------------------------------------------------- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void plan(struct server *s, int64_t now)
{
	int64_t next = atx_next(&s->atx), ms;

	if (s->tx.busy)
		next = earlier(next, now + (s->atx.flood_left > BURST ? LONG_PAUSE : PAUSE));
	if (s->rx.busy)
		next = earlier(next, now + PAUSE);
	if (s->gpio && s->wires.nchanges)
		next = earlier(next, now + ATX_MS);
	if (next == ATX_NEVER) {
		timer_stop(s->timer);
		return;
	}
	ms = (next - now + ATX_MS - 1) / ATX_MS;
	timer_set(s->timer, ms > 0 ? ms : 0);
}

void server_look(struct server *s)
{
	static bool inside;
	int64_t now = server_now();

	/* what comes of it comes back here: the adapter says that there is room, and so on */
	if (inside)
		return;
	inside = true;
	if (s->gpio)
		wires_read(&s->wires, now);
	atx_run(&s->atx, now);
	receive_due(s, now);
	send_due(s, now);
	show_led(s);
	if (s->adapter)
		s->adapter->powered(s->adapter, s->atx.power == ATX_ON);
	plan(s, now);
	inside = false;
}

static void on_timer(void *arg)
{
	server_look(arg);
}

static void on_power_up(void *arg)
{
	server_finger(arg, BUTTON_POWER, false);
}

static void on_reset_up(void *arg)
{
	server_finger(arg, BUTTON_RESET, false);
}

void server_begin(struct server *s, const struct atx_settings *set)
{
	atx_init(&s->atx, set, on_told, s);
	atx_run(&s->atx, server_now());
	buf_init(&s->in, (size_t)64 * 1024);
	s->timer = timer_new(s->loop, on_timer, s);
	s->finger_off[BUTTON_POWER] = timer_new(s->loop, on_power_up, s);
	s->finger_off[BUTTON_RESET] = timer_new(s->loop, on_reset_up, s);
	s->shown = -1;
}

void server_end(struct server *s)
{
	timer_free(s->timer);
	for (size_t i = 0; i < BUTTONS; i++)
		timer_free(s->finger_off[i]);
	atx_free(&s->atx);
	buf_free(&s->in);
}
