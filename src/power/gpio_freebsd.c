/* gpio_freebsd.c - FreeBSD's libgpio(3). Written from its manual and header, never compiled nor run.
 *
 * Pins have no holder there: who may open the device may set any of them, and a pin keeps its level whatever
 * becomes of us. Edges are not asked for; the LED is polled. Inversion is done here, as few chips can. */
#include "power/gpio.h"
#include "power/lines.h"

#include <sys/types.h>

#include <errno.h>
#include <fcntl.h>
#include <libgpio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char gpio_prefix[] = "gpioc";

struct gpio_chip {
	gpio_handle_t handle;
	gpio_config_t *pins;
	unsigned n;
	char name[GPIO_TEXT];
};

struct gpio_line {
	gpio_handle_t handle;
	gpio_pin_t pin;
	bool inverted;
};

struct gpio_chip *gpio_chip_open(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct gpio_chip *c = calloc(1, sizeof *c);
	int highest, saved;

	if (!c)
		return NULL;
	snprintf(c->name, sizeof c->name, "%s", slash ? slash + 1 : path);
	c->handle = gpio_open_device(path);
	highest = c->handle == GPIO_INVALID_HANDLE ? -1 : gpio_pin_list(c->handle, &c->pins);
	if (highest >= 0) {
		c->n = (unsigned)highest + 1;	/* it returns the last pin's number */
		return c;
	}
	saved = errno;
	gpio_chip_close(c);
	errno = saved;
	return NULL;
}

void gpio_chip_close(struct gpio_chip *c)
{
	if (!c)
		return;
	if (c->handle != GPIO_INVALID_HANDLE)
		gpio_close(c->handle);
	free(c->pins);
	free(c);
}

const char *gpio_chip_name(const struct gpio_chip *c)
{
	return c->name;
}

const char *gpio_chip_label(const struct gpio_chip *c)
{
	return c->name;
}

unsigned gpio_chip_lines(const struct gpio_chip *c)
{
	return c->n;
}

int gpio_chip_line(struct gpio_chip *c, unsigned offset, struct gpio_info *out)
{
	if (offset >= c->n) {
		errno = EINVAL;
		return -1;
	}
	snprintf(out->name, sizeof out->name, "%s", c->pins[offset].g_name);
	out->consumer[0] = '\0';
	out->used = false;
	return 0;
}

/* Direction, level and kind in one call: two would let the line move in between. */
static uint32_t pin_flags(enum gpio_use use, unsigned flags)
{
	uint32_t out;

	if (use == GPIO_OUTPUT) {
		out = GPIO_PIN_OUTPUT | (flags & LINES_ACTIVE_LOW ? GPIO_PIN_PRESET_HIGH : GPIO_PIN_PRESET_LOW);
		return out | (flags & LINES_OPEN_DRAIN ? GPIO_PIN_OPENDRAIN : 0);
	}
	out = GPIO_PIN_INPUT;
	out |= flags & LINES_PULL_UP ? GPIO_PIN_PULLUP : 0;
	return out | (flags & LINES_PULL_DOWN ? GPIO_PIN_PULLDOWN : 0);
}

/* What a pin cannot do is refused here rather than left to the driver, of which some ignore it. */
static int set_up(struct gpio_line *l, enum gpio_use use, unsigned flags)
{
	gpio_config_t config = { .g_pin = l->pin };
	uint32_t wanted = pin_flags(use, flags);

	if (gpio_pin_config(l->handle, &config) < 0)
		return -1;
	if ((flags & LINES_OPEN_SOURCE) ||
	    (wanted & ~config.g_caps & (GPIO_PIN_OPENDRAIN | GPIO_PIN_PULLUP | GPIO_PIN_PULLDOWN))) {
		errno = EOPNOTSUPP;
		return -1;
	}
	config.g_flags = wanted;
	return gpio_pin_set_flags(l->handle, &config);
}

struct gpio_line *gpio_request(const char *path, unsigned offset, enum gpio_use use, unsigned flags,
			       const char *consumer)
{
	struct gpio_line *l;
	int saved;

	(void)consumer;
	if (use == GPIO_EVENTS) {
		errno = ENXIO;
		return NULL;
	}
	l = calloc(1, sizeof *l);
	if (!l)
		return NULL;
	l->pin = offset;
	l->inverted = flags & LINES_ACTIVE_LOW;
	l->handle = gpio_open_device(path);
	if (l->handle != GPIO_INVALID_HANDLE && fcntl(gpio_fileno(l->handle), F_SETFD, FD_CLOEXEC) == 0 &&
	    set_up(l, use, flags) == 0)
		return l;
	saved = errno;
	gpio_release(l);
	errno = saved;
	return NULL;
}

void gpio_release(struct gpio_line *l)
{
	if (!l)
		return;
	if (l->handle != GPIO_INVALID_HANDLE)
		gpio_close(l->handle);
	free(l);
}

int gpio_set(struct gpio_line *l, bool active)
{
	return gpio_pin_set(l->handle, l->pin, active != l->inverted ? GPIO_VALUE_HIGH : GPIO_VALUE_LOW);
}

int gpio_get(struct gpio_line *l)
{
	gpio_value_t v = gpio_pin_get(l->handle, l->pin);

	return v == GPIO_VALUE_INVALID ? -1 : (v == GPIO_VALUE_HIGH) != l->inverted;
}

int gpio_fd(const struct gpio_line *l)
{
	return gpio_fileno(l->handle);
}

int gpio_drain(struct gpio_line *l)
{
	(void)l;
	return 0;
}
