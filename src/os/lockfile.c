#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUPS_MAX 128

static bool is_member(uid_t uid, gid_t group)
{
	const struct passwd *pw = getpwuid(uid);
	gid_t groups[GROUPS_MAX];
	int n = GROUPS_MAX;

	if (!pw)
		return false;
	if (getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) < 0)
		return true;	/* of so many that this one may be among them */
	for (int i = 0; i < n; i++)
		if (groups[i] == group)
			return true;
	return false;
}

pid_t os_lock_file_holder(const char *path, gid_t group)
{
	/* it may be a link, or a FIFO that would keep us waiting */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	char text[16] = "";
	struct stat st;
	long pid = 0;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_uid == 0 || st.st_uid == geteuid() || is_member(st.st_uid, group)) &&
	    read(fd, text, sizeof text - 1) > 0)
		pid = strtol(text, NULL, 10);
	close(fd);
	if (pid <= 0 || pid > INT_MAX || (kill((pid_t)pid, 0) < 0 && errno == ESRCH))
		return 0;
	return (pid_t)pid;
}
