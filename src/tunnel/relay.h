/* relay.h - the relays as the parent described them. */
#ifndef OOBM_TUNNEL_RELAY_H
#define OOBM_TUNNEL_RELAY_H

#include "base/err.h"
#include "ipc/msg.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define RELAY_MAX 4
#define RELAY_FORWARDS_MAX 8

/* A port on the relay whose connections are carried to HOST:PORT here. */
struct forward {
	uint16_t listen;
	char host[64];		/* "localhost" or an address in digits */
	uint16_t port;
};

struct relay {
	char *name, *host, *user;
	char *key;		/* private key, OpenSSH format; secret */
	char *hostkey;		/* "SHA256:..."; "" if known_hosts is used */
	char *known_hosts;	/* path; "" if hostkey is used */
	char *address;		/* pinned address; "" for none */
	uint16_t port;
	struct forward forward[RELAY_FORWARDS_MAX];
	size_t nforward;
};

/* Takes a `relay` message. Returns 0, or -1 with E; R then
 * holds nothing. What R held before is released. */
int relay_parse(struct relay *r, const struct msg *m, struct err *e);

/* Wipes the key and releases the rest. */
void relay_clear(struct relay *r);

/* Parses "31337:localhost:22,31338:[fd00::1]:22" into OUT (RELAY_FORWARDS_MAX places). Returns how
 * many, or 0 with E. */
size_t relay_parse_forwards(const char *text, struct forward *out, struct err *e);

#endif
