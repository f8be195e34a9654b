#include "core/machine.h"
#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>
#include <string.h>

/* A tunnel that was lost sooner than this after it came up is not rebuilt at once: a relay that drops
 * us again and again would else burn the credit. */
#define STEADY_MS (60 * SEC_MS)
#define REOPEN_FIRST_MS (1 * SEC_MS)
#define REOPEN_MAX_MS (60 * SEC_MS)

#define ON(s) (1u << MACHINE_##s)
#define PATH (ON(DIALLING) | ON(CHECKING) | ON(CONNECTING) | ON(OPEN))
#define SAME MACHINE_STATES	/* as `to`: stay, and keep the deadline */

/* --- what a transition may depend on ------------------------------------------------------------ */

enum guard { ALWAYS, IF_WINDOW, IF_OVER, IF_RETRY_MODEM, IF_RETRY, IF_MODEM, IF_QUEUED, IF_STOPPING,
	     IF_STEADY, IF_REOPENED, IF_NOT_KILLED };

static const char *const guard_names[] = {
	[ALWAYS] = "", [IF_WINDOW] = "a window waits", [IF_OVER] = "its time is over",
	[IF_RETRY_MODEM] = "tries left", [IF_RETRY] = "tries left, no modem", [IF_MODEM] = "modem there",
	[IF_QUEUED] = "up came meanwhile", [IF_STOPPING] = "daemon ends", [IF_STEADY] = "was steady",
	[IF_REOPENED] = "opened before", [IF_NOT_KILLED] = "first time",
};

/* A window that is to go on: it was not ended, and has time left. */
static bool goes_on(const struct machine *m, int64_t now)
{
	return m->window.id && m->window.how == MACHINE_END_NONE && now < m->window.end;
}

static bool guard_holds(const struct machine *m, enum guard g, int64_t now)
{
	switch (g) {
	case ALWAYS:
		return true;
	case IF_WINDOW:
		return goes_on(m, now);
	case IF_OVER:
		return m->window.id && !goes_on(m, now);
	case IF_RETRY_MODEM:
		return m->retry && m->modem;
	case IF_RETRY:
		return m->retry;
	case IF_MODEM:
		return m->modem;
	case IF_QUEUED:
		return m->queued && !m->window.id;
	case IF_STOPPING:
		return m->stopping;
	case IF_STEADY:
		return now - m->up_since >= STEADY_MS;
	case IF_REOPENED:
		return m->window.opened != 0;
	case IF_NOT_KILLED:
		return !m->killed;
	}
	return false;
}

/* --- how a transition changes the data of the window -------------------------------------------- */

typedef void effect_fn(struct machine *m, int64_t now, const struct machine_event *ev);

static int64_t bounded(const struct machine *m, int64_t length)
{
	if (length <= 0)
		length = m->limits.length;
	return length < m->limits.max ? length : m->limits.max;
}

/* How long all tries together may take before the tunnel was up once. */
static int64_t patience(const struct machine_limits *l)
{
	return (int64_t)l->tries * (l->dial + l->check + l->connect + l->close + l->pause) + MIN_MS;
}

static void modem_there(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->modem = true;
	m->reopen = 0;
}

static void begin_with(struct machine *m, int64_t now, int64_t length)
{
	m->window = (struct machine_window){
		.id = m->next_id++,
		.begun = now,
		.length = bounded(m, length),
		.end = now + patience(&m->limits),
	};
	m->retry = false;
	m->queued = false;
}

static void begin(struct machine *m, int64_t now, const struct machine_event *ev)
{
	begin_with(m, now, ev->length);
}

static void begin_queued(struct machine *m, int64_t now, const struct machine_event *ev)
{
	if (ev->type == MACHINE_EV_MODEM_READY)
		modem_there(m, now, ev);
	begin_with(m, now, m->queued_length);
}

static void queue(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	m->queued = true;
	m->queued_length = ev->length;
}

