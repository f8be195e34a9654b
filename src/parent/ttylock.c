#include "base/log.h"
#include "os/os.h"
#include "parent/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOCK_DIR "/var/lock"

/* The agent may only name a port that the config names, or the kind of port that a USB modem has. */
bool ttylock_path_allowed(const struct conf *c, const char *path)
{
	static const char *const kinds[] = { "/dev/ttyUSB", "/dev/ttyACM", "/dev/cuaU" };
	char real[256], *p;
	bool same;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds && c->modem.usb[0]; i++) {
		size_t n = strlen(kinds[i]);

		if (strncmp(path, kinds[i], n) == 0 && path[n] && strspn(path + n, "0123456789.") == strlen(path + n))
			return true;
	}
	if (!c->modem.device[0])
		return false;
	if (strcmp(path, c->modem.device) == 0)
		return true;
	p = realpath(c->modem.device, NULL);	/* a stable link such as /dev/oobm-modem */
	if (!p)
		return false;
	snprintf(real, sizeof real, "%s", p);
	free(p);
	same = strcmp(path, real) == 0;
	return same;
}

int ttylock_claim(struct parent *p, const char *path, pid_t owner, struct err *e)
{
	const char *base = strrchr(path, '/');
	char lock[64], text[16];
	pid_t who;
	int fd, n;

	if (!ttylock_path_allowed(p->conf, path))
		return err_set(e, "%s is not a port that the config allows", path);
	if (strncmp(path, "/dev/pts/", 9) == 0 || !base)
		return 0;
	ttylock_release(p);
	n = snprintf(lock, sizeof lock, LOCK_DIR "/LCK..%s", base + 1);
	if (n < 0 || (size_t)n >= sizeof lock)
		return err_set(e, "%s is too long a name for a lock file", path);
	who = os_lock_file_holder(lock, p->tty_gid);
	if (who && who != owner)
		return err_set(e, "%s is used by process %d (%s); end that program", path, (int)who, lock);
	/* It is a courtesy to others: where it cannot be made, flock(2) and TIOCEXCL keep the port all the same. */
	unlink(lock);
	fd = open(lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0) {
		log_warn("cannot make the lock file %s: %s", lock, strerror(errno));
		return 0;
	}
	n = snprintf(text, sizeof text, "%10d\n", (int)owner);
	if (write(fd, text, (size_t)n) != n)
		log_warn("cannot write %s", lock);
	close(fd);
	snprintf(p->claimed, sizeof p->claimed, "%s", lock);
	return 0;
}

void ttylock_release(struct parent *p)
{
	if (p->claimed[0])
		unlink(p->claimed);
	p->claimed[0] = 0;
}
