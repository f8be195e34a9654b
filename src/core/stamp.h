/* stamp.h - the form of a recording: lines with the time, made so that nothing of what came is lost, and nothing that
 * comes can be taken for something that the recorder said. Pure.
 *
 *   2031-05-01T12:34:56.789Z login: root		a line, which began to arrive at that time (UTC)
 *   2031-05-01T12:34:58.001Z+Password:		the rest of a line: it paused, or is very long
 *   2031-05-01T12:35:00.250Z#the adapter was unplugged	a remark of the recorder's
 *
 * After the mark stand the bytes as they came, control characters and all. Taking away the first 25 bytes of each line,
 * the newline before each `+`, and lines with `#` leaves exactly what the machine sent. */
#ifndef OOBM_CORE_STAMP_H
#define OOBM_CORE_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAMP_LEN 25		/* the time and the mark */
#define STAMP_HEAD_MAX 32	/* most bytes that stamp_next puts before others */
#define STAMP_LINE_MAX 1024	/* a line that is longer is cut into several */
#define STAMP_PAUSE_MS 1000	/* silence within a line, after which the time is told anew */

enum stamp_mark { STAMP_LINE = ' ', STAMP_REST = '+', STAMP_REMARK = '#' };

struct stamp {
	bool open;	/* the recording's last line has no end yet */
	bool within;	/* so has the machine's */
	size_t len;	/* bytes of the former */
	int64_t last;	/* when the last byte came, wall clock, ms */
};

/* The next piece of N (at least 1) bytes P that came at NOW, milliseconds since 1970 (0 to the year 9999). Writes what
 * has to be recorded before it into HEAD (*NHEAD bytes), and returns how many bytes of P follow that, at least 1. S is
 * all zeros at the beginning of a recording. */
size_t stamp_next(struct stamp *s, int64_t now, const char *p, size_t n, char head[STAMP_HEAD_MAX], size_t *nhead);

/* A line for a remark, of a text without control characters. Returns its bytes; OUT is cut at SIZE. */
size_t stamp_remark(struct stamp *s, int64_t now, const char *text, char *out, size_t size);

/* Reads a line of N bytes, without its newline. Returns the mark and the text behind it, or 0 if it is no line of a
 * recording (its beginning was cut off). */
enum stamp_mark stamp_parse(const char *line, size_t n, const char **text, size_t *len);

#endif
