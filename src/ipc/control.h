/* control.h - the control socket: what oobm says to the agent, in the line format of msg.h.
 *
 * The client sends one request. The agent answers with any number of `event`, `status`, `target`, `pending` and
 * `progress` lines, then one `ok` or `error`, and closes. */
#ifndef OOBM_IPC_CONTROL_H
#define OOBM_IPC_CONTROL_H

#include "ipc/msg.h"

#define CONTROL_PATH "/run/oobmd/control"

/* client -> agent. Times are in ms; `by` is filled in by the agent from the peer's credentials. `key` is the
 * fingerprint of the SSH key that oobm-shell's user came with: it tells apart who shares an account. */
enum { CONTROL_STATUS, CONTROL_UP, CONTROL_DOWN, CONTROL_EXTEND, CONTROL_HISTORY, CONTROL_LOG_LEVEL, CONTROL_POWER,
       CONTROL_CANCEL, CONTROL_PENDING, CONTROL_TARGETS, CONTROL_RULES };
extern const struct permit permit_control[CONTROL_RULES];

/* agent -> client */
enum { CONTROL_ST, CONTROL_EVENT, CONTROL_OK, CONTROL_ERROR, CONTROL_TARGET, CONTROL_WAITING, CONTROL_PROGRESS,
       FROM_CONTROL_RULES };
extern const struct permit permit_from_control[FROM_CONTROL_RULES];

#endif
