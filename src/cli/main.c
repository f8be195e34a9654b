/* oobm: asks the agent, by its control socket. */
#include "base/clock.h"
#include "cli/cli.h"
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	int (*run)(const struct cli *c, int argc, char **argv, struct cli_answer *a);
	const char *args, *help;
} commands[] = {
	{ "status", cli_status, "", "how things stand (also without a command)" },
	{ "up", cli_up, "[LENGTH]", "open a window, as a message would: up 45m" },
	{ "down", cli_down, "", "close the window" },
	{ "extend", cli_extend, "[LENGTH]", "make the window longer: extend 15m" },
	{ "history", cli_history, "[-n N]", "what happened, the last N events" },
	{ "log-level", cli_log_level, "LEVEL", "error, warn, info or debug, until the next start" },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void usage(FILE *to)
{
	fputs("usage: oobm [options] [command]\n\ncommands:\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-9s %-9s %s\n", commands[i].name, commands[i].args, commands[i].help);
	fputs("\noptions:\n"
	      "  -j, --json           print JSON\n"
	      "  -s, --socket PATH    the agent's socket (" CONTROL_PATH ", or $OOBM_SOCKET)\n"
	      "  -t, --timeout SECS   how long to wait for the agent (10)\n"
	      "  -n, --count N        of events, for history (20)\n"
	      "  -h, --help\n"
	      "  -V, --version\n\n"
	      "Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 no agent there, 4 no permission,\n"
	      "5 no answer. See oobm(1).\n", to);
}

static int whole_number(const char *s, int64_t hi, int64_t *out)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(s, &end, 10);
	if (errno || end == s || *end || n < 1 || n > hi)
		return -1;
	*out = n;
	return 0;
}

static int take_option(struct cli *c, int opt, struct cli_answer *a)
{
	int64_t n;

	switch (opt) {
	case 'j':
		c->json = true;
		return CLI_OK;
	case 's':
		c->socket = optarg;
		return CLI_OK;
	case 't':
		if (whole_number(optarg, 3600, &n) < 0)
			return cli_fail(a, CLI_USAGE, "-t: '%s' is no number of seconds, 1 to 3600", optarg);
		c->timeout = n * SEC_MS;
		return CLI_OK;
	case 'n':
		if (whole_number(optarg, 1000, &c->count) < 0)
			return cli_fail(a, CLI_USAGE, "-n: '%s' is no number of events, 1 to 1000", optarg);
		return CLI_OK;
	default:
		return cli_fail(a, CLI_USAGE, "see: oobm --help");
	}
}

static int parse_options(struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },	{ "socket", required_argument, NULL, 's' },
		{ "timeout", required_argument, NULL, 't' }, { "count", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },	{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "js:t:n:hV", options, NULL)) != -1) {
		if (opt == 'h') {
			usage(stdout);
			exit(CLI_OK);
		}
		if (opt == 'V') {
			puts("oobm " PACKAGE_VERSION);
			exit(CLI_OK);
		}
		if (take_option(c, opt, a) != CLI_OK)
			return a->exit;
	}
	return CLI_OK;
}

static int run(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	if (argc == 0)
		return cli_status(c, 1, NULL, a);
	if (c->count && strcmp(argv[0], "history") != 0)
		return cli_fail(a, CLI_USAGE, "-n goes with history; see: oobm --help");
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[0], commands[i].name) == 0)
			return commands[i].run(c, argc, argv, a);
	return cli_fail(a, CLI_USAGE, "there is no command '%s'; see: oobm --help", argv[0]);
}

int main(int argc, char **argv)
{
	const char *env = getenv("OOBM_SOCKET"), *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	struct cli c = { .socket = env && *env ? env : CONTROL_PATH, .timeout = 10 * SEC_MS };
	struct cli_answer a = { .exit = CLI_OK, .code = "ok" };

	setlocale(LC_CTYPE, "");
	c.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	c.colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour) && !(term && strcmp(term, "dumb") == 0);
	if (parse_options(&c, argc, argv, &a) == CLI_OK)
		run(&c, argc - optind, argv + optind, &a);
	if (a.exit != CLI_OK)
		show_answer(&c, &a);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "oobm: cannot write the result: %s\n", strerror(errno));
		return a.exit ? a.exit : CLI_REFUSED;
	}
	return a.exit;
}
