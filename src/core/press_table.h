/* press_table.h - the transitions of the sequences, for what steps through them (press.c), and their
 * sentences (press_text.c). Nobody else needs it. */
#ifndef OOBM_CORE_PRESS_TABLE_H
#define OOBM_CORE_PRESS_TABLE_H

#include "core/press.h"

/* Writes a sentence to OUT, of PRESS_TEXT_MAX bytes. */
typedef void press_tell(const struct press *p, int64_t now, char *out);
/* Changes the data of the request. */
typedef void press_effect(struct press *p, int64_t now);

/* What a transition may depend on, apart from verb and LED: facts as bits. */
enum {
	PRESS_IF_FORCE = 1, PRESS_IF_ESCALATE = 2, PRESS_IF_COMMANDS = 4,
	PRESS_IF_SEEN_OFF = 8,	/* the LED went off in this request, or was off at its beginning */
	PRESS_IF_FRESH = 16,	/* the LED changed a short time ago */
	PRESS_IF_CAN = 32,	/* << deed: it is configured */
};

/* As `to`: the request is over, well or not; or nothing but the effect. */
enum { PRESS_DONE_OK = PRESS_STATES, PRESS_DONE_BAD, PRESS_SAME };

struct press_transition {
	unsigned from;			/* set of states */
	unsigned on;			/* set of event types */
	unsigned verbs;			/* set */
	unsigned leds;			/* set of LED states, as believed */
	unsigned with, without;		/* facts that must all hold, and of which none may */
	unsigned to;			/* enum press_state, or one of the above */
	press_effect *effect;
	press_tell *tell;		/* the result if the request is over, else progress; may be NULL */
};

/* The first row that fits is taken. An event without a row means nothing in that state. */
extern const struct press_transition press_table[];
extern const size_t press_rows;

/* The LED as far as it is believed: LED_NONE without one, LED_UNKNOWN while distrusted. */
enum led_state press_believed(const struct press *p);

/* Copies a text from elsewhere (NULL: "no reason was given") to OUT, of PRESS_TEXT_MAX bytes. */
void press_text_copy(char *out, const char *text);

/* What the state that was entered does or waits for; "" for those that need no word. */
press_tell press_tell_state;

/* Progress. */
press_tell press_tell_wakes, press_tell_only_on, press_tell_asleep_held, press_tell_went_off, press_tell_is_back,
	press_tell_fell_asleep_held, press_tell_no_change_held, press_tell_blind_pause, press_tell_by_itself,
	press_tell_came_on, press_tell_gone_again;
/* Refusals. */
press_tell press_tell_cannot, press_tell_cannot_escalate, press_tell_no_reset, press_tell_is_on, press_tell_is_off,
	press_tell_nothing_to_reset, press_tell_asleep, press_tell_blind_on, press_tell_blind_cycle;
/* Results. */
press_tell press_tell_status, press_tell_fault, press_tell_command_late, press_tell_aborted, press_tell_blind,
	press_tell_lost_sight, press_tell_off, press_tell_fell_asleep, press_tell_no_change, press_tell_still_lit,
	press_tell_on, press_tell_on_only, press_tell_not_on, press_tell_reset, press_tell_reset_off, press_tell_reset_asleep;

#endif
