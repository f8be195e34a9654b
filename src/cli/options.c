/* options.c - the options of all commands: one table, which --help, completion and getopt share. */
#include "base/clock.h"
#include "cli/cli.h"
#include "core/command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS_MAX 31	/* a bit each */
#define IN_MAX_MS (7 * 24 * 60 * MIN_MS)

enum { OPT_WATCH = 256, OPT_IN, OPT_FORCE, OPT_ESCALATE, OPT_TAKE, OPT_REPLAY };
#define REPLAY_MAX 65536	/* more is not kept */
#define COUNT_MAX 100000

const struct cli_option cli_options[] = {
	{ "json", 'j', NULL, NULL, true, "print JSON" },
	{ "socket", 's', "PATH", NULL, false, "the agent's socket (" CONTROL_PATH ", or $OOBM_SOCKET)" },
	{ "timeout", 't', "SECS", NULL, true, "how long to wait for the agent (10)" },
	{ "count", 'n', "N", "history log", true, "of events (20), of lines (50)" },
	{ "read-only", 'r', NULL, "console", true, "look on" },
	{ "take", OPT_TAKE, NULL, "console", true, "take the keyboard from whoever has it; also -f" },
	{ "escape", 'e', "CHAR", "console", true, "escape character (~), or none" },
	{ "replay", OPT_REPLAY, "BYTES", "console", true, "of what came before (8192)" },
	{ "follow", 'f', NULL, "log console", true, "go on with what comes" },
	{ "watch", OPT_WATCH, NULL, "status", true, "again and again, until ^C" },
	{ "in", OPT_IN, "TIME", "power", true, "not now, but in 10m, say" },
	{ "force", OPT_FORCE, NULL, "power", true, "even if it seems to make no sense" },
	{ "escalate", OPT_ESCALATE, NULL, "power", true, "off, cycle: hold the button if a press does not do" },
	{ "help", 'h', NULL, NULL, true, "" },
	{ "version", 'V', NULL, NULL, true, "" },
	{ NULL, 0, NULL, NULL, false, NULL },
};

bool cli_option_goes_with(const struct cli_option *o, const char *command)
{
	size_t n = strlen(command);

	if (!o->commands)
		return true;
	for (const char *p = o->commands; *p; p += strspn(p, " ")) {
		size_t w = strcspn(p, " ");

		if (w == n && memcmp(p, command, n) == 0)
			return true;
		p += w;
	}
	return false;
}

void cli_options_help(const struct cli *c, FILE *to)
{
	for (const struct cli_option *o = cli_options; o->name; o++) {
		char left[40];

		if (c->shell && !o->shell)
			continue;
		snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		if (o->opt < 256)
			fprintf(to, "  -%c, ", o->opt);
		else
			fputs("      ", to);
		fprintf(to, *o->help ? "%-16s %s%s%s\n" : "%s\n", left, o->commands ? o->commands : "", o->commands ? ": " : "",
			o->help);
	}
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

static int take_in(struct cli *c, struct cli_answer *a)
{
	if (duration_parse(optarg, &c->in) < 0 || c->in < SEC_MS || c->in > IN_MAX_MS)
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
		c->socket = optarg;
		return CLI_OK;
	case 't':
		if (whole_number(optarg, 3600, &n) < 0)
			return cli_fail(a, CLI_USAGE, "-t: '%s' is no number of seconds, 1 to 3600", optarg);
		c->timeout = n * SEC_MS;
		return CLI_OK;
	case 'n':
		if (whole_number(optarg, COUNT_MAX, &c->count) < 0)
			return cli_fail(a, CLI_USAGE, "-n: '%s' is no number, 1 to %d", optarg, COUNT_MAX);
		return CLI_OK;
	case 'r':
		c->read_only = true;
		return CLI_OK;
	case 'f':
		c->follow = true;
		return CLI_OK;
	case 'e':
		c->escape = optarg;
		return CLI_OK;
	case OPT_TAKE:
		c->take = true;
		return CLI_OK;
	case OPT_REPLAY:
		if (strcmp(optarg, "0") == 0)
			c->replay = 0;
		else if (whole_number(optarg, REPLAY_MAX, &c->replay) < 0)
			return cli_fail(a, CLI_USAGE, "--replay: '%s' is no number of bytes, 0 to %d", optarg, REPLAY_MAX);
		return CLI_OK;
	case OPT_WATCH:
		c->watch = true;
		return CLI_OK;
	case OPT_IN:
		return take_in(c, a);
	case OPT_FORCE:
		c->force = true;
		return CLI_OK;
	case OPT_ESCALATE:
		c->escalate = true;
		return CLI_OK;
	case 'h':
		c->help = true;
		return CLI_OK;
	case 'V':
		c->version = true;
		return CLI_OK;
	default:
		return CLI_OK;
	}
}

/* WORD: the one that getopt_long did not like; LETTER: of it, or 0 if it was a long one. */
static int fail_option(const struct cli *c, int opt, const char *word, int letter, struct cli_answer *a)
{
	const char *see = c->shell ? "help" : "oobm --help", one[3] = { '-', (char)letter, 0 };

	if (opt == ':')
		return cli_fail(a, CLI_USAGE, "%s needs a value; see: %s", word, see);
	return cli_fail(a, CLI_USAGE, "there is no option %s; see: %s", letter && letter < 128 ? one : word, see);
}

static const struct cli_option *find(int opt)
{
	for (const struct cli_option *o = cli_options; o->name; o++)
		if (o->opt == opt)
			return o;
	return NULL;
}

/* As getopt_long wants them. */
static void tables(struct option *all, char *letters)
{
	for (const struct cli_option *o = cli_options; o->name; o++) {
		*all++ = (struct option){ o->name, o->value ? required_argument : no_argument, NULL, o->opt };
		if (o->opt < 256)
			*letters++ = (char)o->opt;
		if (o->opt < 256 && o->value)
			*letters++ = ':';
	}
	*all = (struct option){ NULL, 0, NULL, 0 };
	*letters = 0;
}

int cli_options_take(struct cli *c, int argc, char **argv, unsigned *given, struct cli_answer *a)
{
	struct option all[OPTIONS_MAX + 1];
	char letters[2 * OPTIONS_MAX + 2] = ":";
	int opt;

	tables(all, letters + 1);
	opterr = 0;
	optind = 0;	/* from the beginning, also the second time */
	while ((opt = getopt_long(argc, argv, letters, all, NULL)) != -1) {
		const struct cli_option *o = find(opt);

		if (o && c->shell && !o->shell) {
			cli_fail(a, CLI_USAGE, "there is no --%s here; see: help", o->name);
			return -1;
		}
		if (!o)
			fail_option(c, opt, argv[optind - 1], optopt, a);
		else if (take_option(c, opt, a) == CLI_OK)
			*given |= 1U << (o - cli_options);
		if (a->exit != CLI_OK)
			return -1;
	}
	return optind;
}

int cli_options_check(const char *command, unsigned given, struct cli_answer *a)
{
	for (size_t i = 0; cli_options[i].name; i++) {
		const struct cli_option *o = &cli_options[i];

		if (given & 1U << i && !cli_option_goes_with(o, command))
			return cli_fail(a, CLI_USAGE, "--%s goes with: %s", o->name, o->commands);
	}
	return CLI_OK;
}
