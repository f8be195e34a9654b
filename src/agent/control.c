/* control.c - the control socket: who may connect is decided by the socket's owner and mode, which the
 * parent set; what is asked is held against ipc/control.c, and noted with the asker's name. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "ipc/control.h"
#include "os/os.h"
#include "run/chan.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 16
#define CLIENT_MS (10 * SEC_MS)
#define HISTORY_COUNT 20
#define PENDING_MAX_MS (7 * 24 * 60 * MIN_MS)

struct client {
	struct control *control;
	struct chan *chan;
	struct timer *timer;	/* it asks, takes the answer, and goes; or it is shown out */
	char account[POLICY_NAME_MAX], by[POLICY_NAME_MAX];
	uint32_t uid;
	char key[RIGHTS_KEY_MAX];	/* the SSH key that it says its user came with; "" */
	uint64_t number;	/* who came later has a higher one */
	int64_t power;		/* the request to oobm-power that it waits for; 0: none */
	struct power_ask later;	/* what is to be done in LATER_IN ms, if that can be done at all */
	int64_t later_in;
	bool used;
};

struct control {
	struct agent *agent;
	struct watch *watch;
	int fd;
	bool full;		/* said */
	uint64_t came;		/* how many, ever */
	struct client client[CLIENTS_MAX];
};

static void drop(struct client *c)
{
	power_forget(c->control->agent, c->power);
	chan_free(c->chan);
	timer_free(c->timer);
	c->chan = NULL;
	c->timer = NULL;
	c->used = false;
}

static void finish(struct client *c, struct msg_out *o)
{
	if (msg_end(o) < 0)
		log_error("an answer on the control socket is too long");
	chan_flush(c->chan);
}

static void say_ok(struct client *c, const char *text)
{
	struct msg_out o;

	msg_begin(&o, chan_out(c->chan), "ok");
	msg_str(&o, "text", text);
	msg_str(&o, "by", c->by);
	finish(c, &o);
}

static void say_error(struct client *c, const char *code, const char *text)
{
	struct msg_out o;

	msg_begin(&o, chan_out(c->chan), "error");
	msg_str(&o, "code", code);
	msg_str(&o, "text", text);
	finish(c, &o);
}

static bool may(const struct client *c, enum right what, const char *target)
{
	return rights_may(&c->control->agent->rights, c->uid, c->key, what, target);
}

/* --- requests ------------------------------------------------------------------------------------------------ */

static bool may_read(void *arg, const char *target)
{
	return may(arg, RIGHT_READ, target);
}

static void say_history(struct client *c, const struct msg *m)
{
	int64_t count = HISTORY_COUNT;

	if (msg_get(m, "count") && msg_int(m, "count", 1, 1000, &count) < 0) {
		say_error(c, "usage", "the count is a number from 1 to 1000");
		return;
	}
	history_tail(c->control->agent, (size_t)count, may_read, c, chan_out(c->chan));
	say_ok(c, "");
}

static void set_level(struct client *c, const struct msg *m)
{
	struct agent *a = c->control->agent;
	enum log_level level;
	struct msg_out o;

	if (log_level_parse(msg_get(m, "level"), &level) < 0) {
		say_error(c, "usage", "the level is one of error, warn, info, debug");
		return;
	}
	history_add(a, "command", "log level %s by %s", log_level_name(level), c->by);
	log_set_level(level);
	msg_begin(&o, chan_out(a->worker.parent), "log");
	msg_str(&o, "level", log_level_name(level));
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
	say_ok(c, "the log level is set until the next start");
}

static void command(struct client *c, const struct msg *m, enum command_verb verb)
{
	struct agent *a = c->control->agent;
	struct command cmd = { .verb = verb };
	char reply[200];

	if (msg_get(m, "length") &&
	    msg_int(m, "length", 60000, INT64_C(24) * 3600 * 1000, &cmd.length_ms) < 0) {
		say_error(c, "usage", "the length of a window is from 1 minute to 24 hours");
		return;
	}
	if (driver_command(a, &cmd, "", c->by, reply, sizeof reply))
		say_ok(c, reply);
	else
		say_error(c, "refused", reply);
}

