#include "os/os.h"

#include <stdio.h>
#include <sys/procctl.h>
#include <sys/resource.h>
#include <sys/sysctl.h>
#include <sys/time.h>
#include <unistd.h>

int os_die_with_parent(int signo)
{
	return procctl(P_PID, 0, PROC_PDEATHSIG_CTL, &signo);
}

int os_adopt_orphans(void)
{
	return procctl(P_PID, getpid(), PROC_REAP_ACQUIRE, NULL);
}

void os_not_dumpable(void)
{
	struct rlimit none = { 0, 0 };
	int off = PROC_TRACE_CTL_DISABLE;

	setrlimit(RLIMIT_CORE, &none);
	procctl(P_PID, 0, PROC_TRACE_CTL, &off);
}

void os_name_process(const char *name)
{
	setproctitle("-%s", name);
}

void os_close_from(int lowest)
{
	closefrom(lowest);
}

int os_boot_id(char *out, size_t size)
{
	struct timeval boot;
	size_t len = sizeof boot;

	/* the boot time moves with the wall clock; kern.boottime is only read here, at start */
	if (sysctlbyname("kern.boottime", &boot, &len, NULL, 0) < 0)
		return -1;
	snprintf(out, size, "%lld.%06ld", (long long)boot.tv_sec, (long)boot.tv_usec);
	return 0;
}

pid_t os_flock_owner(int fd)
{
	(void)fd;
	return 0;
}
