/* linesctl - a target's lines and their guard, from the shell: drives src/power for tests.
 *
 *   linesctl [-n NAME] [-c CHIP] [-p LINE] [-r LINE] [-l LINE] [-f FLAGS] [-F LED-FLAGS] [-G]
 *
 * Takes the lines (power, reset, LED), starts the guard unless -G, says "ready", and obeys the standard input,
 * a command a line, each answered by a line:
 *
 *   press power|reset MS	through the guard; the worker's part: release after MS, by a timer
 *   hold power|reset MS	through the guard, and never released: as if the worker hung
 *   set power|reset 0|1	past the guard
 *   led			"led 1", 0 or -1
 *   watch			whether edges are reported: "watch yes"; from then on each says "edge LED"
 *   check			"ok" or the error
 *   where power|reset|led
 *   pids			"pids WORKER GUARD"
 *   quit			as a worker ends in order; so does the end of the input
 *
 * Errors are told as "error TEXT"; at the start they end it with status 1. With the guard gone it says
 * "guard gone", sets all lines inactive and ends with status 3. */
#include "power/guard.h"
#include "power/lines.h"
#include "run/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ctl {
	struct loop *loop;
	struct lines *lines;
	struct guard *guard;	/* NULL with -G */
	struct watch *in, *guarded, *edges;
	struct timer *release;
	enum line pressed;
	char line[256];
	size_t len;
};

static int answer(int rc, const struct err *e)
{
	if (rc < 0)
		printf("error %s\n", e->text);
	else
		puts("ok");
	return rc;
}

static void on_release(void *arg)
{
	struct ctl *c = arg;
	struct err e;

	if (guard_release(c->guard, 0, c->pressed, &e) < 0)
		printf("error %s\n", e.text);
	else
		puts("released");
}

static void on_guard(void *arg, int ready)
{
	struct ctl *c = arg;

	(void)ready;
	puts("guard gone");
	loop_stop(c->loop, 3);
}

static void on_edge(void *arg, int ready)
{
	struct ctl *c = arg;

	(void)ready;
	if (lines_led_clear(c->lines) < 0) {
		puts("edge gone");
		watch_free(c->edges);
		c->edges = NULL;
		return;
	}
	printf("edge %d\n", lines_led(c->lines));
}

static int line_named(const char *name)
{
	static const char *const names[LINES] = { "power", "reset", "led" };

	for (int i = 0; i < LINES; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static void do_press(struct ctl *c, bool hold, enum line which, int ms)
{
	struct err e;

	if (!c->guard) {
		puts("error there is no guard");
		return;
	}
	if (answer(guard_press(c->guard, 0, which, ms, &e), &e) < 0 || hold)
		return;
	c->pressed = which;
	timer_set(c->release, ms);
}

static void do_watch(struct ctl *c)
{
	int fd = lines_led_fd(c->lines);

	printf("watch %s\n", fd < 0 ? "no" : "yes");
	if (fd >= 0 && !c->edges)
		c->edges = watch_new(c->loop, fd, LOOP_READ, on_edge, c);
}

static void obey(struct ctl *c, const char *line)
{
	char verb[16] = "", what[16] = "";
	int n = 0, which;
	struct err e;

	sscanf(line, "%15s %15s %d", verb, what, &n);
	which = line_named(what);
	if (!strcmp(verb, "quit"))
		loop_stop(c->loop, 0);
	else if (!strcmp(verb, "led"))
		printf("led %d\n", lines_led(c->lines));
	else if (!strcmp(verb, "watch"))
		do_watch(c);
	else if (!strcmp(verb, "check"))
		answer(lines_check(c->lines, &e), &e);
	else if (!strcmp(verb, "pids"))
		printf("pids %d %d\n", (int)getpid(), c->guard ? (int)guard_pid(c->guard) : 0);
	else if (which < 0)
		puts("error what?");
	else if (!strcmp(verb, "where"))
		printf("where %s\n", lines_where(c->lines, (enum line)which));
	else if (!strcmp(verb, "set"))
		answer(lines_set(c->lines, (enum line)which, n, &e), &e);
	else if (!strcmp(verb, "press") || !strcmp(verb, "hold"))
		do_press(c, verb[0] == 'h', (enum line)which, n);
	else
		puts("error what?");
}

static void on_input(void *arg, int ready)
{
	struct ctl *c = arg;
	ssize_t n = read(STDIN_FILENO, c->line + c->len, sizeof c->line - 1 - c->len);
	char *end;

	(void)ready;
	if (n <= 0) {
		loop_stop(c->loop, 0);
		return;
	}
	c->len += (size_t)n;
	c->line[c->len] = '\0';
	while ((end = strchr(c->line, '\n'))) {
		*end = '\0';
		obey(c, c->line);
		c->len -= (size_t)(end + 1 - c->line);
		memmove(c->line, end + 1, c->len + 1);
	}
}

static int usage(void)
{
	fputs("usage: linesctl [-n NAME] [-c CHIP] [-p LINE] [-r LINE] [-l LINE] [-f FLAGS] [-F LED-FLAGS] [-G]\n", stderr);
	return 2;
}

static int parse(int argc, char **argv, struct lines_config *config, bool *guarded, struct err *e)
{
	int o;

	while ((o = getopt(argc, argv, "n:c:p:r:l:f:F:G")) != -1) {
		switch (o) {
		case 'n': config->name = optarg; break;
		case 'c': config->chip = optarg; break;
		case 'p': config->power = optarg; break;
		case 'r': config->reset = optarg; break;
		case 'l': config->led = optarg; break;
		case 'f':
			if (lines_flags(optarg, LINE_POWER, &config->flags, e) < 0)
				return 1;
			break;
		case 'F':
			if (lines_flags(optarg, LINE_LED, &config->led_flags, e) < 0)
				return 1;
			break;
		case 'G': *guarded = false; break;
		default: return usage();
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct lines_config config = { .name = "test" };
	struct ctl c = { .loop = NULL };
	bool guarded = true;
	struct err e = { "" };
	int rc = parse(argc, argv, &config, &guarded, &e);

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (rc == 0 && (!(c.lines = lines_open(&config, &e)) || (guarded && !(c.guard = guard_start(&c.lines, 1, &e)))))
		rc = 1;
	if (rc) {
		if (e.text[0])
			printf("error %s\n", e.text);
		lines_close(c.lines);
		return rc;
	}
	c.loop = loop_new();
	c.in = watch_new(c.loop, STDIN_FILENO, LOOP_READ, on_input, &c);
	if (c.guard)
		c.guarded = watch_new(c.loop, guard_fd(c.guard), LOOP_READ, on_guard, &c);
	c.release = timer_new(c.loop, on_release, &c);
	puts("ready");
	rc = loop_run(c.loop);
	timer_free(c.release);
	watch_free(c.edges);
	watch_free(c.guarded);
	watch_free(c.in);
	guard_end(c.guard);
	lines_close(c.lines);
	loop_free(c.loop);
	return rc;
}
