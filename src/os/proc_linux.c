#include "os/os.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int os_die_with_parent(int signo)
{
	return prctl(PR_SET_PDEATHSIG, signo, 0, 0, 0);
}

int os_adopt_orphans(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

void os_not_dumpable(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void os_name_process(const char *name)
{
	prctl(PR_SET_NAME, name, 0, 0, 0);
}

void os_close_from(int lowest)
{
	long max;

#ifdef SYS_close_range
	if (syscall(SYS_close_range, (unsigned)lowest, ~0U, 0) == 0)
		return;
#endif
	/* before Linux 5.9 */
	max = sysconf(_SC_OPEN_MAX);
	for (int fd = lowest; fd < (max > 0 && max < 65536 ? max : 65536); fd++)
		close(fd);
}

int os_boot_id(char *out, size_t size)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, out, size - 1);
	close(fd);
	if (n <= 0)
		return -1;
	out[n] = 0;
	out[strcspn(out, "\n")] = 0;
	return 0;
}

/* /proc/locks: "1: FLOCK  ADVISORY  WRITE 123 00:06:77 0 EOF" */
pid_t os_flock_owner(int fd)
{
	FILE *f = fopen("/proc/locks", "re");
	pid_t owner = 0;
	char line[160];
	struct stat st;

	if (!f)
		return 0;
	while (fstat(fd, &st) == 0 && !owner && fgets(line, sizeof line, f)) {
		unsigned major, minor;
		unsigned long inode;
		int pid;

		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major, &minor, &inode) == 4 &&
		    inode == st.st_ino && makedev(major, minor) == st.st_dev)
			owner = pid;
	}
	fclose(f);
	return owner;
}
