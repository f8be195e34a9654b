#include "run/state.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 512
#define HOPELESS (-2)

/* CRC-32 of ISO 3309, as in Ethernet; bit by bit, the files are small. */
static uint32_t crc32(const char *p, size_t n)
{
	uint32_t crc = 0xffffffff;

	while (n--) {
		crc ^= (unsigned char)*p++;
		for (int i = 0; i < 8; i++)
			crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
	}
	return ~crc;
}

static int join(char *out, const char *dir, const char *name, const char *suffix, struct err *e)
{
	int n = snprintf(out, PATH_BYTES, "%s/%s%s", dir, name, suffix);

	return n > 0 && n < PATH_BYTES ? 0 : err_set(e, "the path %s/%s is too long", dir, name);
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

static int sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

int state_write(const char *dir, const char *name, const struct buf *lines, struct err *e)
{
	char path[PATH_BYTES], tmp[PATH_BYTES], end[32];
	int fd, n;

	if (join(path, dir, name, "", e) < 0 || join(tmp, dir, name, ".new", e) < 0)
		return -1;
	unlink(tmp);	/* of a crash; or of somebody who can put a socket there, but not take ours */
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(e, "cannot write %s", tmp);
	n = snprintf(end, sizeof end, "end crc=%08" PRIX32 "\n", crc32(lines->data, lines->len));
	if (write_all(fd, lines->data, lines->len) < 0 || write_all(fd, end, (size_t)n) < 0 || fsync(fd) < 0) {
		err_sys(e, "cannot write %s", tmp);
		close(fd);
		unlink(tmp);
		return -1;
	}
	close(fd);
	if (rename(tmp, path) < 0 || sync_dir(dir) < 0)
		return err_sys(e, "cannot replace %s", path);
	return 0;
}

/* Returns 1; 0 if there is none; -1 with E if it cannot be read now; HOPELESS if that is no file of ours. */
static int read_whole(const char *path, struct buf *b, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);	/* it may be a FIFO */
	char tmp[4096];
	bool dir;
	ssize_t n;

	if (fd < 0 && (errno == ELOOP || errno == ENXIO))	/* a link, a socket */
		return HOPELESS;
	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "cannot read %s", path);
	while ((n = read(fd, tmp, sizeof tmp)) > 0)
		if (buf_add(b, tmp, (size_t)n) < 0) {
			close(fd);
			return HOPELESS;	/* no state is that long */
		}
	dir = n < 0 && errno == EISDIR;
	if (n < 0)
		err_sys(e, "cannot read %s", path);
	close(fd);
	return n == 0 ? 1 : dir ? HOPELESS : -1;
}

/* The last line must be `end crc=...` over all before it. Returns the length of what is before, or -1. */
static ssize_t checked_length(const struct buf *b)
{
	static const size_t end_len = sizeof "end crc=12345678\n" - 1;
	char want[32];

	if (b->len < end_len)
		return -1;
	snprintf(want, sizeof want, "end crc=%08" PRIX32 "\n", crc32(b->data, b->len - end_len));
	if (memcmp(b->data + b->len - end_len, want, end_len) != 0)
		return -1;
	return (ssize_t)(b->len - end_len);
}

/* Goes through the lines; with EACH == NULL only checks them. */
static int each_line(const char *p, size_t n, void (*each)(void *arg, const struct msg *m), void *arg)
{
	struct msg *m = malloc(sizeof *m);
	const char *why, *nl;
	int rc = m ? 0 : -1;

	while (rc == 0 && n > 0 && (nl = memchr(p, '\n', n))) {
		size_t len = (size_t)(nl - p);

		rc = msg_parse(m, p, len, &why);
		if (rc == 0 && each)
			each(arg, m);
		p += len + 1;
		n -= len + 1;
	}
	if (m)
		wipe(m, sizeof *m);
	free(m);
	return rc == 0 && n == 0 ? 0 : -1;
}

int state_read(const char *dir, const char *name, void (*each)(void *arg, const struct msg *m), void *arg,
	       struct err *e)
{
	char path[PATH_BYTES], bad[PATH_BYTES];
	struct buf b;
	ssize_t len;
	int rc;

	if (join(path, dir, name, "", e) < 0 || join(bad, dir, name, ".bad", e) < 0)
		return -1;
	buf_init(&b, STATE_FILE_MAX);
	rc = read_whole(path, &b, e);
	if (rc == 0 || rc == -1)
		goto out;
	len = rc == HOPELESS ? -1 : checked_length(&b);
	if (len < 0 || each_line(b.data, (size_t)len, NULL, NULL) < 0) {
		rc = err_set(e, "%s is damaged (%zu bytes); it was set aside as %s", path, b.len, bad);
		if (rename(path, bad) < 0)
			rc = err_sys(e, "%s is damaged and cannot be set aside", path);
		goto out;
	}
	each_line(b.data, (size_t)len, each, arg);
out:
	buf_free(&b);
	return rc;
}

int state_remove(const char *dir, const char *name, struct err *e)
{
	char path[PATH_BYTES];

	if (join(path, dir, name, "", e) < 0)
		return -1;
	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(e, "cannot remove %s", path);
	return sync_dir(dir);
}
