#include "core/press_table.h"

#define ON(s) (1u << PRESS_##s)
#define EV(e) (1u << PRESS_EV_##e)
#define VERB(v) (1u << PRESS_##v)
#define ALL (~0u)
#define LED(s) (1u << LED_##s)
#define BLIND (LED(UNKNOWN) | LED(NONE))
#define IF(f) PRESS_IF_##f
#define CAN(d) ((unsigned)PRESS_IF_CAN << PRESS_DO_##d)
#define TO(s) PRESS_##s
#define RUNNING (ALL & ~ON(IDLE))
#define DRIVING (ON(PRESSING_OFF) | ON(HOLDING) | ON(PRESSING_ON) | ON(RESETTING))

/* --- how a transition changes the data of the request ----------------------------------------------- */

static void distrust(struct press *p, int64_t now)
{
	(void)now;
	p->distrust = true;
}

static void escalate(struct press *p, int64_t now)
{
	(void)now;
	p->escalated = true;
}

static void escalate_asleep(struct press *p, int64_t now)
{
	(void)now;
	p->escalated = p->asleep = true;
}

static void asleep(struct press *p, int64_t now)
{
	(void)now;
	p->asleep = true;
}

static void began_off(struct press *p, int64_t now)
{
	(void)now;
	p->began_off = true;
}

static void off_now(struct press *p, int64_t now)
{
	p->off_at = now;
}

/* The LED's edge may be older than the press when the LED was not readable before. */
static int64_t since_driven(const struct press *p)
{
	return p->led_at > p->driven ? p->led_at - p->driven : 0;
}

static void went_off(struct press *p, int64_t now)
{
	(void)now;
	p->off_at = p->led_at;
	p->off_after = since_driven(p);
}

static void came_on(struct press *p, int64_t now)
{
	(void)now;
	p->on_after = since_driven(p);
}

static void by_itself(struct press *p, int64_t now)
{
	p->by_itself = true;
	p->driven = now;
	p->patience = now + p->config.on_time;
}

/* --- the table ------------------------------------------------------------------------------------ */

