/* main.c - oobm-tunnel: checks the way to a relay, and holds a reverse tunnel with it.
 *
 * Its parent tells it the relays, then `start`; what may be said then, and what is answered, is in
 * ipc/permit.c. At most one check and one tunnel are there at a time: a new one replaces the old. */
#include "base/log.h"
#include "ipc/permit.h"
#include "run/worker.h"
#include "tunnel/check.h"
#include "tunnel/hold.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECK_MS 30000
#define OPEN_MS 60000
#define TIMEOUT_MAX_MS 600000

struct tunnel {
	struct worker w;
	struct relay relays[RELAY_MAX];
	bool started;
	struct check *check;
	struct hold *hold;
	char check_id[32], hold_id[32];
	char check_local[NET_ADDR_TEXT], hold_local[NET_ADDR_TEXT];
	const struct relay *hold_relay;
};

/* --- what is answered ---------------------------------------------------------------- */

static void end_message(struct tunnel *t, struct msg_out *o)
{
	if (msg_end(o) < 0)
		log_error("an answer is lost: the parent does not read");
	chan_flush(t->w.parent);
}

static void tell_failed(struct tunnel *t, const char *id, const char *step, bool fatal, const struct err *e)
{
	struct msg_out o;

	log_warn("%s: %s", step, e->text);
	msg_begin(&o, chan_out(t->w.parent), "tunnel-failed");
	msg_str(&o, "id", id);
	msg_str(&o, "step", step);
	msg_str(&o, "reason", e->text);
	msg_num(&o, "fatal", fatal);
	end_message(t, &o);
}

static void tell_down(struct tunnel *t, const char *reason, bool asked)
{
	uint64_t received, sent;
	struct msg_out o;
	size_t channels;

	hold_stats(t->hold, &received, &sent, &channels);
	log_info("tunnel down: %s", reason);
	msg_begin(&o, chan_out(t->w.parent), "tunnel-down");
	msg_str(&o, "id", t->hold_id);
	msg_str(&o, "reason", reason);
	msg_num(&o, "asked", asked);
	msg_num(&o, "received", (int64_t)received);
	msg_num(&o, "sent", (int64_t)sent);
	end_message(t, &o);
}

static void tell_ports(struct tunnel *t, struct msg_out *o)
{
	char ports[RELAY_FORWARDS_MAX * 6 + 1] = "";
	size_t used = 0;

	for (size_t i = 0; i < t->hold_relay->nforward; i++)
		used += (size_t)snprintf(ports + used, sizeof ports - used, "%s%u", i ? "," : "",
					 t->hold_relay->forward[i].listen);
	msg_str(o, "ports", ports);
}

static void on_up(void *arg, const char *peer)
{
	struct tunnel *t = arg;
	struct msg_out o;

	log_info("tunnel up: %s at %s", t->hold_relay->host, peer);
	msg_begin(&o, chan_out(t->w.parent), "tunnel-up");
	msg_str(&o, "id", t->hold_id);
	msg_str(&o, "address", t->hold_local);
	msg_str(&o, "peer", peer);
	tell_ports(t, &o);
	end_message(t, &o);
}

static void let_go(struct tunnel *t)
{
	hold_free(t->hold);
	t->hold = NULL;
}

static void on_failed(void *arg, const char *step, bool fatal, const struct err *e)
{
	struct tunnel *t = arg;

	tell_failed(t, t->hold_id, step, fatal, e);
	let_go(t);
}

static void on_down(void *arg, const struct err *e)
{
	struct tunnel *t = arg;

	tell_down(t, e->text, false);
	let_go(t);
}

static void on_checked(void *arg, const char *peer, int64_t rtt_ms, const char *step, const struct err *e)
{
	struct tunnel *t = arg;
	struct msg_out o;

	t->check = NULL;
	if (step) {
		tell_failed(t, t->check_id, step, false, e);
		return;
	}
	msg_begin(&o, chan_out(t->w.parent), "checked");
	msg_str(&o, "id", t->check_id);
	msg_str(&o, "address", t->check_local);
	msg_str(&o, "peer", peer);
	msg_num(&o, "rtt", rtt_ms);
	end_message(t, &o);
}

/* --- what is asked ---------------------------------------------------------------------- */

static void take_relay(struct tunnel *t, const struct msg *m)
{
	struct err e;
	int64_t i;

	if (msg_int(m, "index", 0, RELAY_MAX - 1, &i) < 0) {
		log_error("the relay's index is not from 0 to %d", RELAY_MAX - 1);
		return;
	}
	if (t->hold && t->hold_relay == &t->relays[i]) {
		log_error("the relay %s is in use and stays as it is", t->relays[i].name);
		return;
	}
	if (relay_parse(&t->relays[i], m, &e) < 0)
		log_error("relay %s: %s", msg_get(m, "name"), e.text);
}

static void start(struct tunnel *t)
{
	struct msg_out o;

	if (sandbox_worker(0) < 0) {
		loop_stop(t->w.loop, 1);
		return;
	}
	t->started = true;
	msg_begin(&o, chan_out(t->w.parent), "ready");
	end_message(t, &o);
}

static void set_text(char *out, size_t size, const char *value)
{
	snprintf(out, size, "%s", value ? value : "");
}

