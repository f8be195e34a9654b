/* machine_table.h - the transitions of the machine, for what steps through them (machine.c) and what
 * draws them (machine_print.c). Nobody else needs it. */
#ifndef OOBM_CORE_MACHINE_TABLE_H
#define OOBM_CORE_MACHINE_TABLE_H

#include "core/machine.h"

#define MACHINE_ON(s) (1u << MACHINE_##s)
#define MACHINE_PATH (MACHINE_ON(DIALLING) | MACHINE_ON(CHECKING) | MACHINE_ON(CONNECTING) | MACHINE_ON(OPEN))
#define MACHINE_SAME MACHINE_STATES	/* as `to`: stay, and keep the deadline */

/* What a transition may depend on. */
enum machine_guard {
	ALWAYS, IF_WINDOW, IF_OVER, IF_RETRY_MODEM, IF_RETRY, IF_MODEM, IF_QUEUED, IF_STOPPING, IF_STEADY,
	IF_REOPENED, IF_NOT_KILLED, IF_WORN,
};

/* How it changes the data of the window. */
typedef void machine_effect(struct machine *m, int64_t now, const struct machine_event *ev);

struct machine_transition {
	unsigned from;			/* set of states */
	enum machine_event_type on;
	enum machine_guard guard;
	enum machine_state to;
	machine_effect *effect;
	enum machine_action act[MACHINE_ACTIONS_MAX];
};

/* The first row that fits is taken. An event without a row means nothing in that state. */
extern const struct machine_transition machine_table[];
extern const size_t machine_rows;

bool machine_guard_holds(const struct machine *m, enum machine_guard g, int64_t now);
const char *machine_guard_text(enum machine_guard g);	/* "" for ALWAYS */

/* How long all tries together may take before the tunnel was up once. */
int64_t machine_patience(const struct machine_limits *l);
/* How long the next try waits. */
int64_t machine_pause(const struct machine *m);
/* The length that is given to who asks for LENGTH. */
int64_t machine_bounded(const struct machine *m, int64_t length);
void machine_note_reason(struct machine *m, const char *step, const char *reason);

#endif
