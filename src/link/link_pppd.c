/* link_pppd.c - Linux: pppd on a port that the agent has dialled. */
#include "base/log.h"
#include "ipc/msg.h"
#include "link/link.h"
#include "link/pppd_text.h"
#include "os/os.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS_FD 4
#define OPTIONS_MAX 4000	/* less than a pipe holds, so that writing it never waits */

/* What our own two scripts may say through the FIFO. The values come from the peer, by way of pppd. */
enum { NEWS_UP, NEWS_TAKEN, NEWS_DOWN, NEWS_RULES };
static const struct permit permit_news[NEWS_RULES] = {
	[NEWS_UP] = { "up", "ifname local remote", "dns1 dns2", false },
	[NEWS_TAKEN] = { "taken", "local", "", false },
	[NEWS_DOWN] = { "down", "seconds received sent", "", false },
};

struct link {
	struct loop *loop;
	const struct link_ops *ops;
	void *arg;
	pid_t pid;
	int fifo;
	struct watch *watch;
	char fifo_path[256], script_dir[512];
	int table;
	struct buf in;
	bool up, asked;
	char fault[200];	/* why we ended it; "" if we did not */
	struct link_end end;
};

static void fifo_path(const struct link_config *c, char *out, size_t size)
{
	snprintf(out, size, "%s/link", c->run_dir);
}

/* An address that the peer made up or forgot is as good as none, and none is one of this computer's own or of
 * many. 10.11.12.13 is what some Huawei sticks give as DNS while they do not know better. */
static bool usable(const char *addr)
{
	static const char *const made_up[] = { "10.11.12.13", "10.11.12.14" };
	struct in_addr a;
	unsigned first;

	if (!addr || inet_pton(AF_INET, addr, &a) != 1)
		return false;
	first = ntohl(a.s_addr) >> 24;
	if (first == 0 || first == 127 || first >= 224)
		return false;
	for (size_t i = 0; i < sizeof made_up / sizeof *made_up; i++)
		if (strcmp(addr, made_up[i]) == 0)
			return false;
	return true;
}

/* Hangs up because of what the peer did; WHY is what the owner hears. */
static void refuse(struct link *k, const char *why)
{
	log_warn("%s; hanging up", why);
	snprintf(k->fault, sizeof k->fault, "%s", why);
	link_close(k, false);
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static void take_up(struct link *k, const struct msg *m)
{
	struct link_info info = { 0 };
	const char *dns[2] = { msg_get(m, "dns1"), msg_get(m, "dns2") };

	char why[160];

	if (k->up) {
		refuse(k, "the link's script told of a second link");
		return;
	}
	if (!usable(msg_get(m, "local"))) {
		snprintf(why, sizeof why, "the carrier gave us the address %.40s, which cannot be used", msg_get(m, "local"));
		refuse(k, why);
		return;
	}
	for (int i = 0; i < 2; i++)
		if (dns[i] && dns[i][0] && !usable(dns[i])) {
			log_warn("the carrier named %s as DNS server, which cannot be one; left out", dns[i]);
			dns[i] = NULL;
		}
	copy(info.ifname, sizeof info.ifname, msg_get(m, "ifname"));
	copy(info.local, sizeof info.local, msg_get(m, "local"));
	copy(info.remote, sizeof info.remote, msg_get(m, "remote"));
	copy(info.dns1, sizeof info.dns1, dns[0] && *dns[0] ? dns[0] : dns[1]);
	copy(info.dns2, sizeof info.dns2, dns[0] && *dns[0] ? dns[1] : NULL);
	k->up = k->end.was_up = true;
	if (!k->asked)
		k->ops->on_up(k->arg, &info);
}

static void take_news(struct link *k, const char *line, size_t len)
{
	struct msg m;
	uint64_t seen = 0;
	const char *why;
	int rule;

	if (msg_parse(&m, line, len, &why) < 0 ||
	    (rule = msg_permit(&m, permit_news, NEWS_RULES, &seen, &why)) < 0) {
		refuse(k, "the link's script said something that is no news");
	} else if (rule == NEWS_UP) {
		take_up(k, &m);
	} else if (rule == NEWS_TAKEN) {
		char taken[160];

		snprintf(taken, sizeof taken, "the carrier gave us the address %.40s, which this computer has already",
			 msg_get(&m, "local"));
		refuse(k, taken);
	} else {
		if (msg_int(&m, "seconds", 0, INT64_MAX, &k->end.seconds) < 0 ||
		    msg_int(&m, "received", 0, INT64_MAX, &k->end.received) < 0 ||
		    msg_int(&m, "sent", 0, INT64_MAX, &k->end.sent) < 0)
			log_warn("pppd did not say how much it carried");
	}
}

static void read_news(struct link *k)
{
	char tmp[1024], *nl;
	ssize_t n;

	while ((n = read(k->fifo, tmp, sizeof tmp)) > 0)
		if (buf_add(&k->in, tmp, (size_t)n) < 0)
			k->in.len = 0;
	while (k->in.len && (nl = memchr(k->in.data, '\n', k->in.len))) {
		size_t len = (size_t)(nl - k->in.data);

		take_news(k, k->in.data, len);
		buf_drop(&k->in, len + 1);
	}
}

static void on_news(void *arg, int ready)
{
	(void)ready;
	read_news(arg);
}

/* A word in double quotes, as pppd's options file wants it (pppd(8), OPTIONS FILES). */
static int add_quoted(struct buf *b, const char *name, const char *value)
{
	int rc = buf_addf(b, "%s \"", name);

	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			rc |= buf_addf(b, "\\");
		rc |= buf_add(b, value, 1);
	}
	return rc | buf_addf(b, "\"\n");
}

