/* situation.h - a machine that was led into a situation by events, and a clock beside it. */
#ifndef OOBM_T_SITUATION_H
#define OOBM_T_SITUATION_H

#include "base/clock.h"
#include "core/machine.h"

#define START (100 * SEC_MS)
#define FIRST_ID 7

extern const struct machine_limits limits;
/* of these limits, before the tunnel was up */
#define PATIENCE (3 * (60 + 30 + 50 + 20 + 10) * SEC_MS + MIN_MS)

extern int64_t now;
extern struct machine m;

struct machine_actions send(enum machine_event_type type);
struct machine_actions send_length(enum machine_event_type type, int64_t length);
struct machine_actions send_failed(const char *step, const char *reason, bool fatal);

/* Lets time pass, and steps with all that is due meanwhile. */
void pass(int64_t ms);

enum situation {
	OFFLINE, WAITING, OVERDUE, OFFLINE_QUEUED, LISTENING, DIALLING, CHECKING, CONNECTING, RECONNECTING,
	OPEN, OPEN_STEADY, CLOSING_RETRY, CLOSING_RETRY_LOST, CLOSING_DONE, CLOSING_DONE_LOST, CLOSING_KILLED,
	CLOSING_KILLED_RETRY, CLOSING_STOP, CLOSING_STOP_KILLED, PAUSING, REPORTING, REPORTING_QUEUED, STOPPED,
};

/* Window FIRST_ID is the one that runs, waits or is being closed. */
void bring_to(enum situation s);

#endif
