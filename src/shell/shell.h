/* shell.h - oobm-shell: the commands of oobm, and no way to anything else. */
#ifndef OOBM_SHELL_SHELL_H
#define OOBM_SHELL_SHELL_H

#include "cli/cli.h"
#include "core/rights.h"

#include <stdbool.h>
#include <stddef.h>

/* env.c: what is needed of the environment, as a copy; the rest is gone after env_take. */
struct env {
	char auth[256];			/* $SSH_USER_AUTH: sshd's note of how the user logged in; "" */
	char connection[128];		/* $SSH_CONNECTION */
	char *original;			/* $SSH_ORIGINAL_COMMAND: what was asked for where sshd forces a command; NULL */
};
void env_take(struct env *e);

/* run.c */
struct shell {
	struct cli cli;
	bool tty;	/* somebody sits before it */
	bool leave;	/* said exit */
	int last;	/* exit code of the last command */
};

/* Does one line. SEPARATE: in a process of its own, which ^C may end, and whose terminal is put in order after it.
 * Leaves the exit code in S->last. */
void shell_line(struct shell *s, const char *line, size_t len, bool separate);

#endif
