#include "core/stamp.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

/* Days since 1970 to a date of the Gregorian calendar, whose years are taken to begin in March, so that the day that
 * comes and goes is the last. */
static void date_of(int64_t days, int *year, int *month, int *day)
{
	int64_t n = days + 719468, era = n / 146097, of_era = n % 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = (int)(y + era * 400 + (*month <= 2));
}

static size_t put_time(int64_t now, enum stamp_mark mark, char *out)
{
	int year, month, day, ms;
	char text[64];

	if (now < 0)
		now = 0;
	date_of(now / DAY_MS, &year, &month, &day);
	ms = (int)(now % DAY_MS);
	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ%c", year % 10000, month, day, ms / 3600000,
		 ms / 60000 % 60, ms / 1000 % 60, ms % 1000, mark);
	memcpy(out, text, STAMP_LEN);
	return STAMP_LEN;
}

static size_t end_line(struct stamp *s, char *out)
{
	if (!s->open)
		return 0;
	s->open = false;
	s->len = 0;
	*out = '\n';
	return 1;
}

size_t stamp_next(struct stamp *s, int64_t now, const char *p, size_t n, char head[STAMP_HEAD_MAX], size_t *nhead)
{
	const char *nl = memchr(p, '\n', n);
	size_t take = nl ? (size_t)(nl - p) + 1 : n;

	*nhead = 0;
	/* a clock that was set back must not join lines either */
	if (s->open && (s->len >= STAMP_LINE_MAX || now - s->last >= STAMP_PAUSE_MS || now < s->last))
		*nhead = end_line(s, head);
	if (!s->open)
		*nhead += put_time(now, s->within ? STAMP_REST : STAMP_LINE, head + *nhead);
	if (take > STAMP_LINE_MAX - s->len)
		take = STAMP_LINE_MAX - s->len;
	s->len += take;
	s->open = s->within = p[take - 1] != '\n';
	if (!s->open)
		s->len = 0;
	s->last = now;
	return take;
}

size_t stamp_remark(struct stamp *s, int64_t now, const char *text, char *out, size_t size)
{
	char head[STAMP_HEAD_MAX];
	size_t n = end_line(s, head);
	int len;

	n += put_time(now, STAMP_REMARK, head + n);
	len = snprintf(out, size, "%.*s%s", (int)n, head, text);
	if (len < 0 || size < 2)
		return 0;
	if ((size_t)len > size - 1)
		len = (int)size - 1;
	out[len++] = '\n';
	return (size_t)len;
}

enum stamp_mark stamp_parse(const char *line, size_t n, const char **text, size_t *len)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.dddZ";

	if (n < STAMP_LEN)
		return 0;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)line[i]) : line[i] != form[i])
			return 0;
	if (!strchr(" +#", line[STAMP_LEN - 1]) || !line[STAMP_LEN - 1])
		return 0;
	*text = line + STAMP_LEN;
	*len = n - STAMP_LEN;
	return (enum stamp_mark)line[STAMP_LEN - 1];
}
