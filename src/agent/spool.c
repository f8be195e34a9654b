/* spool.c - notices on disk until they are delivered: by push through the link, by SMS, one at a time
 * each way. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "core/pdu.h"
#include "core/sms_text.h"
#include "run/state.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SPOOL_MAX 24
#define SMS_PAUSE_MS (15 * SEC_MS)	/* after a refusal, while reporting */
#define SMS_PAUSE_LONG_MS (10 * MIN_MS)	/* after several */
#define SMS_QUICK_TRIES 4
#define SMS_TRIES_MAX 100		/* most of a day */
#define SMS_UNSURE_MAX 3		/* of which nobody knows the end: each may have been paid */
#define PUSH_TRIES_MAX 4

struct entry {
	int64_t id;		/* 0: free */
	struct notice n;
	unsigned sms_tries, sms_unsure, push_tries;
	int64_t sms_after, push_after;	/* not before, monotonic ms */
};

struct spool {
	struct entry e[SPOOL_MAX];
	int64_t next_id;
	int64_t pushing, texting;	/* id of the entry that is on its way; 0 none */
	uint64_t reported;	/* the newest window whose report was found in the spool */
	char dir[220];
	struct timer *timer;
};

/* --- disk ------------------------------------------------------------------------------------------------ */

static void file_name(int64_t id, char *out, size_t size)
{
	snprintf(out, size, "%08lld", (long long)id);
}

static void write_entry(struct spool *s, const struct entry *e)
{
	struct err why = { "it is too long" };
	struct msg_out o;
	struct buf b;
	char name[32];

	buf_init(&b, MSG_LINE_MAX);
	msg_begin(&o, &b, "notice");
	msg_str(&o, "kind", e->n.kind);
	msg_str(&o, "title", e->n.title);
	msg_str(&o, "text", e->n.text);
	msg_str(&o, "url", e->n.url);
	msg_str(&o, "url-title", e->n.url_title);
	msg_str(&o, "number", e->n.number);
	msg_num(&o, "priority", e->n.priority);
	msg_num(&o, "ways", e->n.ways);
	msg_num(&o, "passing", e->n.passing);
	msg_num(&o, "window", (int64_t)e->n.window);
	msg_num(&o, "sms-tries", e->sms_tries);
	msg_num(&o, "sms-unsure", e->sms_unsure);
	file_name(e->id, name, sizeof name);
	if (msg_end(&o) < 0 || state_write(s->dir, name, &b, &why) < 0)
		log_error("a notice could not be spooled: %s", why.text);
	buf_free(&b);
}

static void remove_entry(struct spool *s, struct entry *e)
{
	struct err why;
	char name[32];

	file_name(e->id, name, sizeof name);
	if (state_remove(s->dir, name, &why) < 0)
		log_warn("%s", why.text);
	*e = (struct entry){ 0 };
}

static void copy(char *to, size_t size, const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	snprintf(to, size, "%s", v ? v : "");
}

static void load_line(void *arg, const struct msg *m)
{
	struct entry *e = arg;
	int64_t v;

	if (strcmp(m->verb, "notice") != 0)
		return;
	copy(e->n.kind, sizeof e->n.kind, m, "kind");
	copy(e->n.title, sizeof e->n.title, m, "title");
	copy(e->n.text, sizeof e->n.text, m, "text");
	copy(e->n.url, sizeof e->n.url, m, "url");
	copy(e->n.url_title, sizeof e->n.url_title, m, "url-title");
	copy(e->n.number, sizeof e->n.number, m, "number");
	if (msg_int(m, "priority", -2, 2, &v) == 0)
		e->n.priority = (int)v;
	if (msg_int(m, "ways", 0, SPOOL_PUSH | SPOOL_SMS, &v) == 0)
		e->n.ways = (unsigned)v;
	if (msg_int(m, "passing", 0, 1, &v) == 0)
		e->n.passing = v != 0;
	if (msg_int(m, "window", 0, INT64_MAX, &v) == 0)
		e->n.window = (uint64_t)v;
	if (msg_int(m, "sms-tries", 0, SMS_TRIES_MAX, &v) == 0)
		e->sms_tries = (unsigned)v;
	if (msg_int(m, "sms-unsure", 0, SMS_UNSURE_MAX, &v) == 0)
		e->sms_unsure = (unsigned)v;
}