/* What pppd is told, on a pipe rather than in its arguments: it holds the password. Every option of
 * Debian's /etc/ppp/options, which pppd always reads, is taken back; and what somebody may have added for a server
 * of dial-in. With proxyarp this computer would answer for the home's router, if the carrier took its address. */
static int build_options(const struct link_config *c, const char *fifo, struct buf *b)
{
	int rc = buf_addf(b,
		"nodetach\nnoauth\nnodefaultroute\nnoproxyarp\nidle 0\nmaxconnect 0\nusepeerdns\nnoipdefault\nnovj\nnovjccomp\nnopcomp\nnoaccomp\nnoccp\n"
		"nobsdcomp\nnodeflate\nnoipv6\nnopersist\nmaxfail 1\nasyncmap 0\n"
		"lcp-echo-interval 30\nlcp-echo-failure 4\nlcp-restart 1\nlcp-max-configure 20\n"
		"ipcp-restart 2\nipcp-max-configure 10\nlogfd 2\nlinkname oobmd\nnolock\n"
		"ip-up-script %s/ip-up\nip-down-script %s/ip-down\nset OOBM_FIFO=%s\nset OOBM_TABLE=%d\n%s\n",
		c->script_dir, c->script_dir, fifo, c->table,
		c->carrier ? "modem\ncrtscts" : "local\nnocrtscts");

	if (c->user && c->user[0])
		rc |= add_quoted(b, "user", c->user);
	if (c->password && c->password[0])
		rc |= add_quoted(b, "password", c->password);
	for (size_t i = 0; i < c->noptions; i++)
		rc |= buf_addf(b, "%s\n", c->options[i]);
	return rc;
}

static int make_fifo(const char *path, struct err *e)
{
	int fd;

	unlink(path);
	if (mkfifo(path, 0600) < 0)
		return err_sys(e, "cannot make %s", path);
	/* also for writing: the end of one script is then not the end of the file */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? err_sys(e, "cannot open %s", path) : fd;
}

static _Noreturn void run_pppd(const struct link_config *c, int options, pid_t parent)
{
	char speed[16];
	char *argv[] = { (char *)"pppd", (char *)c->tty, speed, (char *)"file", (char *)"/dev/fd/4", NULL };
	char *envp[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	/* pppd's own log goes to syslog; with stderr for a person who watches */
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(options, OPTIONS_FD) < 0 ||
	    fcntl(OPTIONS_FD, F_SETFD, 0) < 0)
		_exit(127);
	if (!isatty(2) && log_get_level() < LOG_LEVEL_DEBUG && dup2(null, 2) < 0)
		_exit(127);
	if (null > 2 && null != OPTIONS_FD)
		close(null);
	os_close_from(OPTIONS_FD + 1);
	close(3);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	os_die_with_parent(SIGTERM);
	if (getppid() != parent)	/* died before it was asked for */
		_exit(127);
	snprintf(speed, sizeof speed, "%u", c->speed);
	execve(c->program, argv, envp);
	_exit(127);
}

