#include "base/clock.h"
#include "base/log.h"
#include "ipc/permit.h"
#include "parent/parent.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- what is said to the agent ---------------------------------------------------------------------- */

static struct chan *agent(struct parent *p)
{
	return p->child[WORKER_AGENT].chan;
}

static void tell_agent(struct parent *p, struct msg_out *o)
{
	if (msg_end(o) == 0 && agent(p))
		chan_flush(agent(p));
}

static void say_tty(struct child *c, const char *path, const char *error)
{
	struct msg_out o;

	msg_begin(&o, chan_out(c->chan), "tty");
	msg_str(&o, "path", path);
	msg_str(&o, "error", error);
	if (msg_end(&o) == 0)
		chan_flush(c->chan);
}

static void say_link_failed(struct parent *p, int code, const char *reason, bool fatal)
{
	struct msg_out o;

	if (!agent(p))
		return;
	msg_begin(&o, chan_out(agent(p)), "link-failed");
	msg_num(&o, "code", code);
	msg_str(&o, "reason", reason);
	msg_num(&o, "fatal", fatal);
	tell_agent(p, &o);
}

static void say_not_running(struct parent *p, enum worker_id worker, const struct msg *m, const char *verb)
{
	const char *fault = p->child[worker].fault, *id = msg_get(m, "id");
	struct msg_out o;
	char reason[256];

	snprintf(reason, sizeof reason, "oobm-%s is being started again%s%s", worker_name(worker),
		 fault[0] ? " after this: " : "", fault);

	msg_begin(&o, chan_out(agent(p)), verb);
	msg_str(&o, "id", id ? id : "0");
	if (strcmp(verb, "tunnel-failed") == 0)
		msg_str(&o, "step", "session");
	msg_str(&o, "reason", reason);
	msg_num(&o, "fatal", 0);
	tell_agent(p, &o);
}

/* --- the link ------------------------------------------------------------------------------------------ */

static void on_link_up(void *arg, const struct link_info *i)
{
	struct parent *p = arg;
	struct msg_out o;

	log_info("link up: %s, %s, DNS %s %s", i->ifname, i->local, i->dns1[0] ? i->dns1 : "none", i->dns2);
	if (!agent(p))
		return;
	msg_begin(&o, chan_out(agent(p)), "link-up");
	msg_str(&o, "ifname", i->ifname);
	msg_str(&o, "local", i->local);
	msg_str(&o, "remote", i->remote);
	msg_str(&o, "dns1", i->dns1[0] ? i->dns1 : NULL);
	msg_str(&o, "dns2", i->dns2[0] ? i->dns2 : NULL);
	tell_agent(p, &o);
}

static void on_link_end(void *arg, const struct link_end *e)
{
	struct parent *p = arg;
	struct msg_out o;

	p->link = NULL;
	log_info("link ended: %s", e->reason);
	worker_stop(p, WORKER_TUNNEL);
	worker_stop(p, WORKER_PUSH);
	if (!e->was_up) {
		say_link_failed(p, e->code, e->reason, e->fatal);
	} else if (agent(p)) {
		msg_begin(&o, chan_out(agent(p)), "link-down");
		msg_num(&o, "code", e->code);
		msg_str(&o, "reason", e->reason);
		msg_num(&o, "seconds", e->seconds);
		msg_num(&o, "received", e->received);
		msg_num(&o, "sent", e->sent);
		tell_agent(p, &o);
	}
	parent_check_stopped(p);
}

