#include "power/lines.h"

#include "base/clock.h"
#include "power/find.h"
#include "power/gpio.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONSUMER "oobmd "
#define CONSUMER_MAX 32		/* the kernel's bound, with its NUL */
#define WAIT_MS 500		/* how long a predecessor may take to let go */
#define WHERE_MAX 200

struct lines {
	struct gpio_line *line[LINES];
	struct place place[LINES];
	char where[LINES][WHERE_MAX];
	bool edges;
	char consumer[CONSUMER_MAX];
};

/* --- taking ---------------------------------------------------------------------------- */

static int same_line_twice(const struct lines *l, enum line which, struct err *e)
{
	for (enum line i = 0; i < which; i++)
		if (l->where[i][0] && !strcmp(l->place[i].path, l->place[which].path) &&
		    l->place[i].offset == l->place[which].offset)
			return err_set(e, "%s and %s are both %s; a line can do one thing only", lines_option(i),
				       lines_option(which), l->where[which]);
	return 0;
}

static int find_all(struct lines *l, const struct lines_config *c, struct err *e)
{
	const char *const said[LINES] = { c->power, c->reset, c->led };

	for (enum line i = 0; i < LINES; i++) {
		if (!said[i] || !said[i][0])
			continue;
		if (place_find(&l->place[i], lines_option(i), c->chip ? c->chip : "", said[i], e) < 0)
			return -1;
		place_describe(&l->place[i], l->where[i], sizeof l->where[i]);
		if (same_line_twice(l, i, e) < 0)
			return -1;
	}
	return 0;
}

/* Who has it; "" if nobody has. */
static void holder(const struct place *p, char *out, size_t size)
{
	struct gpio_chip *chip = gpio_chip_open(p->path);
	struct gpio_info info;

	out[0] = '\0';
	if (chip && gpio_chip_line(chip, p->offset, &info) == 0 && info.used)
		snprintf(out, size, "%s", info.consumer[0] ? info.consumer : "the system");
	gpio_chip_close(chip);
}

static int in_use(const struct lines *l, enum line which, struct err *e)
{
	const char *where = l->where[which], *option = lines_option(which);
	char who[GPIO_TEXT];

	holder(&l->place[which], who, sizeof who);
	if (!strcmp(who, l->consumer))
		return err_set(e, "%s: %s is in use by another oobmd; stop one of them", option, where);
	if (!strncmp(who, CONSUMER, strlen(CONSUMER)))
		return err_set(e, "%s: %s is in use for the target %s already", option, where, who + strlen(CONSUMER));
	if (!strcmp(who, "sysfs"))
		return err_set(e, "%s: %s is in use through /sys/class/gpio; write its number to unexport there", option, where);
	if (who[0])
		return err_set(e, "%s: %s is in use by \"%s\"; stop that, or choose another line", option, where, who);
	return err_set(e, "%s: %s is in use", option, where);
}

static int refused(const struct lines *l, enum line which, struct err *e)
{
	const char *where = l->where[which], *option = lines_option(which);

	switch (errno) {
	case EBUSY:
		return in_use(l, which, e);
	case EACCES:
	case EPERM:
		return err_set(e, "%s: %s: no permission; the chip's device needs the group gpio, which oobmd's udev rule gives "
			       "it (udevadm trigger --subsystem-match=gpio)", option, where);
	case EOPNOTSUPP:
	case EINVAL:
		return err_set(e, "%s: %s cannot do what %s ask for", option, where, which == LINE_LED ? "led-flags" : "line-flags");
	case ENODEV:
	case ENOENT:
		return err_set(e, "%s: the chip of %s is gone; is it plugged in?", option, where);
	default:
		return err_sys(e, "%s: %s cannot be taken", option, where);
	}
}

/* A line that somebody with our own name has is a predecessor's, whose guard is just letting go. */
static struct gpio_line *request(const struct lines *l, enum line which, enum gpio_use use, unsigned flags)
{
	const struct place *p = &l->place[which];
	int64_t until = clock_mono_ms() + WAIT_MS;
	char who[GPIO_TEXT];

