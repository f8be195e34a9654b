/* control_show.c - how things stand, as clients are shown it. */
#include "agent/agent.h"
#include "base/clock.h"
#include "config.h"
#include "os/os.h"

#include <stdio.h>
#include <string.h>

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

void control_put_status(struct agent *a, struct buf *out)
{
	int64_t now = clock_mono_ms();
	struct msg_out o;

	msg_begin(&o, out, "status");
	msg_str(&o, "state", machine_state_name(a->machine.state));
	msg_num(&o, "since", now - a->machine.since);
	msg_num(&o, "uptime", now - a->started);
	msg_str(&o, "version", PACKAGE_VERSION);
	put_modem(a, &o);
	msg_str(&o, "error", or_null(a->modem_error[0] ? a->modem_error : a->machine.window.reason));
	put_window(a, &o);
	put_link(a, &o);
	msg_num(&o, "month", (int64_t)meter_month(a));
	if (a->set.budget)
		msg_num(&o, "budget", (int64_t)a->set.budget);
	if (spool_count(a))
		msg_num(&o, "spool", (int64_t)spool_count(a));
	if (a->machine.state == MACHINE_PAUSING || (a->machine.state == MACHINE_OFFLINE && a->machine.deadline))
		msg_num(&o, "next", a->machine.deadline > now ? a->machine.deadline - now : 0);
	msg_end(&o);
}

static void put_may(const struct agent *a, uint32_t uid, const char *key, const struct agent_target *t, struct msg_out *o)
{
	static const struct { enum right right; const char *name; } rights[] = {
		{ RIGHT_READ, "read" }, { RIGHT_WRITE, "write" }, { RIGHT_POWER, "power" },
	};
	char list[32] = "";

	for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
		if (rights_may(&a->rights, uid, key, rights[i].right, t->name))
			snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *list ? "," : "", rights[i].name);
	msg_str(o, "may", or_null(list));
}

/* What its console says is for those who may read it. */
static void put_console(const struct agent *a, uint32_t uid, const char *key, const struct agent_target *t, struct msg_out *o)
{
	if (!t->console || !rights_may(&a->rights, uid, key, RIGHT_READ, t->name))
		return;
	msg_num(o, "recording", t->recording);
	msg_str(o, "console-fault", or_null(t->console_fault));
	if (!t->last[0])
		return;
	msg_str(o, "last", t->last);
	msg_num(o, "last-age", clock_mono_ms() - t->last_at);
}

void control_put_targets(const struct agent *a, uint32_t uid, const char *key, struct buf *out)
{
	for (size_t i = 0; i < a->ntarget; i++) {
		const struct agent_target *t = &a->target[i];
		struct msg_out o;

		msg_begin(&o, out, "target");
		msg_str(&o, "name", t->name);
		msg_num(&o, "power", t->power);
		msg_num(&o, "console", t->console);
		msg_str(&o, "led", or_null(t->led));
		if (t->queue)
			msg_num(&o, "queue", t->queue);
		msg_str(&o, "fault", or_null(t->fault));
		put_console(a, uid, key, t, &o);
		put_may(a, uid, key, t, &o);
		msg_end(&o);
	}
}
