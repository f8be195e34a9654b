#include "uart.h"

#include <stdint.h>

unsigned uart_frame(const struct uart_mode *m)
{
	return 1 + m->bits + (m->parity != UART_NONE) + m->stop;
}

bool uart_agree(const struct uart_mode *from, const struct uart_mode *to)
{
	uint64_t a = from->speed, b = to->speed;

	return a * 100 <= b * 103 && b * 100 <= a * 103 && from->bits == to->bits && from->parity == to->parity;
}

static bool parity_bit(const struct uart_mode *m, unsigned char c)
{
	bool odd = __builtin_popcount(c & ((1U << m->bits) - 1)) & 1;

	switch (m->parity) {
	case UART_ODD: return !odd;
	case UART_EVEN: return odd;
	default: return m->parity == UART_MARK;
	}
}

/* The line while bit I of the frame of C is on it: a zero, the bits from the lowest, parity, ones. */
static bool frame_bit(const struct uart_mode *m, unsigned char c, unsigned i)
{
	if (i == 0)
		return false;
	if (i <= m->bits)
		return c >> (i - 1) & 1;
	if (i == m->bits + 1 && m->parity != UART_NONE)
		return parity_bit(m, c);
	return true;
}

struct wire {
	const struct uart_mode *from;
	const char *in;
	size_t n;
	uint64_t bit;	/* how long the sender's bit takes; the receiver's takes from->speed */
};

static bool level(const struct wire *w, uint64_t t)
{
	uint64_t i = t / w->bit, frame = uart_frame(w->from);

	return i / frame >= w->n || frame_bit(w->from, (unsigned char)w->in[i / frame], (unsigned)(i % frame));
}

size_t uart_receive(const struct uart_mode *from, const struct uart_mode *to, const char *in, size_t n, char *out, size_t size)
{
	struct wire w = { from, in, n, to->speed };
	uint64_t end = n * uart_frame(from) * w.bit, step = from->speed, t = 0;
	size_t got = 0;

	while (t < end && got < size) {
		unsigned char c = 0;

		if (level(&w, t)) {	/* waiting for a start bit: nothing shorter than a sixteenth is seen */
			t += step / 16 + 1;
			continue;
		}
		for (unsigned i = 0; i < to->bits; i++)
			c |= (unsigned char)(level(&w, t + step * (2 * i + 3) / 2) << i);
		out[got++] = (char)c;
		/* from the middle of the first stop bit on; a line that is still low is no new start */
		t += step * (2 * (to->bits + (to->parity != UART_NONE)) + 3) / 2;
		while (t < end && !level(&w, t))
			t += step / 16 + 1;
	}
	return got;
}
