/* ctlserve: a small agent for tests of oobm(1) and oobm-shell(1). It has a window, a history and two targets behind a
 * control socket, and no modem; with a fault it misbehaves as a real one might.
 *
 *   ctlserve SOCKET [FAULT]
 *
 * FAULT: mute (never answers), deaf (never even accepts), garbage, flood (a line without end), hang-up
 * (ends in the middle of a line), empty (ok without status), twice (answers ok twice), escape (says what
 * would drive a terminal), refuse. Says "ready" when it listens, and serves until its standard input closes. */
#include "base/clock.h"
#include "core/command.h"
#include "ipc/control.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define EVENTS_MAX 64

static struct {
	const char *fault;
	bool on;	/* the target */
	int64_t started, end, length;	/* end: 0 without a window */
	struct { int64_t time; const char *kind; char text[96]; } event[EVENTS_MAX];
	int events;
} srv;

static bool faulty(const char *name)
{
	return strcmp(srv.fault, name) == 0;
}

static void remember(const char *kind, const char *text)
{
	if (srv.events == EVENTS_MAX)
		return;
	srv.event[srv.events].time = clock_wall_s();
	srv.event[srv.events].kind = kind;
	snprintf(srv.event[srv.events].text, sizeof srv.event[0].text, "%s", text);
	srv.events++;
}

/* ---- answers ---- */

static void put_ok(struct buf *b, const char *text)
{
	struct msg_out o;

	msg_begin(&o, b, "ok");
	msg_str(&o, "text", text);
	msg_end(&o);
}

static void put_ok_by(struct buf *b, const struct msg *m)
{
	struct msg_out o;

	msg_begin(&o, b, "ok");
	msg_str(&o, "text", "");
	msg_str(&o, "by", msg_get(m, "key") ? msg_get(m, "key") : "ada");
	msg_end(&o);
}

static void put_error(struct buf *b, const char *code, const char *text)
{
	struct msg_out o;

	msg_begin(&o, b, "error");
	msg_str(&o, "code", code);
	msg_str(&o, "text", text);
	msg_end(&o);
}

static void put_status(struct buf *b)
{
	int64_t now = clock_mono_ms();
	struct msg_out o;

	msg_begin(&o, b, "status");
	msg_str(&o, "state", srv.end ? "open" : "listening");
	msg_num(&o, "since", 5430000);
	msg_num(&o, "uptime", 86400000 + now - srv.started);
	msg_str(&o, "version", "0.1.0");
	msg_str(&o, "model", faulty("escape") ? "E1752\033[31m\xc2\x9b\n" : "huawei E1752");
	msg_str(&o, "operator", "Vodafone.de");
	msg_str(&o, "registration", "home");
	msg_num(&o, "signal", -71);
	msg_str(&o, "sim", "ready");
	msg_num(&o, "month", srv.end ? 450000000 : 12345678);
	msg_num(&o, "budget", 500000000);
	if (srv.end) {
		msg_num(&o, "left", srv.end - now);
		msg_num(&o, "length", srv.length);
		msg_num(&o, "end", clock_wall_s() + (srv.end - now) / SEC_MS);
		msg_str(&o, "ssh", "ssh://root@relay.example.org:31337");
		msg_str(&o, "ifname", "ppp0");
		msg_str(&o, "local", "10.64.64.64");
		msg_num(&o, "received", 12345);
		msg_num(&o, "sent", 678);
		msg_str(&o, "by", "uid 0");
	} else {
		msg_str(&o, "error", "dial: NO CARRIER");
		msg_num(&o, "spool", 2);
	}
	msg_end(&o);
}

static void put_history(struct buf *b, int64_t count)
{
	for (int i = count && count < srv.events ? srv.events - (int)count : 0; i < srv.events; i++) {
		struct msg_out o;

		msg_begin(&o, b, "event");
		msg_num(&o, "time", srv.event[i].time);
		msg_str(&o, "kind", srv.event[i].kind);
		msg_str(&o, "text", srv.event[i].text);
		msg_end(&o);
	}
}

static void put_target(struct buf *b, const char *name, bool power, const char *last)
{
	struct msg_out o;

	msg_begin(&o, b, "target");
	msg_str(&o, "name", name);
	msg_num(&o, "power", power);
	msg_num(&o, "console", 1);
	if (power)
		msg_str(&o, "led", srv.on ? "on" : "off");
	msg_num(&o, "recording", 1);
	msg_str(&o, "last", last);
	msg_num(&o, "last-age", 65000);
	msg_str(&o, "may", "read,write,power");
	msg_end(&o);
}

static void put_targets(struct buf *b)
{
	put_target(b, "nas", true, "nas login:");
	put_target(b, "gateway", false, faulty("escape") ? "\033]0;owned\007" : "[  123.456789] wan0: link is up, 1000 Mbit/s, "
		   "full duplex, flow control off, and whatever else a driver finds worth telling");
}

static void put_pending(struct buf *b)
{
	struct msg_out o;

	msg_begin(&o, b, "pending");
	msg_num(&o, "id", 7);
	msg_str(&o, "target", "nas");
	msg_str(&o, "verb", "cycle");
	msg_num(&o, "left", 540000);
	msg_str(&o, "by", "ada");
	msg_end(&o);
}

/* ---- requests ---- */

