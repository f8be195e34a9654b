/* gpio.h - what src/power/lines.c needs of a system's GPIO library; configure chooses the file behind it. All
 * errors are in errno: EBUSY in use, EACCES and EPERM, ENODEV and EIO for a chip that is gone, ENXIO for
 * GPIO_EVENTS without an interrupt. */
#ifndef OOBM_POWER_GPIO_H
#define OOBM_POWER_GPIO_H

#include <stdbool.h>

#define GPIO_TEXT 64

struct gpio_chip;

struct gpio_info {
	char name[GPIO_TEXT];		/* "" if it has none */
	char consumer[GPIO_TEXT];	/* "" if nobody says */
	bool used;
};

/* Chips are /dev/PREFIX0, /dev/PREFIX1 and so on. */
extern const char gpio_prefix[];

struct gpio_chip *gpio_chip_open(const char *path);
void gpio_chip_close(struct gpio_chip *c);	/* NULL is fine */
const char *gpio_chip_name(const struct gpio_chip *c);
const char *gpio_chip_label(const struct gpio_chip *c);
unsigned gpio_chip_lines(const struct gpio_chip *c);
/* Returns 0, or -1 if that line cannot be asked. */
int gpio_chip_line(struct gpio_chip *c, unsigned offset, struct gpio_info *out);

struct gpio_line;

/* GPIO_OUTPUT begins inactive. GPIO_EVENTS is an input that reports both edges. */
enum gpio_use { GPIO_OUTPUT, GPIO_INPUT, GPIO_EVENTS };

/* Takes a line of the chip at PATH, with FLAGS of lines.h, for CONSUMER (kept by reference). */
struct gpio_line *gpio_request(const char *path, unsigned offset, enum gpio_use use, unsigned flags,
			       const char *consumer);
void gpio_release(struct gpio_line *l);		/* NULL is fine */
int gpio_set(struct gpio_line *l, bool active);	/* allocates nothing; 0 or -1 */
int gpio_get(struct gpio_line *l);		/* 1 active, 0 inactive, -1 */
int gpio_fd(const struct gpio_line *l);		/* what holds the line, and with GPIO_EVENTS is readable after an edge */
int gpio_drain(struct gpio_line *l);		/* reads the edges that wait, at once; 0 or -1 */

#endif
