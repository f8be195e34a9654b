/* oobmd: the parent. Reads the config, drops into workers what meets the outside, and watches over them. */
#include "base/clock.h"
#include "base/log.h"
#include "config.h"
#include "core/machine.h"
#include "os/os.h"
#include "parent/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONF_FILE SYSCONFDIR "/oobmd/oobmd.conf"
#define MISSED_MAX ((size_t)16 * 1024)
#define HANDED_MAX ((size_t)128 * 1024)
#define END_MS (45 * SEC_MS)	/* the longest that a stop may take; less than systemd's 90 s */

struct options {
	const char *conf_file, *libexec;
	bool check, dump, debug, dot;
};

static void usage(FILE *to)
{
	fputs("usage: oobmd [-dDhnvV] [-f config] [-L directory]\n"
	      "  -f config     read this file (" CONF_FILE ")\n"
	      "  -n            check the config and end; with -v print it as understood\n"
	      "  -d            log to standard error, in detail\n"
	      "  -D            print the state machine as a Graphviz graph and end\n"
	      "  -L directory  where the workers are (" LIBEXECDIR ")\n"
	      "  -h, --help    print this and end\n"
	      "  -V, --version print the version and end\n", to);
}

static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
	};
	int c;

	*o = (struct options){ .conf_file = CONF_FILE, .libexec = LIBEXECDIR };
	while ((c = getopt_long(argc, argv, "dDf:hL:nvV", names, NULL)) != -1)
		switch (c) {
		case 'd':
			o->debug = true;
			break;
		case 'D':
			o->dot = true;
			break;
		case 'f':
			o->conf_file = optarg;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		case 'L':
			o->libexec = optarg;
			break;
		case 'n':
			o->check = true;
			break;
		case 'v':
			o->dump = true;
			break;
		case 'V':
			puts("oobmd " PACKAGE_VERSION);
			exit(0);
		default:
			usage(stderr);
			return -1;
		}
	if (optind < argc) {
		fprintf(stderr, "oobmd: unexpected argument '%s'\n", argv[optind]);
		usage(stderr);
		return -1;
	}
	return 0;
}

/* --- identities and places ----------------------------------------------------------------------- */

static int find_ids(struct parent *p, struct err *e)
{
	const struct passwd *pw = getpwnam(p->conf->user);
	const struct group *gr;

	if (!pw)
		return err_set(e, "there is no user %s; make it: useradd --system --no-create-home "
			       "--shell /usr/sbin/nologin %s", p->conf->user, p->conf->user);
	if (pw->pw_uid == 0 || pw->pw_gid == 0)
		return err_set(e, "user %s is root; workers must be somebody else", p->conf->user);
	p->uid = pw->pw_uid;
	p->gid = pw->pw_gid;
	gr = getgrnam(p->conf->tty_group);
	if (!gr)
		return err_set(e, "there is no group %s (tty-group in the config)", p->conf->tty_group);
	p->tty_gid = gr->gr_gid;
	/* without it there is no GPIO, and all else works: oobm-power says what is missing */
	gr = getgrnam(p->conf->gpio_group);
	p->gpio_gid = gr ? gr->gr_gid : (gid_t)-1;
	gr = getgrnam(p->conf->group);
	if (!gr)
		return err_set(e, "there is no group %s; make it: groupadd --system %s", p->conf->group,
			       p->conf->group);
	p->control_gid = gr->gr_gid;
	return 0;
}

static int make_dir(const char *path, mode_t mode, uid_t uid, gid_t gid, struct err *e)
{
	struct stat st;

	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make the directory %s", path);
	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return err_set(e, "%s is not a directory", path);
	if ((st.st_uid != uid || st.st_gid != gid) && chown(path, uid, gid) < 0)
		return err_sys(e, "cannot set the owner of %s", path);
	if ((st.st_mode & 07777) != mode && chmod(path, mode) < 0)
		return err_sys(e, "cannot set the mode of %s", path);
	return 0;
}

/* One oobmd a machine: the lock goes with the process, however it ends. Who can open the file can lock it, and
 * keep us from starting: nobody else may. */
