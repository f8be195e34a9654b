#include "console/lookout.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "core/match.h"
#include "core/tail.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define AGAIN_MS (60 * SEC_MS)		/* between two reports of one pattern */
#define QUIET_MS INT64_C(700)		/* after so long a line is as whole as it will be, and all is said */
#define BUSY_MS (5 * SEC_MS)		/* if it does not become quiet */
#define LAST_MS (5 * SEC_MS)
#define LINES_BEFORE 24

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
	uint32_t seen;		/* in the running line */
	int alert;		/* the last with an alert that is still to be told; -1: none */
	char text[LOOKOUT_TEXT_MAX];	/* up to the line that it is in */
	int64_t since;		/* when the first of what is still to be told was seen */
	struct timer *quiet, *last;
	char last_told[LOOKOUT_LAST_MAX];
};

/* Line number LINE is whole, or as whole as it will be. */
static void end_line(struct lookout *o, uint64_t line)
{
	char text[LOOKOUT_TEXT_MAX];

	tail_upto(&o->tail, line, LINES_BEFORE, text, sizeof text);
	for (size_t i = 0; i < o->match.n; i++) {
		if (!(o->seen & UINT32_C(1) << i))
			continue;
		if (!o->pattern[i].alert) {
			o->ops->on_match(o->arg, o->match.pattern[i].text, false, text);
		} else {
			o->alert = (int)i;
			memcpy(o->text, text, sizeof text);
		}
	}
	o->seen = 0;
}

static void on_quiet(void *arg)
{
	struct lookout *o = arg;
	int alert;

	if (o->seen)
		end_line(o, o->tail.lines);	/* a prompt is a line that has no end before somebody answers */
	alert = o->alert;
	o->alert = -1;
	if (alert >= 0)
		o->ops->on_match(o->arg, o->match.pattern[alert].text, true, o->text);
}

/* While something is to be told: a moment after the last byte, but not for ever. */
static void wait_for_quiet(struct lookout *o)
{
	int64_t left = o->since + BUSY_MS - clock_mono_ms();

	if (o->seen || o->alert >= 0)
		timer_set(o->quiet, left < QUIET_MS ? left : QUIET_MS);
	else
		timer_stop(o->quiet);
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

		if (!(found & UINT32_C(1) << i) || (p->told && now - p->at < AGAIN_MS))
			continue;
		p->told = true;
		p->at = now;
		if (!o->seen && o->alert < 0)
			o->since = now;
		o->seen |= UINT32_C(1) << i;
	}
}

/* One byte. Returns the patterns that end with it. */
static uint32_t read_along(struct lookout *o, char c)
{
	enum tail_event event = tail_feed(&o->tail, (unsigned char)c);

	if (event == TAIL_LINE && o->seen)
		end_line(o, o->tail.lines - 1);
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
	wait_for_quiet(o);
	/* a moment later, when the line is likely to be whole, but not again before 5 s are over */
	if (!timer_pending(o->last))
		timer_set(o->last, QUIET_MS);
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
	o->alert = -1;
	o->quiet = timer_new(l, on_quiet, o);
	o->last = timer_new(l, on_last, o);
	return o;
}

void lookout_free(struct lookout *o)
{
	if (!o)
		return;
	timer_free(o->quiet);
	timer_free(o->last);
	free(o);
}
