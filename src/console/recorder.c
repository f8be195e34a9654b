#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "console/recorder_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_MS INT64_C(2000)
#define BLOCK_SIZE ((size_t)16 * 1024)
#define TRY_MS INT64_C(10000)
#define SIZE_MIN ((size_t)64 * 1024)
#define CLOCK_JUMP_MS INT64_C(2000)	/* a clock that is off by less is only being adjusted */
#define PART_SLACK ((size_t)2048)	/* a file ends with a line, and so may become a little larger */

/* --- files ---------------------------------------------------------------------------- */

int recorder_file_name(const struct recorder *r, uint64_t file, char *out, size_t size)
{
	uint64_t age = r->file - file;

	if (file > r->file || age >= RECORDER_FILES)
		return -1;
	return age ? snprintf(out, size, "%s.%d", r->name, (int)age) : snprintf(out, size, "%s", r->name);
}

static void report(struct recorder *r, const char *what)
{
	char text[PATH_MAX + 128];

	if (!r->trouble) {
		snprintf(text, sizeof text, "%s/%s: %s: %s", r->dir_name, r->name, what, strerror(errno));
		r->trouble = true;
		r->ops->on_trouble(r->arg, text);
	}
	timer_set(r->timer, TRY_MS);
}

/* After a crash the last line may have no end. */
static bool ends_with_line(int fd, size_t size)
{
	char c = '\n';

	return size == 0 || (pread(fd, &c, 1, (off_t)size - 1) == 1 && c == '\n');
}

