/* attach.h - a connection to the worker of a console, in frames (ipc/frame.h). */
#ifndef OOBM_CLI_ATTACH_H
#define OOBM_CLI_ATTACH_H

#include "base/buf.h"
#include "cli/cli.h"
#include "ipc/frame.h"

struct attach {
	int fd;			/* non-blocking */
	struct buf in, out;
	size_t used;		/* bytes of IN that the last frame has */
	/* as the worker said last */
	bool writer;
	char holder[64];	/* who has the keyboard; "" */
	char speed[32];
};

/* Connects to the console of TARGET, says hello with FIELDS (as cli_ask takes them) and who asks, and waits for the
 * welcome. Returns CLI_OK, or an exit code with A: an unknown target, no permission, busy, no answer. */
int attach_open(const struct cli *c, const char *target, const struct cli_field *fields, struct attach *t,
		struct cli_answer *a);
void attach_close(struct attach *t);

/* Takes in what has come. Returns 0, or -1 if the other end is gone. */
int attach_read(struct attach *t);
/* The next whole frame of that, which stays until the next call; a `welcome` is taken note of before. Returns 1, 0 if
 * there is none, or -1 with A: it is an error, or makes no sense. */
int attach_next(struct attach *t, struct frame *f, struct cli_answer *a);

/* Sends what is in OUT, as far as the socket takes it. Returns 0, or -1 if the other end is gone. */
int attach_write(struct attach *t);

/* The other end hung up: sets A, returns its exit code. */
int attach_over(struct cli_answer *a);

#endif