static struct entry *free_entry(struct spool *s)
{
	struct entry *oldest = NULL;

	for (size_t i = 0; i < SPOOL_MAX; i++) {
		struct entry *e = &s->e[i];

		if (e->id == 0)
			return e;
		if (e->id != s->pushing && e->id != s->texting && (!oldest || e->id < oldest->id))
			oldest = e;
	}
	log_warn("too many notices wait; the oldest is given up: %s", oldest->n.title);
	remove_entry(s, oldest);
	return oldest;
}

static void load_file(struct spool *s, const char *name)
{
	struct entry *e, fresh = { 0 };
	struct err why;
	char *end;
	long long id = strtoll(name, &end, 10);

	if (*end || id <= 0)
		return;		/* a .bad or .new file */
	if (id >= s->next_id)
		s->next_id = id + 1;
	if (state_read(s->dir, name, load_line, &fresh, &why) < 0) {
		log_error("%s", why.text);
		return;
	}
	if (fresh.n.window > s->reported)
		s->reported = fresh.n.window;
	e = free_entry(s);
	*e = fresh;
	e->id = id;
	if (!e->n.ways || e->n.passing)	/* what was about an earlier moment is over */
		remove_entry(s, e);
}

static void flush(struct agent *a);

static void on_timer(void *arg)
{
	flush(arg);
}

void spool_kick(struct agent *a)
{
	timer_set(a->spool->timer, 0);
}

void spool_open(struct agent *a)
{
	struct spool *s = calloc(1, sizeof *s);
	struct dirent *d;
	DIR *dir;

	if (!s) {
		log_error("out of memory");
		exit(1);
	}
	a->spool = s;
	s->next_id = 1;
	s->timer = timer_new(a->loop, on_timer, a);
	snprintf(s->dir, sizeof s->dir, "%s/spool", a->set.state_dir);
	if (mkdir(s->dir, 0700) < 0 && errno != EEXIST)
		log_error("cannot make %s: %s", s->dir, strerror(errno));
	dir = opendir(s->dir);
	if (!dir)
		return;
	while ((d = readdir(dir)))
		load_file(s, d->d_name);
	closedir(dir);
}

bool spool_has_report(const struct agent *a, uint64_t window)
{
	return window == a->spool->reported;
}

/* --- deliver ------------------------------------------------------------------------------------------------ */

static struct entry *by_id(struct spool *s, int64_t id)
{
	for (size_t i = 0; i < SPOOL_MAX; i++)
		if (id && s->e[i].id == id)
			return &s->e[i];
	return NULL;
}

static struct entry *next_for(struct spool *s, enum spool_way way, int64_t now)
{
	struct entry *best = NULL;

	for (size_t i = 0; i < SPOOL_MAX; i++) {
		struct entry *e = &s->e[i];
		int64_t after = way == SPOOL_SMS ? e->sms_after : e->push_after;

		if (e->id && e->n.ways & way && after <= now && (!best || e->id < best->id))
			best = e;
	}
	return best;
}

/* Nothing is left that an SMS would have to say. */
static void tell_reported(struct agent *a)
{
	if (a->machine.state == MACHINE_REPORTING && spool_waiting(a, SPOOL_SMS) == 0)
		driver_event(a, &(struct machine_event){ .type = MACHINE_EV_REPORTED });
}

/* One that is delivered, or has no way left, goes. */
static void settle(struct agent *a, struct entry *e)
{
	if (e->n.ways == 0)
		remove_entry(a->spool, e);
	else
		write_entry(a->spool, e);
	tell_reported(a);
}

/* The minute's flush is the long stop; this is for what is due sooner. */
static void wake_in(struct spool *s, int64_t ms)
{
	if (!timer_pending(s->timer))
		timer_set(s->timer, ms + 1);
}

