/* quirk.h - ways of real modems that a driver has to put up with; a profile has some, and a test may
 * switch each on and off. */
#ifndef MODEM_QUIRK_H
#define MODEM_QUIRK_H

#include <stddef.h>

enum quirk {
	QUIRK_LF_ONLY = 1 << 0,		/* lines end in LF alone */
	QUIRK_NO_LEAD = 1 << 1,		/* no CR LF in front of a line */
	QUIRK_CR_CR_LF = 1 << 2,	/* lines end in CR CR LF */
	QUIRK_NO_BLANK = 1 << 3,	/* no blank after the colon: "+CMTI:\"SM\",0" */
	QUIRK_BLANK_LINES = 1 << 4,	/* empty lines after the result */
	QUIRK_ECHO_TWICE = 1 << 5,	/* each command line is echoed twice */
	QUIRK_ECHO_BROKEN = 1 << 6,	/* the first two bytes of an echo are damaged */
	QUIRK_SLEEPY = 1 << 7,		/* after 5 s without a command the next one is lost */
	QUIRK_PROMPT_BARE = 1 << 8,	/* "> " without CR LF in front */
	QUIRK_PROMPT_LINE = 1 << 9,	/* ">" as a line of its own */
	QUIRK_NO_CMGS = 1 << 10,	/* a message is sent with OK, but without +CMGS: */
	QUIRK_SIM_BUSY = 1 << 11,	/* +CME ERROR: 14 in the first 3 s after power-on */
	QUIRK_STALE = 1 << 12,		/* what was said while the port was closed comes with the next one's first echo */
	QUIRK_URC_FIRST = 1 << 13,	/* an unsolicited code comes in front of every fourth reply */
	QUIRK_URC_INSIDE = 1 << 14,	/* or between information and result */
	QUIRK_NO_CPMS = 1 << 15,	/* no other store can be chosen */
	QUIRK_LATE_DCD = 1 << 16,	/* DCD comes 0.2 s after CONNECT */
};

/* The bit for "lf-only" and so on, 0 if there is none of that name. */
unsigned quirk_by_name(const char *name);
/* The Nth name, or NULL after the last. */
const char *quirk_name(unsigned n);

/* Rewrites N bytes of replies as the quirks in SET would have them. OUT has room for 2 * N. Returns how many. */
size_t quirk_apply(unsigned set, const char *text, size_t n, char *out);

#endif
