#include "tap.h"

#include "net/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct net_link lo = { .ifname = "lo", .local = "127.0.0.1" };

/* What a callback was given. */
struct got {
	struct loop *loop;
	bool called, failed;
	struct net_addrs addrs;
	int fd;
	char peer[NET_ADDR_TEXT];
	struct err why;
};

static void set_up(struct got *g)
{
	*g = (struct got){ .loop = loop_new(), .fd = -1 };
}

static void tear_down(struct got *g)
{
	if (g->fd >= 0)
		close(g->fd);
	loop_free(g->loop);
}

static void on_addrs(void *arg, const struct net_addrs *addrs, const struct err *e)
{
	struct got *g = arg;

	assert_false(g->called);
	assert_true(!addrs != !e);
	g->called = true;
	g->failed = e;
	if (addrs)
		g->addrs = *addrs;
	else
		g->why = *e;
	loop_stop(g->loop, 0);
}

static void on_fd(void *arg, int fd, const char *peer, const struct err *e)
{
	struct got *g = arg;

	assert_false(g->called);
	g->called = true;
	g->failed = fd < 0;
	g->fd = fd;
	snprintf(g->peer, sizeof g->peer, "%s", peer);
	if (fd < 0)
		g->why = *e;
	loop_stop(g->loop, 0);
}

static struct sockaddr_storage v4(const char *ip, uint16_t port)
{
	struct sockaddr_storage ss = { 0 };
	struct sockaddr_in *in4 = (struct sockaddr_in *)&ss;

	in4->sin_family = AF_INET;
	in4->sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, ip, &in4->sin_addr), 1);
	return ss;
}

/* Listens on 127.0.0.1 (or is only bound, so that the port refuses). */
static int listener(bool listening, uint16_t *port)
{
	struct sockaddr_storage ss = v4("127.0.0.1", 0);
	socklen_t len = sizeof(struct sockaddr_in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&ss, len), 0);
	if (listening)
		assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	*port = ntohs(((struct sockaddr_in *)&ss)->sin_port);
	return fd;
}

static void addresses_are_written_as_people_write_them(void **state)
{
	static const struct { int family; const char *ip; uint16_t port; const char *text; } cases[] = {
		{ AF_INET, "198.51.100.2", 22, "198.51.100.2:22" },
		{ AF_INET, "255.255.255.255", 65535, "255.255.255.255:65535" },
		{ AF_INET6, "2001:db8::1", 22, "[2001:db8::1]:22" },
		{ AF_INET6, "2001:db8:1111:2222:3333:4444:5555:6666", 65535,
		  "[2001:db8:1111:2222:3333:4444:5555:6666]:65535" },
	};
	char text[NET_ADDR_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(cases[i].port) };
		struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(cases[i].port) };

		if (cases[i].family == AF_INET) {
			inet_pton(AF_INET, cases[i].ip, &in4.sin_addr);
			net_addr_text((struct sockaddr *)&in4, text, sizeof text);
		} else {
			inet_pton(AF_INET6, cases[i].ip, &in6.sin6_addr);
			net_addr_text((struct sockaddr *)&in6, text, sizeof text);
		}
		assert_string_equal(text, cases[i].text);
	}
}

static void digits_are_not_asked_for_and_answered_from_the_loop(void **state)
{
	struct net_link no_dns = lo;
	struct got g;
	char text[NET_ADDR_TEXT];

	(void)state;
	set_up(&g);
	net_resolve_start(g.loop, &no_dns, "198.51.100.7", 2222, 1000, on_addrs, &g);
	assert_false(g.called);
	loop_run(g.loop);
	assert_true(g.called && !g.failed);
	assert_int_equal(g.addrs.n, 1);
	net_addr_text((struct sockaddr *)&g.addrs.addr[0], text, sizeof text);
	assert_string_equal(text, "198.51.100.7:2222");
	tear_down(&g);
}

