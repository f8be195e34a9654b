/* ptyline - the machine at the other end of a serial line, which is a pseudo-terminal.
 *
 *   ptyline LINK		LINK becomes a link to it. Commands from the standard input, each answered with a line:
 *
 *	send TEXT		(\r \n \e \\ \xHH)
 *	flood BYTES [RATE]	numbered lines, as --pattern prints them, RATE bytes a second (or as fast as they are taken)
 *	expect TEXT		waits, at most 10 s, until that has come; what came before it is forgotten
 *	received FILE		what has come since the last `received` or `clear`, as it is
 *	clear
 *	unplug, plug
 *	drain on|off		off: nothing is read any more, as if the other side stopped the flow (on)
 *
 *   ptyline --pattern BYTES	prints what `flood BYTES` sends */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define LINE 64
#define RECEIVED_MAX (16 << 20)

struct line {
	const char *link;
	int fd;
	bool drains;
	char *received;
	size_t n, from;		/* expect: what is before FROM has been seen */
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void die(const char *what) __attribute__((noreturn));
static void die(const char *what)
{
	fprintf(stderr, "ptyline: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Bytes AT.. of the pattern: lines of 64 bytes, each with its number and some of everything printable. */
static void pattern(char *out, size_t at, size_t n)
{
	char text[LINE + 1];

	while (n > 0) {
		size_t k = at % LINE, w = LINE - k < n ? LINE - k : n, number = at / LINE;

		snprintf(text, sizeof text, "%010zu ", number);
		for (size_t i = 11; i < LINE - 2; i++)
			text[i] = (char)(' ' + (number + i) % 95);
		memcpy(text + LINE - 2, "\r\n", 2);
		memcpy(out, text + k, w);
		out += w;
		at += w;
		n -= w;
	}
}

static void receive(struct line *l)
{
	ssize_t n;

	if (l->fd < 0 || !l->drains)
		return;
	while (l->n < RECEIVED_MAX && (n = read(l->fd, l->received + l->n, RECEIVED_MAX - l->n)) > 0)
		l->n += (size_t)n;
}

static void wait_line(struct line *l, short events, int64_t ms)
{
	struct pollfd p = { .fd = l->fd, .events = (short)(events | (l->drains ? POLLIN : 0)) };

	poll(&p, 1, ms > 0 ? (int)ms : 0);
	receive(l);
}

static void put(struct line *l, const char *p, size_t n)
{
	while (n > 0 && l->fd >= 0) {
		ssize_t w = write(l->fd, p, n);

		if (w > 0) {
			p += w;
			n -= (size_t)w;
		} else {
			wait_line(l, POLLOUT, 1000);
		}
	}
}

static void plug(struct line *l)
{
	struct termios t;
	int slave;

	l->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (l->fd < 0 || grantpt(l->fd) < 0 || unlockpt(l->fd) < 0)
		die("pseudo-terminal");
	/* no echo before the other side has set it up */
	slave = open(ptsname(l->fd), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &t) < 0)
		die("pseudo-terminal");
	cfmakeraw(&t);
	tcsetattr(slave, TCSANOW, &t);
	unlink(l->link);
	if (symlink(ptsname(l->fd), l->link) < 0)
		die(l->link);
	close(slave);
}

static void unplug(struct line *l)
{
	unlink(l->link);
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

static void flood(struct line *l, size_t total, size_t rate)
{
	int64_t began = now_ms();
	char block[4096];

	for (size_t at = 0; at < total;) {
		size_t n = total - at < sizeof block ? total - at : sizeof block;

		if (rate) {	/* as a UART sends: what is due, in small pieces */
			size_t due = (size_t)((double)(now_ms() - began) * (double)rate / 1000);

			if (due <= at) {
				wait_line(l, 0, 1);
				continue;
			}
			n = n < due - at ? n : due - at;
		}
		pattern(block, at, n);
		put(l, block, n);
		receive(l);
		at += n;
	}
	printf("flooded %zu in %lld ms\n", total, (long long)(now_ms() - began));
}

static size_t unescape(char *s)
{
	char *out = s;
	const char *begin = s;

	for (; *s; s++) {
		if (*s != '\\') {
			*out++ = *s;
			continue;
		}
		s++;
		if (*s == 'x' && s[1] && s[2]) {
			char hex[3] = { s[1], s[2], 0 };

			*out++ = (char)strtoul(hex, NULL, 16);
			s += 2;
		} else {
			*out++ = *s == 'r' ? '\r' : *s == 'n' ? '\n' : *s == 'e' ? '\033' : *s;
		}
		if (!*s)
			break;
	}
	*out = 0;
	return (size_t)(out - begin);
}

static void expect(struct line *l, const char *text, size_t n)
{
	int64_t until = now_ms() + 10000;

	for (;;) {
		char *found = memmem(l->received + l->from, l->n - l->from, text, n);

		if (found) {
			l->from = (size_t)(found - l->received) + n;
			puts("ok");
			return;
		}
		if (now_ms() >= until) {
			puts("not received");
			return;
		}
		wait_line(l, 0, 100);
	}
}

static void save(struct line *l, const char *path)
{
	FILE *f = fopen(path, "w");

	receive(l);
	if (!f || fwrite(l->received, 1, l->n, f) != l->n)
		die(path);
	fclose(f);
	l->n = l->from = 0;
	puts("ok");
}

static void obey(struct line *l, char *line)
{
	char *arg = line + strcspn(line, " ");

	if (*arg)
		*arg++ = 0;
	if (strcmp(line, "send") == 0) {
		put(l, arg, unescape(arg));
	} else if (strcmp(line, "flood") == 0) {
		size_t total = strtoul(arg, &arg, 10);

		flood(l, total, strtoul(arg, NULL, 10));
		return;
	} else if (strcmp(line, "expect") == 0) {
		size_t n = unescape(arg);

		expect(l, arg, n);
		return;
	} else if (strcmp(line, "received") == 0) {
		save(l, arg);
		return;
	} else if (strcmp(line, "clear") == 0) {
		receive(l);
		l->n = l->from = 0;
	} else if (strcmp(line, "unplug") == 0) {
		unplug(l);
	} else if (strcmp(line, "plug") == 0) {
		plug(l);
	} else if (strcmp(line, "drain") == 0) {
		l->drains = strcmp(arg, "on") == 0;
	} else {
		puts("unknown");
		return;
	}
	puts("ok");
}

int main(int argc, char **argv)
{
	struct line l = { .fd = -1, .drains = true };
	char line[4096], block[LINE];
	size_t len = 0;
	char c;

	if (argc == 3 && strcmp(argv[1], "--pattern") == 0) {
		for (size_t at = 0, total = strtoul(argv[2], NULL, 10); at < total; at += LINE) {
			pattern(block, at, LINE);
			fwrite(block, 1, total - at < LINE ? total - at : LINE, stdout);
		}
		return 0;
	}
	if (argc != 2) {
		fputs("usage: ptyline LINK | ptyline --pattern BYTES\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	l.link = argv[1];
	l.received = malloc(RECEIVED_MAX);
	if (!l.received)
		die("memory");
	plug(&l);
	puts("ready");
	for (;;) {
		struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = l.drains ? l.fd : -1, .events = POLLIN } };

		poll(p, 2, -1);
		if (p[1].revents & POLLIN)
			receive(&l);
		else if (p[1].revents & POLLHUP)	/* nobody has the line open */
			usleep(20000);
		if (!p[0].revents)
			continue;
		if (read(STDIN_FILENO, &c, 1) != 1)
			break;
		if (c == '\n') {
			line[len] = 0;
			len = 0;
			obey(&l, line);
		} else if (len < sizeof line - 1) {
			line[len++] = c;
		}
	}
	unplug(&l);
	return 0;
}
