/* What has to fit together in the sections target and operator. */
#include "conf/check.h"
#include "conf/rules.h"
#include "conf/value.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define COMMAND_MAX 1500

static int set_text(char **to, const char *text, struct err *e)
{
	char *copy = strdup(text);

	if (!copy)
		return err_set(e, "out of memory");
	value_forget(*to);
	*to = copy;
	return 0;
}

static bool has_commands(const struct conf_target *t)
{
	return t->ncommand_on || t->ncommand_off || t->ncommand_force_off || t->ncommand_reset || t->ncommand_status;
}

static bool has_lines(const struct conf_target *t)
{
	return *t->power_line || *t->reset_line || *t->led_line;
}

/* Left out, `power` follows from what else is there. */
static int settle_power(struct conf_target *t, const struct scan *s, int at, struct err *e)
{
	if (!*t->power &&
	    set_text(&t->power, *t->power_line ? "gpio" : has_commands(t) ? "command" : "none", e) < 0)
		return -1;
	if (strcmp(t->power, "gpio") == 0 && !*t->power_line)
		return scan_fail(s, at, "power", 0, e, "target \"%s\": which GPIO line presses its power button? Write power-line = 17, "
				 "or the line's name; gpioinfo shows them", t->name);
	if (strcmp(t->power, "gpio") != 0 && has_lines(t))
		return scan_fail(s, at, *t->power_line ? "power-line" : *t->reset_line ? "reset-line" : "led-line", 0, e,
				 "target \"%s\": GPIO lines go with power = gpio and a power-line", t->name);
	if (strcmp(t->power, "command") == 0 && !t->ncommand_on && !t->ncommand_force_off)
		return scan_fail(s, at, "power", 0, e, "target \"%s\": power = command needs command-on or command-force-off", t->name);
	if (strcmp(t->power, "command") != 0 && has_commands(t))
		return scan_fail(s, at, "power", 0, e, "target \"%s\" has commands and power = %s; keep one way", t->name, t->power);
	return 0;
}

static bool is_offset(const char *line)
{
	return *line && line[strspn(line, "0123456789")] == 0;
}

/* "17" and "017" are one offset. */
static bool same_line(const char *a, const char *b)
{
	if (is_offset(a) && is_offset(b))
		return strtoul(a, NULL, 10) == strtoul(b, NULL, 10);
	return strcmp(a, b) == 0;
}

/* What the kernel refuses, and oobm-power would not even begin with. */
static int check_flags(const struct conf_target *t, const struct scan *s, int at, struct err *e)
{
	const struct { const char *option, *flags, *one, *other; } pairs[] = {
		{ "line-flags", t->line_flags, "open-drain", "open-source" },
		{ "led-flags", t->led_flags, "pull-up", "pull-down" },
		{ "led-flags", t->led_flags, "pull-up", "bias-disabled" },
		{ "led-flags", t->led_flags, "pull-down", "bias-disabled" },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (strstr(pairs[i].flags, pairs[i].one) && strstr(pairs[i].flags, pairs[i].other))
			return scan_fail(s, at, pairs[i].option, 0, e, "%s: %s and %s exclude each other; keep one", pairs[i].option,
					 pairs[i].one, pairs[i].other);
	return 0;
}

static int check_lines(const struct conf_target *t, const struct scan *s, int at, struct err *e)
{
	const struct { const char *name, *line; } lines[] = {
		{ "power-line", t->power_line }, { "reset-line", t->reset_line }, { "led-line", t->led_line },
	};

	for (size_t i = 0; i < 3; i++) {
		if (is_offset(lines[i].line) && !*t->chip)
			return scan_fail(s, at, lines[i].name, 0, e, "%s: %s of which chip? Write chip = \"gpiochip0\", as gpiodetect shows it",
					 lines[i].name, lines[i].line);
		for (size_t k = 0; k < i; k++)
			if (*lines[i].line && same_line(lines[i].line, lines[k].line))
				return scan_fail(s, at, lines[i].name, 0, e, "%s: %s is the %s already", lines[i].name, lines[i].line,
						 lines[k].name);
	}
	return check_flags(t, s, at, e);
}

/* What it takes to hand it to oobm-power, where blanks and the like are written as %XX, twice. All five go into one line of
 * IPC, which has MSG_LINE_MAX bytes. */
static size_t command_length(char *const *argv, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++, len += 3)
		for (const char *p = argv[i]; *p; p++)
			len += *p == ' ' || *p == '%' ? 5 : (unsigned char)*p < 0x80 ? 1 : 3;
	return len;
}

