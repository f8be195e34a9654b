/* commands.c - the commands of oobm and oobm-shell. */
#include "base/clock.h"
#include "cli/cli.h"
#include "config.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_MIN 30	/* less is no terminal that somebody reads from */

const struct cli_command cli_commands[] = {
	{ "status", cli_status, true, "", "how things stand (also without a command)" },
	{ "up", cli_up, true, "[LENGTH]", "open a window, as a message would: up 45m" },
	{ "down", cli_down, true, "", "close the window" },
	{ "extend", cli_extend, true, "[LENGTH]", "make the window longer: extend 15m" },
	{ "history", cli_history, true, "[-n N]", "what happened, the last N events" },
	{ "power", cli_power, true, "TARGET VERB", "on, off, force-off, cycle, reset or status" },
	{ "console", cli_console, true, "TARGET", "the serial console of a machine; ~? there for help" },
	{ "log", cli_log, true, "TARGET", "what its console said, the last lines" },
	{ "pending", cli_pending, true, "", "what is to be done later" },
	{ "cancel", cli_cancel, true, "WHAT", "take it back: a number, a target, or all" },
	{ "targets", cli_targets, true, "[KIND]", "names of the machines; of those with power, or console" },
	{ "log-level", cli_log_level, false, "LEVEL", "error, warn, info or debug, until the next start" },
	{ NULL, NULL, false, NULL, NULL },
};

void cli_commands_help(const struct cli *c, FILE *to)
{
	for (const struct cli_command *k = cli_commands; k->name; k++)
		if (k->shell || !c->shell)
			fprintf(to, "  %-9s %-11s %s\n", k->name, k->args, k->help);
}

static void help(const struct cli *c)
{
	if (!c->shell)
		puts("usage: oobm [options] [command]\n");
	puts("commands:");
	cli_commands_help(c, stdout);
	puts("\noptions:");
	cli_options_help(c, stdout);
	puts("\nExit status: 0 done, 1 refused or failed, 2 wrong usage, 3 no agent there, 4 no permission,\n"
	     "5 no answer. See oobm(1).");
}

static int run(const struct cli *c, int argc, char **argv, unsigned given, struct cli_answer *a)
{
	if (cli_options_check(argc ? argv[0] : "status", given, a) != CLI_OK)
		return a->exit;
	if (argc == 0)
		return cli_status(c, 1, NULL, a);
	for (const struct cli_command *k = cli_commands; k->name; k++)
		if (strcmp(argv[0], k->name) == 0 && (k->shell || !c->shell))
			return k->run(c, argc, argv, a);
	return cli_fail(a, CLI_USAGE, "there is no command '%s'; see: %s", argv[0], c->shell ? "help" : "oobm --help");
}

void cli_measure(struct cli *c)
{
	struct winsize ws;

	c->width = c->height = 0;
	if (!isatty(STDOUT_FILENO))
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) < 0 || ws.ws_col < WIDTH_MIN || ws.ws_row == 0)
		ws = (struct winsize){ .ws_col = 80, .ws_row = 24 };
	c->width = ws.ws_col;
	c->height = ws.ws_row;
}

void cli_init(struct cli *c)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	setlocale(LC_CTYPE, "");
	*c = (struct cli){ .socket = CONTROL_PATH, .timeout = 10 * SEC_MS, .replay = -1, .out = stdout };
	cli_measure(c);
	c->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	c->colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour) && !(term && strcmp(term, "dumb") == 0);
}

int cli_run(const struct cli *defaults, int argc, char **argv)
{
	struct cli_answer a = { .exit = CLI_OK, .code = "ok" };
	struct cli c = *defaults;
	unsigned given = 0;
	int n;

	cli_measure(&c);	/* it may have changed since the last command */
	n = cli_options_take(&c, argc, argv, &given, &a);

	if (n > 0 && c.help)
		help(&c);
	else if (n > 0 && c.version)
		puts("oobm " PACKAGE_VERSION);
	else if (n > 0)
		run(&c, argc - n, argv + n, given, &a);
	if (a.exit != CLI_OK)
		show_answer(&c, &a);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "oobm: cannot write the result: %s\n", strerror(errno));
		return a.exit ? a.exit : CLI_REFUSED;
	}
	return a.exit;
}
