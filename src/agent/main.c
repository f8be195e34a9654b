/* oobm-agent: the modem, the messages, the machine, the control socket. Unprivileged. */
#include "agent/agent.h"
#include "base/log.h"
#include "ipc/permit.h"

#include <stdlib.h>
#include <string.h>

static void start(struct agent *a)
{
	struct msg_out o;

	a->loop = a->worker.loop;
	a->running = true;
	driver_start(a);
	control_open(a, WORKER_FD + 1);
	if (sandbox_worker(SANDBOX_FILES) < 0)
		exit(1);
	msg_begin(&o, chan_out(a->worker.parent), "ready");
	if (msg_end(&o) == 0)
		chan_flush(a->worker.parent);
}

static void on_msg(void *self, const struct msg *m, int rule)
{
	struct agent *a = self;

	if (rule == AGENT_START) {
		start(a);
	} else if (a->running) {
		news_take(a, m, rule);
	} else if (rule == AGENT_LOG) {
		enum log_level level;

		if (log_level_parse(msg_get(m, "level"), &level) == 0)
			log_set_level(level);
	} else if (settings_take(a, m, rule) < 0) {
		log_error("the setting '%s' cannot be used", m->verb);
		exit(1);
	}
}

/* The parent is gone: it took the link with it. What is open is on disk, and goes on at the next start. When we have
 * stopped as we were asked to, others may go on without us: a press, say, over a reload. */
static void on_stop(void *self)
{
	struct agent *a = self;

	if (!a->running)
		return;
	if (a->machine.window.id)
		store_save(a);
	if (!machine_stopped(&a->machine))
		targets_stopped(a);
	control_close(a);
	modem_close(a->modem);
}

int main(int argc, char **argv)
{
	static struct agent a;
	int code;

	a.worker = (struct worker){
		.name = "oobm-agent", .table = permit_agent, .n = AGENT_RULES,
		.on_msg = on_msg, .on_stop = on_stop, .self = &a,
	};
	code = worker_run(&a.worker, argc, argv);
	wipe(&a.policy, sizeof a.policy);
	return code;
}
