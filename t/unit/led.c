/* What the LED module says of levels over time. An owner is played that reads the line at each edge and
 * when led_next() says so, or that polls. */
#include "core/led.h"

#include "random.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

#define EDGES_MAX 64
#define NEVER INT64_MAX

/* The level from AT on: 1 lit, 0 dark, -1 cannot be read. */
struct level { int64_t at; int is; };

struct story {
	const char *name;
	struct level level[EDGES_MAX];	/* ends with at = 0, but for the first */
	int64_t until;
	const char *says;		/* each change of the state, and when it began: "5000 on@0" */
};

static size_t levels(const struct story *s)
{
	size_t n = 1;

	while (n < EDGES_MAX && s->level[n].at > 0)
		n++;
	return n;
}

static int level_at(const struct story *s, int64_t t)
{
	size_t i = levels(s);

	while (i > 1 && s->level[i - 1].at > t)
		i--;
	return s->level[i - 1].is;
}

static int64_t next_edge(const struct story *s, int64_t t)
{
	for (size_t i = 0; i < levels(s); i++)
		if (s->level[i].at > t)
			return s->level[i].at;
	return NEVER;
}

/* Plays S from the time BASE on; POLL ms between looks, or 0 for looks at edges. Texts of the changes
 * to OUT. */
static void play(const struct story *s, int64_t base, int64_t poll, char *out, size_t size)
{
	size_t used = 0;
	struct led l;

	led_init(&l, base);
	out[0] = 0;
	for (int64_t t = 0; t <= s->until;) {
		int64_t edge = poll ? t + poll : next_edge(s, t), due;

		if (led_step(&l, base + t, level_at(s, t)))
			used += (size_t)snprintf(out + used, size - used, "%s%d %s@%d", used ? ", " : "", (int)t,
						 led_name(l.state), (int)(l.since - base));
		due = led_next(&l);
		if (due != NEVER && due <= base + t)
			fail_msg("%s: at %d it is due at %d, again and again", s->name, (int)t, (int)(due - base));
		due = due == NEVER ? NEVER : due - base;
		t = edge < due ? edge : due;
		if (t == NEVER)
			break;
	}
}

static const struct story stories[] = {
	{ "steady", { { 0, 1 } }, 60000, "5000 on@0" },
	{ "dark", { { 0, 0 } }, 60000, "5000 off@0" },
	{ "nothing to read", { { 0, -1 } }, 60000, "" },

	/* one change */
	{ "goes off", { { 0, 1 }, { 9000, 0 } }, 60000, "5000 on@0, 9030 off@9000" },
	{ "goes on", { { 0, 0 }, { 9000, 1 } }, 60000, "5000 off@0, 9030 on@9000" },
	{ "changes before it is known", { { 0, 0 }, { 3000, 1 } }, 60000, "8000 on@3000" },

	/* bouncing */
	{ "a spike of 29 ms", { { 0, 1 }, { 9000, 0 }, { 9029, 1 } }, 60000, "5000 on@0" },
	{ "a pulse of 30 ms", { { 0, 1 }, { 9000, 0 }, { 9030, 1 } }, 60000, "5000 on@0, 9030 off@9000, 9060 on@9030" },
	{ "bounces on its way", { { 0, 1 }, { 9000, 0 }, { 9005, 1 }, { 9010, 0 }, { 9012, 1 }, { 9020, 0 } }, 60000,
	  "5000 on@0, 9050 off@9020" },
	{ "bounces at the beginning", { { 0, 1 }, { 5, 0 }, { 9, 1 } }, 60000, "5009 on@9" },

	/* a sleeping machine */
	{ "falls asleep, period 2 s", { { 0, 1 }, { 9000, 0 }, { 10000, 1 }, { 11000, 0 }, { 12000, 1 }, { 13000, 0 }, { 14000, 1 },
	  { 15000, 0 } }, 15100, "5000 on@0, 9030 off@9000, 10030 on@10000, 11030 off@11000, 12030 blinking@12030" },
	{ "asleep from the beginning", { { 0, 1 }, { 500, 0 }, { 1000, 1 }, { 1500, 0 }, { 2000, 1 }, { 2500, 0 } }, 2600,
	  "2030 blinking@2030" },
	{ "wakes: no edge for twice its phase", { { 0, 1 }, { 500, 0 }, { 1000, 1 }, { 1500, 0 }, { 2000, 1 }, { 2500, 0 },
	  { 3000, 1 } }, 60000, "2030 blinking@2030, 4000 on@3000" },
	{ "is cut off while asleep", { { 0, 1 }, { 500, 0 }, { 1000, 1 }, { 1500, 0 }, { 2000, 1 }, { 2200, 0 } }, 60000,
	  "2030 blinking@2030, 3200 off@2200" },
	{ "a short flash every 4 s", { { 0, 1 }, { 200, 0 }, { 4000, 1 }, { 4200, 0 }, { 8000, 1 }, { 8200, 0 }, { 12000, 1 },
	  { 12200, 0 } }, 14000, "8030 blinking@8030" },
	{ "the slowest blinking", { { 0, 1 }, { 2500, 0 }, { 5000, 1 }, { 7500, 0 }, { 10000, 1 }, { 12500, 0 }, { 15000, 1 } }, 60000,
	  "10030 blinking@10030, 20000 on@15000" },
	{ "the fastest blinking", { { 0, 1 }, { 100, 0 }, { 200, 1 }, { 300, 0 }, { 400, 1 }, { 500, 0 } }, 60000,
	  "430 blinking@430, 1000 off@500" },

	/* what is no blinking */
	{ "off and on again once", { { 0, 1 }, { 9000, 0 }, { 11000, 1 } }, 60000, "5000 on@0, 9030 off@9000, 11030 on@11000" },
	{ "a board that starts twice", { { 0, 0 }, { 9000, 1 }, { 10000, 0 }, { 13000, 1 } }, 60000,
	  "5000 off@0, 9030 on@9000, 10030 off@10000, 13030 on@13000" },
	{ "a disk's LED", { { 0, 0 }, { 9000, 1 }, { 9040, 0 }, { 9080, 1 }, { 9120, 0 }, { 9160, 1 }, { 9200, 0 } }, 60000,
	  "5000 off@0, 9030 on@9000, 9070 off@9040, 9110 on@9080, 9150 unknown@9150, 11200 off@9200" },
	{ "is lost", { { 0, 1 }, { 9000, -1 } }, 60000, "5000 on@0, 9000 unknown@9000" },
	{ "is lost and found", { { 0, 1 }, { 9000, -1 }, { 20000, 1 } }, 60000, "5000 on@0, 9000 unknown@9000, 25000 on@20000" },
};

