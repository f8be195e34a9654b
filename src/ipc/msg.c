#include "ipc/msg.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_name(const char *s, size_t n)
{
	if (n == 0 || !(s[0] >= 'a' && s[0] <= 'z'))
		return false;
	for (size_t i = 1; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-'))
			return false;
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undoes %XX in place. A NUL would cut the value short for every later reader: refused. */
static int decode(char *s)
{
	char *out = s;

	for (; *s; s++) {
		if (*s == '%') {
			int hi = hex(s[1]), lo = hi < 0 ? -1 : hex(s[2]);

			if (lo < 0 || (hi | lo) == 0)
				return -1;
			*out++ = (char)(hi << 4 | lo);
			s += 2;
		} else {
			*out++ = *s;
		}
	}
	*out = 0;
	return 0;
}

static int parse_field(struct msg *m, char *word, const char **why)
{
	char *eq = strchr(word, '=');

	if (!eq || !is_name(word, (size_t)(eq - word))) {
		*why = "a field is not key=value";
		return -1;
	}
	*eq = 0;
	if (m->nfields == MSG_FIELDS_MAX) {
		*why = "too many fields";
		return -1;
	}
	if (msg_get(m, word)) {
		*why = "a field is there twice";
		return -1;
	}
	if (decode(eq + 1) < 0) {
		*why = "a value has a bad %XX";
		return -1;
	}
	m->field[m->nfields].key = word;
	m->field[m->nfields].value = eq + 1;
	m->nfields++;
	return 0;
}

int msg_parse(struct msg *m, const char *line, size_t len, const char **why)
{
	char *p = m->store, *next;

	m->verb = "";
	m->nfields = 0;
	if (len >= sizeof m->store) {
		*why = "the line is too long";
		return -1;
	}
	for (size_t i = 0; i < len; i++)
		if (line[i] < 0x20 || line[i] > 0x7e) {
			*why = "the line has a byte outside printable ASCII";
			return -1;
		}
	memcpy(m->store, line, len);
	m->store[len] = 0;
	next = strchr(p, ' ');
	if (next)
		*next++ = 0;
	if (!is_name(p, strlen(p))) {
		*why = "the line does not begin with a verb";
		return -1;
	}
	m->verb = p;
	while ((p = next)) {
		next = strchr(p, ' ');
		if (next)
			*next++ = 0;
		if (parse_field(m, p, why) < 0)
			return -1;
	}
	return 0;
}

const char *msg_get(const struct msg *m, const char *key)
{
	for (size_t i = 0; i < m->nfields; i++)
		if (strcmp(m->field[i].key, key) == 0)
			return m->field[i].value;
	return NULL;
}

int msg_int(const struct msg *m, const char *key, int64_t lo, int64_t hi, int64_t *out)
{
	const char *s = msg_get(m, key);
	char *end;
	long long v;

	if (!s || !(isdigit((unsigned char)s[0]) || (s[0] == '-' && isdigit((unsigned char)s[1]))))
		return -1;
	errno = 0;
	v = strtoll(s, &end, 10);
	if (errno || *end || v < lo || v > hi)
		return -1;
	*out = v;
	return 0;
}

/* Is KEY one of the blank-separated words of LIST? */
static bool in_list(const char *list, const char *key)
{
	size_t n = strlen(key);

	while (list && *list) {
		size_t w = strcspn(list, " ");

		if (w == n && memcmp(list, key, n) == 0)
			return true;
		list += w;
		list += strspn(list, " ");
	}
	return false;
}

static int check_fields(const struct msg *m, const struct permit *p, const char **why)
{
	char word[64];

	for (size_t i = 0; i < m->nfields; i++)
		if (!in_list(p->required, m->field[i].key) && !in_list(p->optional, m->field[i].key)) {
			*why = "a field is not allowed with this verb";
			return -1;
		}
	for (const char *r = p->required; *r; r += strspn(r, " ")) {
		size_t w = strcspn(r, " ");

		snprintf(word, sizeof word, "%.*s", (int)w, r);
		if (!msg_get(m, word)) {
			*why = "a required field is missing";
			return -1;
		}
		r += w;
	}
	return 0;
}

int msg_permit(const struct msg *m, const struct permit *table, size_t n, uint64_t *seen, const char **why)
{
	for (size_t i = 0; i < n && i < 64; i++) {
		if (strcmp(table[i].verb, m->verb) != 0)
			continue;
		if (table[i].once && (*seen & UINT64_C(1) << i)) {
			*why = "this verb is allowed only once";
			return -1;
		}
		if (check_fields(m, &table[i], why) < 0)
			return -1;
		*seen |= UINT64_C(1) << i;
		return (int)i;
	}
	*why = "the verb is not allowed here";
	return -1;
}

void msg_begin(struct msg_out *o, struct buf *to, const char *verb)
{
	*o = (struct msg_out){ .to = to, .start = to->len, .failed = !is_name(verb, strlen(verb)) };
	if (buf_add(to, verb, strlen(verb)) < 0)
		o->failed = true;
}

static void put_value(struct msg_out *o, const char *value)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;
		char esc[3] = { '%', digits[c >> 4], digits[c & 15] };
		int rc;

		if (c > 0x20 && c < 0x7f && c != '%')
			rc = buf_add(o->to, &c, 1);
		else
			rc = buf_add(o->to, esc, sizeof esc);
		if (rc < 0)
			o->failed = true;
	}
}

void msg_str(struct msg_out *o, const char *key, const char *value)
{
	if (!value)
		return;
	if (!is_name(key, strlen(key)) || buf_addf(o->to, " %s=", key) < 0)
		o->failed = true;
	put_value(o, value);
}

void msg_num(struct msg_out *o, const char *key, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	msg_str(o, key, text);
}

int msg_end(struct msg_out *o)
{
	if (buf_add(o->to, "\n", 1) < 0 || o->to->len - o->start > MSG_LINE_MAX)
		o->failed = true;
	if (!o->failed)
		return 0;
	/* what does not fit is not sent at all; wiped, as it may be a secret */
	wipe(o->to->data + o->start, o->to->len - o->start);
	o->to->len = o->start;
	return -1;
}
