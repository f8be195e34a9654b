#include "core/machine_table.h"
#include "base/clock.h"

#include <string.h>

/* A tunnel that was lost sooner than this after it came up is not rebuilt at once: a relay that drops
 * us again and again would else burn the credit. */
#define STEADY_MS (60 * SEC_MS)

/* Inside a window only its end bounds the tries, and each costs a call: a relay that is dead for half an hour
 * is not dialled every minute. */
#define PAUSE_MAX_MS (8 * MIN_MS)
#define REBUILDS_MAX 10		/* doubles the shortest pause of the config, a second, past that */

#define ON(s) MACHINE_ON(s)
#define PATH MACHINE_PATH
#define SAME MACHINE_SAME

/* --- what a transition may depend on ------------------------------------------------------------ */

static const char *const guard_names[] = {
	[ALWAYS] = "", [IF_WINDOW] = "a window waits", [IF_OVER] = "its time is over",
	[IF_RETRY_MODEM] = "tries left", [IF_RETRY] = "tries left, no modem", [IF_MODEM] = "modem there",
	[IF_QUEUED] = "up came meanwhile", [IF_STOPPING] = "daemon ends", [IF_STEADY] = "was steady",
	[IF_REOPENED] = "opened before", [IF_NOT_KILLED] = "first time",
	[IF_WORN] = "failed again and again",
};

/* A window that is to go on: it was not ended, and has time left. */
static bool goes_on(const struct machine *m, int64_t now)
{
	return m->window.id && m->window.how == MACHINE_END_NONE && now < m->window.end;
}

static bool was_steady(const struct machine *m, int64_t now)
{
	return now - m->up_since >= STEADY_MS;
}

bool machine_guard_holds(const struct machine *m, enum machine_guard g, int64_t now)
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
		return was_steady(m, now);
	case IF_REOPENED:
		return m->window.opened != 0;
	case IF_NOT_KILLED:
		return !m->killed;
	case IF_WORN:
		return goes_on(m, now) && m->window.opened && m->window.rebuilds > 1;
	}
	return false;
}

const char *machine_guard_text(enum machine_guard g)
{
	return guard_names[g];
}

/* --- how a transition changes the data of the window -------------------------------------------- */

int64_t machine_bounded(const struct machine *m, int64_t length)
{
	if (length <= 0)
		length = m->limits.length;
	return length < m->limits.max ? length : m->limits.max;
}

int64_t machine_patience(const struct machine_limits *l)
{
	return (int64_t)l->tries * (l->dial + l->check + l->connect + l->close + l->pause) + MIN_MS;
}

int64_t machine_pause(const struct machine *m)
{
	int64_t pause = m->limits.pause, max = pause > PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;

	for (unsigned i = 1; m->window.opened && i < m->window.rebuilds && pause < max; i++)
		pause *= 2;
	return pause < max ? pause : max;
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
		.length = machine_bounded(m, length),
		.end = now + machine_patience(&m->limits),
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
	int64_t length = machine_bounded(m, ev->length);

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
	m->window.failures = m->window.rebuilds = 0;
	if (!m->window.opened)
		m->window.end = now + machine_patience(&m->limits);
}

static void extend(struct machine *m, int64_t now, const struct machine_event *ev)
{
	int64_t by = machine_bounded(m, ev->length);

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

void machine_note_reason(struct machine *m, const char *step, const char *reason)
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
	if (m->state == MACHINE_OPEN && was_steady(m, now))
		w->rebuilds = 0;
	if (w->opened && w->rebuilds < REBUILDS_MAX)
		w->rebuilds++;
	machine_note_reason(m, step, reason);
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
	m->window.rebuilds = 0;
	machine_note_reason(m, "open", ev->reason && *ev->reason ? ev->reason : "the tunnel broke");
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
		machine_note_reason(m, machine_state_name(m->state), m->state == MACHINE_OFFLINE ?
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

#define EV(e) MACHINE_EV_##e
#define TO(s) MACHINE_##s
#define DO(a) MACHINE_ACT_##a

const struct machine_transition machine_table[] = {
	/* the modem comes and goes */
	/* it goes at each call, perhaps because of it */
	{ ON(OFFLINE), EV(MODEM_READY), IF_WORN, TO(PAUSING), modem_there, { DO(NONE) } },
	{ ON(OFFLINE), EV(MODEM_READY), IF_WINDOW, TO(DIALLING), modem_there, { DO(SAVE), DO(DIAL) } },
	{ ON(OFFLINE), EV(MODEM_READY), IF_OVER, TO(REPORTING), report_late, { DO(REPORT), DO(SAVE) } },
	{ ON(OFFLINE), EV(MODEM_READY), IF_QUEUED, TO(DIALLING), begin_queued, { DO(SAVE), DO(DIAL) } },
	{ ON(OFFLINE), EV(MODEM_READY), ALWAYS, TO(LISTENING), modem_there, { DO(NONE) } },
	{ ON(OFFLINE), EV(TIMEOUT), IF_QUEUED, TO(OFFLINE), begin_queued, { DO(SAVE), DO(OPEN_MODEM) } },
	{ ON(OFFLINE), EV(TIMEOUT), ALWAYS, TO(OFFLINE), count_reopen, { DO(OPEN_MODEM) } },
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
	{ PATH, EV(EXTEND), ALWAYS, SAME, extend, { DO(SAVE) } },
	{ PATH, EV(UP), ALWAYS, SAME, lengthen, { DO(SAVE) } },
	{ ON(CLOSING) | ON(PAUSING) | ON(OFFLINE), EV(EXTEND), IF_WINDOW, SAME, extend, { DO(SAVE) } },

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
	{ ON(CLOSING), EV(CLOSED), IF_STOPPING, TO(OFFLINE), NULL, { DO(NONE) } },
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

const size_t machine_rows = sizeof machine_table / sizeof *machine_table;
