/* led.h - what a power LED says, from samples of its line: on, off, blinking (a machine that sleeps).
 *
 * Pure. The owner reads the line at each edge, and when led_next() has come, and passes on what it read.
 *
 * - A level counts when it has lasted LED_DEBOUNCE_MS.
 * - Blinking is a regular change with a period of LED_BLINK_MIN_MS..LED_BLINK_MAX_MS, recognised at its
 *   fourth edge. It has ended when no edge came for twice its longest phase (0.5 s..LED_BLINK_MAX_MS).
 * - A change of a level that was steady before shows at once. Whether the new level stays, or was the
 *   first phase of blinking, is certain after LED_STEADY_MS.
 * - At the beginning nothing is known before LED_STEADY_MS have passed without an edge, or blinking was seen.
 * - What changes faster than any machine blinks is unknown: a dimmed LED, or that of the disk. */
#ifndef OOBM_CORE_LED_H
#define OOBM_CORE_LED_H

#include <stdbool.h>
#include <stdint.h>

#define LED_DEBOUNCE_MS 30
#define LED_BLINK_MIN_MS 200
#define LED_BLINK_MAX_MS 5000
#define LED_STEADY_MS LED_BLINK_MAX_MS

enum led_state {
	LED_UNKNOWN,
	LED_OFF,
	LED_ON,
	LED_BLINKING,
	LED_NONE,	/* there is no line; never said by this module */
	LED_STATES
};

#define LED_EDGES 4

struct led {
	int raw;			/* last sample: 1 lit, 0 dark, -1 cannot be read */
	int64_t raw_since;
	int level;			/* debounced */
	int64_t edge[LED_EDGES];	/* when the level last changed, newest first; */
	unsigned edges;			/* how many of them are there */
	int64_t begun;			/* when the first level was seen */
	int64_t restless_since;		/* since when no sample has lasted; 0: it has */
	unsigned bounces;		/* changes of samples since one lasted */
	int64_t flickers_until;		/* 0: it does not */
	bool watched;			/* long enough to tell on and off from a phase of blinking */
	enum led_state state;
	int64_t since;			/* when what the state says began: the time of the edge */
};

void led_init(struct led *l, int64_t now);

/* Takes the level of NOW (monotonic ms, never less than before): 1 lit, 0 dark, -1 cannot be read. To be
 * called at each edge, and when led_next() has come. True if the state is another one now. */
bool led_step(struct led *l, int64_t now, int level);

/* The same, after an edge: if LEVEL is what it was before, there were two. */
bool led_edge(struct led *l, int64_t now, int level);

/* When led_step is due even without an edge: monotonic ms, or INT64_MAX for never. */
int64_t led_next(const struct led *l);

/* "on", "off", "blinking", "unknown", "none", and back; LED_STATES for any other word. */
const char *led_name(enum led_state s);
enum led_state led_parse(const char *name);

#endif
