#include "config.h"

#include "wires.h"

#include "../kit/events.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"

/* --- changes, put in order -------------------------------------------------------------- */

static void add(struct wires *w, const struct change *c)
{
	if (w->nchanges == sizeof w->change / sizeof *w->change) {
		event("gpio: too many changes at once");
		return;
	}
	w->change[w->nchanges] = *c;
	w->change[w->nchanges++].order = w->order++;
}

static int earlier(const void *p, const void *q)
{
	const struct change *a = p, *b = q;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void apply(struct wires *w, const struct change *c)
{
	struct wire *l = &w->wire[c->line];
	bool level;

	switch (c->kind) {
	case CHANGE_VALUE: l->value = c->value; break;
	case CHANGE_OUT: l->out = true; break;
	case CHANGE_IN: l->out = false; break;
	case CHANGE_REQUESTED: l->requested = true; break;
	case CHANGE_RELEASED: l->requested = l->out = false; break;
	case CHANGE_OTHER: break;
	}
	level = l->out ? l->value : l->pull;
	if (level != l->level) {
		l->level = level;
		w->on_level(w->arg, c->at, c->line, level, c->who);
	}
	if (c->kind == CHANGE_REQUESTED || c->kind == CHANGE_OTHER)
		w->on_hold(w->arg, c->line);
}

/* --- trace events -------------------------------------------------------------------------- */

/* "     gpioset-80      [000] .....     1.821593: gpio_value: 504 set 1"
 * "     gpioset-80      [000] .....     1.821595: gpio_direction: 504 out (0)" */
static bool parse(const struct wires *w, char *text, struct change *c)
{
	char *event_name = strstr(text, ": gpio_"), *who = text + strspn(text, " "), *end = strstr(text, " ["), *time;
	char word[8] = "";
	int gpio, value;

	if (!event_name || !end || end > event_name || sscanf(event_name, ": gpio_%*[a-z]: %d %7s %*[(]%d", &gpio, word, &value) < 2)
		return false;
	*event_name = '\0';
	time = strrchr(end, ' ');
	c->at = (int64_t)(strtod(time, NULL) * 1e6 + 0.5);
	while (end > who && end[-1] == ' ')
		end--;
	snprintf(c->who, sizeof c->who, "%.*s", (int)(end - who), who);
	c->line = (unsigned)gpio - w->bank->base;
	if (!strcmp(word, "set")) {
		c->kind = CHANGE_VALUE;
		c->value = strtol(strstr(event_name + 1, "set") + 3, NULL, 10) != 0;
	} else {
		c->kind = !strcmp(word, "out") ? CHANGE_OUT : CHANGE_IN;
	}
	return c->line < w->n;
}

static void read_trace(struct wires *w)
{
	char *line, *end;
	ssize_t n;

	while ((n = read(w->trace, w->rest + w->nrest, sizeof w->rest - 1 - w->nrest)) > 0) {
		w->nrest += (size_t)n;
		w->rest[w->nrest] = '\0';
		for (line = w->rest; (end = strchr(line, '\n')); line = end + 1) {
			struct change c = { 0 };

			*end = '\0';
			if (parse(w, line, &c))
				add(w, &c);
			else if (strstr(line, "LOST"))
				event("gpio: the kernel's trace has a gap: %s", line);
		}
		w->nrest = strlen(line);
		memmove(w->rest, line, w->nrest);
	}
}

static int put(const char *dir, const char *name, const char *value, struct err *e)
{
	char path[PATH_MAX + 64];
	int fd;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_TRUNC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0) {
		err_sys(e, "%s: cannot be set to '%s'", path, value);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

/* A buffer of our own in tracefs. With buffer_percent 0 poll(2) tells of the first event, not of half a buffer. */
static int open_trace(struct wires *w, struct err *e)
{
	char path[PATH_MAX + 32];

	snprintf(w->instance, sizeof w->instance, TRACEFS "/instances/%s-wires", w->bank->name);
	if (access(TRACEFS "/instances", F_OK) < 0 && mount("none", TRACEFS, "tracefs", 0, NULL) < 0)
		return err_sys(e, "no trace events here: %s; is this the lab kernel?", TRACEFS);
	rmdir(w->instance);
	if (mkdir(w->instance, 0700) < 0)
		return err_sys(e, "%s", w->instance);
	if (put(w->instance, "trace_clock", "mono", e) < 0 || put(w->instance, "buffer_percent", "0", e) < 0 ||
	    put(w->instance, "buffer_size_kb", "256", e) < 0 ||
	    put(w->instance, "events/gpio/gpio_value/filter", "get == 0", e) < 0 ||
	    put(w->instance, "events/gpio/gpio_direction/filter", "err == 0", e) < 0 ||
	    put(w->instance, "events/gpio/enable", "1", e) < 0)
		return -1;
	snprintf(path, sizeof path, "%s/trace_pipe", w->instance);
	w->trace = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return w->trace < 0 ? err_sys(e, "%s", path) : 0;
}

/* --- line information ------------------------------------------------------------------------ */

static void read_info(struct wires *w)
{
	struct gpio_v2_line_info_changed event;

	while (w->info >= 0 && read(w->info, &event, sizeof event) == sizeof event) {
		struct change c = { .at = (int64_t)(event.timestamp_ns / 1000), .line = event.info.offset };

		if (c.line >= w->n)
			continue;
		c.kind = event.event_type == GPIO_V2_LINE_CHANGED_RELEASED ? CHANGE_RELEASED :
			 event.event_type == GPIO_V2_LINE_CHANGED_REQUESTED ? CHANGE_REQUESTED : CHANGE_OTHER;
		snprintf(c.who, sizeof c.who, "%s", c.kind == CHANGE_RELEASED ? "release" : event.info.consumer);
		add(w, &c);
	}
}

static int open_info(struct wires *w, struct err *e)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "/dev/%s", w->bank->chip);
	w->info = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (w->info < 0)
		return err_sys(e, "%s", path);
	for (unsigned i = 0; i < w->n; i++) {
		struct gpio_v2_line_info info = { .offset = i };

		if (ioctl(w->info, GPIO_V2_GET_LINEINFO_WATCH_IOCTL, &info) < 0)
			return err_sys(e, "%s: line %u cannot be watched", path, i);
	}
	return 0;
}

