/* alive.h - does the relay still hear us? The clock runs from the last byte heard: after IDLE_MS of
 * silence it is asked, and if nothing comes within ANSWER_MS it is dead. Busy tunnels ask nothing. */
#ifndef OOBM_TUNNEL_ALIVE_H
#define OOBM_TUNNEL_ALIVE_H

#include "run/loop.h"

#include <stdbool.h>
#include <stdint.h>

struct alive;

/* Called from the loop. */
struct alive_ops {
	void (*ask)(void *arg);
	void (*dead)(void *arg, int64_t silent_ms);	/* once; then it has stopped */
};

struct alive *alive_new(struct loop *l, int64_t idle_ms, int64_t answer_ms, const struct alive_ops *ops, void *arg);
void alive_free(struct alive *a);	/* NULL is fine */

void alive_start(struct alive *a);	/* from now on; as if just heard */
void alive_stop(struct alive *a);
void alive_heard(struct alive *a);

/* While deaf, nothing could be heard, and silence proves nothing. */
void alive_deaf(struct alive *a, bool deaf);

#endif