static void names_that_cannot_be_asked_for_fail_from_the_loop(void **state)
{
	static char long_name[300];
	static const struct { const char *dns, *host, *ifname, *says; } cases[] = {
		{ "", "relay.example", "lo", "no usable DNS server" },
		{ "not an address", "relay.example", "lo", "no usable DNS server" },
		{ "127.0.0.1:1", long_name, "lo", "too long" },
		{ "127.0.0.1:1", "relay.example", "nosuch0", "nosuch0" },
		{ "127.0.0.1:1", "relay.example", "", "no link" },
		{ "127.0.0.1:1", "", "lo", "" },
		{ "127.0.0.1:1", "a..b", "lo", "" },
	};

	(void)state;
	memset(long_name, 'x', sizeof long_name - 1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct net_link link = { .local = "127.0.0.1" };
		struct got g;

		snprintf(link.ifname, sizeof link.ifname, "%s", cases[i].ifname);
		snprintf(link.dns[0], sizeof link.dns[0], "%s", cases[i].dns);
		set_up(&g);
		net_resolve_start(g.loop, &link, cases[i].host, 22, 2000, on_addrs, &g);
		assert_false(g.called);
		loop_run(g.loop);
		assert_true(g.failed);
		if (!strstr(g.why.text, cases[i].says))
			fail_msg("'%s' does not say '%s'", g.why.text, cases[i].says);
		tear_down(&g);
	}
}

static void what_is_cancelled_says_nothing(void **state)
{
	struct net_link link = lo;
	struct net_addrs addrs = { .n = 1 };
	struct got g;

	(void)state;
	snprintf(link.dns[0], sizeof link.dns[0], "127.0.0.1:1");
	addrs.addr[0] = v4("127.0.0.1", 1);
	set_up(&g);
	net_resolve_cancel(net_resolve_start(g.loop, &link, "relay.example", 22, 1000, on_addrs, &g));
	net_resolve_cancel(net_resolve_start(g.loop, &link, "127.0.0.1", 22, 1000, on_addrs, &g));
	net_connect_cancel(net_connect_start(g.loop, &link, &addrs, 1000, on_fd, &g));
	net_resolve_cancel(NULL);
	net_connect_cancel(NULL);
	assert_false(g.called);
	tear_down(&g);
}

static void a_connection_is_bound_and_proven(void **state)
{
	struct net_addrs addrs = { .n = 1 };
	struct err e;
	struct got g;
	uint16_t port;
	int server = listener(true, &port);

	(void)state;
	addrs.addr[0] = v4("127.0.0.1", port);
	set_up(&g);
	net_connect_start(g.loop, &lo, &addrs, 2000, on_fd, &g);
	assert_false(g.called);
	loop_run(g.loop);
	assert_false(g.failed);
	assert_int_equal(net_prove(g.fd, &lo, &e), 0);
	assert_int_equal(net_prove(g.fd, &(struct net_link){ .ifname = "ppp0", .local = "127.0.0.1" }, &e), -1);
	assert_non_null(strstr(e.text, "bound to lo, not to the link ppp0"));
	assert_int_equal(net_prove(g.fd, &(struct net_link){ .ifname = "lo", .local = "10.1.2.3" }, &e), -1);
	assert_non_null(strstr(e.text, "not from the link's address 10.1.2.3"));
	tear_down(&g);
	close(server);
}

static void a_connection_that_is_not_bound_proves_nothing(void **state)
{
	uint16_t port;
	int server = listener(true, &port), fd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_storage ss = v4("127.0.0.1", port);
	struct err e;

	(void)state;
	assert_int_equal(connect(fd, (struct sockaddr *)&ss, sizeof(struct sockaddr_in)), 0);
	assert_int_equal(net_prove(fd, &lo, &e), -1);
	assert_non_null(strstr(e.text, "bound to no interface"));
	close(fd);
	close(server);
}

