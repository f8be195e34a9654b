#include "atx.h"

#define DIM_ON_MS 6
#define DIM_OFF_MS 4
#define SLEEP_MS 1500	/* to fall asleep */

const char *atx_state_name(enum atx_state s)
{
	static const char *const names[] = { "off", "firmware", "running", "stopping", "falling asleep", "asleep" };

	return names[s];
}

static void set_state(struct atx *a, enum atx_state to, int64_t now)
{
	bool was = a->state != ATX_OFF, is = to != ATX_OFF;

	if (was != is)
		a->power_since = now;
	a->downs += was && !is;
	a->ups += !was && is;
	a->state = to;
	a->since = now;
	if (to == ATX_ASLEEP)
		a->blink_from = now;
}

void atx_init(struct atx *a, const struct atx_nature *is, enum atx_state state, int64_t now)
{
	*a = (struct atx){ .is = *is, .state = state, .since = now, .power_since = now, .blink_from = now };
}

bool atx_awake(const struct atx *a)
{
	return a->state != ATX_OFF && a->state != ATX_ASLEEP;
}

/* --- the buttons ---------------------------------------------------------------------------------------- */

static void notice_press(struct atx *a, int64_t now)
{
	a->taken = true;
	switch (a->state) {
	case ATX_OFF:
		set_state(a, ATX_FIRMWARE, now);
		break;
	case ATX_ASLEEP:
		set_state(a, ATX_RUNNING, now);
		break;
	case ATX_FIRMWARE:
		set_state(a, ATX_OFF, now);
		break;
	case ATX_RUNNING:
		atx_ask_to_stop(a, now);
		break;
	case ATX_STOPPING:
	case ATX_FALLING_ASLEEP:
		break;
	}
}

void atx_power_button(struct atx *a, int64_t now, bool pressed)
{
	if (a->is.cut || pressed == a->pressed)
		return;
	a->pressed = pressed;
	a->pressed_at = now;
	a->taken = a->forced = false;
}

void atx_reset_button(struct atx *a, int64_t now)
{
	if (!a->is.cut && atx_awake(a))
		set_state(a, ATX_FIRMWARE, now);
}

void atx_cut(struct atx *a, int64_t now)
{
	if (a->state != ATX_OFF)
		set_state(a, ATX_OFF, now);
}

void atx_start(struct atx *a, int64_t now)
{
	if (a->state == ATX_OFF)
		set_state(a, ATX_FIRMWARE, now);
	else if (a->state == ATX_ASLEEP)
		set_state(a, ATX_RUNNING, now);
}

void atx_ask_to_stop(struct atx *a, int64_t now)
{
	if (a->state == ATX_FIRMWARE)
		set_state(a, ATX_OFF, now);
	else if (a->state == ATX_RUNNING && a->is.answer == ATX_SHUTS_DOWN)
		set_state(a, ATX_STOPPING, now);
	else if (a->state == ATX_RUNNING && a->is.answer == ATX_SLEEPS)
		set_state(a, ATX_FALLING_ASLEEP, now);
}

/* --- time ----------------------------------------------------------------------------------------------- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When the state ends by itself, and in which. */
static int64_t state_ends(const struct atx *a, enum atx_state *to)
{
	switch (a->state) {
	case ATX_OFF:
		*to = ATX_FIRMWARE;
		return a->is.returns && a->downs ? a->since + a->is.returns : ATX_NEVER;
	case ATX_FIRMWARE:
		*to = ATX_RUNNING;
		return a->since + a->is.boot;
	case ATX_STOPPING:
		*to = ATX_OFF;
		return a->since + a->is.stop;
	case ATX_FALLING_ASLEEP:
		*to = ATX_ASLEEP;
		return a->since + SLEEP_MS;
	case ATX_RUNNING:
	case ATX_ASLEEP:
		break;
	}
	return ATX_NEVER;
}

static int64_t dies_at(const struct atx *a)
{
	return a->is.dies && a->ups && a->state != ATX_OFF ? a->power_since + a->is.dies : ATX_NEVER;
}

static int64_t button_due(const struct atx *a)
{
	if (!a->pressed)
		return ATX_NEVER;
	if (!a->taken)
		return a->pressed_at + ATX_DEBOUNCE_MS;
	return a->forced ? ATX_NEVER : a->pressed_at + ATX_FORCE_MS;
}

static int64_t machine_next(const struct atx *a)
{
	enum atx_state to;

	return earlier(earlier(state_ends(a, &to), dies_at(a)), button_due(a));
}

void atx_run(struct atx *a, int64_t now)
{
	int64_t t;

	while ((t = machine_next(a)) <= now) {
		enum atx_state to;

		if (dies_at(a) <= t) {
			set_state(a, ATX_OFF, t);
		} else if (state_ends(a, &to) <= t) {
			set_state(a, to, t);
		} else if (!a->taken) {
			notice_press(a, t);
		} else {
			a->forced = true;
			if (a->state != ATX_OFF) {
				a->cuts++;
				set_state(a, ATX_OFF, t);
			}
		}
	}
}

/* --- the LED -------------------------------------------------------------------------------------------- */

/* Of a square wave that began at FROM with its dark phase. */
static bool wave(int64_t from, int64_t off, int64_t on, int64_t now)
{
	return (now - from) % (off + on) >= off;
}

static int64_t wave_next(int64_t from, int64_t off, int64_t on, int64_t now)
{
	int64_t in = (now - from) % (off + on);

	return now - in + (in < off ? off : off + on);
}

int atx_led(const struct atx *a, int64_t now)
{
	int lit = atx_awake(a);

	if (a->state == ATX_ASLEEP)
		lit = wave(a->blink_from, a->is.blink_off, a->is.blink_on, now);
	switch (a->is.led) {
	case ATX_LED_INVERTED:
		return !lit;
	case ATX_LED_STUCK_ON:
		return 1;
	case ATX_LED_STUCK_OFF:
		return 0;
	case ATX_LED_DIMMED:
		return lit && wave(0, DIM_OFF_MS, DIM_ON_MS, now);
	case ATX_LED_TRUE:
		break;
	}
	return lit;
}

int64_t atx_next(const struct atx *a, int64_t now)
{
	int64_t next = machine_next(a);

	if (a->state == ATX_ASLEEP)
		next = earlier(next, wave_next(a->blink_from, a->is.blink_off, a->is.blink_on, now));
	if (a->is.led == ATX_LED_DIMMED && atx_awake(a))
		next = earlier(next, wave_next(0, DIM_OFF_MS, DIM_ON_MS, now));
	return next;
}
