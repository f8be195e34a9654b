/* state.h - small files that survive: replaced whole, checked whole.
 *
 * A file is lines in the format of ipc/msg.h, ended by `end crc=XXXXXXXX` (CRC-32 of what is before).
 * A torn, empty or changed file is told apart from an absent one, and set aside as NAME.bad. */
#ifndef OOBM_RUN_STATE_H
#define OOBM_RUN_STATE_H

#include "base/buf.h"
#include "base/err.h"
#include "ipc/msg.h"

#define STATE_FILE_MAX ((size_t)64 * 1024)

/* Replaces DIR/NAME by LINES: temporary file, fsync, rename, fsync of the directory, so that after
 * returning 0 either a crash or a power cut leaves the new content. On -1 (E says why) the old is kept. */
int state_write(const char *dir, const char *name, const struct buf *lines, struct err *e);

/* Calls EACH for every line of DIR/NAME. Returns 1, 0 if there is no such file, or -1 with E if it is
 * damaged: then EACH was not called at all, and the file is set aside. */
int state_read(const char *dir, const char *name, void (*each)(void *arg, const struct msg *m), void *arg,
	       struct err *e);

/* Removes DIR/NAME and makes it last. Returns 0 (also when there was none) or -1. */
int state_remove(const char *dir, const char *name, struct err *e);

#endif
