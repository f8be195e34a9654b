/* notice.c - what the owner is told, in words; spool.c delivers it. An SMS has 160 characters. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/bytes.h"

#include <stdio.h>
#include <string.h>

/* A failure inside a window that was open is told once by SMS; more would eat the credit. */
#define RETRIES_TOLD_MAX 3
/* One that comes and goes is told of by SMS no more often than this. */
#define BACKS_TOLD_MAX 3

/* The beginning of a reason, ended at a word; a full stop follows the two dots. Whole sentences are in the
 * history. */
static const char *clipped(const char *reason, char *out, size_t size)
{
	size_t n = strlen(reason);

	if (n < size) {
		memcpy(out, reason, n + 1);
		return out;
	}
	n = size - sizeof "..";
	while (n > size / 2 && reason[n] != ' ')
		n--;
	while (n > 0 && strchr(" ,;:(", reason[n - 1]))
		n--;
	memcpy(out, reason, n);
	memcpy(out + n, "..", sizeof "..");
	return out;
}

static void set_number(const struct agent *a, const struct agent_window *w, struct notice *n)
{
	/* asked for on the box itself: the report still goes to its owner */
	const char *number = w->number[0] ? w->number : a->policy.n ? a->policy.owner[0].number : "";

	snprintf(n->number, sizeof n->number, "%s", number);
}

static unsigned push_or_sms(const struct agent *a)
{
	return a->set.push ? SPOOL_PUSH : SPOOL_SMS;
}

/* The first port of the forwards is the one for SSH. An IPv6 address needs its brackets in the URL. */
void ssh_address(const struct agent *a, char *url, size_t url_size, char *command, size_t size)
{
	const struct agent_relay *r = &a->set.relay[a->relay];
	const char *host = r->display[0] ? r->display : r->host;
	bool bare6 = strchr(host, ':') && host[0] != '[';
	int n = (int)strcspn(a->ports, ",");

	snprintf(url, url_size, "ssh://%s@%s%s%s:%.*s", r->user, bare6 ? "[" : "", host, bare6 ? "]" : "", n, a->ports);
	snprintf(command, size, "ssh -p %.*s %s@%s", n, a->ports, r->user, host);
}

static void end_text(const struct agent *a, char *out, size_t size)
{
	int64_t left = a->machine.window.end - clock_mono_ms(), wall = wall_trusted(a);
	char span[32], at[32];

	duration_format(left > 0 ? (left + 500) / 1000 * 1000 : 0, span, sizeof span);
	if (!wall) {
		snprintf(out, size, "for %s", span);
		return;
	}
	wall_format(wall + (left + 500) / 1000, at, sizeof at);
	snprintf(out, size, "until %s (%s)", at, span);
}

void notice_up(struct agent *a, bool again)
{
	struct notice n = { .priority = 1, .ways = push_or_sms(a), .passing = true };
	char command[400], end[80];

	snprintf(n.kind, sizeof n.kind, again ? "back" : "up");
	snprintf(n.title, sizeof n.title, again ? "OOBM link is back" : "OOBM link up");
	snprintf(n.url_title, sizeof n.url_title, "Open SSH");
	ssh_address(a, n.url, sizeof n.url, command, sizeof command);
	end_text(a, end, sizeof end);
	snprintf(n.text, sizeof n.text, "%s, %s.", command, end);
	set_number(a, &a->window, &n);
	n.no_sms = again && a->backs_told++ >= BACKS_TOLD_MAX;
	history_add(a, "window", "%s %s", n.title, end);
	spool_add(a, &n);
}

void notice_warn(struct agent *a)
{
	struct notice n = { .kind = "warn", .title = "OOBM link ends soon", .ways = push_or_sms(a), .passing = true };
	char command[400], end[80];

	ssh_address(a, n.url, sizeof n.url, command, sizeof command);
	end_text(a, end, sizeof end);
	snprintf(n.text, sizeof n.text, "Open %s. To go on: oobm extend", end);
	set_number(a, &a->window, &n);
	spool_add(a, &n);
}

void notice_extended(struct agent *a)
{
	struct notice n = { .kind = "extended", .title = "OOBM link extended", .ways = push_or_sms(a),
			    .passing = true };
	char end[80];

	end_text(a, end, sizeof end);
	snprintf(n.text, sizeof n.text, "Open %s.", end);
	set_number(a, &a->window, &n);
	history_add(a, "window", "extended: open %s", end);
	spool_add(a, &n);
}

void notice_retry(struct agent *a)
{
	const struct machine_window *w = &a->machine.window;
	struct notice n = { .kind = "retry", .title = "OOBM try failed", .ways = SPOOL_SMS, .passing = true };
	char pause[32], why[80];

	if (a->retries_told >= RETRIES_TOLD_MAX || (w->opened && a->retries_told >= 1))
		return;
	a->retries_told++;
	duration_format((a->machine.deadline - clock_mono_ms() + 500) / 1000 * 1000, pause, sizeof pause);
	if (w->opened)
		snprintf(n.text, sizeof n.text, "OOBM link lost: %s: %s. Next try in %s.", w->step,
			 clipped(w->reason, why, sizeof why), pause);
	else
		snprintf(n.text, sizeof n.text, "OOBM try %u of %u failed: %s: %s. Next try in %s.", w->failures,
			 a->set.limits.tries, w->step, clipped(w->reason, why, sizeof why), pause);
	set_number(a, &a->window, &n);
	spool_add(a, &n);
}

