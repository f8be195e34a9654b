/* console: the user's terminal at the serial console of a machine. */
#include "base/clock.h"
#include "cli/attach.h"
#include "cli/terminal.h"
#include "core/escape.h"
#include "core/tail.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPLAY_DEFAULT INT64_C(8192)
#define OUT_HIGH ((size_t)64 * 1024)	/* from a pipe nothing more is read while so much waits */
#define LAST_LINES 22
#define QUIET_MS SEC_MS			/* after the end of what is piped in: so long for the answer to come */

struct session {
	const struct cli *cli;
	const char *target;
	struct attach attach;
	struct escape escape;
	char key[8];			/* the escape character, for people; "" if there is none */
	bool terminal;			/* descriptor 0 is one */
	bool reads;			/* what is typed is read at all */
	bool eof;			/* what was piped in is over */
	bool replaying;
	int64_t heard;			/* when the line said something last */
	struct ansi_filter filter;	/* of what is only looked at */
	struct tail tail;
	bool over;
	int signo;			/* why it is over; 0: another reason */
	struct cli_answer *a;
};

/* --- showing ------------------------------------------------------------------------------------------ */

/* A sentence of ours: between what the machine says, or, where that is not on a terminal, beside it. */
static void notice(const struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void notice(const struct session *s, const char *fmt, ...)
{
	const char *end = terminal_is_raw() ? "\r\n" : "\n";
	char text[512], safe[1024] = "";
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	f = fmemopen(safe, sizeof safe, "w");
	if (!f)
		return;
	fprintf(f, "%s[%s: ", terminal_is_raw() ? "\r\n" : "", s->target);
	show_safe(text, f);
	fprintf(f, "]%s", end);
	fclose(f);
	if (s->terminal && isatty(STDOUT_FILENO))
		terminal_interject(safe);
	else
		(void)!write(STDERR_FILENO, safe, strlen(safe));
}

static void end(struct session *s)
{
	s->over = true;
}

static void show_data(struct session *s, const char *p, size_t n)
{
	char safe[FRAME_PAYLOAD_MAX + ANSI_SLACK];

	for (size_t i = 0; i < n; i++)
		tail_feed(&s->tail, (unsigned char)p[i]);
	s->heard = clock_mono_ms();
	/* Who types gets all as it comes, as from a cable. Else, and for what was asked long ago, the terminal is not to
	 * answer questions. */
	if (isatty(STDOUT_FILENO) && (s->replaying || !s->attach.writer)) {
		n = ansi_filter(&s->filter, p, n, safe);
		p = safe;
	}
	if (terminal_write(p, n) < 0)
		end(s);
}

static void greet(const struct session *s)
{
	const struct attach *t = &s->attach;
	char help[32] = "";

	if (!isatty(STDOUT_FILENO))
		return;
	if (s->key[0])
		snprintf(help, sizeof help, "; %s? for help", s->key);
	if (t->writer)
		notice(s, "%s%s", t->speed, help);
	else if (t->holder[0])
		notice(s, "%s; you look on, %s has the keyboard%s", t->speed, t->holder, help);
	else
		notice(s, "%s; you look on%s", t->speed, help);
}

static void show_last(struct session *s)
{
	char text[TAIL_MAX + 64], line[TAIL_LINE_MAX + 8];
	uint64_t last = s->tail.len || !s->tail.lines ? s->tail.lines : s->tail.lines - 1;

	notice(s, "the last lines:");
	tail_upto(&s->tail, last, LAST_LINES, text, sizeof text);
	for (char *p = text, *nl; *p; p = nl) {
		nl = strchrnul(p, '\n');
		snprintf(line, sizeof line, "%.*s\r\n", (int)(nl - p), p);
		terminal_write(line, strlen(line));
		nl += *nl != 0;
	}
}

static void show_help(struct session *s)
{
	static const struct { const char *key, *text; bool leads_out; } keys[] = {
		{ ".", "leave", false }, { "B", "send a BREAK", false },
		{ "R", "Magic SysRq: BREAK and a key (b boots at once, s syncs, h helps)", false },
		{ "t", "take the keyboard", false }, { "r", "let go of it, look on", false }, { "l", "show the last lines", false },
		{ "^Z", "suspend oobm", true }, { "?", "this help", false },
	};
	char line[160];

	notice(s, "after Enter:");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (keys[i].leads_out && s->cli->shell)
			continue;
		snprintf(line, sizeof line, "  %s%-3s %s\r\n", s->key, keys[i].key, keys[i].text);
		terminal_write(line, strlen(line));
	}
	snprintf(line, sizeof line, "  %s%-3s send %s; within ssh, which has the same keys, type it twice\r\n", s->key, s->key,
		 s->key);
	terminal_write(line, strlen(line));
}

