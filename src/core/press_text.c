/* The sentences of the sequences. The machine is never said to be on or off, only what was seen. */
#include "core/press_table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const verb_names[] = {
	[PRESS_ON] = "on", [PRESS_OFF] = "off", [PRESS_FORCE_OFF] = "force-off", [PRESS_CYCLE] = "cycle",
	[PRESS_RESET] = "reset", [PRESS_STATUS] = "status", [PRESS_VERBS] = "?",
};

static const char *const state_names[] = {
	[PRESS_IDLE] = "idle", [PRESS_LOOKING] = "looking", [PRESS_DECIDING] = "deciding",
	[PRESS_PRESSING_OFF] = "pressing off", [PRESS_WAITING_OFF] = "waiting for off",
	[PRESS_PROVING_OFF] = "proving off", [PRESS_HOLDING] = "holding", [PRESS_WAITING_FORCED] = "waiting for forced off",
	[PRESS_PROVING_FORCED] = "proving forced off", [PRESS_PAUSING] = "pausing", [PRESS_PRESSING_ON] = "pressing on",
	[PRESS_WAITING_ON] = "waiting for on", [PRESS_PROVING_ON] = "proving on", [PRESS_RESETTING] = "resetting",
	[PRESS_WATCHING] = "watching", [PRESS_STATES] = "?",
};

static const char *const deed_names[] = {
	[PRESS_DO_ON] = "on", [PRESS_DO_OFF] = "off", [PRESS_DO_FORCE_OFF] = "force-off", [PRESS_DO_RESET] = "reset",
	[PRESS_DEEDS] = "?",
};

const char *press_verb_name(enum press_verb v)
{
	return verb_names[v];
}

enum press_verb press_verb_parse(const char *name)
{
	unsigned v = 0;

	while (v < PRESS_VERBS && strcmp(name, verb_names[v]) != 0)
		v++;
	return (enum press_verb)v;
}

const char *press_state_name(enum press_state s)
{
	return state_names[s];
}

const char *press_deed_name(enum press_deed d)
{
	return deed_names[d];
}

const char *press_line_name(enum press_line l)
{
	return l == PRESS_LINE_RESET ? "reset" : "power";
}

/* --- words -------------------------------------------------------------------------------------------- */

static void put(char *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(char *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out, PRESS_TEXT_MAX, fmt, ap);
	va_end(ap);
}

void press_text_copy(char *out, const char *text)
{
	size_t n;

	if (!text || !*text)
		text = "no reason was given";
	n = strlen(text);
	if (n >= PRESS_TEXT_MAX) {
		n = PRESS_TEXT_MAX - 1;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)	/* not inside a character */
			n--;
	}
	memcpy(out, text, n);
	out[n] = 0;
}

#define SECONDS_TEXT 32

/* "12.4 s", "60 s" */
static const char *seconds(char buf[SECONDS_TEXT], int64_t ms)
{
	int64_t tenths = (ms > 0 ? ms + 50 : 0) / 100;

	if (tenths % 10)
		snprintf(buf, SECONDS_TEXT, "%" PRId64 ".%" PRId64 " s", tenths / 10, tenths % 10);
	else
		snprintf(buf, SECONDS_TEXT, "%" PRId64 " s", tenths / 10);
	return buf;
}

/* What is seen: "the LED is on". */
static const char *seen(const struct press *p)
{
	static const char *const led[] = {
		[LED_UNKNOWN] = "the LED cannot be read or flickers", [LED_OFF] = "the LED is off",
		[LED_ON] = "the LED is on", [LED_BLINKING] = "the LED blinks (asleep)",
		[LED_NONE] = "there is no led-line",
	};
	static const char *const command[] = {
		[LED_UNKNOWN] = "command-status does not tell", [LED_OFF] = "command-status says off",
		[LED_ON] = "command-status says on", [LED_BLINKING] = "command-status says blinking (asleep)",
		[LED_NONE] = "there is no command-status",
	};
	enum led_state s = p->config.led ? p->led : LED_NONE;

	return p->config.commands ? command[s] : led[s];
}

