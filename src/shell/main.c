/* oobm-shell: a login shell for people who are to reach the machines that are looked after, and nothing else. */
#include "config.h"
#include "os/os.h"
#include "shell/audit.h"
#include "shell/edit.h"
#include "shell/key.h"
#include "shell/shell.h"
#include "shell/words.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK_MS 3000	/* for completion: somebody waits with the finger on the key */

struct arguments {
	const char *socket, *command;	/* NULL: not given */
};

/* Returns -1 if there is nothing more to do: then RC is the exit code. */
static int take_arguments(struct arguments *a, int argc, char **argv, int *rc)
{
	*rc = CLI_OK;
	for (int i = 1; i < argc; i++) {
		const char **to = strcmp(argv[i], "-c") == 0 ? &a->command : strcmp(argv[i], "-s") == 0 ? &a->socket : NULL;

		if (to && !*to && i + 1 < argc) {
			*to = argv[++i];
		} else if (strcmp(argv[i], "-V") == 0) {
			puts("oobm-shell " PACKAGE_VERSION);
			return -1;
		} else {
			fputs("usage: oobm-shell [-s socket] [-c command]; it is made to be a login shell, see oobm-shell(1)\n",
			      stderr);
			*rc = strcmp(argv[i], "-h") == 0 ? CLI_OK : CLI_USAGE;
			return -1;
		}
	}
	return 0;
}

/* Nothing that is opened later may become what a library takes for its own output. */
static void close_others(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	os_close_from(STDERR_FILENO + 1);
}

/* ---- names, for completion ---- */

struct asked {
	enum complete_names what;
	struct complete *to;
};

static bool is_one(const struct msg *m, const char *field)
{
	const char *v = msg_get(m, field);

	return v && strcmp(v, "1") == 0;
}

static void on_name(void *arg, const struct msg *m, int rule)
{
	const struct asked *q = arg;

	if (rule == CONTROL_WAITING && q->what == COMPLETE_PENDING) {
		complete_add(q->to, msg_get(m, "id"));
		complete_add(q->to, msg_get(m, "target"));
	} else if (rule == CONTROL_TARGET &&
		   ((q->what == COMPLETE_POWER && is_one(m, "power")) || (q->what == COMPLETE_CONSOLE && is_one(m, "console")))) {
		complete_add(q->to, msg_get(m, "name"));
	}
}

static void ask_names(void *arg, enum complete_names what, struct complete *to)
{
	const struct shell *s = arg;
	struct asked q = { what, to };
	struct cli quick = s->cli;
	struct cli_answer a;

	quick.timeout = ASK_MS;
	cli_ask(&quick, what == COMPLETE_PENDING ? "pending" : "targets", NULL, on_name, &q, &a);
}

/* ---- a session ---- */

/* Says who the agent takes the user for, and how things stand. */
static void greet(struct shell *s, const char *host)
{
	struct cli quick = s->cli;
	struct cli_answer a = { .by = "" };

	quick.timeout = ASK_MS;
	cli_ask(&quick, "targets", NULL, NULL, NULL, &a);
	audit_login(a.by);
	if (!s->tty)
		return;
	printf("oobmd on %s", host);
	if (*a.by) {
		printf(", you are ");
		show(&s->cli, CLI_BOLD, a.by);
	}
	puts(". Tab completes, help tells what there is, exit leaves.\n");
	if (a.exit == CLI_OK)
		shell_line(s, "status", strlen("status"), true);
	else
		show_answer(&s->cli, &a);
	s->last = CLI_OK;	/* nobody asked for it */
	putchar('\n');
}

static void interactive(struct shell *s)
{
	static struct edit_line line;
	char host[64] = "", prompt[80];
	enum edit_result r;
	struct edit *e;

	if (gethostname(host, sizeof host - 1) < 0 || !*host)
		snprintf(host, sizeof host, "this machine");
	snprintf(prompt, sizeof prompt, "oobm@%.*s> ", (int)strcspn(host, "."), host);
	input_signals();
	os_adopt_orphans();
	greet(s, host);
	e = s->tty ? edit_new(prompt, ask_names, s) : NULL;
	do {
		r = e ? edit_read(e, &line) : plain_read(s->tty ? prompt : NULL, &line);
		if (r == EDIT_LINE)
			shell_line(s, line.text, line.len, true);
	} while (r != EDIT_END && !s->leave && !input_ended());
	edit_free(e);
	audit_logout(input_ended());
}

/* Where sshd forces oobm-shell as the command, what was asked for is in the environment. */
static const char *what_was_asked(const char *command, const struct env *e)
{
	const char *name = command ? strrchr(command, '/') : NULL;

	name = name ? name + 1 : command;
	if (!command || strcmp(name, "oobm-shell") == 0)
		return e->original && *e->original ? e->original : NULL;
	return command;
}

int main(int argc, char **argv)
{
	struct arguments args = { NULL, NULL };
	char key[RIGHTS_KEY_MAX] = "";
	struct shell s = { .last = CLI_OK };
	const char *command;
	struct env env;
	struct err e;
	int rc;

	close_others();
	env_take(&env);
	if (take_arguments(&args, argc, argv, &rc) < 0)
		return rc;
	if (*env.auth && key_from_file(env.auth, key, &e) < 0)
		fprintf(stderr, "oobm-shell: %s\n", e.text);
	audit_open(key, env.connection);
	if (os_sandbox(0) < 0)
		return CLI_REFUSED;
	cli_init(&s.cli);
	s.cli.shell = true;
	s.cli.key = *key ? key : NULL;
	if (args.socket)
		s.cli.socket = args.socket;
	s.tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	command = what_was_asked(args.command, &env);
	if (command)
		shell_line(&s, command, strlen(command), false);
	else
		interactive(&s);
	free(env.original);
	return s.last;
}