/* Whose program is it: a name alone would be looked for in a path that the config does not show. */
static int check_commands(const struct conf_target *t, const struct scan *s, int at, struct err *e)
{
	const struct { const char *name; char **argv; size_t n; } commands[] = {
		{ "command-on", t->command_on, t->ncommand_on }, { "command-off", t->command_off, t->ncommand_off },
		{ "command-force-off", t->command_force_off, t->ncommand_force_off },
		{ "command-reset", t->command_reset, t->ncommand_reset },
		{ "command-status", t->command_status, t->ncommand_status },
	};

	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		if (commands[i].n && commands[i].argv[0][0] != '/')
			return scan_fail(s, at, commands[i].name, 0, e, "%s: \"%s\" must be a whole path, and each argument a value of its "
					 "own: {\"/usr/sbin/uhubctl\", \"-a\", \"off\"}", commands[i].name, commands[i].argv[0]);
		if (command_length(commands[i].argv, commands[i].n) > COMMAND_MAX)
			return scan_fail(s, at, commands[i].name, 0, e, "%s: the command is longer than %d bytes; write it into a script, "
					 "and give that", commands[i].name, COMMAND_MAX);
	}
	return 0;
}

static int check_console(const struct conf *c, const struct conf_target *t, const struct scan *s, int at, struct err *e)
{
	if (*t->console && *t->console_usb)
		return scan_fail(s, at, "console-usb", 0, e, "console and console-usb are both given; keep one (usb is found again "
				 "under any name)");
	if (!*t->console_usb && t->console_interface >= 0)
		return scan_fail(s, at, "console-interface", 0, e, "console-interface goes with console-usb");
	if (*t->console && (strcmp(t->console, c->modem.device) == 0 || strcmp(t->console, c->modem.command_device) == 0))
		return scan_fail(s, at, "console", 0, e, "console: %s is the modem", t->console);
	if (*t->console_usb && strcmp(t->console_usb, c->modem.usb) == 0)
		return scan_fail(s, at, "console-usb", 0, e, "console-usb: %s is the modem", t->console_usb);
	for (const struct conf_target *o = c->target; o < t; o++)
		if (*t->console && strcmp(t->console, o->console) == 0)
			return scan_fail(s, at, "console", 0, e, "console: %s is target \"%s\"'s already", t->console, o->name);
		else if (*t->console_usb && strcmp(t->console_usb, o->console_usb) == 0 &&
			 t->console_interface == o->console_interface)
			return scan_fail(s, at, "console-usb", 0, e, "console-usb: %s is target \"%s\"'s already; tell them apart by "
					 "\"%.9s:SERIAL\" or by console-interface", t->console_usb, o->name, t->console_usb);
	return 0;
}

/* As far as it can be told without looking at the hardware, where a chip may be meant by its label, too: then
 * oobm-power says that the line is in use. A name without a chip is looked for on all of them. */
static bool same_chip(const char *a, const char *b, bool by_offset)
{
	if (!by_offset && (!*a || !*b))
		return true;
	a += strncmp(a, "/dev/", 5) == 0 ? 5 : 0;
	b += strncmp(b, "/dev/", 5) == 0 ? 5 : 0;
	return strcmp(a, b) == 0;
}

