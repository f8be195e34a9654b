/* news.c - what comes through the parent, of link, tunnel, push and workers; targets.c has what is said of targets. */
#include "agent/agent.h"
#include "base/log.h"
#include "ipc/permit.h"

#include <stdio.h>
#include <string.h>

static void copy(char *to, size_t size, const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	snprintf(to, size, "%s", v ? v : "");
}

static bool for_running_request(const struct agent *a, const struct msg *m)
{
	int64_t id;

	return msg_int(m, "id", 0, INT64_MAX, &id) == 0 && (id == a->request || id == 0);
}

static bool flag(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	return v && strcmp(v, "1") == 0;
}

static void link_up(struct agent *a, const struct msg *m)
{
	a->link.up = true;
	copy(a->link.ifname, sizeof a->link.ifname, m, "ifname");
	copy(a->link.local, sizeof a->link.local, m, "local");
	copy(a->link.dns1, sizeof a->link.dns1, m, "dns1");
	copy(a->link.dns2, sizeof a->link.dns2, m, "dns2");
	history_add(a, "link", "link up: %s %s, DNS %s", a->link.ifname, a->link.local,
		    a->link.dns1[0] ? a->link.dns1 : "none");
	driver_simple_event(a, MACHINE_EV_LINK_UP);
}

static void link_gone(struct agent *a, const struct msg *m, bool was_up)
{
	char reason[256];
	int64_t received = 0, sent = 0;

	copy(reason, sizeof reason, m, "reason");
	if (msg_int(m, "received", 0, INT64_MAX, &received) == 0 && msg_int(m, "sent", 0, INT64_MAX, &sent) == 0) {
		a->window.received += (uint64_t)received;
		a->window.sent += (uint64_t)sent;
		meter_link_gone(a, (uint64_t)received, (uint64_t)sent);
	}
	a->link = (struct agent_link){ 0 };
	spool_push_worker_gone(a, NULL);
	a->worker_lost = false;
	if (a->closing != CLOSING_NOT) {
		closing_link_gone(a);
		return;
	}
	a->tunnel = false;
	driver_event(a, &(struct machine_event){ .type = MACHINE_EV_FAILED, .step = was_up ? "link" : "PPP",
						  .reason = reason, .fatal = flag(m, "fatal") });
}

static void tunnel_up(struct agent *a, const struct msg *m)
{
	const char *ports = msg_get(m, "ports");

	copy(a->address, sizeof a->address, m, "address");
	/* they go into the address that the owner is told */
	if (!*ports || ports[strspn(ports, "0123456789,")])
		ports = "0";
	snprintf(a->ports, sizeof a->ports, "%s", ports);
	driver_simple_event(a, MACHINE_EV_TUNNEL_UP);
}

/* Is there no relay left that another try could reach? */
static bool give_up_relay(struct agent *a)
{
	a->hopeless |= 1u << a->relay;
	return a->hopeless == (1u << a->set.nrelay) - 1;
}

static const char *step_text(const char *step)
{
	static const struct { const char *step, *text; } table[] = {
		{ "dns", "name resolution" }, { "probe", "probe" }, { "connect", "reaching the relay" },
		{ "proof", "proof of the path" }, { "hostkey", "relay's host key" },
		{ "auth", "login at the relay" }, { "forward", "port forwarding" }, { "session", "SSH session" },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].step, step) == 0)
			return table[i].text;
	return step;
}

static void tunnel_failed(struct agent *a, const struct msg *m)
{
	char reason[256];

	if (a->closing != CLOSING_NOT) {
		closing_tunnel_gone(a);
		return;
	}
	a->tunnel = false;
	copy(reason, sizeof reason, m, "reason");
	driver_event(a, &(struct machine_event){ .type = MACHINE_EV_FAILED, .step = step_text(msg_get(m, "step")),
						  .reason = reason, .fatal = flag(m, "fatal") && give_up_relay(a) });
}

static void tunnel_lost(struct agent *a, const char *reason)
{
	if (a->closing != CLOSING_NOT) {
		closing_tunnel_gone(a);
		return;
	}
	a->tunnel = false;
	driver_event(a, &(struct machine_event){ .type = MACHINE_EV_TUNNEL_LOST, .step = "tunnel", .reason = reason });
}

