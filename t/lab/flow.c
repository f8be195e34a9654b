/* flow - bytes through a tunnel, at both of its ends, checked.
 *
 *   flow target [-6 | -a] [PORT]	listens on loopback (-a: everywhere; prints the port first) and does what the first line of a connection says:
 *		echo		sends back what comes, until EOF; then its own
 *		sink		reads until EOF, answers "BYTES SUM", closes
 *		source N	sends N bytes and EOF, then reads until EOF
 *		bye		sends "bye" and EOF, then reads until EOF; prints "bye BYTES SUM"
 *		mute		reads nothing, ever
 *		slow N		as sink, N bytes a second
 *   flow send HOST PORT N	N bytes to a sink; succeeds if it got them
 *   flow fetch HOST PORT N	N bytes from a source, checked
 *   flow bye HOST PORT N	hears bye and EOF, then still sends N bytes
 *   flow many HOST PORT COUNT N	COUNT connections at once, N bytes echoed on each
 *   flow fill HOST PORT COUNT MODE	COUNT connections to `mute` or `slow ...`; pushes until nothing has
 *		been taken for 2 s; prints how many bytes were, then waits for the end of its input
 *   flow pull HOST PORT COUNT N	COUNT sources of N bytes, nothing of it read; waits likewise
 *   flow slow HOST PORT COUNT N RATE	N bytes to each of COUNT slow sinks of RATE bytes a second
 *   flow port			prints a TCP port that is free now
 *   flow knock HOST PORT	succeeds if somebody takes a connection there
 *   flow deaf			a UDP socket that never answers (prints its port first)
 *   flow say TEXT		listens (prints the port first), says TEXT to whoever connects, reads on
 *   flow ping HOST PORT COUNT	echoes of one byte; prints the median in us
 *
 * Bytes are a pattern of their place in the stream, so that one lost, doubled or swapped is seen. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONNS_MAX 1100
#define PIECE 65536

enum mode { READING_MODE, ECHO, SINK, SOURCE, BYE, MUTE, SLOW };

struct conn {
	int fd;
	enum mode mode;
	char line[64];
	size_t line_len;
	uint64_t got, sum, sent, limit;
	bool in_eof, out_eof;
	char keep[PIECE];	/* echo: not yet sent back */
	size_t keep_len;
	int64_t slow_until;
};

static void die(const char *what)
{
	fprintf(stderr, "flow: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* --- the pattern ------------------------------------------------------------------------- */

static unsigned char pattern(uint64_t i)
{
	return (unsigned char)((i * UINT64_C(0x9e3779b97f4a7c15)) >> 56);
}

static void fill(char *p, size_t n, uint64_t at)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)pattern(at + i);
}

static uint64_t sum_of(uint64_t sum, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum = (sum ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static void check_pattern(const char *p, size_t n, uint64_t at)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] != pattern(at + i)) {
			fprintf(stderr, "flow: byte %" PRIu64 " is wrong\n", at + i);
			exit(1);
		}
}

/* --- the target ---------------------------------------------------------------------------- */

static void obey(struct conn *c)
{
	char word[16] = "";
	unsigned long long n = 0;

	sscanf(c->line, "%15s %llu", word, &n);
	c->limit = n;
	c->mode = strcmp(word, "echo") == 0 ? ECHO : strcmp(word, "sink") == 0 ? SINK :
		  strcmp(word, "source") == 0 ? SOURCE : strcmp(word, "bye") == 0 ? BYE :
		  strcmp(word, "slow") == 0 ? SLOW : MUTE;
	if (c->mode == BYE) {
		if (send(c->fd, "bye\n", 4, MSG_NOSIGNAL) != 4)
			c->in_eof = true;
		shutdown(c->fd, SHUT_WR);
		c->out_eof = true;
	}
}

static void answer_sum(struct conn *c)
{
	char text[64];
	int n = snprintf(text, sizeof text, "%" PRIu64 " %" PRIx64 "\n", c->got, c->sum);

	if (c->mode == BYE)
		printf("bye %s", text);
	else if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		perror("flow: answer");
	fflush(stdout);
	c->out_eof = true;
}

static void take(struct conn *c)
{
	char piece[PIECE];
	size_t max = c->mode == READING_MODE ? 1 : c->mode == ECHO ? PIECE - c->keep_len : PIECE;
	ssize_t n;

	if (c->mode == SLOW) {
		max = c->limit / 20 + 1 < max ? c->limit / 20 + 1 : max;
		c->slow_until = now_us() + 50000;
	}
	n = recv(c->fd, piece, max, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		c->in_eof = true;
		if (n < 0)
			c->out_eof = true;
		else if (c->mode == SINK || c->mode == SLOW || c->mode == BYE)
			answer_sum(c);
		else if (c->mode == READING_MODE || c->mode == MUTE)
			c->out_eof = true;
		return;
	}
	if (c->mode == READING_MODE) {
		if (piece[0] == '\n')
			obey(c);
		else if (c->line_len < sizeof c->line - 1)
			c->line[c->line_len++] = piece[0];
		return;
	}
	c->got += (uint64_t)n;
	c->sum = sum_of(c->sum, piece, (size_t)n);
	if (c->mode == ECHO) {
		memcpy(c->keep + c->keep_len, piece, (size_t)n);
		c->keep_len += (size_t)n;
	}
}

