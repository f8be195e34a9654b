/* queue.h - notices waiting to be sent, one at a time: the service's name is resolved over the link, the
 * form posted, the answer judged. */
#ifndef OOBM_PUSH_QUEUE_H
#define OOBM_PUSH_QUEUE_H

#include "net/net.h"
#include "push/pushover.h"
#include "run/loop.h"

#include <stdbool.h>
#include <stdint.h>

#define QUEUE_MAX 16			/* waiting, beside the one that is being sent */
#define QUEUE_TIMEOUT_MS 20000		/* for one notice, if it does not say */

struct queue;

struct queue_ops {
	/* RECEIPT "" if none; REMAINING messages of this month, -1 if the service did not say. */
	void (*on_sent)(void *arg, int64_t id, const char *receipt, int64_t remaining);
	/* AGAIN: ms, -1 if fatal. STATUS: of HTTP, 0 if no answer came. */
	void (*on_failed)(void *arg, int64_t id, const char *reason, bool fatal, int64_t again, int status);
};

struct queue_notice {
	int64_t id;
	struct pushover_notice notice;
	struct net_link link;
	int64_t timeout_ms;	/* from the moment that its turn comes */
};

/* ACCOUNT and OPS are kept by reference. Settings that cannot work make every notice fail, with the
 * reason: so the owner hears it. */
struct queue *queue_new(struct loop *l, const char *url, const char *ca_file,
			const struct pushover_account *account, const struct queue_ops *ops, void *arg);
/* Lets go of the network; what waits is forgotten without an answer. NULL is fine. */
void queue_free(struct queue *q);

/* Takes a copy. Each notice gets one of the two calls; that may happen before this returns. */
void queue_add(struct queue *q, const struct queue_notice *n);

#endif
