#include "agent/agent.h"
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

/* A small computer without a battery boots with the time of its last shutdown, or in 1970. What is
 * earlier than a time that was seen before, or than this program, is wrong for certain. */
#define EARLIEST INT64_C(1767225600)	/* 2026-01-01 */

int64_t wall_trusted(const struct agent *a)
{
	int64_t now = clock_wall_s();

	return now >= EARLIEST && now >= a->store.wall ? now : 0;
}

void wall_format(int64_t t, char *out, size_t size)
{
	time_t tt = (time_t)t;
	struct tm tm;

	if (!gmtime_r(&tt, &tm) || strftime(out, size, "%H:%M UTC", &tm) == 0)
		snprintf(out, size, "?");
}