static void give(struct conn *c)
{
	char piece[PIECE];
	const char *p = c->keep;
	size_t n = c->keep_len;
	ssize_t k;

	if (c->mode == SOURCE) {
		n = c->limit - c->sent < PIECE ? (size_t)(c->limit - c->sent) : PIECE;
		fill(piece, n, c->sent);
		p = piece;
	}
	k = n ? send(c->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
	if (k < 0 && errno != EAGAIN) {
		c->in_eof = c->out_eof = true;
		return;
	}
	if (k > 0 && c->mode == ECHO) {
		c->keep_len -= (size_t)k;
		memmove(c->keep, c->keep + k, c->keep_len);
	}
	c->sent += k > 0 ? (uint64_t)k : 0;
	if ((c->mode == SOURCE && c->sent == c->limit) || (c->mode == ECHO && c->in_eof && !c->keep_len)) {
		shutdown(c->fd, SHUT_WR);
		c->out_eof = true;
	}
}

static short wants(const struct conn *c)
{
	short w = 0;

	if (!c->in_eof && c->mode != MUTE && !(c->mode == ECHO && c->keep_len == PIECE) &&
	    !(c->mode == SLOW && now_us() < c->slow_until))
		w |= POLLIN;
	if (!c->out_eof && ((c->mode == ECHO && (c->keep_len || c->in_eof)) || c->mode == SOURCE))
		w |= POLLOUT;
	return w;
}

static int listen_on(bool v6, bool all, int port)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				   .sin_addr.s_addr = htonl(all ? INADDR_ANY : INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port),
				    .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr *sa = v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in4;
	socklen_t len = v6 ? sizeof in6 : sizeof in4;
	int on = 1, fd = socket(sa->sa_family, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, sa, len) < 0 || listen(fd, 1024) < 0 || getsockname(fd, sa, &len) < 0)
		die("listen");
	printf("%d\n", ntohs(v6 ? in6.sin6_port : in4.sin_port));
	fflush(stdout);
	return fd;
}

static void serve(int fd)
{
	static struct pollfd p[CONNS_MAX + 1];
	static struct conn *conns[CONNS_MAX];
	size_t n = 0;

	for (;;) {
		bool slow = false;

		p[0] = (struct pollfd){ fd, n < CONNS_MAX ? POLLIN : 0, 0 };
		for (size_t i = 0; i < n; i++) {
			p[i + 1] = (struct pollfd){ conns[i]->fd, wants(conns[i]), 0 };
			slow |= conns[i]->mode == SLOW;
			if (conns[i]->mode == MUTE)
				p[i + 1].fd = -1;
		}
		if (poll(p, n + 1, slow ? 20 : -1) < 0)
			die("poll");
		for (size_t i = n; i-- > 0;) {
			if (p[i + 1].revents & (POLLIN | POLLHUP | POLLERR) && wants(conns[i]) & POLLIN)
				take(conns[i]);
			if (p[i + 1].revents & POLLOUT)
				give(conns[i]);
			if (!(conns[i]->in_eof && conns[i]->out_eof))
				continue;
			close(conns[i]->fd);
			free(conns[i]);
			conns[i] = conns[--n];
		}
		if (p[0].revents & POLLIN) {
			struct conn *c = calloc(1, sizeof *c);

			if (!c)
				die("memory");
			c->fd = accept(fd, NULL, NULL);
			c->sum = UINT64_C(0xcbf29ce484222325);
			if (c->fd >= 0)
				conns[n++] = c;
			else
				free(c);
		}
	}
}

/* --- clients --------------------------------------------------------------------------------- */

static int dial(const char *host, const char *port, const char *line)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || inet_pton(AF_INET, host, &in4.sin_addr) != 1)
		die("socket");
	if (connect(fd, (struct sockaddr *)&in4, sizeof in4) < 0)
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (send(fd, line, strlen(line), MSG_NOSIGNAL) != (ssize_t)strlen(line))
		die("send");
	return fd;
}

static void send_all(int fd, uint64_t n, uint64_t *sum)
{
	char piece[PIECE];

	for (uint64_t at = 0; at < n;) {
		size_t k = n - at < PIECE ? (size_t)(n - at) : PIECE;

		fill(piece, k, at);
		*sum = sum_of(*sum, piece, k);
		for (size_t off = 0; off < k;) {
			ssize_t w = send(fd, piece + off, k - off, MSG_NOSIGNAL);

			if (w < 0)
				die("send");
			off += (size_t)w;
		}
		at += k;
	}
	shutdown(fd, SHUT_WR);
}