/* The warning is due once for an end, and only if there is still time for it: who was told that the
 * window ends in a minute longer than he was warned of knows enough. */
static void set_end(struct machine *m, int64_t now, int64_t end)
{
	struct machine_window *w = &m->window;

	w->end = end;
	w->length = end - w->opened;
	w->warn_at = m->limits.warn > 0 && end - m->limits.warn > now ? end - m->limits.warn : 0;
}

static void move_end(struct machine *m, int64_t now, int64_t end)
{
	int64_t latest = m->window.opened + m->limits.max;

	if (end > latest)
		end = latest;
	if (end > m->window.end)
		set_end(m, now, end);
}

/* UP inside a window: the window lasts at least as long from now as was asked. */
static void lengthen(struct machine *m, int64_t now, const struct machine_event *ev)
{
	int64_t length = bounded(m, ev->length);

	if (!m->window.opened) {
		if (length > m->window.length)
			m->window.length = length;
	} else {
		move_end(m, now, now + length);
	}
}

static void lengthen_afresh(struct machine *m, int64_t now, const struct machine_event *ev)
{
	lengthen(m, now, ev);
	m->window.failures = 0;
	if (!m->window.opened)
		m->window.end = now + patience(&m->limits);
}

static void extend(struct machine *m, int64_t now, const struct machine_event *ev)
{
	int64_t by = bounded(m, ev->length);

	if (m->window.opened) {
		move_end(m, now, m->window.end + by);
		return;
	}
	m->window.length += by;
	if (m->window.length > m->limits.max)
		m->window.length = m->limits.max;
}

static void note_up(struct machine *m, int64_t now, const struct machine_event *ev)
{
	struct machine_window *w = &m->window;

	(void)ev;
	m->up_since = now;
	w->failures = 0;
	w->step[0] = w->reason[0] = 0;
	if (w->opened)
		return;
	w->opened = now;
	set_end(m, now, now + w->length);
}

static void copy_text(char *to, size_t size, const char *from)
{
	size_t n = from ? strlen(from) : 0;

	if (n >= size) {
		n = size - 1;
		while (n > 0 && ((unsigned char)from[n] & 0xc0) == 0x80)	/* not inside a character */
			n--;
	}
	memcpy(to, from ? from : "", n);
	to[n] = 0;
}

static void note_reason(struct machine *m, const char *step, const char *reason)
{
	copy_text(m->window.step, sizeof m->window.step, step);
	copy_text(m->window.reason, sizeof m->window.reason, reason);
}

/* Decides whether another try follows. Before the tunnel was up, the number of tries bounds it; once
 * it was up, the window's end does. */
static void note_failure(struct machine *m, int64_t now, const char *step, const char *reason, bool fatal)
{
	struct machine_window *w = &m->window;

	w->failures++;
	note_reason(m, step, reason);
	m->retry = !fatal && now < w->end && (w->opened || w->failures < m->limits.tries);
	if (!m->retry)
		w->how = MACHINE_END_FAILED;
}

static void fail(struct machine *m, int64_t now, const struct machine_event *ev)
{
	note_failure(m, now, ev->step && *ev->step ? ev->step : machine_state_name(m->state),
		     ev->reason && *ev->reason ? ev->reason : "no reason was given", ev->fatal);
}

static void fail_timeout(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)ev;
	note_failure(m, now, machine_state_name(m->state), "it took too long", false);
}

static void fail_lost(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)ev;
	m->modem = false;
	note_failure(m, now, machine_state_name(m->state), "the modem disappeared", false);
}

/* The tunnel was up: what comes now is a repair, which the number of tries does not bound. */
static void note_loss(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	note_reason(m, "open", ev->reason && *ev->reason ? ev->reason : "the tunnel broke");
}

static void end_asked(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->retry = false;
	m->queued = false;
	if (m->window.how == MACHINE_END_NONE)
		m->window.how = MACHINE_END_ASKED;
}

