/* What the shell at the end of the serial line understands. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

static void do_poweroff(struct atx *a, const char *argument)
{
	(void)argument;
	stage_stop(a, false);
}

static void do_reboot(struct atx *a, const char *argument)
{
	(void)argument;
	stage_stop(a, true);
}

static void do_panic(struct atx *a, const char *argument)
{
	(void)argument;
	kernel_panic(a);
}

static void do_hang(struct atx *a, const char *argument)
{
	(void)argument;
	kernel_hang(a);
}

static void do_sleep(struct atx *a, const char *argument)
{
	(void)argument;
	atx_sleep(a, a->now);
}

static void do_exit(struct atx *a, const char *argument)
{
	(void)argument;
	tty_begin(a);
}

static void do_echo(struct atx *a, const char *argument)
{
	say(a, "%s\r\n", argument);
}

static void do_cat(struct atx *a, const char *argument)
{
	atx_flood(a, strtoll(argument, NULL, 10), false);
	a->flood_prompt = a->flood_left > 0;
}

static void do_uname(struct atx *a, const char *argument)
{
	(void)argument;
	say(a, "Linux %s 6.1.0-21-amd64 x86_64 %s\r\n", a->set.name, text_entries[a->entry].title);
}

static const struct { const char *name; void (*run)(struct atx *a, const char *argument); } commands[] = {
	{ "poweroff", do_poweroff }, { "reboot", do_reboot }, { "panic", do_panic }, { "hang", do_hang }, { "sleep", do_sleep },
	{ "exit", do_exit }, { "echo", do_echo }, { "cat", do_cat }, { "uname", do_uname },
};

void shell_run(struct atx *a, char *line)
{
	char *argument = strchr(line, ' ');

	if (argument)
		*argument++ = '\0';
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (!strcmp(line, commands[i].name)) {
			commands[i].run(a, argument ? argument : "");
			return;
		}
	if (*line)
		say(a, "-sh: %s: not found\r\n", line);
}
