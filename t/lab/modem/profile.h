/* profile.h - how makes of modems differ, as data. */
#ifndef MODEM_PROFILE_H
#define MODEM_PROFILE_H

#include <stdbool.h>

struct profile {
	const char *name;
	const char *manufacturer, *model, *revision, *imei;
	unsigned vendor, product;	/* USB */
	const char *unknown;		/* the result for a command it does not know */
	const char *store;		/* where messages from the air go: "SM" or "ME" */
	bool huawei;			/* has the ^ commands, and talks unasked until AT^CURC=0 */
	bool named_ids;			/* "+CGMI: ..." with prefix */
	bool urc_inside;		/* an unsolicited code may come between information and result */
	bool cr_cr_lf;			/* lines of a list end in CR CR LF */
	bool cpin_no_ok;		/* +CPIN: READY comes without OK */
	bool cpms_two_only;		/* +CPMS takes two stores, three are an ERROR */
	const char *const *boot;	/* said after power-on; ends in NULL */
	const char *const *noise;	/* said for ever, one each noise_ms; ends in NULL */
	long noise_ms;
};

/* NULL if there is none of that name. */
const struct profile *profile_find(const char *name);
/* The names, separated by ", ". */
const char *profile_names(void);

#endif