/* What was seen to happen: "the LED went off". */
static const char *went(const struct press *p, bool on)
{
	if (p->config.commands)
		return on ? "command-status said on" : "command-status said off";
	return on ? "the LED came on" : "the LED went off";
}

static const char *eye(const struct press *p)
{
	return p->config.commands ? "command-status" : "the LED";
}

static bool held(const struct press *p)
{
	return p->state == PRESS_HOLDING;
}

static const char *button(const struct press *p)
{
	return p->state == PRESS_RESETTING ? "reset" : "power";
}

/* --- what a state does or waits for ------------------------------------------------------------------- */

static void tell_drive(const struct press *p, enum press_deed deed, int64_t now, char *out)
{
	char s[SECONDS_TEXT];

	if (p->config.commands)
		put(out, "running command-%s", press_deed_name(deed));
	else
		put(out, "%s the %s button for %s", held(p) ? "holding" : "pressing", button(p),
		    seconds(s, p->deadline - now));
}

static void tell_wait(const struct press *p, bool on, int64_t now, char *out)
{
	char s[SECONDS_TEXT];

	seconds(s, p->deadline - now);
	if (p->config.commands)
		put(out, "waiting up to %s for command-status to say %s", s, on ? "on" : "off");
	else
		put(out, "waiting up to %s for the LED to %s", s, on ? "come on" : "go off");
}

void press_tell_state(const struct press *p, int64_t now, char *out)
{
	char s[SECONDS_TEXT];

	out[0] = 0;
	switch (p->state) {
	case PRESS_LOOKING:
		put(out, p->config.commands ? "asking command-status" : "looking at the LED for %s",
		    seconds(s, p->deadline - now));
		break;
	case PRESS_PRESSING_OFF:
		tell_drive(p, PRESS_DO_OFF, now, out);
		break;
	case PRESS_HOLDING:
		tell_drive(p, PRESS_DO_FORCE_OFF, now, out);
		break;
	case PRESS_PRESSING_ON:
		tell_drive(p, PRESS_DO_ON, now, out);
		break;
	case PRESS_RESETTING:
		tell_drive(p, PRESS_DO_RESET, now, out);
		break;
	case PRESS_WAITING_OFF:
	case PRESS_WAITING_FORCED:
		tell_wait(p, false, now, out);
		break;
	case PRESS_WAITING_ON:
		tell_wait(p, true, now, out);
		break;
	case PRESS_PAUSING:
		if (p->deadline > now)
			put(out, "waiting %s before it is turned on", seconds(s, p->deadline - now));
		break;
	case PRESS_WATCHING:
		put(out, "looking at what %s says now", eye(p));
		break;
	default:	/* their row has said it */
		break;
	}
}

/* --- progress ----------------------------------------------------------------------------------------- */

#define TELL(name) void press_tell_##name(const struct press *p, int64_t now, char *out)

TELL(wakes)
{
	(void)now;
	put(out, "%s: this wakes it", seen(p));
}

TELL(only_on)
{
	(void)now;
	put(out, "%s already: it only has to be turned on", seen(p));
}

TELL(asleep_held)
{
	(void)now;
	put(out, "%s: a press would only wake it, so it is forced off", seen(p));
}

TELL(went_off)
{
	char s[SECONDS_TEXT];

	(void)now;
	put(out, "%s after %s%s", went(p, false), seconds(s, p->off_after),
	    p->config.commands ? "" : "; looking whether it stays off");
}

TELL(is_back)
{
	(void)now;
	put(out, "%s again", seen(p));
}

TELL(fell_asleep_held)
{
	(void)now;
	put(out, "%s: it fell asleep instead of going off, so it is forced off", seen(p));
}

TELL(no_change_held)
{
	char s[SECONDS_TEXT];

	(void)now;
	seconds(s, p->config.off_time);
	if (press_believed(p) == LED_UNKNOWN || press_believed(p) == LED_NONE)
		put(out, "%s have passed; whether it is off cannot be seen, so it is forced off", s);
	else
		put(out, "no change in %s: it is forced off now", s);
}

TELL(blind_pause)
{
	char s[SECONDS_TEXT];

	(void)now;
	put(out, "%s have passed; whether it is off cannot be seen", seconds(s, p->config.off_time));
}

