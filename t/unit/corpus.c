/* Holds the decoder and the framing against a collection of what real modems sent, which is not part of
 * the sources: $OOBM_CORPUS, else ../shared/modem-corpus beside them. Skipped where there is none. */
#include "tap.h"

#include "core/at.h"
#include "core/pdu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof *(a))
#define COLUMNS 10
#define LINE 16384

/* --- rows ---------------------------------------------------------------------------------- */

struct row {
	char *column[COLUMNS];	/* "" where the row is shorter */
	unsigned number;
};

static FILE *corpus_open(const char *name)
{
	const char *dir = getenv("OOBM_CORPUS"), *src = getenv("OOBM_SRC");
	char path[4096];
	FILE *f;

	if (dir)
		snprintf(path, sizeof path, "%s/%s", dir, name);
	else
		snprintf(path, sizeof path, "%s/../shared/modem-corpus/%s", src ? src : ".", name);
	f = fopen(path, "r");
	return f;
}

/* Calls CHECK for each row but the first and says how many held. CHECK fails the test by itself. */
static void for_each_row(const char *name, unsigned least, void (*check)(const struct row *))
{
	static char line[LINE];
	static char empty[] = "";
	struct row r = { .number = 0 };
	FILE *f = corpus_open(name);

	assert_non_null(f);
	while (fgets(line, sizeof line, f)) {
		char *p = line;

		p[strcspn(p, "\n")] = 0;
		for (size_t i = 0; i < COLUMNS; i++)
			r.column[i] = p ? strsep(&p, "\t") : empty;
		if (r.number++ > 0)
			check(&r);
	}
	fclose(f);
	printf("# %s: %u rows held\n", name, r.number - 1);
	if (r.number - 1 < least)
		fail_msg("%s has fewer rows than expected", name);
}

/* Undoes \r \n \" \\ and the like in place. */
static char *unescape(char *s)
{
	char *out = s;

	for (char *p = s; *p; p++) {
		if (*p != '\\' || !p[1]) {
			*out++ = *p;
			continue;
		}
		p++;
		*out++ = (char)(*p == 'r' ? '\r' : *p == 'n' ? '\n' : *p == 't' ? '\t' : *p);
	}
	*out = 0;
	return s;
}

/* --- messages ------------------------------------------------------------------------------ */

/* "2013-03-08T15:02:16+02:00", "...-05", "...Z", "20130308T150216" -> seconds since 1970, by counting days. */
static int64_t iso_time(const char *s)
{
	int y, mo, d, h, mi, sec, zh = 0, zm = 0, used = 0;
	int64_t days = 0;
	static const int len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (sscanf(s, "%d-%d-%dT%d:%d:%d%n", &y, &mo, &d, &h, &mi, &sec, &used) != 6 &&
	    sscanf(s, "%4d%2d%2dT%2d%2d%2d%n", &y, &mo, &d, &h, &mi, &sec, &used) != 6)
		return 0;
	if (s[used] == '+' || s[used] == '-')
		sscanf(s + used + 1, "%d:%d", &zh, &zm);
	for (int i = 1970; i < y; i++)
		days += i % 4 ? 365 : 366;
	for (int i = 1; i < mo; i++)
		days += len[i - 1] + (i == 2 && y % 4 == 0);
	days += d - 1;
	return ((days * 24 + h) * 60 + mi) * 60 + sec - (s[used] == '-' ? -1 : 1) * (zh * 3600 + zm * 60);
}

