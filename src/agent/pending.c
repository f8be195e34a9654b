/* pending.c - what is to be done later: `oobm power gw cycle --in 10m`, the dead-man switch. It counts on the
 * monotonic clock, whatever the wall clock does, and goes on after a restart: of the daemon, at its time; of the
 * computer, with what was left when it was last written, for nobody knows how long the power was away. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/command.h"
#include "os/os.h"
#include "run/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME "pending"
#define PENDING_MAX 16
#define ANNOUNCE_MS MIN_MS	/* so long before it is done it is told, if it was to wait longer than that */
#define ID_MAX 1000000000
#define IN_MAX_MS (7 * 24 * 60 * MIN_MS)

struct entry {
	int64_t id;	/* 0: free */
	struct power_ask ask;
	int64_t due;	/* monotonic, ms */
	bool announced;
};

struct pending {
	struct timer *timer;
	int64_t next_id;
	int64_t saved;	/* when it was written last */
	bool dropped;	/* something that was read is left out: the file is to be written anew */
	struct entry entry[PENDING_MAX];
};

static void describe(const struct entry *x, char *out, size_t size)
{
	snprintf(out, size, "%s of %s", x->ask.verb, x->ask.target);
}

/* ---- on disk ---- */

static void put_entry(const struct entry *x, int64_t now, const char *boot, struct buf *b, int *rc)
{
	struct msg_out o;

	msg_begin(&o, b, "pending");
	msg_num(&o, "id", x->id);
	msg_str(&o, "target", x->ask.target);
	msg_str(&o, "verb", x->ask.verb);
	msg_str(&o, "by", x->ask.by);
	msg_num(&o, "force", x->ask.force);
	msg_num(&o, "escalate", x->ask.escalate);
	msg_num(&o, "due", x->due);
	msg_num(&o, "left", x->due - now);
	msg_num(&o, "announced", x->announced);
	msg_str(&o, "boot", boot);
	msg_num(&o, "uid", x->ask.uid);
	msg_str(&o, "key", x->ask.key[0] ? x->ask.key : NULL);
	*rc |= msg_end(&o);
}

static bool is_empty(const struct pending *p)
{
	for (size_t i = 0; i < PENDING_MAX; i++)
		if (p->entry[i].id)
			return false;
	return true;
}

static int save(struct agent *a)
{
	struct pending *p = a->pending;
	int64_t now = clock_mono_ms();
	char boot[64] = "";
	struct err e;
	struct buf b;
	int rc = 0;

	if (is_empty(p)) {
		rc = state_remove(a->set.state_dir, FILE_NAME, &e);
	} else {
		os_boot_id(boot, sizeof boot);
		buf_init(&b, STATE_FILE_MAX - 64);
		for (size_t i = 0; i < PENDING_MAX; i++)
			if (p->entry[i].id)
				put_entry(&p->entry[i], now, boot, &b, &rc);
		rc = rc < 0 ? err_set(&e, "it does not fit its file") : state_write(a->set.state_dir, FILE_NAME, &b, &e);
		buf_free(&b);
	}
	if (rc < 0)
		log_error("what is pending could not be saved: %s", e.text);
	else
		p->saved = now;
	return rc;
}

static void copy(char *to, size_t size, const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	snprintf(to, size, "%s", v ? v : "");
}

/* Somebody counts on it, so that it will not be done is told. */
static void drop(struct agent *a, const struct entry *x, const char *why)
{
	char what[80], text[300];

	describe(x, what, sizeof what);
	snprintf(text, sizeof text, "the pending %s is dropped: %s", what, why);
	history_add(a, "fault", "%s", text);
	notice_target(a, "OOBM power", text);
	a->pending->dropped = true;
}

/* The config may be another one than when it was asked for. */
static bool still_makes_sense(struct agent *a, const struct entry *x)
{
	char why[160];

	if (!target_find(a, x->ask.target) || !power_verb_known(x->ask.verb)) {
		drop(a, x, "there is no such target in the config any more");
		return false;
	}
	if (rights_may(&a->rights, x->ask.uid, x->ask.key, RIGHT_POWER, x->ask.target))
		return true;
	snprintf(why, sizeof why, "%.60s may not press its buttons any more", x->ask.by);
	drop(a, x, why);
	return false;
}

