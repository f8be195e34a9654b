/* The boot loader's menu, drawn as such menus are on a serial line: cursor addressing, reverse video. */
#include "parts.h"

#include <string.h>

#define FIRST_ROW 4

static void draw_entries(struct atx *a)
{
	for (unsigned i = 0; i < ENTRIES; i++)
		say(a, "\033[%u;2H%s%c%u. %-60s\033[0m", FIRST_ROW + i, i == a->entry ? "\033[7m" : "", i == a->entry ? '*' : ' ',
		    i + 1, text_entries[i].title);
}

static void draw_countdown(struct atx *a)
{
	say(a, "\033[%u;1H\033[K", FIRST_ROW + ENTRIES + 3);
	if (a->counting)
		say(a, "   The highlighted entry will be executed automatically in %us.", a->seconds);
}

void menu_begin(struct atx *a)
{
	stage_set(a, STAGE_MENU);
	a->entry = ENTRY_NORMAL;
	a->escape = 0;
	a->seconds = (unsigned)((a->set.menu + ATX_S - 1) / ATX_S);
	a->counting = true;
	say(a, "\033[0m\033[2J\033[H\033[2;10HLab boot loader 1.2");
	draw_entries(a);
	say(a, "\033[%u;1H   Use the arrow keys or 1 to %u to select an entry, Enter to boot it.", FIRST_ROW + ENTRIES + 1, ENTRIES);
	draw_countdown(a);
	if (a->seconds == 0)
		stage_boot(a);
	else
		due_in(a, DUE_MENU, ATX_S);
}

void menu_second(struct atx *a)
{
	if (--a->seconds == 0) {
		stage_boot(a);
		return;
	}
	draw_countdown(a);
	due_in(a, DUE_MENU, ATX_S);
}

static void select_entry(struct atx *a, unsigned entry)
{
	a->entry = entry;
	tell(a, "menu: %s", text_entries[entry].title);
	draw_entries(a);
}

/* ESC [ A, or ESC O A: up; B: down. Returns whether C belonged to such a sequence. */
static bool arrow(struct atx *a, char c)
{
	if (c == '\033') {
		a->escape = 1;
	} else if (a->escape == 1 && (c == '[' || c == 'O')) {
		a->escape = 2;
	} else if (a->escape == 2) {
		a->escape = 0;
		if (c == 'A' && a->entry > 0)
			select_entry(a, a->entry - 1);
		else if (c == 'B' && a->entry + 1 < ENTRIES)
			select_entry(a, a->entry + 1);
	} else {
		a->escape = 0;
		return false;
	}
	return true;
}

void menu_key(struct atx *a, char c)
{
	if (a->counting) {
		a->counting = false;
		due_not(a, DUE_MENU);
		draw_countdown(a);
	}
	if (arrow(a, c))
		return;
	if (c >= '1' && c < '1' + ENTRIES)
		select_entry(a, (unsigned)(c - '1'));
	else if (c == '\r' || c == '\n')
		stage_boot(a);
}
