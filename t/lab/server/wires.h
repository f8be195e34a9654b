/* wires.h - what the small computer does with the lines of a bank, and exactly when. The kernel tells of each change
 * itself, with its own time: trace events gpio_value and gpio_direction (who drives a line, and to what), and line
 * information events of the chip (requested, released). */
#ifndef SERVER_WIRES_H
#define SERVER_WIRES_H

#include "bank.h"

#include "run/loop.h"

#include <stddef.h>
#include <stdint.h>

#define WHO_MAX 48

struct wire {
	bool requested, out, value;	/* as the kernel has told so far */
	bool pull;			/* the level while nobody drives it */
	bool level;
};

struct change {
	int64_t at;			/* us of CLOCK_MONOTONIC */
	unsigned line, order;
	enum { CHANGE_VALUE, CHANGE_OUT, CHANGE_IN, CHANGE_REQUESTED, CHANGE_RELEASED, CHANGE_OTHER } kind;
	bool value;
	char who[WHO_MAX];		/* "oobm-power-812" */
};

struct wires {
	const struct bank *bank;
	unsigned n;
	struct wire wire[BANK_LINES];
	void (*on_level)(void *arg, int64_t at, unsigned line, bool level, const char *who);
	void (*on_hold)(void *arg, unsigned line);	/* requested or set up anew: its pull may have been changed */
	void (*on_ready)(void *arg);			/* something waits for wires_read */
	void *arg;

	struct loop *loop;
	int trace, info;
	struct watch *trace_watch, *info_watch;
	char instance[PATH_MAX];	/* in tracefs */
	char rest[4096];
	size_t nrest;
	struct change change[512];
	size_t nchanges;
	unsigned order;
};

/* The caller has set bank, n, each wire's pull, the callbacks and loop. Returns 0, or -1 with E. */
int wires_open(struct wires *w, struct err *e);
void wires_close(struct wires *w);

/* The chip has gone, or come back: nobody drives anything any more. */
int wires_chip(struct wires *w, int64_t now, struct err *e);

/* Reads what the kernel has told, and calls on_level for what happened by NOW, in the order of its times. */
void wires_read(struct wires *w, int64_t now);

#endif