static void report_open(const struct agent *a, const struct machine_window *w, struct notice *n)
{
	char span[32], in[32], out[32], why[60], push[60];
	int64_t until = w->closed > w->opened ? w->closed : w->end;

	duration_format((until - w->opened + 500) / 1000 * 1000, span, sizeof span);
	bytes_format(a->last.received, in, sizeof in);
	bytes_format(a->last.sent, out, sizeof out);
	snprintf(n->title, sizeof n->title, "OOBM link is down");
	snprintf(n->text, sizeof n->text, "OOBM link is down: %s. It was up %s, %s in, %s out.%s%s%s%s",
		 machine_end_name(w->how), span, in, out,
		 w->how == MACHINE_END_FAILED ? " Last: " : "", w->how == MACHINE_END_FAILED ? clipped(w->reason, why, sizeof why) : "",
		 a->last.push_error[0] ? " Push failed: " : "", clipped(a->last.push_error, push, sizeof push));
}

static void report_never_open(const struct agent *a, const struct machine_window *w, struct notice *n)
{
	snprintf(n->title, sizeof n->title, "OOBM failed");
	char why[96];

	if (w->how == MACHINE_END_ASKED)
		snprintf(n->text, sizeof n->text, "OOBM: closed as asked before the link was up.");
	else
		snprintf(n->text, sizeof n->text, "OOBM failed: %s: %s. %u of %u tries. Listening again.",
			 w->step[0] ? w->step : "waiting", clipped(w->reason[0] ? w->reason : "no usable modem in time", why, sizeof why),
			 w->failures, a->set.limits.tries);
}

void notice_report(struct agent *a)
{
	const struct machine_window *w = &a->machine.last;
	struct notice n = { .kind = "report", .ways = SPOOL_SMS, .window = w->id };

	spool_drop_passing(a);
	if (w->opened)
		report_open(a, w, &n);
	else
		report_never_open(a, w, &n);
	set_number(a, &a->last, &n);
	history_add(a, "window", "%s", n.text);
	spool_add(a, &n);
}

void status_line(const struct agent *a, char *out, size_t size)
{
	const struct modem_info *i = modem_get_info(a->modem);
	const struct machine_window *w = &a->machine.window;
	char span[32], window[96] = "";

	if (w->id && w->opened) {
		duration_format(w->end - clock_mono_ms(), span, sizeof span);
		snprintf(window, sizeof window, ", %s left", span);
	} else if (w->id && w->reason[0]) {
		snprintf(window, sizeof window, ", last: %.60s", w->reason);
	}
	snprintf(out, size, "%s%s. %s %s %d dBm", machine_state_name(a->machine.state), window,
		 i->operator[0] ? i->operator : "no operator", i->registration, i->signal_dbm);
}

void notice_status(struct agent *a, const char *number)
{
	struct notice n = { .kind = "status", .title = "OOBM status", .ways = SPOOL_SMS };
	char line[150], targets[80];

	status_line(a, line, sizeof line);
	target_line(a, targets, sizeof targets);
	snprintf(n.text, sizeof n.text, "OOBM %s%s%s", line, *targets ? ". " : "", targets);
	snprintf(n.number, sizeof n.number, "%s", number);
	spool_add(a, &n);
}

void notice_refused_old(struct agent *a, const char *number)
{
	struct notice n = { .kind = "refused", .title = "OOBM refused a message", .ways = SPOOL_SMS };

	snprintf(n.text, sizeof n.text,
		 "OOBM refused your message: it is older than %d min. If it was you, send it again.",
		 (int)(a->policy.max_age_s / 60));
	snprintf(n.number, sizeof n.number, "%s", number);
	spool_add(a, &n);
}

void notice_target(struct agent *a, const char *title, const char *text)
{
	bool push = a->set.push && a->machine.state == MACHINE_OPEN;
	struct notice n = { .kind = "target", .ways = push ? SPOOL_PUSH : SPOOL_SMS };

	snprintf(n.title, sizeof n.title, "%s", title);
	snprintf(n.text, sizeof n.text, "%s", text);
	set_number(a, &a->window, &n);
	spool_add(a, &n);
}

void notice_budget(struct agent *a, unsigned percent, int month)
{
	char used[24], all[24], next[24], anew[64] = "", text[160];

	bytes_format(a->store.usage.bytes, used, sizeof used);
	bytes_format(a->set.budget, all, sizeof all);
	usage_next_text(month, a->set.budget_day, next, sizeof next);
	if (*next)
		snprintf(anew, sizeof anew, " It begins anew on %s.", next);
	snprintf(text, sizeof text, "OOBM: %u %% of this month's %s are used: %s.%s%s", percent, all, used, anew,
		 percent == 100 ? " Windows open all the same." : "");
	history_add(a, "fault", "%s", text);
	notice_target(a, "OOBM data", text);
}

void notice_damage(struct agent *a, const char *what)
{
	struct notice n = { .kind = "damage", .title = "OOBM state damaged", .ways = SPOOL_SMS };

	history_add(a, "fault", "%s was damaged and set aside; no window was resumed", what);
	snprintf(n.text, sizeof n.text, "OOBM: %s was damaged and set aside. If a window was open it is closed.", what);
	set_number(a, &a->window, &n);
	spool_add(a, &n);
}
