/* closing.c - tearing down in order: the tunnel says good-bye through the link, the link through the
 * modem, and the modem takes commands again. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"

/* A relay that does not answer must not keep the link up. */
#define TUNNEL_MS (3 * SEC_MS)

static void say(struct agent *a, const char *verb)
{
	struct msg_out o;

	msg_begin(&o, chan_out(a->worker.parent), verb);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

static void on_hung_up(void *arg, bool ok)
{
	struct agent *a = arg;

	if (a->closing != CLOSING_MODEM)
		return;
	a->closing = CLOSING_NOT;
	/* pppd had the lock file; one that does not answer was reported as lost, and is claimed when found */
	if (ok)
		driver_claim_port(a);
	driver_event(a, &(struct machine_event){ .type = MACHINE_EV_CLOSED });
	/* so late that the machine has given the modem up and looks for one: here it is */
	if (a->machine.state == MACHINE_OFFLINE && modem_is_ready(a->modem))
		driver_event(a, &(struct machine_event){ .type = MACHINE_EV_MODEM_READY });
}

static void close_modem(struct agent *a)
{
	a->closing = CLOSING_MODEM;
	modem_hang_up(a->modem, on_hung_up, a);
}

static void say_link_close(struct agent *a, bool force)
{
	struct msg_out o;

	msg_begin(&o, chan_out(a->worker.parent), "link-close");
	msg_num(&o, "force", force);
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

static void close_link(struct agent *a, bool force)
{
	timer_stop(a->closing_timer);
	if (!a->link.asked) {
		close_modem(a);
		return;
	}
	a->closing = CLOSING_LINK;
	say_link_close(a, force);
}

void closing_begin(struct agent *a, bool force)
{
	if (force) {
		if (a->closing != CLOSING_MODEM)
			close_link(a, true);
		return;
	}
	if (a->closing != CLOSING_NOT)
		return;
	if (!a->tunnel) {
		close_link(a, false);
		return;
	}
	a->closing = CLOSING_TUNNEL;
	timer_set(a->closing_timer, TUNNEL_MS);
	say(a, "close");
}

void closing_tunnel_gone(struct agent *a)
{
	a->tunnel = false;
	if (a->closing == CLOSING_TUNNEL)
		close_link(a, false);
}

void closing_link_gone(struct agent *a)
{
	a->tunnel = false;
	if (a->closing == CLOSING_LINK || a->closing == CLOSING_TUNNEL) {
		timer_stop(a->closing_timer);
		close_modem(a);
	}
}
