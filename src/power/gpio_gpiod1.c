/* gpio_gpiod1.c - libgpiod 1.6. A line lives only as long as its chip is open, so each has its own. */
#include "power/gpio.h"
#include "power/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char gpio_prefix[] = "gpiochip";

struct gpio_chip {
	struct gpiod_chip *chip;
};

struct gpio_line {
	struct gpiod_chip *chip;
	struct gpiod_line *line;
	int fd;
	bool events;
};

struct gpio_chip *gpio_chip_open(const char *path)
{
	struct gpio_chip *c = calloc(1, sizeof *c);
	int saved;

	if (!c)
		return NULL;
	c->chip = gpiod_chip_open(path);
	if (c->chip)
		return c;
	saved = errno;
	free(c);
	errno = saved;
	return NULL;
}

void gpio_chip_close(struct gpio_chip *c)
{
	if (!c)
		return;
	gpiod_chip_close(c->chip);
	free(c);
}

const char *gpio_chip_name(const struct gpio_chip *c)
{
	return gpiod_chip_name(c->chip);
}

const char *gpio_chip_label(const struct gpio_chip *c)
{
	return gpiod_chip_label(c->chip);
}

unsigned gpio_chip_lines(const struct gpio_chip *c)
{
	return gpiod_chip_num_lines(c->chip);
}

int gpio_chip_line(struct gpio_chip *c, unsigned offset, struct gpio_info *out)
{
	struct gpiod_line *line = gpiod_chip_get_line(c->chip, offset);
	const char *name, *consumer;

	if (!line)
		return -1;
	name = gpiod_line_name(line);
	consumer = gpiod_line_consumer(line);
	snprintf(out->name, sizeof out->name, "%s", name ? name : "");
	snprintf(out->consumer, sizeof out->consumer, "%s", consumer ? consumer : "");
	out->used = gpiod_line_is_used(line);
	return 0;
}

static int request_flags(unsigned flags)
{
	static const struct { unsigned ours; int theirs; } same[] = {
		{ LINES_ACTIVE_LOW, GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW },
		{ LINES_OPEN_DRAIN, GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN },
		{ LINES_OPEN_SOURCE, GPIOD_LINE_REQUEST_FLAG_OPEN_SOURCE },
		{ LINES_PULL_UP, GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP },
		{ LINES_PULL_DOWN, GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN },
		{ LINES_BIAS_DISABLED, GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE },
	};
	int out = 0;

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		out |= flags & same[i].ours ? same[i].theirs : 0;
	return out;
}

static int request(struct gpiod_line *line, enum gpio_use use, unsigned flags, const char *consumer)
{
	static const int types[] = {
		[GPIO_OUTPUT] = GPIOD_LINE_REQUEST_DIRECTION_OUTPUT,
		[GPIO_INPUT] = GPIOD_LINE_REQUEST_DIRECTION_INPUT,
		[GPIO_EVENTS] = GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES,
	};
	struct gpiod_line_request_config config = {
		.consumer = consumer, .request_type = types[use], .flags = request_flags(flags),
	};

	return gpiod_line_request(line, &config, 0);
}

/* The library keeps an output's descriptor to itself. The kernel gives the lowest number that is free, so it
 * is the one that this finds; the guard, which needs it, tries whether it is. */
static int next_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd;
}

struct gpio_line *gpio_request(const char *path, unsigned offset, enum gpio_use use, unsigned flags,
			       const char *consumer)
{
	struct gpio_line *l = calloc(1, sizeof *l);
	int saved;

	if (!l)
		return NULL;
	l->chip = gpiod_chip_open(path);
	l->line = l->chip ? gpiod_chip_get_line(l->chip, offset) : NULL;
	l->events = use == GPIO_EVENTS;
	l->fd = l->line ? next_descriptor() : -1;
	if (l->fd < 0 || request(l->line, use, flags, consumer) < 0)
		goto fail;
	if (l->events) {
		l->fd = gpiod_line_event_get_fd(l->line);
		fcntl(l->fd, F_SETFL, O_NONBLOCK);
	}
	return l;
fail:
	saved = errno;
	gpio_release(l);
	errno = saved;
	return NULL;
}

void gpio_release(struct gpio_line *l)
{
	if (!l)
		return;
	if (l->chip)
		gpiod_chip_close(l->chip);
	free(l);
}

int gpio_set(struct gpio_line *l, bool active)
{
	return gpiod_line_set_value(l->line, active);
}

int gpio_get(struct gpio_line *l)
{
	return gpiod_line_get_value(l->line);
}

int gpio_fd(const struct gpio_line *l)
{
	return l->fd;
}

int gpio_drain(struct gpio_line *l)
{
	struct gpiod_line_event events[16];

	while (gpiod_line_event_read_multiple(l->line, events, 16) > 0)
		;
	return errno == EAGAIN ? 0 : -1;
}
