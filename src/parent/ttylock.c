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

/* The kinds of port that a USB device has: which of them it is, the worker finds. */
static bool is_usb_port(const char *path)
{
	static const char *const kinds[] = { "/dev/ttyUSB", "/dev/ttyACM", "/dev/cuaU" };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t n = strlen(kinds[i]);

		if (strncmp(path, kinds[i], n) == 0 && path[n] && strspn(path + n, "0123456789.") == strlen(path + n))
			return true;
	}
	return false;
}

/* DEVICE may be a stable link such as /dev/oobm-modem. */
static bool is_device(const char *device, const char *path)
{
	char *real;
	bool same;

	if (!*device)
		return false;
	if (strcmp(path, device) == 0)
		return true;
	real = realpath(device, NULL);
	same = real && strcmp(path, real) == 0;
	free(real);
	return same;
}

/* A worker may only name a port that its section names, or the kind of port that a USB device has. */
bool ttylock_path_allowed(const struct conf *c, enum worker_id id, const char *path)
{
	const struct conf_target *t;

	if (!worker_is_console(id))
		return (*c->modem.usb && is_usb_port(path)) || is_device(c->modem.device, path);
	t = &c->target[id - WORKER_CONSOLE];
	return (*t->console_usb && is_usb_port(path)) || is_device(t->console, path);
}

int ttylock_claim(struct parent *p, enum worker_id id, const char *path, struct err *e)
{
	struct child *c = &p->child[id];
	pid_t owner = c->pid;
	const char *base = strrchr(path, '/');
	char lock[64], text[16];
	pid_t who;
	int fd, n;

	if (!ttylock_path_allowed(p->conf, id, path))
		return err_set(e, "%s is not a port that the config allows", path);
	if (strncmp(path, "/dev/pts/", 9) == 0 || !base)
		return 0;
	ttylock_release(c);
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
	snprintf(c->claimed, sizeof c->claimed, "%s", lock);
	return 0;
}

void ttylock_release(struct child *c)
{
	if (c->claimed[0])
		unlink(c->claimed);
	c->claimed[0] = 0;
}