static void addresses_are_tried_in_turn(void **state)
{
	struct net_addrs addrs = { .n = 3 };
	struct got g;
	uint16_t dead, alive;
	int refusing = listener(false, &dead), server = listener(true, &alive);

	(void)state;
	addrs.addr[0] = v4("127.0.0.1", dead);
	addrs.addr[1] = v4("255.255.255.255", 22);	/* not even tried by the kernel */
	addrs.addr[2] = v4("127.0.0.1", alive);
	set_up(&g);
	net_connect_start(g.loop, &lo, &addrs, 3000, on_fd, &g);
	loop_run(g.loop);
	assert_false(g.failed);
	tear_down(&g);
	close(refusing);
	close(server);
}

static void failures_to_connect_are_told_apart(void **state)
{
	struct net_addrs addrs = { .n = 1 }, none = { 0 };
	struct got g;
	uint16_t dead;
	int refusing = listener(false, &dead);

	(void)state;
	addrs.addr[0] = v4("127.0.0.1", dead);
	set_up(&g);
	net_connect_start(g.loop, &lo, &addrs, 1000, on_fd, &g);
	loop_run(g.loop);
	assert_true(g.failed);
	assert_non_null(strstr(g.why.text, "refused"));
	tear_down(&g);
	close(refusing);

	set_up(&g);
	net_connect_start(g.loop, &lo, &none, 1000, on_fd, &g);
	loop_run(g.loop);
	assert_true(g.failed);
	tear_down(&g);

	set_up(&g);
	net_connect_start(g.loop, &(struct net_link){ .ifname = "nosuch0", .local = "127.0.0.1" }, &addrs, 1000, on_fd, &g);
	loop_run(g.loop);
	assert_true(g.failed);
	assert_non_null(strstr(g.why.text, "nosuch0"));
	tear_down(&g);
}

/* A full backlog swallows the SYN. */
static void a_silent_address_costs_its_share_of_the_time(void **state)
{
	struct net_addrs addrs = { .n = 2 };
	struct got g;
	uint16_t silent, alive;
	int full = listener(false, &silent), server = listener(true, &alive), fill[4];
	struct sockaddr_storage ss = v4("127.0.0.1", silent);

	(void)state;
	assert_int_equal(listen(full, 0), 0);
	for (size_t i = 0; i < 4; i++) {
		fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (connect(fill[i], (struct sockaddr *)&ss, sizeof(struct sockaddr_in)) < 0)
			assert_int_equal(errno, EINPROGRESS);
	}
	addrs.addr[0] = ss;
	addrs.addr[1] = v4("127.0.0.1", alive);
	set_up(&g);
	net_connect_start(g.loop, &lo, &addrs, 600, on_fd, &g);
	loop_run(g.loop);
	assert_false(g.failed);
	tear_down(&g);

	addrs.n = 1;
	set_up(&g);
	net_connect_start(g.loop, &lo, &addrs, 200, on_fd, &g);
	loop_run(g.loop);
	assert_true(g.failed);
	assert_non_null(strstr(g.why.text, "did not answer"));
	tear_down(&g);
	for (size_t i = 0; i < 4; i++)
		close(fill[i]);
	close(full);
	close(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_written_as_people_write_them),
		cmocka_unit_test(digits_are_not_asked_for_and_answered_from_the_loop),
		cmocka_unit_test(names_that_cannot_be_asked_for_fail_from_the_loop),
		cmocka_unit_test(what_is_cancelled_says_nothing),
		cmocka_unit_test(a_connection_is_bound_and_proven),
		cmocka_unit_test(a_connection_that_is_not_bound_proves_nothing),
		cmocka_unit_test(addresses_are_tried_in_turn),
		cmocka_unit_test(failures_to_connect_are_told_apart),
		cmocka_unit_test(a_silent_address_costs_its_share_of_the_time),
	};

	return TAP_RUN(tests);
}