static void tunnel_down(struct agent *a, const struct msg *m)
{
	char reason[256];

	copy(reason, sizeof reason, m, "reason");
	tunnel_lost(a, reason);
}

/* A dead tunnel worker is being started again by the parent: what is to be done next waits for it. */
static void worker_died(struct agent *a, const struct msg *m)
{
	enum machine_state s = a->machine.state;
	const char *name = msg_get(m, "name");
	char reason[256], what[40];

	snprintf(what, sizeof what, "oobm-%.16s %s", name, flag(m, "asked") ? "was ended" : "died");
	snprintf(reason, sizeof reason, "%s: %s", what, msg_get(m, "reason"));
	if (!flag(m, "asked"))
		history_add(a, "fault", "%s", reason);
	if (strcmp(name, "power") == 0 || strcmp(name, "console") == 0) {
		target_worker_gone(a, name, msg_get(m, "target"), what, msg_get(m, "reason"));
	} else if (strcmp(name, "push") == 0) {
		spool_push_worker_gone(a, reason);
	} else if (a->closing == CLOSING_TUNNEL) {
		closing_tunnel_gone(a);
	} else if (s != MACHINE_CHECKING && s != MACHINE_CONNECTING && s != MACHINE_OPEN) {
		return;		/* nothing was asked of it */
	} else if (a->worker_lost) {
		/* before it was ready again: waiting for it leads nowhere */
		a->worker_lost = false;
		driver_event(a, &(struct machine_event){ .type = MACHINE_EV_FAILED, .step = "SSH session",
							  .reason = reason });
	} else {
		a->worker_lost = true;
	}
}

static void worker_up(struct agent *a, const struct msg *m)
{
	if (strcmp(msg_get(m, "name"), "push") == 0)
		spool_kick(a);
	if (strcmp(msg_get(m, "name"), "tunnel") != 0)
		return;
	if (!a->worker_lost)
		return;
	a->worker_lost = false;
	if (a->machine.state == MACHINE_OPEN)
		tunnel_lost(a, "the tunnel's process died");
	else
		driver_event(a, &(struct machine_event){ .type = MACHINE_EV_FAILED, .step = "SSH session",
							  .reason = "the tunnel's process died" });
}

static void set_level(const struct msg *m)
{
	enum log_level level;

	if (log_level_parse(msg_get(m, "level"), &level) == 0)
		log_set_level(level);
}

void news_take(struct agent *a, const struct msg *m, int rule)
{
	switch (rule) {
	case AGENT_TTY:
		modem_claimed(a->modem, msg_get(m, "error"));
		break;
	case AGENT_LINK_UP:
		link_up(a, m);
		break;
	case AGENT_LINK_FAILED:
		link_gone(a, m, false);
		break;
	case AGENT_LINK_DOWN:
		link_gone(a, m, true);
		break;
	case AGENT_WORKER_UP:
		worker_up(a, m);
		break;
	case AGENT_WORKER_DIED:
		worker_died(a, m);
		break;
	case AGENT_CHECKED:
		if (for_running_request(a, m)) {
			history_add(a, "link", "path proven: relay %s over %s", msg_get(m, "peer"), a->link.ifname);
			driver_simple_event(a, MACHINE_EV_CHECKED);
		}
		break;
	case AGENT_TUNNEL_UP:
		if (for_running_request(a, m))
			tunnel_up(a, m);
		break;
	case AGENT_TUNNEL_FAILED:
		if (for_running_request(a, m))
			tunnel_failed(a, m);
		break;
	case AGENT_TUNNEL_DOWN:
		if (for_running_request(a, m))
			tunnel_down(a, m);
		break;
	case AGENT_SENT:
		spool_push_sent(a, m);
		break;
	case AGENT_SEND_FAILED:
		spool_push_failed(a, m);
		break;
	case AGENT_STOP:
		driver_stop(a);
		break;
	case AGENT_LOG:
		set_level(m);
		break;
	case AGENT_PROGRESS:
	case AGENT_DONE:
	case AGENT_LED:
	case AGENT_PRESSING:
	case AGENT_RELEASED:
	case AGENT_FAULT:
	case AGENT_QUEUE:
	case AGENT_CONSOLE_STATE:
	case AGENT_MATCHED:
	case AGENT_LAST:
	case AGENT_VIEWER:
	case AGENT_RUNNING:
		target_from_parent(a, m, rule);
		break;
	default:
		break;
	}
}
