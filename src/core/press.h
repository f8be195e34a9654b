/* press.h - what to do with the buttons of a machine, one request at a time: which line goes active for
 * how long, what the LED is to do then, and what to tell the person who asked.
 *
 * Pure: it has no descriptor and no clock; time comes in with each event. A step changes the sequence and
 * returns a list of actions, to be carried out in their order. The transitions are a table (press_table.c).
 *
 * What a button does is ATX's: a press of a machine that is off turns it on; of one that is on, asks its
 * system to shut down; of one that sleeps, wakes it; held for 4 s, the power is cut.
 *
 * - A line is active in the four states that press, and in no other: whatever ends such a state releases it.
 *   A hold goes on to its end even when the LED goes out early: a system that answers a press by going to
 *   sleep darkens the LED as well, and would, let go then, be asleep and not off; and nothing is turned on
 *   by a button that is still held.
 * - Every state has a deadline, and what it waits for can put that off only within the request's own patience.
 * - With `commands` nothing is pressed: a program is run for each of the four, and the state of the machine
 *   comes from another; the sequences are the same.
 * - Texts are sentences for people, without a full stop. "The LED" is what is spoken of, since it is what is
 *   seen; the machine may know better. */
#ifndef OOBM_CORE_PRESS_H
#define OOBM_CORE_PRESS_H

#include "core/led.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bounds and defaults of the config, ms. */
#define PRESS_MIN_MS 50
#define PRESS_MAX_MS 2000
#define PRESS_HOLD_MIN_MS 4000		/* less forces nothing */
#define PRESS_HOLD_MAX_MS 15000
#define PRESS_WAIT_MIN_MS 1000		/* on-time, off-time */
#define PRESS_WAIT_MAX_MS 3600000
#define PRESS_PAUSE_MAX_MS 600000
/* Not in the config. */
#define PRESS_COMMAND_MS 40000		/* a command that has not been ended by then */
#define PRESS_SURE_OFF_MS (LED_STEADY_MS + 200)	/* dark for so long, it is no blinking */
#define PRESS_LOOK_MS (2 * PRESS_SURE_OFF_MS)	/* so long it is looked at most, before anything is done */
#define PRESS_SURE_ON_MS 2000		/* boards that restart themselves once do so sooner */
#define PRESS_FORCED_MS (LED_STEADY_MS + 3000)	/* after a hold, until the LED is known to be off */
#define PRESS_WATCH_MS 2000		/* after a reset */

enum press_verb {
	PRESS_ON,
	PRESS_OFF,		/* asks the system to shut down */
	PRESS_FORCE_OFF,
	PRESS_CYCLE,		/* off, pause, on */
	PRESS_RESET,
	PRESS_STATUS,
	PRESS_VERBS
};

enum press_line { PRESS_LINE_POWER, PRESS_LINE_RESET };

/* The four things that are done to a machine. */
enum press_deed { PRESS_DO_ON, PRESS_DO_OFF, PRESS_DO_FORCE_OFF, PRESS_DO_RESET, PRESS_DEEDS };

enum press_state {
	PRESS_IDLE,
	PRESS_LOOKING,		/* the LED has not been watched for long enough */
	PRESS_DECIDING,		/* never outside a step */
	PRESS_PRESSING_OFF,
	PRESS_WAITING_OFF,
	PRESS_PROVING_OFF,	/* the LED is off; does it stay so? */
	PRESS_HOLDING,
	PRESS_WAITING_FORCED,
	PRESS_PROVING_FORCED,
	PRESS_PAUSING,
	PRESS_PRESSING_ON,
	PRESS_WAITING_ON,
	PRESS_PROVING_ON,
	PRESS_RESETTING,
	PRESS_WATCHING,		/* what a reset led to */
	PRESS_STATES
};

enum press_event_type {
	PRESS_EV_BEGIN,		/* verb, force, escalate; taken while idle only */
	PRESS_EV_LED,		/* led, at */
	PRESS_EV_RAN,		/* the command that PRESS_ACT_RUN asked for is over; ok, text */
	PRESS_EV_TIMER,		/* from press_due */
	PRESS_EV_ABORT,
	PRESS_EV_FAULT,		/* a line or command failed; text */
	/* inside a step */
	PRESS_EV_RELEASED,	/* the press or hold is over, or the command ended well */
	PRESS_EV_ENTER,		/* a state was entered: what it waits for may be there already */
	PRESS_EVENTS
};

