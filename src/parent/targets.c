/* targets.c - oobm-power and the consoles: there from start to end, whatever the window does. */
#include "base/log.h"
#include "parent/parent.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int socket_listen(const struct parent *p, const char *name, struct err *e)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int n = snprintf(sa.sun_path, sizeof sa.sun_path, "%s/%s", p->conf->run_dir, name), fd, rc;
	mode_t old;

	if (n < 0 || (size_t)n >= sizeof sa.sun_path)
		return err_set(e, "run-dir %s is too long for the path of the socket %s", p->conf->run_dir, name);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(e, "socket");
	unlink(sa.sun_path);
	old = umask(0177);
	rc = bind(fd, (struct sockaddr *)&sa, sizeof sa);
	umask(old);
	if (rc < 0 || chown(sa.sun_path, 0, p->control_gid) < 0 || chmod(sa.sun_path, 0660) < 0 || listen(fd, 16) < 0) {
		err_sys(e, "cannot make the socket %s", sa.sun_path);
		close(fd);
		return -1;
	}
	return fd;
}

static void socket_remove(const struct parent *p, struct child *c)
{
	char path[256];

	if (c->listen_fd < 0)
		return;
	snprintf(path, sizeof path, "%s/console.%s", p->conf->run_dir, c->target);
	unlink(path);
	close(c->listen_fd);
	c->listen_fd = -1;
}

static bool has_power(const struct conf *c)
{
	for (size_t i = 0; i < c->ntarget; i++)
		if (strcmp(c->target[i].power, "none") != 0)
			return true;
	return false;
}

static const struct conf_target *console_of(const struct conf *c, enum worker_id id)
{
	size_t i = (size_t)(id - WORKER_CONSOLE);

	if (i >= c->ntarget || (!*c->target[i].console && !*c->target[i].console_usb))
		return NULL;
	return &c->target[i];
}

/* The socket stays while the target does, so that whoever looks for it finds it while a worker starts anew. */
static int prepare_console(struct parent *p, struct child *c, const struct conf_target *t)
{
	char name[64];
	struct err e;

	if (c->listen_fd >= 0)
		return 0;
	snprintf(c->target, sizeof c->target, "%s", t->name);
	snprintf(name, sizeof name, "console.%s", t->name);
	c->listen_fd = socket_listen(p, name, &e);
	if (c->listen_fd < 0)
		log_error("no console of %s: %s", t->name, e.text);
	return c->listen_fd < 0 ? -1 : 0;
}

/* One that runs with the settings of before is not disturbed: it may hold a button, or be recording a crash. */
static void settle(struct parent *p, enum worker_id id, bool wanted)
{
	struct child *c = &p->child[id];

	if (wanted && c->pid > 0 && c->chan && !hand_out_changed(p, id))
		return;
	worker_stop(p, id);
	if (wanted)
		worker_start(p, id);
}

/* Whose target is another now, or none. All of them give up their sockets before the first is made anew: after a target is
 * taken out of the config, or two change places, one has the name that another had. */
static void leave_targets(struct parent *p)
{
	for (int i = WORKER_CONSOLE; i < WORKERS; i++) {
		const struct conf_target *t = console_of(p->conf, (enum worker_id)i);
		struct child *c = &p->child[i];

		if (t && strcmp(c->target, t->name) == 0)
			continue;
		worker_stop(p, (enum worker_id)i);
		socket_remove(p, c);
	}
}

void targets_start(struct parent *p)
{
	settle(p, WORKER_POWER, has_power(p->conf));
	leave_targets(p);
	for (int i = WORKER_CONSOLE; i < WORKERS; i++) {
		const struct conf_target *t = console_of(p->conf, (enum worker_id)i);

		if (t)
			settle(p, (enum worker_id)i, prepare_console(p, &p->child[i], t) == 0);
	}
}

void targets_power_again(struct parent *p)
{
	struct child *c = &p->child[WORKER_POWER];
	bool wanted = has_power(p->conf);

	if (c->pid == 0 || !c->chan || (wanted && !hand_out_changed(p, WORKER_POWER)))
		return;
	worker_stop(p, WORKER_POWER);
	switch_worker_ended(p, WORKER_POWER, "the config was changed");
	if (wanted)
		worker_start(p, WORKER_POWER);
}

/* The agent is told before it ends itself: it knows what was being done. */
void targets_stop(struct parent *p)
{
	if (p->child[WORKER_POWER].chan)
		switch_worker_ended(p, WORKER_POWER, "oobmd ended");
	for (int i = WORKER_POWER; i < WORKERS; i++) {
		worker_stop(p, (enum worker_id)i);
		if (worker_is_console((enum worker_id)i))
			socket_remove(p, &p->child[i]);
	}
}
