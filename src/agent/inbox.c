/* inbox.c - a stored message: decoded, judged, recorded, acted on, deleted; in this order. */
#include "agent/agent.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/pdu.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Anybody can send messages: no more of them than this get into the history, where the owner looks for what his
 * windows did, and onto the disk. The log has all. */
#define IGNORED_NOTED_MAX 20
#define IGNORED_NOTED_MS (60 * MIN_MS)

static void note_ignored(struct agent *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void note_ignored(struct agent *a, const char *fmt, ...)
{
	int64_t now = clock_mono_ms();
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (now - a->ignored_since >= IGNORED_NOTED_MS) {
		a->ignored_since = now;
		a->ignored = 0;
	}
	if (a->ignored < IGNORED_NOTED_MAX) {
		a->ignored++;
		history_add(a, "message", "%s", text);
	} else {
		log_info("%s", text);
	}
}

void inbox_delete_doomed(struct agent *a)
{
	if (!a->doomed.valid)
		return;
	a->doomed.valid = false;
	modem_delete(a->modem, a->doomed.store, a->doomed.index);
}

/* What may be said of a sender in the log: enough to recognise an own number. */
static void shown_number(const char *number, char *out, size_t size)
{
	size_t n = strlen(number);

	if (n > 6)
		snprintf(out, size, "%.3s...%s", number, number + n - 3);
	else
		snprintf(out, size, "%s", number);
}

static void obey(struct agent *a, const struct pdu *p, size_t who, const struct command *c)
{
	const struct policy_owner *o = &a->policy.owner[who];
	char reply[200];

	(void)p;
	if (c->verb == COMMAND_STATUS) {
		store_save(a);
		history_add(a, "command", "status by %s (SMS)", o->name);
		notice_status(a, o->number);
		return;
	}
	/* the machine's SAVE writes the fingerprint together with the window; what means nothing now is
	 * recorded here */
	if (!driver_command(a, c, o->number, o->name, reply, sizeof reply)) {
		store_save(a);
		log_info("%s", reply);
	}
}

static void judge(struct agent *a, const struct pdu *p, uint64_t fingerprint)
{
	struct policy_message msg = {
		.from = p->address, .alnum = p->address_alnum, .text = p->text, .scts = p->scts,
	};
	struct command c;
	char from[32];
	size_t who = 0;
	enum policy_verdict v = policy_judge(&a->policy, &msg, clock_mono_ms(), wall_trusted(a), &who, &c);

	shown_number(p->address, from, sizeof from);
	if (v == POLICY_ALLOWED) {
		store_add_seen(a, fingerprint);
		obey(a, p, who, &c);
	} else if (v == POLICY_TOO_OLD) {
		store_add_seen(a, fingerprint);
		store_save(a);
		history_add(a, "message", "message from %s refused: %s", from, policy_verdict_text(v));
		notice_refused_old(a, a->policy.owner[who].number);
	} else {
		note_ignored(a, "message from %s ignored: %s", from, policy_verdict_text(v));
	}
}

void inbox_message(void *arg, const char *store, int index, const char *hex)
{
	struct agent *a = arg;
	uint64_t fingerprint = store_fingerprint(hex);
	const char *why = "?";
	struct pdu p;

	snprintf(a->doomed.store, sizeof a->doomed.store, "%.3s", store);
	a->doomed.index = index;
	a->doomed.valid = true;
	if (store_seen(a, fingerprint))
		log_info("message in %s %d was acted on before; deleting it", store, index);
	else if (pdu_decode(hex, strlen(hex), &p, &why) < 0)
		note_ignored(a, "message in %s %d ignored: %s", store, index, why);
	else if (p.type != PDU_DELIVER)
		log_debug("message in %s %d is not from anybody; deleting it", store, index);
	else if (p.parts > 1)
		note_ignored(a, "message in %s %d ignored: it has several parts", store, index);
	else
		judge(a, &p, fingerprint);
	wipe(&p, sizeof p);
	inbox_delete_doomed(a);
}
