/* hold.h - one tunnel: reached, opened, held, until it breaks or is let go. */
#ifndef OOBM_TUNNEL_HOLD_H
#define OOBM_TUNNEL_HOLD_H

#include "net/net.h"
#include "tunnel/relay.h"

struct hold;

/* Called from the loop; the hold may be freed from each. */
struct hold_ops {
	void (*on_up)(void *arg, const char *peer);
	/* It never came up. STEP is one of those in ipc/permit.c. */
	void (*on_failed)(void *arg, const char *step, bool fatal, const struct err *e);
	/* It was up. */
	void (*on_down)(void *arg, const struct err *e);
};

/* A dead peer is noticed within HOLD_DEAD_MS of the last byte heard from it. The environment's
 * OOBM_TUNNEL_DEAD_MS shortens that, for tests. */
#define HOLD_DEAD_MS 45000

/* Opens the tunnel within TIMEOUT_MS and holds it. RELAY is kept by reference. */
struct hold *hold_start(struct loop *l, const struct relay *relay, const struct net_link *link,
			int64_t timeout_ms, const struct hold_ops *ops, void *arg);
void hold_free(struct hold *h);	/* closes politely; NULL is fine */

bool hold_is_up(const struct hold *h);
void hold_stats(const struct hold *h, uint64_t *received, uint64_t *sent, size_t *channels);

#endif
