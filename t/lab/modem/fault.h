/* fault.h - what may go wrong on demand. */
#ifndef MODEM_FAULT_H
#define MODEM_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum fault {
	FAULT_NO_CARRIER,	/* ATD answers NO CARRIER */
	FAULT_CME30,		/* ATD answers +CME ERROR: 30, "no network service" */
	FAULT_BUSY,		/* ATD answers BUSY */
	FAULT_NO_DIALTONE,	/* ATD answers NO DIALTONE */
	FAULT_SILENT,		/* a command line is not answered, not even echoed */
	FAULT_GARBAGE,		/* a reply is bytes without sense, and no result */
	FAULT_CMS500,		/* +CMGS answers +CMS ERROR: 500 */
	FAULT_CMGS_TIMEOUT,	/* +CMGS is never answered */
	FAULT_LOST_URC,		/* a message is stored without a word */
	FAULT_SLOW,		/* count: milliseconds that each reply is late; 0 ends it */
	FAULTS
};

struct faults {
	long left[FAULTS];	/* how often it still happens; -1: until cleared */
};

/* Whether the fault happens now; counts it. */
bool fault_now(struct faults *f, enum fault which);

/* "no-carrier" and so on; -1 if it is none of the above (ctl.c has some that are acts, not faults). */
int fault_by_name(const char *name);
const char *fault_name(enum fault which);

#endif
