/* power, pending, cancel: the buttons of the machines that are looked after. */
#include "base/clock.h"
#include "cli/cli.h"
#include "ipc/json.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Longer than any sequence: an orderly shutdown may take half an hour, if the config says so. */
#define POWER_TIMEOUT_MS (60 * MIN_MS)

static void on_progress(void *arg, const struct msg *m, int rule)
{
	const struct cli *c = arg;

	if (rule != CONTROL_PROGRESS || c->json)
		return;
	show(c, CLI_DIM, msg_get(m, "text"));
	putchar('\n');
	fflush(stdout);
}

/* For the handler of ^C, which can do little. */
static char interrupted[300];

static void on_interrupt(int signo)
{
	ssize_t n = write(STDERR_FILENO, interrupted, strlen(interrupted));

	(void)n;
	raise(signo);	/* once this returns */
}

/* A machine that is half turned off stays so if nobody goes on: what was asked for is carried out. Whoever leaves is to
 * know. */
static void tell_at_interrupt(const struct cli *c, const char *target, struct sigaction *before)
{
	struct sigaction sa = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };
	const char *oobm = c->shell ? "" : "oobm ";

	if (sigaction(SIGINT, NULL, before) < 0 || before->sa_handler == SIG_IGN)
		return;
	snprintf(interrupted, sizeof interrupted, "\noobm: this goes on without you. To stop it: %scancel %.31s. Its result will be in: "
		 "%shistory\n", oobm, target, oobm);
	sigaction(SIGINT, &sa, NULL);
}

/* The agent is gone, or begins anew. */
static int fail_lost(const struct cli *c, const char *target, struct cli_answer *a)
{
	struct cli_answer was = *a;
	const char *oobm = c->shell ? "" : "oobm ";

	return cli_fail(a, was.exit, "%.200s. What was begun may go on; its result will be in: %shistory. To stop it: %scancel %.31s",
			was.text, oobm, oobm, target);
}

static bool is_verb(const char *word)
{
	for (size_t i = 0; cli_power_verbs[i]; i++)
		if (strcmp(cli_power_verbs[i], word) == 0)
			return true;
	return false;
}

int cli_power(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	struct cli slow = *c;
	struct sigaction before;
	bool presses;
	char in[24];

	if (argc != 3)
		return cli_fail(a, CLI_USAGE, "power takes a target and one of on, off, force-off, cycle, reset, status: oobm power nas "
				"cycle");
	if (is_verb(argv[1]) && !is_verb(argv[2]))
		return cli_fail(a, CLI_USAGE, "the machine comes first: %spower %.60s %s", c->shell ? "" : "oobm ", argv[2], argv[1]);
	presses = !c->in && strcmp(argv[2], "status") != 0;
	snprintf(in, sizeof in, "%" PRId64, c->in);
	slow.timeout = POWER_TIMEOUT_MS;
	if (presses)
		tell_at_interrupt(c, argv[1], &before);
	if (cli_ask(&slow, "power",
		    (struct cli_field[]){ { "target", argv[1] }, { "verb", argv[2] }, { "in", c->in ? in : NULL },
					  { "force", c->force ? "1" : NULL }, { "escalate", c->escalate ? "1" : NULL },
					  { NULL, NULL } },
		    on_progress, (void *)(uintptr_t)c, a) == CLI_OK)
		show_answer(c, a);
	if (!presses)
		return a->exit;
	sigaction(SIGINT, &before, NULL);
	return a->exit == CLI_NO_ANSWER ? fail_lost(c, argv[1], a) : a->exit;
}

const char *const cli_power_verbs[] = { "on", "off", "force-off", "cycle", "reset", "status", NULL };

struct list {
	const struct cli *c;
	struct json *json;
	size_t n;
};

static void on_pending(void *arg, const struct msg *m, int rule)
{
	struct list *l = arg;

	if (rule != CONTROL_WAITING)
		return;
	l->n++;
	if (l->json)
		json_append(l->json, "pending", json_from_fields(m, PENDING_NUMBERS));
	else
		show_pending(l->c, m);
}

int cli_pending(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	struct list l = { .c = c };

	(void)argv;
	if (argc != 1)
		return cli_fail(a, CLI_USAGE, "pending takes no arguments; see: oobm --help");
	if (c->json) {
		l.json = json_from_fields(NULL, "");
		json_append(l.json, "pending", NULL);
	}
	if (cli_ask(c, "pending", NULL, on_pending, &l, a) == CLI_OK) {
		if (l.json)
			json_print(l.json, stdout);
		else if (l.n == 0)
			puts("nothing is pending");
	}
	json_free(l.json);
	return a->exit;
}

int cli_cancel(const struct cli *c, int argc, char **argv, struct cli_answer *a)
{
	bool number = argc == 2 && argv[1][strspn(argv[1], "0123456789")] == 0;
	bool all = argc == 2 && strcmp(argv[1], "all") == 0;

	if (argc != 2)
		return cli_fail(a, CLI_USAGE, "cancel takes the number of a pending action, a target, or all; see: oobm pending");
	if (cli_ask(c, "cancel",
		    (struct cli_field[]){ { "id", number ? argv[1] : NULL }, { "target", !number && !all ? argv[1] : NULL },
					  { NULL, NULL } },
		    NULL, NULL, a) == CLI_OK)
		show_answer(c, a);
	return a->exit;
}
