/* replay.c - reads a recording: files first, from memory what is not there yet. */
#include "console/recorder_impl.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 4096

static int open_number(const struct recorder *r, uint64_t file)
{
	char name[80];

	if (r->dir < 0 || recorder_file_name(r, file, name, sizeof name) < 0)
		return -1;
	return openat(r->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static uint64_t oldest(const struct recorder *r)
{
	return r->file - RECORDER_FILES + 1;
}

/* --- where lines begin ---------------------------------------------------------------------- */

/* Looks for the beginning of the last *LINES lines in a file, from its end. Returns its place; or -1, *LINES less by
 * those that it has. */
static off_t find_in_file(int fd, size_t *lines)
{
	struct stat st;
	off_t at = fstat(fd, &st) == 0 ? st.st_size : 0;
	bool last = true;	/* the newline at the very end ends the last line, and begins none */
	char block[BLOCK];

	while (at > 0) {
		size_t n = at < BLOCK ? (size_t)at : BLOCK;

		at -= (off_t)n;
		if (pread(fd, block, n, at) != (ssize_t)n)
			return -1;
		for (size_t i = n; i > 0; i--, last = false) {
			if (block[i - 1] != '\n' || last)
				continue;
			if (--*lines == 0)
				return at + (off_t)i;
		}
	}
	/* the first line begins the file */
	if (!last && --*lines == 0)
		return 0;
	return -1;
}

/* In memory, if they are all there, whole. */
static bool find_in_memory(const struct recorder *r, size_t lines, struct recorder_place *at)
{
	uint64_t tail = ring_tail(&r->text);
	size_t found;

	at->in_memory = true;
	at->at = ring_last_lines(&r->text, tail, r->text.head, lines, &found);
	return found == lines && at->at > tail;
}

/* Lines that begin in memory, and are not on disk. */
static size_t lines_in_memory_only(const struct recorder *r)
{
	uint64_t from = r->flushed > ring_tail(&r->text) ? r->flushed : ring_tail(&r->text);
	size_t found;

	ring_last_lines(&r->text, from, r->text.head, SIZE_MAX, &found);
	return found > 0 && !r->at_line ? found - 1 : found;
}

void recorder_find(const struct recorder *r, size_t lines, struct recorder_place *at)
{
	size_t newer = lines_in_memory_only(r);

	if (lines > 0 && find_in_memory(r, lines, at))
		return;
	*at = (struct recorder_place){ .file = oldest(r) };
	if (lines == 0)
		return;
	/* newer < lines, or they would have been found; unless memory has forgotten where the first began */
	lines = lines > newer ? lines - newer : 1;
	for (uint64_t file = r->file; file >= oldest(r); file--) {
		int fd = open_number(r, file);
		off_t place = fd >= 0 ? find_in_file(fd, &lines) : -1;

		if (fd >= 0)
			close(fd);
		if (place < 0)
			continue;
		at->file = file;
		at->at = (uint64_t)place;
		return;
	}
}

/* --- reading on -------------------------------------------------------------------------------- */

static size_t read_memory(const struct recorder *r, struct recorder_place *at, char *out, size_t size, bool *skipped)
{
	const char *p;
	size_t n;

	if (at->at < ring_tail(&r->text)) {
		*skipped = true;
		at->at = ring_tail(&r->text);
	}
	n = ring_peek(&r->text, at->at, &p);
	if (n > size)
		n = size;
	memcpy(out, p, n);
	at->at += n;
	return n;
}

size_t recorder_read(const struct recorder *r, struct recorder_place *at, char *out, size_t size, bool *skipped)
{
	while (!at->in_memory) {
		int fd;
		ssize_t n;

		if (at->file < oldest(r)) {
			*skipped = true;
			at->file = oldest(r);
			at->at = 0;
		}
		fd = open_number(r, at->file);
		n = fd >= 0 ? pread(fd, out, size, (off_t)at->at) : 0;
		if (fd >= 0)
			close(fd);
		if (n > 0) {
			at->at += (uint64_t)n;
			return (size_t)n;
		}
		at->at = 0;
		if (at->file++ < r->file)
			continue;
		/* what is on disk ends where this begins */
		at->in_memory = true;
		at->at = r->flushed > ring_tail(&r->text) ? r->flushed : ring_tail(&r->text);
	}
	return read_memory(r, at, out, size, skipped);
}
