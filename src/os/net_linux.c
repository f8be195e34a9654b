#include "os/os.h"

#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int os_bind_to_interface(int fd, const char *ifname, int family)
{
	(void)family;
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ifname, (socklen_t)strlen(ifname) + 1);
}

int os_bound_interface(int fd, char *ifname, size_t size)
{
	socklen_t len = (socklen_t)size;

	if (size < IFNAMSIZ || getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ifname, &len) < 0)
		return -1;
	if (len == 0)
		ifname[0] = 0;
	return 0;
}

static int read_counter(const char *ifname, const char *what, uint64_t *out)
{
	char path[128];
	FILE *f;
	int n;

	if (strchr(ifname, '/') || strlen(ifname) >= IFNAMSIZ)
		return -1;
	snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", ifname, what);
	f = fopen(path, "re");
	if (!f)
		return -1;
	n = fscanf(f, "%" SCNu64, out);
	fclose(f);
	return n == 1 ? 0 : -1;
}

int os_interface_bytes(const char *ifname, uint64_t *received, uint64_t *sent)
{
	if (read_counter(ifname, "rx_bytes", received) < 0)
		return -1;
	return read_counter(ifname, "tx_bytes", sent);
}

int os_peer_uid(int fd, uid_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return -1;
	*uid = cred.uid;
	return 0;
}