static int take_pid_file(const struct parent *p, struct err *e)
{
	char path[256], text[16];
	int fd, n;

	snprintf(path, sizeof path, "%s/oobmd.pid", p->conf->run_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || fchmod(fd, 0600) < 0)
		return err_sys(e, "cannot open %s", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return err_set(e, "oobmd runs already (%s is locked)", path);
	}
	n = snprintf(text, sizeof text, "%d\n", (int)getpid());
	if (ftruncate(fd, 0) < 0 || write(fd, text, (size_t)n) != n)
		log_warn("cannot write %s", path);
	return 0;	/* stays open: it is the lock */
}

static void clean_link(const struct parent *p)
{
	const struct link_config c = {
		.script_dir = p->libexec, .run_dir = p->conf->run_dir, .table = p->conf->route_table,
	};

	link_clean_up(&c);
}

static int prepare(struct parent *p, struct err *e)
{
	if (getuid() != 0)
		return err_set(e, "oobmd must be started by root: it runs pppd and drops to user %s for all else",
			       p->conf->user);
	if (find_ids(p, e) < 0 || make_dir(p->conf->run_dir, 0755, 0, 0, e) < 0 || take_pid_file(p, e) < 0 ||
	    make_dir(p->conf->state_dir, 0700, p->uid, p->gid, e) < 0)
		return -1;
	p->child[WORKER_AGENT].listen_fd = socket_listen(p, "control", e);
	if (p->child[WORKER_AGENT].listen_fd < 0)
		return -1;
	clean_link(p);
	return 0;
}

/* --- signals ---------------------------------------------------------------------------------------- */

/* A reload leaves alone those that hold lines and record: only their settings may stop them. */
static bool all_gone(const struct parent *p)
{
	for (int i = 0; i < (p->stopping ? WORKERS : WORKER_POWER); i++)
		if (p->child[i].pid > 0)
			return false;
	return !p->link;
}

/* Called whenever a child is gone: ends a stop, or begins anew with the config of a reload. */
void parent_check_stopped(struct parent *p)
{
	if (!all_gone(p))
		return;
	if (p->stopping) {
		loop_stop(p->loop, 0);
	} else if (p->reloading) {
		p->reloading = false;
		timer_stop(p->give_up);
		log_info("reloaded %s", p->conf_file);
		notify_systemd("READY=1");
		worker_start(p, WORKER_AGENT);
		targets_start(p);
	}
}

static void give_up(void *arg)
{
	struct parent *p = arg;

	log_warn("the workers do not end; killing them");
	switch_close_link(p, true);
	for (int i = 0; i < WORKERS; i++)
		worker_kill(p, (enum worker_id)i, "it did not end in time");
	if (p->stopping)
		loop_stop(p->loop, 0);
}

/* Asks the agent to close what is open and to keep the window for the next start. */
static void ask_agent_to_stop(struct parent *p)
{
	struct chan *agent = p->child[WORKER_AGENT].chan;
	struct msg_out o;

	timer_set(p->give_up, END_MS);
	p->child[WORKER_AGENT].wanted = false;
	if (!agent) {
		switch_close_link(p, false);
		worker_stop(p, WORKER_AGENT);
		parent_check_stopped(p);
		return;
	}
	msg_begin(&o, chan_out(agent), "stop");
	if (msg_end(&o) == 0)
		chan_flush(agent);
}

static void on_stop(void *arg, int signo)
{
	struct parent *p = arg;

	if (p->stopping) {
		give_up(p);
		return;
	}
	log_info("ending (%s)", strsignal(signo));
	notify_systemd("STOPPING=1");
	p->stopping = true;
	targets_stop(p);
	ask_agent_to_stop(p);
}

static bool keep(char **old, char **fresh)
{
	bool changed = strcmp(*old, *fresh) != 0;
	char *other = *old;

	*old = *fresh;
	*fresh = other;
	return changed;
}

/* What was made at the start, and what is known of it, stays: directories, socket, identities. */
static void keep_places(struct conf *old, struct conf *fresh)
{
	bool changed = keep(&old->run_dir, &fresh->run_dir);

	changed |= keep(&old->state_dir, &fresh->state_dir);
	changed |= keep(&old->user, &fresh->user);
	changed |= keep(&old->group, &fresh->group);
	changed |= keep(&old->tty_group, &fresh->tty_group);
	changed |= keep(&old->gpio_group, &fresh->gpio_group);
	if (changed)
		log_warn("run-dir, state-dir, user, group, tty-group and gpio-group are taken up at the next start only");
}

