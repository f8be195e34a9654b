/* ring.h - the last bytes of a stream that never ends. Each byte has its number, from 0, for ever; readers keep the
 * number of the byte they want next, so that one ring serves any number of them. Pure. */
#ifndef OOBM_CORE_RING_H
#define OOBM_CORE_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	char *data;
	size_t size;
	uint64_t head;	/* number of the byte that comes next */
};

/* An empty ring on SIZE (at least 1) bytes of the caller's memory. */
void ring_init(struct ring *r, void *data, size_t size);

/* Appends N bytes; the oldest are forgotten. */
void ring_add(struct ring *r, const void *p, size_t n);

/* Number of the oldest byte that is still there; the head if none is. */
uint64_t ring_tail(const struct ring *r);

/* Points *P at the bytes from number AT on, as far as they lie in one piece. Returns how many, 0 at the head.
 * AT is between tail and head. */
size_t ring_peek(const struct ring *r, uint64_t at, const char **p);

/* Number of the first byte of the line that AT lies in, or AT itself if that begins before FROM. Both are between
 * tail and head. */
uint64_t ring_line(const struct ring *r, uint64_t from, uint64_t at);

/* Number of the first byte of the last LINES lines of what lies between FROM and TO, of which a last one without end
 * counts as one; *FOUND is how many there are. FROM and TO are between tail and head. */
uint64_t ring_last_lines(const struct ring *r, uint64_t from, uint64_t to, size_t lines, size_t *found);

#endif
