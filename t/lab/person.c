/* person: somebody who sits before a terminal, reads what it says, and types.
 *
 *   person PROGRAM [ARGUMENT...] <script >transcript
 *
 * The program gets a pseudo-terminal of its own. Each line of the script is one of
 *   enter TEXT      types TEXT and Enter
 *   type TEXT       types TEXT; in both \r \n \t \e \0 \\ and \xHH stand for bytes
 *   flood N         types the letter x so often
 *   see TEXT        waits until TEXT comes, from behind what was seen last
 *   within MS       so long it waits from now on (10000)
 *   size ROWS COLS  of the terminal, which the program is told
 *   signal N        to the program
 *   remember, same  the terminal's modes; and waits until they are that again
 *   run COMMAND     a shell command that must succeed; $PROGRAM is the program's process
 *   hangup          the terminal goes away
 *   end [STATUS]    waits for the program to end; a signal N counts as 128 + N
 * What is not as it should be ends it with status 1 and a sentence. After the last line the terminal goes away. */
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define HEARD_MAX 1000000

static struct {
	int tty;	/* -1: gone */
	pid_t pid;
	int64_t patience;
	struct termios modes;
	char heard[HEARD_MAX];
	size_t len, seen;
} me = { .patience = 10000 };

static void fail(const char *what, const char *detail)
{
	size_t from = me.len - me.seen > 600 ? me.len - 600 : me.seen;

	fprintf(stderr, "person: %s%s; since then there came: ", what, detail);
	for (size_t i = from; i < me.len; i++)
		fprintf(stderr, (unsigned char)me.heard[i] < 0x20 ? "\\x%02x" : "%c", (unsigned char)me.heard[i]);
	fputc('\n', stderr);
	kill(me.pid, SIGKILL);
	exit(1);
}

/* Takes what comes within MS. Returns false when nothing will come any more. */
static bool listen_for(int64_t ms)
{
	struct pollfd p = { .fd = me.tty, .events = POLLIN };
	ssize_t n;

	if (me.tty < 0)
		return false;
	if (poll(&p, 1, (int)ms) <= 0)
		return true;
	if (me.len == HEARD_MAX)
		fail("it says too much", "");
	n = read(me.tty, me.heard + me.len, HEARD_MAX - me.len);
	if (n <= 0)
		return n < 0 && errno == EINTR;
	if (write(STDOUT_FILENO, me.heard + me.len, (size_t)n) < 0)
		exit(1);
	me.len += (size_t)n;
	return true;
}

static void see(const char *text, size_t len)
{
	int64_t until = clock_mono_ms() + me.patience;

	for (;;) {
		const char *at = memmem(me.heard + me.seen, me.len - me.seen, text, len);
		int64_t left = until - clock_mono_ms();

		if (at) {
			me.seen = (size_t)(at - me.heard) + len;
			return;
		}
		if (left <= 0 || !listen_for(left))
			fail(left <= 0 ? "waited in vain for " : "it ended, and did not say ", text);
	}
}

static void type(const char *text, size_t len)
{
	int64_t until = clock_mono_ms() + me.patience;

	for (size_t done = 0; done < len;) {
		ssize_t n = write(me.tty, text + done, len - done);

		if (n > 0)
			done += (size_t)n;
		else if (errno == EAGAIN && clock_mono_ms() < until)
			listen_for(20);
		else
			fail("cannot type ", text);
	}
}

static void end(int wanted)
{
	int64_t until = clock_mono_ms() + me.patience;
	int status, got;

	while (waitpid(me.pid, &status, WNOHANG) == 0) {
		if (clock_mono_ms() >= until)
			fail("it does not end", "");
		if (!listen_for(20))
			poll(NULL, 0, 20);
	}
	while (me.tty >= 0 && me.len < HEARD_MAX) {
		size_t before = me.len;

		if (!listen_for(20) || me.len == before)
			break;
	}
	got = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (wanted >= 0 && got != wanted) {
		fprintf(stderr, "person: it ended with %d, not %d\n", got, wanted);
		exit(1);
	}
	me.pid = 0;
}

static void resize(const char *text)
{
	struct winsize ws = { 0 };

	if (sscanf(text, "%hu %hu", &ws.ws_row, &ws.ws_col) != 2 || ioctl(me.tty, TIOCSWINSZ, &ws) < 0)
		fail("cannot resize to ", text);
}

static bool is_same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_lflag == b->c_lflag &&
	       memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