static void check_golden(const struct row *r)
{
	const char *number = r->column[4], *concat = r->column[8], *why = "?";
	char *want = unescape(r->column[5]);
	unsigned ref, parts, part;
	struct pdu p;

	if (pdu_decode(r->column[3], strlen(r->column[3]), &p, &why) < 0)
		fail_msg("row %u: %s: %s", r->number, r->column[1], why);
	if (strcmp(p.text, want) != 0)
		fail_msg("row %u: %s: '%s' for '%s'", r->number, r->column[1], p.text, want);
	if (number[0] && strcmp(p.address, number) != 0)
		fail_msg("row %u: %s: from '%s'", r->number, r->column[1], p.address);
	if (p.type == PDU_DELIVER && r->column[6][0] && p.scts != iso_time(r->column[6]))
		fail_msg("row %u: %s: time %lld", r->number, r->column[1], (long long)p.scts);
	/* lower case: the direction of the message; "Read" and "Sent": of where it was stored */
	if (strcmp(r->column[2], p.type == PDU_DELIVER ? "submit" : "deliver") == 0)
		fail_msg("row %u: %s: type %d", r->number, r->column[1], p.type);
	if (sscanf(concat, "ref=%u total=%u seq=%u", &ref, &parts, &part) == 3) {
		if (p.ref != ref || p.parts != parts || p.part != part)
			fail_msg("row %u: %s: part %u of %u, %u", r->number, r->column[1], p.part, p.parts, p.ref);
	} else if (strcmp(concat, "multipart") == 0 && p.parts < 2) {
		fail_msg("row %u: %s: part %u of %u", r->number, r->column[1], p.part, p.parts);
	}
}

static void golden_messages_are_read_as_others_read_them(void **state)
{
	(void)state;
	for_each_row("pdu-golden.tsv", 90, check_golden);
}

static void check_malformed(const struct row *r)
{
	const char *why = NULL;
	struct pdu p;
	int rc = pdu_decode(r->column[1], strlen(r->column[1]), &p, &why);

	if (rc < 0)
		assert_non_null(why);
	if (strcmp(r->column[2], "reject") == 0 && rc == 0)
		fail_msg("row %u: %s was accepted: %s", r->number, r->column[0], r->column[3]);
	if (strcmp(r->column[2], "accept") == 0 && rc < 0)
		fail_msg("row %u: %s was refused: %s", r->number, r->column[0], why);
}

static void malformed_messages_are_refused_or_read_as_they_must(void **state)
{
	(void)state;
	for_each_row("pdu-malformed.tsv", 70, check_malformed);
}

/* --- modem lines ----------------------------------------------------------------------------- */

static bool is_final(enum at_kind k)
{
	return k == AT_OK || k == AT_ERROR || k == AT_CONNECT || k == AT_NO_CARRIER;
}

/* The next line of *P that is not blank, without blanks around it, or NULL. Cuts *P up. */
static char *next_line(char **p)
{
	char *line;

	while ((line = strsep(p, "\r\n"))) {
		size_t n;

		line += strspn(line, " ");
		n = strlen(line);
		while (n > 0 && line[n - 1] == ' ')
			line[--n] = 0;
		if (n > 0)
			return line;
	}
	return NULL;
}

static struct at_line next(struct at *a, const char **bytes)
{
	struct at_line l;

	/* one byte at a time: the hardest case */
	while ((l = at_next(a)).kind == AT_NONE && **bytes)
		at_feed(a, (*bytes)++, 1);
	return l;
}

/* 'AT+CPIN?\r' -> AT+CPIN? */
static char *unquote(char *s)
{
	size_t n = strlen(s);

	assert_true(n >= 2 && s[0] == '\'' && s[n - 1] == '\'');
	s[n - 1] = 0;
	return unescape(s + 1);
}

