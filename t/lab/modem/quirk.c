#include "quirk.h"

#include <stdbool.h>
#include <string.h>

static const char *const names[] = {
	"lf-only", "no-lead", "cr-cr-lf", "no-blank", "blank-lines", "echo-twice", "echo-broken", "sleepy",
	"prompt-bare", "prompt-line", "no-cmgs", "sim-busy", "stale", "urc-first", "urc-inside",
	"no-cpms", "late-dcd",
};

unsigned quirk_by_name(const char *name)
{
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], name))
			return 1u << i;
	return 0;
}

const char *quirk_name(unsigned n)
{
	return n < sizeof names / sizeof *names ? names[n] : NULL;
}

size_t quirk_apply(unsigned set, const char *text, size_t n, char *out)
{
	bool begin = true, colon = false;
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		bool crlf = text[i] == '\r' && i + 1 < n && text[i + 1] == '\n';

		if (crlf && begin && set & QUIRK_NO_LEAD) {
			i++;
			continue;
		}
		begin = text[i] == '\n';
		if (crlf && set & QUIRK_LF_ONLY)
			continue;
		if (crlf && set & QUIRK_CR_CR_LF && i)
			out[len++] = '\r';
		if (colon && text[i] == ' ' && set & QUIRK_NO_BLANK) {
			colon = false;
			continue;
		}
		colon = text[i] == ':';
		out[len++] = text[i];
	}
	return len;
}