static pid_t start_pppd(const struct link_config *c, const char *fifo, struct err *e)
{
	struct buf b;
	int p[2];
	pid_t parent = getpid(), pid;

	buf_init(&b, OPTIONS_MAX);
	if (build_options(c, fifo, &b) < 0) {
		buf_free(&b);
		return err_set(e, "the options for pppd are longer than %d bytes; shorten ppp-options", OPTIONS_MAX);
	}
	if (pipe2(p, O_CLOEXEC) < 0) {
		buf_free(&b);
		return err_sys(e, "pipe");
	}
	if (write(p[1], b.data, b.len) != (ssize_t)b.len)
		log_error("the options for pppd could not be written");
	buf_free(&b);
	close(p[1]);
	pid = fork();
	if (pid == 0)
		run_pppd(c, p[0], parent);
	close(p[0]);
	return pid < 0 ? err_sys(e, "fork") : pid;
}

struct link *link_open(struct loop *l, const struct link_config *c, const struct link_ops *ops, void *arg,
		       struct err *e)
{
	struct link *k;

	if (access(c->program, X_OK) < 0) {
		err_sys(e, "cannot run %s (install the package ppp, or set pppd in the config)", c->program);
		return NULL;
	}
	k = calloc(1, sizeof *k);
	if (!k) {
		err_set(e, "out of memory");
		return NULL;
	}
	*k = (struct link){ .loop = l, .ops = ops, .arg = arg, .fifo = -1 };
	buf_init(&k->in, 4096);
	fifo_path(c, k->fifo_path, sizeof k->fifo_path);
	copy(k->script_dir, sizeof k->script_dir, c->script_dir);
	k->table = c->table;
	k->fifo = make_fifo(k->fifo_path, e);
	if (k->fifo < 0)
		goto fail;
	k->pid = start_pppd(c, k->fifo_path, e);
	if (k->pid < 0)
		goto fail;
	k->watch = watch_new(l, k->fifo, LOOP_READ, on_news, k);
	log_info("pppd[%d] on %s", (int)k->pid, c->tty);
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

static void explain_end(struct link *k, int status)
{
	struct link_end *end = &k->end;

	if (k->fault[0]) {
		end->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		copy(end->reason, sizeof end->reason, k->fault);
		return;
	}
	if (WIFSIGNALED(status)) {
		end->code = 128 + WTERMSIG(status);
		snprintf(end->reason, sizeof end->reason, "pppd was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
		return;
	}
	end->code = WEXITSTATUS(status);
	if (end->code == 127)
		snprintf(end->reason, sizeof end->reason, "pppd could not be run");
	else
		snprintf(end->reason, sizeof end->reason, "%s (pppd exit %d)",
			 pppd_exit_text(end->code, &end->fatal), end->code);
}

/* The script removes our rules; it is awaited here, as it takes no longer than a few calls of ip(8). */
static void remove_rules(const char *script_dir, int number)
{
	char script[512], table[32];
	char *argv[] = { script, NULL };
	char *envp[] = { table, NULL };
	pid_t pid;

	snprintf(script, sizeof script, "%s/ip-down", script_dir);
	snprintf(table, sizeof table, "OOBM_TABLE=%d", number);
	pid = fork();
	if (pid == 0) {
		execve(script, argv, envp);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

bool link_reaped(struct link *k, pid_t pid, int status)
{
	if (!k || pid != k->pid)
		return false;
	k->pid = 0;
	read_news(k);	/* what ip-down said at the end */
	explain_end(k, status);
	if (WIFSIGNALED(status))	/* then it ran no ip-down */
		remove_rules(k->script_dir, k->table);
	k->ops->on_end(k->arg, &k->end);
	link_free(k);
	return true;
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
	buf_free(&k->in);
	free(k);
}

void link_clean_up(const struct link_config *c)
{
	char path[256];

	fifo_path(c, path, sizeof path);
	unlink(path);
	remove_rules(c->script_dir, c->table);
}
