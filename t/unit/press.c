/* Each request in each situation: what is pressed, when, and what is said. A story gives the LED (or what the
 * commands answer) over time; the transcript is compared whole. */
#include "core/press.h"

#include "tap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES (1u << PRESS_DO_ON | 1u << PRESS_DO_OFF | 1u << PRESS_DO_FORCE_OFF)
#define RESET (1u << PRESS_DO_RESET)
#define ALL (LINES | RESET)
#define BASE INT64_C(1000000)

/* What kind of machine. */
static const struct press_config
	wired = { .can = ALL, .led = true, .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000, .pause = 5000 },
	patient = { .can = ALL, .led = true, .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000, .pause = 20000 },
	no_led = { .can = ALL, .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000, .pause = 5000 },
	only_led = { .led = true, .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000, .pause = 5000 },
	no_reset = { .can = LINES, .led = true, .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000, .pause = 5000 },
	relay = { .commands = true, .can = 1u << PRESS_DO_ON | 1u << PRESS_DO_OFF, .press = 500, .hold = 5500, .on_time = 10000,
		  .off_time = 60000, .pause = 5000 },
	only_on = { .commands = true, .can = 1u << PRESS_DO_ON, .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000 },
	only_off = { .commands = true, .can = 1u << PRESS_DO_OFF, .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000 },
	bmc = { .commands = true, .can = ALL, .led = true, .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000,
		.pause = 5000 };

struct story {
	const char *name;
	const struct press_config *machine;
	enum led_state led;	/* when it begins */
	const char *request;	/* "cycle force escalate" */
	const char *script;	/* "MS LED[@MS]", "MS abort", "MS fault TEXT", "MS ran", "MS failed TEXT"; a line each */
	const char *transcript;	/* "MS power 1", "MS run off", "MS stop", "MS TEXT", and the result: "MS ok TEXT", "MS BAD TEXT" */
};

#include "press_stories.h"

struct play {
	struct press p;
	int64_t now;	/* since BASE */
	bool done;
	char out[4000];
	size_t used;
};

static void put(struct play *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct play *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	s->used += (size_t)vsnprintf(s->out + s->used, sizeof s->out - s->used, fmt, ap);
	va_end(ap);
}

static void write_down(struct play *s, const struct press_action *a)
{
	put(s, "%" PRId64 " ", s->now);
	switch (a->type) {
	case PRESS_ACT_LINE:
		put(s, "%s %d\n", press_line_name(a->line), a->active);
		break;
	case PRESS_ACT_RUN:
		put(s, "run %s\n", press_deed_name(a->deed));
		break;
	case PRESS_ACT_STOP:
		put(s, "stop\n");
		break;
	case PRESS_ACT_SAY:
		put(s, "%s\n", a->text);
		break;
	case PRESS_ACT_DONE:
		put(s, "%s %s\n", a->ok ? "ok" : "BAD", a->text);
		s->done = true;
		break;
	}
}

static bool step(struct play *s, const struct press_event *ev)
{
	struct press_actions a;
	bool taken = press_step(&s->p, BASE + s->now, ev, &a);

	for (size_t i = 0; i < a.n; i++)
		write_down(s, &a.list[i]);
	return taken;
}

static struct press_event request(const char *text)
{
	struct press_event ev = { .type = PRESS_EV_BEGIN };
	char word[20];

	snprintf(word, sizeof word, "%.*s", (int)strcspn(text, " "), text);
	ev.verb = press_verb_parse(word);
	ev.force = strstr(text, " force");
	ev.escalate = strstr(text, " escalate");
	return ev;
}

/* "off", "off@-2000" (so it has been since then), "abort", "fault TEXT" */
static struct press_event event(const char *text, int64_t at)
{
	struct press_event ev = { .type = PRESS_EV_LED, .at = at };
	const char *rest = strpbrk(text, " @");
	char word[20];

	snprintf(word, sizeof word, "%.*s", (int)strcspn(text, " @"), text);
	ev.text = rest ? rest + 1 : NULL;
	ev.led = led_parse(word);
	if (rest && *rest == '@')
		ev.at = BASE + strtoll(rest + 1, NULL, 10);
	if (strcmp(text, "abort") == 0)
		ev.type = PRESS_EV_ABORT;
	else if (strcmp(text, "ran") == 0 || strncmp(text, "failed", 6) == 0)
		ev.type = PRESS_EV_RAN;
	else if (strncmp(text, "fault", 5) == 0)
		ev.type = PRESS_EV_FAULT;
	else if (ev.led == LED_STATES)
		fail_msg("the script says '%s'", text);
	ev.ok = strcmp(text, "ran") == 0;
	return ev;
}

/* Lets time pass until TO, deadlines served to the millisecond. */
static void pass(struct play *s, int64_t to)
{
	static const struct press_event timer = { .type = PRESS_EV_TIMER };

	while (press_next(&s->p) <= BASE + to) {
		s->now = press_next(&s->p) - BASE;
		if (!step(s, &timer))
			fail_msg("a deadline means nothing in the state %s", press_state_name(s->p.state));
	}
	s->now = to;
}

