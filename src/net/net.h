/* net.h - names and connections through the link, and through nothing else. */
#ifndef OOBM_NET_NET_H
#define OOBM_NET_NET_H

#include "base/err.h"
#include "run/loop.h"

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define NET_ADDR_TEXT 64	/* "[2001:db8::1]:65535" fits */
#define NET_DNS_MAX 3
#define NET_ADDRS_MAX 8

/* The link as pppd reported it. */
struct net_link {
	char ifname[IFNAMSIZ];
	char local[NET_ADDR_TEXT];		/* our address on it */
	char dns[NET_DNS_MAX][NET_ADDR_TEXT];	/* the carrier's servers; "" if fewer. ADDRESS or ADDRESS:PORT */
};

struct net_addrs {
	size_t n;
	struct sockaddr_storage addr[NET_ADDRS_MAX];
};

struct net_resolve;
struct net_connect;

/* Resolves HOST (a name, or an address in digits, which asks nobody) at the carrier's servers, by
 * sockets bound to the link; /etc/resolv.conf and /etc/hosts are not used. Within TIMEOUT_MS, CB gets
 * the addresses with PORT filled in (host order given here), or NULL and an error that names the
 * servers. CB is called from the loop, never from inside net_resolve_start; after it the handle is
 * gone. */
typedef void net_resolve_cb(void *arg, const struct net_addrs *addrs, const struct err *e);
struct net_resolve *net_resolve_start(struct loop *l, const struct net_link *link, const char *host,
				      uint16_t port, int64_t timeout_ms, net_resolve_cb *cb, void *arg);
void net_resolve_cancel(struct net_resolve *r);	/* NULL is fine */

/* Connects TCP to the addresses in turn through the link. CB gets a connected socket, which becomes
 * the caller's (non-blocking, close-on-exec, TCP_NODELAY, SO_KEEPALIVE), its peer in TEXT; or -1 and
 * an error that tells apart refused, unreachable and silent. */
typedef void net_connect_cb(void *arg, int fd, const char *peer, const struct err *e);
struct net_connect *net_connect_start(struct loop *l, const struct net_link *link,
				      const struct net_addrs *addrs, int64_t timeout_ms,
				      net_connect_cb *cb, void *arg);
void net_connect_cancel(struct net_connect *c);	/* NULL is fine */

/* Proof that a connected socket uses the link: it is bound to the interface, and its own address is the
 * link's. Returns 0, or -1 with E saying what it uses instead. */
int net_prove(int fd, const struct net_link *link, struct err *e);

/* "198.51.100.2:22", "[2001:db8::1]:22" */
void net_addr_text(const struct sockaddr *sa, char *out, size_t size);

#endif
