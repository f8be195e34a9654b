/* program.h - power by a program instead of a line: relay boards, uhubctl, ipmitool, Wake-on-LAN. Runs one on
 * the loop, never through a shell, for a bounded time, and keeps what it says.
 *
 * It runs as the worker's user, in a session and process group of its own, with standard input from /dev/null,
 * a PATH, and none of the worker's descriptors. It inherits the worker's sandbox. */
#ifndef OOBM_POWER_PROGRAM_H
#define OOBM_POWER_PROGRAM_H

#include "core/led.h"
#include "run/loop.h"

#include <stddef.h>

#define PROGRAM_LIMIT_MS 30000	/* the usual time limit */
#define PROGRAM_OUT_MAX 4096	/* so much of its output is kept */

struct program;

struct program_result {
	bool ok;		/* it ended by itself with status 0 */
	int status;		/* its exit status; -1: it was never run, was killed, or took too long */
	const char *text;	/* a sentence for people if not ok, else "" */
	const char *out;	/* the beginning of its output, LEN bytes and a NUL */
	size_t len;
};

/* Runs COMMAND: arguments separated by single blanks, the first being the program's whole path; %XX in them is a
 * byte, as in the messages of the parent. Never NULL: DONE(arg, result) is called once, from the loop, even if
 * nothing could be run; the result lives as long as the call, and DONE frees the program. After LIMIT_MS it is
 * ended as by program_stop. */
struct program *program_run(struct loop *l, const char *command, int64_t limit_ms,
			    void (*done)(void *arg, const struct program_result *r), void *arg);

/* Ends it and all that it has started: SIGTERM to the group, and SIGKILL 2 s later; done comes after that. */
void program_stop(struct program *p);

/* NULL is fine. A program that runs is told to end (SIGTERM) and no longer listened to (what it still writes gives it
 * SIGPIPE) nor waited for, without done being called; an alarm(2) set at its start ends it, should it ignore that. */
void program_free(struct program *p);

/* What a command-status says of the machine: "on", "off", "blinking" or "unknown" as the first word of its output
 * or the last of a line (ipmitool's "Chassis Power is on"); without any, exit status 0 is on and 1 is off. */
enum led_state program_state(const struct program_result *r);

#endif
