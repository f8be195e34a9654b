/* waitfor - wait until a line of a file matches, woken by the kernel when the file changes.
 *
 *	waitfor [-o OFFSET] FILE REGEX SECONDS
 *
 * FILE need not exist yet. Prints the first line that matches the extended REGEX at or after byte
 * OFFSET, and ends with 0. At the deadline: prints on standard error what was seen last, ends with 1.
 * Wrong usage or no such directory: 2. Only whole lines count. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#define LAST_LINES 12	/* shown at the deadline */

struct watch {
	const char *file;
	FILE *f;		/* NULL until FILE exists */
	long offset;		/* of the first line not looked at */
	int inotify;
	bool on_file;		/* the file itself is watched, too */
	regex_t re;
	char *last[LAST_LINES];
	size_t seen;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void remember(struct watch *w, const char *line)
{
	char **slot = &w->last[w->seen++ % LAST_LINES];

	free(*slot);
	*slot = strdup(line);
}

static void show_last(const struct watch *w, const char *pattern)
{
	size_t i = w->seen > LAST_LINES ? w->seen - LAST_LINES : 0;

	fprintf(stderr, "waitfor: nothing matched /%s/ in %s%s\n", pattern, w->file,
		!w->f ? ", which does not exist" : w->seen ? "; its last lines:" : ", which has no new line");
	for (; i < w->seen; i++)
		fprintf(stderr, "\t%s\n", w->last[i % LAST_LINES]);
}

/* Starts to watch the file as soon as it is there; before that, only its directory is watched. */
static void open_file(struct watch *w)
{
	if (!w->on_file && inotify_add_watch(w->inotify, w->file, IN_MODIFY | IN_CLOSE_WRITE) >= 0)
		w->on_file = true;
	if (!w->f)
		w->f = fopen(w->file, "re");
}

/* Looks at what was added. Returns whether a line matched, which is then printed. */
static bool look(struct watch *w)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	bool found = false;

	open_file(w);
	if (!w->f)
		return false;
	clearerr(w->f);
	if (fseek(w->f, w->offset, SEEK_SET) < 0)
		return false;
	while (!found && (n = getline(&line, &size, w->f)) > 0 && line[n - 1] == '\n') {
		w->offset += n;
		line[n - 1] = '\0';
		remember(w, line);
		found = regexec(&w->re, line, 0, NULL, 0) == 0;
	}
	if (found)
		puts(line);
	free(line);
	return found;
}

/* Sleeps until something changes or the deadline. Returns false at the deadline. */
static bool sleep_until_change(struct watch *w, int64_t deadline)
{
	char events[4096];
	struct pollfd p = { .fd = w->inotify, .events = POLLIN };
	int64_t left = deadline - now_ms();

	if (left <= 0)
		return false;
	if (poll(&p, 1, left < INT_MAX ? (int)left : INT_MAX) > 0)
		(void)!read(w->inotify, events, sizeof events);
	return true;
}

static int watch_directory(struct watch *w)
{
	char *copy = strdup(w->file);
	const char *dir = dirname(copy);
	int rc = inotify_add_watch(w->inotify, dir, IN_CREATE | IN_MOVED_TO);

	if (rc < 0)
		fprintf(stderr, "waitfor: cannot watch %s: %s\n", dir, strerror(errno));
	free(copy);
	return rc < 0 ? -1 : 0;
}

static int usage(void)
{
	fputs("usage: waitfor [-o OFFSET] FILE REGEX SECONDS\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct watch w = { 0 };
	int64_t deadline;
	double seconds;
	char *end;
	int c, rc;

	while ((c = getopt(argc, argv, "o:")) != -1) {
		if (c != 'o')
			return usage();
		w.offset = atol(optarg);
	}
	if (argc - optind != 3)
		return usage();
	w.file = argv[optind];
	seconds = strtod(argv[optind + 2], &end);
	if (*end || end == argv[optind + 2] || seconds < 0 || seconds > 1e9)
		return usage();
	deadline = now_ms() + (int64_t)(seconds * 1000);
	rc = regcomp(&w.re, argv[optind + 1], REG_EXTENDED | REG_NOSUB);
	if (rc) {
		fprintf(stderr, "waitfor: %s is not a regular expression\n", argv[optind + 1]);
		return 2;
	}
	w.inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w.inotify < 0 || watch_directory(&w) < 0)
		return 2;
	do {
		if (look(&w))
			return 0;
	} while (sleep_until_change(&w, deadline));
	show_last(&w, argv[optind + 1]);
	return 1;
}
