/* store.c - what must survive a crash or a power cut: the window, acted-on messages, counters. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "os/os.h"
#include "run/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_NAME "window"
/* After a reboot nobody knows how long the power was away; this much is taken off in any case, so that
 * a box that boots again and again does not hold its window for ever. */
#define REBOOT_COST_MS (60 * SEC_MS)

/* FNV-1a, 64 bit: tells messages apart; it protects nothing. */
uint64_t store_fingerprint(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++) {
		h ^= (unsigned char)(*text >= 'a' && *text <= 'f' ? *text - 32 : *text);
		h *= UINT64_C(0x100000001b3);
	}
	return h ? h : 1;
}

bool store_seen(const struct agent *a, uint64_t fingerprint)
{
	for (size_t i = 0; i < a->store.nseen; i++)
		if (a->store.seen[i] == fingerprint)
			return true;
	return false;
}

void store_add_seen(struct agent *a, uint64_t fingerprint)
{
	struct agent_store *s = &a->store;

	s->seen[s->next_seen] = fingerprint;
	s->next_seen = (s->next_seen + 1) % AGENT_SEEN_MAX;
	if (s->nseen < AGENT_SEEN_MAX)
		s->nseen++;
}

/* --- writing ------------------------------------------------------------------------------------------- */

static void put_hex(struct msg_out *o, const char *key, uint64_t v)
{
	char text[20];

	snprintf(text, sizeof text, "%016" PRIX64, v);
	msg_str(o, key, text);
}

static int put_window(const struct agent *a, struct buf *b)
{
	const struct machine_window *w = &a->machine.window;
	char boot[64] = "";
	struct msg_out o;

	os_boot_id(boot, sizeof boot);
	msg_begin(&o, b, "window");
	msg_num(&o, "id", (int64_t)w->id);
	msg_num(&o, "begun", w->begun);
	msg_num(&o, "length", w->length);
	msg_num(&o, "opened", w->opened != 0);
	msg_num(&o, "end", w->end);
	msg_num(&o, "left", w->end - clock_mono_ms());
	msg_str(&o, "boot", boot);
	msg_num(&o, "failures", w->failures);
	msg_str(&o, "step", w->step);
	msg_str(&o, "reason", w->reason);
	msg_num(&o, "how", w->how);
	msg_str(&o, "number", a->window.number);
	msg_str(&o, "by", a->window.by);
	msg_num(&o, "received", (int64_t)a->window.received);
	msg_num(&o, "sent", (int64_t)a->window.sent);
	msg_num(&o, "links", a->window.links);
	return msg_end(&o);
}

static int put_seen(const struct agent *a, struct buf *b)
{
	const struct agent_store *s = &a->store;
	int rc = 0;

	/* the oldest first, so that reading adds in the same order */
	for (size_t i = 0; i < s->nseen; i++) {
		size_t at = (s->next_seen + AGENT_SEEN_MAX - s->nseen + i) % AGENT_SEEN_MAX;
		struct msg_out o;

		msg_begin(&o, b, "seen");
		put_hex(&o, "message", s->seen[at]);
		rc |= msg_end(&o);
	}
	return rc;
}

int store_save(struct agent *a)
{
	int64_t wall = wall_trusted(a);
	struct msg_out o;
	struct err e;
	struct buf b;
	int rc;

	if (wall)
		a->store.wall = wall;
	buf_init(&b, STATE_FILE_MAX - 64);
	msg_begin(&o, &b, "counters");
	msg_num(&o, "next-id", (int64_t)a->machine.next_id);
	msg_num(&o, "wall", a->store.wall);
	put_hex(&o, "pin-tried", a->store.pin_tried);
	msg_num(&o, "pin-tries", a->store.pin_tries);
	rc = msg_end(&o);
	msg_begin(&o, &b, "usage");
	msg_num(&o, "month", a->store.usage.month);
	msg_num(&o, "bytes", (int64_t)a->store.usage.bytes);
	msg_num(&o, "told", a->store.usage.told);
	rc |= msg_end(&o);
	if (a->machine.window.id)
		rc |= put_window(a, &b);
	if (a->machine.queued) {
		msg_begin(&o, &b, "queued");
		msg_num(&o, "length", a->machine.queued_length);
		msg_str(&o, "number", a->next.number);
		msg_str(&o, "by", a->next.by);
		rc |= msg_end(&o);
	}
	rc |= put_seen(a, &b);
	if (rc == 0)
		rc = state_write(a->set.state_dir, FILE_NAME, &b, &e);
	else
		err_set(&e, "the state does not fit its file");
	buf_free(&b);
	if (rc < 0)
		log_error("the state could not be saved: %s (a restart may forget the window)", e.text);
	return rc;
}

/* --- reading -------------------------------------------------------------------------------------------- */

struct loading {
	struct agent *a;
	struct machine_window w;
	int64_t left;
	bool window, queued, bad;
	int64_t queued_length;
};

static uint64_t get_hex(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	return v ? strtoull(v, NULL, 16) : 0;
}

