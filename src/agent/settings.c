#include "agent/agent.h"
#include "base/log.h"
#include "ipc/permit.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

static void copy(char *to, size_t size, const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	snprintf(to, size, "%s", v ? v : "");
}

static int64_t number(const struct msg *m, const char *key, int64_t lo, int64_t hi, int64_t otherwise)
{
	int64_t v;

	return msg_int(m, key, lo, hi, &v) == 0 ? v : otherwise;
}

static int take_modem(struct agent *a, const struct msg *m)
{
	struct modem_config *c = &a->set.modem;
	const char *init = msg_get(m, "init");

	copy(c->device, sizeof c->device, m, "device");
	copy(c->command_device, sizeof c->command_device, m, "command");
	copy(c->usb, sizeof c->usb, m, "usb");
	copy(c->profile, sizeof c->profile, m, "profile");
	copy(c->pin, sizeof c->pin, m, "pin");
	copy(c->apn, sizeof c->apn, m, "apn");
	copy(c->dial, sizeof c->dial, m, "dial");
	c->data_interface = (int)number(m, "data-interface", -1, 255, -1);
	c->command_interface = (int)number(m, "command-interface", -1, 255, -1);
	c->timeout = number(m, "timeout", 100, DAY_MS, 5000);
	c->ninit = 0;
	while (init && *init && c->ninit < MODEM_INIT_MAX) {
		size_t n = strcspn(init, ";");

		snprintf(c->init[c->ninit++], sizeof c->init[0], "%.*s", (int)n, init);
		init += n;
		init += *init == ';';
	}
	return 0;
}

static int take_owner(struct agent *a, const struct msg *m)
{
	struct policy_owner *o = &a->policy.owner[a->policy.n];
	const char *commands = msg_get(m, "commands");

	if (a->policy.n == POLICY_OWNERS_MAX) {
		log_error("more than %d numbers are listed", POLICY_OWNERS_MAX);
		return -1;
	}
	*o = (struct policy_owner){ 0 };
	copy(o->name, sizeof o->name, m, "name");
	copy(o->number, sizeof o->number, m, "number");
	copy(o->secret, sizeof o->secret, m, "secret");
	if (policy_commands_parse(commands ? commands : "up,down,extend,status", &o->commands) < 0) {
		log_error("owner %s: unknown command in '%s'", o->name, commands);
		return -1;
	}
	a->policy.n++;
	return 0;
}

static int take_window(struct agent *a, const struct msg *m)
{
	struct machine_limits *l = &a->set.limits;

	l->length = number(m, "length", 1000, DAY_MS, 30 * 60000);
	l->max = number(m, "max", 1000, 7 * DAY_MS, 4 * 3600000);
	l->warn = number(m, "warn", 0, DAY_MS, 5 * 60000);
	l->tries = (unsigned)number(m, "tries", 1, 100, 3);
	l->pause = number(m, "pause", 0, DAY_MS, 30000);
	l->dial = number(m, "dial-timeout", 1000, DAY_MS, 60000);
	l->check = number(m, "check-timeout", 1000, DAY_MS, 30000);
	l->connect = number(m, "connect-timeout", 1000, DAY_MS, 60000);
	l->close = number(m, "close-timeout", 1000, DAY_MS, 20000);
	l->report = number(m, "report-timeout", 1000, DAY_MS, 180000);
	copy(a->set.probe, sizeof a->set.probe, m, "probe");
	a->set.budget = (uint64_t)number(m, "budget", 0, INT64_MAX, 0);
	a->set.budget_day = (int)number(m, "budget-day", 1, USAGE_DAY_MAX, 1);
	a->policy.max_age_s = number(m, "age", 0, 365 * DAY_MS, 600000) / 1000;
	return 0;
}

static int take_relay(struct agent *a, const struct msg *m)
{
	struct agent_relay *r = &a->set.relay[a->set.nrelay];

	if (a->set.nrelay == AGENT_RELAYS_MAX)
		return -1;
	copy(r->name, sizeof r->name, m, "name");
	copy(r->host, sizeof r->host, m, "host");
	copy(r->user, sizeof r->user, m, "user");
	copy(r->forwards, sizeof r->forwards, m, "forwards");
	copy(r->display, sizeof r->display, m, msg_get(m, "display") ? "display" : "host");
	r->port = number(m, "port", 1, 65535, 22);
	a->set.nrelay++;
	return 0;
}

static int take_target(struct agent *a, const struct msg *m)
{
	struct agent_target *t = &a->target[a->ntarget];

	if (a->ntarget == AGENT_TARGETS_MAX)
		return -1;
	*t = (struct agent_target){ 0 };
	copy(t->name, sizeof t->name, m, "name");
	t->power = number(m, "power", 0, 1, 0);
	t->console = number(m, "console", 0, 1, 0);
	a->ntarget++;
	return 0;
}

static int take_operator(struct agent *a, const struct msg *m)
{
	const char *window = msg_get(m, "window");
	int64_t uid;

	if (msg_int(m, "uid", 0, UINT32_MAX, &uid) < 0)
		return -1;
	return rights_add(&a->rights, msg_get(m, "name"), (uint32_t)uid, msg_get(m, "key"), msg_get(m, "power"),
			  msg_get(m, "write"), msg_get(m, "read"), window && strcmp(window, "yes") == 0);
}

int settings_take(struct agent *a, const struct msg *m, int rule)
{
	switch (rule) {
	case AGENT_MODEM:
		return take_modem(a, m);
	case AGENT_OWNER:
		return take_owner(a, m);
	case AGENT_WINDOW:
		return take_window(a, m);
	case AGENT_RELAY:
		return take_relay(a, m);
	case AGENT_PUSHOVER:
		a->set.push = strcmp(msg_get(m, "enabled"), "1") == 0;
		return 0;
	case AGENT_TARGET:
		return take_target(a, m);
	case AGENT_OPERATOR:
		return take_operator(a, m);
	case AGENT_PATHS:
		copy(a->set.state_dir, sizeof a->set.state_dir, m, "state");
		return 0;
	default:
		return -1;
	}
}
