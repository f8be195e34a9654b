/* ansi.h - control functions in what a machine sends to a terminal (ECMA-48 5.4, 8.3; and what xterm and the Linux
 * console have added): told apart from text, and filtered. Pure. */
#ifndef OOBM_CORE_ANSI_H
#define OOBM_CORE_ANSI_H

#include <stdbool.h>
#include <stddef.h>

#define ANSI_SEQ_MAX 64		/* a longer sequence is recognised, but not kept */
#define ANSI_STRING_MAX 4096	/* a control string without end is given up after so many bytes, or at a newline: a
				 * machine that stopped in the middle is not to be hidden for ever */

enum ansi_kind {
	ANSI_NONE,	/* in the middle of something */
	ANSI_TEXT,	/* this byte is text: 0x20..0x7e, 0x80..0xff */
	ANSI_CONTROL,	/* this byte is a control character: C0 or DEL */
	ANSI_ESCAPE,	/* with this byte an escape sequence is whole: seq, from ESC on */
	ANSI_CSI,	/* a control sequence: seq, from ESC [ on */
	ANSI_STRING,	/* a control string (OSC, DCS, APC, PM, SOS, or a title in screen's way) is over: seq has its
			 * beginning, as much as fits */
};

struct ansi {
	enum { ANSI_IN_TEXT, ANSI_IN_ESCAPE, ANSI_IN_CSI, ANSI_IN_STRING, ANSI_IN_STRING_ESCAPE, ANSI_IN_PALETTE } state;
	char seq[ANSI_SEQ_MAX];
	size_t len;	/* bytes of seq; 0 if a sequence became longer than that */
	size_t count;	/* bytes of the string so far */
	bool lasting;	/* set by the user: a string is not given up, since terminals do not, either */
};

/* What C is, after all that came before; A is all zeros at the beginning. */
enum ansi_kind ansi_feed(struct ansi *a, unsigned char c);

/* The parameter number I (from 0) of the control sequence in A, or OTHERWISE if it is not given. */
unsigned ansi_param(const struct ansi *a, size_t i, unsigned otherwise);
/* How many parameters it has; the byte before them ('?', '>', '<', '=') or 0; the one between them and the last (' ',
 * '!', '$', ...) or 0; the last byte. */
size_t ansi_params(const struct ansi *a);
char ansi_private(const struct ansi *a);
char ansi_between(const struct ansi *a);
char ansi_final(const struct ansi *a);

enum ansi_keep {
	ANSI_KEEP_TEXT,		/* no control functions at all, but newline, return, tab and backspace */
	ANSI_KEEP_DRAWING,	/* and what moves, colours and erases on the screen: nothing that a terminal answers,
				 * that changes what its keys send, or that outlasts the picture */
};

struct ansi_filter {
	struct ansi ansi;
	enum ansi_keep keep;
	char held[4];	/* the beginning of a character (UTF-8) */
	size_t nheld;
};

/* Most bytes that ansi_filter puts beyond those that it takes: what it has held. */
#define ANSI_SLACK (ANSI_SEQ_MAX + 4)

/* Filters N bytes into OUT, which has room for N + ANSI_SLACK. What comes out is UTF-8, without C1 control
 * characters; bytes that are none are '?'. F is all zeros at the beginning but for `keep`. Returns the bytes. */
size_t ansi_filter(struct ansi_filter *f, const char *in, size_t n, char *out);

#endif
