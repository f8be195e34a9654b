#include "core/termstate.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* DECSET modes, with how terminals begin. Those of the alternate screen come first, since leaving it brings back the
 * other screen's settings of the cursor. */
static const struct { uint16_t mode; bool on; } private_modes[] = {
	{ 1049, false }, { 1047, false }, { 47, false },
	{ 1, false },	/* cursor keys */
	{ 5, false },	/* reverse video */
	{ 6, false },	/* origin */
	{ 7, true },	/* wrap at the margin */
	{ 9, false }, { 1000, false }, { 1001, false }, { 1002, false }, { 1003, false },	/* mouse */
	{ 1004, false },	/* focus */
	{ 1005, false }, { 1006, false }, { 1015, false }, { 1016, false },	/* mouse, how told */
	{ 25, true },	/* cursor is visible */
	{ 66, false },	/* keypad */
	{ 69, false },	/* left and right margin */
	{ 2004, false },	/* bracketed paste */
	{ 2026, false },	/* picture held back */
	{ 2031, false }, { 2048, false },	/* tells of changed colours, size */
};

/* SM modes. */
static const struct { uint16_t mode; bool on; } ansi_modes[] = {
	{ 2, false },	/* keyboard locked */
	{ 4, false },	/* insert */
	{ 12, true },	/* no local echo */
	{ 20, false },	/* new line */
};

#define PRIVATE (sizeof private_modes / sizeof *private_modes)
#define ANSI (sizeof ansi_modes / sizeof *ansi_modes)
_Static_assert(PRIVATE + ANSI <= 32, "a bit each");

enum {
	OTHER_SGR = 1 << 0, OTHER_REGION = 1 << 1, OTHER_CHARSET = 1 << 2, OTHER_KEYPAD = 1 << 3, OTHER_CURSOR = 1 << 4,
	OTHER_TABS = 1 << 5, OTHER_KEYS = 1 << 6, OTHER_MODIFY = 1 << 7, OTHER_PALETTE = 1 << 8, OTHER_LINUX = 1 << 9,
	OTHER_FOREGROUND = 1 << 10, OTHER_BACKGROUND = 1 << 11, OTHER_CURSOR_COLOUR = 1 << 12, OTHER_LINK = 1 << 13,
	OTHER_CODING = 1 << 14,
};

static void set(uint32_t *bits, uint32_t which, bool on)
{
	*bits = on ? *bits | which : *bits & ~which;
}

static void set_modes(struct termstate *t, bool on)
{
	for (size_t i = 0; i < ansi_params(&t->ansi); i++) {
		unsigned mode = ansi_param(&t->ansi, i, 0);

		for (size_t k = 0; k < PRIVATE && ansi_private(&t->ansi) == '?'; k++)
			if (private_modes[k].mode == mode)
				set(&t->modes, 1U << k, on != private_modes[k].on);
		for (size_t k = 0; k < ANSI && !ansi_private(&t->ansi); k++)
			if (ansi_modes[k].mode == mode)
				set(&t->modes, 1U << (PRIVATE + k), on != ansi_modes[k].on);
	}
}

/* Colours and so on are as at the beginning after CSI m or CSI 0 m only. */
static void take_sgr(struct termstate *t)
{
	size_t n = ansi_params(&t->ansi);

	if (ansi_private(&t->ansi) == '>')
		set(&t->other, OTHER_MODIFY, n > 1 || ansi_param(&t->ansi, 0, 0) != 4);
	else if (!ansi_private(&t->ansi))
		set(&t->other, OTHER_SGR, n > 1 || ansi_param(&t->ansi, 0, 0) != 0);
}

/* kitty's way of telling keys: > pushes, < pops, = sets */
static void take_keys(struct termstate *t)
{
	unsigned n = ansi_param(&t->ansi, 0, 1);

	if (ansi_private(&t->ansi) == '>' && t->pushed < 99)
		t->pushed++;
	else if (ansi_private(&t->ansi) == '<')
		t->pushed -= n < t->pushed ? n : t->pushed;
	else if (ansi_private(&t->ansi) == '=')
		set(&t->other, OTHER_KEYS, ansi_param(&t->ansi, 0, 0) != 0);
}

static void take_csi(struct termstate *t)
{
	const struct ansi *a = &t->ansi;
	char between = ansi_between(a);

	switch (ansi_final(a)) {
	case 'h':
	case 'l':
		set_modes(t, ansi_final(a) == 'h');
		break;
	case 'm':
		take_sgr(t);
		break;
	case 'r':
		if (!ansi_private(a) && !between)
			set(&t->other, OTHER_REGION, ansi_params(a) > 0);
		break;
	case 'u':
		take_keys(t);
		break;
	case 'g':
		t->other |= OTHER_TABS;
		break;
	case 'W':
		if (ansi_private(a) == '?' && ansi_param(a, 0, 0) == 5)
			t->other &= ~(uint32_t)OTHER_TABS;
		break;
	case 'q':
		if (between == ' ')
			set(&t->other, OTHER_CURSOR, ansi_param(a, 0, 0) != 0);
		break;
	case 'p':
		if (between == '!') {	/* DECSTR */
			t->modes &= 7;	/* the alternate screen stays */
			t->other &= ~(uint32_t)(OTHER_SGR | OTHER_REGION | OTHER_CHARSET | OTHER_KEYPAD);
		}
		break;
	}
}

