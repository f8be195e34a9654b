/* bank.h - the GPIO lines between the small computer and the server, as a chip of the kernel's gpio-sim
 * (Documentation/admin-guide/gpio/gpio-sim.rst). */
#ifndef SERVER_BANK_H
#define SERVER_BANK_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>

#define BANK_LINES 8

struct bank {
	char name[32];			/* in configfs; the chip's label is NAME-gpio */
	char chip[32];			/* "gpiochip0" */
	char lines[PATH_MAX];		/* where sysfs has the lines' pulls */
	unsigned base;			/* the kernel's number of the first line */
	bool live;
};

/* Makes the chip; its lines 0.. are called NAME-<one of TITLES>. What a crashed run left is taken away first.
 * Returns 0, or -1 with E. */
int bank_make(struct bank *b, const char *name, const char *const *titles, unsigned n, struct err *e);
void bank_remove(struct bank *b);

/* The chip goes, whoever holds its lines, and comes again. */
int bank_live(struct bank *b, bool live, struct err *e);

/* What a line is pulled to while nobody drives it. */
void bank_pull(const struct bank *b, unsigned line, bool high);

#endif
