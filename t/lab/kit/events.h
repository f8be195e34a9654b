/* events.h - what happened, a line each with monotonic time: written to a file, and remembered for
 * those who wait for it. */
#ifndef KIT_EVENTS_H
#define KIT_EVENTS_H

#include <stddef.h>
#include <stdint.h>

/* Starts writing to PATH (appends; "-" or NULL: stderr). Returns 0, or -1 and errno. */
int events_open(const char *path);

/* One event. Control characters are shown as \r, \n, \x1a. */
void event(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* N bytes as they are shown in an event, in a static buffer: valid until the next call. */
const char *event_bytes(const void *p, size_t n);

/* The number of the next event, and the first one not older than FROM that contains TEXT: its number
 * and text, or -1. The last 2048 are remembered. */
int64_t event_next(void);
int64_t event_find(int64_t from, const char *text, const char **line);

/* Called after each event; one listener. */
void events_listen(void (*cb)(void *arg), void *arg);

#endif