TELL(by_itself)
{
	(void)now;
	put(out, "%s: it came on by itself", seen(p));
}

TELL(came_on)
{
	char s[SECONDS_TEXT];

	(void)now;
	put(out, "%s after %s%s", went(p, true), seconds(s, p->on_after),
	    p->config.commands ? "" : "; looking whether it stays on");
}

TELL(gone_again)
{
	(void)now;
	put(out, "%s again", seen(p));
}

/* --- refusals ----------------------------------------------------------------------------------------- */

static enum press_deed missing(const struct press *p)
{
	if (p->verb == PRESS_FORCE_OFF)
		return PRESS_DO_FORCE_OFF;
	if (p->verb == PRESS_ON || !(p->config.can & 1u << PRESS_DO_ON))
		return PRESS_DO_ON;
	return PRESS_DO_OFF;
}

TELL(cannot)
{
	(void)now;
	if (p->config.commands)
		put(out, "this machine has no command-%s in the config: set one, the program and its arguments",
		    press_deed_name(missing(p)));
	else
		put(out, "this machine has no power-line in the config: name the line that its power button is wired to");
}

TELL(cannot_escalate)
{
	(void)p;
	(void)now;
	put(out, "--escalate needs a command-force-off in the config, and this machine has none");
}

TELL(no_reset)
{
	(void)now;
	put(out, "this machine has no %s in the config; `cycle` turns it off and on instead",
	    p->config.commands ? "command-reset" : "reset-line");
}

TELL(is_on)
{
	(void)now;
	put(out, p->config.commands ? "%s: nothing was done; --force runs command-on all the same" :
	    "%s: nothing was pressed, as that would begin a shutdown; --force presses all the same", seen(p));
}

TELL(is_off)
{
	(void)now;
	if (p->config.commands)
		put(out, "%s already: nothing was done; --force runs command-%s all the same", seen(p),
		    press_verb_name(p->verb));
	else
		put(out, "%s already: nothing was pressed, as that would turn it on; --force presses all the same", seen(p));
}

TELL(nothing_to_reset)
{
	(void)now;
	put(out, "%s: there is nothing to reset; `on` turns it on, --force resets all the same", seen(p));
}

TELL(asleep)
{
	(void)now;
	put(out, "%s: a press would only wake it. `on` does that; `force-off`, or --escalate, cuts its power", seen(p));
}

TELL(blind_on)
{
	(void)now;
	put(out, "%s: nothing was pressed, as that would begin a shutdown if the machine is on; --force presses all the same", seen(p));
}

TELL(blind_cycle)
{
	char s[SECONDS_TEXT];

	(void)now;
	put(out, "%s, so it cannot be seen when the machine is off: --escalate presses, waits %s, then forces it off; "
	    "--force presses, waits, and hopes", seen(p), seconds(s, p->config.off_time));
}

/* --- results ------------------------------------------------------------------------------------------ */

TELL(status)
{
	(void)now;
	if (!p->config.led)
		put(out, "%s in the config: whether it is on cannot be known", seen(p));
	else
		put(out, "%s", seen(p));
}

TELL(fault)
{
	(void)now;
	put(out, "%s", p->fault);
}

TELL(command_late)
{
	char s[SECONDS_TEXT];

	put(out, "the command did not end within %s and was killed; try it by hand", seconds(s, now - p->since));
}

TELL(aborted)
{
	enum press_line line;
	char s[SECONDS_TEXT];

	seconds(s, now - p->since);
	if (p->state == PRESS_PAUSING)
		put(out, "stopped on request before it was turned on again");
	else if (!press_active(p, &line))
		put(out, "stopped on request");
	else if (line == PRESS_LINE_RESET || now - p->since >= PRESS_HOLD_MIN_MS)
		put(out, "stopped on request; the %s button was pressed for %s", button(p), s);
	else
		put(out, "stopped on request; the power button was pressed for %s, which may have turned it on, or begun "
		    "a shutdown", s);
}