static void close_file(struct recorder *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

/* Somebody may have deleted the file, or the directory, to make room: what is written to it then is lost. */
static bool is_deleted(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && st.st_nlink == 0;
}

static int open_dir(struct recorder *r)
{
	if (is_deleted(r->dir)) {
		close(r->dir);
		r->dir = -1;
	}
	if (r->dir < 0 && mkdir(r->dir_name, 0700) < 0 && errno != EEXIST) {
		report(r, "the directory cannot be made");
		return -1;
	}
	if (r->dir < 0)
		r->dir = open(r->dir_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

static int open_file(struct recorder *r)
{
	struct stat st;

	if (open_dir(r) < 0)
		return -1;
	if (r->dir >= 0)
		r->fd = openat(r->dir, r->name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (r->fd < 0 || fstat(r->fd, &st) < 0) {
		report(r, "cannot be opened");
		return -1;
	}
	r->size = st.st_size > 0 ? (size_t)st.st_size : 0;
	r->at_line = ends_with_line(r->fd, r->size);
	return 0;
}

/* The oldest is replaced by the one before it, and so on; the current one becomes number 1. */
static int rotate(struct recorder *r)
{
	char from[80], to[80];

	for (int i = RECORDER_FILES - 1; i > 0; i--) {
		recorder_file_name(r, r->file - (uint64_t)i + 1, from, sizeof from);
		recorder_file_name(r, r->file - (uint64_t)i, to, sizeof to);
		if (renameat(r->dir, from, r->dir, to) < 0 && errno != ENOENT) {
			report(r, "cannot be renamed");
			return -1;
		}
	}
	close_file(r);
	r->file++;
	return open_file(r);
}

/* How much of the N bytes P belongs into the current file, which ends with a line; 0: it has to be rotated first. */
static size_t share(const struct recorder *r, const char *p, size_t n)
{
	size_t room = r->part > r->size ? r->part - r->size : 0;
	const char *nl;

	if (n <= room)
		return n;
	nl = room ? memrchr(p, '\n', room) : NULL;
	if (!nl && !r->at_line)
		nl = memchr(p, '\n', n);
	if (nl)
		return (size_t)(nl - p) + 1;
	return r->at_line && r->size > 0 ? 0 : n;
}

static bool is_full(const struct recorder *r)
{
	return r->size >= r->part && r->at_line;
}

/* Returns the bytes written, -1 in trouble. */
static ssize_t put(struct recorder *r, const char *p, size_t n)
{
	ssize_t w;

	if (is_deleted(r->fd))
		close_file(r);
	if (r->fd < 0 && open_file(r) < 0)
		return -1;
	n = is_full(r) ? 0 : share(r, p, n);
	if (n == 0)
		return rotate(r);
	do
		w = write(r->fd, p, n);
	while (w < 0 && errno == EINTR);
	if (w <= 0) {
		errno = w == 0 ? ENOSPC : errno;
		report(r, "cannot be written");
		return -1;
	}
	r->size += (size_t)w;
	r->at_line = p[w - 1] == '\n';
	return w;
}

/* What memory has forgotten before it could be written is told in the file, once there is room for that. */
static int tell_loss(struct recorder *r)
{
	struct stamp s = { .open = !r->at_line };
	char text[128], line[256];
	size_t n;

	snprintf(text, sizeof text, "%" PRIu64 " bytes of this recording are missing: they could not be written", r->lost);
	n = stamp_remark(&s, r->clock + clock_mono_ms(), text, line, sizeof line);
	for (size_t done = 0; done < n;) {
		ssize_t w = put(r, line + done, n - done);

		if (w < 0)
			return -1;
		done += (size_t)w;
	}
	r->lost = 0;
	return 0;
}

static void note_loss(struct recorder *r)
{
	uint64_t tail = ring_tail(&r->text), from = tail;
	const char *p;

	if (r->flushed >= tail)
		return;
	/* on with the next whole line */
	for (size_t n; (n = ring_peek(&r->text, from, &p)) > 0; from += n) {
		const char *nl = memchr(p, '\n', n);

		if (nl) {
			from += (size_t)(nl - p) + 1;
			break;
		}
	}
	r->lost += from - r->flushed;
	r->flushed = from;
}

static void flush(void *arg)
{
	struct recorder *r = arg;
	const char *p;
	size_t n;

	timer_stop(r->timer);
	note_loss(r);
	if (r->lost && ((r->fd < 0 && open_file(r) < 0) || tell_loss(r) < 0))
		return;
	while ((n = ring_peek(&r->text, r->flushed, &p)) > 0) {
		ssize_t w = put(r, p, n);

		if (w < 0)
			return;
		r->flushed += (uint64_t)w;
	}
	if (r->trouble) {
		r->trouble = false;
		r->ops->on_trouble(r->arg, NULL);
	}
}

static void flush_soon(struct recorder *r)
{
	if (r->trouble)
		return;	/* at the next try */
	if (r->text.head - r->flushed >= BLOCK_SIZE)
		flush(r);
	else if (!timer_pending(r->timer) && r->text.head > r->flushed)
		timer_set(r->timer, BLOCK_MS);
}

/* --- what is recorded --------------------------------------------------------------------- */

static int64_t wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void add_remark(struct recorder *r, int64_t now, const char *text)
{
	char line[512];

	ring_add(&r->text, line, stamp_remark(&r->stamp, now, text, line, sizeof line));
}

/* A small computer without a battery begins in the past, and hears the time from others later: which of two lines was
 * first, and how much later the other came, is told only if that is told, too. */
static int64_t time_now(struct recorder *r)
{
	int64_t now = wall_ms(), jump = now - clock_mono_ms() - r->clock;
	char text[64];

	if (jump >= -CLOCK_JUMP_MS && jump <= CLOCK_JUMP_MS)
		return now;
	r->clock += jump;
	snprintf(text, sizeof text, "this computer's clock was set by %+" PRId64 ".%03d s", jump / 1000,
		 (int)(jump < 0 ? -jump % 1000 : jump % 1000));
	add_remark(r, now, text);
	return now;
}

void recorder_add(struct recorder *r, const char *p, size_t n)
{
	int64_t now = time_now(r);
	size_t since = 0;

	while (n > 0) {
		char head[STAMP_HEAD_MAX];
		size_t nhead, w = stamp_next(&r->stamp, now, p, n, head, &nhead);

		ring_add(&r->text, head, nhead);
		ring_add(&r->text, p, w);
		p += w;
		n -= w;
		since += nhead + w;
		/* stamps may make much of little: nothing may be forgotten before it was tried to be written */
		if (since >= BLOCK_SIZE && n > 0) {
			flush_soon(r);
			since = 0;
		}
	}
	flush_soon(r);
}

void recorder_remark(struct recorder *r, const char *text)
{
	add_remark(r, time_now(r), text);
	flush_soon(r);
}

/* --- the whole -------------------------------------------------------------------------------- */

struct recorder *recorder_new(struct loop *l, const char *dir, const char *name, size_t size, const struct recorder_ops *ops,
			      void *arg)
{
	struct recorder *r = alloc_zero(sizeof *r);

	r->ops = ops;
	r->arg = arg;
	r->clock = wall_ms() - clock_mono_ms();
	ring_init(&r->text, r->memory, sizeof r->memory);
	snprintf(r->dir_name, sizeof r->dir_name, "%s", dir);
	snprintf(r->name, sizeof r->name, "%s.log", name);
	r->part = (size < SIZE_MIN ? SIZE_MIN : size) / RECORDER_FILES - PART_SLACK;
	r->dir = r->fd = -1;
	r->file = RECORDER_FILES;	/* those before it are there, or not */
	r->timer = timer_new(l, flush, r);
	if (open_file(r) == 0)
		r->stamp.open = !r->at_line;
	return r;
}

void recorder_free(struct recorder *r)
{
	if (!r)
		return;
	flush(r);
	close_file(r);
	if (r->dir >= 0)
		close(r->dir);
	timer_free(r->timer);
	free(r);
}