static void unqueue(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->queued = false;
}

/* Before the tunnel was up, it is patience that ends: then the owner must hear what was missing. */
static void end_time(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->retry = false;
	if (m->window.how != MACHINE_END_NONE)
		return;
	m->window.how = m->window.opened ? MACHINE_END_TIME : MACHINE_END_FAILED;
	if (!m->window.opened && !m->window.reason[0])
		note_reason(m, machine_state_name(m->state), m->state == MACHINE_OFFLINE ?
			    "the modem was not usable in time" : "no time was left for another try");
}

static void stop(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->stopping = true;
}

static void report_late(struct machine *m, int64_t now, const struct machine_event *ev)
{
	modem_there(m, now, ev);
	end_time(m, now, ev);
}

static void warned(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->window.warn_at = 0;
}

static void modem_gone(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->modem = false;
}

static void count_reopen(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->reopen++;
}

static void killed(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->killed = true;
}

/* Even force did not answer: whatever holds the modem, it is opened anew. */
static void give_up_modem(struct machine *m, int64_t now, const struct machine_event *ev)
{
	(void)now;
	(void)ev;
	m->modem = false;
}

/* --- the table ------------------------------------------------------------------------------------ */

struct transition {
	unsigned from;			/* set of states */
	enum machine_event_type on;
	enum guard guard;
	enum machine_state to;
	effect_fn *effect;
	enum machine_action act[MACHINE_ACTIONS_MAX];
};

#define EV(e) MACHINE_EV_##e
#define TO(s) MACHINE_##s
#define DO(a) MACHINE_ACT_##a

