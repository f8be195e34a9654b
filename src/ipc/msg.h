/* msg.h - the one line format between our processes, and of our state files.
 *
 *   verb key=value key=value\n
 *
 * A verb and a key are [a-z][a-z0-9-]*. In a value, every byte outside 0x21..0x7e and '%' itself is
 * written as %XX. A line has at most MSG_LINE_MAX bytes with its newline, and at most MSG_FIELDS_MAX
 * fields. Anything else is malformed. */
#ifndef OOBM_IPC_MSG_H
#define OOBM_IPC_MSG_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#define MSG_LINE_MAX 8192
#define MSG_FIELDS_MAX 24

struct msg {
	const char *verb;
	size_t nfields;
	struct { const char *key, *value; } field[MSG_FIELDS_MAX];
	char store[MSG_LINE_MAX];	/* what the pointers point into */
};

/* A rule of a permit table: which verb, with which fields, how often on one connection. */
struct permit {
	const char *verb;
	const char *required;	/* names of fields that must be there, separated by blanks; "" for none */
	const char *optional;	/* names of fields that may be there */
	bool once;		/* true: a second one is a protocol error */
};

/* Parses a line of LEN bytes, without its newline. Returns 0, or -1 with a constant text in *WHY. */
int msg_parse(struct msg *m, const char *line, size_t len, const char **why);

/* Value of a field, or NULL if it is not there. */
const char *msg_get(const struct msg *m, const char *key);

/* A decimal field in LO..HI. Returns 0, or -1 if it is not there, no number, or out of range. */
int msg_int(const struct msg *m, const char *key, int64_t lo, int64_t hi, int64_t *out);

/* Holds M against a table of N rules. SEEN is one bit a rule, kept by the caller for `once`.
 * Returns the index of the rule, or -1 with a constant text in *WHY. */
int msg_permit(const struct msg *m, const struct permit *table, size_t n, uint64_t *seen, const char **why);

/* Building: msg_begin, any number of fields, msg_end (adds the newline). Each returns 0, or -1 when
 * the line would be too long or a verb or key is malformed; the buffer is then as before msg_begin.
 * A NULL value leaves the field out. The buffer's bound may be larger than one line. */
struct msg_out {
	struct buf *to;
	size_t start;
	bool failed;
};
void msg_begin(struct msg_out *o, struct buf *to, const char *verb);
void msg_str(struct msg_out *o, const char *key, const char *value);
void msg_num(struct msg_out *o, const char *key, int64_t value);
int msg_end(struct msg_out *o);

#endif
