/* target.h - connections to what the forwards lead to: here, or in the home network. Not by the link. */
#ifndef OOBM_TUNNEL_TARGET_H
#define OOBM_TUNNEL_TARGET_H

#include "run/loop.h"

#include <stdint.h>

struct target;

/* FD is the callee's, non-blocking; or -1, and WHY says why. */
typedef void target_cb(void *arg, int fd, const char *why);

/* Connects to HOST, an address in digits or "localhost" (127.0.0.1, else ::1), within TIMEOUT_MS. CB is
 * called from the loop; after it the handle is gone. */
struct target *target_connect(struct loop *l, const char *host, uint16_t port, int64_t timeout_ms, target_cb *cb,
			      void *arg);
void target_cancel(struct target *t);	/* NULL is fine */

#endif
