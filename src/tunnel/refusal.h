/* refusal.h - what is told when the relay is not what it should be, or does not take us. */
#ifndef OOBM_TUNNEL_REFUSAL_H
#define OOBM_TUNNEL_REFUSAL_H

#include "base/err.h"
#include "tunnel/relay.h"

/* The relay showed the host key SEEN ("SHA256:...") of TYPE. PEER is its address and port. */
struct shown {
	const struct relay *relay;
	const char *peer, *seen, *type;
};

/* Compares with the pinned fingerprint, taking as long wherever the first difference is. 0, or -1 with E. */
int refusal_unless_pinned(const struct shown *k, struct err *e);

/* All return -1. */
int refusal_changed(const struct shown *k, struct err *e);	/* known_hosts has another key */
int refusal_unknown(const struct shown *k, struct err *e);	/* known_hosts has none */
int refusal_unlisted(const struct shown *k, struct err *e);	/* no key is configured */
/* The file known_hosts cannot be read. */
int refusal_missing(const struct relay *r, struct err *e);
/* Our private key is none that can be used. */
int refusal_key(const struct relay *r, struct err *e);
/* The relay does not take our key OURS. */
int refusal_login(const struct relay *r, const char *peer, const char *ours, struct err *e);
/* The relay does not listen on PORT for us. */
int refusal_forward(const struct relay *r, const char *peer, unsigned port, struct err *e);
/* Nothing was heard from it for so long. */
int refusal_silence(const struct relay *r, const char *peer, long long seconds, struct err *e);

#endif
