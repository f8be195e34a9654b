/* find.h - from what the config says to one line of one chip. */
#ifndef OOBM_POWER_FIND_H
#define OOBM_POWER_FIND_H

#include "base/err.h"
#include "power/gpio.h"

#include <stddef.h>

struct place {
	char path[128];		/* of the chip's device */
	char chip[GPIO_TEXT];	/* its name */
	unsigned offset;
	char name[GPIO_TEXT];	/* the line's, "" if it has none */
};

/* OPTION is what the config calls it ("power-line"), for the error. CHIP: name, label or path, or "" for any;
 * LINE: an offset, which needs a chip, or the line's name. Returns 0 or -1 with E. */
int place_find(struct place *p, const char *option, const char *chip, const char *line, struct err *e);

/* "gpiochip0 line 17 (PWR_BTN)" */
void place_describe(const struct place *p, char *out, size_t size);

#endif
