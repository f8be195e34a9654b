/* Buttons as an ATX board has them: a contact counts after it has been steady for 16 ms, the press itself acts, not
 * the release, and the chip set cuts the power when the power button is held for 4 s, whatever the system does. */
#include "parts.h"

static const char *const names[] = { "power", "reset" };

/* Whether the contact is closed, as the board sees it. */
static bool closed(const struct atx *a, enum button b)
{
	if (a->fault[FAULT_POWER_STUCK + b])
		return true;
	return a->contact[b].wire && !a->fault[FAULT_POWER_CUT + b];
}

void button_look(struct atx *a, enum button b, int64_t at)
{
	struct atx_contact *c = &a->contact[b];
	bool now = closed(a, b);

	if (now == c->raw)
		return;
	c->raw = now;
	c->since = at;
	a->due[DUE_POWER + b] = now == c->down ? ATX_NEVER : at + a->set.debounce;
}

void atx_wire(struct atx *a, int64_t at, enum button b, bool active)
{
	if (at > a->now)
		atx_run(a, at);
	a->contact[b].wire = active;
	button_look(a, b, at);
}

static void power_pressed(struct atx *a)
{
	if (a->power == ATX_OFF)
		power_up(a, "power button");
	else if (a->power == ATX_ASLEEP)
		power_wake(a);
	else
		stage_press(a);
	a->due[DUE_HOLD] = a->contact[BUTTON_POWER].since + a->set.debounce + a->set.hold;
}

void button_steady(struct atx *a, enum button b)
{
	struct atx_contact *c = &a->contact[b];

	c->down = c->raw;
	if (!c->down) {
		tell(a, "button: %s released", names[b]);
		if (b == BUTTON_POWER)
			due_not(a, DUE_HOLD);
		return;
	}
	tell(a, "button: %s pressed", names[b]);
	if (a->power == ATX_DEAD)
		return;
	a->count.presses[b]++;
	if (b == BUTTON_POWER)
		power_pressed(a);
	else if (a->power != ATX_OFF)
		power_restart(a, "reset button");
}

void button_held(struct atx *a)
{
	if (a->power != ATX_ON && a->power != ATX_ASLEEP)
		return;
	a->count.cut++;
	power_down(a, "power button held");
}
