/* check.h - does the link carry traffic, and does an SSH server answer for the relay through it? */
#ifndef OOBM_TUNNEL_CHECK_H
#define OOBM_TUNNEL_CHECK_H

#include "net/net.h"
#include "tunnel/relay.h"

struct check;

/* STEP is NULL if all is well: then PEER is the relay's address and RTT_MS the time TCP took to it.
 * Else STEP is dns, probe, connect or proof, and E says why. */
typedef void check_cb(void *arg, const char *peer, int64_t rtt_ms, const char *step, const struct err *e);

/* Reaches PROBE ("host:port"; "" for none) and then the relay, reads its SSH banner, proves that the
 * connection uses the link, and hangs up. CB is called once, from the loop; the handle is gone then. */
struct check *check_start(struct loop *l, const struct relay *relay, const struct net_link *link,
			  const char *probe, int64_t timeout_ms, check_cb *cb, void *arg);
void check_cancel(struct check *c);	/* NULL is fine */

#endif