struct press_event {
	enum press_event_type type;
	enum press_verb verb;
	bool force;		/* do it even if the LED speaks against it, and believe it no more */
	bool escalate;		/* hold the button if a press does not turn it off */
	enum led_state led;	/* never LED_NONE */
	int64_t at;		/* when that began: the time of the edge */
	bool ok;
	const char *text;
};

struct press_config {
	bool commands;
	unsigned can;		/* set of 1u << enum press_deed that are configured */
	bool led;		/* there is an LED line, or a command that tells the state */
	int64_t press, hold, on_time, off_time, pause;
};

#define PRESS_TEXT_MAX 320
#define PRESS_ACTIONS_MAX 12

enum press_action_type {
	PRESS_ACT_LINE,		/* set LINE to ACTIVE */
	PRESS_ACT_RUN,		/* run the command for DEED; RAN answers */
	PRESS_ACT_STOP,		/* end the running command; its RAN is of no interest any more */
	PRESS_ACT_SAY,		/* TEXT: what is being done */
	PRESS_ACT_DONE,		/* the request is over: OK, TEXT; comes last, and once */
};

struct press_action {
	enum press_action_type type;
	enum press_line line;
	bool active;
	enum press_deed deed;
	bool ok;
	char text[PRESS_TEXT_MAX];
};

struct press_actions {
	size_t n;
	struct press_action list[PRESS_ACTIONS_MAX];
};

struct press {
	struct press_config config;
	enum press_state state;
	int64_t since;
	int64_t deadline;	/* of the state; INT64_MAX: none */
	enum led_state led;	/* as last heard */
	int64_t led_at;
	/* the running request */
	enum press_verb verb;
	bool force, escalate;
	bool distrust;		/* the LED contradicts the request, which is carried out all the same */
	bool escalated, asleep, began_off, by_itself;
	int64_t driven;		/* when the last press, hold or command began */
	int64_t patience;	/* when looking at the LED, or waiting for it, ends */
	int64_t off_at;		/* when the LED went off in this request, or a hold ended; INT64_MIN: not yet */
	int64_t off_after, on_after;	/* ms from the beginning of the press; -1: not seen */
	char fault[PRESS_TEXT_MAX];
};

/* A constant sentence if a time of C is out of its bounds, else NULL. */
const char *press_config_wrong(const struct press_config *c);

/* Idle, with nothing known of the LED. */
void press_init(struct press *p, const struct press_config *c, int64_t now);

/* The one way to change P. NOW is monotonic, in ms, and never less than in the step before. OUT is
 * overwritten. Returns false if the event means nothing now; an LED event is remembered all the same. */
bool press_step(struct press *p, int64_t now, const struct press_event *ev, struct press_actions *out);

/* Whoever carries out an action LINE that makes a line active may take a while: from NOW on it is, and its
 * time counts from here. */
void press_started(struct press *p, int64_t now);

/* What the LED says now, as a sentence, to OUT of PRESS_TEXT_MAX bytes. */
void press_describe(const struct press *p, char *out);

/* Whether the request ASK (PRESS_EV_BEGIN) makes sense whatever the machine is like when it is made, as far as the config
 * says. If not, OUT, of PRESS_TEXT_MAX bytes, says why. */
bool press_possible(const struct press_config *c, const struct press_event *ask, char *out);

/* When a TIMER event is due: monotonic ms, or INT64_MAX for never. */
int64_t press_next(const struct press *p);

bool press_idle(const struct press *p);

/* Is a line active, and which? */
bool press_active(const struct press *p, enum press_line *line);

const char *press_verb_name(enum press_verb v);		/* "force-off" */
enum press_verb press_verb_parse(const char *name);	/* PRESS_VERBS for any other word */
const char *press_state_name(enum press_state s);
const char *press_deed_name(enum press_deed d);		/* "force-off" */
const char *press_line_name(enum press_line l);		/* "power", "reset" */

#endif
