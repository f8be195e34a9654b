/* port.h - the serial port of a console: looked for, locked, opened, lost, looked for again; and what goes out by it,
 * with BREAKs in their place. */
#ifndef OOBM_CONSOLE_PORT_H
#define OOBM_CONSOLE_PORT_H

#include "run/loop.h"
#include "run/serial.h"

#include <stdbool.h>
#include <stddef.h>

#define PORT_OUT_MAX ((size_t)64 * 1024)	/* what may wait to go out */
#define PORT_BREAKS_MAX 8

struct port_config {
	const char *device;	/* a path, or NULL */
	const char *usb;	/* "vvvv:pppp[:SERIAL]", or NULL */
	int interface;		/* of the USB device; -1: the lowest */
	struct serial_options line;
};

struct port_ops {
	void (*on_data)(void *arg, const char *p, size_t n);
	/* It is open (OK, TEXT says which and how), or is not, and why. Called at every change. */
	void (*on_state)(void *arg, bool ok, const char *text);
	/* Asks the parent for the lock file of PATH, which port_claimed answers; gives it back. */
	void (*claim)(void *arg, const char *path);
	void (*release)(void *arg, const char *path);
	/* There is room again for PORT_OUT_MAX / 2 bytes. */
	void (*on_room)(void *arg);
	/* Something that whoever types has to know: a sentence. */
	void (*on_trouble)(void *arg, const char *text);
};

struct port;

/* Begins to look for the port, and goes on for ever: 0.25 s after a failure, then less and less often, to 5 s.
 * CONFIG is copied. */
struct port *port_new(struct loop *l, const struct port_config *config, const struct port_ops *ops, void *arg);
void port_free(struct port *p);	/* NULL is fine */

/* The parent's answer; ERROR is NULL if the lock is ours. */
void port_claimed(struct port *p, const char *path, const char *error);

bool port_is_open(const struct port *p);
/* "115200 8N1" */
const char *port_line(const struct port *p);

/* How many bytes port_write takes now. */
size_t port_room(const struct port *p);
/* Queues N bytes, at most port_room. What is queued while the port is lost is thrown away. */
void port_write(struct port *p, const char *data, size_t n);
/* Queues a BREAK of 0.3 s. Returns 0, or -1 if too many wait. */
int port_break(struct port *p);

#endif