/* Who asks through the tunnel that this closes is to see the answer first. */
static void down(struct client *c)
{
	struct agent *a = c->control->agent;

	if (a->machine.state != MACHINE_OPEN) {
		command(c, &(struct msg){ 0 }, COMMAND_DOWN);
		return;
	}
	history_add(a, "command", "down by %s", c->by);
	driver_ask_down_soon(a);
	say_ok(c, "closing; this connection ends if it came through the tunnel");
}

static void say_status(struct client *c)
{
	struct agent *a = c->control->agent;
	struct buf *out = chan_out(c->chan);

	control_put_status(a, out);
	control_put_targets(a, c->uid, c->key, out);
	pending_put(a, out);
	say_ok(c, "");
}

/* --- power ---------------------------------------------------------------------------------------------------- */

static bool may_press(void *arg, const char *target)
{
	return may(arg, RIGHT_POWER, target);
}

static void on_progress(void *arg, const char *text)
{
	struct client *c = arg;
	struct msg_out o;

	msg_begin(&o, chan_out(c->chan), "progress");
	msg_str(&o, "text", text);
	finish(c, &o);
}

static void on_power_done(void *arg, bool ok, const char *led, const char *text)
{
	struct client *c = arg;

	(void)led;
	c->power = 0;
	timer_set(c->timer, CLIENT_MS);
	if (ok)
		say_ok(c, text);
	else
		say_error(c, "failed", text);
}

static bool flag(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	return v && strcmp(v, "1") == 0;
}

/* Takes what is asked. Returns -1 when it has been refused. */
static int take_power(struct client *c, const struct msg *m, struct power_ask *ask)
{
	const char *target = msg_get(m, "target"), *verb = msg_get(m, "verb");
	enum right right = strcmp(verb, "status") == 0 ? RIGHT_READ : RIGHT_POWER;

	*ask = (struct power_ask){ .force = flag(m, "force"), .escalate = flag(m, "escalate") };
	if (!power_verb_known(verb)) {
		say_error(c, "usage", "power takes on, off, force-off, cycle, reset or status");
		return -1;
	}
	if (!target_find(c->control->agent, target)) {
		say_error(c, "unknown", "there is no such target; see: oobm status");
		return -1;
	}
	if (!may(c, RIGHT_POWER, target) && !(right == RIGHT_READ && may(c, RIGHT_READ, target))) {
		say_error(c, "permission", "you may not press its buttons; ask for power = {...} in your operator section of the config");
		return -1;
	}
	snprintf(ask->target, sizeof ask->target, "%s", target);
	snprintf(ask->verb, sizeof ask->verb, "%s", verb);
	snprintf(ask->by, sizeof ask->by, "%s", c->by);
	snprintf(ask->key, sizeof ask->key, "%s", c->key);
	ask->uid = c->uid;
	return 0;
}

static void on_tried(void *arg, bool ok, const char *led, const char *text)
{
	struct client *c = arg;
	char reply[400];

	(void)led;
	c->power = 0;
	timer_set(c->timer, CLIENT_MS);
	if (!ok) {
		snprintf(reply, sizeof reply, "nothing is pending, as it could not be done: %s", text);
		say_error(c, "refused", reply);
	} else if (pending_add(c->control->agent, &c->later, c->later_in, reply, sizeof reply) < 0) {
		say_error(c, "refused", reply);
	} else {
		say_ok(c, reply);
	}
}

static void begin_power(struct client *c, const struct power_ask *ask, const struct power_ops *ops)
{
	char reply[300];
	int64_t id = power_do(c->control->agent, ask, ops, c, reply, sizeof reply);

	if (id < 0)
		say_error(c, "refused", reply);
	else
		c->power = id;
}

/* Somebody will count on it: what is bound to fail is to be known now. */
static void power_later(struct client *c, const struct msg *m, const struct power_ask *ask)
{
	static const struct power_ops ops = { .done = on_tried };
	struct power_ask try = *ask;
	int64_t in;

	/* whoever may only look is not to fill the list, nor to have messages sent that cost money */
	if (strcmp(ask->verb, "status") == 0) {
		say_error(c, "usage", "a status is told at once; leave --in out");
		return;
	}
	if (msg_int(m, "in", SEC_MS, PENDING_MAX_MS, &in) < 0) {
		say_error(c, "usage", "--in takes a time from 1 second to 7 days");
		return;
	}
	c->later = *ask;
	c->later_in = in;
	try.only_try = true;
	begin_power(c, &try, &ops);
}