static void open_link(struct parent *p, const struct msg *m)
{
	static const struct link_ops ops = { on_link_up, on_link_end };
	const struct conf_modem *c = &p->conf->modem;
	struct link_config k = {
		.program = p->conf->pppd,
		.script_dir = p->libexec,
		.run_dir = p->conf->run_dir,
		.tty = msg_get(m, "tty"),
		.speed = c->speed,
		.carrier = strcmp(msg_get(m, "dcd"), "1") == 0,
		.user = c->user,
		.password = c->password,
		.table = p->conf->route_table,
		.options = c->ppp_options,
		.noptions = c->nppp_options,
	};
	struct err e;

	if (p->link || p->stopping) {
		say_link_failed(p, -1, p->link ? "there is a link already" : "oobmd is ending", false);
		return;
	}
	if (!ttylock_path_allowed(p->conf, WORKER_AGENT, k.tty)) {
		say_link_failed(p, -1, "the agent asked for a port that the config does not allow", true);
		return;
	}
	p->link = link_open(p->loop, &k, &ops, p, &e);
	if (!p->link) {
		log_error("%s", e.text);
		/* memory or processes may be there again for the next try; a program that is missing will not */
		say_link_failed(p, -1, e.text, access(k.program, X_OK) < 0);
		return;
	}
	/* they load their libraries while PPP is negotiated */
	worker_start(p, WORKER_TUNNEL);
	if (p->conf->push.enabled)
		worker_start(p, WORKER_PUSH);
}

void switch_close_link(struct parent *p, bool force)
{
	if (p->link)
		link_close(p->link, force);
}

/* --- what the workers say ---------------------------------------------------------------------------- */

static void set_level(struct parent *p, const struct msg *m)
{
	enum log_level level;

	if (log_level_parse(msg_get(m, "level"), &level) < 0)
		return;
	log_set_level(level);
	for (int i = 0; i < WORKERS; i++)
		if (p->child[i].chan) {
			struct msg_out o;

			msg_begin(&o, chan_out(p->child[i].chan), "log");
			msg_str(&o, "level", log_level_name(level));
			if (msg_end(&o) == 0)
				chan_flush(p->child[i].chan);
		}
}

static void agent_alive(struct parent *p, const struct msg *m)
{
	const char *status = msg_get(m, "status");

	worker_heard(p, WORKER_AGENT);
	notify_alive(status ? status : "");
}

static void claim(struct child *c, const struct msg *m)
{
	struct err e = { .text = "" };
	int rc = ttylock_claim(c->parent, c->id, msg_get(m, "path"), &e);

	/* it asks again every few seconds, for as long as somebody works at that port */
	if (rc < 0 && strncmp(c->refused, e.text, sizeof c->refused - 1) != 0)
		log_warn("%s", e.text);
	snprintf(c->refused, sizeof c->refused, "%s", rc < 0 ? e.text : "");
	say_tty(c, msg_get(m, "path"), rc < 0 ? e.text : NULL);
}

static void to_worker(struct parent *p, enum worker_id id, const struct msg *m, const char *refusal)
{
	if (p->child[id].chan)
		chan_forward(p->child[id].chan, m);
	else if (refusal)
		say_not_running(p, id, m, refusal);
}

/* One that is just being started again does not take requests: said at once, for somebody waits for the answer. */
static void to_power(struct parent *p, const struct msg *m)
{
	const struct child *c = &p->child[WORKER_POWER];
	struct msg_out o;
	char text[256];

	if (c->chan) {
		chan_forward(c->chan, m);
		return;
	}
	if (!msg_get(m, "id"))
		return;
	snprintf(text, sizeof text, "oobm-power is not running%s%s; see the log, and try again", c->fault[0] ? ": " : "",
		 c->fault);
	msg_begin(&o, chan_out(agent(p)), "power-done");
	msg_str(&o, "id", msg_get(m, "id"));
	msg_str(&o, "target", msg_get(m, "target"));
	msg_num(&o, "ok", 0);
	msg_str(&o, "led", "unknown");
	msg_str(&o, "text", text);
	tell_agent(p, &o);
}

static void agent_ended(struct parent *p)
{
	if (!p->stopping && !p->reloading) {
		log_error("protocol error from oobm-agent: it stopped though nobody asked");
		worker_kill(p, WORKER_AGENT, "it broke the protocol");
		return;
	}
	p->child[WORKER_AGENT].wanted = false;
	worker_stop(p, WORKER_AGENT);
}

