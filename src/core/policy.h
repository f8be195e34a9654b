/* policy.h - who may: a message is authorised by a listed number and a code. Pure.
 *
 * The number is a filter and never a credential, as anybody can forge it. */
#ifndef OOBM_CORE_POLICY_H
#define OOBM_CORE_POLICY_H

#include "core/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_OWNERS_MAX 32
#define POLICY_NAME_MAX 32
#define POLICY_NUMBER_MAX 24
#define POLICY_SECRET_MAX 128
#define POLICY_ATTEMPTS_MAX 10	/* wrong codes per listed number within POLICY_ATTEMPTS_MS */
#define POLICY_ATTEMPTS_MS INT64_C(3600000)

enum policy_verdict {
	POLICY_ALLOWED,
	POLICY_NOT_LISTED,
	POLICY_EMPTY,		/* no text, or none that could be a command */
	POLICY_BAD_CODE,
	POLICY_NOT_PERMITTED,	/* the code is right, but this owner may not ask for this */
	POLICY_TOO_OLD,		/* the code is right, but the message is older than allowed */
	POLICY_THROTTLED,	/* too many wrong codes from this number */
};

/* One listed number; an owner with two numbers is two of these. */
struct policy_owner {
	char name[POLICY_NAME_MAX];
	char number[POLICY_NUMBER_MAX];		/* E.164: "+491701234567" */
	char secret[POLICY_SECRET_MAX];
	unsigned commands;			/* set of 1 << enum command_verb */
	/* throttle: attempts since the first of the current span */
	unsigned wrong;
	int64_t wrong_since;
};

struct policy {
	struct policy_owner owner[POLICY_OWNERS_MAX];
	size_t n;
	int64_t max_age_s;	/* 0: any age */
};

/* What is known about an arrived message. */
struct policy_message {
	const char *from;	/* as in the PDU */
	bool alnum;		/* the sender is a name */
	const char *text;	/* UTF-8 */
	int64_t scts;		/* service centre time, seconds since 1970; 0 unknown */
};

/* Judges a message. MONO_MS drives the throttle. WALL_S is compared with the message's age only
 * where it can be trusted: 0 if it cannot. On every verdict but NOT_LISTED, *WHO is the index of the
 * owner; on ALLOWED, NOT_PERMITTED and TOO_OLD, COMMAND is what was asked (its code wiped). */
enum policy_verdict policy_judge(struct policy *p, const struct policy_message *msg, int64_t mono_ms,
				 int64_t wall_s, size_t *who, struct command *command);

/* "up,down,status" -> set. Returns 0, or -1 for an unknown word. */
int policy_commands_parse(const char *list, unsigned *set);

const char *policy_verdict_text(enum policy_verdict v);

/* Same subscriber? LISTED is E.164; SEEN is what the network showed: E.164, 00 prefix, or national. */
bool policy_same_number(const char *listed, const char *seen);

#endif
