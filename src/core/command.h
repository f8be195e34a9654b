/* command.h - the text of a message -> what its sender asks for, and the code it carries. */
#ifndef OOBM_CORE_COMMAND_H
#define OOBM_CORE_COMMAND_H

#include <stddef.h>
#include <stdint.h>

enum command_verb { COMMAND_UP, COMMAND_DOWN, COMMAND_EXTEND, COMMAND_STATUS };

#define COMMAND_CODE_MAX 128

struct command {
	enum command_verb verb;
	int64_t length_ms;		/* `up 45m`, `extend 1h`: 0 if not given; 1 min..24 h */
	/* What is to be checked as the code: the text that follows verb and length, trimmed. */
	char code[COMMAND_CODE_MAX];
};

/* Reads "up CODE", "up 45m CODE", "extend 15m CODE", "down CODE", "status CODE"; case-blind for the
 * verb, tolerant of blanks, of a capital or a full stop from autocorrect, of "45 min", of a signature on
 * later lines (TEXT ends at its first line break). A bare number is no length: it may be the code. If the
 * first word is no verb, the whole line is the code and the verb is COMMAND_UP: with a fixed secret, the
 * secret alone means `up`, so a secret must not begin with a verb. Returns 0, or -1 with a constant text
 * in *WHY (empty, no code, code too long, absurd length). */
int command_parse(const char *text, struct command *out, const char **why);

const char *command_verb_name(enum command_verb v);

/* "90s", "45m", "2h", "1h30m", or a bare number of minutes -> milliseconds, 1 s..7 days.
 * Returns 0, or -1. */
int duration_parse(const char *text, int64_t *ms);

/* 5430000 -> "1h 30m 30s", 45000 -> "45 s", 2700000 -> "45 min". OUT is always terminated. */
void duration_format(int64_t ms, char *out, size_t size);

#endif