static void give_up_sms(struct agent *a, struct entry *e, const char *text)
{
	history_add(a, "notice", "'%s' could not be sent by SMS, given up: %s", e->n.title, text);
	e->n.ways = 0;
}

static void sms_failed(struct agent *a, struct entry *e, const char *text)
{
	int64_t now = clock_mono_ms();

	e->sms_tries++;
	log_warn("SMS '%s' not sent (try %u): %s", e->n.title, e->sms_tries, text);
	e->sms_after = now + (e->sms_tries < SMS_QUICK_TRIES ? SMS_PAUSE_MS : SMS_PAUSE_LONG_MS);
	/* the other way, when there is a link the next time */
	if (e->sms_tries == SMS_QUICK_TRIES && a->set.push && !e->n.passing)
		e->n.ways |= SPOOL_PUSH;
	if (e->sms_tries >= SMS_TRIES_MAX || e->sms_unsure >= SMS_UNSURE_MAX)
		give_up_sms(a, e, text);
	wake_in(a->spool, SMS_PAUSE_MS);
}

static void on_sms(void *arg, enum modem_sent how, const char *text)
{
	struct agent *a = arg;
	struct spool *s = a->spool;
	struct entry *e = by_id(s, s->texting);

	s->texting = 0;
	if (!e)
		return;
	e->sms_unsure += how == MODEM_SENT_UNSURE;
	if (how == MODEM_SENT) {
		history_add(a, "notice", "SMS sent: %s", e->n.title);
		e->n.ways = 0;
	} else {
		sms_failed(a, e, text);
	}
	settle(a, e);
	if (how == MODEM_SENT)
		spool_kick(a);
}

static void send_sms(struct agent *a, struct entry *e)
{
	char hex[2 * PDU_OCTETS_MAX + 1], text[SMS_TEXT_MAX];
	const char *why = "?";
	unsigned octets;

	sms_fit(strcmp(e->n.kind, "target") == 0 ? e->n.title : "", e->n.text, text);
	if (pdu_encode_submit(e->n.number, text, false, hex, sizeof hex, &octets, &why) < 0) {
		give_up_sms(a, e, why);
		settle(a, e);
		return;
	}
	a->spool->texting = e->id;
	modem_send_sms(a->modem, hex, octets, on_sms, a);
}

