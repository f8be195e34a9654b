/* notes.h - how often who comes and goes is noted. Pure.
 *
 * Somebody who comes and goes without end must not drive out of the history what others did, nor drown the channel to the
 * parent, under whatever names. */
#ifndef OOBM_CONSOLE_NOTES_H
#define OOBM_CONSOLE_NOTES_H

#include "core/rights.h"

#include <stdint.h>

#define NOTES_PEOPLE_MAX 32

struct notes {
	struct notes_person {
		char by[RIGHTS_NAME_MAX];
		int64_t since;	/* its hour, ms; 0: nobody */
		unsigned n;
	} person[NOTES_PEOPLE_MAX];
	int64_t since;		/* ten seconds of all */
	unsigned n;
};

enum notes_verdict {
	NOTES_NO, NOTES_YES,
	NOTES_LAST,	/* of this one in this hour */
	NOTES_CROWD,	/* of all for the next seconds */
};

/* May something of BY be noted at NOW (monotonic, ms, above 0)? It counts as noted then. */
enum notes_verdict notes_count(struct notes *all, const char *by, int64_t now);

#endif
