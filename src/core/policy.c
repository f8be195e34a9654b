#include "core/policy.h"
#include "base/buf.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* A national number is taken for a listed one if at least this many digits agree. */
#define NATIONAL_DIGITS_MIN 7

static size_t digits_of(const char *s, char *out, size_t size)
{
	size_t n = 0;

	for (; *s && n + 1 < size; s++)
		if (isdigit((unsigned char)*s))
			out[n++] = *s;
	out[n] = 0;
	return n;
}

bool policy_same_number(const char *listed, const char *seen)
{
	char a[32], b[32];
	size_t na = digits_of(listed, a, sizeof a), nb = digits_of(seen, b, sizeof b);
	const char *p = b;

	if (na == 0 || nb == 0)
		return false;
	if (seen[0] == '+')
		return na == nb && memcmp(a, b, na) == 0;
	if (nb > 2 && p[0] == '0' && p[1] == '0' && strcmp(p + 2, a) == 0)
		return true;
	if (strcmp(a, b) == 0)
		return true;	/* international digits whose type of number got lost */
	/* national: the trunk prefix is not part of the subscriber's number */
	if (*p == '0')
		p++;
	nb = strlen(p);
	return nb >= NATIONAL_DIGITS_MIN && nb < na && strcmp(a + na - nb, p) == 0;
}

/* Compares in a time that depends on neither the place of the first difference nor the secret's
 * length. A phone's autocorrect may write the first letter large: that is forgiven. */
static bool same_secret(const char *secret, const char *given)
{
	size_t ns = strlen(secret), ng = strlen(given);
	unsigned diff = (unsigned)(ns ^ ng);

	for (size_t i = 0; i < POLICY_SECRET_MAX; i++) {
		unsigned char s = i < ns ? (unsigned char)secret[i] : 0;
		unsigned char g = i < ng ? (unsigned char)given[i] : 0;

		if (i == 0) {
			s = (unsigned char)tolower(s);
			g = (unsigned char)tolower(g);
		}
		diff |= (unsigned)(s ^ g);
	}
	return ns > 0 && ng < POLICY_SECRET_MAX && diff == 0;
}

static bool first_line_is(const char *secret, const char *text)
{
	char line[POLICY_SECRET_MAX];
	size_t n;
	bool same;

	text += strspn(text, " \t");
	n = strcspn(text, "\r\n");
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
		n--;
	if (n >= sizeof line)
		return false;
	memcpy(line, text, n);
	line[n] = 0;
	same = same_secret(secret, line);
	wipe(line, sizeof line);
	return same;
}

static bool throttled(struct policy_owner *o, int64_t now)
{
	if (o->wrong && now - o->wrong_since >= POLICY_ATTEMPTS_MS)
		o->wrong = 0;
	return o->wrong >= POLICY_ATTEMPTS_MAX;
}

static void count_wrong(struct policy_owner *o, int64_t now)
{
	if (o->wrong++ == 0)
		o->wrong_since = now;
}

/* The code of COMMAND against the owner's secret; the secret alone, even one that begins like a verb,
 * means `up`. Both ways are always tried, so that time tells nothing. */
static bool code_is_right(const struct policy_owner *o, const char *text, bool parsed, struct command *c)
{
	bool alone = first_line_is(o->secret, text);
	bool code = same_secret(o->secret, c->code) && parsed;

	wipe(c->code, sizeof c->code);
	if (alone && !code) {
		c->verb = COMMAND_UP;
		c->length_ms = 0;
	}
	return alone || code;
}

static size_t find_owner(const struct policy *p, const struct policy_message *msg)
{
	for (size_t i = 0; i < p->n && !msg->alnum; i++)
		if (policy_same_number(p->owner[i].number, msg->from))
			return i;
	return p->n;
}

enum policy_verdict policy_judge(struct policy *p, const struct policy_message *msg, int64_t mono_ms,
				 int64_t wall_s, size_t *who, struct command *command)
{
	size_t i = find_owner(p, msg);
	struct policy_owner *o;
	const char *why;
	bool parsed;

	*command = (struct command){ 0 };
	if (i == p->n)
		return POLICY_NOT_LISTED;
	*who = i;
	o = &p->owner[i];
	if (throttled(o, mono_ms))
		return POLICY_THROTTLED;
	parsed = command_parse(msg->text, command, &why) == 0;
	if (!parsed)
		*command = (struct command){ 0 };
	if (!code_is_right(o, msg->text, parsed, command)) {
		if (!parsed)
			return POLICY_EMPTY;
		count_wrong(o, mono_ms);
		return POLICY_BAD_CODE;
	}
	if (p->max_age_s > 0 && wall_s > 0 && msg->scts > 0 && wall_s - msg->scts > p->max_age_s)
		return POLICY_TOO_OLD;
	if (!(o->commands & 1u << command->verb))
		return POLICY_NOT_PERMITTED;
	o->wrong = 0;
	return POLICY_ALLOWED;
}

int policy_commands_parse(const char *list, unsigned *set)
{
	static const enum command_verb verbs[] = { COMMAND_UP, COMMAND_DOWN, COMMAND_EXTEND, COMMAND_STATUS };

	*set = 0;
	while (*list) {
		size_t n = strcspn(list, ", "), i;

		for (i = 0; i < sizeof verbs / sizeof *verbs; i++) {
			const char *name = command_verb_name(verbs[i]);

			if (strlen(name) == n && strncasecmp(name, list, n) == 0)
				break;
		}
		if (i == sizeof verbs / sizeof *verbs)
			return -1;
		*set |= 1u << verbs[i];
		list += n;
		list += strspn(list, ", ");
	}
	return 0;
}

const char *policy_verdict_text(enum policy_verdict v)
{
	switch (v) {
	case POLICY_ALLOWED:
		return "allowed";
	case POLICY_NOT_LISTED:
		return "the number is not listed";
	case POLICY_EMPTY:
		return "no command in it";
	case POLICY_BAD_CODE:
		return "the secret is wrong";
	case POLICY_NOT_PERMITTED:
		return "this owner may not use this command";
	case POLICY_TOO_OLD:
		return "the message is too old";
	case POLICY_THROTTLED:
		return "too many wrong secrets from this number";
	}
	return "?";
}
