/* profile.h - what differs between makes of modems, as data. */
#ifndef OOBM_AGENT_PROFILE_H
#define OOBM_AGENT_PROFILE_H

struct profile {
	const char *name;
	const char *match;		/* in the answer to AT+CGMI, case-blind; NULL never matches */
	const char *const *init;	/* after ATE0, ends with NULL; each may fail */
	const char *const *cnmi;	/* ways to ask for +CMTI, the best first, ends with NULL */
};

/* By name, or NULL. "auto" is not a profile. */
const struct profile *profile_by_name(const char *name);
/* The one whose match is in MANUFACTURER, else generic. Never NULL. */
const struct profile *profile_by_manufacturer(const char *manufacturer);

#endif
