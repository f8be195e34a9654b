/* pump.h - carries bytes between the relay's streams and connections to targets here. */
#ifndef OOBM_TUNNEL_PUMP_H
#define OOBM_TUNNEL_PUMP_H

#include "run/loop.h"
#include "tunnel/relay.h"
#include "tunnel/session.h"

#define PUMP_CONNS_MAX 900		/* leaves descriptors of the usual 1024 for the rest */

struct pump;

/* For the forwards of RELAY, which is kept by reference. */
struct pump *pump_new(struct loop *l, const struct relay *relay);

/* The session whose streams are carried, told once it is there. */
void pump_attach(struct pump *p, struct session *s);

/* Closes all connections. NULL is fine. */
void pump_free(struct pump *p);

/* A connection came to PORT of the relay: connects to that forward's target, and carries until both
 * sides are done. The target is reached by the home network or loopback, not by the link. */
void pump_stream(struct pump *p, struct stream *st, uint16_t port, const char *from);

/* The session takes bytes again. */
void pump_room(struct pump *p);

size_t pump_count(const struct pump *p);

#endif