/* Done, and nobody can see what came of it. */
TELL(blind)
{
	const char *why = p->distrust ? "it spoke against this, and is not believed" : "what came of it cannot be known";
	char s[SECONDS_TEXT];

	if (p->config.commands)
		put(out, "%s ended well; %s: %s", p->verb == PRESS_CYCLE ? "both commands" : "the command", seen(p), why);
	else if (p->state == PRESS_PRESSING_ON && p->verb == PRESS_CYCLE)
		put(out, "the power button was %s, and pressed again to turn it on; %s: %s",
		    p->escalated ? "pressed and held" : "pressed", seen(p), why);
	else
		put(out, "the %s button was %s for %s; %s: %s", button(p), held(p) ? "held" : "pressed",
		    seconds(s, now - p->since), seen(p), why);
}

TELL(lost_sight)
{
	(void)now;
	put(out, "%s: what came of it cannot be known", seen(p));
}

/* How it went off: "the LED went off after 12.4 s". */
static void tell_gone(const struct press *p, char *out)
{
	char s[SECONDS_TEXT], t[SECONDS_TEXT];

	seconds(s, p->off_after);
	if (p->escalated && !p->asleep)
		put(out, "no change in %s, so it was forced off: %s after %s", seconds(t, p->config.off_time), went(p, false), s);
	else
		put(out, "%s after %s", went(p, false), s);
}

TELL(off)
{
	(void)now;
	tell_gone(p, out);
}

TELL(fell_asleep)
{
	(void)now;
	put(out, "%s: it fell asleep instead of going off. `force-off`, or --escalate, cuts its power; set the system to "
	    "shut down when its power button is pressed", seen(p));
}

TELL(no_change)
{
	char s[SECONDS_TEXT];

	(void)now;
	if (p->off_after >= 0)
		put(out, "%s after %s, but not for long: try force-off, or --escalate", went(p, false), seconds(s, p->off_after));
	else
		put(out, "no change in %s: try force-off, or --escalate", seconds(s, p->config.off_time));
}

TELL(still_lit)
{
	char s[SECONDS_TEXT];

	(void)now;
	if (p->off_after >= 0)
		put(out, "%s after %s, but not for long: it is turned on by something else", went(p, false),
		    seconds(s, p->off_after));
	else if (p->config.commands)
		put(out, "%s even after command-force-off", seen(p));
	else
		put(out, "%s even after holding the button for %s: look at the wires of button and LED, and at led-flags",
		    seen(p), seconds(s, p->config.hold));
}

TELL(on)
{
	char s[SECONDS_TEXT], gone[PRESS_TEXT_MAX];

	(void)now;
	seconds(s, p->on_after);
	tell_gone(p, gone);
	if (p->by_itself && p->off_after >= 0)
		put(out, "%.200s; then it came on by itself", gone);
	else if (p->by_itself)
		put(out, "it came on by itself");
	else if (p->off_after >= 0)
		put(out, "%.200s; turned on again, %s after %s", gone, went(p, true), s);
	else if (p->asleep && p->verb == PRESS_ON)
		put(out, "it is awake: %s and blinks no more", seen(p));
	else
		put(out, "%s after %s", went(p, true), s);
}

TELL(on_only)
{
	(void)now;
	put(out, "%s; whether it was off before that cannot be known", seen(p));
}

TELL(not_on)
{
	char s[SECONDS_TEXT];

	seconds(s, now - p->since);
	if (p->on_after >= 0 && !p->config.commands)
		put(out, "the LED came on, but not for long; now %s: look at the console", seen(p));
	else if (p->config.commands)
		put(out, "%s, %s after command-on", seen(p), s);
	else if (p->led == LED_BLINKING)
		put(out, "no change in %s, %s: does the wire reach its power button?", s, seen(p));
	else
		put(out, "no change in %s, %s: has it mains power, and does the wire reach its power button?", s, seen(p));
}

TELL(reset)
{
	(void)now;
	put(out, "reset; %s, which is all that it can show: look at the console", seen(p));
}

TELL(reset_off)
{
	(void)now;
	put(out, "%s after the reset: `on` turns it on", seen(p));
}

TELL(reset_asleep)
{
	(void)now;
	put(out, "%s even after the reset: `on` wakes it", seen(p));
}