static void take_escape(struct termstate *t)
{
	const struct ansi *a = &t->ansi;

	if (a->len == 3 && a->seq[1] == '(')
		set(&t->other, OTHER_CHARSET, a->seq[2] != 'B');
	else if (a->len == 3 && a->seq[1] == '%')
		set(&t->other, OTHER_CODING, a->seq[2] == '@');
	if (a->len != 2)
		return;
	switch (a->seq[1]) {
	case 'c':	/* RIS; not all terminals take back their colours */
		t->modes = 0;
		t->other &= OTHER_LINUX | OTHER_PALETTE | OTHER_FOREGROUND | OTHER_BACKGROUND | OTHER_CURSOR_COLOUR;
		t->pushed = 0;
		break;
	case '=':
		t->other |= OTHER_KEYPAD;
		break;
	case '>':
		t->other &= ~(uint32_t)OTHER_KEYPAD;
		break;
	case 'n':
	case 'o':
		t->other |= OTHER_CHARSET;
		break;
	case 'H':
		t->other |= OTHER_TABS;
		break;
	}
}

static void take_string(struct termstate *t)
{
	static const struct { const char *head; uint32_t what; bool on; } strings[] = {
		{ "\033]P", OTHER_LINUX, true }, { "\033]R", OTHER_LINUX, false },
		{ "\033]4;", OTHER_PALETTE, true }, { "\033]104", OTHER_PALETTE, false },
		{ "\033]10;", OTHER_FOREGROUND, true }, { "\033]110", OTHER_FOREGROUND, false },
		{ "\033]11;", OTHER_BACKGROUND, true }, { "\033]111", OTHER_BACKGROUND, false },
		{ "\033]12;", OTHER_CURSOR_COLOUR, true }, { "\033]112", OTHER_CURSOR_COLOUR, false },
		{ "\033]8;", OTHER_LINK, true },
	};
	const struct ansi *a = &t->ansi;

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		if (a->len >= strlen(strings[i].head) && memcmp(a->seq, strings[i].head, strlen(strings[i].head)) == 0)
			set(&t->other, strings[i].what, strings[i].on);
	if (a->len == 5 && memcmp(a->seq, "\033]8;;", 5) == 0)
		t->other &= ~(uint32_t)OTHER_LINK;
}

void termstate_feed(struct termstate *t, const char *p, size_t n)
{
	t->ansi.lasting = true;
	for (size_t i = 0; i < n; i++) {
		enum ansi_kind kind = ansi_feed(&t->ansi, (unsigned char)p[i]);

		if (kind == ANSI_CSI && t->ansi.len)
			take_csi(t);
		else if (kind == ANSI_ESCAPE && t->ansi.len)
			take_escape(t);
		else if (kind == ANSI_STRING)
			take_string(t);
		else if (kind == ANSI_CONTROL && (p[i] == 0x0e || p[i] == 0x0f))
			set(&t->other, OTHER_CHARSET, p[i] == 0x0e);
	}
}

/* --- undoing ------------------------------------------------------------------------------- */

struct out {
	char *to;
	size_t len;
};

static void add(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct out *o, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(o->to + o->len, TERMSTATE_UNDO_MAX - o->len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < TERMSTATE_UNDO_MAX - o->len)
		o->len += (size_t)n;
	else
		o->to[o->len] = 0;
}

static void undo_modes(const struct termstate *t, struct out *o)
{
	for (size_t k = 0; k < PRIVATE; k++)
		if (t->modes & 1U << k)
			add(o, "\033[?%u%c", private_modes[k].mode, private_modes[k].on ? 'h' : 'l');
	for (size_t k = 0; k < ANSI; k++)
		if (t->modes & 1U << (PRIVATE + k))
			add(o, "\033[%u%c", ansi_modes[k].mode, ansi_modes[k].on ? 'h' : 'l');
}

size_t termstate_undo(const struct termstate *t, char *out)
{
	static const struct { uint32_t what; const char *undo; } others[] = {
		{ OTHER_CURSOR, "\033[0 q" }, { OTHER_TABS, "\033[?5W" }, { OTHER_KEYPAD, "\033>" },
		{ OTHER_KEYS, "\033[=0u" }, { OTHER_MODIFY, "\033[>4m" }, { OTHER_LINK, "\033]8;;\033\\" },
		{ OTHER_PALETTE, "\033]104\033\\" }, { OTHER_LINUX, "\033]R" }, { OTHER_FOREGROUND, "\033]110\033\\" },
		{ OTHER_BACKGROUND, "\033]111\033\\" }, { OTHER_CURSOR_COLOUR, "\033]112\033\\" },
		{ OTHER_CODING, "\033%G" }, { OTHER_CHARSET, "\017\033(B" }, { OTHER_SGR, "\033[0m" },
	};
	struct out o = { .to = out };

	out[0] = 0;
	if (t->ansi.state != ANSI_IN_TEXT)
		add(&o, TERMSTATE_CANCEL);
	if (t->pushed)
		add(&o, "\033[<%uu", t->pushed);
	if (t->other & OTHER_REGION)
		add(&o, "\0337\033[r\0338");	/* which else puts the cursor into the corner */
	undo_modes(t, &o);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (t->other & others[i].what)
			add(&o, "%s", others[i].undo);
	return o.len;
}
