/* serial.h - serial ports: found by path or USB id, opened raw, watched for unplugging.
 * The only user of libserialport. */
#ifndef OOBM_RUN_SERIAL_H
#define OOBM_RUN_SERIAL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct serial;

#define SERIAL_PATH_MAX 128

/* Finds the tty of a USB device: ID is "vvvv:pppp" or "vvvv:pppp:SERIAL" in hex, INTERFACE its
 * bInterfaceNumber or -1 for the lowest. Returns 0 and the path ("/dev/ttyUSB0"), or -1 with E naming
 * what was seen instead. */
int serial_find(const char *id, int interface, char *path, size_t size, struct err *e);

enum serial_parity { SERIAL_PARITY_NONE, SERIAL_PARITY_EVEN, SERIAL_PARITY_ODD };
/* AUTO: RTS/CTS where the port has it */
enum serial_flow { SERIAL_FLOW_NONE, SERIAL_FLOW_RTSCTS, SERIAL_FLOW_XONXOFF, SERIAL_FLOW_AUTO };

struct serial_options {
	unsigned speed;			/* bit/s; 0: 115200 */
	enum serial_parity parity;
	unsigned data_bits;		/* 5..8 */
	unsigned stop_bits;		/* 1, 2 */
	enum serial_flow flow;
	bool hangs_up;			/* DTR is set up at opening, and dropped at closing; else left as it is */
};

/* Opens PATH raw, as O says, without becoming its session's terminal; locked against a second oobmd by
 * flock(2) and against others by TIOCEXCL. Real ports by libserialport; those that it cannot open (pseudo-
 * terminals, and others without modem lines) by termios. Returns NULL with E: missing, no permission, or
 * in use, and by whom where that is known. */
struct serial *serial_open_as(const char *path, const struct serial_options *o, struct err *e);

/* The same for a modem: SPEED, 8N1, AUTO, hangs up. */
struct serial *serial_open(const char *path, unsigned speed, struct err *e);

/* Closes. NULL is fine. */
void serial_close(struct serial *s);

int serial_fd(const struct serial *s);		/* non-blocking, for a watch; stays the port's */
const char *serial_path(const struct serial *s);	/* resolved: "/dev/ttyUSB0", "/dev/pts/3" */

/* As read(2) and write(2), but unplugging is told apart: returns the bytes, 0 if it would block, -1 when
 * the port is gone (hang-up, EIO, end of file after readiness). One thread may read while another does the rest. */
ssize_t serial_read(struct serial *s, void *p, size_t n);
ssize_t serial_write(struct serial *s, const void *p, size_t n);

/* DTR low hangs up most modems (V.250 &D2). Does nothing on a pseudo-terminal. */
void serial_set_dtr(struct serial *s, bool up);
/* 1 carrier, 0 none, -1 the port cannot tell. */
int serial_dcd(struct serial *s);
/* A BREAK begins or ends. Returns 0, or -1 if the port cannot send one. */
int serial_set_break(struct serial *s, bool on);
/* Bytes that were written and are not on the wire yet; 0 where the system does not tell. */
int serial_unsent(const struct serial *s);
/* Lends the port to another program (pppd): lifts TIOCEXCL; and takes it back, discarding what is
 * queued and setting raw mode again. A port that was hung up meanwhile (the kernel does so when DCD drops
 * while pppd has CLOCAL off) is opened anew; serial_fd stays the same number. Pause the watch before
 * lending: while pppd has the port its descriptors say nothing, and after a hang-up they say so for ever.
 * Returns 0, or -1 when the port is gone. */
void serial_lend(struct serial *s);
int serial_take_back(struct serial *s);

#endif
