/* oobm-push - sends notices to the owner's phone through the link. Lives while the link is up. */
#include "base/log.h"
#include "ipc/permit.h"
#include "push/queue.h"
#include "run/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct push {
	struct worker worker;
	char *url, *ca_file, *token, *user, *device, *sound;
	struct pushover_account account;
	struct queue *queue;	/* NULL before `start` */
};

static void answer(struct push *p, struct msg_out *o)
{
	if (msg_end(o) < 0)
		log_error("an answer to the parent is lost");
	chan_flush(p->worker.parent);
}

static void on_sent(void *arg, int64_t id, const char *receipt, int64_t remaining)
{
	struct push *p = arg;
	struct msg_out o;

	msg_begin(&o, chan_out(p->worker.parent), "sent");
	msg_num(&o, "id", id);
	msg_str(&o, "receipt", *receipt ? receipt : NULL);
	if (remaining >= 0)
		msg_num(&o, "remaining", remaining);
	answer(p, &o);
}

static void on_failed(void *arg, int64_t id, const char *reason, bool fatal, int64_t again, int status)
{
	struct push *p = arg;
	struct msg_out o;

	msg_begin(&o, chan_out(p->worker.parent), "send-failed");
	msg_num(&o, "id", id);
	msg_str(&o, "reason", reason);
	msg_num(&o, "fatal", fatal);
	if (!fatal)
		msg_num(&o, "again", again);
	if (status)
		msg_num(&o, "status", status);
	answer(p, &o);
}

static char *copy(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);
	char *s = strdup(v ? v : "");

	if (!s) {
		log_error("out of memory");
		exit(1);
	}
	return s;
}

static void take_settings(struct push *p, const struct msg *m)
{
	p->url = copy(m, "url");
	p->ca_file = copy(m, "ca-file");
	p->token = copy(m, "token");
	p->user = copy(m, "user");
	p->device = copy(m, "device");
	p->sound = copy(m, "sound");
	p->account = (struct pushover_account){ p->token, p->user, p->device, p->sound };
}

static void start(struct push *p)
{
	static const struct queue_ops ops = { on_sent, on_failed };
	struct msg_out o;

	if (!p->url) {
		log_error("protocol error from the parent: start before pushover");
		loop_stop(p->worker.loop, 1);
		return;
	}
	p->queue = queue_new(p->worker.loop, p->url, p->ca_file, &p->account, &ops, p);
	if (sandbox_worker(0) < 0) {
		loop_stop(p->worker.loop, 1);
		return;
	}
	msg_begin(&o, chan_out(p->worker.parent), "ready");
	answer(p, &o);
}

static int take_text(char *out, size_t size, const char *value)
{
	int n = snprintf(out, size, "%s", value ? value : "");

	return n >= 0 && (size_t)n < size ? 0 : -1;
}

/* Returns the name of the field that is wrong, or NULL. */
static const char *read_notice(const struct msg *m, struct queue_notice *n)
{
	int64_t priority = 0;

	*n = (struct queue_notice){ .timeout_ms = QUEUE_TIMEOUT_MS };
	n->notice = (struct pushover_notice){
		.title = msg_get(m, "title"), .text = msg_get(m, "text"),
		.url = msg_get(m, "url"), .url_title = msg_get(m, "url-title"),
	};
	if (msg_int(m, "id", 0, INT64_MAX, &n->id) < 0)
		return "id";
	if (msg_get(m, "priority") && msg_int(m, "priority", -2, 2, &priority) < 0)
		return "priority";
	if (msg_get(m, "timeout") && msg_int(m, "timeout", 100, 600000, &n->timeout_ms) < 0)
		return "timeout";
	if (take_text(n->link.ifname, sizeof n->link.ifname, msg_get(m, "ifname")) < 0 || !n->link.ifname[0])
		return "ifname";
	if (take_text(n->link.local, sizeof n->link.local, msg_get(m, "local")) < 0)
		return "local";
	if (take_text(n->link.dns[0], NET_ADDR_TEXT, msg_get(m, "dns1")) < 0 ||
	    take_text(n->link.dns[1], NET_ADDR_TEXT, msg_get(m, "dns2")) < 0)
		return "dns1 or dns2";
	n->notice.priority = (int)priority;
	return NULL;
}

static void take_notice(struct push *p, const struct msg *m)
{
	struct queue_notice n;
	const char *wrong = read_notice(m, &n);

	if (wrong || !p->queue) {
		log_error("protocol error from the parent: send with a bad field: %s", wrong ? wrong : "before start");
		loop_stop(p->worker.loop, 1);
		return;
	}
	queue_add(p->queue, &n);
}

static void on_msg(void *self, const struct msg *m, int rule)
{
	struct push *p = self;
	enum log_level level;

	switch (rule) {
	case PUSH_PUSHOVER:
		take_settings(p, m);
		break;
	case PUSH_START:
		start(p);
		break;
	case PUSH_SEND:
		take_notice(p, m);
		break;
	case PUSH_LOG:
		if (log_level_parse(msg_get(m, "level"), &level) == 0)
			log_set_level(level);
		break;
	}
}

static void on_stop(void *self)
{
	struct push *p = self;

	queue_free(p->queue);
	p->queue = NULL;
}

static void wipe_text(char *s)
{
	if (s)
		wipe(s, strlen(s));
	free(s);
}

int main(int argc, char **argv)
{
	struct push p = {
		.worker = { .name = "oobm-push", .table = permit_push, .n = PUSH_RULES,
			    .beat_ms = WORKER_BEAT_MS, .on_msg = on_msg, .on_stop = on_stop },
	};
	int code;

	p.worker.self = &p;
	code = worker_run(&p.worker, argc, argv);
	queue_free(p.queue);
	wipe_text(p.token);
	wipe_text(p.user);
	free(p.device);
	free(p.sound);
	free(p.ca_file);
	free(p.url);
	return code;
}
