/* places.h - who gets a place at a console, and who has to give one up for it: nobody keeps others out by taking all. */
#ifndef OOBM_CONSOLE_PLACES_H
#define OOBM_CONSOLE_PLACES_H

#include "console/viewer.h"

#include <stddef.h>

#define PLACES_SEATS 16				/* for those who have said hello */
#define PLACES (PLACES_SEATS + 8)		/* and who has not yet, or is being shown out */

/* How many of the PLACES at ALL are of people who have said hello. */
size_t places_seated(const struct viewer *all);

/* Who gives up a place for WHO: of those who have most, the last who came without having the keyboard, which is WRITER's.
 * NULL if nobody has two places more than WHO. */
struct viewer *places_who_leaves(struct viewer *all, const struct viewer *writer, const struct viewer *who);

/* Of the places without a hello the one that is taken longest, of whom has most such places. Never NULL while all PLACES
 * are taken and at most PLACES_SEATS are seated. */
struct viewer *places_who_waits(struct viewer *all);

#endif
