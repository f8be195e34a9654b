/* profile.h - how makes of modems differ, as data. */
#ifndef MODEM_PROFILE_H
#define MODEM_PROFILE_H

#include <stdbool.h>

/* A command that it answers in a way of its own: the whole reply as it goes out. */
struct odd {
	const char *command, *reply;
};

struct profile {
	const char *name;
	const char *manufacturer, *model, *revision, *imei;
	unsigned vendor, product;	/* USB */
	const char *unknown;		/* the result for a command it does not know */
	const char *store;		/* where messages from the air go: "SM" or "ME" */
	unsigned quirks;		/* quirk.h */
	bool huawei;			/* has the ^ commands, and talks unasked until AT^CURC=0 */
	bool cr_cr_lf;			/* the lines of +CLAC end in CR CR LF */
	bool cpin_no_ok;		/* +CPIN: READY comes without OK */
	bool cpms_two_only;		/* +CPMS takes two stores, three are an ERROR */
	const struct odd *odd;		/* what it says instead; ends in a NULL command */
	const char *const *boot;	/* said after power-on; ends in NULL */
	const char *const *noise;	/* said for ever, one each noise_ms; ends in NULL */
	long noise_ms;
};

/* NULL if there is none of that name. */
const struct profile *profile_find(const char *name);
/* The names, separated by ", ". */
const char *profile_names(void);

#endif
