/* gpio_gpiod2.c - libgpiod 2. A line is held by its request alone; the chip may be closed. */
#include "power/gpio.h"
#include "power/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>

const char gpio_prefix[] = "gpiochip";

struct gpio_chip {
	struct gpiod_chip *chip;
	struct gpiod_chip_info *info;
};

struct gpio_line {
	struct gpiod_line_request *request;
	struct gpiod_edge_event_buffer *events;	/* NULL if there are none */
	unsigned offset;
};

struct gpio_chip *gpio_chip_open(const char *path)
{
	struct gpio_chip *c = calloc(1, sizeof *c);
	int saved;

	if (!c)
		return NULL;
	c->chip = gpiod_chip_open(path);
	c->info = c->chip ? gpiod_chip_get_info(c->chip) : NULL;
	if (c->info)
		return c;
	saved = errno;
	gpio_chip_close(c);
	errno = saved;
	return NULL;
}

void gpio_chip_close(struct gpio_chip *c)
{
	if (!c)
		return;
	if (c->info)
		gpiod_chip_info_free(c->info);
	if (c->chip)
		gpiod_chip_close(c->chip);
	free(c);
}

const char *gpio_chip_name(const struct gpio_chip *c)
{
	return gpiod_chip_info_get_name(c->info);
}

const char *gpio_chip_label(const struct gpio_chip *c)
{
	return gpiod_chip_info_get_label(c->info);
}

unsigned gpio_chip_lines(const struct gpio_chip *c)
{
	return (unsigned)gpiod_chip_info_get_num_lines(c->info);
}

int gpio_chip_line(struct gpio_chip *c, unsigned offset, struct gpio_info *out)
{
	struct gpiod_line_info *info = gpiod_chip_get_line_info(c->chip, offset);
	const char *name, *consumer;

	if (!info)
		return -1;
	name = gpiod_line_info_get_name(info);
	consumer = gpiod_line_info_get_consumer(info);
	snprintf(out->name, sizeof out->name, "%s", name ? name : "");
	snprintf(out->consumer, sizeof out->consumer, "%s", consumer ? consumer : "");
	out->used = gpiod_line_info_is_used(info);
	gpiod_line_info_free(info);
	return 0;
}

static enum gpiod_line_drive drive(unsigned flags)
{
	if (flags & LINES_OPEN_DRAIN)
		return GPIOD_LINE_DRIVE_OPEN_DRAIN;
	return flags & LINES_OPEN_SOURCE ? GPIOD_LINE_DRIVE_OPEN_SOURCE : GPIOD_LINE_DRIVE_PUSH_PULL;
}

static enum gpiod_line_bias bias(unsigned flags)
{
	if (flags & LINES_PULL_UP)
		return GPIOD_LINE_BIAS_PULL_UP;
	if (flags & LINES_PULL_DOWN)
		return GPIOD_LINE_BIAS_PULL_DOWN;
	return flags & LINES_BIAS_DISABLED ? GPIOD_LINE_BIAS_DISABLED : GPIOD_LINE_BIAS_AS_IS;
}

/* Values that the library does not know are our own bugs, so what it returns for each is not asked. */
static void set_settings(struct gpiod_line_settings *s, enum gpio_use use, unsigned flags)
{
	gpiod_line_settings_set_active_low(s, flags & LINES_ACTIVE_LOW);
	gpiod_line_settings_set_bias(s, bias(flags));
	if (use == GPIO_OUTPUT) {
		gpiod_line_settings_set_direction(s, GPIOD_LINE_DIRECTION_OUTPUT);
		gpiod_line_settings_set_drive(s, drive(flags));
		gpiod_line_settings_set_output_value(s, GPIOD_LINE_VALUE_INACTIVE);
		return;
	}
	gpiod_line_settings_set_direction(s, GPIOD_LINE_DIRECTION_INPUT);
	if (use == GPIO_EVENTS)
		gpiod_line_settings_set_edge_detection(s, GPIOD_LINE_EDGE_BOTH);
}

static struct gpiod_line_request *request(struct gpiod_chip *chip, unsigned offset, enum gpio_use use,
					  unsigned flags, const char *consumer)
{
	struct gpiod_line_settings *settings = gpiod_line_settings_new();
	struct gpiod_line_config *lines = gpiod_line_config_new();
	struct gpiod_request_config *config = gpiod_request_config_new();
	struct gpiod_line_request *r = NULL;
	int saved;

	if (settings && lines && config) {
		set_settings(settings, use, flags);
		gpiod_request_config_set_consumer(config, consumer);
		if (gpiod_line_config_add_line_settings(lines, &offset, 1, settings) == 0)
			r = gpiod_chip_request_lines(chip, config, lines);
	}
	saved = errno;
	gpiod_request_config_free(config);
	gpiod_line_config_free(lines);
	gpiod_line_settings_free(settings);
	errno = saved;
	return r;
}

struct gpio_line *gpio_request(const char *path, unsigned offset, enum gpio_use use, unsigned flags,
			       const char *consumer)
{
	struct gpio_line *l = calloc(1, sizeof *l);
	struct gpiod_chip *chip = l ? gpiod_chip_open(path) : NULL;
	int saved;

	if (!chip)
		goto fail;
	l->offset = offset;
	l->request = request(chip, offset, use, flags, consumer);
	if (!l->request)
		goto fail;
	if (use == GPIO_EVENTS) {
		l->events = gpiod_edge_event_buffer_new(16);
		if (!l->events || fcntl(gpio_fd(l), F_SETFL, O_NONBLOCK) < 0)
			goto fail;
	}
	gpiod_chip_close(chip);
	return l;
fail:
	saved = errno;
	if (chip)
		gpiod_chip_close(chip);
	gpio_release(l);
	errno = saved;
	return NULL;
}

void gpio_release(struct gpio_line *l)
{
	if (!l)
		return;
	if (l->events)
		gpiod_edge_event_buffer_free(l->events);
	if (l->request)
		gpiod_line_request_release(l->request);
	free(l);
}

int gpio_set(struct gpio_line *l, bool active)
{
	return gpiod_line_request_set_value(l->request, l->offset,
					    active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE);
}

int gpio_get(struct gpio_line *l)
{
	switch (gpiod_line_request_get_value(l->request, l->offset)) {
	case GPIOD_LINE_VALUE_ACTIVE:
		return 1;
	case GPIOD_LINE_VALUE_INACTIVE:
		return 0;
	default:
		return -1;
	}
}

int gpio_fd(const struct gpio_line *l)
{
	return gpiod_line_request_get_fd(l->request);
}

int gpio_drain(struct gpio_line *l)
{
	while (gpiod_line_request_read_edge_events(l->request, l->events, 16) > 0)
		;
	return errno == EAGAIN ? 0 : -1;
}
