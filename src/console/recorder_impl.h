/* recorder_impl.h - what recorder.c, which writes, and replay.c, which reads, share. */
#ifndef OOBM_CONSOLE_RECORDER_IMPL_H
#define OOBM_CONSOLE_RECORDER_IMPL_H

#include "console/recorder.h"
#include "core/ring.h"
#include "core/stamp.h"

#include <limits.h>

struct recorder {
	const struct recorder_ops *ops;
	void *arg;
	struct stamp stamp;
	struct ring text;
	uint64_t flushed;	/* what is before it is on disk, or was lost on the way there */
	struct timer *timer;	/* the next block; in trouble, the next try */
	int64_t clock;		/* wall clock less monotonic clock, ms */
	/* files */
	int dir;		/* descriptor; -1: cannot be opened */
	char dir_name[PATH_MAX];
	char name[64];		/* "nas.log" */
	int fd;			/* the current one; -1: none */
	size_t size, part;	/* of it; most of one */
	bool at_line;		/* it ends with a newline, or is empty */
	uint64_t file;		/* its number */
	bool trouble;
	uint64_t lost;		/* bytes since it began */
	char memory[RECORDER_MEMORY];
};

/* The name of file number FILE; its length, or -1 if it is older than those that are kept. */
int recorder_file_name(const struct recorder *r, uint64_t file, char *out, size_t size);

#endif
