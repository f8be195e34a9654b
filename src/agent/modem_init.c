/* modem_init.c - from an open port to a modem that can be used, as a list of steps. */
#include "agent/modem_impl.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/at.h"

#include <stdio.h>
#include <string.h>

#define SYNC_TRIES 5
#define REPEAT_MS (2 * SEC_MS)
#define REPEATS_MAX 30		/* a minute for the SIM to start, another to register */
#define UNREGISTERED_MAX 10	/* minutes, then the modem is opened anew */

enum verdict { NEXT, REPEAT, AGAIN, FAILED };	/* AGAIN: the same step at once, with the next variant */

struct step {
	const char *what;	/* for people */
	/* Writes the command; returns false to skip the step. */
	bool (*command)(struct modem *m, char *out, size_t size);
	const char *fixed;	/* the command, where there is nothing to compute */
	enum verdict (*take)(struct modem *m, const struct chat_result *r);	/* NULL: the answer does not matter */
	int64_t timeout;	/* 0: the config's */
};

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

/* The first information line without its "+XXXX: ". */
static void first_value(const char *info, char *out, size_t size)
{
	const char *colon;
	size_t n = strcspn(info, "\n");

	colon = memchr(info, ':', n);
	if (info[0] == '+' && colon) {
		n -= (size_t)(colon + 1 - info);
		info = colon + 1;
	}
	while (n > 0 && (*info == ' ' || *info == '"')) {
		info++;
		n--;
	}
	while (n > 0 && (info[n - 1] == ' ' || info[n - 1] == '"'))
		n--;
	snprintf(out, size, "%.*s", (int)n, info);
}

static enum verdict must(struct modem *m, const struct chat_result *r)
{
	(void)m;
	return r->end == CHAT_OK ? NEXT : FAILED;
}

/* Busy SIM or network (CME 14, 515), or any refusal right after a start: again later. */
static enum verdict must_in_time(struct modem *m, const struct chat_result *r)
{
	(void)m;
	return r->end == CHAT_OK ? NEXT : REPEAT;
}

static enum verdict take_manufacturer(struct modem *m, const struct chat_result *r)
{
	first_value(r->info, m->manufacturer, sizeof m->manufacturer);
	if (strcmp(m->c.profile, "auto") == 0)
		m->profile = profile_by_manufacturer(m->manufacturer);
	return NEXT;
}

static enum verdict take_model(struct modem *m, const struct chat_result *r)
{
	char model[MODEM_TEXT_MAX];

	first_value(r->info, model, sizeof model);
	snprintf(m->info.model, sizeof m->info.model, "%.30s %.30s", m->manufacturer, model);
	return NEXT;
}

static bool profile_command(struct modem *m, char *out, size_t size)
{
	if (!m->profile->init[m->sub])
		return false;
	copy(out, size, m->profile->init[m->sub]);
	return true;
}

static enum verdict take_profile(struct modem *m, const struct chat_result *r)
{
	if (r->end != CHAT_OK)
		log_debug("%s: %s", m->profile->init[m->sub], r->text);
	m->sub++;
	return AGAIN;
}

static bool own_command(struct modem *m, char *out, size_t size)
{
	if (m->sub >= m->c.ninit)
		return false;
	copy(out, size, m->c.init[m->sub]);
	return true;
}

static enum verdict take_own(struct modem *m, const struct chat_result *r)
{
	if (r->end != CHAT_OK)
		log_warn("init command %s: %s", m->c.init[m->sub], r->text);
	m->sub++;
	return AGAIN;
}

/* Some answer "+CPIN: READY" without OK (Wavecom): a time-out with the line is as good. */
static enum verdict take_pin(struct modem *m, const struct chat_result *r)
{
	char state[32];

	first_value(r->info, state, sizeof state);
	copy(m->info.sim, sizeof m->info.sim, state[0] ? state : r->text);
	if (strcmp(state, "READY") == 0) {
		m->ops->pin_accepted(m->arg);
		return NEXT;
	}
	if (strcmp(state, "SIM PIN") == 0)
		return NEXT;
	if (state[0]) {
		log_error("the SIM wants %s: put it into a phone and unlock it there", state);
		return FAILED;
	}
	if (r->code == 10) {
		log_error("no SIM in the modem");
		return FAILED;
	}
	return REPEAT;
}

/* A refused one is not tried again: three wrong ones lock the card for good, and nobody is there to type the
 * PUK. */
