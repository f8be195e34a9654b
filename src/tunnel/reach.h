/* reach.h - from a name to a connected socket, through the link. */
#ifndef OOBM_TUNNEL_REACH_H
#define OOBM_TUNNEL_REACH_H

#include "net/net.h"

struct reach;

struct reached {
	int fd;			/* the callee's; -1 if it failed */
	const char *peer;	/* "198.51.100.2:22" */
	int64_t rtt_ms;		/* how long TCP took */
	const char *step;	/* dns or connect, if it failed */
	const struct err *e;	/* and why */
};
typedef void reach_cb(void *arg, const struct reached *r);

/* Resolves HOST by the carrier's servers and connects to PORT, within TIMEOUT_MS. PINNED is an address
 * to go to when no server answers, and when none of the addresses they give does; "" for none. CB is
 * called from the loop; after it the handle is gone. */
struct reach *reach_start(struct loop *l, const struct net_link *link, const char *host, uint16_t port,
			  const char *pinned, int64_t timeout_ms, reach_cb *cb, void *arg);
void reach_cancel(struct reach *r);	/* NULL is fine */

#endif
