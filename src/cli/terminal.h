/* terminal.h - the user's terminal, lent to a machine that is looked at: raw while that lasts, and as it was afterwards,
 * whatever ends us. Signals and crashes restore it themselves; a process of our own waits beside us, and does it if we
 * are killed. One terminal at a time. */
#ifndef OOBM_CLI_TERMINAL_H
#define OOBM_CLI_TERMINAL_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes the terminal of descriptor 0 raw, if it is one. From here on signals are waited for with terminal_signal_fd.
 * Returns 0, or -1 with E. */
int terminal_begin(struct err *e);
/* Puts all back. Nothing happens if it was not begun. */
void terminal_end(void);

bool terminal_is_raw(void);

/* Readable when a signal has come. */
int terminal_signal_fd(void);
/* The next one that has come, or 0: SIGINT, SIGTERM, SIGHUP and SIGQUIT want us to end; SIGTSTP: call terminal_suspend. */
int terminal_signal(void);
/* Puts the terminal back, stops as the shell expects, and makes it raw again when we go on. */
void terminal_suspend(void);
/* After terminal_end: dies of SIGNO, as whoever waits for us has to see. */
void terminal_die(int signo);

/* Writes N bytes to descriptor 1, noting what they do to the terminal if it is one. Gives up only if there is no room and
 * a signal has come. Returns 0, or -1 if nobody is there to read them. */
int terminal_write(const char *p, size_t n);
/* The same for a text of ours, which a control function that the machine has only begun must not swallow. */
int terminal_interject(const char *text);

#endif