static void do_power(struct buf *b, const struct msg *m)
{
	const char *verb = msg_get(m, "verb");
	struct msg_out o;
	char text[120];

	if (strcmp(msg_get(m, "target"), "nas") != 0) {
		put_error(b, "unknown", "there is no such target; see: oobm status");
		return;
	}
	msg_begin(&o, b, "progress");
	msg_str(&o, "text", "pressing the power button for 0.5 s");
	msg_end(&o);
	srv.on = strcmp(verb, "off") != 0 && strcmp(verb, "force-off") != 0;
	snprintf(text, sizeof text, "%s of nas, asked with the key %.15s", verb, msg_get(m, "key") ? msg_get(m, "key") : "none");
	remember("power", text);
	put_ok(b, "the LED is as it should be");
}

static void do_up(struct buf *b, int64_t length)
{
	char text[80], long_text[40];

	if (srv.end) {
		put_error(b, "busy", "a window is open already; write: oobm extend");
		return;
	}
	srv.length = length ? length : 30 * MIN_MS;
	srv.end = clock_mono_ms() + srv.length;
	duration_format(srv.length, long_text, sizeof long_text);
	snprintf(text, sizeof text, "a window of %s is on its way", long_text);
	remember("window", text);
	put_ok(b, text);
}

static void do_down(struct buf *b)
{
	if (!srv.end) {
		put_error(b, "refused", "there is no window to close");
		return;
	}
	srv.end = 0;
	remember("window", "closed");
	put_ok(b, "the window is being closed");
}

static void do_extend(struct buf *b, int64_t length)
{
	if (!srv.end) {
		put_error(b, "refused", "there is no window to extend");
		return;
	}
	srv.end += length ? length : 15 * MIN_MS;
	put_ok(b, "extended");
}

static void do_fault(struct buf *b)
{
	static char flood[2 * MSG_LINE_MAX];

	if (faulty("garbage")) {
		buf_addf(b, "HTTP/1.1 400 Bad Request\r\n\r\n");
	} else if (faulty("flood")) {
		memset(flood, 'x', sizeof flood);
		buf_add(b, flood, sizeof flood);
	} else if (faulty("hang-up")) {
		buf_addf(b, "event time=0 kind=fault text=half");
	} else if (faulty("empty")) {
		put_ok(b, "nothing");
	} else if (faulty("twice")) {
		put_ok(b, "first");
		put_ok(b, "second");
	} else if (faulty("refuse")) {
		put_error(b, "unavailable", "the modem is away");
	}
}

static void answer(struct buf *b, const struct msg *m, int rule)
{
	int64_t n = 0;

	msg_int(m, rule == CONTROL_HISTORY ? "count" : "length", 0, INT64_MAX, &n);
	switch (rule) {
	case CONTROL_STATUS:
		put_status(b);
		put_targets(b);
		put_pending(b);
		put_ok(b, "");
		break;
	case CONTROL_TARGETS:
		put_targets(b);
		put_ok_by(b, m);
		break;
	case CONTROL_PENDING:
		put_pending(b);
		put_ok(b, "");
		break;
	case CONTROL_POWER:
		do_power(b, m);
		break;
	case CONTROL_CANCEL:
		put_ok(b, "cancelled: cycle of nas");
		break;
	case CONTROL_UP:
		do_up(b, n);
		break;
	case CONTROL_DOWN:
		do_down(b);
		break;
	case CONTROL_EXTEND:
		do_extend(b, n);
		break;
	case CONTROL_HISTORY:
		put_history(b, n);
		put_ok(b, "");
		break;
	case CONTROL_LOG_LEVEL:
		put_ok(b, msg_get(m, "level"));
		break;
	}
}

/* Reads one line, as the permit table allows it; returns its rule, or -1. */
static int read_request(int fd, struct msg *m)
{
	char line[MSG_LINE_MAX];
	uint64_t seen = 0;
	const char *why;
	size_t n = 0;
	char *nl = NULL;

	while (!nl && n < sizeof line) {
		ssize_t r = read(fd, line + n, sizeof line - n);

		if (r <= 0)
			return -1;
		n += (size_t)r;
		nl = memchr(line, '\n', n);
	}
	if (!nl || msg_parse(m, line, (size_t)(nl - line), &why) < 0)
		return -1;
	return msg_permit(m, permit_control, CONTROL_RULES, &seen, &why);
}

static void serve(int fd)
{
	struct msg m;
	struct buf b;
	int rule = read_request(fd, &m);

	buf_init(&b, (size_t)1024 * 1024);
	if (rule < 0)
		put_error(&b, "usage", "that is no request");
	else if (*srv.fault && !faulty("escape"))
		do_fault(&b);
	else
		answer(&b, &m, rule);
	if (b.len > 0 && write(fd, b.data, b.len) < 0)
		perror("write");
	buf_free(&b);
	if (!faulty("mute"))
		close(fd);
}

static int listen_at(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || strlen(path) >= sizeof sa.sun_path)
		return -1;
	strcpy(sa.sun_path, path);
	if (bind(fd, (struct sockaddr *)&sa, sizeof sa) < 0 || listen(fd, faulty("deaf") ? 0 : 16) < 0)
		return -1;
	return fd;
}

int main(int argc, char **argv)
{
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .events = POLLIN } };
	char c;

	if (argc < 2 || argc > 3) {
		fputs("usage: ctlserve SOCKET [FAULT]\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	srv.fault = argc == 3 ? argv[2] : "";
	srv.started = clock_mono_ms();
	srv.on = true;
	remember("start", "oobmd 0.1.0 has started");
	p[1].fd = listen_at(argv[1]);
	if (p[1].fd < 0) {
		perror(argv[1]);
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(p, faulty("deaf") ? 1 : 2, -1) < 0)
			return 1;
		if (p[0].revents && read(STDIN_FILENO, &c, 1) <= 0)
			return 0;
		if (p[1].revents & POLLIN)
			serve(accept(p[1].fd, NULL, NULL));
	}
}
