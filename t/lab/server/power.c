#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SUPPLY_GIVES_UP (300 * ATX_MS)
#define BLINK (500 * ATX_MS)	/* half of a second's period */

const struct atx_settings atx_defaults = {
	.name = "nas",
	.debounce = 16 * ATX_MS, .hold = 4 * ATX_S,
	.bios = 3 * ATX_S, .menu = 5 * ATX_S, .kernel = 4 * ATX_S, .stop = 6 * ATX_S,
	.mains = 1 * ATX_S,
};

static const char *const power_names[] = { "dead", "off", "on", "asleep" };
static const char *const fault_names[FAULTS] = {
	"power-stuck", "reset-stuck", "power-cut", "reset-cut", "led-inverted", "led-absent", "acpi-ignored", "acpi-hang",
	"no-power", "no-disk",
};

const char *atx_power_name(enum atx_power p)
{
	return power_names[p];
}

const char *atx_fault_name(unsigned f)
{
	return f < FAULTS ? fault_names[f] : NULL;
}

int atx_fault_by_name(const char *name)
{
	for (int i = 0; i < FAULTS; i++)
		if (!strcmp(fault_names[i], name))
			return i;
	return -1;
}

/* --- time ------------------------------------------------------------------------------ */

void tell(struct atx *a, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (a->tell)
		a->tell(a->arg, text);
}

void due_in(struct atx *a, enum atx_due d, int64_t us)
{
	a->due[d] = a->now + us;
}

void due_not(struct atx *a, enum atx_due d)
{
	a->due[d] = ATX_NEVER;
}

static void power_steady(struct atx *a)
{
	button_steady(a, BUTTON_POWER);
}

static void reset_steady(struct atx *a)
{
	button_steady(a, BUTTON_RESET);
}

static void panic_over(struct atx *a)
{
	power_restart(a, "the kernel restarts after its panic");
}

static void (*const on_due[DUES])(struct atx *a) = {
	[DUE_POWER] = power_steady, [DUE_RESET] = reset_steady, [DUE_HOLD] = button_held, [DUE_BLINK] = power_blink,
	[DUE_SUPPLY] = power_supply, [DUE_MAINS] = power_mains, [DUE_LINE] = stage_line, [DUE_MENU] = menu_second,
	[DUE_RESTART] = panic_over,
};

static enum atx_due first_due(const struct atx *a)
{
	enum atx_due first = 0;

	for (enum atx_due d = 1; d < DUES; d++)
		if (a->due[d] < a->due[first])
			first = d;
	return first;
}

void atx_run(struct atx *a, int64_t now)
{
	enum atx_due d;

	while (a->due[d = first_due(a)] <= now) {
		if (a->due[d] > a->now)
			a->now = a->due[d];
		a->due[d] = ATX_NEVER;
		on_due[d](a);
	}
	if (now > a->now)
		a->now = now;
}

int64_t atx_next(const struct atx *a)
{
	return a->due[first_due(a)];
}

void atx_init(struct atx *a, const struct atx_settings *s, void (*tell_cb)(void *arg, const char *text), void *arg)
{
	*a = (struct atx){ .set = *s, .tell = tell_cb, .arg = arg, .power = ATX_OFF, .random = 1 };
	for (enum atx_due d = 0; d < DUES; d++)
		a->due[d] = ATX_NEVER;
	buf_init(&a->out, (size_t)256 * 1024);
}

void atx_free(struct atx *a)
{
	buf_free(&a->out);
}

/* --- power ----------------------------------------------------------------------------- */

static void set_power(struct atx *a, enum atx_power p, const char *why)
{
	tell(a, "power: %s -> %s (%s)", power_names[a->power], power_names[p], why);
	a->power = p;
	a->lit = p == ATX_ON || p == ATX_ASLEEP;
	due_not(a, DUE_BLINK);
	due_not(a, DUE_SUPPLY);
	if (p == ATX_ASLEEP)
		due_in(a, DUE_BLINK, BLINK);
}

void power_blink(struct atx *a)
{
	a->lit = !a->lit;
	due_in(a, DUE_BLINK, BLINK);
}

void power_up(struct atx *a, const char *why)
{
	set_power(a, ATX_ON, why);
	a->count.power_on++;
	if (a->fault[FAULT_NO_POWER])
		due_in(a, DUE_SUPPLY, SUPPLY_GIVES_UP);
	else
		stage_begin(a);
}

void power_down(struct atx *a, const char *why)
{
	stage_end(a);
	set_power(a, ATX_OFF, why);
	a->count.power_off++;
}

void power_supply(struct atx *a)
{
	power_down(a, "the supply gives up");
}

void power_restart(struct atx *a, const char *why)
{
	stage_end(a);
	tell(a, "restart: %s", why);
	a->count.restarts++;
	if (a->power != ATX_ON)
		set_power(a, ATX_ON, why);
	stage_begin(a);
}

void power_wake(struct atx *a)
{
	set_power(a, ATX_ON, "woken");
	if (kernel_runs(a)) {
		kernel_say(a, "ACPI: PM: Waking up from system sleep state S3");
		kernel_say(a, "PM: suspend exit");
		tty_prompt(a);
	}
}

void atx_sleep(struct atx *a, int64_t at)
{
	atx_run(a, at);
	if (a->power != ATX_ON)
		return;
	if (kernel_runs(a)) {
		kernel_say(a, "PM: suspend entry (deep)");
		kernel_say(a, "ACPI: PM: Preparing to enter system sleep state S3");
	}
	set_power(a, ATX_ASLEEP, "told to sleep");
}

/* --- mains ----------------------------------------------------------------------------- */

void atx_mains(struct atx *a, int64_t at, bool on)
{
	atx_run(a, at);
	if (on == (a->power != ATX_DEAD))
		return;
	if (!on) {
		a->ran = a->power != ATX_OFF;
		stage_end(a);
		due_not(a, DUE_MAINS);
		due_not(a, DUE_HOLD);
		set_power(a, ATX_DEAD, "mains are gone");
		return;
	}
	set_power(a, ATX_OFF, "mains are back");
	if (a->set.after_mains == MAINS_ON || (a->set.after_mains == MAINS_LAST && a->ran))
		due_in(a, DUE_MAINS, a->set.mains);
}

void power_mains(struct atx *a)
{
	if (a->power == ATX_OFF)
		power_up(a, "on after an outage");
}

/* --- by a test's hand ------------------------------------------------------------------- */

void atx_put(struct atx *a, int64_t at, enum atx_power p, enum atx_stage s)
{
	atx_run(a, at);
	stage_end(a);
	due_not(a, DUE_MAINS);
	due_not(a, DUE_HOLD);
	set_power(a, p, "so it is");
	if (p == ATX_OFF || p == ATX_DEAD)
		return;
	a->entry = ENTRY_NORMAL;
	a->kernel_start = a->now;
	tty_begin(a);
	if (s == STAGE_PANIC)
		kernel_panic(a);
	else if (s == STAGE_HUNG)
		kernel_hang(a);
}

/* --- what is seen, what is broken -------------------------------------------------------- */

enum atx_sense atx_sense(const struct atx *a)
{
	if (a->fault[FAULT_LED_ABSENT])
		return SENSE_NOTHING;
	return a->lit != a->fault[FAULT_LED_INVERTED] ? SENSE_LIT : SENSE_DARK;
}

void atx_set_fault(struct atx *a, int64_t at, enum atx_fault f, bool on)
{
	atx_run(a, at);
	a->fault[f] = on;
	button_look(a, BUTTON_POWER, a->now);
	button_look(a, BUTTON_RESET, a->now);
}