/* A prompt may be there a moment before the modes that go with it. */
static void same_modes(void)
{
	int64_t until = clock_mono_ms() + me.patience;
	struct termios now = me.modes;
	char text[120];

	while (tcgetattr(me.tty, &now) == 0 && !is_same(&now, &me.modes) && clock_mono_ms() < until)
		listen_for(20);
	if (is_same(&now, &me.modes))
		return;
	snprintf(text, sizeof text, "iflag %#x oflag %#x lflag %#x, and were %#x %#x %#x", (unsigned)now.c_iflag,
		 (unsigned)now.c_oflag, (unsigned)now.c_lflag, (unsigned)me.modes.c_iflag, (unsigned)me.modes.c_oflag,
		 (unsigned)me.modes.c_lflag);
	fail("the terminal's modes have changed: ", text);
}

/* In place. Returns the length. */
static size_t unescape(char *s)
{
	static const char names[] = "rnte0\\", values[] = "\r\n\t\033\0\\";
	char *to = s;
	unsigned byte;

	for (char *p = s; *p; p++) {
		const char *at = *p == '\\' && p[1] ? strchr(names, p[1]) : NULL;

		if (at) {
			*to++ = values[at - names];
			p++;
		} else if (*p == '\\' && sscanf(p, "\\x%2x", &byte) == 1) {
			*to++ = (char)byte;
			p += 3;
		} else {
			*to++ = *p;
		}
	}
	*to = 0;
	return (size_t)(to - s);
}

static void do_line(char *line)
{
	char *rest = strchr(line, ' ');
	size_t len;

	if (rest)
		*rest++ = 0;
	else
		rest = line + strlen(line);
	len = unescape(rest);
	if (strcmp(line, "enter") == 0) {
		type(rest, len);
		type("\r", 1);
	} else if (strcmp(line, "type") == 0) {
		type(rest, len);
	} else if (strcmp(line, "flood") == 0) {
		for (int n = atoi(rest); n > 0; n--)
			type("x", 1);
	} else if (strcmp(line, "see") == 0) {
		see(rest, len);
	} else if (strcmp(line, "within") == 0) {
		me.patience = strtoll(rest, NULL, 10);
	} else if (strcmp(line, "size") == 0) {
		resize(rest);
	} else if (strcmp(line, "signal") == 0) {
		kill(me.pid, atoi(rest));
	} else if (strcmp(line, "remember") == 0) {
		tcgetattr(me.tty, &me.modes);
	} else if (strcmp(line, "same") == 0) {
		same_modes();
	} else if (strcmp(line, "run") == 0) {
		if (system(rest) != 0)
			fail("this failed: ", rest);
	} else if (strcmp(line, "hangup") == 0) {
		close(me.tty);
		me.tty = -1;
	} else if (strcmp(line, "end") == 0) {
		end(*rest ? atoi(rest) : -1);
	} else if (*line && *line != '#') {
		fail("what is meant by ", line);
	}
}

static void start(char **argv)
{
	struct winsize ws = { .ws_row = 24, .ws_col = 80 };
	const char *name;
	char pid[16];
	int slave;

	me.tty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (me.tty < 0 || grantpt(me.tty) < 0 || unlockpt(me.tty) < 0 || !(name = ptsname(me.tty))) {
		perror("person: no pseudo-terminal");
		exit(1);
	}
	/* held open here while the program is not yet there, so that the terminal is not gone for want of a user */
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	ioctl(me.tty, TIOCSWINSZ, &ws);
	fcntl(me.tty, F_SETFL, O_NONBLOCK);
	me.pid = fork();
	if (me.pid == 0) {
		setsid();
		slave = open(name, O_RDWR);
		ioctl(slave, TIOCSCTTY, 0);
		for (int fd = 0; fd < 3; fd++)
			dup2(slave, fd);
		if (slave > 2)
			close(slave);
		execvp(argv[0], argv);
		perror(argv[0]);
		_exit(127);
	}
	close(slave);
	snprintf(pid, sizeof pid, "%d", (int)me.pid);
	setenv("PROGRAM", pid, 1);
}

int main(int argc, char **argv)
{
	char line[4096];

	if (argc < 2) {
		fputs("usage: person PROGRAM [ARGUMENT...] <script\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	start(argv + 1);
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		do_line(line);
	}
	if (me.tty >= 0)
		close(me.tty);
	if (me.pid > 0)
		waitpid(me.pid, NULL, 0);
	return 0;
}
