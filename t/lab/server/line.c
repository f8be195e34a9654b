#include "line.h"

#define US INT64_C(1000000)

size_t line_through(struct line *l, const struct uart_mode *m, int64_t now)
{
	int64_t n;

	if (!l->busy) {
		*l = (struct line){ .busy = true, .since = now };
		return 0;
	}
	n = (now - l->since) * m->speed / ((int64_t)uart_frame(m) * US) - l->sent;
	return n > 0 ? (size_t)n : 0;
}

void line_sent(struct line *l, size_t n)
{
	l->sent += (int64_t)n;
}

void line_idle(struct line *l)
{
	l->busy = false;
}

int64_t line_next(const struct line *l, const struct uart_mode *m, size_t n)
{
	return l->since + ((l->sent + (int64_t)n) * uart_frame(m) * US + m->speed - 1) / m->speed;
}
