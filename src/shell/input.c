/* input.c - standard input, byte by byte: what follows a line may be meant for a console. Signals are blocked, except
 * while it waits, so that none is missed between a look and a wait. */
#include "shell/edit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t ended, resized, interrupted;
static sigset_t waiting;	/* the mask while it waits */

static const int ours[] = { SIGINT, SIGHUP, SIGTERM, SIGWINCH };

static void on_signal(int signo)
{
	if (signo == SIGINT)
		interrupted = 1;
	else if (signo == SIGWINCH)
		resized = 1;
	else
		ended = signo;
}

void input_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t blocked;

	sigemptyset(&sa.sa_mask);
	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		sigaction(ours[i], &sa, NULL);
		sigaddset(&blocked, ours[i]);
	}
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	sigprocmask(SIG_BLOCK, &blocked, &waiting);
}

void input_forget(void)
{
	struct sigaction sa = { .sa_handler = SIG_IGN };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);	/* drops one that waits */
	sa.sa_handler = on_signal;
	sigaction(SIGINT, &sa, NULL);
}

/* ^Z stays without effect: there is no shell that could wake what sleeps. */
void input_signals_end(void)
{
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		signal(ours[i], SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	sigprocmask(SIG_SETMASK, &waiting, NULL);
}

int input_ended(void)
{
	return ended;
}

int input_byte(char *c)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	for (;;) {
		int n = ppoll(&p, 1, NULL, &waiting);

		if (ended)
			return 0;
		if (resized) {
			resized = 0;
			return -2;
		}
		if (interrupted) {
			interrupted = 0;
			errno = EINTR;
			return -1;
		}
		if (n < 0 && errno == EINTR)
			continue;
		n = (int)read(STDIN_FILENO, c, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		return n == 1;
	}
}
