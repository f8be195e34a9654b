#include "fault.h"

#include "../kit/events.h"

#include <string.h>

static const char *const names[FAULTS] = {
	[FAULT_NO_CARRIER] = "no-carrier",
	[FAULT_CME30] = "cme30",
	[FAULT_BUSY] = "busy",
	[FAULT_NO_DIALTONE] = "no-dialtone",
	[FAULT_SILENT] = "silent",
	[FAULT_GARBAGE] = "garbage",
	[FAULT_CMS500] = "cms500",
	[FAULT_CMGS_TIMEOUT] = "cmgs-timeout",
	[FAULT_LOST_URC] = "lost-urc",
	[FAULT_SLOW] = "slow",
};

bool fault_now(struct faults *f, enum fault which)
{
	if (!f->left[which])
		return false;
	if (f->left[which] > 0)
		f->left[which]--;
	event("fault: %s", names[which]);
	return true;
}

int fault_by_name(const char *name)
{
	for (int i = 0; i < FAULTS; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

const char *fault_name(enum fault which)
{
	return names[which];
}