static void check_reply(const struct row *r)
{
	char *command = unquote(r->column[1]), *reply = unquote(r->column[2]);

	command[strcspn(command, "\r")] = 0;
	for (int echo = 0; echo < 2; echo++) {
		char bytes[LINE], lines[LINE], *rest = lines, *want;
		const char *p = bytes;
		struct at *a = at_new();

		snprintf(bytes, sizeof bytes, "%s%s%s", echo ? command : "", echo ? "\r" : "", reply);
		snprintf(lines, sizeof lines, "%s", reply);
		at_command(a, command);
		while ((want = next_line(&rest))) {
			struct at_line l = next(a, &p);
			bool end = strcmp(want, "OK") == 0 || strcmp(want, "ERROR") == 0 || strcmp(want, "COMMAND NOT SUPPORT") == 0;

			if (l.kind == AT_NONE || strcmp(l.text, want) != 0 || is_final(l.kind) != end || (!end && l.kind != AT_INFO))
				fail_msg("row %u: %s: '%s' came as %d '%s'", r->number, command, want, l.kind, l.text);
		}
		assert_int_equal(next(a, &p).kind, AT_NONE);
		at_free(a);
	}
}

static void replies_of_real_modems_are_taken_apart(void **state)
{
	(void)state;
	for_each_row("device-replies.tsv", 80, check_reply);
}

/* What is removed from the front has to be the echo; the rest has to come out as lines. */
static void check_echo(const struct row *r, char *input, char *expected)
{
	char command[256], bytes[512], lines[512], *rest = lines, *want;
	size_t cut = strlen(input) - strlen(expected);
	struct at *a = at_new();
	const char *p = bytes;

	snprintf(command, sizeof command, "%.*s", (int)cut, input);
	snprintf(bytes, sizeof bytes, "%s\r\n", input);
	snprintf(lines, sizeof lines, "%s\r\n", expected);
	at_command(a, cut ? command : "ATD1");
	while ((want = next_line(&rest))) {
		struct at_line l = next(a, &p);

		if (l.kind == AT_NONE || strcmp(l.text, want) != 0)
			fail_msg("row %u: '%s' came as %d '%s'", r->number, want, l.kind, l.text);
	}
	assert_int_equal(next(a, &p).kind, AT_NONE);
	at_free(a);
}

/* The collection's source waits for more behind these; to us such a line is the end, as whoever says it
 * has nothing more to say, and waiting would cost the whole deadline. */
static bool is_bare_error(const char *input)
{
	return strcmp(input, "\r\n+CME ERROR:\r\n") == 0 || strcmp(input, "\r\n+CMS ERROR:\r\n") == 0;
}

static void check_framing(const struct row *r)
{
	char *input = unescape(r->column[1]), *expected = unescape(r->column[2]);
	bool found = false, error = false;
	const char *p = input;
	struct at_line l;
	struct at *a;

	if (strcmp(r->column[0], "final") != 0) {
		check_echo(r, input, expected);
		return;
	}
	a = at_new();
	at_command(a, "ATD1");
	while ((l = next(a, &p)).kind != AT_NONE)
		if (is_final(l.kind)) {
			found = true;
			error = l.kind == AT_ERROR || l.kind == AT_NO_CARRIER;
		}
	at_free(a);
	if (is_bare_error(input)) {
		assert_true(found && error);
		printf("# serial-framing.tsv, row %u: taken as an error, on purpose\n", r->number);
		return;
	}
	if (found != !!strstr(expected, "found=TRUE") || error != !!strstr(expected, "error=TRUE"))
		fail_msg("row %u: found %d, error %d", r->number, found, error);
}

static void framing_finds_the_end_of_replies(void **state)
{
	(void)state;
	for_each_row("serial-framing.tsv", 40, check_framing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_messages_are_read_as_others_read_them),
		cmocka_unit_test(malformed_messages_are_refused_or_read_as_they_must),
		cmocka_unit_test(replies_of_real_modems_are_taken_apart),
		cmocka_unit_test(framing_finds_the_end_of_replies),
	};

	FILE *f = corpus_open("pdu-golden.tsv");

	if (!f && !getenv("OOBM_CORPUS")) {	/* asked for, it has to be there */
		puts("1..0 # SKIP no collection of modem messages ($OOBM_CORPUS)");
		return 0;
	}
	if (f)
		fclose(f);
	return TAP_RUN(tests);
}
