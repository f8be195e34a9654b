#include "tap.h"

#include "tunnel/relay.h"
#include "tunnel/refusal.h"

#include <stdio.h>
#include <string.h>

static void forwards_are_port_host_port(void **state)
{
	static const struct { const char *text; size_t n; unsigned listen; const char *host; unsigned port; } good[] = {
		{ "31337:localhost:22", 1, 31337, "localhost", 22 },
		{ "31337:127.0.0.1:65535", 1, 31337, "127.0.0.1", 65535 },
		{ "1:192.168.1.1:443,2:localhost:22", 2, 1, "192.168.1.1", 443 },
		{ "31337:[fd00::1]:22", 1, 31337, "fd00::1", 22 },
		{ "31337:[::1]:22,1:localhost:1,2:localhost:2", 3, 31337, "::1", 22 },
	};
	struct forward f[RELAY_FORWARDS_MAX];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(relay_parse_forwards(good[i].text, f, &e), good[i].n);
		assert_int_equal(f[0].listen, good[i].listen);
		assert_string_equal(f[0].host, good[i].host);
		assert_int_equal(f[0].port, good[i].port);
	}
}

static void anything_else_is_no_forward(void **state)
{
	static const char *const bad[] = {
		"", ",", "31337", "31337:22", "31337:localhost:", ":localhost:22", "31337::22", "0:localhost:22",
		"31337:localhost:0", "65536:localhost:22", "31337:localhost:65536", "31337:localhost:22,", "-1:localhost:22",
		"31337:localhost:22 ", " 31337:localhost:22", "31337:local host:22", "31337:example.org:22", "+1:localhost:22",
		"31337:localhost:2x", "031337x:localhost:22", "31337:[localhost:22", "31337:[]:22", "31337:256.1.1.1:22",
		"1:localhost:1,2:localhost:2,3:localhost:3,4:localhost:4,5:localhost:5,6:localhost:6,7:localhost:7,8:localhost:8,9:localhost:9",
		"31337:1111111111111111111111111111111111111111111111111111111111111111111111111111111111111:22",
	};
	struct forward f[RELAY_FORWARDS_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = { "" };

		if (relay_parse_forwards(bad[i], f, &e) != 0)
			fail_msg("accepted: '%s'", bad[i]);
		assert_true(e.text[0]);
	}
}

static void only_the_pinned_fingerprint_is_right(void **state)
{
	static const struct { const char *pinned, *seen; int rc; } cases[] = {
		{ "SHA256:abc", "SHA256:abc", 0 }, { "SHA256:abc", "SHA256:abd", -1 }, { "SHA256:abc", "SHA256:ab", -1 },
		{ "SHA256:ab", "SHA256:abc", -1 }, { "", "SHA256:abc", -1 }, { "SHA256:ABC", "SHA256:abc", -1 },
		{ "SHA256:abc", "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char host[] = "relay.example", pinned[64];
		struct relay r = { .host = host, .hostkey = pinned };
		struct shown k = { &r, "192.0.2.1:22", cases[i].seen, "ssh-ed25519" };
		struct err e;

		snprintf(pinned, sizeof pinned, "%s", cases[i].pinned);
		assert_int_equal(refusal_unless_pinned(&k, &e), cases[i].rc);
		if (cases[i].rc < 0)
			assert_non_null(strstr(e.text, cases[i].seen));
	}
}

/* The longest names that can be configured: the end of the sentence, what to do, is still there. */
static void sentences_fit(void **state)
{
	char host[] = "a-rather-long-name-for-a-relay.some-dynamic-dns-provider.example", user[] = "oobm-tunnel";
	char known[] = "/etc/oobmd/relay/known_hosts", pinned[] = "SHA256:DFr24x1a3Zt7vO3rQr8JZPyD4LqNbQjQEAuuvQmmi7E";
	struct relay r = { .host = host, .user = user, .hostkey = pinned, .known_hosts = known, .port = 65535 };
	struct shown k = { &r, "[2001:db8:1111:2222:3333:4444:5555:6666]:65535",
			   "SHA256:c1M0+RZahtm+AgT16wbQ7ySjVGHfBJmXd5gHu8l2znM", "ecdsa-sha2-nistp521" };
	struct err e;

	(void)state;
	refusal_unless_pinned(&k, &e);
	assert_non_null(strstr(e.text, "correct hostkey"));
	refusal_changed(&k, &e);
	assert_non_null(strstr(e.text, "correct that file"));
	refusal_unknown(&k, &e);
	assert_non_null(strstr(e.text, "add it"));
	refusal_unlisted(&k, &e);
	assert_non_null(strstr(e.text, "as hostkey"));
	refusal_login(&r, k.peer, k.seen, &e);
	assert_non_null(strstr(e.text, "authorized_keys of oobm-tunnel there"));
	refusal_forward(&r, k.peer, 31337, &e);
	assert_non_null(strstr(e.text, "forbids it"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forwards_are_port_host_port),
		cmocka_unit_test(anything_else_is_no_forward),
		cmocka_unit_test(only_the_pinned_fingerprint_is_right),
		cmocka_unit_test(sentences_fit),
	};

	return TAP_RUN(tests);
}
