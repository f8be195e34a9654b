#include "run/worker.h"
#include "base/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_msg(void *arg, const struct msg *m, int rule)
{
	struct worker *w = arg;

	w->on_msg(w->self, m, rule);
}

static void on_end(void *arg, const char *why)
{
	struct worker *w = arg;

	if (why)
		log_error("protocol error from the parent: %s", why);
	else
		log_debug("the parent closed the channel; ending");
	if (w->on_stop)
		w->on_stop(w->self);
	loop_stop(w->loop, why ? 1 : 0);
}

static void on_term(void *arg, int signo)
{
	struct worker *w = arg;

	log_debug("signal %d; ending", signo);
	if (w->on_stop)
		w->on_stop(w->self);
	loop_stop(w->loop, 0);
}

/* Said by the loop: one that hangs, in a library or for ever busy, does not say it. */
static void on_beat(void *arg)
{
	struct worker *w = arg;
	struct msg_out o;

	timer_set(w->beat, w->beat_ms);
	msg_begin(&o, chan_out(w->parent), "alive");
	if (msg_end(&o) == 0)
		chan_flush(w->parent);
}

static void ignore(int signo)
{
	struct sigaction sa = { .sa_handler = SIG_IGN };

	sigaction(signo, &sa, NULL);
}

int worker_run(struct worker *w, int argc, char **argv)
{
	static const struct chan_ops ops = { on_msg, on_end };
	bool debug = false, as_root = false;
	int c, code;

	while ((c = getopt(argc, argv, "dR")) != -1) {
		if (c == 'd')
			debug = true;
		else if (c == 'R')
			as_root = true;
		else
			return 1;
	}
	log_start(w->name, debug || isatty(STDERR_FILENO), debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	if (fcntl(WORKER_FD, F_GETFD) < 0) {
		log_error("descriptor %d is not open; this program is started by oobmd", WORKER_FD);
		return 1;
	}
	if (!as_root && (getuid() == 0 || geteuid() == 0 || getgid() == 0)) {
		log_error("refusing to run as root; oobmd starts this program as its unprivileged user");
		return 1;
	}
	ignore(SIGPIPE);
	ignore(SIGINT);	/* ^C in a terminal goes to the parent, who ends us */
	ignore(SIGHUP);
	os_not_dumpable();
	w->loop = loop_new();
	sigwatch_new(w->loop, SIGTERM, on_term, w);
	w->parent = chan_new(w->loop, WORKER_FD, w->table, w->n, &ops, w);
	if (w->beat_ms > 0) {
		w->beat = timer_new(w->loop, on_beat, w);
		timer_set(w->beat, w->beat_ms);
	}
	code = loop_run(w->loop);
	timer_free(w->beat);
	chan_free(w->parent);
	return code;
}

int sandbox_worker(unsigned keeps)
{
	return os_sandbox(keeps);
}
