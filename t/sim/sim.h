/* sim.h - the state machine in a model of the world, under a virtual clock, watched by its invariants.
 *
 * The model knows what is true (is there a link, is a CLOSE unanswered, what is on the disk); who calls
 * it decides what happens next: every sequence (exhaust.c) or random ones (random.c). */
#ifndef OOBM_T_SIM_H
#define OOBM_T_SIM_H

#include "core/machine.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* What must hold. Each is checked after every step; the texts are in check.c. */
enum rule {
	RULE_NONE,
	RULE_ENDS,
	RULE_BOUNDED,
	RULE_PATH_HAS_WINDOW,
	RULE_REPORTED_ONCE,
	RULE_REPORT_SAYS_WHY,
	RULE_NOT_FORGOTTEN,
	RULE_ONE_LINK,
	RULE_PORT_OWNER,
	RULE_ORDER,
	RULE_ONE_WINDOW_PER_UP,
	RULE_COMMAND_HEARD,
	RULE_FAULT_HEARD,
	RULE_SAVED_FIRST,
	RULE_RESUMED,
	RULE_TRIES,
	RULE_DEADLINE,
	RULE_STEP_BOUNDED,
	RULE_NO_LIVELOCK,
	RULE_STOPS,
	RULE_WARNS,
	RULE_TELLS,
	RULE_RECOVERS,
	RULE_SILENCE,
	RULES
};

const char *rule_text(enum rule r);

/* What SAVE wrote, and the periodic saving of the time left. */
struct sim_disk {
	struct machine_window window;	/* times of the running clock */
	int64_t left;			/* as of the last SAVE */
	bool queued;
	int64_t queued_length;
	uint64_t next_id;
};

#define SIM_NEVER INT64_MIN

struct sim {
	struct machine_limits limits;
	struct machine m;
	int64_t now;
	int64_t granularity;	/* how often the time left is saved */
	int64_t late;		/* how late a deadline may be served */
	/* the truth */
	bool link;		/* from DIAL until it is really gone */
	bool closing;		/* a CLOSE or KILL was not answered */
	bool opening;		/* OPEN_MODEM was asked */
	unsigned asked;		/* set of 1 << enum machine_action; cleared by who reads it */
	struct sim_disk disk;
	uint64_t reported;	/* the newest window in the spool of reports */
	/* what the rules need to remember */
	unsigned dials;		/* since UP, before the tunnel was up */
	unsigned crashes;	/* of the agent, in this window */
	unsigned due_run;	/* deadlines served at the instant due_at, nothing else between */
	int64_t due_at;
	bool credit;		/* an UP is queued */
	bool told_up;
	bool unsaved;		/* taken up after a restart, not saved since */
	int64_t warned_end;	/* the end that the last warning was about */
	int64_t end_set;	/* when window.end was last changed */
	int64_t stop_at;
	enum rule broken;	/* the first broken rule */
	FILE *trace;
};

/* Starts as a daemon does, without anything on its disk. */
void sim_start(struct sim *s, const struct machine_limits *limits, int64_t now);

/* False for what the programs around the machine never say: CLOSED while a link is there that nobody
 * was asked to close, a modem that is ready while the port belongs to a link. */
bool sim_may(const struct sim *s, enum machine_event_type type);

/* One step and what it asks for. The agent dies before action number DIE_AT; -1: it lives. Returns
 * true if it died; sim_restart is then due. */
bool sim_step(struct sim *s, const struct machine_event *ev, int die_at);

/* The agent starts again from its disk: at once, or after the whole box was off and its clock begins
 * anew at CLOCK. */
void sim_restart(struct sim *s, bool reboot, int64_t clock);

/* A copy of the world in which everything answers from now on reaches `listening` in time. */
void sim_settle(struct sim *s);

/* A copy of the world in which nothing ever answers again: the window ends all the same. */
void sim_silence(struct sim *s);

void sim_break(struct sim *s, enum rule r);

/* check.c */
void check_transition(struct sim *s, const struct machine *before, const struct machine_event *ev,
		      const struct machine_actions *a);
void check_action(struct sim *s, enum machine_action a);
void check_state(struct sim *s);
int64_t sim_patience(const struct machine_limits *l);

struct exhaust_options {
	struct machine_limits limits;	/* multiples of the tick */
	int64_t tick;
	unsigned crashes;	/* of the agent or the box, per window */
	unsigned depth;
	uint64_t max_states;
};

struct exhaust_result {
	uint64_t states, steps, deaths;
	unsigned depth;		/* of the deepest level that was finished */
	bool complete;		/* no state is left unexplored at any depth */
	enum rule broken;
};

/* Every sequence of events, waits, deaths and reboots, up to a depth or a number of different states.
 * Prints the shortest way to a broken rule on stdout. Returns false for a broken rule, or when out of
 * memory. */
bool exhaust(const struct exhaust_options *o, struct exhaust_result *out);

struct random_result {
	uint64_t steps, windows, opened, deaths;
};

/* The schedule of SEED: random limits, commands, answers, faults, deaths. TRACE may be NULL. Adds to
 * SUM. Returns the broken rule. */
enum rule random_run(uint64_t seed, FILE *trace, struct random_result *sum);

#endif