/* One line, one button. */
static int check_shared_lines(const struct conf *c, const struct conf_target *t, const struct scan *s, int at, struct err *e)
{
	for (const struct conf_target *o = c->target; o < t; o++) {
		const char *const mine[] = { t->power_line, t->reset_line, t->led_line };
		const char *const theirs[] = { o->power_line, o->reset_line, o->led_line };

		for (int i = 0; i < 9; i++)
			if (*mine[i / 3] && *theirs[i % 3] && same_line(mine[i / 3], theirs[i % 3]) &&
			    same_chip(t->chip, o->chip, is_offset(mine[i / 3])))
				return scan_fail(s, at, "", 0, e, "target \"%s\": GPIO line %s is target \"%s\"'s already", t->name,
						 mine[i / 3], o->name);
	}
	return 0;
}

static int check_target(struct conf *c, struct conf_target *t, const struct scan *s, int at, struct err *e)
{
	char name[64];
	struct err why;

	snprintf(name, sizeof name, "%.63s", t->name);
	if (strcmp(name, "*") == 0 || check_target_name(name, &why) < 0)
		return scan_fail(s, at, "", 0, e, "target \"%s\": a name has small letters, digits and - only, for you will type it and "
				 "files are named so", t->name);
	/* what runs for it could not be stopped */
	if (strcmp(name, "all") == 0 || is_offset(name))
		return scan_fail(s, at, "", 0, e, "target \"%s\": oobm cancel takes that for %s; write another name", t->name,
				 is_offset(name) ? "a number of what is pending" : "all that is pending");
	if (settle_power(t, s, at, e) < 0 || check_lines(t, s, at, e) < 0 || check_shared_lines(c, t, s, at, e) < 0 ||
	    check_commands(t, s, at, e) < 0 || check_console(c, t, s, at, e) < 0)
		return -1;
	if (strcmp(t->power, "none") == 0 && !*t->console && !*t->console_usb)
		return scan_fail(s, at, "", 0, e, "target \"%s\" has neither power nor console; write power-line = ... or console = ...",
				 t->name);
	return 0;
}

/* ---- operators ---- */

static const char *unknown_target(const struct conf *c, const char *list, char *out, size_t size)
{
	for (const char *p = list; *p; p += strcspn(p, ","), p += *p == ',') {
		bool known = false;

		snprintf(out, size, "%.*s", (int)strcspn(p, ","), p);
		for (size_t i = 0; i < c->ntarget; i++)
			known |= strcmp(out, c->target[i].name) == 0;
		if (!known && strcmp(out, "*") != 0)
			return out;
	}
	return NULL;
}

static int check_operator(struct conf *c, struct conf_operator *o, const struct scan *s, int at, struct err *e)
{
	const struct { const char *name, *list; } lists[] = { { "power", o->power }, { "write", o->write }, { "read", o->read } };
	const struct passwd *pw;
	char name[64];

	if (!*o->account && set_text(&o->account, o->name, e) < 0)
		return -1;
	pw = getpwnam(o->account);
	if (!pw)
		return scan_fail(s, at, "account", 0, e, "operator \"%s\": there is no account %s on this machine; make it: adduser %s",
				 o->name, o->account, o->account);
	o->uid = pw->pw_uid;
	for (size_t i = 0; i < 3; i++)
		if (unknown_target(c, lists[i].list, name, sizeof name))
			return scan_fail(s, at, lists[i].name, 0, e, "%s: there is no target \"%s\"", lists[i].name, name);
	for (const struct conf_operator *b = c->operator; b < o; b++)
		if (b->uid == o->uid && strcmp(b->key, o->key) == 0)
			return scan_fail(s, at, "account", 0, e, "operator \"%s\" is the same as \"%s\"; tell them apart by account or by key",
					 o->name, b->name);
	return 0;
}

int rules_targets(struct conf *c, const struct scan *s, struct err *e)
{
	for (size_t i = 0; i < c->ntarget; i++)
		if (check_target(c, &c->target[i], s, scan_section(s, "target", i), e) < 0)
			return -1;
	for (size_t i = 0; i < c->noperator; i++)
		if (check_operator(c, &c->operator[i], s, scan_section(s, "operator", i), e) < 0)
			return -1;
	return 0;
}
