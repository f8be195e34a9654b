/* post.h - one HTTPS POST after the other, through the link, on a connection that is kept. The only user
 * of libcurl. */
#ifndef OOBM_PUSH_POST_H
#define OOBM_PUSH_POST_H

#include "base/err.h"
#include "net/net.h"
#include "run/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POST_ANSWER_MAX 16384	/* bytes of an answer that are kept; the rest is not read */

struct post;

/* CA_FILE: certificates to trust instead of the system's; "" for the system's. NULL with E if libcurl
 * is not usable. */
struct post *post_new(struct loop *l, const char *ca_file, struct err *e);
/* Ends what is running, without its callback. NULL is fine. */
void post_free(struct post *p);

/* Takes host and port out of URL, which must be https. Returns 0, or -1 with E. */
int post_split_url(const char *url, char *host, size_t size, uint16_t *port, struct err *e);

struct post_request {
	const char *url;
	const char *host;		/* as post_split_url gave them */
	uint16_t port;
	const struct net_addrs *addrs;	/* of host; no other resolver is asked */
	const struct net_link *link;	/* sockets are bound to its interface */
	const char *form;		/* the body; stays the caller's until the callback */
	size_t form_len;
	int64_t timeout_ms;		/* for all of it */
};

struct post_answer {
	int status;		/* of HTTP; 0: no answer came */
	const char *body;	/* at most POST_ANSWER_MAX bytes */
	size_t len;
	const char *why;	/* no answer: a sentence that names who, over what, and what happened */
	bool hopeless;		/* no answer, and no other try will get one before somebody changes something */
	bool kept;		/* the connection of an earlier call was used */
};

/* Starts a POST; one at a time. Redirects and proxies are not followed, HTTP/1.1 is spoken (its second
 * POST costs a tenth of the first), TLS is 1.2 or later and verified. CB is called once from the loop,
 * never from inside post_start; it may start the next. Texts in the answer are valid only there. */
typedef void post_cb(void *arg, const struct post_answer *a);
void post_start(struct post *p, const struct post_request *r, post_cb *cb, void *arg);

/* Value of a number in the answer's header NAME, or -1; only inside the callback. */
int64_t post_header(struct post *p, const char *name);

/* Closes the kept connection; not while a POST runs. */
void post_drop(struct post *p);

#endif
