#include "core/at.h"
#include "core/at_tables.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define AT_COMMAND_MAX 512
#define AT_INPUT_MAX ((size_t)32 * AT_LINE_MAX)
#define AT_STAT_MAX 11		/* the highest <stat> of +CREG and its kin */

struct at {
	struct buf in;		/* bytes as they came; those before POS are done with */
	size_t pos;
	size_t old;		/* of those after POS, how many came before the running command was sent */
	bool old_line;		/* LINE began among them: it answers nothing */

	char line[2 * AT_LINE_MAX + 2];
	size_t head;		/* bytes of LINE that are the held first line of a two-line code, \n included */
	size_t len;		/* bytes of LINE in all */
	bool given;		/* LINE was handed out */
	bool again;		/* what stands behind HEAD is a complete line of its own, still to be given */
	bool cut;		/* LINE was too long: skip to its end */
	bool after_cr;		/* the last byte looked at was a CR */

	char command[AT_COMMAND_MAX];	/* the running command, "" if none runs */
	bool asks_text;		/* it answers with a prompt */
	bool prompted;		/* the prompt was given */
	bool answered;		/* a line of the answer was given: no more echo is expected */
};

struct at *at_new(void)
{
	struct at *a = calloc(1, sizeof *a);

	if (a)
		buf_init(&a->in, AT_INPUT_MAX);
	return a;
}

void at_free(struct at *a)
{
	if (!a)
		return;
	buf_free(&a->in);
	wipe(a, sizeof *a);
	free(a);
}

void at_reset(struct at *a)
{
	buf_drop(&a->in, a->in.len);
	a->pos = a->old = a->head = a->len = 0;
	a->given = a->again = a->cut = a->after_cr = a->old_line = false;
}

void at_feed(struct at *a, const char *bytes, size_t n)
{
	size_t drop;

	if (n > AT_INPUT_MAX) {
		bytes += n - AT_INPUT_MAX;
		n = AT_INPUT_MAX;
	}
	buf_drop(&a->in, a->pos);
	a->pos = 0;
	if (a->in.len > AT_INPUT_MAX - n) {
		drop = a->in.len - (AT_INPUT_MAX - n);
		buf_drop(&a->in, drop);
		a->old -= drop < a->old ? drop : a->old;
	}
	/* without memory the bytes are lost, as if the line had been noisy: the deadline catches it */
	(void)buf_add(&a->in, bytes, n);
}