static void each_story_is_told_right(void **state)
{
	char got[1000];

	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++)
		for (int64_t base = 0; base <= 1000000007; base += 1000000007) {
			play(&stories[i], base, 0, got, sizeof got);
			if (strcmp(got, stories[i].says) != 0)
				fail_msg("%s: got '%s', wanted '%s'", stories[i].name, got, stories[i].says);
		}
}

/* Pulses of ON ms every PERIOD ms from AT to UNTIL. */
struct pulses { int64_t at, until, on, period; };

static int pulse_level(const struct pulses *p, int64_t t, int before)
{
	if (t < p->at || t >= p->until)
		return before;
	return (t - p->at) % p->period < p->on;
}

/* The state at UNTIL of a line that carries pulses; seen at each millisecond that has an edge. */
static enum led_state after_pulses(const struct pulses *p, int64_t until)
{
	struct led l;

	led_init(&l, 0);
	for (int64_t t = 0; t <= until; t++) {
		bool edge = t == 0 || pulse_level(p, t, 1) != pulse_level(p, t - 1, 1);

		if (edge || t >= led_next(&l))
			led_step(&l, t, pulse_level(p, t, 1));
	}
	return l.state;
}

static void a_dimmed_led_is_unknown_and_known_again_afterwards(void **state)
{
	/* 100 Hz, as a dimmed LED has it: no sample lasts */
	static const struct pulses dimmed = { 10000, 20000, 4, 10 };

	(void)state;
	assert_int_equal(after_pulses(&dimmed, 9999), LED_ON);
	assert_int_equal(after_pulses(&dimmed, 10900), LED_ON);		/* that may be bouncing yet */
	assert_int_equal(after_pulses(&dimmed, 11010), LED_UNKNOWN);
	assert_int_equal(after_pulses(&dimmed, 19999), LED_UNKNOWN);
	assert_int_equal(after_pulses(&dimmed, 22100), LED_ON);
}

/* Who wakes up late finds two edges, and the level of before. */
/* An owner that is not always there in time sees rests where there are none. */
static void what_flickers_between_two_rests_is_no_blinking(void **state)
{
	int64_t t = 10000;
	struct led l;

	(void)state;
	led_init(&l, 0);
	led_step(&l, 0, 1);
	led_step(&l, 5000, 1);
	for (int phase = 0; phase < 40; phase++) {
		for (int i = 0; i < 13; i++, t += 5)
			led_edge(&l, t, (phase + i) & 1);
		t += 60;
		led_step(&l, t, phase & 1);
		assert_int_not_equal(l.state, LED_BLINKING);
		assert_true(phase < 3 || l.state == LED_UNKNOWN);
	}
	assert_int_equal(l.state, LED_UNKNOWN);
}

