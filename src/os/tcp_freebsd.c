#include "os/tcp.h"

/* FreeBSD has neither TCP_USER_TIMEOUT nor TCP_NOTSENT_LOWAT: the tunnel's own deadline has to do. */
void os_tune_tcp(int fd, unsigned timeout_ms, unsigned unsent)
{
	(void)fd;
	(void)timeout_ms;
	(void)unsent;
}
