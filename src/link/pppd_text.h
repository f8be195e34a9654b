/* pppd_text.h - what pppd's exit status means, for people (pppd(8), EXIT STATUS). */
#ifndef OOBM_LINK_PPPD_TEXT_H
#define OOBM_LINK_PPPD_TEXT_H

#include <stdbool.h>

/* A sentence for the exit status CODE, and in *FATAL whether trying again is pointless. Never NULL. */
const char *pppd_exit_text(int code, bool *fatal);

#endif
