#include "core/command.h"

#include <inttypes.h>
#include <stdio.h>

void duration_format(int64_t ms, char *out, size_t size)
{
	static const struct { int64_t seconds; const char *alone, *among; } units[] = {
		{ 86400, "d", "d" }, { 3600, "h", "h" }, { 60, "min", "m" }, { 1, "s", "s" },
	};
	int64_t left = ms > 0 ? ms / 1000 : 0;
	size_t len = 0;

	if (size == 0)
		return;
	out[0] = 0;
	for (size_t i = 0; i < 4; i++) {
		int64_t unit = units[i].seconds, v = left / unit;
		int n;

		left -= v * unit;
		if (v == 0 && (i < 3 || len > 0))
			continue;
		if (len == 0 && left == 0)	/* the only one */
			n = snprintf(out, size, "%" PRId64 " %s", v, units[i].alone);
		else
			n = snprintf(out + len, size - len, "%s%" PRId64 "%s", len ? " " : "", v, units[i].among);
		if (n < 0 || (size_t)n >= size - len)
			return;
		len += (size_t)n;
	}
}