static void power(struct client *c, const struct msg *m)
{
	static const struct power_ops ops = { on_progress, on_power_done };
	struct power_ask ask;

	if (take_power(c, m, &ask) < 0)
		return;
	if (msg_get(m, "in"))
		power_later(c, m, &ask);
	else
		begin_power(c, &ask, &ops);
}

/* Takes back what is pending; with a target, ends what is running for it, too. */
static void cancel(struct client *c, const struct msg *m)
{
	struct agent *a = c->control->agent;
	const char *target = msg_get(m, "target");
	int64_t id = 0;
	char reply[300], both[400];
	int rc;

	if (msg_get(m, "id") && msg_int(m, "id", 1, INT64_MAX, &id) < 0) {
		say_error(c, "usage", "a pending action has a number; see: oobm pending");
		return;
	}
	if (target && (!target_find(a, target) || !may(c, RIGHT_POWER, target))) {
		say_error(c, "unknown", "there is no such target that you may switch; see: oobm status");
		return;
	}
	rc = pending_cancel(a, id, target ? target : "", c->by, may_press, c, reply, sizeof reply);
	if (target && power_running(a, target)) {
		power_abort(a, target);
		snprintf(both, sizeof both, "%s%swhat was running is ended, and its buttons are let go", rc < 0 ? "" : reply,
			 rc < 0 ? "" : "; ");
		say_ok(c, both);
	} else if (rc < 0) {
		say_error(c, "refused", reply);
	} else {
		say_ok(c, reply);
	}
}

/* An operator by name; else the account, with as much of the key as tells it from others. */
static void name_client(struct client *c)
{
	const struct rights_operator *o = rights_who(&c->control->agent->rights, c->uid, c->key);

	if (!o && *c->key)
		snprintf(c->by, sizeof c->by, "%.15s %.15s", c->account, c->key);
	else
		snprintf(c->by, sizeof c->by, "%s", o ? o->name : c->account);
}

/* Who it is: by its account; in a shared one, by the key. Returns -1 when it has been refused. */
static int take_identity(struct client *c, const struct msg *m, int rule)
{
	const char *key = msg_get(m, "key");

	if (key && !rights_key_ok(key)) {
		say_error(c, "usage", "a key is told by its fingerprint: SHA256: and 43 characters");
		return -1;
	}
	snprintf(c->key, sizeof c->key, "%s", key ? key : "");
	name_client(c);
	if ((rule == CONTROL_UP || rule == CONTROL_DOWN || rule == CONTROL_EXTEND || rule == CONTROL_LOG_LEVEL) &&
	    !may(c, RIGHT_WINDOW, NULL)) {
		say_error(c, "permission", "you may not do that; ask for window = yes in your operator section of the config");
		return -1;
	}
	return 0;
}

static void on_msg(void *arg, const struct msg *m, int rule)
{
	struct client *c = arg;

	if (c->power)	/* one thing at a time */
		return;
	timer_set(c->timer, CLIENT_MS);
	if (take_identity(c, m, rule) < 0)
		return;
	switch (rule) {
	case CONTROL_STATUS:
		say_status(c);
		break;
	case CONTROL_UP:
		command(c, m, COMMAND_UP);
		break;
	case CONTROL_DOWN:
		down(c);
		break;
	case CONTROL_EXTEND:
		command(c, m, COMMAND_EXTEND);
		break;
	case CONTROL_HISTORY:
		say_history(c, m);
		break;
	case CONTROL_LOG_LEVEL:
		set_level(c, m);
		break;
	case CONTROL_POWER:
		power(c, m);
		break;
	case CONTROL_CANCEL:
		cancel(c, m);
		break;
	case CONTROL_PENDING:
		pending_put(c->control->agent, chan_out(c->chan));
		say_ok(c, "");
		break;
	case CONTROL_TARGETS:
		control_put_targets(c->control->agent, c->uid, c->key, chan_out(c->chan));
		say_ok(c, "");
		break;
	}
	/* the client closes when it has read the answer; that of a press takes its time */
	if (c->used && c->power)
		timer_stop(c->timer);
}