/* The first row that fits is taken. An event without a row means nothing in that state. */
static const struct transition table[] = {
	/* the modem comes and goes */
	{ ON(OFFLINE), EV(MODEM_READY), IF_WINDOW, TO(DIALLING), modem_there, { DO(SAVE), DO(DIAL) } },
	{ ON(OFFLINE), EV(MODEM_READY), IF_OVER, TO(REPORTING), report_late, { DO(REPORT), DO(SAVE) } },
	{ ON(OFFLINE), EV(MODEM_READY), IF_QUEUED, TO(DIALLING), begin_queued, { DO(SAVE), DO(DIAL) } },
	{ ON(OFFLINE), EV(MODEM_READY), ALWAYS, TO(LISTENING), modem_there, { DO(NONE) } },
	{ ON(OFFLINE), EV(TIMEOUT), IF_QUEUED, TO(OFFLINE), begin_queued, { DO(SAVE), DO(OPEN_MODEM) } },
	{ ON(OFFLINE), EV(TIMEOUT), ALWAYS, TO(OFFLINE), count_reopen, { DO(OPEN_MODEM) } },
	{ ON(OFFLINE), EV(MODEM_LOST), ALWAYS, SAME, modem_gone, { DO(NONE) } },
	{ ON(LISTENING) | ON(PAUSING) | ON(REPORTING), EV(MODEM_LOST), ALWAYS, TO(OFFLINE), modem_gone,
	  { DO(OPEN_MODEM) } },
	{ ON(CLOSING), EV(MODEM_LOST), ALWAYS, SAME, modem_gone, { DO(NONE) } },
	{ ON(CLOSING), EV(MODEM_READY), ALWAYS, SAME, modem_there, { DO(NONE) } },

	/* up, and the path it takes */
	{ ON(LISTENING), EV(UP), ALWAYS, TO(DIALLING), begin, { DO(SAVE), DO(DIAL) } },
	{ ON(DIALLING), EV(LINK_UP), ALWAYS, TO(CHECKING), NULL, { DO(CHECK) } },
	{ ON(CHECKING), EV(CHECKED), ALWAYS, TO(CONNECTING), NULL, { DO(CONNECT) } },
	{ ON(CONNECTING), EV(TUNNEL_UP), IF_REOPENED, TO(OPEN), note_up, { DO(SAVE), DO(TELL_BACK) } },
	{ ON(CONNECTING), EV(TUNNEL_UP), ALWAYS, TO(OPEN), note_up, { DO(SAVE), DO(TELL_UP) } },

	/* inside the window */
	{ ON(OPEN), EV(TUNNEL_LOST), IF_STEADY, TO(CONNECTING), note_loss, { DO(SAVE), DO(CONNECT) } },
	{ ON(OPEN), EV(TUNNEL_LOST), ALWAYS, TO(CLOSING), fail, { DO(SAVE), DO(CLOSE) } },
	{ ON(OPEN), EV(WARN), ALWAYS, SAME, warned, { DO(TELL_WARN) } },
	{ ON(CHECKING) | ON(DIALLING) | ON(CONNECTING) | ON(CLOSING) | ON(PAUSING) | ON(OFFLINE), EV(WARN),
	  ALWAYS, SAME, warned, { DO(NONE) } },
	{ ON(OPEN), EV(EXTEND), ALWAYS, SAME, extend, { DO(SAVE), DO(TELL_EXTENDED) } },
	{ ON(OPEN), EV(UP), ALWAYS, SAME, lengthen, { DO(SAVE), DO(TELL_EXTENDED) } },
	{ PATH | ON(PAUSING), EV(EXTEND), ALWAYS, SAME, extend, { DO(SAVE) } },
	{ ON(CLOSING), EV(EXTEND), IF_WINDOW, SAME, extend, { DO(SAVE) } },
	{ PATH, EV(UP), ALWAYS, SAME, lengthen, { DO(SAVE) } },
	{ ON(OFFLINE), EV(EXTEND), IF_WINDOW, SAME, extend, { DO(SAVE) } },

	/* every way out of the path leads to closing */
	{ PATH, EV(FAILED), ALWAYS, TO(CLOSING), fail, { DO(SAVE), DO(CLOSE) } },
	{ PATH, EV(TIMEOUT), ALWAYS, TO(CLOSING), fail_timeout, { DO(SAVE), DO(CLOSE) } },
	{ PATH, EV(MODEM_LOST), ALWAYS, TO(CLOSING), fail_lost, { DO(SAVE), DO(CLOSE) } },
	{ PATH, EV(DOWN), ALWAYS, TO(CLOSING), end_asked, { DO(SAVE), DO(CLOSE) } },
	{ PATH, EV(WINDOW_END), ALWAYS, TO(CLOSING), end_time, { DO(SAVE), DO(CLOSE) } },
	{ PATH, EV(STOP), ALWAYS, TO(CLOSING), stop, { DO(SAVE), DO(CLOSE) } },

	/* closing, and what follows it */
	{ ON(CLOSING), EV(STOP), ALWAYS, SAME, stop, { DO(SAVE) } },
	{ ON(CLOSING), EV(DOWN), ALWAYS, SAME, end_asked, { DO(SAVE) } },
	{ ON(CLOSING), EV(WINDOW_END), ALWAYS, SAME, end_time, { DO(SAVE) } },
	{ ON(CLOSING), EV(UP), IF_WINDOW, SAME, lengthen_afresh, { DO(SAVE) } },
	{ ON(CLOSING), EV(UP), ALWAYS, SAME, queue, { DO(SAVE) } },
	{ ON(CLOSING), EV(LINK_UP), ALWAYS, SAME, NULL, { DO(CLOSE) } },
	{ ON(CLOSING), EV(TUNNEL_UP), ALWAYS, SAME, NULL, { DO(CLOSE) } },
	{ ON(CLOSING), EV(TIMEOUT), IF_NOT_KILLED, TO(CLOSING), killed, { DO(KILL) } },
	{ ON(CLOSING), EV(TIMEOUT), IF_STOPPING, TO(OFFLINE), give_up_modem, { DO(NONE) } },
	{ ON(CLOSING), EV(TIMEOUT), IF_RETRY, TO(OFFLINE), give_up_modem, { DO(OPEN_MODEM) } },
	{ ON(CLOSING), EV(TIMEOUT), ALWAYS, TO(OFFLINE), give_up_modem, { DO(REPORT), DO(SAVE), DO(OPEN_MODEM) } },
	{ ON(CLOSING), EV(CLOSED), IF_STOPPING, TO(OFFLINE), give_up_modem, { DO(NONE) } },
	{ ON(CLOSING), EV(CLOSED), IF_RETRY_MODEM, TO(PAUSING), NULL, { DO(SAVE), DO(TELL_RETRY) } },
	{ ON(CLOSING), EV(CLOSED), IF_RETRY, TO(OFFLINE), NULL, { DO(SAVE), DO(OPEN_MODEM) } },
	{ ON(CLOSING), EV(CLOSED), IF_MODEM, TO(REPORTING), NULL, { DO(REPORT), DO(SAVE) } },
	{ ON(CLOSING), EV(CLOSED), ALWAYS, TO(OFFLINE), NULL, { DO(REPORT), DO(SAVE), DO(OPEN_MODEM) } },

	/* between two tries */
	{ ON(PAUSING), EV(TIMEOUT), ALWAYS, TO(DIALLING), NULL, { DO(SAVE), DO(DIAL) } },
	{ ON(PAUSING), EV(UP), IF_WINDOW, TO(DIALLING), lengthen_afresh, { DO(SAVE), DO(DIAL) } },
	{ ON(PAUSING), EV(UP), ALWAYS, SAME, queue, { DO(SAVE) } },
	{ ON(PAUSING), EV(DOWN), ALWAYS, TO(REPORTING), end_asked, { DO(REPORT), DO(SAVE) } },
	{ ON(PAUSING), EV(WINDOW_END), ALWAYS, TO(REPORTING), end_time, { DO(REPORT), DO(SAVE) } },

	/* a window that waits for the modem */
	{ ON(OFFLINE), EV(UP), IF_WINDOW, SAME, lengthen_afresh, { DO(SAVE) } },
	{ ON(OFFLINE), EV(UP), IF_OVER, SAME, queue, { DO(SAVE) } },
	{ ON(OFFLINE), EV(UP), ALWAYS, SAME, begin, { DO(SAVE) } },
	{ ON(OFFLINE), EV(DOWN), IF_WINDOW, SAME, end_asked, { DO(REPORT), DO(SAVE) } },
	{ ON(OFFLINE), EV(DOWN), IF_OVER, SAME, end_asked, { DO(REPORT), DO(SAVE) } },
	{ ON(OFFLINE), EV(WINDOW_END), ALWAYS, SAME, end_time, { DO(REPORT), DO(SAVE) } },

	/* the report; what could not be sent stays in the spool and is tried again while listening */
	{ ON(REPORTING), EV(REPORTED), IF_QUEUED, TO(DIALLING), begin_queued, { DO(SAVE), DO(DIAL) } },
	{ ON(REPORTING), EV(REPORTED), ALWAYS, TO(LISTENING), NULL, { DO(NONE) } },
	{ ON(REPORTING), EV(TIMEOUT), IF_QUEUED, TO(DIALLING), begin_queued, { DO(SAVE), DO(DIAL) } },
	{ ON(REPORTING), EV(TIMEOUT), ALWAYS, TO(LISTENING), NULL, { DO(NONE) } },
	{ ON(REPORTING), EV(UP), ALWAYS, TO(DIALLING), begin, { DO(SAVE), DO(DIAL) } },

	{ ON(REPORTING) | ON(OFFLINE), EV(DOWN), IF_QUEUED, SAME, unqueue, { DO(SAVE) } },

	/* the daemon ends */
	{ ON(OFFLINE) | ON(LISTENING) | ON(PAUSING) | ON(REPORTING), EV(STOP), ALWAYS, TO(OFFLINE), stop,
	  { DO(SAVE) } },
};

