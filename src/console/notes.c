#include "console/notes.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)
#define MOMENT_MS 10000
#define AN_HOUR 100	/* of one */
#define A_MOMENT 60	/* of all; agent and parent show out whom they hear 1000 times in so long a time */

/* Who came in the last hour by that name; if nobody, takes the place of whom we know longest. */
static struct notes_person *find(struct notes *all, const char *by, int64_t now)
{
	struct notes_person *oldest = &all->person[0];

	for (size_t i = 0; i < NOTES_PEOPLE_MAX; i++) {
		struct notes_person *p = &all->person[i];

		if (p->since && now - p->since < HOUR_MS && strcmp(p->by, by) == 0)
			return p;
		if (p->since < oldest->since)
			oldest = p;
	}
	*oldest = (struct notes_person){ .since = now };
	snprintf(oldest->by, sizeof oldest->by, "%s", by);
	return oldest;
}

enum notes_verdict notes_count(struct notes *all, const char *by, int64_t now)
{
	struct notes_person *p = find(all, by, now);

	if (now - all->since >= MOMENT_MS) {
		all->since = now;
		all->n = 0;
	}
	if (++p->n > AN_HOUR || ++all->n > A_MOMENT)
		return NOTES_NO;
	if (p->n == AN_HOUR)
		return NOTES_LAST;
	return all->n == A_MOMENT ? NOTES_CROWD : NOTES_YES;
}
