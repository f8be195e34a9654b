/* port.h - a serial port of the modem as the modem sees it, whatever carries it: the one interface in
 * front of the two transports (pty.c, usb.c). */
#ifndef MODEM_PORT_H
#define MODEM_PORT_H

#include "../kit/gadget.h"

#include "base/buf.h"
#include "base/err.h"
#include "run/loop.h"

#include <stdbool.h>
#include <stdint.h>

/* Lines to the host, with the bits of the CDC SERIAL_STATE notification (CDC PSTN 6.5.4). */
#define PORT_DCD 1
#define PORT_DSR 2
#define PORT_RI 8

#define PORT_CHUNK 4096
#define PORT_QUEUE_MAX 65536	/* bytes to the host that wait for it to read */

struct port;

struct port_ops {
	void (*kick)(struct port *p);	/* output was added, or reading is wanted again */
	void (*lines)(struct port *p);	/* p->lines have changed */
};

struct port_user {
	/* after port_pause at most one more call, of up to PORT_CHUNK bytes */
	void (*on_bytes)(void *arg, const char *bytes, size_t n);
	void (*on_dtr)(void *arg, bool up);	/* the host opened, or closed, or let go of DTR */
	void (*on_room)(void *arg);		/* the output queue became shorter */
};

struct port {
	const char *name;		/* "modem", "diag", "pcui" */
	const struct port_ops *ops;
	const struct port_user *user;	/* NULL: input is dropped */
	void *arg;
	struct buf out;
	bool dtr, paused;
	unsigned lines;
};

/* Queues bytes to the host; what does not fit is dropped, as a modem does. */
void port_write(struct port *p, const void *bytes, size_t n);
/* Stops or starts the flow from the host: the back-pressure of data mode. */
void port_pause(struct port *p, bool paused);
void port_lines(struct port *p, unsigned lines);

/* For the transports. */
void port_init(struct port *p, const char *name, const struct port_ops *ops);
void port_input(struct port *p, const char *bytes, size_t n);
void port_set_dtr(struct port *p, bool up);
void port_taken(struct port *p, size_t n);	/* the first N bytes of p->out have gone */

#define TRANSPORT_PORTS 3

/* Where the ports come from. Ports exist while plugged and not; unplugged they take and give nothing. */
struct transport {
	struct port *port[TRANSPORT_PORTS];	/* 0 the data port, 2 the command port; NULL where there is none */
	bool plugged;
	int (*plug)(struct transport *t, struct err *e);
	void (*unplug)(struct transport *t);
	void (*free)(struct transport *t);
};

/* Pseudo-terminals, with a symbolic link to each: DATA, and COMMAND or NULL. */
struct transport *pty_new(struct loop *l, const char *data, const char *command, struct err *e);

/* A USB device by FunctionFS, plugged into the first device controller (the lab's is dummy_hcd).
 * WORKDIR is where the file system is mounted. Needs root. */
struct transport *usb_new(struct loop *l, const char *workdir, const struct usb_identity *id, struct err *e);

#endif
