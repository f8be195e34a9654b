/* termstate.h - what a stream of control functions has done to a terminal beyond drawing on it, and how to undo just
 * that: for whoever lets a machine draw on a terminal that is somebody's, and has to leave it as it was. Pure. */
#ifndef OOBM_CORE_TERMSTATE_H
#define OOBM_CORE_TERMSTATE_H

#include "core/ansi.h"

#include <stdint.h>

struct termstate {
	struct ansi ansi;
	uint32_t modes;		/* a bit for each mode of the table that is not as terminals begin */
	uint32_t other;		/* a bit for each other thing that is not */
	unsigned pushed;	/* key encodings on the stack (CSI > u) */
};

/* Takes note of N bytes that were sent. T is all zeros at the beginning. */
void termstate_feed(struct termstate *t, const char *p, size_t n);

/* Ends a control function that was begun: CAN drops it; ST is for terminals that do not know that. */
#define TERMSTATE_CANCEL "\030\033\\"

/* What to send to undo it; "" if there is nothing. OUT has TERMSTATE_UNDO_MAX bytes. Returns the bytes, without the
 * terminator. Only the text of the picture, and where the cursor is, may be other than before. */
#define TERMSTATE_UNDO_MAX 512
size_t termstate_undo(const struct termstate *t, char *out);

#endif
