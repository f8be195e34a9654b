#include "agent/profile.h"

#include <string.h>
#include <strings.h>

static const char *const cnmi_usual[] = { "2,1,0,0,0", "2,1", "1,1,0,0,0", "1,1", NULL };
static const char *const none[] = { NULL };
/* CURC=0 silences the periodic ^RSSI, ^DSFLOWRPT and the like; U2DIAG=0 hides the CD-ROM for ever */
static const char *const huawei_init[] = { "AT^CURC=0", "AT^U2DIAG=0", NULL };

static const struct profile table[] = {
	{ "generic", NULL, none, cnmi_usual },
	{ "huawei", "huawei", huawei_init, cnmi_usual },
};

const struct profile *profile_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

const struct profile *profile_by_manufacturer(const char *manufacturer)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].match && strcasestr(manufacturer, table[i].match))
			return &table[i];
	return &table[0];
}
