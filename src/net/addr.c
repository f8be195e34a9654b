#include "net/addr.h"
#include "os/os.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

socklen_t net_addr_parse(const char *text, uint16_t port, struct sockaddr_storage *ss)
{
	struct sockaddr_in *in4 = (struct sockaddr_in *)ss;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;

	memset(ss, 0, sizeof *ss);
	if (inet_pton(AF_INET, text, &in4->sin_addr) == 1) {
		in4->sin_family = AF_INET;
		in4->sin_port = htons(port);
		return sizeof *in4;
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		return sizeof *in6;
	}
	return 0;
}

socklen_t net_addr_len(const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET)
		return sizeof(struct sockaddr_in);
	return ss->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : 0;
}

void net_addr_text(const struct sockaddr *sa, char *out, size_t size)
{
	char ip[INET6_ADDRSTRLEN];

	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in4;

		memcpy(&in4, sa, sizeof in4);
		inet_ntop(AF_INET, &in4.sin_addr, ip, sizeof ip);
		snprintf(out, size, "%s:%u", ip, ntohs(in4.sin_port));
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof in6);
		inet_ntop(AF_INET6, &in6.sin6_addr, ip, sizeof ip);
		snprintf(out, size, "[%s]:%u", ip, ntohs(in6.sin6_port));
	} else {
		snprintf(out, size, "an address of family %d", sa->sa_family);
	}
}

int net_bind(int fd, const struct net_link *link, int family, struct err *e)
{
	struct sockaddr_storage local;
	socklen_t len;

	if (!link->ifname[0]) {
		/* an empty name would lift a binding, not make one */
		errno = ENODEV;
		return err_set(e, "there is no link to bind the socket to");
	}
	if (os_bind_to_interface(fd, link->ifname, family) < 0)
		return err_sys(e, "the socket cannot be bound to the link's interface %s", link->ifname);
	len = net_addr_parse(link->local, 0, &local);
	if (len == 0 || local.ss_family != family)
		return 0;
	if (bind(fd, (struct sockaddr *)&local, len) < 0)
		return err_sys(e, "the socket cannot use the link's address %s", link->local);
	return 0;
}

/* Are these the same address, whatever the ports? */
static int same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return 0;
	if (a->ss_family == AF_INET)
		return memcmp(&((const struct sockaddr_in *)a)->sin_addr,
			      &((const struct sockaddr_in *)b)->sin_addr, 4) == 0;
	return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
		      &((const struct sockaddr_in6 *)b)->sin6_addr, 16) == 0;
}

int net_prove(int fd, const struct net_link *link, struct err *e)
{
	struct sockaddr_storage self = { 0 }, local;
	char ifname[IFNAMSIZ] = "", text[NET_ADDR_TEXT];
	socklen_t len = sizeof self;

	if (os_bound_interface(fd, ifname, sizeof ifname) < 0)
		return err_sys(e, "the interface of the connection cannot be asked");
	if (!link->ifname[0] || strcmp(ifname, link->ifname) != 0)
		return err_set(e, "the connection is bound to %s, not to the link %s",
			       ifname[0] ? ifname : "no interface", link->ifname);
	if (getsockname(fd, (struct sockaddr *)&self, &len) < 0)
		return err_sys(e, "the connection's own address cannot be asked");
	net_addr_text((struct sockaddr *)&self, text, sizeof text);
	if (net_addr_parse(link->local, 0, &local) == 0)
		return err_set(e, "the link's address '%s' is not an address", link->local);
	if (!same_host(&self, &local))
		return err_set(e, "the connection leaves from %s, not from the link's address %s", text,
			       link->local);
	return 0;
}
