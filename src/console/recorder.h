/* recorder.h - the recording of a console: lines with the time (core/stamp.h), the last 64 KiB of them in memory, and
 * all on disk as DIR/NAME.log, before that NAME.log.1 to NAME.log.3.
 *
 * Files are written in blocks, at most every 2 s or 16 KiB, and never synced: the system decides when flash is written.
 * A disk that is full, or gone, is tried again now and then; memory goes on meanwhile. */
#ifndef OOBM_CONSOLE_RECORDER_H
#define OOBM_CONSOLE_RECORDER_H

#include "run/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORDER_MEMORY ((size_t)64 * 1024)
#define RECORDER_FILES 4

struct recorder;

struct recorder_ops {
	/* The recording is in memory only, and why; or (TEXT is NULL) on disk again. */
	void (*on_trouble)(void *arg, const char *text);
};

/* SIZE: bytes of all files together, at least 64 KiB. DIR is made if it is not there. Never NULL. */
struct recorder *recorder_new(struct loop *l, const char *dir, const char *name, size_t size, const struct recorder_ops *ops,
			      void *arg);
/* Writes what is not on disk yet, as far as that is possible. NULL is fine. */
void recorder_free(struct recorder *r);

/* Records N bytes that came now. */
void recorder_add(struct recorder *r, const char *p, size_t n);
/* Records a remark of ours: a text without control characters. */
void recorder_remark(struct recorder *r, const char *text);

/* --- reading it, at one's own pace --- */

struct recorder_place {
	bool in_memory;
	uint64_t file;	/* number of the file; the current one's is the highest */
	uint64_t at;	/* in the file, or in memory (core/ring.h) */
};

/* Where the last LINES lines begin; with 0, where all begins. */
void recorder_find(const struct recorder *r, size_t lines, struct recorder_place *at);

/* Reads on from AT, which moves on: at most SIZE bytes. Returns how many; 0 when there is nothing more now. What was
 * forgotten before it could be read is left out: *SKIPPED is then set. */
size_t recorder_read(const struct recorder *r, struct recorder_place *at, char *out, size_t size, bool *skipped);

#endif
