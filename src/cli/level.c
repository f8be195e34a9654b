#include "base/log.h"
#include "cli/cli.h"

int cli_log_level(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	enum log_level level;

	if (argc != 2 || log_level_parse(argv[1], &level) < 0)
		return cli_fail(a, CLI_USAGE, "write: oobm log-level error|warn|info|debug");
	if (cli_ask(c, "log-level", (struct cli_field[]){ { "level", argv[1] }, { NULL, NULL } }, NULL, NULL, a) == CLI_OK)
		show_answer(c, a);
	return a->exit;
}
