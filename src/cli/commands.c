/* commands.c - the commands of oobm and oobm-shell, and their options. */
#include "base/clock.h"
#include "cli/cli.h"
#include "config.h"
#include "core/command.h"

#include <errno.h>
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct cli_command cli_commands[] = {
	{ "status", cli_status, true, "", "how things stand (also without a command)" },
	{ "up", cli_up, true, "[LENGTH]", "open a window, as a message would: up 45m" },
	{ "down", cli_down, true, "", "close the window" },
	{ "extend", cli_extend, true, "[LENGTH]", "make the window longer: extend 15m" },
	{ "history", cli_history, true, "[-n N]", "what happened, the last N events" },
	{ "power", cli_power, true, "TARGET VERB", "on, off, force-off, cycle, reset or status" },
	{ "pending", cli_pending, true, "", "what is to be done later" },
	{ "cancel", cli_cancel, true, "[WHAT]", "take it back: a number, a target, or all" },
	{ "log-level", cli_log_level, false, "LEVEL", "error, warn, info or debug, until the next start" },
	{ NULL, NULL, false, NULL, NULL },
};

static void usage(const struct cli *c, FILE *to)
{
	if (!c->shell)
		fputs("usage: oobm [options] [command]\n\n", to);
	fputs("commands:\n", to);
	for (const struct cli_command *k = cli_commands; k->name; k++)
		if (k->shell || !c->shell)
			fprintf(to, "  %-9s %-11s %s\n", k->name, k->args, k->help);
	fputs("\noptions:\n"
	      "  -j, --json           print JSON\n", to);
	if (!c->shell)
		fputs("  -s, --socket PATH    the agent's socket (" CONTROL_PATH ", or $OOBM_SOCKET)\n", to);
	fputs("  -t, --timeout SECS   how long to wait for the agent (10)\n"
	      "  -n, --count N        history: of events (20)\n"
	      "      --in TIME        power: not now, but in 10m, say\n"
	      "      --force          power: even if it seems to make no sense\n"
	      "      --escalate       power off, cycle: hold the button if a press does not do\n"
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

enum { OPT_IN = 256, OPT_FORCE, OPT_ESCALATE };

/* Which commands an option goes with; those that are not here go with all. */
static const struct { int opt; const char *name; const char *commands; } belongs[] = {
	{ 'n', "-n", " history " },
	{ OPT_IN, "--in", " power " },
	{ OPT_FORCE, "--force", " power " },
	{ OPT_ESCALATE, "--escalate", " power " },
};

#define BELONGS (sizeof belongs / sizeof *belongs)

static int take_in(struct cli *c, struct cli_answer *a)
{
	if (duration_parse(optarg, &c->in) < 0 || c->in < SEC_MS || c->in > 7 * 24 * 60 * MIN_MS)
		return cli_fail(a, CLI_USAGE, "--in: '%s' is no time; write 10m, 1h30m or 90s, 1 second to 7 days", optarg);
	return CLI_OK;
}

static int take_option(struct cli *c, int opt, struct cli_answer *a)
{
	int64_t n;

	switch (opt) {
	case 'j':
		c->json = true;
		return CLI_OK;
	case 's':
		if (c->shell)
			return cli_fail(a, CLI_USAGE, "there is no -s here");
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
	case OPT_IN:
		return take_in(c, a);
	case OPT_FORCE:
		c->force = true;
		return CLI_OK;
	case OPT_ESCALATE:
		c->escalate = true;
		return CLI_OK;
	default:
		return cli_fail(a, CLI_USAGE, "see: oobm --help");
	}
}

/* GIVEN: one bit for each of `belongs` that was there. DONE: there is nothing more to do. */
static int parse_options(struct cli *c, int argc, char **argv, unsigned *given, bool *done, struct cli_answer *a)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },	{ "socket", required_argument, NULL, 's' },
		{ "timeout", required_argument, NULL, 't' }, { "count", required_argument, NULL, 'n' },
		{ "in", required_argument, NULL, OPT_IN }, { "force", no_argument, NULL, OPT_FORCE },
		{ "escalate", no_argument, NULL, OPT_ESCALATE },
		{ "help", no_argument, NULL, 'h' },	{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	optind = 0;	/* from the beginning, also the second time */
	while ((opt = getopt_long(argc, argv, "js:t:n:hV", options, NULL)) != -1) {
		if (opt == 'h') {
			usage(c, stdout);
			*done = true;
			return CLI_OK;
		}
		if (opt == 'V') {
			puts("oobm " PACKAGE_VERSION);
			*done = true;
			return CLI_OK;
		}
		if (take_option(c, opt, a) != CLI_OK)
			return a->exit;
		for (size_t i = 0; i < BELONGS; i++)
			if (belongs[i].opt == opt)
				*given |= 1U << i;
	}
	return CLI_OK;
}

static int check_options(const char *command, unsigned given, struct cli_answer *a)
{
	char word[40];

	snprintf(word, sizeof word, " %.30s ", command);
	for (size_t i = 0; i < BELONGS; i++)
		if (given & 1U << i && !strstr(belongs[i].commands, word))
			return cli_fail(a, CLI_USAGE, "%s goes with%.*s; see: oobm --help", belongs[i].name,
					(int)strlen(belongs[i].commands) - 1, belongs[i].commands);
	return CLI_OK;
}

static int run(const struct cli *c, int argc, char **argv, unsigned given, struct cli_answer *a)
{
	if (check_options(argc ? argv[0] : "status", given, a) != CLI_OK)
		return a->exit;
	if (argc == 0)
		return cli_status(c, 1, NULL, a);
	for (const struct cli_command *k = cli_commands; k->name; k++)
		if (strcmp(argv[0], k->name) == 0 && (k->shell || !c->shell))
			return k->run(c, argc, argv, a);
	return cli_fail(a, CLI_USAGE, "there is no command '%s'; see: %s", argv[0], c->shell ? "help" : "oobm --help");
}

void cli_init(struct cli *c)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");

	setlocale(LC_CTYPE, "");
	*c = (struct cli){ .socket = CONTROL_PATH, .timeout = 10 * SEC_MS, .replay = -1 };
	c->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	c->colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour) && !(term && strcmp(term, "dumb") == 0);
}

int cli_run(const struct cli *defaults, int argc, char **argv)
{
	struct cli_answer a = { .exit = CLI_OK, .code = "ok" };
	struct cli c = *defaults;
	unsigned given = 0;
	bool done = false;

	if (parse_options(&c, argc, argv, &given, &done, &a) == CLI_OK && !done)
		run(&c, argc - optind, argv + optind, given, &a);
	if (a.exit != CLI_OK)
		show_answer(&c, &a);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "oobm: cannot write the result: %s\n", strerror(errno));
		return a.exit ? a.exit : CLI_REFUSED;
	}
	return a.exit;
}
