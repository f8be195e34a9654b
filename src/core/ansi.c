#include "core/ansi.h"

#include <string.h>

#define BEL 0x07
#define CAN 0x18
#define SUB 0x1a
#define ESC 0x1b
#define DEL 0x7f

/* --- the parser ----------------------------------------------------------------------- */

static void keep(struct ansi *a, unsigned char c)
{
	if (a->len == 0)
		return;
	if (a->len == sizeof a->seq)
		a->len = 0;
	else
		a->seq[a->len++] = (char)c;
}

static enum ansi_kind begin(struct ansi *a)
{
	a->state = ANSI_IN_ESCAPE;
	a->seq[0] = ESC;
	a->len = 1;
	a->count = 0;
	return ANSI_NONE;
}

static enum ansi_kind end(struct ansi *a, enum ansi_kind kind)
{
	a->state = ANSI_IN_TEXT;
	return kind;
}

static enum ansi_kind in_text(struct ansi *a, unsigned char c)
{
	if (c == ESC)
		return begin(a);
	return c < 0x20 || c == DEL ? ANSI_CONTROL : ANSI_TEXT;
}

/* ECMA-35 13.2.1: ESC, any number of 0x20..0x2f, and one of 0x30..0x7e. */
static enum ansi_kind in_escape(struct ansi *a, unsigned char c)
{
	bool first = a->len == 1;

	if (c < 0x20 || c == DEL)
		return ANSI_CONTROL;
	if (c >= 0x80)
		return end(a, ANSI_TEXT);
	keep(a, c);
	if (c < 0x30)
		return ANSI_NONE;
	if (first && c == '[')
		a->state = ANSI_IN_CSI;
	else if (first && strchr("]PX^_k", c))	/* OSC DCS SOS PM APC, and screen's title */
		a->state = ANSI_IN_STRING;
	else
		return end(a, ANSI_ESCAPE);
	return ANSI_NONE;
}

/* ECMA-48 5.4: parameters 0x30..0x3f, intermediates 0x20..0x2f, final 0x40..0x7e. Control characters in the middle
 * act as if they had come before. */
static enum ansi_kind in_csi(struct ansi *a, unsigned char c)
{
	if (c < 0x20 || c == DEL)
		return ANSI_CONTROL;
	if (c >= 0x80)
		return end(a, ANSI_TEXT);
	keep(a, c);
	return c < 0x40 ? ANSI_NONE : end(a, ANSI_CSI);
}

/* The Linux console's ESC ] P and ESC ] R have no end: seven digits follow the one, nothing the other. */
static enum ansi_kind in_string(struct ansi *a, unsigned char c)
{
	if (c == '\n' && !a->lasting)
		return end(a, ANSI_CONTROL);
	if (c == BEL || (++a->count > ANSI_STRING_MAX && !a->lasting))
		return end(a, ANSI_STRING);
	if (a->len < sizeof a->seq && c != ESC)
		a->seq[a->len++] = (char)c;
	if (c == ESC) {
		a->state = ANSI_IN_STRING_ESCAPE;
		return ANSI_NONE;
	}
	if (a->count == 1 && a->seq[1] == ']') {
		if (c == 'R')
			return end(a, ANSI_STRING);
		if (c == 'P')
			a->state = ANSI_IN_PALETTE;
	}
	return ANSI_NONE;
}

static enum ansi_kind in_palette(struct ansi *a, unsigned char c)
{
	if (c == '\n')
		return end(a, ANSI_CONTROL);
	if (c == ESC)
		return begin(a);
	return ++a->count > 7 ? end(a, ANSI_STRING) : ANSI_NONE;
}

enum ansi_kind ansi_feed(struct ansi *a, unsigned char c)
{
	if (c == CAN || c == SUB)
		return end(a, ANSI_CONTROL);
	switch (a->state) {
	case ANSI_IN_TEXT:
		return in_text(a, c);
	case ANSI_IN_ESCAPE:
		return c == ESC ? begin(a) : in_escape(a, c);
	case ANSI_IN_CSI:
		return c == ESC ? begin(a) : in_csi(a, c);
	case ANSI_IN_STRING:
		return in_string(a, c);
	case ANSI_IN_STRING_ESCAPE:	/* ST, or another sequence, which ends the string as well */
		if (c == '\\')
			return end(a, ANSI_STRING);
		begin(a);
		return c == ESC ? ANSI_NONE : in_escape(a, c);
	case ANSI_IN_PALETTE:
		return in_palette(a, c);
	}
	return ANSI_NONE;
}

/* --- the parts of a control sequence ------------------------------------------------------ */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

char ansi_private(const struct ansi *a)
{
	return a->len > 2 && strchr("<=>?", a->seq[2]) ? a->seq[2] : 0;
}

char ansi_final(const struct ansi *a)
{
	return a->len ? a->seq[a->len - 1] : 0;
}

char ansi_between(const struct ansi *a)
{
	char c = a->len > 3 ? a->seq[a->len - 2] : 0;

	return c >= 0x20 && c < 0x30 ? c : 0;
}

/* Where the parameters begin. */
static size_t params_at(const struct ansi *a)
{
	return ansi_private(a) ? 3 : 2;
}

size_t ansi_params(const struct ansi *a)
{
	size_t n = 0;

	for (size_t i = params_at(a); i < a->len && (is_digit(a->seq[i]) || a->seq[i] == ';' || a->seq[i] == ':'); i++)
		n += n == 0 || a->seq[i] == ';' ? 1 : 0;
	return a->len > params_at(a) && a->seq[params_at(a)] == ';' ? n + 1 : n;
}

