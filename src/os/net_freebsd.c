#include "os/os.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

/* FreeBSD has no SO_BINDTODEVICE: the source address is bound here, and the rule that makes it leave
 * by the link is set by the ppp.linkup script (setfib). */
int os_bind_to_interface(int fd, const char *ifname, int family)
{
	struct ifaddrs *all, *a;
	int rc = -1;

	if (getifaddrs(&all) < 0)
		return -1;
	errno = EADDRNOTAVAIL;
	for (a = all; a; a = a->ifa_next)
		if (a->ifa_addr && a->ifa_addr->sa_family == family && strcmp(a->ifa_name, ifname) == 0) {
			rc = bind(fd, a->ifa_addr, a->ifa_addr->sa_len);
			break;
		}
	freeifaddrs(all);
	return rc;
}

int os_bound_interface(int fd, char *ifname, size_t size)
{
	struct sockaddr_storage self;
	socklen_t len = sizeof self;
	struct ifaddrs *all, *a;
	int rc = -1;

	if (getsockname(fd, (struct sockaddr *)&self, &len) < 0 || getifaddrs(&all) < 0)
		return -1;
	for (a = all; a; a = a->ifa_next) {
		struct sockaddr *sa = a->ifa_addr;

		if (!sa || sa->sa_family != self.ss_family || sa->sa_len != self.ss_len)
			continue;
		/* the port differs; compare the address part only */
		if (self.ss_family == AF_INET && memcmp((char *)sa + 4, (char *)&self + 4, 4) == 0) {
			snprintf(ifname, size, "%s", a->ifa_name);
			rc = 0;
			break;
		}
	}
	freeifaddrs(all);
	return rc;
}

int os_interface_bytes(const char *ifname, uint64_t *received, uint64_t *sent)
{
	struct ifaddrs *all, *a;
	int rc = -1;

	if (getifaddrs(&all) < 0)
		return -1;
	for (a = all; a; a = a->ifa_next)
		if (a->ifa_addr && a->ifa_addr->sa_family == AF_LINK && strcmp(a->ifa_name, ifname) == 0) {
			const struct if_data *d = a->ifa_data;

			*received = d->ifi_ibytes;
			*sent = d->ifi_obytes;
			rc = 0;
			break;
		}
	freeifaddrs(all);
	return rc;
}

int os_peer_uid(int fd, uid_t *uid)
{
	gid_t gid;

	return getpeereid(fd, uid, &gid);
}