static void tell(struct play *s, const struct story *t)
{
	struct press_event led = { .type = PRESS_EV_LED, .led = t->led, .at = BASE - 60000 }, begin = request(t->request);
	char script[1000], *save = NULL;

	*s = (struct play){ 0 };
	press_init(&s->p, t->machine, BASE - 60000);
	step(s, &led);
	if (!step(s, &begin))
		put(s, "0 not taken\n");
	snprintf(script, sizeof script, "%s", t->script);
	for (char *line = strtok_r(script, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		int64_t at = strtoll(line, &line, 10);
		struct press_event ev;

		pass(s, at);
		ev = event(line + 1, BASE + at);
		step(s, &ev);
	}
	if (!s->done && press_next(&s->p) < INT64_MAX)
		pass(s, s->now + 1000000);
}

static void each_story_goes_as_written(void **state)
{
	static struct play s;
	bool show = getenv("PRESS_SHOW");	/* for who changes a sentence: prints all as it is now */

	(void)state;
	for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
		tell(&s, &stories[i]);
		if (show)
			printf("== %s\n%s", stories[i].name, s.out);
		else if (strcmp(s.out, stories[i].transcript) != 0)
			fail_msg("%s: got\n%swanted\n%s", stories[i].name, s.out, stories[i].transcript);
		if (!s.done || !press_idle(&s.p) || press_next(&s.p) != INT64_MAX)
			fail_msg("%s: it is not over", stories[i].name);
	}
}

/* --- what no story shows ---------------------------------------------------------------------------------- */

static void begin(struct play *s, const struct press_config *c, enum led_state led, const char *what)
{
	const struct story t = { .name = what, .machine = c, .led = led, .request = what, .script = "" };
	struct press_event ev = { .type = PRESS_EV_LED, .led = t.led, .at = BASE - 60000 }, begin = request(what);

	*s = (struct play){ 0 };
	press_init(&s->p, c, BASE);
	step(s, &ev);
	assert_true(step(s, &begin));
}

static void a_second_request_waits_for_the_first(void **state)
{
	struct press_event again = request("force-off force");
	struct press was;
	struct play s;

	(void)state;
	begin(&s, &wired, LED_OFF, "on");
	was = s.p;
	assert_false(step(&s, &again));
	assert_memory_equal(&was, &s.p, sizeof was);
}

static void what_means_nothing_changes_nothing(void **state)
{
	static const struct press_event nothing[] = {
		{ .type = PRESS_EV_TIMER }, { .type = PRESS_EV_ABORT }, { .type = PRESS_EV_FAULT, .text = "x" },
		{ .type = PRESS_EV_RAN, .ok = true }, { .type = PRESS_EV_RELEASED }, { .type = PRESS_EV_ENTER },
		{ .type = PRESS_EV_BEGIN, .verb = PRESS_VERBS },
	};
	struct press was;
	struct play s;

	(void)state;
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		s = (struct play){ 0 };
		press_init(&s.p, &wired, BASE);
		was = s.p;
		assert_false(step(&s, &nothing[i]));
		assert_memory_equal(&was, &s.p, sizeof was);
	}
	/* and while a button is pressed */
	begin(&s, &wired, LED_OFF, "on");
	was = s.p;
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
		if (nothing[i].type == PRESS_EV_ABORT || nothing[i].type == PRESS_EV_FAULT)
			continue;
		assert_false(step(&s, &nothing[i]));
		assert_memory_equal(&was, &s.p, sizeof was);
	}
}

static void what_needs_no_look_is_decided_at_once(void **state)
{
	static const struct { const struct press_config *machine; enum led_state led; } cases[] = {
		{ &wired, LED_BLINKING }, { &no_led, LED_UNKNOWN }, { &bmc, LED_ON },
	};
	struct press_event led = { .type = PRESS_EV_LED, .at = BASE }, status = request("status");
	struct play s;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		s = (struct play){ 0 };
		press_init(&s.p, cases[i].machine, BASE);
		led.led = cases[i].led;
		step(&s, &led);	/* just now */
		assert_true(step(&s, &status));
		assert_true(s.done);
	}
}

static void the_active_line_is_known(void **state)
{
	enum press_line line;
	struct play s;

	(void)state;
	begin(&s, &wired, LED_ON, "reset");
	assert_true(press_active(&s.p, &line));
	assert_int_equal(line, PRESS_LINE_RESET);
	pass(&s, 500);
	assert_false(press_active(&s.p, &line));
	begin(&s, &wired, LED_ON, "force-off");
	assert_true(press_active(&s.p, &line));
	assert_int_equal(line, PRESS_LINE_POWER);
	begin(&s, &bmc, LED_ON, "force-off");
	assert_false(press_active(&s.p, &line));
}