const struct press_transition press_table[] = {
	/* whatever is being done */
	{ RUNNING, EV(ABORT), ALL, ALL, 0, 0, TO(DONE_BAD), NULL, press_tell_aborted },
	{ RUNNING, EV(FAULT), ALL, ALL, 0, 0, TO(DONE_BAD), NULL, press_tell_fault },
	{ DRIVING, EV(TIMER), ALL, ALL, IF(COMMANDS), 0, TO(DONE_BAD), NULL, press_tell_command_late },

	/* the LED has to be known first; one that has just changed may be about to blink */
	{ ON(IDLE), EV(BEGIN), ALL, LED(UNKNOWN), 0, 0, TO(LOOKING), NULL, NULL },
	{ ON(IDLE), EV(BEGIN), ALL, LED(ON) | LED(OFF), IF(FRESH), 0, TO(LOOKING), NULL, NULL },
	{ ON(IDLE), EV(BEGIN), ALL, ALL, 0, 0, TO(DECIDING), NULL, NULL },
	{ ON(LOOKING), EV(LED), ALL, LED(ON) | LED(OFF), IF(FRESH), 0, TO(LOOKING), NULL, NULL },
	{ ON(LOOKING), EV(LED), ALL, LED(UNKNOWN), 0, IF(COMMANDS), TO(LOOKING), NULL, NULL },
	{ ON(LOOKING), EV(LED) | EV(TIMER), ALL, ALL, 0, 0, TO(DECIDING), NULL, NULL },

	/* what is asked, and does it make sense? */
	{ ON(DECIDING), EV(ENTER), VERB(STATUS), ALL, 0, 0, TO(DONE_OK), NULL, press_tell_status },
	{ ON(DECIDING), EV(ENTER), VERB(ON) | VERB(CYCLE), ALL, 0, CAN(ON), TO(DONE_BAD), NULL, press_tell_cannot },
	{ ON(DECIDING), EV(ENTER), VERB(OFF) | VERB(CYCLE), ALL, 0, CAN(OFF), TO(DONE_BAD), NULL, press_tell_cannot },
	{ ON(DECIDING), EV(ENTER), VERB(FORCE_OFF), ALL, 0, CAN(FORCE_OFF), TO(DONE_BAD), NULL, press_tell_cannot },
	{ ON(DECIDING), EV(ENTER), VERB(OFF) | VERB(CYCLE), ALL, IF(ESCALATE), CAN(FORCE_OFF), TO(DONE_BAD), NULL,
	  press_tell_cannot_escalate },
	{ ON(DECIDING), EV(ENTER), VERB(RESET), ALL, 0, CAN(RESET), TO(DONE_BAD), NULL, press_tell_no_reset },

	{ ON(DECIDING), EV(ENTER), VERB(ON), LED(ON), IF(FORCE), 0, TO(DECIDING), distrust, NULL },
	{ ON(DECIDING), EV(ENTER), VERB(OFF) | VERB(FORCE_OFF) | VERB(CYCLE) | VERB(RESET), LED(OFF), IF(FORCE), 0,
	  TO(DECIDING), distrust, NULL },

	{ ON(DECIDING), EV(ENTER), VERB(OFF) | VERB(CYCLE), LED(BLINKING), IF(FORCE), IF(ESCALATE), TO(DECIDING), distrust,
	  NULL },

	{ ON(DECIDING), EV(ENTER), VERB(ON), LED(ON), 0, 0, TO(DONE_BAD), NULL, press_tell_is_on },
	{ ON(DECIDING), EV(ENTER), VERB(ON), LED(BLINKING), 0, 0, TO(PRESSING_ON), asleep, press_tell_wakes },
	{ ON(DECIDING), EV(ENTER), VERB(ON), LED(UNKNOWN), 0, IF(COMMANDS) | IF(FORCE), TO(DONE_BAD), NULL, press_tell_blind_on },
	{ ON(DECIDING), EV(ENTER), VERB(ON), ALL, 0, 0, TO(PRESSING_ON), NULL, NULL },

	{ ON(DECIDING), EV(ENTER), VERB(OFF) | VERB(CYCLE), LED(BLINKING), IF(ESCALATE), 0, TO(HOLDING), escalate_asleep,
	  press_tell_asleep_held },
	{ ON(DECIDING), EV(ENTER), VERB(OFF) | VERB(CYCLE), LED(BLINKING), 0, 0, TO(DONE_BAD), NULL, press_tell_asleep },
	{ ON(DECIDING), EV(ENTER), VERB(OFF) | VERB(FORCE_OFF), LED(OFF), 0, 0, TO(DONE_BAD), NULL, press_tell_is_off },
	{ ON(DECIDING), EV(ENTER), VERB(OFF), ALL, 0, 0, TO(PRESSING_OFF), NULL, NULL },
	{ ON(DECIDING), EV(ENTER), VERB(FORCE_OFF), ALL, 0, 0, TO(HOLDING), NULL, NULL },

	{ ON(DECIDING), EV(ENTER), VERB(CYCLE), LED(OFF), 0, 0, TO(PRESSING_ON), began_off, press_tell_only_on },
	{ ON(DECIDING), EV(ENTER), VERB(CYCLE), BLIND, 0, IF(COMMANDS) | IF(FORCE) | IF(ESCALATE), TO(DONE_BAD), NULL,
	  press_tell_blind_cycle },
	{ ON(DECIDING), EV(ENTER), VERB(CYCLE), ALL, 0, 0, TO(PRESSING_OFF), NULL, NULL },

	{ ON(DECIDING), EV(ENTER), VERB(RESET), LED(OFF), 0, 0, TO(DONE_BAD), NULL, press_tell_nothing_to_reset },
	{ ON(DECIDING), EV(ENTER), VERB(RESET), ALL, 0, 0, TO(RESETTING), NULL, NULL },

	/* asked to shut down */
	{ ON(PRESSING_OFF), EV(RELEASED), VERB(OFF), BLIND, 0, IF(ESCALATE), TO(DONE_OK), NULL, press_tell_blind },
	{ ON(PRESSING_OFF), EV(RELEASED), VERB(CYCLE), LED(NONE), IF(COMMANDS), IF(ESCALATE), TO(PAUSING), off_now, NULL },
	{ ON(PRESSING_OFF), EV(RELEASED), ALL, ALL, 0, 0, TO(WAITING_OFF), NULL, NULL },
	{ ON(WAITING_OFF), EV(LED) | EV(ENTER), ALL, LED(OFF), 0, 0, TO(PROVING_OFF), went_off, press_tell_went_off },
	{ ON(WAITING_OFF) | ON(PROVING_OFF), EV(LED), ALL, LED(BLINKING), IF(ESCALATE), 0, TO(HOLDING), escalate_asleep,
	  press_tell_fell_asleep_held },
	{ ON(WAITING_OFF) | ON(PROVING_OFF), EV(LED), ALL, LED(BLINKING), 0, 0, TO(DONE_BAD), NULL,
	  press_tell_fell_asleep },
	{ ON(WAITING_OFF), EV(TIMER), ALL, ALL, IF(ESCALATE), 0, TO(HOLDING), escalate, press_tell_no_change_held },
	{ ON(WAITING_OFF), EV(TIMER), VERB(CYCLE), BLIND, IF(FORCE), 0, TO(PAUSING), off_now, press_tell_blind_pause },
	{ ON(WAITING_OFF), EV(TIMER), ALL, BLIND, 0, 0, TO(DONE_BAD), NULL, press_tell_lost_sight },
	{ ON(WAITING_OFF), EV(TIMER), ALL, ALL, 0, 0, TO(DONE_BAD), NULL, press_tell_no_change },
	{ ON(PROVING_OFF), EV(LED), ALL, ALL & ~LED(OFF), 0, 0, TO(WAITING_OFF), NULL, press_tell_is_back },
	{ ON(PROVING_OFF), EV(TIMER), VERB(CYCLE), ALL, 0, 0, TO(PAUSING), NULL, NULL },
	{ ON(PROVING_OFF), EV(TIMER), ALL, ALL, 0, 0, TO(DONE_OK), NULL, press_tell_off },

	/* forced */
	{ ON(HOLDING), EV(RELEASED), VERB(CYCLE), BLIND, 0, 0, TO(PAUSING), off_now, NULL },
	{ ON(HOLDING), EV(RELEASED), ALL, BLIND, 0, 0, TO(DONE_OK), NULL, press_tell_blind },
	{ ON(HOLDING), EV(RELEASED), ALL, ALL, 0, 0, TO(WAITING_FORCED), NULL, NULL },
	{ ON(WAITING_FORCED), EV(LED) | EV(ENTER), ALL, LED(OFF), 0, 0, TO(PROVING_FORCED), went_off,
	  press_tell_went_off },
	{ ON(WAITING_FORCED), EV(TIMER), ALL, BLIND, 0, 0, TO(DONE_BAD), NULL, press_tell_lost_sight },
	{ ON(WAITING_FORCED), EV(TIMER), ALL, ALL, 0, 0, TO(DONE_BAD), NULL, press_tell_still_lit },
	{ ON(PROVING_FORCED), EV(LED), ALL, ALL & ~LED(OFF), 0, 0, TO(WAITING_FORCED), NULL, press_tell_is_back },
	{ ON(PROVING_FORCED), EV(TIMER), VERB(CYCLE), ALL, 0, 0, TO(PAUSING), NULL, NULL },
	{ ON(PROVING_FORCED), EV(TIMER), ALL, ALL, 0, 0, TO(DONE_OK), NULL, press_tell_off },

	/* between off and on; a press now would turn off what came on by itself */
	{ ON(PAUSING), EV(TIMER), ALL, LED(ON), IF(SEEN_OFF), 0, TO(PROVING_ON), by_itself, press_tell_by_itself },
	{ ON(PAUSING), EV(TIMER), ALL, LED(ON), 0, 0, TO(DONE_BAD), NULL, press_tell_still_lit },
	{ ON(PAUSING), EV(TIMER), ALL, ALL, 0, 0, TO(PRESSING_ON), NULL, NULL },

	/* turned on */
	{ ON(PRESSING_ON), EV(LED), ALL, LED(ON), 0, 0, TO(SAME), came_on, NULL },
	{ ON(PRESSING_ON), EV(RELEASED), ALL, BLIND, 0, 0, TO(DONE_OK), NULL, press_tell_blind },
	{ ON(PRESSING_ON), EV(RELEASED), ALL, ALL, 0, 0, TO(WAITING_ON), NULL, NULL },
	{ ON(WAITING_ON), EV(LED) | EV(ENTER), ALL, LED(ON), 0, 0, TO(PROVING_ON), came_on, press_tell_came_on },
	{ ON(WAITING_ON), EV(TIMER), ALL, BLIND, 0, 0, TO(DONE_BAD), NULL, press_tell_lost_sight },
	{ ON(WAITING_ON), EV(TIMER), ALL, ALL, 0, 0, TO(DONE_BAD), NULL, press_tell_not_on },
	{ ON(PROVING_ON), EV(LED), ALL, ALL & ~LED(ON), 0, 0, TO(WAITING_ON), NULL, press_tell_gone_again },
	{ ON(PROVING_ON), EV(TIMER), VERB(CYCLE), ALL, 0, IF(SEEN_OFF), TO(DONE_OK), NULL, press_tell_on_only },
	{ ON(PROVING_ON), EV(TIMER), ALL, ALL, 0, 0, TO(DONE_OK), NULL, press_tell_on },

	/* reset: all that the LED can show is that it is still on */
	{ ON(RESETTING), EV(RELEASED), ALL, BLIND, 0, 0, TO(DONE_OK), NULL, press_tell_blind },
	{ ON(RESETTING), EV(RELEASED), ALL, ALL, 0, 0, TO(WATCHING), NULL, NULL },
	{ ON(WATCHING), EV(LED), ALL, ALL, 0, IF(COMMANDS), TO(WATCHING), NULL, NULL },
	{ ON(WATCHING), EV(TIMER), ALL, LED(ON), 0, 0, TO(DONE_OK), NULL, press_tell_reset },
	{ ON(WATCHING), EV(TIMER), ALL, LED(OFF), 0, 0, TO(DONE_BAD), NULL, press_tell_reset_off },
	{ ON(WATCHING), EV(TIMER), ALL, LED(BLINKING), 0, 0, TO(DONE_BAD), NULL, press_tell_reset_asleep },
	{ ON(WATCHING), EV(TIMER), ALL, ALL, 0, 0, TO(DONE_BAD), NULL, press_tell_lost_sight },
};

const size_t press_rows = sizeof press_table / sizeof *press_table;