#define ROWS (sizeof table / sizeof *table)

/* --- the engine -------------------------------------------------------------------------------------- */

#define NO_LIMIT (-1)

static int64_t state_limit(const struct machine *m, enum machine_state s)
{
	switch (s) {
	case MACHINE_DIALLING:
		return m->limits.dial;
	case MACHINE_CHECKING:
		return m->limits.check;
	case MACHINE_CONNECTING:
		return m->limits.connect;
	case MACHINE_CLOSING:
		return m->limits.close;
	case MACHINE_PAUSING:
		return m->limits.pause;
	case MACHINE_REPORTING:
		return m->limits.report;
	case MACHINE_OFFLINE: {
		int64_t wait = REOPEN_FIRST_MS << (m->reopen < 6 ? m->reopen : 6);

		return wait < REOPEN_MAX_MS ? wait : REOPEN_MAX_MS;
	}
	case MACHINE_LISTENING:	/* waits for nothing in particular */
	case MACHINE_OPEN:	/* the window's end is its deadline */
	case MACHINE_STATES:
		break;
	}
	return NO_LIMIT;
}

/* The one place where the state changes. */
static void set_state(struct machine *m, enum machine_state to, int64_t now, const char *why)
{
	int64_t limit = state_limit(m, to);

	if (m->state != to) {
		log_info("%s -> %s (%s)", machine_state_name(m->state), machine_state_name(to), why);
		if (to == MACHINE_CLOSING) {
			m->killed = false;
			m->window.closed = now;
		}
		m->since = now;
	}
	m->state = to;
	m->deadline = limit != NO_LIMIT && !machine_stopped(m) ? now + limit : 0;
}

