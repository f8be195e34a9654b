/* machine.h - the state machine of the agent: from a command to a held tunnel and back.
 *
 * Pure: it has no descriptor and no clock; time comes in with each event. A step changes the machine
 * and returns a list of actions; carrying them out never changes the machine. The transitions are a
 * table, which machine_print_dot draws.
 *
 * It counts on this:
 * - The actions of a step are carried out in their order. The process may die before any of them.
 * - SAVE writes, in one piece: window with the time left, queued and queued_length, next_id. While a
 *   window runs, the time left is written again from time to time.
 * - REPORT puts the report into the spool under the number of the window; one that is there already
 *   stays. After a restart, a saved window with a report in the spool is over and not resumed.
 * - CLOSED means that there is no link any more, and that nothing about it is still to come.
 * - MODEM_READY never comes while a link holds the port; the parent ends the link of an agent that died
 *   before it starts the next.
 * t/sim explores all the rest: late, missing, wrong and repeated events, and death at any moment. */
#ifndef OOBM_CORE_MACHINE_H
#define OOBM_CORE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum machine_state {
	MACHINE_OFFLINE,	/* no usable modem; a window may be waiting for one */
	MACHINE_LISTENING,
	MACHINE_DIALLING,	/* data call and PPP */
	MACHINE_CHECKING,	/* names, probe, proof of the path */
	MACHINE_CONNECTING,	/* SSH and the forwards */
	MACHINE_OPEN,
	MACHINE_CLOSING,	/* tearing everything down */
	MACHINE_PAUSING,	/* before another try */
	MACHINE_REPORTING,	/* the owner is told */
	MACHINE_STATES
};

enum machine_event_type {
	MACHINE_EV_MODEM_READY,
	MACHINE_EV_MODEM_LOST,
	MACHINE_EV_UP,		/* command; length */
	MACHINE_EV_DOWN,	/* command */
	MACHINE_EV_EXTEND,	/* command; length */
	MACHINE_EV_LINK_UP,
	MACHINE_EV_CHECKED,
	MACHINE_EV_TUNNEL_UP,
	MACHINE_EV_FAILED,	/* the running step failed; step, reason, fatal */
	MACHINE_EV_TUNNEL_LOST,	/* it was up */
	MACHINE_EV_CLOSED,	/* no tunnel, no link, and the modem was asked to take commands again */
	MACHINE_EV_REPORTED,
	MACHINE_EV_STOP,	/* the daemon ends; a window is kept for the next start */
	/* from machine_due, never from outside */
	MACHINE_EV_TIMEOUT,	/* the state's deadline */
	MACHINE_EV_WINDOW_END,
	MACHINE_EV_WARN,
	MACHINE_EVENTS
};

enum machine_action {
	MACHINE_ACT_NONE,
	MACHINE_ACT_SAVE,	/* write the window to disk; comes before what depends on it */
	MACHINE_ACT_OPEN_MODEM,	/* look for the modem and initialise it */
	MACHINE_ACT_DIAL,
	MACHINE_ACT_CHECK,
	MACHINE_ACT_CONNECT,
	MACHINE_ACT_CLOSE,	/* answered by CLOSED */
	MACHINE_ACT_KILL,	/* the same, without manners; answered by CLOSED */
	MACHINE_ACT_TELL_UP,
	MACHINE_ACT_TELL_BACK,	/* the tunnel is back after a loss */
	MACHINE_ACT_TELL_WARN,
	MACHINE_ACT_TELL_EXTENDED,
	MACHINE_ACT_TELL_RETRY,	/* a try failed, another follows */
	MACHINE_ACT_REPORT,	/* spool the report of machine.last; REPORTED when it is sent */
	MACHINE_ACTIONS
};

/* Why a window ended. */
enum machine_end { MACHINE_END_NONE, MACHINE_END_TIME, MACHINE_END_ASKED, MACHINE_END_FAILED };

#define MACHINE_REASON_MAX 256
#define MACHINE_ACTIONS_MAX 5