static void load_line(void *arg, const struct msg *m)
{
	struct agent *a = arg;
	struct pending *p = a->pending;
	struct entry x = { 0 }, *to = NULL;
	int64_t due, left, force, escalate, announced, uid, now = clock_mono_ms();
	const char *boot = msg_get(m, "boot");
	char this_boot[64] = "?";

	for (size_t i = 0; i < PENDING_MAX && !to; i++)
		if (!p->entry[i].id)
			to = &p->entry[i];
	if (strcmp(m->verb, "pending") != 0 || !to || msg_int(m, "id", 1, ID_MAX, &x.id) < 0 ||
	    msg_int(m, "due", INT64_MIN / 2, INT64_MAX / 2, &due) < 0 ||
	    msg_int(m, "left", INT64_MIN / 2, IN_MAX_MS, &left) < 0 || msg_int(m, "force", 0, 1, &force) < 0 ||
	    msg_int(m, "escalate", 0, 1, &escalate) < 0 || msg_int(m, "announced", 0, 1, &announced) < 0 ||
	    msg_int(m, "uid", 0, UINT32_MAX, &uid) < 0)
		return;
	copy(x.ask.target, sizeof x.ask.target, m, "target");
	copy(x.ask.verb, sizeof x.ask.verb, m, "verb");
	copy(x.ask.by, sizeof x.ask.by, m, "by");
	copy(x.ask.key, sizeof x.ask.key, m, "key");
	x.ask.uid = (uint32_t)uid;
	x.ask.force = force;
	x.ask.escalate = escalate;
	x.announced = announced;
	os_boot_id(this_boot, sizeof this_boot);
	x.due = boot && strcmp(boot, this_boot) == 0 ? due : now + (left > 0 ? left : 0);
	if (x.due > now + IN_MAX_MS)
		x.due = now + IN_MAX_MS;
	/* nobody was told, and nobody could have stopped it while we were not there */
	if (!x.announced && x.due < now + ANNOUNCE_MS)
		x.due = now + ANNOUNCE_MS;
	if (x.id >= p->next_id)
		p->next_id = x.id + 1;
	if (still_makes_sense(a, &x))
		*to = x;
}

/* ---- its time ---- */

static void set_timer(struct agent *a)
{
	struct pending *p = a->pending;
	int64_t next = INT64_MAX, now = clock_mono_ms();

	for (size_t i = 0; i < PENDING_MAX; i++) {
		const struct entry *x = &p->entry[i];
		int64_t at = x->announced ? x->due : x->due - ANNOUNCE_MS;

		if (x->id && at < next)
			next = at;
	}
	if (next == INT64_MAX)
		timer_stop(p->timer);
	else
		timer_set(p->timer, next > now ? next - now : 0);
}

static void announce(struct agent *a, struct entry *x)
{
	char what[80], left[32], text[300];

	describe(x, what, sizeof what);
	duration_format(x->due - clock_mono_ms() + 500, left, sizeof left);
	snprintf(text, sizeof text, "%s in %s, as %s asked. To stop it: oobm cancel %" PRId64, what, left, x->ask.by, x->id);
	x->announced = true;
	history_add(a, "power", "%s", text);
	notice_target(a, "OOBM power soon", text);
}

static void fire(struct agent *a, struct entry *x)
{
	struct entry due = *x;
	char reply[300], what[80], text[420];

	*x = (struct entry){ 0 };
	/* off the disk first: nothing is done twice. If the disk fails it is done all the same, for somebody counts on it */
	save(a);
	describe(&due, what, sizeof what);
	history_add(a, "power", "now: the pending %s", what);
	if (power_do(a, &due.ask, NULL, NULL, reply, sizeof reply) < 0) {
		snprintf(text, sizeof text, "the pending %s could not be done: %s", what, reply);
		history_add(a, "fault", "%s", text);
		notice_target(a, "OOBM power failed", text);
	}
}

static void on_timer(void *arg)
{
	struct agent *a = arg;
	int64_t now = clock_mono_ms();
	bool announced = false;

	for (size_t i = 0; i < PENDING_MAX; i++) {
		struct entry *x = &a->pending->entry[i];

		if (!x->id)
			continue;
		if (x->due <= now) {
			fire(a, x);
		} else if (!x->announced && x->due - ANNOUNCE_MS <= now) {
			announce(a, x);
			announced = true;
		}
	}
	if (announced)
		save(a);
	set_timer(a);
}

void pending_start(struct agent *a)
{
	struct err e;

	a->pending = calloc(1, sizeof *a->pending);
	if (!a->pending) {
		log_error("out of memory");
		exit(1);
	}
	a->pending->timer = timer_new(a->loop, on_timer, a);
	a->pending->next_id = 1;
	if (state_read(a->set.state_dir, FILE_NAME, load_line, a, &e) < 0) {
		log_error("%s", e.text);
		history_add(a, "fault", "the list of what is pending was damaged and set aside; nothing of it will be done");
		notice_target(a, "OOBM state damaged", "OOBM: the list of pending power actions was damaged and set aside; nothing of it "
			      "will be done.");
	}
	if (a->pending->dropped)
		save(a);
	set_timer(a);
}