/* Reads to the end into TEXT. */
static void read_text(int fd, char *text, size_t size)
{
	size_t n = 0;
	ssize_t k;

	while ((k = recv(fd, text + n, size - 1 - n, 0)) > 0)
		n += (size_t)k;
	if (k < 0)
		die("recv");
	text[n] = 0;
}

static int do_send(const char *host, const char *port, const char *line, uint64_t n)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	char text[64], want[64];
	int fd = dial(host, port, line);

	send_all(fd, n, &sum);
	snprintf(want, sizeof want, "%" PRIu64 " %" PRIx64 "\n", n, sum);
	read_text(fd, text, sizeof text);
	if (strcmp(text, want) == 0)
		return 0;
	fprintf(stderr, "flow: sent %sthe sink got %s\n", want, text);
	return 1;
}

static int do_fetch(const char *host, const char *port, uint64_t n)
{
	char line[64], piece[PIECE];
	uint64_t got = 0;
	ssize_t k;
	int fd;

	snprintf(line, sizeof line, "source %" PRIu64 "\n", n);
	fd = dial(host, port, line);
	while ((k = recv(fd, piece, sizeof piece, 0)) > 0) {
		check_pattern(piece, (size_t)k, got);
		got += (uint64_t)k;
	}
	if (k < 0)
		die("recv");
	if (got == n)
		return 0;
	fprintf(stderr, "flow: fetched %" PRIu64 " of %" PRIu64 " bytes\n", got, n);
	return 1;
}

static int do_bye(const char *host, const char *port, uint64_t n)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	int fd = dial(host, port, "bye\n");
	char text[64];

	read_text(fd, text, sizeof text);
	if (strcmp(text, "bye\n") != 0) {
		fprintf(stderr, "flow: heard '%s', not bye\n", text);
		return 1;
	}
	send_all(fd, n, &sum);
	printf("bye %" PRIu64 " %" PRIx64 "\n", n, sum);
	return 0;
}

static int do_many(const char *host, const char *port, int count, uint64_t n)
{
	static struct pollfd p[CONNS_MAX];
	static uint64_t out[CONNS_MAX], in[CONNS_MAX];
	int left = count;

	for (int i = 0; i < count; i++)
		p[i] = (struct pollfd){ dial(host, port, "echo\n"), POLLIN | POLLOUT, 0 };
	while (left > 0) {
		if (poll(p, (nfds_t)count, 30000) <= 0)
			die("nothing moves");
		for (int i = 0; i < count; i++) {
			char piece[4096];
			ssize_t k;

			if (p[i].revents & POLLOUT) {
				size_t m = n - out[i] < sizeof piece ? (size_t)(n - out[i]) : sizeof piece;

				fill(piece, m, out[i]);
				k = send(p[i].fd, piece, m, MSG_DONTWAIT | MSG_NOSIGNAL);
				out[i] += k > 0 ? (uint64_t)k : 0;
				if (out[i] == n) {
					shutdown(p[i].fd, SHUT_WR);
					p[i].events = POLLIN;
				}
			}
			if (p[i].revents & (POLLIN | POLLHUP | POLLERR)) {
				k = recv(p[i].fd, piece, sizeof piece, MSG_DONTWAIT);
				if (k < 0 && errno == EAGAIN)
					continue;
				if (k > 0) {
					check_pattern(piece, (size_t)k, in[i]);
					in[i] += (uint64_t)k;
				} else if (in[i] == n) {
					close(p[i].fd);
					p[i].fd = -1;
					left--;
				} else {
					fprintf(stderr, "flow: connection %d ended after %" PRIu64 " bytes\n", i, in[i]);
					return 1;
				}
			}
		}
	}
	return 0;
}

static void wait_for_end(void)
{
	char c;

	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
}

