/* rules.h - what must hold between the values of a config, and for the files it names. */
#ifndef OOBM_CONF_RULES_H
#define OOBM_CONF_RULES_H

#include "conf/conf.h"
#include "conf/scan.h"

/* Reads secrets and keys from their files, and checks everything that needs more than one value. Returns
 * 0, or -1 with E: "FILE:LINE: ...". Warnings are logged. */
int rules_apply(struct conf *c, const struct scan *s, struct err *e);

/* The part of it that is about targets and operators: rules_target.c. */
int rules_targets(struct conf *c, const struct scan *s, struct err *e);

#endif
