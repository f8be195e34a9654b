#include "console/lookout.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "core/match.h"
#include "core/tail.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define QUIET_MS (60 * SEC_MS)		/* between two reports of one pattern */
#define WHOLE_MS INT64_C(700)		/* how long a line may take to become whole */
#define LAST_MS (5 * SEC_MS)
#define LINES_BEFORE 8

struct pattern {
	bool alert, told;
	int64_t at;		/* when it was told */
};

struct lookout {
	const struct lookout_ops *ops;
	void *arg;
	struct tail tail;
	struct match match;
	struct pattern pattern[MATCH_PATTERNS_MAX];
	uint32_t seen;		/* in the running line, and to be told when that is whole */
	struct timer *whole, *last;
	char last_told[LOOKOUT_LAST_MAX];
};

static void report(struct lookout *o, uint64_t line)
{
	char text[LOOKOUT_TEXT_MAX];

	timer_stop(o->whole);
	tail_upto(&o->tail, line, LINES_BEFORE, text, sizeof text);
	for (size_t i = 0; i < o->match.n; i++)
		if (o->seen & UINT32_C(1) << i)
			o->ops->on_match(o->arg, o->match.pattern[i].text, o->pattern[i].alert, text);
	o->seen = 0;
}

/* A prompt is a line that will not be whole before somebody answers. */
static void on_whole(void *arg)
{
	struct lookout *o = arg;

	report(o, o->tail.lines);
}

static void on_last(void *arg)
{
	struct lookout *o = arg;
	char text[LOOKOUT_LAST_MAX];

	tail_last(&o->tail, text, sizeof text);
	if (!*text || strcmp(text, o->last_told) == 0)
		return;
	memcpy(o->last_told, text, sizeof text);
	o->ops->on_last(o->arg, text);
	timer_set(o->last, LAST_MS);
}

static void note(struct lookout *o, uint32_t found)
{
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < o->match.n; i++) {
		struct pattern *p = &o->pattern[i];

		if (!(found & UINT32_C(1) << i) || (p->told && now - p->at < QUIET_MS))
			continue;
		p->told = true;
		p->at = now;
		if (!o->seen)
			timer_set(o->whole, WHOLE_MS);
		o->seen |= UINT32_C(1) << i;
	}
}

/* One byte. Returns the patterns that end with it. */
static uint32_t read_along(struct lookout *o, char c)
{
	enum tail_event event = tail_feed(&o->tail, (unsigned char)c);

	if (event == TAIL_LINE && o->seen)
		report(o, o->tail.lines - 1);
	if (event == TAIL_LINE || event == TAIL_AGAIN)
		match_reset(&o->match);
	return event == TAIL_CHAR || event == TAIL_AGAIN ? match_feed(&o->match, c == '\t' ? ' ' : c) : 0;
}

void lookout_feed(struct lookout *o, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t found = read_along(o, p[i]);

		if (found)
			note(o, found);
	}
	/* a moment later, when the line is likely to be whole, but not again before 5 s are over */
	if (!timer_pending(o->last))
		timer_set(o->last, WHOLE_MS);
}

void lookout_tell(struct lookout *o)
{
	o->last_told[0] = 0;
	on_last(o);
}

int lookout_watch(struct lookout *o, const char *pattern, bool alert)
{
	int i = match_add(&o->match, pattern);

	if (i < 0)
		return -1;
	o->pattern[i].alert = alert;
	return 0;
}

struct lookout *lookout_new(struct loop *l, const struct lookout_ops *ops, void *arg)
{
	struct lookout *o = alloc_zero(sizeof *o);

	o->ops = ops;
	o->arg = arg;
	o->whole = timer_new(l, on_whole, o);
	o->last = timer_new(l, on_last, o);
	return o;
}

void lookout_free(struct lookout *o)
{
	if (!o)
		return;
	timer_free(o->whole);
	timer_free(o->last);
	free(o);
}