/* --- typing --------------------------------------------------------------------------------------------- */

static void send_frame(struct session *s, enum frame_type type, const char *p, size_t n)
{
	if (frame_put(&s->attach.out, type, p, n) < 0)
		notice(s, "what you type is lost: the console's worker does not take it");
}

static void act(struct session *s, enum escape_action action)
{
	switch (action) {
	case ESCAPE_LEAVE:
		end(s);
		break;
	case ESCAPE_HELP:
		show_help(s);
		break;
	case ESCAPE_BREAK:
		send_frame(s, FRAME_BREAK, NULL, 0);
		notice(s, "BREAK");
		break;
	case ESCAPE_ASK:
		notice(s, "Magic SysRq: which key? (h: the machine lists them; Escape: none)");
		break;
	case ESCAPE_SYSRQ:
		send_frame(s, FRAME_BREAK, NULL, 0);
		send_frame(s, FRAME_DATA, s->escape.out, 1);
		notice(s, "BREAK, %c", s->escape.out[0]);
		break;
	case ESCAPE_CANCEL:
		notice(s, "no BREAK");
		break;
	case ESCAPE_RELEASE:
		send_frame(s, FRAME_RELEASE, NULL, 0);
		break;
	case ESCAPE_TAKE:
		send_frame(s, FRAME_TAKE, NULL, 0);
		break;
	case ESCAPE_LAST:
		show_last(s);
		break;
	case ESCAPE_SUSPEND:
		if (s->cli->shell)
			notice(s, "there is nothing here that oobm could be suspended to");
		else
			terminal_suspend();
		break;
	case ESCAPE_NOTHING:
	case ESCAPE_SEND:
		break;
	}
}

static bool is_looking_on(const struct session *s)
{
	return s->cli->read_only && !s->attach.writer;
}

/* Keys are sent together up to the next that is for us. */
static void take_keys(struct session *s, const char *p, size_t n)
{
	char keys[2 * 1024];
	size_t len = 0;

	for (size_t i = 0; i < n && !s->over; i++) {
		enum escape_action action = escape_feed(&s->escape, (unsigned char)p[i]);

		if (action == ESCAPE_SEND) {
			if (is_looking_on(s) && p[i] == 3)	/* ^C, which is for nobody else here */
				end(s);
			memcpy(keys + len, s->escape.out, s->escape.n);
			len += s->escape.n;
			continue;
		}
		if (len && !is_looking_on(s))
			send_frame(s, FRAME_DATA, keys, len);
		len = 0;
		act(s, action);
	}
	if (len && !s->over && !is_looking_on(s))
		send_frame(s, FRAME_DATA, keys, len);
}

static void read_input(struct session *s)
{
	char block[1024];
	ssize_t n = read(STDIN_FILENO, block, sizeof block);

	if (n > 0) {
		take_keys(s, block, (size_t)n);
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		s->eof = true;
		s->heard = clock_mono_ms();
		if (s->terminal)
			end(s);	/* it is gone */
	}
}

/* --- the session ------------------------------------------------------------------------------------------- */

static void take_frame(struct session *s, const struct frame *f)
{
	switch (f->type) {
	case FRAME_DATA:
		show_data(s, f->data, f->len);
		break;
	case FRAME_NOTICE:
		notice(s, "%.*s", (int)f->len, f->data);
		break;
	case FRAME_LIVE:
		s->replaying = false;
		break;
	default:	/* a welcome, of which note was taken */
		break;
	}
}

static void take_frames(struct session *s)
{
	struct frame f;
	int rc = 0;

	while (!s->over && (rc = attach_next(&s->attach, &f, s->a)) > 0)
		take_frame(s, &f);
	if (rc < 0)
		end(s);
}

static void take_signals(struct session *s)
{
	int signo;

	while (!s->over && (signo = terminal_signal())) {
		if (signo == SIGTSTP) {
			terminal_suspend();
		} else {
			s->signo = signo;
			end(s);
		}
	}
}

