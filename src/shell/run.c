/* run.c - one line of the user's: held against the list of commands, noted, and done. */
#include "os/os.h"
#include "shell/audit.h"
#include "shell/edit.h"
#include "shell/shell.h"
#include "shell/words.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void fail(struct shell *s, const char *text)
{
	struct cli_answer a = { .exit = CLI_OK };

	s->last = cli_fail(&a, CLI_USAGE, "%s", text);
	show_answer(&s->cli, &a);
}

static bool is_command(const char *word)
{
	for (const struct cli_command *k = cli_commands; k->name; k++)
		if (k->shell && strcmp(k->name, word) == 0)
			return true;
	return word[0] == '-';	/* options that say what is wrong themselves */
}

static void help(const struct shell *s)
{
	cli_commands_help(&s->cli, stdout);
	puts("  help                  this; and with -h a command's options\n"
	     "  exit                  leave, as ^D does\n");
	cli_options_help(&s->cli, stdout);
	puts("\nTab completes. A word with blanks in it stands in quotes. In a console, ~. leads back here.");
}

/* How a command ended that ran in a process of its own. */
static int exit_code(const struct shell *s, int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (s->tty && WTERMSIG(status) == SIGINT)
		putchar('\n');
	else
		fprintf(stderr, "oobm-shell: the command was ended by signal %d\n", WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

static void run_separate(struct shell *s, int argc, char **argv)
{
	struct termios before;
	bool known = tcgetattr(STDIN_FILENO, &before) == 0;
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		fprintf(stderr, "oobm-shell: cannot start another process: %s\n", strerror(errno));
		s->last = CLI_REFUSED;
		return;
	}
	if (pid == 0) {
		input_signals_end();
		os_die_with_parent(SIGHUP);
		exit(cli_run(&s->cli, argc, argv));
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	/* who of a killed console puts the terminal in order must not do so when we have begun to use it */
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	input_forget();
	if (known)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	s->last = exit_code(s, status);
}

static void do_words(struct shell *s, int argc, char **argv, bool separate)
{
	char *all[WORDS_MAX + 2] = { (char *)(uintptr_t)"oobm-shell" };

	memcpy(all + 1, argv, (size_t)argc * sizeof *argv);
	if (separate)
		run_separate(s, argc + 1, all);
	else
		s->last = cli_run(&s->cli, argc + 1, all);
}

static bool is(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

void shell_line(struct shell *s, const char *line, size_t len, bool separate)
{
	char text[ERR_TEXT_MAX];
	struct words w;
	struct err e;
	size_t skip;

	if (words_split(&w, line, len, &e) < 0) {
		audit_refused(line, len);
		fail(s, e.text);
		return;
	}
	if (w.n == 0)
		return;
	skip = strcmp(w.word[0], "oobm") == 0;	/* as written for somebody with an ordinary shell */
	if (w.n == skip || is_command(w.word[skip])) {
		audit_command(line, len);
		do_words(s, (int)(w.n - skip), w.word + skip, separate);
	} else if (is(w.word[skip], "help", "?")) {
		help(s);
		s->last = CLI_OK;
	} else if (is(w.word[skip], "exit", "quit") || strcmp(w.word[skip], "logout") == 0) {
		s->leave = true;
	} else {
		audit_refused(line, len);
		snprintf(text, sizeof text, "there is no command '%.100s' here; see: help", w.word[skip]);
		fail(s, text);
	}
}