	for (;;) {
		struct gpio_line *line = gpio_request(p->path, p->offset, use, flags, l->consumer);

		if (line || errno != EBUSY || clock_mono_ms() >= until)
			return line;
		holder(p, who, sizeof who);
		if (who[0] && strcmp(who, l->consumer) != 0) {
			errno = EBUSY;
			return NULL;
		}
		poll(NULL, 0, 5);
	}
}

/* An input that cannot tell of edges is polled. */
static struct gpio_line *request_led(struct lines *l, unsigned flags)
{
	struct gpio_line *line = request(l, LINE_LED, GPIO_EVENTS, flags);

	l->edges = line;
	if (line || errno == EBUSY || errno == EACCES)
		return line;
	return request(l, LINE_LED, GPIO_INPUT, flags);
}

/* The outputs first: what holds a button must be right before anything else is looked at. */
static int take_all(struct lines *l, const struct lines_config *c, struct err *e)
{
	for (enum line i = 0; i < LINES; i++) {
		if (!l->where[i][0])
			continue;
		l->line[i] = i == LINE_LED ? request_led(l, c->led_flags) : request(l, i, GPIO_OUTPUT, c->flags);
		if (!l->line[i])
			return refused(l, i, e);
	}
	return 0;
}

struct lines *lines_open(const struct lines_config *c, struct err *e)
{
	struct lines *l = calloc(1, sizeof *l);

	if (!l) {
		err_set(e, "out of memory");
		return NULL;
	}
	snprintf(l->consumer, sizeof l->consumer, CONSUMER "%s", c->name);
	if (find_all(l, c, e) == 0 && take_all(l, c, e) == 0)
		return l;
	lines_close(l);
	return NULL;
}

void lines_close(struct lines *l)
{
	if (!l)
		return;
	for (enum line i = 0; i < LINES_OUTPUTS; i++)
		if (l->line[i])
			gpio_set(l->line[i], false);
	for (enum line i = 0; i < LINES; i++)
		gpio_release(l->line[i]);
	free(l);
}

/* --- using ----------------------------------------------------------------------------- */

bool lines_has(const struct lines *l, enum line which)
{
	return l->line[which];
}

const char *lines_where(const struct lines *l, enum line which)
{
	return l->where[which];
}

static int failed(const struct lines *l, enum line which, struct err *e)
{
	if (!e)
		return -1;
	if (errno == ENODEV || errno == EIO || errno == ENXIO)
		return err_set(e, "%s: the chip of %s is gone; plug it in again", lines_option(which), l->where[which]);
	return err_sys(e, "%s: %s does not answer", lines_option(which), l->where[which]);
}

int lines_set(struct lines *l, enum line which, bool active, struct err *e)
{
	if (which >= LINES_OUTPUTS || !l->line[which])
		return err_set(e, "the target has no %s", lines_option(which));
	return gpio_set(l->line[which], active) < 0 ? failed(l, which, e) : 0;
}

int lines_check(struct lines *l, struct err *e)
{
	for (enum line i = 0; i < LINES; i++)
		if (l->line[i] && gpio_get(l->line[i]) < 0)
			return failed(l, i, e);
	return 0;
}

int lines_led(const struct lines *l)
{
	return l->line[LINE_LED] ? gpio_get(l->line[LINE_LED]) : -1;
}

int lines_led_fd(const struct lines *l)
{
	return l->edges ? gpio_fd(l->line[LINE_LED]) : -1;
}

int lines_led_clear(struct lines *l)
{
	return l->edges ? gpio_drain(l->line[LINE_LED]) : 0;
}

size_t lines_descriptors(const struct lines *l, int fd[LINES_OUTPUTS])
{
	size_t n = 0;

	for (enum line i = 0; i < LINES_OUTPUTS; i++)
		if (l->line[i])
			fd[n++] = gpio_fd(l->line[i]);
	return n;
}
