/* up, down, extend: the window. */
#include "cli/cli.h"
#include "core/command.h"
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>

/* Progress that the agent tells before its answer. */
static void on_line(void *arg, const struct msg *m, int rule)
{
	const struct cli *c = arg;

	if (rule != CONTROL_EVENT || c->json)
		return;
	show(c, CLI_DIM, msg_get(m, "text"));
	putchar('\n');
	fflush(stdout);
}

static int ask(const struct cli *c, int argc, char **argv, bool takes_length, struct cli_answer *a)
{
	const char *verb = argv[0];
	char length[24] = "";
	int64_t ms;

	if (argc > (takes_length ? 2 : 1))
		return cli_fail(a, CLI_USAGE, "%s takes %s; see: oobm --help", verb,
				takes_length ? "one length of time at most" : "no arguments");
	if (argc == 2) {
		if (duration_parse(argv[1], &ms) < 0 || ms < MIN_MS || ms > 24 * 60 * MIN_MS)
			return cli_fail(a, CLI_USAGE, "'%s' is no length of a window; write 45m, 1h30m or a number of minutes, "
					"1 minute to 24 hours", argv[1]);
		snprintf(length, sizeof length, "%" PRId64, ms);
	}
	if (cli_ask(c, verb, (struct cli_field[]){ { "length", argc == 2 ? length : NULL }, { NULL, NULL } }, on_line,
		    (void *)(uintptr_t)c, a) == CLI_OK)
		show_answer(c, a);
	return a->exit;
}

int cli_up(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	return ask(c, argc, argv, true, a);
}

int cli_down(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	return ask(c, argc, argv, false, a);
}

int cli_extend(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	return ask(c, argc, argv, true, a);
}
