/* portchat - talks to a serial port through run/serial.h, as a script says.
 *
 *   portchat PORT STEP...
 *
 * PORT is a path, or a USB id with an interface: 12d1:1001/0. Steps:
 *   send TEXT            (\r \n \xHH)
 *   expect TEXT          within the time limit; what came before it is dropped
 *   dcd 0|1              waits for the line to be so
 *   dtr 0|1
 *   gone                 waits for the port to be lost
 *   lend, back           as around pppd
 *   run COMMAND          its status must be 0
 *   rest                 shows what is there
 *   reopen               closes and opens
 *   as 9600,7E1          does so with these settings; `as 115200,8N1,none` also says which flow control
 *   break                holds the line for 300 ms
 *   save N:FILE          what comes, exactly N bytes of it
 *   seconds N            limit for each later step (10)
 *
 * Each step is shown when done, with the monotonic time in milliseconds. The exit status is 0 if all were. */
#include "config.h"

#include "base/clock.h"
#include "run/serial.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chat {
	const char *name;
	char path[SERIAL_PATH_MAX];
	struct serial *port;
	struct serial_options as;
	int64_t limit;
	char got[65536];
	size_t len;
};

static void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("portchat: ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	exit(1);
}

static void show(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] >= ' ' && p[i] <= '~')
			putchar(p[i]);
		else
			printf("\\x%02x", (unsigned char)p[i]);
	putchar('\n');
}

/* \r, \n and \xHH -> bytes. Returns how many. */
static size_t unescape(const char *text, char *out, size_t size)
{
	size_t n = 0;
	unsigned c;

	while (*text && n < size) {
		if (*text != '\\') {
			out[n++] = *text++;
		} else if (text[1] == 'x' && sscanf(text + 2, "%2x", &c) == 1) {
			out[n++] = (char)c;
			text += 4;
		} else {
			out[n++] = text[1] == 'r' ? '\r' : text[1] == 'n' ? '\n' : text[1];
			text += 2;
		}
	}
	return n;
}

static void open_it(struct chat *c)
{
	char id[64];
	struct err e;
	int interface;

	if (sscanf(c->name, "%63[^/]/%d", id, &interface) == 2 && strchr(id, ':')) {
		if (serial_find(id, interface, c->path, sizeof c->path, &e) < 0)
			fail("%s", e.text);
	} else {
		snprintf(c->path, sizeof c->path, "%s", c->name);
	}
	c->port = serial_open_as(c->path, &c->as, &e);
	if (!c->port)
		fail("%s", e.text);
	c->len = 0;
	printf("opened %s\n", serial_path(c->port));
}

/* Reads what comes, waiting at most until END. Returns false when the port is gone. */
static bool pull(struct chat *c, int64_t end)
{
	struct pollfd f = { serial_fd(c->port), POLLIN, 0 };
	int64_t left = end - clock_mono_ms();
	ssize_t n;

	if (poll(&f, 1, left > 0 ? (int)left : 0) <= 0)
		return true;
	if (c->len == sizeof c->got)
		c->len = 0;
	n = serial_read(c->port, c->got + c->len, sizeof c->got - c->len);
	c->len += n > 0 ? (size_t)n : 0;
	return n >= 0;
}

static void step_expect(struct chat *c, const char *text)
{
	int64_t end = clock_mono_ms() + c->limit;
	char want[1024], *at;
	size_t n = unescape(text, want, sizeof want);

	while (!(at = memmem(c->got, c->len, want, n))) {
		if (clock_mono_ms() >= end || !pull(c, end)) {
			show(c->got, c->len);
			fail("'%s' did not come", text);
		}
	}
	c->len -= (size_t)(at - c->got) + n;
	memmove(c->got, at + n, c->len);
}

static void step_send(struct chat *c, const char *text)
{
	int64_t end = clock_mono_ms() + c->limit;
	char bytes[4096];
	size_t n = unescape(text, bytes, sizeof bytes), done = 0;
	ssize_t put;

	while (done < n) {
		struct pollfd f = { serial_fd(c->port), POLLOUT, 0 };

		if (clock_mono_ms() > end || poll(&f, 1, 1000) < 0)
			fail("the port takes nothing");
		put = serial_write(c->port, bytes + done, n - done);
		if (put < 0)
			fail("the port is gone");
		done += (size_t)put;
	}
}

/* The line is looked at while bytes are waited for, 20 ms at a time: it has no event of its own. */
static void step_dcd(struct chat *c, int want)
{
	int64_t end = clock_mono_ms() + c->limit;

	while (serial_dcd(c->port) != want) {
		if (clock_mono_ms() >= end)
			fail("DCD is not %d", want);
		pull(c, clock_mono_ms() + 20);
	}
}

