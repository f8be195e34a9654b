/* link_ppp.c - FreeBSD: user-ppp, ppp(8), on a port that the agent has dialled.
 *
 * `ppp -direct LABEL` uses descriptor 0 as the link. A configuration is written for it under the run
 * directory; its linkup and linkdown commands write to the same FIFO as pppd's scripts do. This file
 * could not be compiled or tried where it was written: treat it as a draft. */
#include "base/log.h"
#include "ipc/msg.h"
#include "link/link.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NEWS_UP, NEWS_DOWN, NEWS_RULES };
static const struct permit permit_news[NEWS_RULES] = {
	[NEWS_UP] = { "up", "ifname local remote", "dns1 dns2", false },
	[NEWS_DOWN] = { "down", "seconds received sent", "", false },
};

struct link {
	const struct link_ops *ops;
	void *arg;
	pid_t pid;
	int fifo;
	struct watch *watch;
	char fifo_path[256], conf_path[256];
	struct buf in;
	bool up, asked;
	struct link_end end;
};

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static void take_news(struct link *k, const char *line, size_t len)
{
	struct link_info info = { 0 };
	struct msg m;
	uint64_t seen = 0;
	const char *why;
	int rule;

	if (msg_parse(&m, line, len, &why) < 0 ||
	    (rule = msg_permit(&m, permit_news, NEWS_RULES, &seen, &why)) < 0) {
		log_error("ppp's linkup said something odd: %s", why);
		link_close(k, false);
		return;
	}
	if (rule == NEWS_DOWN) {
		msg_int(&m, "seconds", 0, INT64_MAX, &k->end.seconds);
		return;
	}
	copy(info.ifname, sizeof info.ifname, msg_get(&m, "ifname"));
	copy(info.local, sizeof info.local, msg_get(&m, "local"));
	copy(info.remote, sizeof info.remote, msg_get(&m, "remote"));
	copy(info.dns1, sizeof info.dns1, msg_get(&m, "dns1"));
	copy(info.dns2, sizeof info.dns2, msg_get(&m, "dns2"));
	k->up = k->end.was_up = true;
	if (!k->asked)
		k->ops->on_up(k->arg, &info);
}

static void on_news(void *arg, int ready)
{
	struct link *k = arg;
	char tmp[1024], *nl;
	ssize_t n;

	(void)ready;
	while ((n = read(k->fifo, tmp, sizeof tmp)) > 0)
		if (buf_add(&k->in, tmp, (size_t)n) < 0)
			k->in.len = 0;
	while (k->in.len && (nl = memchr(k->in.data, '\n', k->in.len))) {
		size_t len = (size_t)(nl - k->in.data);

		take_news(k, k->in.data, len);
		buf_drop(&k->in, len + 1);
	}
}

static int write_conf(const struct link_config *c, const struct link *k, struct err *e)
{
	int fd = open(k->conf_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!f)
		return err_sys(e, "cannot write %s", k->conf_path);
	fprintf(f, "oobmd:\n set timeout 0\n set lqrperiod 30\n enable echo\n disable ipv6cp\n"
		   " set ifaddr 10.0.0.1/0 10.0.0.2/0 255.255.255.255 0.0.0.0\n enable dns\n");
	if (c->user[0])
		fprintf(f, " set authname \"%s\"\n set authkey \"%s\"\n", c->user, c->password);
	for (size_t i = 0; i < c->noptions; i++)
		fprintf(f, " %s\n", c->options[i]);
	fclose(f);
	return 0;
}

static _Noreturn void run_ppp(const struct link_config *c)
{
	char *argv[] = { (char *)"ppp", (char *)"-direct", (char *)"oobmd", NULL };
	char *envp[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	int tty = open(c->tty, O_RDWR | O_NOCTTY);

	if (tty < 0 || dup2(tty, 0) < 0 || dup2(tty, 1) < 0)
		_exit(127);
	os_close_from(3);
	os_die_with_parent(SIGTERM);
	execve(c->program, argv, envp);
	_exit(127);
}

struct link *link_open(struct loop *l, const struct link_config *c, const struct link_ops *ops, void *arg,
		       struct err *e)
{
	struct link *k = calloc(1, sizeof *k);

	if (!k) {
		err_set(e, "out of memory");
		return NULL;
	}
	*k = (struct link){ .ops = ops, .arg = arg, .fifo = -1 };
	buf_init(&k->in, 4096);
	snprintf(k->fifo_path, sizeof k->fifo_path, "%s/link", c->run_dir);
	snprintf(k->conf_path, sizeof k->conf_path, "%s/ppp.conf", c->run_dir);
	unlink(k->fifo_path);
	if (mkfifo(k->fifo_path, 0600) < 0 ||
	    (k->fifo = open(k->fifo_path, O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0) {
		err_sys(e, "cannot make %s", k->fifo_path);
		goto fail;
	}
	if (write_conf(c, k, e) < 0)
		goto fail;
	k->pid = fork();
	if (k->pid == 0)
		run_ppp(c);
	if (k->pid < 0) {
		err_sys(e, "fork");
		goto fail;
	}
	k->watch = watch_new(l, k->fifo, LOOP_READ, on_news, k);
	return k;
fail:
	k->pid = 0;
	link_free(k);
	return NULL;
}

void link_close(struct link *k, bool force)
{
	k->asked = true;
	if (k->pid > 0)
		kill(k->pid, force ? SIGKILL : SIGTERM);
}

bool link_reaped(struct link *k, pid_t pid, int status)
{
	if (!k || pid != k->pid)
		return false;
	k->pid = 0;
	on_news(k, LOOP_READ);
	k->end.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	snprintf(k->end.reason, sizeof k->end.reason, "ppp ended with status %d", k->end.code);
	k->ops->on_end(k->arg, &k->end);
	link_free(k);
	return true;
}

void link_clean_up(const struct link_config *c)
{
	char path[256];

	snprintf(path, sizeof path, "%s/link", c->run_dir);
	unlink(path);
}

void link_free(struct link *k)
{
	if (!k)
		return;
	if (k->pid > 0)
		kill(k->pid, SIGKILL);
	watch_free(k->watch);
	if (k->fifo >= 0) {
		close(k->fifo);
		unlink(k->fifo_path);
	}
	unlink(k->conf_path);
	buf_free(&k->in);
	free(k);
}
