/* The terminal line of a running system: echo, line editing, a login that asks for nothing. */
#include "parts.h"

#include <string.h>

static bool rescue(const struct atx *a)
{
	return a->entry == ENTRY_RESCUE;
}

void tty_prompt(struct atx *a)
{
	a->ntyped = 0;
	if (a->stage == STAGE_SHELL)
		say(a, "%s:~# ", a->set.name);
	else if (a->stage == STAGE_LOGIN && rescue(a))
		say(a, "\r\nYou are in rescue mode.\r\nPress Enter for maintenance: ");
	else if (a->stage == STAGE_LOGIN && a->password)
		say(a, "Password: ");
	else if (a->stage == STAGE_LOGIN)
		say(a, "%s login: ", a->set.name);
}

void tty_begin(struct atx *a)
{
	stage_set(a, STAGE_LOGIN);
	a->password = false;
	if (!rescue(a))
		say(a, "\r\nDebian GNU/Linux 12 %s ttyS0\r\n\r\n", a->set.name);
	tty_prompt(a);
}

static void login(struct atx *a)
{
	if (a->password) {
		a->password = false;
		say(a, "\r\nLogin incorrect\r\n");
	} else if (rescue(a) || !strcmp(a->typed, "root")) {
		stage_set(a, STAGE_SHELL);
	} else if (a->ntyped) {
		a->password = true;
	}
	tty_prompt(a);
}

static void line_over(struct atx *a)
{
	a->typed[a->ntyped] = '\0';
	say(a, "\r\n");
	if (a->stage == STAGE_LOGIN) {
		login(a);
		return;
	}
	tell(a, "shell: %s", a->typed);
	shell_run(a, a->typed);
	if (a->stage == STAGE_SHELL && a->flood_left == 0 && a->power == ATX_ON)
		tty_prompt(a);
	a->ntyped = 0;
}

static void rub_out(struct atx *a, size_t n)
{
	for (; n > 0 && a->ntyped > 0; n--) {
		a->ntyped--;
		if (!a->password)
			say(a, "\b \b");
	}
}

void tty_key(struct atx *a, char c)
{
	if (c == '\r' || c == '\n') {
		line_over(a);
	} else if (c == '\b' || c == 0x7f) {
		rub_out(a, 1);
	} else if (c == 0x15) {	/* ^U */
		rub_out(a, a->ntyped);
	} else if (c == 0x03) {	/* ^C */
		a->flood_left = 0;
		say(a, "^C\r\n");
		tty_prompt(a);
	} else if ((unsigned char)c >= ' ' && a->ntyped + 1 < sizeof a->typed) {
		a->typed[a->ntyped++] = c;
		if (!a->password)
			say(a, "%c", c);
	}
}