unsigned ansi_param(const struct ansi *a, size_t i, unsigned otherwise)
{
	size_t at = params_at(a);
	unsigned v = 0;

	for (; i > 0 && at < a->len; at++) {
		if (a->seq[at] == ';')
			i--;
		else if (!is_digit(a->seq[at]) && a->seq[at] != ':')
			return otherwise;
	}
	if (i > 0 || at >= a->len || !is_digit(a->seq[at]))
		return otherwise;
	for (; at < a->len && is_digit(a->seq[at]); at++)
		v = v > 99999 ? v : v * 10 + (unsigned)(a->seq[at] - '0');
	return v;
}

/* --- the filter ------------------------------------------------------------------------------ */

/* Private modes that only say how the picture is drawn (DECSET). */
static bool mode_is_drawing(unsigned mode)
{
	static const unsigned modes[] = { 5, 6, 7, 25, 47, 1047, 1048, 1049 };

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
		if (mode == modes[i])
			return true;
	return false;
}

/* Is each byte before the intermediate a parameter's? Else terminals differ in what they make of it. */
static bool is_plain(const struct ansi *a)
{
	for (size_t i = params_at(a); i + 1 < a->len && (unsigned char)a->seq[i] >= 0x30; i++)
		if (!is_digit(a->seq[i]) && a->seq[i] != ';' && a->seq[i] != ':')
			return false;
	return true;
}

static bool csi_is_drawing(const struct ansi *a)
{
	char final = ansi_final(a);

	if (a->len < 3 || !is_plain(a))
		return false;
	if (ansi_private(a))
		return ansi_private(a) == '?' && (final == 'h' || final == 'l') && !ansi_between(a) &&
		       ansi_params(a) == 1 && mode_is_drawing(ansi_param(a, 0, 0));
	if (ansi_between(a))
		return final == 'p' && ansi_between(a) == '!';	/* DECSTR */
	if (final == 'h' || final == 'l')
		return ansi_params(a) == 1 && ansi_param(a, 0, 0) == 4;	/* IRM */
	if (final == 'J')
		return ansi_param(a, 0, 0) != 3;	/* which would erase what was before */
	if (final == 'T')
		return ansi_params(a) <= 1;	/* with five, xterm waits for the mouse */
	return strchr("@ABCDEFGHIKLMPSXZ`adefmrsu", final) != NULL;
}

static bool escape_is_drawing(const struct ansi *a)
{
	if (a->len == 2)
		return strchr("78DEM", a->seq[1]) != NULL;
	/* character sets: ASCII, line drawing, British, the Linux console's own two */
	return a->len == 3 && strchr("()", a->seq[1]) && strchr("B0AUK", a->seq[2]);
}

static bool is_kept(const struct ansi_filter *f, enum ansi_kind kind, unsigned char c)
{
	switch (kind) {
	case ANSI_CONTROL:
		return (c && strchr("\n\r\t\b", c)) || (f->keep == ANSI_KEEP_DRAWING && (c == 0x0e || c == 0x0f));
	case ANSI_ESCAPE:
		return f->keep == ANSI_KEEP_DRAWING && escape_is_drawing(&f->ansi);
	case ANSI_CSI:
		return f->keep == ANSI_KEEP_DRAWING && csi_is_drawing(&f->ansi);
	default:
		return false;
	}
}

/* Bytes of the character that begins with C (RFC 3629 4), 0 if none can. */
static size_t char_len(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/* May C follow what is held? The second byte excludes C1 controls, overlong forms, surrogates and what is past the
 * last plane. */
static bool continues(const struct ansi_filter *f, unsigned char c)
{
	unsigned char first = (unsigned char)f->held[0], low = 0x80, high = 0xbf;

	if (f->nheld == 1) {
		if (first == 0xc2 || first == 0xe0)
			low = 0xa0;
		else if (first == 0xf0)
			low = 0x90;
		else if (first == 0xed)
			high = 0x9f;
		else if (first == 0xf4)
			high = 0x8f;
	}
	return c >= low && c <= high;
}

/* What is held will not become a character any more. */
static size_t let_go(struct ansi_filter *f, char *out)
{
	size_t n = f->nheld;

	memset(out, '?', n);
	f->nheld = 0;
	return n;
}

static size_t put_text(struct ansi_filter *f, unsigned char c, char *out)
{
	size_t n = 0;

	if (f->nheld && !continues(f, c))
		n = let_go(f, out);
	if (f->nheld == 0 && char_len(c) == 0) {
		out[n] = '?';
		return n + 1;
	}
	f->held[f->nheld++] = (char)c;
	if (f->nheld == char_len((unsigned char)f->held[0])) {
		memcpy(out + n, f->held, f->nheld);
		n += f->nheld;
		f->nheld = 0;
	}
	return n;
}

size_t ansi_filter(struct ansi_filter *f, const char *in, size_t n, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)in[i];
		enum ansi_kind kind = ansi_feed(&f->ansi, c);

		if (kind == ANSI_TEXT) {
			len += put_text(f, c, out + len);
			continue;
		}
		len += let_go(f, out + len);
		if (!is_kept(f, kind, c))
			continue;
		if (kind == ANSI_CONTROL) {
			out[len++] = (char)c;
		} else {
			memcpy(out + len, f->ansi.seq, f->ansi.len);
			len += f->ansi.len;
		}
	}
	return len;
}
