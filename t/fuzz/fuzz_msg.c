/* The input is lines between programs. */
#include "fuzz.h"

#include "ipc/msg.h"
#include "ipc/permit.h"

static bool is_name(const char *s)
{
	return *s >= 'a' && *s <= 'z' && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s);
}

static bool same(const struct msg *a, const struct msg *b)
{
	if (strcmp(a->verb, b->verb) != 0 || a->nfields != b->nfields)
		return false;
	for (size_t i = 0; i < a->nfields; i++)
		if (strcmp(a->field[i].key, b->field[i].key) != 0 || strcmp(a->field[i].value, b->field[i].value) != 0)
			return false;
	return true;
}

static void check(const struct msg *m)
{
	require(is_name(m->verb) && m->nfields <= MSG_FIELDS_MAX);
	for (size_t i = 0; i < m->nfields; i++) {
		require(is_name(m->field[i].key) && memchr(m->field[i].value, 0, MSG_LINE_MAX));
		require(msg_get(m, m->field[i].key) == m->field[i].value);	/* so no key is there twice */
	}
	require(!msg_get(m, "no such key"));
}

static void check_numbers(const struct msg *m)
{
	for (size_t i = 0; i < m->nfields; i++) {
		int64_t v = 7777;

		if (msg_int(m, m->field[i].key, -100, 5000, &v) == 0)
			require(v >= -100 && v <= 5000);
		else
			require(v == 7777);
	}
}

/* What was parsed can be built again, and that parses to the same. */
static void build_again(const struct msg *m)
{
	static struct msg n;
	struct msg_out o;
	struct buf b;
	const char *why = NULL;

	buf_init(&b, (size_t)4 * MSG_LINE_MAX);
	msg_begin(&o, &b, m->verb);
	for (size_t i = 0; i < m->nfields; i++)
		msg_str(&o, m->field[i].key, m->field[i].value);
	/* a blank that was written as such takes more room as %20 */
	if (msg_end(&o) == 0) {
		require(b.len > 0 && b.data[b.len - 1] == '\n' && b.len <= MSG_LINE_MAX);
		require(msg_parse(&n, b.data, b.len - 1, &why) == 0);
		require(same(m, &n));
	} else {
		require(b.len == 0);
	}
	buf_free(&b);
}

static void check_permits(const struct msg *m)
{
	static const struct { const struct permit *table; size_t n; } tables[] = {
		{ permit_tunnel, TUNNEL_RULES }, { permit_from_tunnel, FROM_TUNNEL_RULES }, { permit_push, PUSH_RULES },
		{ permit_from_push, FROM_PUSH_RULES }, { permit_agent, AGENT_RULES }, { permit_from_agent, FROM_AGENT_RULES },
	};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		uint64_t seen = 0;
		const char *why = NULL;
		int rule = msg_permit(m, tables[i].table, tables[i].n, &seen, &why);

		if (rule < 0) {
			require(rule == -1 && why && *why);
			continue;
		}
		require((size_t)rule < tables[i].n && strcmp(tables[i].table[rule].verb, m->verb) == 0);
		require(msg_permit(m, tables[i].table, tables[i].n, &seen, &why) == (tables[i].table[rule].once ? -1 : rule));
	}
}

static void try_line(const uint8_t *line, size_t n)
{
	static struct msg m;
	char *copy = exact_copy(line, n);
	const char *why = NULL;

	if (msg_parse(&m, copy, n, &why) == 0) {
		check(&m);
		check_numbers(&m);
		build_again(&m);
		check_permits(&m);
	} else {
		require(why && *why);
	}
	free(copy);
}

/* Any bytes as a value come back the same, or are refused and leave nothing behind. */
static void try_value(const char *value)
{
	static struct msg m;
	struct msg_out o;
	struct buf b;
	const char *why = NULL;

	buf_init(&b, (size_t)4 * MSG_LINE_MAX);
	msg_begin(&o, &b, "value");
	msg_str(&o, "v", value);
	msg_num(&o, "n", INT64_MIN);
	if (msg_end(&o) == 0) {
		require(msg_parse(&m, b.data, b.len - 1, &why) == 0 && strcmp(msg_get(&m, "v"), value) == 0);
	} else {
		require(b.len == 0 && strlen(value) * 3 + 32 > MSG_LINE_MAX);
	}
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_copy(data, size);

	try_value(text);
	while (size > 0) {
		const uint8_t *lf = memchr(data, '\n', size);
		size_t n = lf ? (size_t)(lf - data) : size;

		try_line(data, n);
		data += n + (lf != NULL);
		size -= n + (lf != NULL);
	}
	free(text);
	return 0;
}