static bool enter_pin(struct modem *m, char *out, size_t size)
{
	if (strcmp(m->info.sim, "SIM PIN") != 0)
		return false;
	if (!m->c.pin[0]) {
		log_error("the SIM wants its PIN: set pin-file in the section modem, or switch the PIN off");
		return false;
	}
	if (!m->ops->pin_allowed(m->arg)) {
		log_error("this PIN was refused before, or is never answered, and is not tried again; correct pin-file");
		return false;
	}
	snprintf(out, size, "AT+CPIN=\"%s\"", m->c.pin);
	return true;
}

static enum verdict take_entered(struct modem *m, const struct chat_result *r)
{
	if (r->end != CHAT_OK) {
		/* a busy card (CME 14) has not looked at it; and who knows what came of one that was not answered */
		if (r->end == CHAT_ERROR && r->code != 14)
			m->ops->pin_refused(m->arg);
		log_error("the SIM refused the PIN: %s", r->text);
		return FAILED;
	}
	m->ops->pin_accepted(m->arg);
	return NEXT;
}

static enum verdict take_pin_ready(struct modem *m, const struct chat_result *r)
{
	first_value(r->info, m->info.sim, sizeof m->info.sim);
	if (strcmp(m->info.sim, "READY") == 0)
		return NEXT;
	return strcmp(m->info.sim, "SIM PIN") == 0 ? FAILED : REPEAT;
}

/* +CREG: <n>,<stat>... (27.007 7.2); the same form for +CGREG (10.1.20) and +CEREG (10.1.22). */
static const char *registration_text(long stat)
{
	static const char *const texts[] = {
		"not registered", "home", "searching", "denied", "unknown", "roaming", "home (SMS only)",
		"roaming (SMS only)",
	};

	return stat >= 0 && stat < (long)(sizeof texts / sizeof *texts) ? texts[stat] : "unknown";
}

static const char *const registration_commands[] = { "AT+CREG?", "AT+CGREG?", "AT+CEREG?" };
#define REGISTRATIONS (sizeof registration_commands / sizeof *registration_commands)

static void note_registration(struct modem *m, const char *info)
{
	long stat;

	if (at_field_int(info, 1, 0, 10, &stat) < 0)
		return;
	if (stat == 1 || stat == 5 || stat == 6 || stat == 7)
		m->info.registered = true;
	else if (m->info.registered)
		return;		/* one domain is enough: LTE sticks may show 2 for +CREG */
	copy(m->info.registration, sizeof m->info.registration, registration_text(stat));
}

static bool ask_registration(struct modem *m, char *out, size_t size)
{
	if (m->sub >= REGISTRATIONS)
		return false;
	copy(out, size, registration_commands[m->sub]);
	return true;
}

static enum verdict take_registration(struct modem *m, const struct chat_result *r)
{
	if (m->sub == 0 && m->repeats == 0)
		m->info.registered = false;
	if (r->end == CHAT_OK)
		note_registration(m, r->info);
	if (m->info.registered)
		return NEXT;
	if (++m->sub < REGISTRATIONS)
		return AGAIN;
	m->sub = 0;
	return REPEAT;
}

/* +CSQ: <rssi>,<ber> (27.007 8.5): 0..31 is -113..-51 dBm, 99 unknown */
static enum verdict take_signal(struct modem *m, const struct chat_result *r)
{
	long rssi;

	if (r->end == CHAT_OK && at_field_int(r->info, 0, 0, 31, &rssi) == 0)
		m->info.signal_dbm = (int)(-113 + 2 * rssi);
	else
		m->info.signal_dbm = 0;
	return NEXT;
}

/* +COPS: <mode>,<format>,<oper>[,<AcT>] (27.007 7.3) */
static enum verdict take_operator(struct modem *m, const struct chat_result *r)
{
	if (r->end != CHAT_OK || at_field(r->info, 2, m->info.operator, sizeof m->info.operator) < 0)
		copy(m->info.operator, sizeof m->info.operator, "unknown operator");
	return NEXT;
}

static bool ask_cnmi(struct modem *m, char *out, size_t size)
{
	if (!m->profile->cnmi[m->sub]) {
		log_warn("the modem announces no messages; they are found once a minute");
		return false;
	}
	snprintf(out, size, "AT+CNMI=%s", m->profile->cnmi[m->sub]);
	return true;
}

static enum verdict take_cnmi(struct modem *m, const struct chat_result *r)
{
	if (r->end == CHAT_OK)
		return NEXT;
	m->sub++;
	return AGAIN;
}