static void on_ready(void *arg, int ready)
{
	struct wires *w = arg;

	(void)ready;
	w->on_ready(w->arg);
}

static void close_info(struct wires *w)
{
	watch_free(w->info_watch);
	w->info_watch = NULL;
	if (w->info >= 0)
		close(w->info);
	w->info = -1;
}

int wires_chip(struct wires *w, int64_t now, struct err *e)
{
	wires_read(w, now);
	close_info(w);
	for (unsigned i = 0; i < w->n; i++)
		apply(w, &(struct change){ .at = now, .line = i, .kind = CHANGE_RELEASED, .who = "chip" });
	if (!w->bank->live)
		return 0;
	if (open_info(w, e) < 0)
		return -1;
	w->info_watch = watch_new(w->loop, w->info, LOOP_READ, on_ready, w);
	return 0;
}

int wires_open(struct wires *w, struct err *e)
{
	w->trace = w->info = -1;
	for (unsigned i = 0; i < w->n; i++)
		w->wire[i].level = w->wire[i].pull;
	if (open_trace(w, e) < 0 || wires_chip(w, 0, e) < 0)
		return -1;
	w->trace_watch = watch_new(w->loop, w->trace, LOOP_READ, on_ready, w);
	return 0;
}

void wires_close(struct wires *w)
{
	close_info(w);
	watch_free(w->trace_watch);
	if (w->trace >= 0)
		close(w->trace);
	if (w->instance[0])
		rmdir(w->instance);
}

/* What was told while we read may lie between what one of the two sources has told already and what the other has
 * not, so only what is older than the beginning counts now; the rest waits for the next call. */
void wires_read(struct wires *w, int64_t now)
{
	size_t i;

	read_info(w);
	read_trace(w);
	qsort(w->change, w->nchanges, sizeof *w->change, earlier);
	for (i = 0; i < w->nchanges && w->change[i].at <= now; i++)
		apply(w, &w->change[i]);
	w->nchanges -= i;
	memmove(w->change, w->change + i, w->nchanges * sizeof *w->change);
}
