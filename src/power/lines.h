/* lines.h - the GPIO lines of one target: power button, reset button, power LED. Held from open to close, the
 * outputs inactive from the first moment on. Backends: gpio_gpiod1.c, gpio_gpiod2.c, gpio_freebsd.c behind
 * gpio.h, and lines_null.c for a build without any. */
#ifndef OOBM_POWER_LINES_H
#define OOBM_POWER_LINES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum line { LINE_POWER, LINE_RESET, LINE_LED, LINES };
#define LINES_OUTPUTS 2		/* those before LINE_LED */

/* For outputs: LINES_ACTIVE_LOW and one of LINES_OPEN_*; for the LED: LINES_ACTIVE_LOW and one of the rest. */
#define LINES_ACTIVE_LOW 0x01U
#define LINES_OPEN_DRAIN 0x02U
#define LINES_OPEN_SOURCE 0x04U
#define LINES_PULL_UP 0x08U
#define LINES_PULL_DOWN 0x10U
#define LINES_BIAS_DISABLED 0x20U

struct lines_config {
	const char *name;	/* the target's; the system then says that "oobmd NAME" has the line */
	const char *chip;	/* name (gpiochip0), label or path; NULL or "": any, if the lines have names */
	const char *power, *reset, *led;	/* offset on the chip, or the line's name; NULL or "": none */
	unsigned flags, led_flags;
};

struct lines;

/* "power-line", "reset-line", "led-line": what the config calls it. */
const char *lines_option(enum line which);

/* Reads names of flags, "active-low" and so on, separated by blanks or commas. Returns 0, or -1 with E: no flag
 * of an output or of the LED (WHICH), or two that exclude each other. */
int lines_flags(const char *words, enum line which, unsigned *flags, struct err *e);

/* Takes the lines: outputs are requested inactive by the very call that makes them outputs, so nothing
 * pulses. Waits up to half a second for another oobmd that is letting go of them. Returns NULL with E: no
 * such chip (and which there are), no such line, in use (and by whom), no permission, the same line twice.
 * E does not name the target. */
struct lines *lines_open(const struct lines_config *c, struct err *e);

/* Sets the outputs inactive, then lets go. NULL is fine. The system keeps the lines for as long as a guard
 * shares them: end it first. */
void lines_close(struct lines *l);

bool lines_has(const struct lines *l, enum line which);
/* Where it is, for people: "gpiochip0 line 17 (PWR_BTN)"; "" if there is none. */
const char *lines_where(const struct lines *l, enum line which);

/* Sets LINE_POWER or LINE_RESET. Allocates nothing. Returns 0, or -1 with E (may be NULL): the target has no
 * such line, or the chip is gone; then only closing and opening again helps. */
int lines_set(struct lines *l, enum line which, bool active, struct err *e);
/* Whether all lines still answer. Returns 0, or -1 with E, as lines_set. */
int lines_check(struct lines *l, struct err *e);

/* 1 lit, 0 dark, -1 there is no LED line or it cannot be read (lines_check says why). */
int lines_led(const struct lines *l);
/* Readable after each edge, for a watch; stays the lines'. -1: the chip reports no edges; poll lines_led. */
int lines_led_fd(const struct lines *l);
/* Takes the edges that wait, so that the descriptor is quiet again. Returns 0, or -1: the chip is gone, and
 * the watch has to be freed. */
int lines_led_clear(struct lines *l);

/* The descriptors without which lines_set does not work, at most LINES_OUTPUTS. Returns their number. */
size_t lines_descriptors(const struct lines *l, int fd[LINES_OUTPUTS]);

#endif
