#include "core/ring.h"

#include <assert.h>
#include <string.h>

void ring_init(struct ring *r, void *data, size_t size)
{
	*r = (struct ring){ .data = data, .size = size };
}

void ring_add(struct ring *r, const void *p, size_t n)
{
	const char *from = p;

	while (n > 0) {
		size_t at = (size_t)(r->head % r->size), room = r->size - at, w = n < room ? n : room;

		memcpy(r->data + at, from, w);
		r->head += w;
		from += w;
		n -= w;
	}
}

uint64_t ring_tail(const struct ring *r)
{
	return r->head > r->size ? r->head - r->size : 0;
}

size_t ring_peek(const struct ring *r, uint64_t at, const char **p)
{
	size_t i = (size_t)(at % r->size), piece = r->size - i;

	assert(at >= ring_tail(r) && at <= r->head);
	*p = r->data + i;
	return r->head - at < piece ? (size_t)(r->head - at) : piece;
}

static char byte_at(const struct ring *r, uint64_t at)
{
	return r->data[at % r->size];
}

uint64_t ring_line(const struct ring *r, uint64_t from, uint64_t at)
{
	uint64_t n = at;

	while (n > from && byte_at(r, n - 1) != '\n')
		n--;
	/* the first byte that is there may begin a line or not: nobody knows */
	return n > from || (n > ring_tail(r) && byte_at(r, n - 1) == '\n') || n == 0 ? n : at;
}

uint64_t ring_last_lines(const struct ring *r, uint64_t from, uint64_t to, size_t lines, size_t *found)
{
	uint64_t n = to;

	*found = 0;
	while (n > from) {
		/* the newline that ends the line is part of it */
		if (*found == 0 || byte_at(r, n - 1) == '\n')
			if ((*found)++ == lines)
				break;
		n--;
	}
	if (*found > lines)
		*found = lines;
	return n;
}
