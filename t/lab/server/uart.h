/* uart.h - what a receiver makes of bytes that were sent at other settings than its own: bit by bit, as a UART
 * samples the line. */
#ifndef SERVER_UART_H
#define SERVER_UART_H

#include <stdbool.h>
#include <stddef.h>

enum uart_parity { UART_NONE, UART_ODD, UART_EVEN, UART_MARK, UART_SPACE };	/* as in CDC PSTN 6.3.11 */

struct uart_mode {
	unsigned speed;		/* bit/s */
	unsigned bits;		/* 5..8 */
	enum uart_parity parity;
	unsigned stop;		/* 1 or 2 */
};

/* Bits that one character takes on the line. */
unsigned uart_frame(const struct uart_mode *m);

/* Whether TO receives exactly what FROM sends: speeds less than 3 % apart, the same frame. */
bool uart_agree(const struct uart_mode *from, const struct uart_mode *to);

/* N bytes sent as FROM without a gap, and an idle line after them, as TO receives them. OUT has room for SIZE
 * bytes; returns how many came. */
size_t uart_receive(const struct uart_mode *from, const struct uart_mode *to, const char *in, size_t n, char *out, size_t size);

#endif
