/* permit.h - who may say what to whom: one table a direction, in one place.
 *
 * The parent is the switchboard. Every worker has one channel, to the parent; what the agent says to
 * the tunnel or to push passes through the parent, which holds it against the same tables. */
#ifndef OOBM_IPC_PERMIT_H
#define OOBM_IPC_PERMIT_H

#include "ipc/msg.h"

/* parent -> tunnel */
enum { TUNNEL_RELAY, TUNNEL_START, TUNNEL_CHECK, TUNNEL_OPEN, TUNNEL_CLOSE, TUNNEL_STATS, TUNNEL_LOG, TUNNEL_RULES };
extern const struct permit permit_tunnel[TUNNEL_RULES];

/* tunnel -> parent (all but the first two goes on to the agent) */
enum { FROM_TUNNEL_READY, FROM_TUNNEL_ALIVE, FROM_TUNNEL_CHECKED, FROM_TUNNEL_UP, FROM_TUNNEL_FAILED, FROM_TUNNEL_DOWN,
       FROM_TUNNEL_BYTES, FROM_TUNNEL_RULES };
extern const struct permit permit_from_tunnel[FROM_TUNNEL_RULES];

/* parent -> push */
enum { PUSH_PUSHOVER, PUSH_START, PUSH_SEND, PUSH_LOG, PUSH_RULES };
extern const struct permit permit_push[PUSH_RULES];

/* push -> parent (all but the first two goes on to the agent) */
enum { FROM_PUSH_READY, FROM_PUSH_ALIVE, FROM_PUSH_SENT, FROM_PUSH_FAILED, FROM_PUSH_RULES };
extern const struct permit permit_from_push[FROM_PUSH_RULES];

/* parent -> power */
enum { POWER_TARGET, POWER_START, POWER_DO, POWER_ABORT, POWER_TELL, POWER_LOG, POWER_RULES };
extern const struct permit permit_power[POWER_RULES];

/* power -> parent (all but the first two goes on to the agent) */
enum { FROM_POWER_READY, FROM_POWER_ALIVE, FROM_POWER_PROGRESS, FROM_POWER_DONE, FROM_POWER_LED, FROM_POWER_PRESSING,
       FROM_POWER_RELEASED, FROM_POWER_FAULT, FROM_POWER_QUEUE, FROM_POWER_RUNNING, FROM_POWER_RULES };
extern const struct permit permit_from_power[FROM_POWER_RULES];

/* parent -> console */
enum { CONSOLE_CONSOLE, CONSOLE_WATCH, CONSOLE_OPERATOR, CONSOLE_START, CONSOLE_TTY, CONSOLE_TELL, CONSOLE_LOG, CONSOLE_RULES };
extern const struct permit permit_console[CONSOLE_RULES];

/* console -> parent (claim and release stay there; the rest but the first two goes on to the agent) */
enum { FROM_CONSOLE_READY, FROM_CONSOLE_ALIVE, FROM_CONSOLE_CLAIM, FROM_CONSOLE_RELEASE, FROM_CONSOLE_STATE,
       FROM_CONSOLE_MATCHED, FROM_CONSOLE_LAST, FROM_CONSOLE_VIEWER, FROM_CONSOLE_RULES };
extern const struct permit permit_from_console[FROM_CONSOLE_RULES];

/* parent -> agent */
enum { AGENT_MODEM, AGENT_OWNER, AGENT_WINDOW, AGENT_RELAY, AGENT_PUSHOVER, AGENT_PATHS, AGENT_START,
       AGENT_TTY, AGENT_LINK_UP, AGENT_LINK_FAILED, AGENT_LINK_DOWN, AGENT_WORKER_UP, AGENT_WORKER_DIED,
       AGENT_CHECKED, AGENT_TUNNEL_UP, AGENT_TUNNEL_FAILED, AGENT_TUNNEL_DOWN, AGENT_TUNNEL_BYTES,
       AGENT_SENT, AGENT_SEND_FAILED, AGENT_STOP, AGENT_LOG, AGENT_TARGET, AGENT_OPERATOR, AGENT_PROGRESS, AGENT_DONE,
       AGENT_LED, AGENT_PRESSING, AGENT_RELEASED, AGENT_FAULT, AGENT_QUEUE, AGENT_CONSOLE_STATE, AGENT_MATCHED,
       AGENT_LAST, AGENT_VIEWER, AGENT_RUNNING, AGENT_RULES };
extern const struct permit permit_agent[AGENT_RULES];

/* agent -> parent */
enum { FROM_AGENT_READY, FROM_AGENT_ALIVE, FROM_AGENT_CLAIM, FROM_AGENT_RELEASE, FROM_AGENT_LINK_OPEN,
       FROM_AGENT_LINK_CLOSE, FROM_AGENT_CHECK, FROM_AGENT_TUNNEL_OPEN, FROM_AGENT_TUNNEL_CLOSE,
       FROM_AGENT_TUNNEL_STATS, FROM_AGENT_SEND, FROM_AGENT_STOPPED, FROM_AGENT_LOG, FROM_AGENT_POWER, FROM_AGENT_ABORT,
       FROM_AGENT_RULES };
extern const struct permit permit_from_agent[FROM_AGENT_RULES];

#endif
