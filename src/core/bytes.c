#include "core/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MOST INT64_C(1000000000000)

void bytes_format(uint64_t n, char *out, size_t size)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB" };
	double v = (double)n / 1000;
	unsigned u = 0;

	if (n < 1000) {
		snprintf(out, size, "%" PRIu64 " bytes", n);
		return;
	}
	while (v >= 999.95 && u < 3) {
		v /= 1000;
		u++;
	}
	snprintf(out, size, "%.1f %s", v, units[u]);
}

static int unit(const char *s, int64_t *out)
{
	static const struct { char letter; int64_t bytes; } units[] = { { 'k', 1000 }, { 'm', 1000000 }, { 'g', 1000000000 } };

	s += *s == ' ';
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		if ((*s | 0x20) != units[i].letter)
			continue;
		*out = units[i].bytes;
		return !s[1] || ((s[1] | 0x20) == 'b' && !s[2]) ? 0 : -1;
	}
	return -1;
}

int bytes_parse(const char *text, int64_t *out)
{
	size_t whole = strspn(text, "0123456789"), parts = 0;
	int64_t n = 0, scale = 1000, each;

	if (whole == 0 || whole > 7)
		return -1;
	for (size_t i = 0; i < whole; i++)
		n = n * 10 + (text[i] - '0');
	n *= scale;	/* in thousandths: the smallest unit has as many bytes */
	text += whole;
	if (*text == '.') {
		parts = strspn(++text, "0123456789");
		if (parts == 0 || parts > 3)
			return -1;
		for (size_t i = 0; i < parts; i++)
			n += (scale /= 10) * (text[i] - '0');
		text += parts;
	}
	if (unit(text, &each) < 0 || n > MOST / (each / 1000))
		return -1;
	*out = n * (each / 1000);
	return 0;
}
