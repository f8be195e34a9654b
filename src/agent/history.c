#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HISTORY_MAX ((off_t)64 * 1024)

static void path_of(const struct agent *a, const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", a->set.state_dir, name);
}

static void rotate(const struct agent *a, const char *path)
{
	char old[256];
	struct stat st;

	if (stat(path, &st) < 0 || st.st_size < HISTORY_MAX)
		return;
	path_of(a, "history.1", old, sizeof old);
	if (rename(path, old) < 0)
		log_warn("cannot rotate %s", path);
}

void history_add(struct agent *a, const char *kind, const char *fmt, ...)
{
	char text[400], path[256];
	struct msg_out o;
	struct buf b;
	va_list ap;
	int fd;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	log_info("%s", text);
	path_of(a, "history", path, sizeof path);
	rotate(a, path);
	buf_init(&b, MSG_LINE_MAX);
	msg_begin(&o, &b, "event");
	msg_num(&o, "time", clock_wall_s());
	msg_str(&o, "kind", kind);
	msg_str(&o, "text", text);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (msg_end(&o) < 0 || fd < 0 || write(fd, b.data, b.len) != (ssize_t)b.len)
		log_warn("cannot write %s", path);
	if (fd >= 0)
		close(fd);
	buf_free(&b);
}

/* What a console said is for those who may read it; such an event begins with the name of its machine. */
static bool may_see(const struct msg *m, history_may *may, void *arg)
{
	const char *kind = msg_get(m, "kind"), *text = msg_get(m, "text"), *end = text ? strstr(text, ": ") : NULL;
	char target[RIGHTS_NAME_MAX];

	if (!kind || strcmp(kind, "console") != 0)
		return true;
	if (!end || (size_t)(end - text) >= sizeof target)
		return false;
	snprintf(target, sizeof target, "%.*s", (int)(end - text), text);
	return may(arg, target);
}

/* Appends the file's content to B, as much of its end as fits. */
static void read_end(const char *path, history_may *may, void *arg, struct buf *b)
{
	FILE *f = fopen(path, "re");
	char line[MSG_LINE_MAX + 1];

	if (!f)
		return;
	while (fgets(line, sizeof line, f)) {
		size_t n = strlen(line);
		struct msg *m = malloc(sizeof *m);
		const char *why;

		/* a line torn by a power cut is left out */
		if (m && n > 1 && line[n - 1] == '\n' && msg_parse(m, line, n - 1, &why) == 0 &&
		    strcmp(m->verb, "event") == 0 && may_see(m, may, arg)) {
			while (n > b->max - b->len && b->len > 0) {
				char *nl = memchr(b->data, '\n', b->len);

				buf_drop(b, nl ? (size_t)(nl - b->data) + 1 : b->len);
			}
			buf_add(b, line, n);
		}
		free(m);
	}
	fclose(f);
}

void history_tail(const struct agent *a, size_t count, history_may *may, void *arg, struct buf *out)
{
	char path[256];
	struct buf b;
	size_t lines = 0, start;

	buf_init(&b, 128 * 1024);
	path_of(a, "history.1", path, sizeof path);
	read_end(path, may, arg, &b);
	path_of(a, "history", path, sizeof path);
	read_end(path, may, arg, &b);
	for (start = b.len; start > 0; start--)
		if (b.data[start - 1] == '\n' && lines++ == count)
			break;
	if (b.len > start && buf_add(out, b.data + start, b.len - start) < 0)
		log_warn("the history is longer than an answer may be");
	buf_free(&b);
}