/* A button that was pressed meanwhile, a panic: of that the history is to have all. What is too much for so short a time is
 * left out. */
static void remember(struct parent *p, const struct msg *m)
{
	struct msg_out o;

	msg_begin(&o, &p->missed, m->verb);
	for (size_t i = 0; i < m->nfields; i++)
		msg_str(&o, m->field[i].key, m->field[i].value);
	if (msg_end(&o) < 0)
		log_warn("there is no oobm-agent, and too much to tell it: %s is left out", m->verb);
}

static void tell_missed(struct parent *p)
{
	p->agent_ready = true;
	if (p->missed.len == 0 || !agent(p))
		return;
	buf_add(chan_out(agent(p)), p->missed.data, p->missed.len);
	buf_drop(&p->missed, p->missed.len);
	chan_flush(agent(p));
}

/* A new agent does not know what its predecessor was told. */
static void ask_to_tell(struct parent *p)
{
	for (int i = WORKER_POWER; i < WORKERS; i++) {
		struct chan *c = p->child[i].chan;
		struct msg_out o;

		if (!c)
			continue;
		msg_begin(&o, chan_out(c), "tell");
		if (msg_end(&o) == 0)
			chan_flush(c);
	}
}

static void from_agent(void *arg, const struct msg *m, int rule)
{
	struct parent *p = ((struct child *)arg)->parent;

	switch (rule) {
	case FROM_AGENT_READY:
		log_debug("oobm-agent is ready");
		tell_missed(p);
		ask_to_tell(p);
		notify_systemd("READY=1");
		worker_heard(p, WORKER_AGENT);
		break;
	case FROM_AGENT_ALIVE:
		agent_alive(p, m);
		break;
	case FROM_AGENT_CLAIM:
		claim(arg, m);
		break;
	case FROM_AGENT_RELEASE:
		ttylock_release(arg);
		break;
	case FROM_AGENT_LINK_OPEN:
		open_link(p, m);
		break;
	case FROM_AGENT_LINK_CLOSE:
		if (p->link)
			switch_close_link(p, strcmp(msg_get(m, "force"), "1") == 0);
		else
			say_link_failed(p, 0, "there is no link", false);
		break;
	case FROM_AGENT_CHECK:
	case FROM_AGENT_TUNNEL_OPEN:
		to_worker(p, WORKER_TUNNEL, m, "tunnel-failed");
		break;
	case FROM_AGENT_TUNNEL_CLOSE:
	case FROM_AGENT_TUNNEL_STATS:
		to_worker(p, WORKER_TUNNEL, m, NULL);
		break;
	case FROM_AGENT_SEND:
		to_worker(p, WORKER_PUSH, m, "send-failed");
		break;
	case FROM_AGENT_POWER:
	case FROM_AGENT_ABORT:
		to_power(p, m);
		break;
	case FROM_AGENT_STOPPED:
		agent_ended(p);
		break;
	case FROM_AGENT_LOG:
		set_level(p, m);
		break;
	}
}

static void say_worker_up(struct parent *p, enum worker_id id)
{
	struct msg_out o;

	log_debug("oobm-%s is ready", worker_name(id));
	if (!agent(p))
		return;
	msg_begin(&o, chan_out(agent(p)), "worker-up");
	msg_str(&o, "name", worker_name(id));
	tell_agent(p, &o);
}

/* The tables agree by a unit test: what a worker may say, the agent may hear. `ready` and `alive` stay here. */
static void pass_on(void *arg, const struct msg *m, int rule)
{
	struct child *c = arg;

	(void)rule;
	worker_heard(c->parent, c->id);
	if (strcmp(m->verb, "ready") == 0)
		say_worker_up(c->parent, c->id);
	else if (strcmp(m->verb, "alive") == 0)
		return;
	else if (c->id >= WORKER_POWER && !(agent(c->parent) && c->parent->agent_ready))
		remember(c->parent, m);
	else if (agent(c->parent))
		chan_forward(agent(c->parent), m);
}