/* REPORT is about m->last: the window is over, whatever happens to the report. */
static void retire_window(struct machine *m, int64_t now)
{
	m->last = m->window;
	m->last.end = now;
	m->window = (struct machine_window){ 0 };
	m->retry = false;
}

void machine_init(struct machine *m, const struct machine_limits *limits, int64_t now, uint64_t first_id)
{
	*m = (struct machine){
		.limits = *limits,
		.state = MACHINE_OFFLINE,
		.since = now,
		.deadline = now > 0 ? now : 1,
		.next_id = first_id ? first_id : 1,
	};
}

/* Only the distance counts: the clock that the times were taken from may have begun anew. */
static void resume_opened(struct machine *m, int64_t left, int64_t now)
{
	struct machine_window *w = &m->window;

	if (w->length > m->limits.max)
		w->length = m->limits.max;
	w->end = now + (left <= 0 ? 0 : left < w->length ? left : w->length);
	w->opened = w->end - w->length;
	if (w->opened == 0)	/* would mean that it never was */
		w->opened = -1;
	w->length = w->end - w->opened;
	if (m->limits.warn > 0 && left > m->limits.warn)
		w->warn_at = w->end - m->limits.warn;
}

/* A try that a restart cut short counts as a failure, and is given one of its own: a modem whose
 * current draw resets the box must not be dialled for ever. */
static void resume_unopened(struct machine *m, int64_t left, int64_t now)
{
	struct machine_window *w = &m->window;
	int64_t longest = patience(&m->limits);

	w->length = bounded(m, w->length);
	w->end = now + (left <= 0 ? 0 : left < longest ? left : longest);
	if (w->how != MACHINE_END_NONE || ++w->failures <= m->limits.tries)
		return;
	w->how = MACHINE_END_FAILED;
	w->end = now;
	note_reason(m, "restart", "the agent or the box started anew during each try");
}

