/* driver.c - between the machine and the world: events in, actions out. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "ipc/permit.h"

#include <stdio.h>
#include <string.h>

#define DOWN_SOON_MS (1 * SEC_MS)
#define WORKER_MARGIN_MS INT64_C(500)

static void set_deadline(struct agent *a)
{
	int64_t next = machine_next(&a->machine), now = clock_mono_ms();

	if (next == INT64_MAX)
		timer_stop(a->deadline);
	else
		timer_set(a->deadline, next > now ? next - now : 0);
}

/* --- actions ------------------------------------------------------------------------------------------- */

static void on_dialled(void *arg, bool ok, const char *tty, bool dcd, const char *reason)
{
	struct agent *a = arg;
	struct msg_out o;

	if (a->machine.state != MACHINE_DIALLING)
		return;
	if (!ok) {
		driver_event(a, &(struct machine_event){ .type = MACHINE_EV_FAILED, .step = "dialling",
							  .reason = reason });
		return;
	}
	a->link.asked = true;
	msg_begin(&o, chan_out(a->worker.parent), "link-open");
	msg_str(&o, "tty", tty);
	msg_num(&o, "dcd", dcd);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

/* In turn, from one try to the next. */
static size_t choose_relay(const struct agent *a)
{
	size_t n = a->set.nrelay ? a->set.nrelay : 1, first = (a->window.links - 1) % n;

	for (size_t i = 0; i < n; i++)
		if (!(a->hopeless & 1u << (first + i) % n))
			return (first + i) % n;
	return first;
}

static void dial(struct agent *a)
{
	/* the message that asked for it goes first, while the port still takes commands */
	inbox_delete_doomed(a);
	a->window.links++;
	a->relay = choose_relay(a);
	modem_dial(a->modem, a->set.limits.dial, on_dialled, a);
}

static void put_link(const struct agent *a, struct msg_out *o)
{
	msg_str(o, "ifname", a->link.ifname);
	msg_str(o, "local", a->link.local);
	msg_str(o, "dns1", a->link.dns1[0] ? a->link.dns1 : NULL);
	msg_str(o, "dns2", a->link.dns2[0] ? a->link.dns2 : NULL);
}

static void ask_tunnel(struct agent *a, const char *verb, int64_t timeout, bool probe)
{
	struct msg_out o;

	msg_begin(&o, chan_out(a->worker.parent), verb);
	msg_num(&o, "id", ++a->request);
	msg_num(&o, "relay", (int64_t)a->relay);
	put_link(a, &o);
	if (probe && a->set.probe[0])
		msg_str(&o, "probe", a->set.probe);
	/* the worker's own deadline comes first: it can say what it was waiting for */
	msg_num(&o, "timeout", timeout > 2 * WORKER_MARGIN_MS ? timeout - WORKER_MARGIN_MS : timeout);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

/* Never while a link that does not end holds the port; the machine asks again. One that is ready though the
 * machine knows of none is opened anew, as it will not say a second time that it is ready. */
static void open_modem(struct agent *a)
{
	if (a->closing != CLOSING_NOT)
		return;
	if (modem_is_ready(a->modem)) {
		log_warn("the modem was given up and is there; opening it anew");
		modem_give_up(a->modem, "the modem was given up");
	}
	modem_open(a->modem);
}

static void do_action(struct agent *a, enum machine_action act)
{
	switch (act) {
	case MACHINE_ACT_SAVE:
		store_save(a);
		break;
	case MACHINE_ACT_OPEN_MODEM:
		open_modem(a);
		break;
	case MACHINE_ACT_DIAL:
		dial(a);
		break;
	case MACHINE_ACT_CHECK:
		ask_tunnel(a, "check", a->set.limits.check, true);
		break;
	case MACHINE_ACT_CONNECT:
		a->tunnel = true;
		ask_tunnel(a, "open", a->set.limits.connect, false);
		break;
	case MACHINE_ACT_CLOSE:
		closing_begin(a, false);
		break;
	case MACHINE_ACT_KILL:
		closing_begin(a, true);
		break;
	case MACHINE_ACT_TELL_UP:
		notice_up(a, false);
		break;
	case MACHINE_ACT_TELL_BACK:
		notice_up(a, true);
		break;
	case MACHINE_ACT_TELL_WARN:
		notice_warn(a);
		break;
	case MACHINE_ACT_TELL_EXTENDED:
		notice_extended(a);
		break;
	case MACHINE_ACT_TELL_RETRY:
		notice_retry(a);
		break;
	case MACHINE_ACT_REPORT:
		a->last = a->window;
		a->window = (struct agent_window){ 0 };
		notice_report(a);
		break;
	case MACHINE_ACT_NONE:
	case MACHINE_ACTIONS:
		break;
	}
}

static void stopped(struct agent *a)
{
	struct msg_out o;

	msg_begin(&o, chan_out(a->worker.parent), "stopped");
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

/* For the watchdogs, and for whoever asks systemd how things stand. */
static void say_alive(struct agent *a)
{
	char text[200];
	struct msg_out o;

	status_line(a, text, sizeof text);
	msg_begin(&o, chan_out(a->worker.parent), "alive");
	msg_str(&o, "status", text);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

static void entered(struct agent *a, enum machine_state from)
{
	enum machine_state to = a->machine.state;

	if (to == from)
		return;
	say_alive(a);
	/* what was to be said of the open link is not so any more */
	if (from == MACHINE_OPEN && to == MACHINE_CLOSING)
		spool_drop_passing(a);
	if (to == MACHINE_REPORTING || to == MACHINE_LISTENING || to == MACHINE_PAUSING)
		spool_kick(a);
}

void driver_event(struct agent *a, const struct machine_event *ev)
{
	enum machine_state from = a->machine.state;
	bool was_stopped = machine_stopped(&a->machine);
	uint64_t window = a->machine.window.id;
	struct machine_actions acts = machine_step(&a->machine, clock_mono_ms(), ev);

	if (!acts.taken)
		log_debug("%s means nothing while %s", machine_event_name(ev->type), machine_state_name(from));
	else if (ev->type == MACHINE_EV_FAILED || ev->type == MACHINE_EV_TUNNEL_LOST)
		history_add(a, "fault", "%s: %s", ev->step ? ev->step : machine_state_name(from),
			    ev->reason ? ev->reason : "?");
	if (a->machine.window.id && a->machine.window.id != window) {
		a->window = a->next;
		a->retries_told = a->backs_told = a->hopeless = 0;
	}
	for (size_t i = 0; i < acts.n; i++)
		do_action(a, acts.list[i]);
	entered(a, from);
	set_deadline(a);
	if (!was_stopped && machine_stopped(&a->machine))
		stopped(a);
}

void driver_simple_event(struct agent *a, enum machine_event_type type)
{
	driver_event(a, &(struct machine_event){ .type = type });
}

static void on_deadline(void *arg)
{
	struct agent *a = arg;
	enum machine_event_type type;

	while (machine_due(&a->machine, clock_mono_ms(), &type))
		driver_simple_event(a, type);
	set_deadline(a);
}

/* --- the modem's events ------------------------------------------------------------------------------- */

static void say_path(struct agent *a, const char *verb, const char *path)
{
	struct msg_out o;

	msg_begin(&o, chan_out(a->worker.parent), verb);
	msg_str(&o, "path", path);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

void driver_claim_port(struct agent *a)
{
	say_path(a, "claim", modem_path(a->modem));
}

static void on_found(void *arg, const char *path)
{
	say_path(arg, "claim", path);
}

static void on_ready(void *arg)
{
	struct agent *a = arg;
	const struct modem_info *i = modem_get_info(a->modem);

	a->modem_error[0] = 0;
	history_add(a, "modem", "modem ready: %s, %s, %s, %d dBm", i->model, i->operator, i->registration,
		    i->signal_dbm);
	driver_simple_event(a, MACHINE_EV_MODEM_READY);
}

static void on_lost(void *arg, const char *why)
{
	struct agent *a = arg;

	/* said once, not at each of many attempts */
	if (strcmp(a->modem_error, why) != 0)
		history_add(a, "modem", "modem: %s", why);
	else
		log_debug("modem: %s", why);
	snprintf(a->modem_error, sizeof a->modem_error, "%s", why);
	driver_simple_event(a, MACHINE_EV_MODEM_LOST);
}

static bool pin_allowed(void *arg)
{
	struct agent *a = arg;
	uint64_t pin = store_fingerprint(a->set.modem.pin);

	if (a->store.pin_tried != pin)
		a->store.pin_tries = 0;
	if (a->store.pin_tries >= AGENT_PIN_TRIES_MAX)
		return false;
	a->store.pin_tried = pin;
	a->store.pin_tries++;
	if (store_save(a) == 0)
		return true;
	a->store.pin_tries--;	/* it is not sent; when the disk takes something again, it may be */
	return false;
}

static void pin_accepted(void *arg)
{
	struct agent *a = arg;

	if (!a->store.pin_tried)
		return;
	a->store.pin_tried = 0;
	a->store.pin_tries = 0;
	store_save(a);
}

static void pin_refused(void *arg)
{
	struct agent *a = arg;

	a->store.pin_tries = AGENT_PIN_TRIES_MAX;
	store_save(a);
}

static const struct modem_ops modem_events = {
	on_found, on_ready, on_lost, inbox_message, pin_allowed, pin_accepted, pin_refused,
};

/* --- commands ---------------------------------------------------------------------------------------------- */

static void on_down_timer(void *arg)
{
	driver_simple_event(arg, MACHINE_EV_DOWN);
}

void driver_ask_down_soon(struct agent *a)
{
	timer_set(a->down_timer, DOWN_SOON_MS);
}

static void describe_up(const struct agent *a, bool taken, char *reply, size_t size)
{
	char left[32];

	if (!taken) {
		snprintf(reply, size, "cannot open a window now (%s)", machine_state_name(a->machine.state));
	} else if (a->machine.state == MACHINE_OPEN) {
		duration_format(a->machine.window.end - clock_mono_ms(), left, sizeof left);
		snprintf(reply, size, "the window is open for %s more", left);
	} else if (a->machine.state == MACHINE_OFFLINE) {
		snprintf(reply, size, "noted; dialling as soon as the modem can be used");
	} else {
		snprintf(reply, size, "a window is being opened; see oobm status");
	}
}

static void describe_extend(const struct agent *a, bool taken, char *reply, size_t size)
{
	char left[32];

	if (!taken) {
		snprintf(reply, size, "there is no window to extend; open one with up");
		return;
	}
	duration_format(a->machine.window.end - clock_mono_ms(), left, sizeof left);
	snprintf(reply, size, "the window ends in %s", left);
}

bool driver_command(struct agent *a, const struct command *c, const char *number, const char *by,
		    char *reply, size_t size)
{
	struct machine_event ev = { .length = c->length_ms };
	bool taken;

	switch (c->verb) {
	case COMMAND_STATUS:
		status_line(a, reply, size);
		return true;
	case COMMAND_UP:
		ev.type = MACHINE_EV_UP;
		break;
	case COMMAND_DOWN:
		ev.type = MACHINE_EV_DOWN;
		break;
	case COMMAND_EXTEND:
		ev.type = MACHINE_EV_EXTEND;
		break;
	}
	taken = machine_accepts(&a->machine, clock_mono_ms(), ev.type);
	/* who asked has to be known before the machine saves */
	if (taken && c->verb == COMMAND_UP) {
		a->next = (struct agent_window){ 0 };
		snprintf(a->next.number, sizeof a->next.number, "%s", number);
		snprintf(a->next.by, sizeof a->next.by, "%s", by);
	}
	history_add(a, "command", "%s by %s%s", command_verb_name(c->verb), by,
		    taken ? "" : ": means nothing now");
	driver_event(a, &ev);
	if (c->verb == COMMAND_UP)
		describe_up(a, taken, reply, size);
	else if (c->verb == COMMAND_EXTEND)
		describe_extend(a, taken, reply, size);
	else
		snprintf(reply, size, taken ? "closing" : "there is no window to close");
	return taken;
}

/* --- start, end, the minute -------------------------------------------------------------------------------- */

static void on_minute(void *arg)
{
	struct agent *a = arg;

	timer_set(a->minute, MIN_MS);
	say_alive(a);
	meter_read(a);
	/* how much is left must be known after a power cut */
	if (a->machine.window.id)
		store_save(a);
	pending_minute(a);
	spool_kick(a);
}

static void on_closing_timer(void *arg)
{
	struct agent *a = arg;

	log_warn("the tunnel does not close; going on without it");
	closing_tunnel_gone(a);
}

void driver_start(struct agent *a)
{
	a->deadline = timer_new(a->loop, on_deadline, a);
	a->minute = timer_new(a->loop, on_minute, a);
	a->closing_timer = timer_new(a->loop, on_closing_timer, a);
	a->down_timer = timer_new(a->loop, on_down_timer, a);
	a->started = clock_mono_ms();
	a->modem = modem_new(a->loop, &a->set.modem, &modem_events, a);
	spool_open(a);
	store_load(a);
	history_add(a, "start", "oobm-agent started");
	power_start(a);
	pending_start(a);
	timer_set(a->minute, MIN_MS);
	say_alive(a);
	set_deadline(a);
}

void driver_stop(struct agent *a)
{
	if (machine_stopped(&a->machine))
		stopped(a);
	else
		driver_simple_event(a, MACHINE_EV_STOP);
}