int pending_add(struct agent *a, const struct power_ask *ask, int64_t in, char *reply, size_t size)
{
	struct entry *x = NULL;
	const struct agent_target *t = target_find(a, ask->target);
	char left[32], what[80];

	for (size_t i = 0; i < PENDING_MAX && !x; i++)
		if (!a->pending->entry[i].id)
			x = &a->pending->entry[i];
	if (!t || !t->power) {
		snprintf(reply, size, t ? "%s has no power button here; give it one in its section of the config" :
			 "there is no target %s; see: oobm status", ask->target);
		return -1;
	}
	if (!x || in < SEC_MS || in > IN_MAX_MS) {
		snprintf(reply, size, x ? "--in takes 1 second to 7 days" :
			 "%d actions are pending already; take one back: oobm pending, oobm cancel", PENDING_MAX);
		return -1;
	}
	/* one that is due within the minute is not announced again a second later */
	*x = (struct entry){ .id = a->pending->next_id++, .ask = *ask, .due = clock_mono_ms() + in, .announced = in <= ANNOUNCE_MS };
	describe(x, what, sizeof what);
	duration_format(in, left, sizeof left);
	if (save(a) < 0) {
		*x = (struct entry){ 0 };
		snprintf(reply, size, "it could not be written to the disk, so it would not survive a restart; nothing is pending. See: df %s",
			 a->set.state_dir);
		return -1;
	}
	snprintf(reply, size, "%s in %s. To stop it: oobm cancel %" PRId64, what, left, x->id);
	history_add(a, "power", "pending: %s in %s, by %s", what, left, ask->by);
	set_timer(a);
	return 0;
}

int pending_cancel(struct agent *a, int64_t id, const char *target, const char *by,
		   bool (*may)(void *arg, const char *target), void *arg, char *reply, size_t size)
{
	unsigned n = 0;
	char what[80] = "";

	for (size_t i = 0; i < PENDING_MAX; i++) {
		struct entry *x = &a->pending->entry[i];

		if (!x->id || (id && x->id != id) || (*target && strcmp(x->ask.target, target) != 0) || !may(arg, x->ask.target))
			continue;
		describe(x, what, sizeof what);
		history_add(a, "power", "cancelled by %s: %s", by, what);
		*x = (struct entry){ 0 };
		n++;
	}
	set_timer(a);
	if (n == 0)
		snprintf(reply, size, "nothing of that kind is pending; see: oobm pending");
	else if (save(a) < 0)
		snprintf(reply, size, "cancelled, but the disk did not take it: after a restart it would be pending again. See: df %s",
			 a->set.state_dir);
	else if (n == 1)
		snprintf(reply, size, "cancelled: %s", what);
	else
		snprintf(reply, size, "cancelled: %u actions", n);
	return n ? 0 : -1;
}

void pending_put(const struct agent *a, struct buf *out)
{
	int64_t now = clock_mono_ms(), wall = wall_trusted(a);

	for (size_t i = 0; i < PENDING_MAX; i++) {
		const struct entry *x = &a->pending->entry[i];
		struct msg_out o;

		if (!x->id)
			continue;
		msg_begin(&o, out, "pending");
		msg_num(&o, "id", x->id);
		msg_str(&o, "target", x->ask.target);
		msg_str(&o, "verb", x->ask.verb);
		msg_num(&o, "left", x->due > now ? x->due - now : 0);
		msg_str(&o, "by", x->ask.by);
		if (wall)
			msg_num(&o, "due", wall + (x->due - now) / 1000);
		if (x->ask.force)
			msg_num(&o, "force", 1);
		if (x->ask.escalate)
			msg_num(&o, "escalate", 1);
		msg_end(&o);
	}
}

/* What a power cut adds to a time is at most a hundredth of it, or a minute: a card is not to be written each minute for a
 * week. */
void pending_minute(struct agent *a)
{
	const struct pending *p = a->pending;
	int64_t left = INT64_MAX, now = clock_mono_ms();

	for (size_t i = 0; i < PENDING_MAX; i++)
		if (p->entry[i].id && p->entry[i].due - now < left)
			left = p->entry[i].due - now;
	if (left != INT64_MAX && now - p->saved >= left / 100)
		save(a);
}