static int do_fill(const char *host, const char *port, int count, const char *mode)
{
	static struct pollfd p[CONNS_MAX];
	static char piece[PIECE];
	char line[64];
	uint64_t total = 0;

	snprintf(line, sizeof line, "%s\n", mode);
	for (int i = 0; i < count; i++)
		p[i] = (struct pollfd){ dial(host, port, line), POLLOUT, 0 };
	while (poll(p, (nfds_t)count, 2000) > 0)
		for (int i = 0; i < count; i++) {
			ssize_t k;

			if (!p[i].revents)
				continue;
			k = send(p[i].fd, piece, sizeof piece, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (k > 0)
				total += (uint64_t)k;
			else if (errno != EAGAIN)
				p[i].fd = -1;
		}
	printf("%" PRIu64 "\n", total);
	wait_for_end();
	return 0;
}

static int do_pull(const char *host, const char *port, int count, const char *n)
{
	char line[64];

	snprintf(line, sizeof line, "source %s\n", n);
	for (int i = 0; i < count; i++)
		dial(host, port, line);
	printf("pulling\n");
	wait_for_end();
	return 0;
}

static int do_slow(const char *host, const char *port, int count, uint64_t n, const char *rate)
{
	char line[64];
	int status, bad = 0;

	snprintf(line, sizeof line, "slow %s\n", rate);
	for (int i = 0; i < count; i++)
		if (fork() == 0)
			_exit(do_send(host, port, line, n));
	while (wait(&status) > 0)
		bad |= status != 0;
	return bad;
}

/* Prefers ports below those that the kernel hands out, so that it is still free a moment later. */
static int do_port(void)
{
	srandom((unsigned)(now_us() ^ getpid()));
	for (int i = 0; i < 1000; i++) {
		int port = 20000 + (int)(random() % 12000), fd = socket(AF_INET, SOCK_STREAM, 0);
		struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

		if (fd >= 0 && bind(fd, (struct sockaddr *)&in4, sizeof in4) == 0) {
			printf("%d\n", port);
			return 0;
		}
		close(fd);
	}
	return 1;
}

static int do_knock(const char *host, const char *port)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd < 0 || inet_pton(AF_INET, host, &in4.sin_addr) != 1 ||
	       connect(fd, (struct sockaddr *)&in4, sizeof in4) < 0;
}

static _Noreturn void do_deaf(void)
{
	struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof in4;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&in4, len) < 0 || getsockname(fd, (struct sockaddr *)&in4, &len) < 0)
		die("bind");
	printf("%d\n", ntohs(in4.sin_port));
	fflush(stdout);
	for (;;)
		pause();
}

static _Noreturn void do_say(const char *text)
{
	int fd = listen_on(false, false, 0);

	for (;;) {
		int c = accept(fd, NULL, NULL);

		if (c >= 0 && send(c, text, strlen(text), MSG_NOSIGNAL) < 0)
			close(c);
	}
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int do_ping(const char *host, const char *port, int count)
{
	int64_t *took = calloc((size_t)count, sizeof *took);
	int fd = dial(host, port, "echo\n");
	char c = 'x';

	if (!took || count < 1)
		die("memory");
	for (int i = 0; i < count; i++) {
		int64_t since = now_us();

		if (send(fd, &c, 1, MSG_NOSIGNAL) != 1 || recv(fd, &c, 1, 0) != 1)
			die("ping");
		took[i] = now_us() - since;
	}
	qsort(took, (size_t)count, sizeof *took, by_value);
	printf("%lld\n", (long long)took[count / 2]);
	free(took);
	return 0;
}

int main(int argc, char **argv)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	if (argc >= 2 && strcmp(argv[1], "target") == 0) {
		const char *how = argc > 2 && argv[2][0] == '-' ? argv[2] : "";
		int at = *how ? 3 : 2;

		serve(listen_on(strcmp(how, "-6") == 0, strcmp(how, "-a") == 0, argc > at ? atoi(argv[at]) : 0));
	}
	if (argc == 2 && strcmp(argv[1], "port") == 0)
		return do_port();
	if (argc == 2 && strcmp(argv[1], "deaf") == 0)
		do_deaf();
	if (argc == 3 && strcmp(argv[1], "say") == 0)
		do_say(argv[2]);
	if (argc == 4 && strcmp(argv[1], "knock") == 0)
		return do_knock(argv[2], argv[3]);
	if (argc == 5 && strcmp(argv[1], "send") == 0)
		return do_send(argv[2], argv[3], "sink\n", strtoull(argv[4], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "fetch") == 0)
		return do_fetch(argv[2], argv[3], strtoull(argv[4], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "bye") == 0)
		return do_bye(argv[2], argv[3], strtoull(argv[4], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "ping") == 0)
		return do_ping(argv[2], argv[3], atoi(argv[4]));
	if (argc == 6 && atoi(argv[4]) <= CONNS_MAX) {
		if (strcmp(argv[1], "many") == 0)
			return do_many(argv[2], argv[3], atoi(argv[4]), strtoull(argv[5], NULL, 10));
		if (strcmp(argv[1], "fill") == 0)
			return do_fill(argv[2], argv[3], atoi(argv[4]), argv[5]);
		if (strcmp(argv[1], "pull") == 0)
			return do_pull(argv[2], argv[3], atoi(argv[4]), argv[5]);
	}
	if (argc == 7 && strcmp(argv[1], "slow") == 0)
		return do_slow(argv[2], argv[3], atoi(argv[4]), strtoull(argv[5], NULL, 10), argv[6]);
	fputs("usage: see the head of flow.c\n", stderr);
	return 2;
}
