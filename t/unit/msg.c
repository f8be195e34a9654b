#include "tap.h"

#include "ipc/msg.h"
#include "ipc/permit.h"

#include <stdio.h>
#include <string.h>

static void what_is_built_is_parsed_back(void **state)
{
	struct buf b;
	struct msg_out o;
	struct msg m;
	const char *why = NULL;
	int64_t n;

	(void)state;
	buf_init(&b, 65536);
	msg_begin(&o, &b, "send");
	msg_str(&o, "title", "OOBM link up: 100% \n\xc3\xa4\x7f");
	msg_str(&o, "empty", "");
	msg_str(&o, "absent", NULL);
	msg_num(&o, "id", -42);
	assert_int_equal(msg_end(&o), 0);
	assert_int_equal(msg_parse(&m, b.data, b.len - 1, &why), 0);
	assert_string_equal(m.verb, "send");
	assert_string_equal(msg_get(&m, "title"), "OOBM link up: 100% \n\xc3\xa4\x7f");
	assert_string_equal(msg_get(&m, "empty"), "");
	assert_null(msg_get(&m, "absent"));
	assert_int_equal(msg_int(&m, "id", -50, 0, &n), 0);
	assert_int_equal(n, -42);
	assert_int_equal(msg_int(&m, "id", 0, 50, &n), -1);
	buf_free(&b);
}

static void malformed_lines_are_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "Verb", "1verb", "verb ", "verb  a=1", "verb a", "verb =1", "verb A=1",
		"verb a=%", "verb a=%4", "verb a=%4g", "verb a=%00", "verb a=%4a", "verb a=1 a=2",
		"verb a=\t", "verb a=\x80", "verb a=\n",
		"v a=1 b=1 c=1 d=1 e=1 f=1 g=1 h=1 i=1 j=1 k=1 l=1 m=1 n=1 o=1 p=1 q=1 r=1 s=1 t=1 u=1 v=1 w=1 x=1 y=1",
	};
	struct msg m;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const char *why = NULL;

		if (msg_parse(&m, bad[i], strlen(bad[i]), &why) == 0)
			fail_msg("accepted: '%s'", bad[i]);
		assert_non_null(why);
	}
}

static void a_line_that_is_too_long_is_not_sent(void **state)
{
	static char big[MSG_LINE_MAX + 1];
	struct buf b;
	struct msg_out o;

	(void)state;
	memset(big, 'x', sizeof big - 1);
	buf_init(&b, 65536);
	msg_begin(&o, &b, "first");
	assert_int_equal(msg_end(&o), 0);
	msg_begin(&o, &b, "second");
	msg_str(&o, "value", big);
	assert_int_equal(msg_end(&o), -1);
	assert_int_equal(b.len, strlen("first\n"));
	buf_free(&b);
}

static void the_permit_table_decides(void **state)
{
	static const struct permit table[] = {
		{ "start", "", "", true },
		{ "open", "id relay", "timeout", false },
	};
	static const struct { const char *line; int rule; } cases[] = {
		{ "start", 0 }, { "start", -1 }, { "open id=1 relay=0", 1 }, { "open relay=0 id=1 timeout=5", 1 },
		{ "open id=1", -1 }, { "open id=1 relay=0 extra=1", -1 }, { "close", -1 }, { "start x=1", -1 },
	};
	uint64_t seen = 0;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *why = NULL;
		struct msg m;

		assert_int_equal(msg_parse(&m, cases[i].line, strlen(cases[i].line), &why), 0);
		assert_int_equal(msg_permit(&m, table, 2, &seen, &why), cases[i].rule);
	}
}

/* What a worker says is passed on to the agent as it is: the two tables must agree. */
static void passed_on_messages_are_allowed_at_both_ends(void **state)
{
	static const struct { const struct permit *from, *to; } pairs[] = {
		{ &permit_from_tunnel[FROM_TUNNEL_CHECKED], &permit_agent[AGENT_CHECKED] },
		{ &permit_from_tunnel[FROM_TUNNEL_UP], &permit_agent[AGENT_TUNNEL_UP] },
		{ &permit_from_tunnel[FROM_TUNNEL_FAILED], &permit_agent[AGENT_TUNNEL_FAILED] },
		{ &permit_from_tunnel[FROM_TUNNEL_DOWN], &permit_agent[AGENT_TUNNEL_DOWN] },
		{ &permit_from_tunnel[FROM_TUNNEL_BYTES], &permit_agent[AGENT_TUNNEL_BYTES] },
		{ &permit_from_push[FROM_PUSH_SENT], &permit_agent[AGENT_SENT] },
		{ &permit_from_push[FROM_PUSH_FAILED], &permit_agent[AGENT_SEND_FAILED] },
		{ &permit_from_agent[FROM_AGENT_CHECK], &permit_tunnel[TUNNEL_CHECK] },
		{ &permit_from_agent[FROM_AGENT_TUNNEL_OPEN], &permit_tunnel[TUNNEL_OPEN] },
		{ &permit_from_agent[FROM_AGENT_TUNNEL_CLOSE], &permit_tunnel[TUNNEL_CLOSE] },
		{ &permit_from_agent[FROM_AGENT_TUNNEL_STATS], &permit_tunnel[TUNNEL_STATS] },
		{ &permit_from_agent[FROM_AGENT_SEND], &permit_push[PUSH_SEND] },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		assert_string_equal(pairs[i].from->verb, pairs[i].to->verb);
		assert_string_equal(pairs[i].from->required, pairs[i].to->required);
		assert_string_equal(pairs[i].from->optional, pairs[i].to->optional);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_built_is_parsed_back),
		cmocka_unit_test(malformed_lines_are_refused),
		cmocka_unit_test(a_line_that_is_too_long_is_not_sent),
		cmocka_unit_test(the_permit_table_decides),
		cmocka_unit_test(passed_on_messages_are_allowed_at_both_ends),
	};

	return TAP_RUN(tests);
}
