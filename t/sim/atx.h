/* atx.h - an ATX machine: what its power and reset buttons do, and what its power LED shows. A model of
 * tables and times, for a virtual clock; it knows nothing of src/core. */
#ifndef OOBM_T_SIM_ATX_H
#define OOBM_T_SIM_ATX_H

#include <stdbool.h>
#include <stdint.h>

#define ATX_NEVER INT64_MAX
#define ATX_DEBOUNCE_MS 16
#define ATX_FORCE_MS 4000

enum atx_state {
	ATX_OFF,
	ATX_FIRMWARE,		/* a press turns it off at once */
	ATX_RUNNING,
	ATX_STOPPING,		/* shuts down */
	ATX_FALLING_ASLEEP,
	ATX_ASLEEP,
};

enum atx_led { ATX_LED_TRUE, ATX_LED_INVERTED, ATX_LED_STUCK_ON, ATX_LED_STUCK_OFF, ATX_LED_DIMMED };

enum atx_answer { ATX_SHUTS_DOWN, ATX_SLEEPS, ATX_IGNORES };

struct atx_nature {
	bool cut;		/* the wire of its buttons */
	enum atx_answer answer;	/* what its system does at a press */
	int64_t boot, stop;	/* how long firmware and shutdown take */
	int64_t dies;		/* so long after it was turned on; 0: it does not */
	int64_t returns;	/* so long after it went off it comes back by itself; 0: it does not */
	enum atx_led led;
	int64_t blink_on, blink_off;
};

struct atx {
	struct atx_nature is;
	enum atx_state state;
	int64_t since;			/* of the state */
	int64_t power_since;		/* since when it is on, or off */
	bool pressed, taken, forced;	/* the power button; the press was noticed; it cut the power */
	int64_t pressed_at;
	int64_t blink_from;
	unsigned downs, ups, cuts;	/* how often it went off, came on, was cut off by force */
};

/* Is it on, or asleep, or off; for how long it has been so. */
void atx_init(struct atx *a, const struct atx_nature *is, enum atx_state state, int64_t now);

/* The world up to NOW; then NEXT tells when it has to be called again: for the machine, and for an edge of
 * its LED. */
void atx_run(struct atx *a, int64_t now);
int64_t atx_next(const struct atx *a, int64_t now);

/* Call atx_run first. */
void atx_power_button(struct atx *a, int64_t now, bool pressed);
void atx_reset_button(struct atx *a, int64_t now);

/* What others do to it: a switched outlet, a service processor. */
void atx_cut(struct atx *a, int64_t now);
void atx_start(struct atx *a, int64_t now);
void atx_ask_to_stop(struct atx *a, int64_t now);

bool atx_awake(const struct atx *a);
int atx_led(const struct atx *a, int64_t now);	/* the level of the line: 1 lit, 0 dark */
const char *atx_state_name(enum atx_state s);

#endif
