#include "push/queue.h"
#include "base/clock.h"
#include "base/log.h"
#include "push/post.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct job {
	struct job *next;
	struct queue_notice n;
	char *text[4];		/* copies that n.notice points to */
};

struct queue {
	struct loop *loop;
	const struct pushover_account *account;
	const struct queue_ops *ops;
	void *arg;
	char *url, host[256];
	uint16_t port;
	struct err unusable;	/* why nothing can be sent; "" if it can */
	struct post *post;
	struct net_resolve *resolve;
	/* of the link that was used last: while it stays, neither asked for nor connected again */
	struct net_link link;
	struct net_addrs addrs;
	struct job *now, *first, **last;
	size_t waiting;
	int64_t started;
	struct buf form;
};

static void start_next(struct queue *q);

/* --- jobs --------------------------------------------------------------------------------- */

static void job_free(struct job *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < 4; i++) {
		if (j->text[i])
			wipe(j->text[i], strlen(j->text[i]));
		free(j->text[i]);
	}
	free(j);
}

static struct job *job_copy(const struct queue_notice *n)
{
	const struct pushover_notice *from = &n->notice;
	const char *texts[4] = { from->title, from->text, from->url, from->url_title };
	struct job *j = calloc(1, sizeof *j);

	if (!j)
		return NULL;
	j->n = *n;
	for (size_t i = 0; i < 4; i++)
		if (texts[i] && !(j->text[i] = strdup(texts[i]))) {
			job_free(j);
			return NULL;
		}
	j->n.notice.title = j->text[0];
	j->n.notice.text = j->text[1];
	j->n.notice.url = j->text[2];
	j->n.notice.url_title = j->text[3];
	return j;
}

/* Takes the running job out, so that its answer may be given and the next begin. */
static int64_t job_done(struct queue *q)
{
	int64_t id = q->now->n.id;

	job_free(q->now);
	q->now = NULL;
	buf_free(&q->form);
	return id;
}

static void fail(struct queue *q, const char *reason, bool fatal, int64_t again, int status)
{
	int64_t id = job_done(q);

	log_warn("notice %" PRId64 " was not sent: %s", id, reason);
	q->ops->on_failed(q->arg, id, reason, fatal, fatal ? -1 : again, status);
	start_next(q);
}

/* --- one notice --------------------------------------------------------------------------- */

static void on_answer(void *arg, const struct post_answer *a)
{
	struct queue *q = arg;
	struct pushover_answer in = { .status = a->status, .body = a->body, .len = a->len };
	struct pushover_verdict v;
	int64_t id, remaining;

	if (a->status == 0) {
		q->addrs.n = 0;	/* the service may have moved: ask again next time */
		fail(q, a->why, a->hopeless, PUSHOVER_AGAIN_MS, 0);
		return;
	}
	in.limit = post_header(q->post, "X-Limit-App-Limit");
	in.reset = post_header(q->post, "X-Limit-App-Reset");
	remaining = post_header(q->post, "X-Limit-App-Remaining");
	pushover_judge(q->account, &in, &v);
	if (!v.sent) {
		fail(q, v.reason, v.fatal, v.again, a->status);
		return;
	}
	id = job_done(q);
	log_info("notice %" PRId64 " was sent in %" PRId64 " ms on a %s connection", id,
		 clock_mono_ms() - q->started, a->kept ? "kept" : "new");
	q->ops->on_sent(q->arg, id, v.receipt, remaining);
	start_next(q);
}

static void post_form(struct queue *q)
{
	struct post_request r = {
		.url = q->url, .host = q->host, .port = q->port, .addrs = &q->addrs, .link = &q->link,
		.timeout_ms = q->now->n.timeout_ms - (clock_mono_ms() - q->started),
	};

	if (pushover_form(&q->form, q->account, &q->now->n.notice) < 0) {
		fail(q, "the notice is too long", true, -1, 0);
		return;
	}
	r.form = q->form.data;
	r.form_len = q->form.len;
	post_start(q->post, &r, on_answer, q);
}

static void on_resolved(void *arg, const struct net_addrs *addrs, const struct err *e)
{
	struct queue *q = arg;

	q->resolve = NULL;
	if (!addrs) {
		fail(q, e->text, false, PUSHOVER_AGAIN_MS, 0);
		return;
	}
	q->addrs = *addrs;
	post_form(q);
}

static bool same_link(const struct net_link *a, const struct net_link *b)
{
	for (size_t i = 0; i < NET_DNS_MAX; i++)
		if (strcmp(a->dns[i], b->dns[i]) != 0)
			return false;
	return strcmp(a->ifname, b->ifname) == 0 && strcmp(a->local, b->local) == 0;
}

static void start_next(struct queue *q)
{
	struct job *j = q->first;

	if (q->now || !j)
		return;
	q->first = j->next;
	if (!q->first)
		q->last = &q->first;
	q->waiting--;
	q->now = j;
	q->started = clock_mono_ms();
	if (!same_link(&q->link, &j->n.link)) {
		post_drop(q->post);
		q->link = j->n.link;
		q->addrs.n = 0;
	}
	if (q->addrs.n)
		post_form(q);
	else
		q->resolve = net_resolve_start(q->loop, &q->link, q->host, q->port, j->n.timeout_ms, on_resolved, q);
}

void queue_add(struct queue *q, const struct queue_notice *n)
{
	struct job *j;

	if (q->unusable.text[0]) {
		q->ops->on_failed(q->arg, n->id, q->unusable.text, true, -1, 0);
		return;
	}
	if (q->waiting == QUEUE_MAX || !(j = job_copy(n))) {
		q->ops->on_failed(q->arg, n->id, "too many notices are waiting to be sent", false,
				  PUSHOVER_AGAIN_MS, 0);
		return;
	}
	*q->last = j;
	q->last = &j->next;
	q->waiting++;
	start_next(q);
}

/* --- life --------------------------------------------------------------------------------- */

struct queue *queue_new(struct loop *l, const char *url, const char *ca_file,
			const struct pushover_account *account, const struct queue_ops *ops, void *arg)
{
	struct queue *q = calloc(1, sizeof *q);

	if (!q || !(q->url = strdup(url))) {
		log_error("out of memory");
		exit(1);
	}
	q->loop = l;
	q->account = account;
	q->ops = ops;
	q->arg = arg;
	q->last = &q->first;
	buf_init(&q->form, PUSHOVER_FORM_MAX);
	q->post = post_new(l, ca_file, &q->unusable);
	if (q->post)
		post_split_url(url, q->host, sizeof q->host, &q->port, &q->unusable);
	if (q->unusable.text[0])
		log_error("%s", q->unusable.text);
	return q;
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	net_resolve_cancel(q->resolve);
	post_free(q->post);
	job_free(q->now);
	while (q->first) {
		struct job *j = q->first;

		q->first = j->next;
		job_free(j);
	}
	buf_free(&q->form);
	free(q->url);
	free(q);
}
