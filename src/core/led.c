#include "core/led.h"

#include <string.h>

#define BLINK_END_MIN_MS 500
/* Two periods of a blinking LED differ by less than a quarter and what it takes to look. */
#define JITTER_MS 100
/* So long may samples change faster than can be debounced, before that is a state of its own. */
#define RESTLESS_MS 1000
#define FLICKER_MS 2000
/* So many changes between two levels that last are no bouncing. */
#define BOUNCES_MAX 10

static const char *const names[LED_STATES] = {
	[LED_UNKNOWN] = "unknown", [LED_OFF] = "off", [LED_ON] = "on", [LED_BLINKING] = "blinking", [LED_NONE] = "none",
};

const char *led_name(enum led_state s)
{
	return s < LED_STATES ? names[s] : "unknown";
}

enum led_state led_parse(const char *name)
{
	unsigned s = 0;

	while (s < LED_STATES && strcmp(name, names[s]) != 0)
		s++;
	return (enum led_state)s;
}

void led_init(struct led *l, int64_t now)
{
	*l = (struct led){ .raw = -1, .raw_since = now, .level = -1, .since = now };
}

static int64_t last_edge(const struct led *l)
{
	return l->edges ? l->edge[0] : l->begun;
}

static int64_t longest_phase(const struct led *l)
{
	int64_t longest = 0;

	for (unsigned i = 0; i + 1 < l->edges; i++)
		if (l->edge[i] - l->edge[i + 1] > longest)
			longest = l->edge[i] - l->edge[i + 1];
	return longest;
}

/* Until when no further edge means that it still blinks. */
static int64_t blink_end(const struct led *l)
{
	int64_t wait = 2 * longest_phase(l);

	if (wait < BLINK_END_MIN_MS)
		wait = BLINK_END_MIN_MS;
	return l->edge[0] + (wait < LED_BLINK_MAX_MS ? wait : LED_BLINK_MAX_MS);
}

/* The edges seen are those of blinking: two periods, the later half of one being the first of the other. */
static bool is_regular(const struct led *l)
{
	int64_t a, b, differ;

	if (l->edges < LED_EDGES)
		return false;
	a = l->edge[0] - l->edge[2];
	b = l->edge[1] - l->edge[3];
	differ = a > b ? a - b : b - a;
	return a >= LED_BLINK_MIN_MS && a <= LED_BLINK_MAX_MS + JITTER_MS && b >= LED_BLINK_MIN_MS &&
	       b <= LED_BLINK_MAX_MS + JITTER_MS && differ <= (a < b ? a : b) / 4 + JITTER_MS;
}

static bool is_too_fast(const struct led *l)
{
	return l->edges == LED_EDGES && l->edge[0] - l->edge[2] < LED_BLINK_MIN_MS &&
	       l->edge[1] - l->edge[3] < LED_BLINK_MIN_MS;
}

/* The level has been another one since AT, for long enough. */
static void take_edge(struct led *l, int level, int64_t at)
{
	if (l->level < 0) {
		l->begun = at;
	} else {
		memmove(&l->edge[1], &l->edge[0], sizeof l->edge - sizeof *l->edge);
		l->edge[0] = at;
		if (l->edges < LED_EDGES)
			l->edges++;
	}
	l->level = level;
	if (is_too_fast(l))
		l->flickers_until = at + FLICKER_MS;
}

/* A sample that has lasted counts. */
static void settle(struct led *l, int64_t now)
{
	if (l->raw < 0 || now - l->raw_since < LED_DEBOUNCE_MS)
		return;
	l->restless_since = 0;
	if (l->bounces > BOUNCES_MAX)
		l->flickers_until = now + FLICKER_MS;
	l->bounces = 0;
	if (l->raw != l->level)
		take_edge(l, l->raw, l->raw_since);
}

static void take_sample(struct led *l, int64_t now, int level)
{
	if (level < 0) {
		if (l->raw >= 0)
			*l = (struct led){ .raw = -1, .raw_since = now, .level = -1, .state = l->state, .since = l->since };
		return;
	}
	if (level != l->raw) {
		settle(l, now);	/* what was there before, if it lasted and nobody looked meanwhile */
		if (!l->restless_since)
			l->restless_since = now ? now : 1;
		l->raw = level;
		l->raw_since = now;
		l->bounces++;
	}
	settle(l, now);
}

static enum led_state judge(struct led *l, int64_t now)
{
	if (l->level < 0)
		return LED_UNKNOWN;
	if (now - l->raw_since >= LED_STEADY_MS)
		l->watched = true;
	if (now >= l->flickers_until)
		l->flickers_until = 0;
	if (l->flickers_until || (l->restless_since && now - l->restless_since >= RESTLESS_MS))
		return LED_UNKNOWN;
	/* an irregular phase does not end it: it may be the last, or not */
	if ((l->state == LED_BLINKING || is_regular(l)) && now < blink_end(l)) {
		l->watched = true;
		return LED_BLINKING;
	}
	if (!l->watched)
		return LED_UNKNOWN;
	return l->level ? LED_ON : LED_OFF;
}

bool led_step(struct led *l, int64_t now, int level)
{
	enum led_state was = l->state;

	take_sample(l, now, level);
	l->state = judge(l, now);
	if (l->state == was)
		return false;
	l->since = l->state == LED_ON || l->state == LED_OFF ? last_edge(l) : now;
	return true;
}

bool led_edge(struct led *l, int64_t now, int level)
{
	if (level >= 0 && level == l->raw)
		take_sample(l, now, !level);
	return led_step(l, now, level);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t led_next(const struct led *l)
{
	int64_t next = INT64_MAX;

	if (l->raw >= 0 && (l->raw != l->level || l->restless_since))
		next = earlier(next, l->raw_since + LED_DEBOUNCE_MS);
	if (l->level < 0)
		return next;
	if (l->restless_since && l->state != LED_UNKNOWN)
		next = earlier(next, l->restless_since + RESTLESS_MS);
	if (l->flickers_until)
		next = earlier(next, l->flickers_until);
	if (l->state == LED_BLINKING)
		next = earlier(next, blink_end(l));
	if (!l->watched)
		next = earlier(next, l->raw_since + LED_STEADY_MS);
	return next;
}
