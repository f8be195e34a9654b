/* guard.h - sees to it that no button stays pressed, whatever becomes of the worker.
 *
 * The guard is a process of its own that shares the lines' descriptors, so that the kernel keeps the lines
 * when the worker dies. It is told of each press before the line goes active; when the worker dies, or does not
 * report the release in time (it hangs, was stopped, has no processor), the guard sets the line inactive.
 * And when the guard dies, the worker hears of it, sets all lines inactive and ends. */
#ifndef OOBM_POWER_GUARD_H
#define OOBM_POWER_GUARD_H

#include "base/err.h"
#include "power/lines.h"

#include <sys/types.h>

/* So much later than the worker's own timer the guard acts: a press of 500 ms is never longer than 520. */
#define GUARD_MARGIN_MS 15

struct guard;

/* Starts the guard for the lines of N targets, some of which may be NULL; they stay the caller's, who opens
 * and closes none of them while there is a guard. Call it after the sandbox, which the guard inherits, and before
 * the loop has work that waits: it takes some milliseconds. Returns NULL with E. */
struct guard *guard_start(struct lines *const *lines, size_t n, struct err *e);

/* Has it set all lines inactive and end, and waits for that, a second at most. NULL is fine. */
void guard_end(struct guard *g);

/* For a watch: readable when the guard is dead, or so late with an answer that it is as good as dead. Then
 * set all lines inactive, and end: whoever started the worker starts both again. */
int guard_fd(const struct guard *g);
pid_t guard_pid(const struct guard *g);

/* Sets a line of TARGET (its number in guard_start) active for MS, 1 to 60000; the caller releases it then.
 * Returns 0, or -1 with E, the line being inactive: the guard does not answer, and guard_fd is readable from then on; or
 * lines_set failed. */
int guard_press(struct guard *g, size_t target, enum line which, int ms, struct err *e);

/* Sets it inactive. Returns 0, or -1 with E, as lines_set; the guard tries again at the end of the time. */
int guard_release(struct guard *g, size_t target, enum line which, struct err *e);

#endif
