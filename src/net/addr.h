/* addr.h - what resolve.c and connect.c share: addresses in digits, sockets bound to the link. */
#ifndef OOBM_NET_ADDR_H
#define OOBM_NET_ADDR_H

#include "net/net.h"

/* Parses an address in digits ("192.0.2.1", "2001:db8::1"; no port, no scope) and fills in PORT, in
 * host order. Returns its length as a socket address, or 0 if TEXT is none. */
socklen_t net_addr_parse(const char *text, uint16_t port, struct sockaddr_storage *ss);

/* Length of a socket address by its family, 0 for one that is neither IPv4 nor IPv6. */
socklen_t net_addr_len(const struct sockaddr_storage *ss);

/* Binds a fresh socket to the link's interface and, where the family is the same, to the link's own
 * address. Returns 0, or -1 with errno and E: then the socket must not be used. */
int net_bind(int fd, const struct net_link *link, int family, struct err *e);

#endif
