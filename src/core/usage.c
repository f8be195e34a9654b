#include "core/usage.h"

#include <stdbool.h>
#include <stdio.h>

#define DAY_S 86400
#define DAYS_400 146097	/* in 400 years of the Gregorian calendar, which then repeats itself */
#define LAST_S (INT64_C(9999) * 366 * DAY_S)

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int usage_month(int64_t wall, int day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int days, year = 1970, m = 0;

	if (wall <= 0 || wall > LAST_S)
		return 0;
	year += (int)(wall / DAY_S / DAYS_400) * 400;
	days = (int)(wall / DAY_S % DAYS_400);
	for (; days >= 365 + is_leap(year); year++)
		days -= 365 + is_leap(year);
	for (; days >= lengths[m] + (m == 1 && is_leap(year)); m++)
		days -= lengths[m] + (m == 1 && is_leap(year));
	return year * 12 + m - (days + 1 < day);
}

void usage_roll(struct usage *u, int month)
{
	if (month > u->month && u->month)
		*u = (struct usage){ 0 };
	if (month > u->month)
		u->month = month;
}

void usage_add(struct usage *u, int month, uint64_t n)
{
	usage_roll(u, month);
	u->bytes = n > UINT64_MAX - u->bytes ? UINT64_MAX : u->bytes + n;
}

unsigned usage_due(struct usage *u, uint64_t budget)
{
	unsigned percent = 0;

	if (budget && u->bytes >= budget)
		percent = 100;
	else if (budget && u->bytes >= budget - budget / 5)
		percent = 80;
	if (percent <= u->told)
		return 0;
	u->told = percent;
	return percent;
}

void usage_next_text(int month, int day, char *out, size_t size)
{
	static const char *const names[] = {
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
		"November", "December",
	};

	if (month <= 0)
		snprintf(out, size, "%s", "");
	else
		snprintf(out, size, "%d %s", day, names[(month + 1) % 12]);
}