/* A console speaks of its own target only, and asks for its own port. */
static void from_console(void *arg, const struct msg *m, int rule)
{
	struct child *c = arg;
	const char *target = msg_get(m, "target");

	if (target && strcmp(target, c->target) != 0) {
		log_error("protocol error from %s: it spoke of another target", worker_label(c->parent, c->id));
		worker_kill(c->parent, c->id, "it broke the protocol");
	} else if (rule == FROM_CONSOLE_CLAIM) {
		claim(c, m);
	} else if (rule == FROM_CONSOLE_RELEASE) {
		ttylock_release(c);
	} else if (rule == FROM_CONSOLE_READY) {
		worker_heard(c->parent, c->id);
		log_debug("%s is ready", worker_label(c->parent, c->id));
	} else {
		pass_on(arg, m, rule);
	}
}

/* A channel ends because the process dies, which SIGCHLD tells; or because it broke the protocol. */
static void on_end(void *arg, const char *why)
{
	struct child *c = arg;
	char fault[128];

	if (!why) {
		worker_expect_end(c->parent, c->id);
		return;
	}
	log_error("protocol error from %s: %s", worker_label(c->parent, c->id), why);
	snprintf(fault, sizeof fault, "it broke the protocol: %s", why);
	worker_kill(c->parent, c->id, fault);
}

const struct chan_ops switch_ops[WORKERS] = {
	[WORKER_AGENT] = { from_agent, on_end },
	[WORKER_TUNNEL] = { pass_on, on_end },
	[WORKER_PUSH] = { pass_on, on_end },
	[WORKER_POWER] = { pass_on, on_end },
	[WORKER_CONSOLE ... WORKERS - 1] = { from_console, on_end },
};

const struct permit *switch_table(enum worker_id id, size_t *n)
{
	switch (id) {
	case WORKER_TUNNEL:
		*n = FROM_TUNNEL_RULES;
		return permit_from_tunnel;
	case WORKER_PUSH:
		*n = FROM_PUSH_RULES;
		return permit_from_push;
	case WORKER_POWER:
		*n = FROM_POWER_RULES;
		return permit_from_power;
	case WORKER_AGENT:
		*n = FROM_AGENT_RULES;
		return permit_from_agent;
	default:
		*n = FROM_CONSOLE_RULES;
		return permit_from_console;
	}
}

/* After all else that is to be told of it, and not to an agent that may never hear it. */
static void say_gone(struct parent *p, enum worker_id id, const char *reason, bool asked)
{
	bool now = agent(p) && (p->agent_ready || id < WORKER_POWER);
	struct msg_out o;

	if (!now && id < WORKER_POWER)
		return;
	msg_begin(&o, now ? chan_out(agent(p)) : &p->missed, "worker-died");
	msg_str(&o, "name", worker_name(id));
	msg_str(&o, "reason", reason);
	if (worker_is_console(id))
		msg_str(&o, "target", p->child[id].target);
	if (asked)
		msg_num(&o, "asked", 1);
	if (now)
		tell_agent(p, &o);
	else if (msg_end(&o) < 0)
		log_warn("there is no oobm-agent, and too much to tell it: worker-died is left out");
}

void switch_worker_ended(struct parent *p, enum worker_id id, const char *reason)
{
	say_gone(p, id, reason, true);
}

/* Without its agent nobody watches over a link: it goes, and the agent begins anew. */
void switch_worker_gone(struct parent *p, enum worker_id id, const char *reason)
{
	if (id == WORKER_AGENT) {
		ttylock_release(&p->child[id]);
		switch_close_link(p, false);
		worker_stop(p, WORKER_TUNNEL);
		worker_stop(p, WORKER_PUSH);
		return;
	}
	say_gone(p, id, reason, false);
}