static void on_reload(void *arg, int signo)
{
	struct parent *p = arg;
	struct conf *fresh;
	struct err e;

	(void)signo;
	if (p->stopping)
		return;
	fresh = conf_load(p->conf_file, &e);
	if (!fresh) {
		log_error("not reloaded, the old config stays in force: %s", e.text);
		return;
	}
	keep_places(p->conf, fresh);
	/* while a link is up it keeps the config that it was made with: the agent ends it first */
	conf_free(p->conf);
	p->conf = fresh;
	if (p->reloading)	/* the agent has not been started yet: it gets what is newest */
		return;
	notify_systemd("RELOADING=1");
	p->reloading = true;
	targets_power_again(p);
	ask_agent_to_stop(p);
}

static void on_child(void *arg, int signo)
{
	struct parent *p = arg;
	pid_t pid, agent = p->child[WORKER_AGENT].pid;
	int status;

	(void)signo;
	/* the agent first: what is to be said of the others is said to the next one, then */
	if (agent > 0 && waitpid(agent, &status, WNOHANG) == agent)
		worker_reaped(p, agent, status);
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (!link_reaped(p->link, pid, status) && !worker_reaped(p, pid, status))
			log_debug("process %d ended, status %d", (int)pid, status);
	parent_check_stopped(p);
}

/* --- start and end ------------------------------------------------------------------------------------ */

static int run(struct parent *p)
{
	int code;

	signal(SIGPIPE, SIG_IGN);
	p->loop = loop_new();
	p->give_up = timer_new(p->loop, give_up, p);
	sigwatch_new(p->loop, SIGCHLD, on_child, p);
	sigwatch_new(p->loop, SIGTERM, on_stop, p);
	sigwatch_new(p->loop, SIGINT, on_stop, p);
	sigwatch_new(p->loop, SIGHUP, on_reload, p);
	log_info("oobmd " PACKAGE_VERSION " with %s", p->conf_file);
	worker_start(p, WORKER_AGENT);
	targets_start(p);
	code = loop_run(p->loop);
	for (int i = 0; i < WORKERS; i++)
		ttylock_release(&p->child[i]);
	clean_link(p);
	log_info("ended");
	return code;
}

/* Descriptors 0 to 2 are open, whatever we were started from: or a socket of ours would get such a number. */
static void open_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct parent p = { .gpio_gid = (gid_t)-1 };
	struct options o;
	struct err e;
	int code;

	if (parse_options(argc, argv, &o) < 0)
		return 2;
	if (o.dot) {
		machine_print_dot(stdout);
		return 0;
	}
	umask(077);
	open_standard_descriptors();
	log_start("oobmd", true, o.debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	p.conf = conf_load(o.conf_file, &e);
	if (!p.conf) {
		fprintf(stderr, "oobmd: %s\n", e.text);
		return 1;
	}
	if (o.check) {
		if (o.dump)
			conf_dump(p.conf, stdout);
		else
			printf("%s: the config is good\n", o.conf_file);
		conf_free(p.conf);
		return 0;
	}
	for (int i = 0; i < WORKERS; i++) {
		p.child[i] = (struct child){ .parent = &p, .id = (enum worker_id)i, .listen_fd = -1, .delay = -1 };
		buf_init(&p.child[i].handed, HANDED_MAX);
	}
	buf_init(&p.missed, MISSED_MAX);
	p.conf_file = o.conf_file;
	p.libexec = o.libexec;
	p.debug = o.debug;
	if (!o.debug) {
		enum log_level level = LOG_LEVEL_INFO;

		log_level_parse(p.conf->log_level, &level);
		log_start("oobmd", false, level);
	}
	if (prepare(&p, &e) < 0) {
		fprintf(stderr, "oobmd: %s\n", e.text);
		log_error("%s", e.text);
		return 1;
	}
	os_not_dumpable();	/* it knows all secrets */
	code = run(&p);
	conf_free(p.conf);
	return code;
}