static bool starts(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

void at_command(struct at *a, const char *command)
{
	static const char *const texts[] = { "AT+CMGS=", "AT+CMGW=", "AT+CMGC=", "AT+CNMA=" };
	size_t n = command ? strlen(command) : 0;

	if (n >= sizeof a->command)
		n = sizeof a->command - 1;
	if (n)
		memcpy(a->command, command, n);
	a->command[n] = 0;
	a->asks_text = a->prompted = a->answered = false;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (starts(a->command, texts[i]))
			a->asks_text = true;
	/* What is here already cannot be its answer: the OK after an ERROR of the one before, say. */
	a->old = a->in.len - a->pos;
	a->old_line = a->again || (a->len > a->head && !a->given);
}

static bool running(const struct at *a)
{
	return a->command[0] && !a->old_line;
}

/* --- what a line is ------------------------------------------------------------------ */

static bool ends_with(const char *s, size_t n, const char *tail)
{
	size_t t = strlen(tail);

	return t <= n && strncasecmp(s + n - t, tail, t) == 0;
}

static bool is_hex(const char *s, size_t n)
{
	return n > 0 && strspn(s, "0123456789ABCDEFabcdef") == n;
}

/* Is this the modem repeating what it was told? The echo comes before the answer; noise or leftovers
 * of another session may stand in front of it, and its first bytes may be damaged. */
static bool is_echo(const struct at *a, const char *s, size_t n)
{
	const char *tail = a->command;

	if (starts(s, "AT") && s[2] && strchr("+^$*%#", s[2]))
		return !running(a) || !a->answered;
	if (!running(a))
		return false;
	if (a->prompted && is_hex(s, n))
		return true;
	if (a->answered)
		return false;
	if (strcasecmp(s, a->command) == 0 || (starts(s, "AT") && ends_with(s, n, a->command)))
		return true;
	if (starts(tail, "AT"))
		tail += 2;
	if (strlen(tail) < 3 || !ends_with(s, n, tail))
		return false;
	/* "+CLAC" alone is a line of the answer to AT+CLAC, "+CMGR=11" is not one to AT+CMGR=11 */
	return n > strlen(tail) || strpbrk(tail, "=?");
}

/* Commands that end in NO CARRIER; during others it tells of an earlier call. */
static bool is_call(const char *command)
{
	static const char *const calls[] = { "ATD", "ATA", "ATO", "ATH", "AT+CGDATA" };

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (starts(command, calls[i]))
			return true;
	return false;
}

/* Is `+CREG: ...` the answer `n,stat[,lac,ci...]` to the query, or the unsolicited `stat[,lac,ci...]`
 * (TS 27.007 7.2)? The second value decides: <stat> is a small bare number, <lac> is in quotes or has
 * four hexadecimal digits. */
static bool is_registration_answer(const char *s)
{
	const char *second = strchr(s, ',');
	size_t digits;

	if (strchr(s, '('))	/* the answer to =? */
		return true;
	if (!second)
		return false;
	second += 1 + strspn(second + 1, " ");
	digits = strspn(second, "0123456789");
	return digits >= 1 && digits <= 3 && atoi(second) <= AT_STAT_MAX && strchr(", ", second[digits]);
}

/* Does the line begin with the name of the running command, or of one of its parts behind `;`? */
static bool is_own_answer(const struct at *a, const char *s)
{
	const char *part = a->command;
	size_t n;

	if (starts(part, "AT"))
		part += 2;
	for (; part; part = strchr(part, ';')) {
		part += *part == ';';
		n = strcspn(part, "=?;");
		if (n < 2 || strncasecmp(s, part, n) != 0 || s[n] != ':')
			continue;
		if (!at_is_registration(s))
			return true;
		return (part[n] == '?' || (part[n] == '=' && part[n + 1] == '?')) && is_registration_answer(s + n);
	}
	return false;
}

/* A PDU header: `+CMT: [alpha],length` or `+CDS: length`; a text-mode header has more values. */
static bool is_pdu_header(const char *s)
{
	const char *comma = strchr(s, ',');

	return !comma || !strchr(comma + 1, ',');
}

enum verdict { GIVE, DROP, HOLD };

/* The line at S of N bytes: fills OUT, or says that it is to be dropped, or held for a second line. */
static enum verdict classify(const struct at *a, const char *s, size_t n, struct at_line *out)
{
	const struct at_urc *urc;

	*out = (struct at_line){ .kind = AT_URC, .text = s, .len = n, .code = -1 };
	if (is_echo(a, s, n))
		return DROP;
	if (running(a) && is_own_answer(a, s)) {
		out->kind = AT_INFO;
		return GIVE;
	}
	urc = at_find_urc(s);
	if (urc)
		return urc->lines == 2 && (!urc->pdu_only || is_pdu_header(s)) ? HOLD : GIVE;
	if (at_is_call_end(s)) {
		if (running(a) ? is_call(a->command) : !a->command[0])
			out->kind = AT_NO_CARRIER;
	} else if (running(a) && !at_find_final(s, out)) {
		out->kind = AT_INFO;
	}
	return GIVE;
}

static bool is_final(const struct at_line *l)
{
	return l->kind == AT_OK || l->kind == AT_ERROR || l->kind == AT_CONNECT || l->kind == AT_NO_CARRIER;
}

/* LINE holds one line of N bytes. */
static bool give_line(struct at *a, const char *s, size_t n, struct at_line *out)
{
	switch (classify(a, s, n, out)) {
	case DROP:
		a->len = 0;
		return false;
	case HOLD:
		a->line[n] = '\n';
		a->head = a->len = n + 1;
		return false;
	case GIVE:
		break;
	}
	if (out->kind == AT_INFO)
		a->answered = true;
	if (is_final(out) && running(a))
		a->command[0] = 0;
	a->given = true;
	return true;
}

/* LINE is complete. */
static bool give(struct at *a, struct at_line *out)
{
	a->line[a->len] = 0;
	while (a->len > a->head && a->line[a->len - 1] == ' ')
		a->line[--a->len] = 0;
	if (!a->head)
		return give_line(a, a->line, a->len, out);

	*out = (struct at_line){ .kind = AT_URC, .text = a->line, .len = a->len, .code = -1 };
	a->given = true;
	a->line[a->head - 1] = 0;
	if (is_pdu_header(a->line) && !is_hex(a->line + a->head, a->len - a->head)) {
		/* its second line got lost */
		out->len = a->head - 1;
		a->again = true;
		return true;
	}
	a->line[a->head - 1] = '\n';
	return true;
}

/* Makes room for the next line after one was handed out; true if there is one already. */
static bool begin(struct at *a)
{
	if (!a->given)
		return false;
	a->given = false;
	if (!a->again) {
		a->head = a->len = 0;
		a->old_line = false;
		return false;
	}
	a->again = false;
	a->len -= a->head;
	memmove(a->line, a->line + a->head, a->len + 1);
	a->head = 0;
	return true;
}

/* --- bytes to lines --------------------------------------------------------------------- */

enum byte_result { BYTE_TAKEN, BYTE_LINE, BYTE_PROMPT };

static enum byte_result take_byte(struct at *a, char c, bool old)
{
	a->after_cr = c == '\r';
	/* CR, LF, CR LF and CR CR LF all end a line, and blank lines mean nothing */
	if (c == '\r' || c == '\n') {
		bool whole = !a->cut && a->len > a->head;

		a->cut = false;
		return whole ? BYTE_LINE : BYTE_TAKEN;
	}
	if (a->cut || ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f)
		return BYTE_TAKEN;
	if (a->len == a->head) {
		if (c == ' ')
			return BYTE_TAKEN;
		a->old_line = old;
		/* at once, without the blank that should follow: some send CR LF instead */
		if (c == '>' && a->asks_text && running(a))
			return BYTE_PROMPT;
	}
	a->line[a->len++] = c;
	if (a->len - a->head < AT_LINE_MAX)
		return BYTE_TAKEN;
	a->cut = true;
	return BYTE_LINE;
}

struct at_line at_next(struct at *a)
{
	struct at_line out = { .kind = AT_NONE, .text = "", .code = -1 };

	if (begin(a) && give_line(a, a->line, a->len, &out))
		return out;
	while (a->pos < a->in.len) {
		bool old = a->old > 0;

		a->old -= old;
		switch (take_byte(a, a->in.data[a->pos++], old)) {
		case BYTE_LINE:
			if (give(a, &out))
				return out;
			break;
		case BYTE_PROMPT:
			if (a->prompted)
				break;
			a->prompted = true;
			return (struct at_line){ .kind = AT_PROMPT, .text = ">", .len = 1, .code = -1 };
		case BYTE_TAKEN:
			break;
		}
	}
	buf_drop(&a->in, a->in.len);
	a->pos = 0;
	return (struct at_line){ .kind = AT_NONE, .text = "", .code = -1 };
}

size_t at_rest(struct at *a, const char **bytes)
{
	/* the LF that belongs to CONNECT's line */
	if (a->after_cr && a->pos < a->in.len && a->in.data[a->pos] == '\n')
		a->pos++;
	a->after_cr = false;
	*bytes = a->in.len > a->pos ? a->in.data + a->pos : "";
	return a->in.len - a->pos;
}