static const struct step steps[] = {
	{ "echo off", NULL, "ATE0", must, 0 },
	{ "error texts", NULL, "AT+CMEE=1", NULL, 0 },
	{ "manufacturer", NULL, "AT+CGMI", take_manufacturer, 0 },
	{ "model", NULL, "AT+CGMM", take_model, 0 },
	{ "profile", profile_command, NULL, take_profile, 0 },
	{ "own commands", own_command, NULL, take_own, 0 },
	{ "radio on", NULL, "AT+CFUN=1", NULL, 15 * SEC_MS },
	{ "SIM", NULL, "AT+CPIN?", take_pin, 0 },
	{ "SIM PIN", enter_pin, NULL, take_entered, 15 * SEC_MS },
	{ "SIM ready", NULL, "AT+CPIN?", take_pin_ready, 0 },
	/* the carrier line follows the call, and dropping DTR hangs up (V.250 6.2.8, 6.2.9) */
	{ "DCD", NULL, "AT&C1", NULL, 0 },
	{ "DTR", NULL, "AT&D2", NULL, 0 },
	{ "PDU mode", NULL, "AT+CMGF=0", must_in_time, 0 },
	{ "registration", ask_registration, NULL, take_registration, 0 },
	{ "signal", NULL, "AT+CSQ", take_signal, 0 },
	{ "operator", NULL, "AT+COPS?", take_operator, 20 * SEC_MS },
	{ "announce messages", ask_cnmi, NULL, take_cnmi, 0 },
};
#define STEPS (sizeof steps / sizeof *steps)

static void run_step(struct modem *m);

static void next_step(struct modem *m)
{
	m->step++;
	m->repeats = m->sub = 0;
	run_step(m);
}

static void repeat_step(struct modem *m, const char *why)
{
	const struct step *s = &steps[m->step];

	if (++m->repeats > REPEATS_MAX) {
		if (strcmp(s->what, "registration") == 0)
			modem_fail(m, "no network: %s (antenna? credit? SIM?)", m->info.registration);
		else
			modem_fail(m, "%s: %s", s->what, why);
		return;
	}
	timer_set(m->timer, REPEAT_MS);
}

static void on_step(void *arg, const struct chat_result *r)
{
	struct modem *m = arg;
	const struct step *s = &steps[m->step];
	enum verdict v;

	if (m->phase != MODEM_INIT || r->end == CHAT_GONE || r->end == CHAT_CANCELLED)
		return;
	v = s->take ? s->take(m, r) : NEXT;
	if (v == NEXT)
		next_step(m);
	else if (v == AGAIN)
		run_step(m);
	else if (v == REPEAT)
		repeat_step(m, r->text);
	else
		modem_fail(m, "the modem cannot be used: %s: %s", s->what, r->end == CHAT_OK ? r->info : r->text);
}

static void run_step(struct modem *m)
{
	char command[160];

	if (m->step >= STEPS) {
		modem_initialised(m);
		return;
	}
	if (steps[m->step].command && !steps[m->step].command(m, command, sizeof command)) {
		next_step(m);
		return;
	}
	if (!steps[m->step].command)
		copy(command, sizeof command, steps[m->step].fixed);
	chat_command(m->command, steps[m->step].timeout ? steps[m->step].timeout : m->c.timeout, on_step, m, "%s",
		     command);
	memset(command, 0, sizeof command);
}

static void on_synced(void *arg, const struct chat_result *r)
{
	struct modem *m = arg;

	if (m->phase != MODEM_INIT || r->end == CHAT_GONE)
		return;
	if (r->end != CHAT_OK) {
		modem_fail(m, "%s does not answer AT: is it the modem's command port?",
			   m->command_port ? m->command_path : m->path);
		return;
	}
	run_step(m);
}

void modem_init_start(struct modem *m)
{
	m->step = 0;
	m->repeats = m->sub = 0;
	m->info.registered = false;
	m->profile = profile_by_name(m->c.profile);
	if (!m->profile)
		m->profile = profile_by_name("generic");
	if (m->command_port)
		chat_sync(m->data, SYNC_TRIES, NULL, NULL);
	chat_sync(m->command, SYNC_TRIES, on_synced, m);
}

void modem_init_timer(struct modem *m)
{
	run_step(m);
}

static void on_poll_signal(void *arg, const struct chat_result *r)
{
	take_signal(arg, r);
}

static void on_poll_registration(void *arg, const struct chat_result *r)
{
	if (r->end == CHAT_OK)
		note_registration(arg, r->info);
}

void modem_poll(struct modem *m)
{
	m->unregistered = m->info.registered ? 0 : m->unregistered + 1;
	if (m->unregistered > UNREGISTERED_MAX) {
		m->unregistered = 0;
		modem_fail(m, "no network for %d minutes: %s", UNREGISTERED_MAX, m->info.registration);
		return;
	}
	m->info.registered = false;
	for (size_t i = 0; i < REGISTRATIONS; i++)
		chat_command(m->command, m->c.timeout, on_poll_registration, m, "%s", registration_commands[i]);
	chat_command(m->command, m->c.timeout, on_poll_signal, m, "AT+CSQ");
}
