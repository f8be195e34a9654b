/* line.h - one direction of a serial line, in which characters follow each other at its speed. Pure. */
#ifndef SERVER_LINE_H
#define SERVER_LINE_H

#include "uart.h"

#include <stdint.h>

struct line {
	bool busy;
	int64_t since;		/* us: when the first of a row of characters began */
	int64_t sent;		/* how many of the row have gone */
};

/* How many characters are through by NOW and not yet accounted for. The first call after line_idle starts a row. */
size_t line_through(struct line *l, const struct uart_mode *m, int64_t now);
void line_sent(struct line *l, size_t n);
/* There is nothing to send, or nothing may be sent. */
void line_idle(struct line *l);
/* When the next N characters will be through. */
int64_t line_next(const struct line *l, const struct uart_mode *m, size_t n);

#endif