static void step_gone(struct chat *c)
{
	int64_t end = clock_mono_ms() + c->limit;

	while (pull(c, end))
		if (clock_mono_ms() >= end)
			fail("the port is still there");
}

static void step_rest(struct chat *c)
{
	pull(c, clock_mono_ms());
	show(c->got, c->len);
	c->len = 0;
}

static void step_run(const char *command)
{
	int rc = system(command);

	if (rc)
		fail("status %d: %s", rc, command);
}

static void step_reopen(struct chat *c)
{
	serial_close(c->port);
	open_it(c);
}

/* "115200,8N1,none" */
static void step_as(struct chat *c, const char *text)
{
	static const char *const flows[] = { "none", "rtscts", "xonxoff", "auto" };
	static const char parities[] = "NEO";
	char parity = 0, flow[16] = "auto";
	const char *found;

	if (sscanf(text, "%u,%1u%c%1u,%15s", &c->as.speed, &c->as.data_bits, &parity, &c->as.stop_bits, flow) < 4 ||
	    !(found = strchr(parities, parity)))
		fail("%s: no settings", text);
	c->as.parity = (enum serial_parity)(found - parities);
	for (unsigned i = 0; i < 4; i++)
		if (!strcmp(flows[i], flow))
			c->as.flow = (enum serial_flow)i;
	step_reopen(c);
}

static void step_break(struct chat *c)
{
	if (serial_set_break(c->port, true) < 0)
		fail("the port sends no BREAK");
	pull(c, clock_mono_ms());
	poll(NULL, 0, 300);
	serial_set_break(c->port, false);
}

static void step_save(struct chat *c, const char *text)
{
	const char *path = strchr(text, ':');
	int64_t left = atoll(text), end = clock_mono_ms() + c->limit, all = left;
	FILE *f = path ? fopen(path + 1, "we") : NULL;

	if (!f)
		fail("%s: cannot be written", text);
	while (left > 0) {
		size_t n = (int64_t)c->len < left ? c->len : (size_t)left;

		fwrite(c->got, 1, n, f);
		left -= (int64_t)n;
		c->len -= n;
		memmove(c->got, c->got + n, c->len);
		if (left > 0 && (clock_mono_ms() >= end || !pull(c, end))) {
			fclose(f);
			fail("%lld of %lld bytes did not come", (long long)left, (long long)all);
		}
	}
	if (fclose(f))
		fail("%s: cannot be written", text);
}

/* Returns how many arguments the step took. */
static int step(struct chat *c, char **argv)
{
	const char *verb = argv[0], *arg = argv[1] ? argv[1] : "";

	if (!strcmp(verb, "gone"))
		return step_gone(c), 1;
	if (!strcmp(verb, "rest"))
		return step_rest(c), 1;
	if (!strcmp(verb, "reopen"))
		return step_reopen(c), 1;
	if (!strcmp(verb, "break"))
		return step_break(c), 1;
	if (!strcmp(verb, "lend"))
		return serial_lend(c->port), 1;
	if (!strcmp(verb, "back")) {
		if (serial_take_back(c->port) < 0)
			fail("the port did not come back");
		return 1;
	}
	if (!argv[1])
		fail("%s: no such step, or no argument", verb);
	if (!strcmp(verb, "send"))
		step_send(c, arg);
	else if (!strcmp(verb, "expect"))
		step_expect(c, arg);
	else if (!strcmp(verb, "dcd"))
		step_dcd(c, atoi(arg));
	else if (!strcmp(verb, "dtr"))
		serial_set_dtr(c->port, atoi(arg));
	else if (!strcmp(verb, "as"))
		step_as(c, arg);
	else if (!strcmp(verb, "save"))
		step_save(c, arg);
	else if (!strcmp(verb, "run"))
		step_run(arg);
	else if (!strcmp(verb, "seconds"))
		c->limit = atoi(arg) * SEC_MS;
	else
		fail("%s: no such step", verb);
	return 2;
}

int main(int argc, char **argv)
{
	static struct chat c = {
		.as = { .speed = 115200, .data_bits = 8, .stop_bits = 1, .flow = SERIAL_FLOW_AUTO, .hangs_up = true },
		.limit = 10 * SEC_MS,
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2) {
		fputs("usage: portchat PORT STEP...\n", stderr);
		return 2;
	}
	c.name = argv[1];
	open_it(&c);
	for (char **p = argv + 2; *p;) {
		int n = step(&c, p);

		printf("[%lld] %s%s%s\n", (long long)clock_mono_ms(), p[0], n == 2 ? " " : "", n == 2 ? p[1] : "");
		p += n;
	}
	serial_close(c.port);
	return 0;
}