static int take_link(const struct msg *m, struct net_link *link, struct err *e)
{
	*link = (struct net_link){ 0 };
	if (!*msg_get(m, "ifname") || strlen(msg_get(m, "ifname")) >= sizeof link->ifname)
		return err_set(e, "'%.40s' is not the name of an interface", msg_get(m, "ifname"));
	set_text(link->ifname, sizeof link->ifname, msg_get(m, "ifname"));
	set_text(link->local, sizeof link->local, msg_get(m, "local"));
	set_text(link->dns[0], sizeof link->dns[0], msg_get(m, "dns1"));
	set_text(link->dns[1], sizeof link->dns[1], msg_get(m, "dns2"));
	return 0;
}

/* The relay a request is about, and the link. NULL if it cannot be served: then that is answered. */
static const struct relay *take_request(struct tunnel *t, const struct msg *m, struct net_link *link)
{
	const struct relay *r = NULL;
	struct err e;
	int64_t i;

	if (!t->started)
		err_set(&e, "oobm-tunnel has not been started yet");
	else if (msg_int(m, "relay", 0, RELAY_MAX - 1, &i) < 0 || !t->relays[i].host)
		err_set(&e, "there is no relay %s, or its settings are wrong (see the log)", msg_get(m, "relay"));
	else if (take_link(m, link, &e) == 0)
		r = &t->relays[i];
	if (!r)
		tell_failed(t, msg_get(m, "id"), "session", false, &e);
	return r;
}

static int64_t take_timeout(const struct msg *m, int64_t otherwise)
{
	int64_t ms;

	return msg_int(m, "timeout", 1, TIMEOUT_MAX_MS, &ms) < 0 ? otherwise : ms;
}

static void check(struct tunnel *t, const struct msg *m)
{
	const char *probe = msg_get(m, "probe");
	struct net_link link;
	const struct relay *r = take_request(t, m, &link);
	struct err e;

	if (!r)
		return;
	if (t->check) {
		check_cancel(t->check);
		t->check = NULL;
		err_set(&e, "another check was asked for meanwhile");
		tell_failed(t, t->check_id, "session", false, &e);
	}
	set_text(t->check_id, sizeof t->check_id, msg_get(m, "id"));
	set_text(t->check_local, sizeof t->check_local, link.local);
	t->check = check_start(t->w.loop, r, &link, probe ? probe : "", take_timeout(m, CHECK_MS), on_checked, t);
}

/* Ends what there is, up or on its way up, because REASON. */
static void end_hold(struct tunnel *t, const char *reason)
{
	struct err e;

	if (!t->hold)
		return;
	if (hold_is_up(t->hold)) {
		tell_down(t, reason, true);
	} else {
		err_set(&e, "%s", reason);
		tell_failed(t, t->hold_id, "session", false, &e);
	}
	let_go(t);
}

static void open_tunnel(struct tunnel *t, const struct msg *m)
{
	static const struct hold_ops ops = { on_up, on_failed, on_down };
	struct net_link link;
	const struct relay *r = take_request(t, m, &link);

	if (!r)
		return;
	end_hold(t, "another tunnel was asked for meanwhile");
	set_text(t->hold_id, sizeof t->hold_id, msg_get(m, "id"));
	set_text(t->hold_local, sizeof t->hold_local, link.local);
	t->hold_relay = r;
	t->hold = hold_start(t->w.loop, r, &link, take_timeout(m, OPEN_MS), &ops, t);
}

static void close_tunnel(struct tunnel *t)
{
	struct err e;

	if (t->check) {
		check_cancel(t->check);
		t->check = NULL;
		err_set(&e, "closed on request");
		tell_failed(t, t->check_id, "session", false, &e);
	}
	end_hold(t, "closed on request");
}

static void tell_stats(struct tunnel *t)
{
	uint64_t received = 0, sent = 0;
	size_t channels = 0;
	struct msg_out o;

	if (t->hold)
		hold_stats(t->hold, &received, &sent, &channels);
	msg_begin(&o, chan_out(t->w.parent), "tunnel-bytes");
	msg_num(&o, "received", (int64_t)received);
	msg_num(&o, "sent", (int64_t)sent);
	msg_num(&o, "channels", (int64_t)channels);
	end_message(t, &o);
}

static void set_log(const struct msg *m)
{
	enum log_level level;

	if (log_level_parse(msg_get(m, "level"), &level) == 0)
		log_set_level(level);
}

static void on_msg(void *self, const struct msg *m, int rule)
{
	struct tunnel *t = self;

	switch (rule) {
	case TUNNEL_RELAY:
		take_relay(t, m);
		break;
	case TUNNEL_START:
		start(t);
		break;
	case TUNNEL_CHECK:
		check(t, m);
		break;
	case TUNNEL_OPEN:
		open_tunnel(t, m);
		break;
	case TUNNEL_CLOSE:
		close_tunnel(t);
		break;
	case TUNNEL_STATS:
		tell_stats(t);
		break;
	case TUNNEL_LOG:
		set_log(m);
		break;
	}
}

/* The parent is gone: the relay is told, so that its port is free at once. */
static void on_stop(void *self)
{
	struct tunnel *t = self;

	check_cancel(t->check);
	t->check = NULL;
	let_go(t);
}

int main(int argc, char **argv)
{
	static struct tunnel t;
	int code;

	t.w = (struct worker){ .name = "oobm-tunnel", .table = permit_tunnel, .n = TUNNEL_RULES, .beat_ms = WORKER_BEAT_MS, .on_msg = on_msg,
			       .on_stop = on_stop, .self = &t };
	code = worker_run(&t.w, argc, argv);
	for (size_t i = 0; i < RELAY_MAX; i++)
		relay_clear(&t.relays[i]);
	return code;
}
