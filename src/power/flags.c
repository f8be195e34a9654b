/* flags.c - what the config calls lines and their flags; the same with every backend. */
#include "power/lines.h"

#include <string.h>

#define OUTPUTS ((1U << LINE_POWER) | (1U << LINE_RESET))
#define LED (1U << LINE_LED)

static const struct {
	const char *name;
	unsigned flag, lines;
	unsigned excludes;
} flags_known[] = {
	{ "active-low", LINES_ACTIVE_LOW, OUTPUTS | LED, 0 },
	{ "open-drain", LINES_OPEN_DRAIN, OUTPUTS, LINES_OPEN_SOURCE },
	{ "open-source", LINES_OPEN_SOURCE, OUTPUTS, LINES_OPEN_DRAIN },
	{ "pull-up", LINES_PULL_UP, LED, LINES_PULL_DOWN | LINES_BIAS_DISABLED },
	{ "pull-down", LINES_PULL_DOWN, LED, LINES_PULL_UP | LINES_BIAS_DISABLED },
	{ "bias-disabled", LINES_BIAS_DISABLED, LED, LINES_PULL_UP | LINES_PULL_DOWN },
};

const char *lines_option(enum line which)
{
	static const char *const names[LINES] = { "power-line", "reset-line", "led-line" };

	return names[which];
}

static int add_flag(const char *word, size_t n, enum line which, unsigned *flags, struct err *e)
{
	const char *option = which == LINE_LED ? "led-flags" : "line-flags";

	for (size_t i = 0; i < sizeof flags_known / sizeof *flags_known; i++) {
		if (strlen(flags_known[i].name) != n || strncmp(flags_known[i].name, word, n) != 0)
			continue;
		if (!(flags_known[i].lines & (1U << which)))
			break;
		if (*flags & flags_known[i].excludes)
			return err_set(e, "%s: %s excludes another that is given; keep one", option,
				       flags_known[i].name);
		*flags |= flags_known[i].flag;
		return 0;
	}
	return err_set(e, "%s: there is no \"%.*s\"; there are %s", option, (int)(n > 40 ? 40 : n), word,
		       which == LINE_LED ? "active-low, pull-up, pull-down and bias-disabled" :
		       "active-low, open-drain and open-source");
}

int lines_flags(const char *words, enum line which, unsigned *flags, struct err *e)
{
	static const char apart[] = " ,";
	size_t n;

	*flags = 0;
	for (const char *p = words ? words : ""; *(p += strspn(p, apart)); p += n) {
		n = strcspn(p, apart);
		if (add_flag(p, n, which, flags, e) < 0)
			return -1;
	}
	return 0;
}