static void two_edges_at_once_are_no_rest(void **state)
{
	struct led l;

	(void)state;
	led_init(&l, 0);
	led_step(&l, 0, 1);
	led_step(&l, 5000, 1);
	assert_int_equal(l.state, LED_ON);
	for (int64_t t = 10000; t <= 11000; t += 20)
		led_edge(&l, t, 1);
	assert_int_equal(l.state, LED_UNKNOWN);
	assert_true(led_next(&l) > 11000);
	led_step(&l, 11030, 1);
	assert_int_equal(led_next(&l), 13030);
	led_step(&l, 13030, 1);
	assert_int_equal(l.state, LED_ON);
}

static void every_period_and_duty_of_sleep_is_recognised(void **state)
{
	(void)state;
	for (int64_t period = LED_BLINK_MIN_MS; period <= LED_BLINK_MAX_MS; period += 60)
		for (int64_t on = LED_DEBOUNCE_MS + 10; on + LED_DEBOUNCE_MS + 10 <= period; on += period / 7) {
			struct pulses p = { 10000, 1000000, on, period };

			if (after_pulses(&p, 10000 + 3 * period + 100) != LED_BLINKING ||
			    after_pulses(&p, 10000 + 5 * period + on / 2) != LED_BLINKING)
				fail_msg("%d of %d ms is not blinking", (int)on, (int)period);
			p.until = 10000 + 3 * period;	/* it wakes */
			if (after_pulses(&p, p.until + LED_STEADY_MS) != LED_ON)
				fail_msg("%d of %d ms: still blinking after the end", (int)on, (int)period);
		}
}

/* "5000 on@0, 9030 off@9000" -> "on, off" */
static void strip_times(char *text)
{
	char *to = text;

	for (; *text; text++)
		if ((*text >= 'a' && *text <= 'z') || *text == ',')
			*to++ = *text;
	*to = 0;
}

static void polling_sees_the_same_a_little_later(void **state)
{
	static const char *const names[] = {
		"goes off", "goes on", "changes before it is known", "falls asleep, period 2 s", "asleep from the beginning",
		"wakes: no edge for twice its phase", "is cut off while asleep", "the slowest blinking",
		"a board that starts twice", "is lost and found",
	};
	char got[1000], wanted[1000];

	(void)state;
	for (size_t n = 0; n < sizeof names / sizeof *names; n++)
		for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
			if (strcmp(stories[i].name, names[n]) != 0)
				continue;
			play(&stories[i], 0, 70, got, sizeof got);
			snprintf(wanted, sizeof wanted, "%s", stories[i].says);
			strip_times(got);
			strip_times(wanted);
			assert_string_equal(got, wanted);
		}
}

/* Whatever the samples: no due time lies in the past, and what stays as it is becomes known. */
static void any_samples_end_in_the_truth(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int run = 0; run < 20000; run++) {
		int64_t t = random_below(&seed, 1000000), end;
		int level = 0;
		struct led l;

		led_init(&l, t);
		for (unsigned n = 1 + random_below(&seed, 30); n > 0; n--) {
			t += random_below(&seed, random_below(&seed, 4) ? 60 : 6000);
			level = (int)random_below(&seed, 8) - 1;
			level = level > 0 ? level & 1 : level;
			led_step(&l, t, level);
			assert_true(led_next(&l) > t);
		}
		for (end = t + 8000; led_next(&l) < end; assert_true(led_next(&l) > t)) {
			t = led_next(&l);
			led_step(&l, t, level);
		}
		led_step(&l, end, level);
		assert_int_equal(l.state, level < 0 ? LED_UNKNOWN : level ? LED_ON : LED_OFF);
	}
}

static void names_go_both_ways(void **state)
{
	(void)state;
	for (int s = 0; s < LED_STATES; s++)
		assert_int_equal(led_parse(led_name((enum led_state)s)), s);
	assert_int_equal(led_parse("lit"), LED_STATES);
	assert_int_equal(led_parse(""), LED_STATES);
	assert_string_equal(led_name(LED_STATES), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_story_is_told_right),
		cmocka_unit_test(a_dimmed_led_is_unknown_and_known_again_afterwards),
		cmocka_unit_test(what_flickers_between_two_rests_is_no_blinking),
		cmocka_unit_test(two_edges_at_once_are_no_rest),
		cmocka_unit_test(every_period_and_duty_of_sleep_is_recognised),
		cmocka_unit_test(polling_sees_the_same_a_little_later),
		cmocka_unit_test(any_samples_end_in_the_truth),
		cmocka_unit_test(names_go_both_ways),
	};

	return TAP_RUN(tests);
}
