/* usage.h - how many bytes went through the modem in this month of the SIM's plan. Pure.
 *
 * A month begins on the plan's day, at midnight UTC. While nobody knows what day it is, it goes on. */
#ifndef OOBM_CORE_USAGE_H
#define OOBM_CORE_USAGE_H

#include <stddef.h>
#include <stdint.h>

#define USAGE_DAY_MAX 28	/* each month has it */

struct usage {
	int month;		/* as usage_month has it; 0: not known yet */
	uint64_t bytes;
	unsigned told;		/* the percentage that the owner was told of last; 0: none in this month */
};

/* The month in which WALL (seconds since 1970; <= 0: not known) is, for a plan that begins on DAY, 1 to USAGE_DAY_MAX: a
 * number that grows by one each month, or 0. */
int usage_month(int64_t wall, int day);

/* Begins anew if MONTH (0: not known) is later than the one that is counted. A clock that went back changes nothing. */
void usage_roll(struct usage *u, int month);

/* N more bytes, in MONTH. */
void usage_add(struct usage *u, int month, uint64_t n);

/* Returns 80 or 100 if so many percent of BUDGET bytes (0: there is none) are used now and that was not told yet in this
 * month, else 0. */
unsigned usage_due(struct usage *u, uint64_t budget);

/* The day after this month, "1 December"; "" if MONTH is not known. */
void usage_next_text(int month, int day, char *out, size_t size);

#endif
