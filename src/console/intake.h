/* intake.h - a thread that does nothing but read a serial port into memory. A UART has little room and no patience:
 * whatever else the process waits for (a slow disk, a log that is full), what the machine says is taken from it. */
#ifndef OOBM_CONSOLE_INTAKE_H
#define OOBM_CONSOLE_INTAKE_H

#include "run/loop.h"
#include "run/serial.h"

#include <stddef.h>

/* How far the loop may fall behind: 2.8 s at 921600 bit/s. Then the system's own buffers fill. */
#define INTAKE_SIZE ((size_t)256 * 1024)
#define INTAKE_PIECE ((size_t)16 * 1024)	/* most bytes that on_data is given */

struct intake_ops {
	/* Bytes, in their order. Runs from the loop. Must not free the intake. */
	void (*on_data)(void *arg, const char *p, size_t n);
	/* The port is lost, and all that it gave has been handed on. May free the intake. */
	void (*on_gone)(void *arg);
};

struct intake;

/* Begins to read P, which stays the caller's and must be there as long. Never NULL: without memory or a thread the
 * process ends with a message. */
struct intake *intake_new(struct loop *l, struct serial *p, const struct intake_ops *ops, void *arg);

/* Ends the thread; what it has read and not handed on is lost. NULL is fine. */
void intake_free(struct intake *i);

#endif
