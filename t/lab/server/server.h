/* server.h - the model in the world: its buttons and LED on GPIO lines, its serial port behind an adapter. */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "adapter.h"
#include "atx.h"
#include "line.h"
#include "wires.h"

#include "../kit/ctl.h"

enum { LINE_POWER, LINE_RESET, LINE_LED, LINES };	/* the first two as enum button */

enum flow { FLOW_NONE, FLOW_RTSCTS, FLOW_XONXOFF };

/* A line to a button became active or inactive. */
struct edge {
	int64_t at;		/* us of CLOCK_MONOTONIC */
	int64_t event;		/* its number in the log */
	enum button button;
	bool active;
	char who[WHO_MAX];	/* process, or what let go */
};
#define EDGES_MAX 16384

struct serial_count { int64_t sent, lost, unheard, garbled, received; };

struct server {
	struct loop *loop;
	struct timer *timer;
	struct atx atx;

	bool gpio;			/* else buttons are pressed through the control socket only */
	bool low[LINES];		/* active low */
	struct bank bank;
	struct wires wires;
	int shown;			/* enum atx_sense that the LED's line shows, -1: none yet */
	bool wire[BUTTONS], finger[BUTTONS];	/* active by the small computer; pressed by hand */
	struct timer *finger_off[BUTTONS];
	struct edge edge[EDGES_MAX];
	unsigned edges;			/* so many so far; the last EDGES_MAX are kept */

	struct adapter *adapter;	/* NULL: no serial port */
	struct uart_mode mode;
	enum flow flow;
	bool held;			/* by XOFF */
	bool mismatch;			/* the far end has other settings */
	struct line tx, rx;
	struct buf in;			/* on its way to the server */
	struct serial_count count;
};

/* The caller has set loop, the line's settings, gpio (bank and wires open) and adapter. */
void server_begin(struct server *s, const struct atx_settings *set);
void server_end(struct server *s);

/* Brings everything up to now, and plans when to do so again. */
void server_look(struct server *s);

/* A finger on the server's own button. */
void server_finger(struct server *s, enum button b, bool down);

int64_t server_now(void);

extern const struct ctl_verb server_verbs[];
extern const size_t server_nverbs;
extern const struct adapter_user server_adapter_user;

/* For wires; ARG is the server. */
void server_on_level(void *arg, int64_t at, unsigned line, bool level, const char *who);
void server_on_hold(void *arg, unsigned line);
void server_on_ready(void *arg);

#endif
