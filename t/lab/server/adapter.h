/* adapter.h - what sits between the server's serial port and the small computer: the one interface in front of
 * pl2303.c, a USB adapter that the kernel's own driver drives, and pty.c. */
#ifndef SERVER_ADAPTER_H
#define SERVER_ADAPTER_H

#include "uart.h"

#include "base/buf.h"
#include "base/err.h"
#include "run/loop.h"

#include <stdbool.h>

#define ADAPTER_CHUNK 4096	/* the most that on_bytes gets at once */

struct adapter;

struct adapter_user {
	void (*on_bytes)(void *arg, const char *bytes, size_t n);
	void (*on_break)(void *arg);
	void (*on_change)(void *arg);	/* settings, RTS, or room in the FIFO */
};

struct adapter {
	const struct adapter_user *user;
	void *arg;
	struct buf fifo;		/* what the small computer has not fetched yet; bounded, as a real one's */
	bool plugged, paused;
	bool rts;			/* the small computer may be sent to */
	void (*kick)(struct adapter *a);	/* there is something in the FIFO, or paused has changed */
	/* The settings of the small computer's end; false if they are unknown. */
	bool (*mode)(struct adapter *a, struct uart_mode *m);
	void (*powered)(struct adapter *a, bool on);	/* DSR, CTS and DCD from the server */
	int (*plug)(struct adapter *a, struct err *e);
	void (*unplug)(struct adapter *a);
	void (*free)(struct adapter *a);
};

/* Puts in as many of N bytes as there is room for; returns how many. */
size_t adapter_put(struct adapter *a, const char *bytes, size_t n);
size_t adapter_room(const struct adapter *a);

/* A pseudo-terminal with a symbolic link to it. There is no BREAK, no parity and no line of any kind, but its
 * speed is looked at. */
struct adapter *pty_new(struct loop *l, const char *link, size_t fifo, struct err *e);

/* A PL2303 (067b:2303) with this serial number. NAME is for the kernel's configfs, DIR for FunctionFS. Needs root
 * and the lab's kernel. */
struct adapter *pl2303_new(struct loop *l, const char *name, const char *dir, const char *serial, size_t fifo, struct err *e);

#endif
