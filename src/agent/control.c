/* control.c - the control socket: who may connect is decided by the socket's owner and mode, which the
 * parent set; what is asked is held against ipc/control.c, and noted with the asker's name. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "config.h"
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

struct client {
	struct control *control;
	struct chan *chan;
	struct timer *timer;	/* it asks, takes the answer, and goes; or it is shown out */
	char by[POLICY_NAME_MAX];
	bool used;
};

struct control {
	struct agent *agent;
	struct watch *watch;
	int fd;
	bool full;		/* said */
	struct client client[CLIENTS_MAX];
};

static void drop(struct client *c)
{
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

/* --- status ------------------------------------------------------------------------------------------------ */

static const char *or_null(const char *s)
{
	return s[0] ? s : NULL;
}

static void put_modem(const struct agent *a, struct msg_out *o)
{
	const struct modem_info *i = modem_get_info(a->modem);

	msg_str(o, "model", or_null(i->model));
	msg_str(o, "operator", or_null(i->operator));
	msg_str(o, "registration", or_null(i->registration));
	msg_str(o, "sim", or_null(i->sim));
	if (i->signal_dbm)
		msg_num(o, "signal", i->signal_dbm);
}

static void put_window(const struct agent *a, struct msg_out *o)
{
	const struct machine_window *w = &a->machine.window;
	int64_t left = w->end - clock_mono_ms(), wall = wall_trusted(a);

	if (!w->id)
		return;
	msg_num(o, "length", w->length);
	msg_num(o, "try", w->failures + 1);
	msg_num(o, "tries", a->set.limits.tries);
	msg_str(o, "by", or_null(a->window.by));
	if (!w->opened)
		return;
	msg_num(o, "left", left > 0 ? left : 0);
	if (wall)
		msg_num(o, "end", wall + left / 1000);
}

static void put_link(const struct agent *a, struct msg_out *o)
{
	uint64_t received = 0, sent = 0;
	char url[512], command_line[512];

	if (!a->machine.window.id)
		return;
	if (a->link.up) {
		os_interface_bytes(a->link.ifname, &received, &sent);
		msg_str(o, "ifname", a->link.ifname);
		msg_str(o, "local", a->link.local);
	}
	msg_num(o, "received", (int64_t)(a->window.received + received));
	msg_num(o, "sent", (int64_t)(a->window.sent + sent));
	if (a->machine.state == MACHINE_OPEN) {
		ssh_address(a, url, sizeof url, command_line, sizeof command_line);
		msg_str(o, "ssh", url);
	}
}

static void say_status(struct client *c)
{
	const struct agent *a = c->control->agent;
	int64_t now = clock_mono_ms();
	struct msg_out o;

	msg_begin(&o, chan_out(c->chan), "status");
	msg_str(&o, "state", machine_state_name(a->machine.state));
	msg_num(&o, "since", now - a->machine.since);
	msg_num(&o, "uptime", now - a->started);
	msg_str(&o, "version", PACKAGE_VERSION);
	put_modem(a, &o);
	msg_str(&o, "error", or_null(a->modem_error[0] ? a->modem_error : a->machine.window.reason));
	put_window(a, &o);
	put_link(a, &o);
	if (spool_count(a))
		msg_num(&o, "spool", (int64_t)spool_count(a));
	if (a->machine.state == MACHINE_PAUSING || (a->machine.state == MACHINE_OFFLINE && a->machine.deadline))
		msg_num(&o, "next", a->machine.deadline > now ? a->machine.deadline - now : 0);
	finish(c, &o);
	say_ok(c, "");
}

/* --- requests ------------------------------------------------------------------------------------------------ */

static void say_history(struct client *c, const struct msg *m)
{
	int64_t count = HISTORY_COUNT;

	if (msg_get(m, "count") && msg_int(m, "count", 1, 1000, &count) < 0) {
		say_error(c, "usage", "the count is a number from 1 to 1000");
		return;
	}
	history_tail(c->control->agent, (size_t)count, chan_out(c->chan));
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

static void on_msg(void *arg, const struct msg *m, int rule)
{
	struct client *c = arg;

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
	}
	/* the client closes when it has read the answer */
	timer_set(c->timer, CLIENT_MS);
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

static void name_peer(int fd, char *out, size_t size)
{
	uid_t uid;
	const struct passwd *pw;

	if (os_peer_uid(fd, &uid) < 0) {
		snprintf(out, size, "?");
		return;
	}
	pw = getpwuid(uid);
	if (pw)
		snprintf(out, size, "%s", pw->pw_name);
	else
		snprintf(out, size, "uid %u", (unsigned)uid);
}

static void on_connection(void *arg, int ready)
{
	static const struct chan_ops ops = { on_msg, on_end };
	struct control *ctl = arg;
	struct client *c = NULL;
	int fd = accept(ctl->fd, NULL, NULL);

	(void)ready;
	if (fd < 0)
		return;
	for (size_t i = 0; i < CLIENTS_MAX && !c; i++)
		if (!ctl->client[i].used)
			c = &ctl->client[i];
	if (!c) {
		if (!ctl->full)
			log_warn("too many clients on the control socket; the newest are shown out");
		ctl->full = true;
		close(fd);
		return;
	}
	ctl->full = false;
	*c = (struct client){ .control = ctl, .used = true };
	name_peer(fd, c->by, sizeof c->by);
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