static void copy(char *to, size_t size, const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	snprintf(to, size, "%s", v ? v : "");
}

/* With the same boot the clock still runs: the end is where it was. */
static int64_t time_left(const struct msg *m, int64_t end, int64_t left)
{
	const char *boot = msg_get(m, "boot");
	char now[64] = "?";

	os_boot_id(now, sizeof now);
	if (boot && strcmp(boot, now) == 0)
		return end - clock_mono_ms();
	return left - REBOOT_COST_MS;
}

static void load_window(struct loading *l, const struct msg *m)
{
	int64_t id, begun, length, opened, end, left, failures, how, received, sent, links;
	struct agent *a = l->a;

	if (msg_int(m, "id", 1, INT64_MAX, &id) < 0 || msg_int(m, "begun", INT64_MIN, INT64_MAX, &begun) < 0 ||
	    msg_int(m, "length", 0, INT64_C(1) << 40, &length) < 0 || msg_int(m, "opened", 0, 1, &opened) < 0 ||
	    msg_int(m, "end", INT64_MIN / 2, INT64_MAX / 2, &end) < 0 ||
	    msg_int(m, "left", INT64_MIN / 2, INT64_C(1) << 40, &left) < 0 ||
	    msg_int(m, "failures", 0, 1000000, &failures) < 0 || msg_int(m, "how", 0, 3, &how) < 0 ||
	    msg_int(m, "received", 0, INT64_MAX, &received) < 0 || msg_int(m, "sent", 0, INT64_MAX, &sent) < 0 ||
	    msg_int(m, "links", 0, 1000000, &links) < 0) {
		l->bad = true;
		return;
	}
	l->w = (struct machine_window){
		.id = (uint64_t)id, .begun = begun, .length = length, .opened = opened,
		.failures = (unsigned)failures, .how = (enum machine_end)how,
	};
	copy(l->w.step, sizeof l->w.step, m, "step");
	copy(l->w.reason, sizeof l->w.reason, m, "reason");
	copy(a->window.number, sizeof a->window.number, m, "number");
	copy(a->window.by, sizeof a->window.by, m, "by");
	a->window.received = (uint64_t)received;
	a->window.sent = (uint64_t)sent;
	a->window.links = (unsigned)links;
	l->left = time_left(m, end, left);
	if (l->left > length && l->w.opened)
		l->left = length;
	l->window = true;
}

static void load_usage(struct usage *u, const struct msg *m)
{
	int64_t month, bytes, told;

	/* a month that is far ahead would never end */
	if (msg_int(m, "month", 0, 12 * 9999, &month) < 0 || msg_int(m, "bytes", 0, INT64_MAX, &bytes) < 0 ||
	    msg_int(m, "told", 0, 100, &told) < 0)
		return;
	*u = (struct usage){ .month = (int)month, .bytes = (uint64_t)bytes, .told = (unsigned)told };
}

static void load_line(void *arg, const struct msg *m)
{
	struct loading *l = arg;
	struct agent *a = l->a;
	int64_t v;

	if (strcmp(m->verb, "window") == 0) {
		load_window(l, m);
	} else if (strcmp(m->verb, "seen") == 0) {
		store_add_seen(a, get_hex(m, "message"));
	} else if (strcmp(m->verb, "counters") == 0) {
		if (msg_int(m, "next-id", 1, INT64_MAX, &v) == 0)
			a->store.next_id = (uint64_t)v;
		if (msg_int(m, "wall", 0, INT64_MAX, &v) == 0)
			a->store.wall = v;
		a->store.pin_tried = get_hex(m, "pin-tried");
		a->store.pin_tries = msg_int(m, "pin-tries", 0, AGENT_PIN_TRIES_MAX, &v) == 0 ? (unsigned)v : AGENT_PIN_TRIES_MAX;
	} else if (strcmp(m->verb, "usage") == 0) {
		load_usage(&a->store.usage, m);
	} else if (strcmp(m->verb, "queued") == 0) {
		l->queued = msg_int(m, "length", 0, INT64_C(1) << 40, &l->queued_length) == 0;
		copy(a->next.number, sizeof a->next.number, m, "number");
		copy(a->next.by, sizeof a->next.by, m, "by");
	}
}

void store_load(struct agent *a)
{
	struct loading l = { .a = a };
	int64_t now = clock_mono_ms();
	struct err e;
	int rc;

	a->store.next_id = 1;
	rc = state_read(a->set.state_dir, FILE_NAME, load_line, &l, &e);
	machine_init(&a->machine, &a->set.limits, now, a->store.next_id);
	if (rc < 0 || l.bad) {
		if (!l.bad)
			log_error("%s", e.text);
		notice_damage(a, l.bad ? "a line of the state file" : "the state file");
	}
	/* a report that is spooled stands for the window: the process died before it could take it off the disk */
	if (l.window && !l.bad && !spool_has_report(a, l.w.id))
		machine_resume(&a->machine, &l.w, l.left, now);
	if (l.queued && !l.bad)
		machine_resume_queued(&a->machine, l.queued_length, now);
}