static void times_out_of_bounds_are_named(void **state)
{
	static const struct { struct press_config c; const char *text; } cases[] = {
		{ { .press = 49, .hold = 5500, .on_time = 10000, .off_time = 60000 }, "a press" },
		{ { .press = 2001, .hold = 5500, .on_time = 10000, .off_time = 60000 }, "a press" },
		{ { .press = 500, .hold = 3999, .on_time = 10000, .off_time = 60000 }, "a hold" },
		{ { .press = 500, .hold = 15001, .on_time = 10000, .off_time = 60000 }, "a hold" },
		{ { .press = 500, .hold = 5500, .on_time = 999, .off_time = 60000 }, "on-time" },
		{ { .press = 500, .hold = 5500, .on_time = 10000, .off_time = 3600001 }, "off-time" },
		{ { .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000, .pause = -1 }, "the pause" },
		{ { .press = 500, .hold = 5500, .on_time = 10000, .off_time = 60000, .pause = 600001 }, "the pause" },
	};

	(void)state;
	assert_null(press_config_wrong(&wired));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *wrong = press_config_wrong(&cases[i].c);

		assert_non_null(wrong);
		assert_memory_equal(wrong, cases[i].text, strlen(cases[i].text));
	}
}

static void long_reasons_are_cut_between_characters(void **state)
{
	struct press_event fault = { .type = PRESS_EV_FAULT };
	char text[2 * PRESS_TEXT_MAX + 1] = "";
	struct press_actions a;
	struct play s;

	(void)state;
	for (int i = 0; i < PRESS_TEXT_MAX; i++)
		strcat(text, "\xc3\xa4");
	fault.text = text;
	begin(&s, &wired, LED_OFF, "on");
	assert_true(press_step(&s.p, BASE + 1, &fault, &a));
	assert_int_equal(a.list[a.n - 1].type, PRESS_ACT_DONE);
	assert_int_equal(strlen(a.list[a.n - 1].text), (PRESS_TEXT_MAX - 1) / 2 * 2);
}

static void names_go_both_ways(void **state)
{
	(void)state;
	for (int v = 0; v < PRESS_VERBS; v++)
		assert_int_equal(press_verb_parse(press_verb_name((enum press_verb)v)), v);
	assert_int_equal(press_verb_parse("kick"), PRESS_VERBS);
	assert_int_equal(press_verb_parse(""), PRESS_VERBS);
	for (int i = 0; i < PRESS_STATES; i++)
		assert_true(strlen(press_state_name((enum press_state)i)) > 3);
	for (int i = 0; i < PRESS_DEEDS; i++)
		assert_true(strlen(press_deed_name((enum press_deed)i)) > 1);
}

static void what_can_never_be_done_is_known_before(void **state)
{
	static const struct { const struct press_config *machine; const char *request, *want; } cases[] = {
		{ &wired, "on", NULL }, { &wired, "off", NULL }, { &wired, "off escalate", NULL }, { &wired, "force-off", NULL },
		{ &wired, "cycle", NULL }, { &wired, "reset", NULL }, { &wired, "status", NULL },
		{ &no_led, "on", NULL }, { &no_led, "off", NULL }, { &no_led, "force-off", NULL }, { &no_led, "reset", NULL },
		{ &no_led, "cycle", "cannot be seen when the machine is off: --escalate" },
		{ &no_led, "cycle escalate", NULL }, { &no_led, "cycle force", NULL },
		{ &only_led, "on", "no power-line" }, { &only_led, "status", NULL }, { &no_reset, "reset", "no reset-line" },
		{ &relay, "cycle", NULL }, { &relay, "force-off", "no command-force-off" },
		{ &relay, "off escalate", "--escalate needs a command-force-off" }, { &relay, "reset", "no command-reset" },
		{ &only_on, "cycle", "no command-off" }, { &only_off, "cycle", "no command-on" }, { &bmc, "cycle", NULL },
		{ &bmc, "on", NULL }, { &bmc, "reset", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct press_event ask = request(cases[i].request);
		char text[PRESS_TEXT_MAX] = "";

		if (press_possible(cases[i].machine, &ask, text) != !cases[i].want ||
		    (cases[i].want && !strstr(text, cases[i].want)))
			fail_msg("%s: \"%s\", wanted \"%s\"", cases[i].request, text, cases[i].want ? cases[i].want : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_story_goes_as_written),
		cmocka_unit_test(a_second_request_waits_for_the_first),
		cmocka_unit_test(what_means_nothing_changes_nothing),
		cmocka_unit_test(what_needs_no_look_is_decided_at_once),
		cmocka_unit_test(the_active_line_is_known),
		cmocka_unit_test(times_out_of_bounds_are_named),
		cmocka_unit_test(long_reasons_are_cut_between_characters),
		cmocka_unit_test(what_can_never_be_done_is_known_before),
		cmocka_unit_test(names_go_both_ways),
	};

	return TAP_RUN(tests);
}