void machine_resume(struct machine *m, const struct machine_window *w, int64_t left, int64_t now)
{
	if (!w->id)
		return;
	m->window = *w;
	m->window.resumed = true;
	m->window.warn_at = 0;
	if (m->next_id <= w->id)
		m->next_id = w->id + 1;
	if (w->how != MACHINE_END_NONE)	/* it was ending when the process died: it is over */
		left = 0;
	if (w->opened)
		resume_opened(m, left, now);
	else
		resume_unopened(m, left, now);
	log_info("a window of an earlier run goes on: %" PRId64 " s left", (m->window.end - now) / 1000);
}

void machine_resume_queued(struct machine *m, int64_t length, int64_t now)
{
	(void)now;
	m->queued = true;
	m->queued_length = length;
}

static const struct transition *find_row(const struct machine *m, enum machine_event_type on, int64_t now)
{
	for (size_t i = 0; i < ROWS; i++)
		if (table[i].from & 1u << m->state && table[i].on == on && guard_holds(m, table[i].guard, now))
			return &table[i];
	return NULL;
}

bool machine_accepts(const struct machine *m, int64_t now, enum machine_event_type type)
{
	return !machine_stopped(m) && find_row(m, type, now);
}

struct machine_actions machine_step(struct machine *m, int64_t now, const struct machine_event *ev)
{
	struct machine_actions out = { 0 };
	const struct transition *t;

	/* after STOP only the modem's news and the deadlines of closing count */
	t = machine_stopped(m) ? NULL : find_row(m, ev->type, now);
	if (!t)
		return out;
	out.taken = true;
	if (t->effect)
		t->effect(m, now, ev);
	for (size_t i = 0; i < MACHINE_ACTIONS_MAX && t->act[i] != MACHINE_ACT_NONE; i++) {
		out.list[out.n++] = t->act[i];
		if (t->act[i] == MACHINE_ACT_REPORT)
			retire_window(m, now);
	}
	if (t->to != SAME)
		set_state(m, t->to, now, machine_event_name(ev->type));
	return out;
}

/* Once a window is ending its end is no news; unless a restart found it so, and nobody closes it. */
static bool end_counts(const struct machine *m)
{
	return m->window.how == MACHINE_END_NONE || m->state == MACHINE_OFFLINE;
}

int64_t machine_next(const struct machine *m)
{
	int64_t next = INT64_MAX;

	if (m->deadline)
		next = m->deadline;
	if (m->window.id && !machine_stopped(m)) {
		if (end_counts(m) && m->window.end < next)
			next = m->window.end;
		if (m->window.warn_at && m->window.warn_at < next)
			next = m->window.warn_at;
	}
	return next;
}

bool machine_due(const struct machine *m, int64_t now, enum machine_event_type *type)
{
	if (now < machine_next(m))
		return false;
	if (m->window.id && !machine_stopped(m) && end_counts(m) && now >= m->window.end)
		*type = MACHINE_EV_WINDOW_END;
	else if (m->window.id && !machine_stopped(m) && m->window.warn_at && now >= m->window.warn_at)
		*type = MACHINE_EV_WARN;
	else
		*type = MACHINE_EV_TIMEOUT;
	return true;
}

bool machine_stopped(const struct machine *m)
{
	return m->stopping && m->state == MACHINE_OFFLINE;
}

bool machine_link_wanted(const struct machine *m)
{
	return (PATH | ON(CLOSING)) & 1u << m->state;
}

/* --- names and the drawing --------------------------------------------------------------------------- */

static const char *const state_names[] = {
	[MACHINE_OFFLINE] = "offline", [MACHINE_LISTENING] = "listening", [MACHINE_DIALLING] = "dialling",
	[MACHINE_CHECKING] = "checking", [MACHINE_CONNECTING] = "connecting", [MACHINE_OPEN] = "open",
	[MACHINE_CLOSING] = "closing", [MACHINE_PAUSING] = "pausing", [MACHINE_REPORTING] = "reporting",
	[MACHINE_STATES] = "?",
};