static void send_push(struct agent *a, struct entry *e)
{
	struct msg_out o;

	a->spool->pushing = e->id;
	msg_begin(&o, chan_out(a->worker.parent), "send");
	msg_num(&o, "id", e->id);
	msg_str(&o, "title", e->n.title);
	msg_str(&o, "text", e->n.text);
	msg_str(&o, "ifname", a->link.ifname);
	msg_str(&o, "local", a->link.local);
	msg_str(&o, "dns1", a->link.dns1[0] ? a->link.dns1 : NULL);
	msg_str(&o, "dns2", a->link.dns2[0] ? a->link.dns2 : NULL);
	msg_str(&o, "url", e->n.url[0] ? e->n.url : NULL);
	msg_str(&o, "url-title", e->n.url_title[0] ? e->n.url_title : NULL);
	msg_num(&o, "priority", e->n.priority);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

static bool sms_allowed(const struct agent *a)
{
	if (!modem_can_talk(a->modem))
		return false;
	switch (a->machine.state) {
	case MACHINE_LISTENING:
	case MACHINE_REPORTING:
	case MACHINE_PAUSING:
		return true;
	default:
		return modem_has_command_port(a->modem);
	}
}

static void flush(struct agent *a)
{
	struct spool *s = a->spool;
	int64_t now = clock_mono_ms();
	struct entry *e;

	if (!s->texting && sms_allowed(a) && (e = next_for(s, SPOOL_SMS, now)))
		send_sms(a, e);
	if (!s->pushing && a->link.up && a->machine.state == MACHINE_OPEN && (e = next_for(s, SPOOL_PUSH, now)))
		send_push(a, e);
	tell_reported(a);
}

/* Texts may hold what a relay or a carrier said, cut anywhere: an SMS with bytes that are no UTF-8 could
 * not be sent at all. */
static void repair(char *text)
{
	size_t n = strlen(text), len;

	for (size_t i = 0; i < n; i += len ? len : 1) {
		len = utf8_char(text + i, n - i);
		if (!len)
			text[i] = '?';
	}
}

void spool_add(struct agent *a, const struct notice *n)
{
	struct spool *s = a->spool;
	unsigned ways = n->number[0] && !n->no_sms ? n->ways : n->ways & ~(unsigned)SPOOL_SMS;
	struct entry *e;

	if (!ways)
		return;
	e = free_entry(s);
	*e = (struct entry){ .id = s->next_id++, .n = *n };
	e->n.ways = ways;
	repair(e->n.title);
	repair(e->n.text);
	write_entry(s, e);
	/* from the loop: the machine that asked for it is still in its step */
	spool_kick(a);
}

void spool_push_sent(struct agent *a, const struct msg *m)
{
	struct spool *s = a->spool;
	int64_t id;
	struct entry *e;

	/* only what is on its way can arrive */
	if (msg_int(m, "id", 1, INT64_MAX, &id) < 0 || id != s->pushing)
		return;
	s->pushing = 0;
	e = by_id(s, id);
	if (!e)
		return;
	history_add(a, "notice", "push sent: %s", e->n.title);
	e->n.ways = 0;
	settle(a, e);
	spool_kick(a);
}

/* What cannot be pushed goes by SMS; with one port that waits for the end of the window. */
static void no_push(struct agent *a, struct entry *e, const char *reason)
{
	snprintf(a->window.push_error, sizeof a->window.push_error, "%s", reason);
	history_add(a, "notice", "push '%s' given up: %s", e->n.title, reason);
	e->n.ways &= ~(unsigned)SPOOL_PUSH;
	if (e->n.number[0] && !e->n.no_sms)
		e->n.ways |= SPOOL_SMS;
}

void spool_push_failed(struct agent *a, const struct msg *m)
{
	struct spool *s = a->spool;
	const char *reason = msg_get(m, "reason");
	int64_t id, again = 5000;
	struct entry *e;

	if (msg_int(m, "id", 1, INT64_MAX, &id) < 0 || id != s->pushing)
		return;
	s->pushing = 0;
	e = by_id(s, id);
	if (!e)
		return;
	msg_int(m, "again", 0, 600000, &again);
	e->push_tries++;
	log_warn("push '%s' failed (try %u): %s", e->n.title, e->push_tries, reason);
	if (strcmp(msg_get(m, "fatal"), "1") == 0 || e->push_tries >= PUSH_TRIES_MAX) {
		no_push(a, e, reason);
	} else {
		e->push_after = clock_mono_ms() + again;
		wake_in(s, again);
	}
	settle(a, e);
	if (next_for(s, SPOOL_PUSH, clock_mono_ms()))
		spool_kick(a);
}

/* Its request died with it; what was on its way is sent again. REASON: why a worker died, which counts as a
 * try; NULL: it was ended with the link. */
void spool_push_worker_gone(struct agent *a, const char *reason)
{
	struct spool *s = a->spool;
	struct entry *e = s->pushing ? by_id(s, s->pushing) : next_for(s, SPOOL_PUSH, INT64_MAX);

	s->pushing = 0;
	if (!reason || !e || ++e->push_tries < PUSH_TRIES_MAX)
		return;
	no_push(a, e, reason);
	settle(a, e);
	spool_kick(a);
}

void spool_drop_passing(struct agent *a)
{
	struct spool *s = a->spool;

	for (size_t i = 0; i < SPOOL_MAX; i++)
		if (s->e[i].id && s->e[i].n.passing && s->e[i].id != s->texting)
			remove_entry(s, &s->e[i]);
}

size_t spool_waiting(const struct agent *a, enum spool_way way)
{
	size_t n = 0;

	for (size_t i = 0; i < SPOOL_MAX; i++)
		n += a->spool->e[i].id && a->spool->e[i].n.ways & way;
	return n;
}

size_t spool_count(const struct agent *a)
{
	return spool_waiting(a, SPOOL_PUSH | SPOOL_SMS);
}
