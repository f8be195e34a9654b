/* oobm: asks the agent, by its control socket. */
#include "cli/cli.h"

#include <stdlib.h>

int main(int argc, char **argv)
{
	const char *socket = getenv("OOBM_SOCKET");
	struct cli c;

	cli_init(&c);
	if (socket && *socket)
		c.socket = socket;
	return cli_run(&c, argc, argv);
}