static const char *const event_names[] = {
	[MACHINE_EV_MODEM_READY] = "modem ready", [MACHINE_EV_MODEM_LOST] = "modem lost",
	[MACHINE_EV_UP] = "command up", [MACHINE_EV_DOWN] = "command down",
	[MACHINE_EV_EXTEND] = "command extend", [MACHINE_EV_LINK_UP] = "link up",
	[MACHINE_EV_CHECKED] = "path proven", [MACHINE_EV_TUNNEL_UP] = "tunnel up",
	[MACHINE_EV_FAILED] = "failed", [MACHINE_EV_TUNNEL_LOST] = "tunnel lost",
	[MACHINE_EV_CLOSED] = "closed", [MACHINE_EV_REPORTED] = "reported", [MACHINE_EV_STOP] = "stop",
	[MACHINE_EV_TIMEOUT] = "time-out", [MACHINE_EV_WINDOW_END] = "window over", [MACHINE_EV_WARN] = "warning due",
};

static const char *const action_names[] = {
	[MACHINE_ACT_NONE] = "", [MACHINE_ACT_SAVE] = "save", [MACHINE_ACT_OPEN_MODEM] = "open modem",
	[MACHINE_ACT_DIAL] = "dial", [MACHINE_ACT_CHECK] = "check", [MACHINE_ACT_CONNECT] = "connect",
	[MACHINE_ACT_CLOSE] = "close", [MACHINE_ACT_KILL] = "kill", [MACHINE_ACT_TELL_UP] = "tell: up",
	[MACHINE_ACT_TELL_BACK] = "tell: back", [MACHINE_ACT_TELL_WARN] = "tell: ends soon",
	[MACHINE_ACT_TELL_EXTENDED] = "tell: extended", [MACHINE_ACT_TELL_RETRY] = "tell: next try",
	[MACHINE_ACT_REPORT] = "report",
};

static const char *const end_names[] = {
	[MACHINE_END_NONE] = "unknown", [MACHINE_END_TIME] = "time is over", [MACHINE_END_ASKED] = "asked to close",
	[MACHINE_END_FAILED] = "failed",
};

const char *machine_state_name(enum machine_state s)
{
	return state_names[s];
}

const char *machine_event_name(enum machine_event_type e)
{
	return event_names[e];
}

const char *machine_action_name(enum machine_action a)
{
	return action_names[a];
}

const char *machine_end_name(enum machine_end e)
{
	return end_names[e];
}

static void print_edge(FILE *to, enum machine_state from, const struct transition *t)
{
	enum machine_state dest = t->to == SAME ? from : t->to;
	const char *sep = "\\n/ ";

	fprintf(to, "\t%s -> %s [label=\"%s", state_names[from], state_names[dest], event_names[t->on]);
	if (t->guard != ALWAYS)
		fprintf(to, "\\n[%s]", guard_names[t->guard]);
	for (size_t i = 0; i < MACHINE_ACTIONS_MAX && t->act[i] != MACHINE_ACT_NONE; i++) {
		fprintf(to, "%s%s", sep, action_names[t->act[i]]);
		sep = ", ";
	}
	fputs("\"];\n", to);
}

void machine_print_dot(FILE *to)
{
	fputs("digraph oobmd {\n\trankdir=TB;\n\tnode [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
	      "\tedge [fontname=\"sans-serif\", fontsize=9];\n\tstart [shape=point];\n\tstart -> offline;\n"
	      "\topen [style=\"rounded,bold\"];\n", to);
	for (size_t i = 0; i < ROWS; i++)
		for (int s = 0; s < MACHINE_STATES; s++)
			/* staying is left out: it is in the table, and would hide the way */
			if (table[i].from & 1u << s && table[i].to != SAME && (int)table[i].to != s)
				print_edge(to, (enum machine_state)s, &table[i]);
	fputs("}\n", to);
}
