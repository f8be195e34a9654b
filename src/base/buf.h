/* buf.h - a byte buffer that grows up to a stated bound and no further. */
#ifndef OOBM_BASE_BUF_H
#define OOBM_BASE_BUF_H

#include <stddef.h>

struct buf {
	char *data;	/* len bytes in use, or NULL while empty */
	size_t len;
	size_t cap;
	size_t max;	/* bound for len */
};

/* An empty buffer that will hold at most MAX bytes; allocates nothing yet. */
void buf_init(struct buf *b, size_t max);

/* Releases the memory, after wiping it, and leaves the buffer empty. */
void buf_free(struct buf *b);

/* Appends N bytes. Returns 0, or -1 (buffer unchanged) if the bound or memory does not allow. */
int buf_add(struct buf *b, const void *p, size_t n);

/* Appends formatted text. Returns as buf_add. */
int buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Removes the first N bytes (at most len). */
void buf_drop(struct buf *b, size_t n);

/* Overwrites N bytes with zeros in a way that the compiler may not leave out. */
void wipe(void *p, size_t n);

#endif