/* All in milliseconds. */
struct machine_limits {
	int64_t dial, check, connect, close, report;
	int64_t pause;		/* between tries; once the tunnel was up it doubles from one to the next, to 8 min */
	int64_t length, max, warn;
	unsigned tries;		/* at least 1 */
};

struct machine_event {
	enum machine_event_type type;
	int64_t length;		/* UP, EXTEND: wanted length, 0 for the default */
	const char *step;	/* FAILED: "dialling", "name resolution", ... */
	const char *reason;	/* FAILED, TUNNEL_LOST: a sentence */
	bool fatal;		/* FAILED: no other try makes sense */
};

struct machine_window {
	uint64_t id;		/* 0: there is none */
	int64_t begun;		/* when the command came */
	int64_t length;		/* as asked, bounded by limits.max */
	int64_t opened;		/* when the tunnel was first up; 0: not yet */
	int64_t end;		/* once opened: its end; before: when patience ends */
	int64_t closed;		/* when closing last began */
	int64_t warn_at;	/* 0: no warning is due */
	unsigned failures;	/* tries that failed since the tunnel was up */
	unsigned rebuilds;	/* those since it was up for a while: they make the pause grow; not saved */
	bool resumed;		/* went on after a restart */
	enum machine_end how;
	char step[32], reason[MACHINE_REASON_MAX];	/* of the last failure; "" for none */
};

struct machine {
	struct machine_limits limits;
	enum machine_state state;
	int64_t since;
	int64_t deadline;	/* of the state; 0: none */
	bool modem;		/* usable */
	bool retry;		/* closing leads to another try */
	bool killed;		/* KILL was already used in this closing */
	bool stopping;
	bool queued;		/* an UP came while closing */
	int64_t queued_length;
	int64_t up_since;	/* of the running tunnel */
	unsigned reopen;	/* failed openings of the modem in a row */
	uint64_t next_id;
	struct machine_window window;	/* the running one */
	struct machine_window last;	/* the one that REPORT is about; ended at last.end */
};

struct machine_actions {
	size_t n;
	enum machine_action list[MACHINE_ACTIONS_MAX];
	bool taken;		/* false: the event means nothing in this state */
};

/* Begins in offline, with the first OPEN_MODEM due at NOW. FIRST_ID numbers the windows, from 1. */
void machine_init(struct machine *m, const struct machine_limits *limits, int64_t now, uint64_t first_id);

/* After machine_init: takes up a window that a previous run left with LEFT ms to go (<= 0: it is over
 * and will be reported). */
void machine_resume(struct machine *m, const struct machine_window *w, int64_t left, int64_t now);

/* The same for an UP that came while an earlier window was closing. */
void machine_resume_queued(struct machine *m, int64_t length, int64_t now);

/* The one way to change the machine. NOW is monotonic, in ms, and never less than in the step before. */
struct machine_actions machine_step(struct machine *m, int64_t now, const struct machine_event *ev);

/* Would an event of this type be taken now? */
bool machine_accepts(const struct machine *m, int64_t now, enum machine_event_type type);

/* When machine_due will have something to say: monotonic ms, or INT64_MAX for never. */
int64_t machine_next(const struct machine *m);

/* True if a deadline has passed at NOW; *TYPE is then the event to step with. Call until false. */
bool machine_due(const struct machine *m, int64_t now, enum machine_event_type *type);

/* True when a STOP has been carried out and the process may end. */
bool machine_stopped(const struct machine *m);

/* True while the port belongs to the link: from DIAL until CLOSED. */
bool machine_link_wanted(const struct machine *m);

const char *machine_state_name(enum machine_state s);	/* "listening" */
const char *machine_event_name(enum machine_event_type e);
const char *machine_action_name(enum machine_action a);
const char *machine_end_name(enum machine_end e);	/* "time is over", for people */

/* The transitions as a Graphviz graph. */
void machine_print_dot(FILE *to);

#endif