/* How long there is to wait, ms; -1: for whatever comes. Ends it when nothing will come any more. */
static int patience(struct session *s)
{
	int64_t left = s->heard + QUIET_MS - clock_mono_ms();

	if (!s->eof)
		return -1;
	if (left <= 0 && s->attach.out.len == 0)
		end(s);
	return left > 0 ? (int)left : 50;
}

static void turn(struct session *s)
{
	bool typing = s->reads && !s->eof && (s->terminal || s->attach.out.len < OUT_HIGH);
	struct pollfd p[4] = {
		{ .fd = terminal_signal_fd(), .events = POLLIN },
		{ .fd = s->attach.fd, .events = (short)(POLLIN | (s->attach.out.len ? POLLOUT : 0)) },
		{ .fd = typing ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = STDOUT_FILENO, .events = 0 },	/* whether the other end of a pipe is still there */
	};
	int ms = patience(s);

	if (s->over || (poll(p, 4, ms) < 0 && errno != EINTR))
		return;
	if (p[0].revents)
		take_signals(s);
	if (!s->over && p[2].revents)
		read_input(s);
	if (p[3].revents & (POLLERR | POLLHUP | POLLNVAL))
		end(s);
	if (!s->over && (p[1].revents & POLLIN) && attach_read(&s->attach) < 0) {
		attach_over(s->a);
		end(s);
	}
	take_frames(s);
	if (!s->over && s->attach.out.len && attach_write(&s->attach) < 0)
		buf_drop(&s->attach.out, s->attach.out.len);	/* why will be read next */
}

static void run(struct session *s)
{
	struct err e;

	if (terminal_begin(&e) < 0) {
		cli_fail(s->a, CLI_REFUSED, "%s", e.text);
	} else {
		greet(s);
		take_frames(s);	/* what came together with the welcome */
		while (!s->over)
			turn(s);
		attach_write(&s->attach);
		if (terminal_is_raw() && isatty(STDOUT_FILENO))
			notice(s, "left");
	}
	terminal_end();
}

/* The escape key as people know it. */
static void name_key(int key, char out[8])
{
	if (key < 0)
		out[0] = 0;
	else if (key < 0x20 || key == 0x7f)
		snprintf(out, 8, "^%c", key == 0x7f ? '?' : key + '@');
	else
		snprintf(out, 8, "%c", key);
}

static int begin(struct session *s, const char *target, int key)
{
	const struct cli *c = s->cli;
	bool takes = c->take || c->follow;
	char replay[24];
	struct cli_field hello[] = {
		{ "mode", c->read_only ? "read" : "write" }, { "take", takes ? "1" : NULL }, { "replay", replay }, { NULL, NULL },
	};

	s->target = target;
	s->terminal = isatty(STDIN_FILENO);
	s->reads = s->terminal || !c->read_only;
	s->replaying = true;
	s->filter.keep = ANSI_KEEP_DRAWING;
	snprintf(replay, sizeof replay, "%" PRId64, c->replay >= 0 ? c->replay : s->terminal ? REPLAY_DEFAULT : 0);
	escape_init(&s->escape, key);
	name_key(key, s->key);
	return attach_open(c, target, hello, &s->attach, s->a);
}

int cli_console(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	struct session *s;
	int key = isatty(STDIN_FILENO) ? '~' : -1, signo;

	if (argc != 2)
		return cli_fail(a, CLI_USAGE, "console takes the name of a machine: oobm console nas; see: oobm targets");
	if (c->json)
		return cli_fail(a, CLI_USAGE, "console goes not with --json; log does");
	if (c->read_only && (c->take || c->follow))
		return cli_fail(a, CLI_USAGE, "-r looks on, and --take takes the keyboard: one of them");
	if (c->escape && escape_parse(c->escape, &key) < 0)
		return cli_fail(a, CLI_USAGE, "-e: '%.16s' is no escape character; write one, like ~, or ^], or none", c->escape);
	s = calloc(1, sizeof *s);
	if (!s)
		return cli_fail(a, CLI_REFUSED, "out of memory");
	s->cli = c;
	s->a = a;
	if (begin(s, argv[1], key) == CLI_OK)
		run(s);
	attach_close(&s->attach);
	signo = s->signo;
	free(s);
	if (signo)
		terminal_die(signo);
	return a->exit;
}