static void on_end(void *arg, const char *why)
{
	struct client *c = arg;

	if (why)
		log_warn("control socket: %s sent something that is no request: %s", c->by, why);
	drop(c);
}

static void on_client_timer(void *arg)
{
	drop(arg);
}

/* --- connections ------------------------------------------------------------------------------------------------ */

/* Returns -1 where the system does not tell: then nothing may be asked. */
static int name_peer(struct client *c, int fd)
{
	const struct passwd *pw;
	uid_t uid;

	if (os_peer_uid(fd, &uid) < 0)
		return -1;
	c->uid = uid;
	pw = getpwuid(uid);
	if (pw)
		snprintf(c->account, sizeof c->account, "%s", pw->pw_name);
	else
		snprintf(c->account, sizeof c->account, "uid %u", (unsigned)uid);
	snprintf(c->by, sizeof c->by, "%s", c->account);
	return 0;
}

/* Of whom has most connections, the one that is there longest, if it does not wait for a machine; NULL if nobody has two
 * more than UID. */
static struct client *who_has_most(struct control *ctl, uint32_t uid)
{
	size_t count[CLIENTS_MAX] = { 0 }, most = 1;
	struct client *found = NULL;

	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		for (size_t k = 0; k < CLIENTS_MAX; k++)
			count[i] += ctl->client[k].uid == ctl->client[i].uid;
		if (ctl->client[i].uid == uid)
			most = count[i] + 1;
	}
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *c = &ctl->client[i];

		if (!c->power && (count[i] > most || (found && count[i] == most && c->number < found->number))) {
			most = count[i];
			found = c;
		}
	}
	return found;
}

/* A place for one more, of UID; NULL if there is none. Who may connect and do nothing else must not keep others out. */
static struct client *make_place(struct control *ctl, uint32_t uid)
{
	struct client *c;

	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (!ctl->client[i].used) {
			ctl->full = false;
			return &ctl->client[i];
		}
	if (!ctl->full)
		log_warn("too many clients on the control socket; of whom has most, or the newest, one is shown out");
	ctl->full = true;
	c = who_has_most(ctl, uid);
	if (c)
		drop(c);
	return c;
}

static void on_connection(void *arg, int ready)
{
	static const struct chan_ops ops = { on_msg, on_end };
	struct control *ctl = arg;
	struct client *c, next = { .control = ctl, .used = true, .number = ctl->came++ };
	int fd = accept(ctl->fd, NULL, NULL);

	(void)ready;
	if (fd < 0)
		return;
	if (name_peer(&next, fd) < 0) {
		log_warn("control socket: somebody unknown is shown out");
		close(fd);
		return;
	}
	c = make_place(ctl, next.uid);
	if (!c) {
		close(fd);
		return;
	}
	*c = next;
	c->timer = timer_new(ctl->agent->loop, on_client_timer, c);
	timer_set(c->timer, CLIENT_MS);
	c->chan = chan_new(ctl->agent->loop, fd, permit_control, CONTROL_RULES, &ops, c);
}

void control_open(struct agent *a, int listen_fd)
{
	struct control *ctl = calloc(1, sizeof *ctl);

	if (!ctl) {
		log_error("out of memory");
		exit(1);
	}
	if (fcntl(listen_fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(listen_fd, F_SETFD, FD_CLOEXEC) < 0) {
		log_error("no control socket on descriptor %d: %s", listen_fd, strerror(errno));
		free(ctl);
		return;
	}
	ctl->agent = a;
	ctl->fd = listen_fd;
	ctl->watch = watch_new(a->loop, listen_fd, LOOP_READ, on_connection, ctl);
	a->control = ctl;
}

void control_close(struct agent *a)
{
	if (!a->control)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (a->control->client[i].used)
			drop(&a->control->client[i]);
	watch_free(a->control->watch);
	close(a->control->fd);
	free(a->control);
	a->control = NULL;
}
