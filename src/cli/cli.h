/* cli.h - the parts of oobm(1), the command line of the agent. */
#ifndef OOBM_CLI_CLI_H
#define OOBM_CLI_CLI_H

#include "base/buf.h"
#include "base/err.h"
#include "ipc/control.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Exit codes, as oobm(1) promises them to scripts. */
enum {
	CLI_OK = 0,
	CLI_REFUSED = 1,	/* the agent refused, or failed */
	CLI_USAGE = 2,
	CLI_UNREACHABLE = 3,	/* there is no agent at the socket */
	CLI_PERMISSION = 4,	/* the socket may not be used by this user */
	CLI_NO_ANSWER = 5,	/* the agent is there, and gave no answer, or none that makes sense */
};

struct cli {
	const char *socket;
	int64_t timeout;	/* ms without a line from the agent */
	int64_t count;		/* -n; 0 if not given */
	int64_t in;		/* --in, ms; 0 for now */
	int64_t replay;		/* --replay, bytes; -1 if not given */
	const char *key;	/* fingerprint of the SSH key that the user came with, as oobm-shell knows it; NULL */
	const char *escape;	/* --escape: a character, or "none"; NULL for the usual */
	bool force, escalate;
	bool watch;		/* of status */
	bool follow;		/* of log */
	bool read_only, take;	/* of console */
	bool help, version;	/* nothing else is done */
	bool json;
	FILE *out;		/* where results go: stdout, or what stands for it */
	int width, height;	/* of the terminal at stdout; 0 if that is none */
	bool colour;		/* of stdout */
	bool utf8;
	bool shell;	/* in oobm-shell: only its commands, and nothing that leads elsewhere */
};

/* What came of a request. */
struct cli_answer {
	int exit;
	const char *code;		/* for --json: "ok", "refused", ... */
	char code_store[32];
	char by[64];			/* who the agent took us for; "" if it did not say */
	char text[ERR_TEXT_MAX];	/* the agent's reply, or what is wrong and what to do */
};

/* client.c: sends one request, and who asks, and reads lines until `ok` or `error`; each line before that goes to
 * ON_LINE. FIELDS ends with a key of NULL, and may be NULL; one whose value is NULL is left out. Returns A->exit. */
struct cli_field { const char *key, *value; };
typedef void cli_line(void *arg, const struct msg *m, int rule);
int cli_ask(const struct cli *c, const char *verb, const struct cli_field *fields, cli_line *on_line, void *arg,
	    struct cli_answer *a);

/* The same file: returns a non-blocking socket that is connected to PATH, or -1 with A. */
int cli_connect(const char *path, struct cli_answer *a);

/* Sets A to an error of ours, and returns CODE. */
int cli_fail(struct cli_answer *a, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

struct cli_command {
	const char *name;
	int (*run)(const struct cli *c, int argc, char **argv, struct cli_answer *a);
	bool shell;		/* oobm-shell has it, too */
	const char *args, *help;
};
extern const struct cli_command cli_commands[];	/* commands.c; ends with a name of NULL */
void cli_commands_help(const struct cli *c, FILE *to);

struct cli_option {
	const char *name;
	int opt;		/* its letter; from 256 on it has none */
	const char *value;	/* what follows it, or NULL */
	const char *commands;	/* which it goes with, separated by blanks; NULL: with all */
	bool shell;
	const char *help;
};
extern const struct cli_option cli_options[];	/* options.c; ends with a name of NULL */
bool cli_option_goes_with(const struct cli_option *o, const char *command);
void cli_options_help(const struct cli *c, FILE *to);
/* Takes the options from ARGV, which is put in order: first they, then all else. GIVEN: a bit for each of cli_options
 * that was there. Returns the index of what is no option, or -1 with A. */
int cli_options_take(struct cli *c, int argc, char **argv, unsigned *given, struct cli_answer *a);
int cli_options_check(const char *command, unsigned given, struct cli_answer *a);

/* commands.c: what holds without options, on the terminal and in the locale that are there */
void cli_init(struct cli *c);
void cli_measure(struct cli *c);	/* sets width and height */
/* Does what ARGV says (ARGV[0] is the program, and may be followed by options and a command), and prints the result or
 * the error. Returns an exit code. May be called any number of times. */
int cli_run(const struct cli *defaults, int argc, char **argv);

/* Commands: ARGV[0] is the command's name (ARGV is NULL for a `status` that nobody wrote). Each prints its result if
 * all is well; errors are left in A for the caller to print. Returns an exit code. */
int cli_status(const struct cli *c, int argc, char **argv, struct cli_answer *a);	/* status.c */
/* Prints the status once, to C->out. What is the same as long as nothing happens, apart from time that passes, is
 * appended to SAME, if that is not NULL. */
int status_once(const struct cli *c, struct buf *same, struct cli_answer *a);
int status_watch(const struct cli *c, struct cli_answer *a);				/* watch.c */
int cli_up(const struct cli *c, int argc, char **argv, struct cli_answer *a);		/* window.c */
int cli_down(const struct cli *c, int argc, char **argv, struct cli_answer *a);
int cli_extend(const struct cli *c, int argc, char **argv, struct cli_answer *a);
int cli_history(const struct cli *c, int argc, char **argv, struct cli_answer *a);	/* history.c */
int cli_power(const struct cli *c, int argc, char **argv, struct cli_answer *a);	/* power.c */
extern const char *const cli_power_verbs[];	/* ends with NULL */
int cli_cancel(const struct cli *c, int argc, char **argv, struct cli_answer *a);
int cli_pending(const struct cli *c, int argc, char **argv, struct cli_answer *a);
int cli_console(const struct cli *c, int argc, char **argv, struct cli_answer *a);	/* console.c */
int cli_log(const struct cli *c, int argc, char **argv, struct cli_answer *a);		/* log.c */
int cli_targets(const struct cli *c, int argc, char **argv, struct cli_answer *a);	/* target.c */
int cli_log_level(const struct cli *c, int argc, char **argv, struct cli_answer *a);	/* level.c */

/* target.c: the machines that are looked after, as status and pending show them */
void show_target(const struct cli *c, const struct msg *m);
void show_pending(const struct cli *c, const struct msg *m);
#define TARGET_NUMBERS "power console queue recording last-age"
#define PENDING_NUMBERS "id left due force escalate"

/* show.c: what several commands print */
enum cli_colour { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_RED, CLI_GREEN, CLI_YELLOW };

/* Prints S in a colour where that is wanted. Control characters, which could drive the terminal, become '?': some
 * of S was said by the network. */
void show(const struct cli *c, enum cli_colour colour, const char *s);
/* The same, without colour, anywhere. */
void show_safe(const char *s, FILE *to);
/* Columns that S takes. */
int show_width(const struct cli *c, const char *s);
/* Prints S, or as much of it as fits into COLUMNS with an ellipsis at the end; COLUMNS 0: all. */
void show_cut(const struct cli *c, enum cli_colour colour, const char *s, int columns);
/* Prints S, broken between words where the terminal ends; lines that follow begin at column INDENT, as the first does. */
void show_wrapped(const struct cli *c, enum cli_colour colour, const char *s, int indent);
/* A wall-clock time in the local zone: "14:32" if it is today, else "2031-05-01 14:32". */
void show_time_text(int64_t wall, char *out, unsigned size);
/* Prints the answer to a request that has no result of its own, or an error, to the right place. */
void show_answer(const struct cli *c, struct cli_answer *a);

#endif
