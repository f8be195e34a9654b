#include "tap.h"
#include "random.h"

#include "core/at.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof *(a))

static const char *const kinds[] = { "none", "ok", "connect", "error", "no-carrier", "info", "urc", "prompt" };

/* Fetches all that is complete, as "kind text|kind text|"; a line break inside a text becomes '/'. */
static void fetch(struct at *a, char *out, size_t size)
{
	struct at_line l;

	while ((l = at_next(a)).kind != AT_NONE) {
		size_t len = strlen(out);

		assert_int_equal(l.len, strlen(l.text));
		if (l.kind == AT_ERROR && l.code >= 0)
			snprintf(out + len, size - len, "%s %s=%d|", kinds[l.kind], l.cms ? "cms" : "cme", l.code);
		else
			snprintf(out + len, size - len, "%s %s|", kinds[l.kind], l.text);
		for (char *p = out + len; *p; p++)
			if (*p == '\n')
				*p = '/';
	}
}

static void feed(struct at *a, const char *bytes)
{
	at_feed(a, bytes, strlen(bytes));
}

struct dialogue {
	const char *name, *command, *bytes, *want;
};

/* Feeds BYTES in pieces of 1..MOST and says what came out. */
static void talk(const struct dialogue *d, size_t most, uint64_t *seed, char *out, size_t size)
{
	struct at *a = at_new();
	size_t n = strlen(d->bytes);

	assert_non_null(a);
	out[0] = 0;
	at_command(a, d->command);
	for (size_t at = 0; at < n;) {
		size_t piece = 1 + random_below(seed, (unsigned)most);

		if (piece > n - at)
			piece = n - at;
		at_feed(a, d->bytes + at, piece);
		fetch(a, out, size);
		at += piece;
	}
	at_free(a);
}

static const struct dialogue dialogues[] = {
	/* how lines end and begin */
	{ "by the book", "AT+CSQ", "AT+CSQ\r\r\n+CSQ: 12,99\r\n\r\nOK\r\n", "info +CSQ: 12,99|ok OK|" },
	{ "no echo", "AT+CSQ", "\r\n+CSQ: 12,99\r\n\r\nOK\r\n", "info +CSQ: 12,99|ok OK|" },
	{ "CR CR LF behind the echo", "AT", "AT\r\r\nOK\r\n", "ok OK|" },
	{ "no CR LF in front", "AT+CGMM", "E1752\r\nOK\r\n", "info E1752|ok OK|" },
	{ "CR CR LF behind each line", "AT+CLAC", "&C\r\r\n&D\r\r\n+CLAC\r\r\nOK\r\n", "info &C|info &D|info +CLAC|ok OK|" },
	{ "LF alone behind", "AT", "OK\n", "ok OK|" },
	{ "LF alone in front", "ATD*99#", "\nNO CARRIER\r\n", "no-carrier NO CARRIER|" },
	{ "CR alone behind", "AT", "OK\r", "ok OK|" },
	{ "blank lines behind the end", "AT", "\r\nOK\r\n\r\n\r\n\r\n", "ok OK|" },
	{ "a NUL in the middle", "AT+CSQ", "\r\n+CSQ: 12,99\r\n\1\2\r\nOK\r\n", "info +CSQ: 12,99|ok OK|" },
	{ "blanks around", "AT+CGMI", " WAVECOM MODEM \r\nOK \r\n", "info WAVECOM MODEM|ok OK|" },
	{ "five lines", "AT+CGMR", "V 1\r\n24-11-08\r\nRM-1\r\n(c) X\r\n11.049\r\nOK\r\n",
	  "info V 1|info 24-11-08|info RM-1|info (c) X|info 11.049|ok OK|" },
	{ "half a line", "AT", "\r\nOK", "" },

	/* echo */
	{ "echo in other case", "AT+csq", "at+CSQ\r\r\nOK\r\n", "ok OK|" },
	{ "echo twice", "ATE0", "ATE0\rATE0\r\r\nOK\r\n", "ok OK|" },
	{ "echo twice in one line", "ATE0", "ATE0ATE0\r\r\nOK\r\n", "ok OK|" },
	{ "leftovers in front of the echo", "AT+CPMS?", "ATE0+CPMS?\r\r\nOK\r\n", "ok OK|" },
	{ "echo of an earlier command", "AT+CSQ", "AT+CPMS?\rAT+CSQ\r\r\nOK\r\n", "ok OK|" },
	{ "first bytes of the echo damaged", "AT+CMGR=11", "\1\x14+CMGR=11\r\r\nOK\r\n", "ok OK|" },
	{ "first bytes of the echo damaged, visibly", "AT+CMGR=11", "^4+CMGR=11\r\r\nOK\r\n", "ok OK|" },
	{ "URC before the echo", "AT+CSQ", "\r\n^SRVST:0\r\nAT+CSQ\r\r\nOK\r\n", "urc ^SRVST:0|ok OK|" },
	{ "echo with no command running", NULL, "AT+CSQ\r\r\n", "" },
	{ "a list of commands is no echo", "AT+CLAC", "+CLAC\r\nAT+CLAC\r\n+CGMR\r\nOK\r\n", "info +CLAC|info AT+CLAC|info +CGMR|ok OK|" },
	{ "a maker's name is no echo", "AT+CGMI", "AT&T\r\nATEL\r\nOK\r\n", "info AT&T|info ATEL|ok OK|" },

	/* final results */
	{ "an error", "AT+X", "\r\nERROR\r\n", "error ERROR|" },
	{ "something behind the error", "AT+X", "\r\nERROR\r\n\r\noooops\r\n", "error ERROR|urc oooops|" },
	{ "OK behind the error", "AT+CMGR=9", "\r\nERROR\r\n\r\nOK\r\n", "error ERROR|urc OK|" },
	{ "CME by number", "ATD*99#", "\r\n+CME ERROR: 30\r\n", "error cme=30|" },
	{ "CME by name", "AT+CPIN?", "\r\n+CME ERROR: SIM not inserted\r\n", "error cme=10|" },
	{ "CME by another name", "AT+CPIN?", "\r\n+CME ERROR: raspberry\r\n", "error +CME ERROR: raspberry|" },
	{ "CME without blank", "AT+CMGR=1", "\r\n+CME ERROR:-1\r\n", "error +CME ERROR:-1|" },
	{ "CME with nothing", "AT+X", "\r\n+CME ERROR: \r\n", "error +CME ERROR:|" },
	{ "CME beyond an int", "AT+X", "\r\n+CME ERROR: 99999999999\r\n", "error +CME ERROR: 99999999999|" },
	{ "CMS by number", "AT+CMGS=20", "\r\n+CMS ERROR: 331\r\n", "error cms=331|" },
	{ "CMS by name, in capitals", "AT+CMGL=4", "\r\n+CMS ERROR: INVALID MEMORY INDEX\r\n", "error cms=321|" },
	{ "not supported", "AT^X", "\r\nCOMMAND NOT SUPPORT\r\n", "error COMMAND NOT SUPPORT|" },
	{ "modem error", "AT+X", "\r\nMODEM ERROR: 5\r\n", "error MODEM ERROR: 5|" },
	{ "not available", "AT+X", "\r\nNA\r\n", "error NA|" },
	{ "not found", "AT^X", "\r\nNOT FOND ^,NOT CUSTOM AT\r\n", "error NOT FOND ^,NOT CUSTOM AT|" },
	{ "connected", "ATD*99#", "\r\nCONNECT\r\n", "connect CONNECT|" },
	{ "connected at a speed", "ATD*99#", "\r\nCONNECT 7200000\r\n", "connect CONNECT 7200000|" },
	{ "busy", "ATD*99#", "\r\nBUSY\r\n", "no-carrier BUSY|" },
	{ "no dial tone", "ATD*99#", "\r\nNO DIALTONE\r\n", "no-carrier NO DIALTONE|" },
	{ "no answer", "ATD*99#", "\r\nNO ANSWER\r\n", "no-carrier NO ANSWER|" },
	{ "hang-up during another command", "AT+CSQ", "\r\nNO CARRIER\r\n\r\n+CSQ: 1,99\r\n\r\nOK\r\n",
	  "urc NO CARRIER|info +CSQ: 1,99|ok OK|" },
	{ "hang-up when nothing runs", NULL, "\r\nNO CARRIER\r\n", "no-carrier NO CARRIER|" },
	{ "final words when nothing runs", NULL, "OK\r\nERROR\r\n+CMS ERROR: 5\r\nCONNECT\r\n", "urc OK|urc ERROR|urc +CMS ERROR: 5|urc CONNECT|" },

	/* unsolicited codes */
	{ "behind OK", "AT", "\r\nOK\r\n\r\n+CMTI: \"ME\",1\r\n", "ok OK|urc +CMTI: \"ME\",1|" },
	{ "many behind OK", "AT", "\r\nOK\r\n\r\n+CIEV: 7,1\r\n\r\n+CRING: VOICE\r\n\r\n+CLIP: \"+0123456789\",145,,,,0\r\n",
	  "ok OK|urc +CIEV: 7,1|urc +CRING: VOICE|urc +CLIP: \"+0123456789\",145,,,,0|" },
	{ "inside an answer", "AT+CSQ", "\r\n^RSSI:14\r\n^HCSQ:\"LTE\",59,50,161,24\r\n+CSQ: 1,99\r\n^MODE:5,4\r\n^BOOT:27710117,0,0,0,75\r\nRING\r\n"
	  "^DSFLOWRPT:1,2,3,4,5,6,7\r\nOK\r\n",
	  "urc ^RSSI:14|urc ^HCSQ:\"LTE\",59,50,161,24|info +CSQ: 1,99|urc ^MODE:5,4|urc ^BOOT:27710117,0,0,0,75|urc RING|urc ^DSFLOWRPT:1,2,3,4,5,6,7|ok OK|" },
	{ "others' inside an answer", "AT+CSQ", "+ZUSIMR:2\r\n+ZEND\r\n_OSIGQ: 5,0\r\n*EBCA: 1\r\n+MBAN: x\r\n#STN: 1\r\n+PSBEARER: 1\r\n^SCN: 1\r\n*TTZ: 2\r\n+WIND: 5,1\r\nSMS Ready\r\nOK\r\n",
	  "urc +ZUSIMR:2|urc +ZEND|urc _OSIGQ: 5,0|urc *EBCA: 1|urc +MBAN: x|urc #STN: 1|urc +PSBEARER: 1|urc ^SCN: 1|urc *TTZ: 2|urc +WIND: 5,1|urc SMS Ready|ok OK|" },
	{ "asked for, it is an answer", "AT^HCSQ?", "\r\n^HCSQ:\"LTE\",59\r\n\r\nOK\r\n", "info ^HCSQ:\"LTE\",59|ok OK|" },
	{ "the name of another in the answer", "AT+ZPAS?", "\r\n+BEARTYPE: \"UMTS\",\"CS_PS\"\r\nOK\r\n", "info +BEARTYPE: \"UMTS\",\"CS_PS\"|ok OK|" },
	{ "USSD before its own OK", "AT+CUSD=1,\"*100#\",15", "\r\n+CUSD: 0,\"x\",15\r\n\r\nOK\r\n\r\n+CUSD: 0,\"y\",15\r\n",
	  "info +CUSD: 0,\"x\",15|ok OK|urc +CUSD: 0,\"y\",15|" },
	{ "nothing runs", NULL, "\r\n+CMTI: \"SM\",3\r\nwhatever\r\n+CSQ: 1,2\r\n", "urc +CMTI: \"SM\",3|urc whatever|urc +CSQ: 1,2|" },

	/* two lines */
	{ "message", NULL, "\r\n+CMT: ,23\r\n0791\r\n", "urc +CMT: ,23/0791|" },
	{ "message with a name", NULL, "\r\n+CMT: \"Bob\",23\r\n0791ab\r\n", "urc +CMT: \"Bob\",23/0791ab|" },
	{ "message in text", NULL, "\r\n+CMT: \"+49\",,\"24/01/01,00:00:00+04\"\r\nhello\r\n", "urc +CMT: \"+49\",,\"24/01/01,00:00:00+04\"/hello|" },
	{ "report", "AT+CSQ", "\r\n+CDS: 25\r\n0006\r\n+CSQ: 1,99\r\nOK\r\n", "urc +CDS: 25/0006|info +CSQ: 1,99|ok OK|" },
	{ "report in text has one line", NULL, "\r\n+CDS: 6,202,\"+49\",145,\"24/01/01\",\"24/01/01\",0\r\nRING\r\n",
	  "urc +CDS: 6,202,\"+49\",145,\"24/01/01\",\"24/01/01\",0|urc RING|" },
	{ "broadcast", NULL, "\r\n+CBM: 88\r\n001000DD\r\n", "urc +CBM: 88/001000DD|" },
	{ "its second line got lost", NULL, "\r\n+CMT: ,23\r\n+CMTI: \"SM\",1\r\n+CMT: ,24\r\n0791\r\n",
	  "urc +CMT: ,23|urc +CMTI: \"SM\",1|urc +CMT: ,24/0791|" },
	{ "lost, and LF alone behind", NULL, "+CMT: ,23\nRING\n", "urc +CMT: ,23|urc RING|" },
	{ "lost before a final result", "AT+CSQ", "\r\n+CMT: ,23\r\n\r\nOK\r\n", "urc +CMT: ,23|ok OK|" },
	{ "lost before another of two lines", NULL, "\r\n+CMT: ,23\r\n+CDS: 25\r\n0006\r\n", "urc +CMT: ,23|urc +CDS: 25/0006|" },
	{ "stored message is not unsolicited", "AT+CMGR=1", "\r\n+CMGR: 0,,23\r\n0791\r\n\r\nOK\r\n", "info +CMGR: 0,,23|info 0791|ok OK|" },
	{ "listing with an arriving one", "AT+CMGL=4", "\r\n+CMGL: 0,0,,23\r\n0791\r\n+CMT: ,24\r\n0792\r\n+CMGL: 1,0,,23\r\n0793\r\n\r\nOK\r\n",
	  "info +CMGL: 0,0,,23|info 0791|urc +CMT: ,24/0792|info +CMGL: 1,0,,23|info 0793|ok OK|" },

	/* the prompt */
	{ "prompt", "AT+CMGS=20", "AT+CMGS=20\r\r\n> ", "prompt >|" },
	{ "prompt without CR LF", "AT+CMGS=20", "> ", "prompt >|" },
	{ "prompt with CR LF behind", "AT+CMGS=20", "\r\n>\r\n", "prompt >|" },
	{ "the message is echoed", "AT+CMGS=20", "\r\n> 0011000C91\x1a\r\n\r\n+CMGS: 7\r\n\r\nOK\r\n", "prompt >|info +CMGS: 7|ok OK|" },
	{ "codes while the network thinks", "AT+CMGS=20", "\r\n> \r\n^RSSI:14\r\n+CMTI: \"SM\",1\r\n+CMGS: 7\r\n\r\nOK\r\n",
	  "prompt >|urc ^RSSI:14|urc +CMTI: \"SM\",1|info +CMGS: 7|ok OK|" },
	{ "no reference", "AT+CMGS=20", "\r\n> \r\nOK\r\n+CMTI: \"SM\",1\r\n", "prompt >|ok OK|urc +CMTI: \"SM\",1|" },
	{ "refused at once", "AT+CMGS=20", "\r\n+CMS ERROR: 304\r\n", "error cms=304|" },
	{ "no prompt when none is due", "AT+CSQ", "\r\n> \r\nOK\r\n", "info >|ok OK|" },
	{ "a greater-than inside a line", "AT+CMGS=20", "\r\na > b\r\n> ", "info a > b|prompt >|" },

	/* registration: TS 27.007 7.2 */
	{ "answer and code", "AT+CREG?", "\r\n+CREG: 1\r\n+CREG: 0,1\r\n+CREG: 5\r\n\r\nOK\r\n", "urc +CREG: 1|info +CREG: 0,1|urc +CREG: 5|ok OK|" },
	{ "answer with place", "AT+CREG?", "\r\n+CREG: 2,1,\"00C3\",\"0A12\"\r\nOK\r\n", "info +CREG: 2,1,\"00C3\",\"0A12\"|ok OK|" },
	{ "answer with place, no quotes", "AT+CREG?", "\r\n+CREG: 2,1, 8BE3, 00002BAF\r\nOK\r\n", "info +CREG: 2,1, 8BE3, 00002BAF|ok OK|" },
	{ "answer with zeros", "AT+CREG?", "\r\n+CREG: 002,001\r\nOK\r\n", "info +CREG: 002,001|ok OK|" },
	{ "answer with technology", "AT+CEREG?", "\r\n+CEREG: 2,5,\"1F\",\"2A\",7\r\nOK\r\n", "info +CEREG: 2,5,\"1F\",\"2A\",7|ok OK|" },
	{ "code with place", "AT+CREG?", "\r\n+CREG: 1,\"00C3\",\"0A12\"\r\nOK\r\n", "urc +CREG: 1,\"00C3\",\"0A12\"|ok OK|" },
	{ "code with place, no quotes", "AT+CREG?", "\r\n+CREG: 1, E006B, ABE0016\r\nOK\r\n", "urc +CREG: 1, E006B, ABE0016|ok OK|" },
	{ "code with a place of digits", "AT+CREG?", "\r\n+CREG: 1,0006,1234\r\n+CREG: 1,1A,12\r\nOK\r\n", "urc +CREG: 1,0006,1234|urc +CREG: 1,1A,12|ok OK|" },
	{ "test form", "AT+CREG=?", "\r\n+CREG: (0-2)\r\nOK\r\n", "info +CREG: (0-2)|ok OK|" },
	{ "set form has no answer", "AT+CREG=2", "\r\n+CREG: 1\r\nOK\r\n", "urc +CREG: 1|ok OK|" },
	{ "other networks' code", "AT+CREG?", "\r\n+CGREG: 0,1\r\n+CREG: 0,1\r\nOK\r\n", "urc +CGREG: 0,1|info +CREG: 0,1|ok OK|" },
	{ "two commands in a line", "AT+CREG=0;+CGREG?", "\r\n+CREG: 0,1\r\n+CGREG: 0,1\r\nOK\r\n", "urc +CREG: 0,1|info +CGREG: 0,1|ok OK|" },
};

/* However the bytes are cut into reads, what they mean is the same. */
static void a_dialogue_means_the_same_in_pieces_of_any_size(void **state)
{
	static const size_t most[] = { 1, 2, 5, 1000 };
	char out[1024];

	(void)state;
	for (size_t i = 0; i < N(dialogues); i++)
		for (uint64_t round = 0; round < 40; round++) {
			uint64_t seed = round;

			talk(&dialogues[i], most[round % 4], &seed, out, sizeof out);
			if (strcmp(out, dialogues[i].want) != 0)
				fail_msg("%s (seed %llu):\n  got  %s\n  want %s", dialogues[i].name, (unsigned long long)round, out,
					 dialogues[i].want);
		}
}

static void zero_bytes_are_dropped(void **state)
{
	static const char bytes[] = "\0\r\n+CSQ:\0 1,99\r\n\0O\0K\r\n\0";
	struct at *a = at_new();
	char out[128] = "";

	(void)state;
	at_command(a, "AT+CSQ");
	at_feed(a, bytes, sizeof bytes);
	fetch(a, out, sizeof out);
	assert_string_equal(out, "info +CSQ: 1,99|ok OK|");
	at_free(a);
}

static void what_came_before_a_command_does_not_answer_it(void **state)
{
	struct at *a = at_new();
	char out[256] = "";
	struct at_line l;

	(void)state;
	at_command(a, "AT+CMGR=1");
	feed(a, "\r\nERROR\r\n\r\nOK\r\n+CSQ: 5,99\r\nO");
	l = at_next(a);
	assert_int_equal(l.kind, AT_ERROR);
	/* the caller goes on before it fetched the rest */
	at_command(a, "AT+CSQ");
	feed(a, "K\r\n\r\n+CSQ: 12,99\r\n\r\nOK\r\n");
	fetch(a, out, sizeof out);
	assert_string_equal(out, "urc OK|urc +CSQ: 5,99|urc OK|info +CSQ: 12,99|ok OK|");
	at_free(a);
}

static void half_a_line_from_before_does_not_answer_either(void **state)
{
	struct at *a = at_new();
	char out[256] = "";

	(void)state;
	feed(a, "\r\nER");
	fetch(a, out, sizeof out);
	at_command(a, "AT");
	feed(a, "ROR\r\n\r\nOK\r\n");
	fetch(a, out, sizeof out);
	assert_string_equal(out, "urc ERROR|ok OK|");
	at_free(a);
}

static void a_reset_forgets_half_lines(void **state)
{
	struct at *a = at_new();
	char out[256] = "";

	(void)state;
	feed(a, "garb");
	fetch(a, out, sizeof out);
	at_reset(a);
	feed(a, "+CMT: ,23\r\n");
	fetch(a, out, sizeof out);
	at_reset(a);
	at_command(a, "AT");
	feed(a, "OK\r\n");
	fetch(a, out, sizeof out);
	assert_string_equal(out, "ok OK|");
	at_free(a);
}

static void a_long_line_is_cut_and_the_next_is_whole(void **state)
{
	static const size_t lengths[] = { AT_LINE_MAX - 1, AT_LINE_MAX, AT_LINE_MAX + 1, 3 * AT_LINE_MAX };
	static char bytes[3 * AT_LINE_MAX + 8];

	(void)state;
	for (size_t i = 0; i < N(lengths); i++) {
		struct at *a = at_new();
		struct at_line l;
		size_t n = lengths[i];

		memset(bytes, 'x', n);
		memcpy(bytes + n, "\r\nOK\r\n", 7);
		at_command(a, "AT+CLAC");
		at_feed(a, bytes, n + 6);
		l = at_next(a);
		assert_int_equal(l.kind, AT_INFO);
		assert_int_equal(l.len, n < AT_LINE_MAX ? n : AT_LINE_MAX);
		assert_int_equal(strlen(l.text), l.len);
		assert_int_equal(at_next(a).kind, AT_OK);
		assert_int_equal(at_next(a).kind, AT_NONE);
		at_free(a);
	}
}

static void two_lines_of_the_greatest_length_fit(void **state)
{
	static char bytes[2 * AT_LINE_MAX + 64];
	struct at *a = at_new();
	struct at_line l;

	(void)state;
	memset(bytes, '0', sizeof bytes);
	memcpy(bytes, "+CMT: ,", 7);
	bytes[AT_LINE_MAX + 10] = '\r';
	at_feed(a, bytes, sizeof bytes);
	l = at_next(a);
	assert_int_equal(l.kind, AT_URC);
	assert_int_equal(l.len, 2 * AT_LINE_MAX + 1);
	assert_int_equal(strlen(l.text), l.len);
	at_free(a);
}

/* A modem that babbles while nobody fetches: memory stays bounded, the newest is kept. */
static void more_than_can_be_held_drops_the_oldest(void **state)
{
	static char babble[200000];
	struct at *a = at_new();
	int lines = 0;

	(void)state;
	memset(babble, 'x', sizeof babble);
	for (size_t i = 0; i < sizeof babble; i += 50)
		babble[i] = '\n';
	for (int i = 0; i < 5; i++)
		at_feed(a, babble, sizeof babble / 3);
	at_feed(a, babble, sizeof babble);
	feed(a, "\r\nRING\r\n");
	for (struct at_line l = at_next(a); l.kind != AT_NONE; l = at_next(a)) {
		assert_int_equal(l.kind, AT_URC);
		if (++lines > 1 && l.len != 4)
			assert_int_equal(l.len, 49);
	}
	assert_in_range(lines, 65536 / 50 - 1, 65536 / 50 + 2);
	feed(a, "RING\r\n");
	assert_string_equal(at_next(a).text, "RING");
	at_free(a);
}

static void data_behind_connect_is_handed_over(void **state)
{
	static const struct { const char *bytes, *rest; } cases[] = {
		{ "\r\nCONNECT\r\n", "" }, { "\r\nCONNECT 115200\r\n~\xff}#", "~\xff}#" }, { "CONNECT\r\n\n~", "\n~" }, { "CONNECT\n~", "~" },
		{ "CONNECT\r~", "~" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct at *a = at_new();
		const char *rest;

		at_command(a, "ATD*99#");
		feed(a, cases[i].bytes);
		assert_int_equal(at_next(a).kind, AT_CONNECT);
		assert_int_equal(at_rest(a, &rest), strlen(cases[i].rest));
		assert_memory_equal(rest, cases[i].rest, strlen(cases[i].rest));
		at_free(a);
	}
}

static void a_command_runs_until_its_final_result(void **state)
{
	struct at *a = at_new();
	char out[256] = "";

	(void)state;
	at_command(a, "AT+CSQ");
	feed(a, "OK\r\n+CSQ: 1,99\r\n");
	fetch(a, out, sizeof out);
	at_command(a, "AT+CSQ");
	at_command(a, NULL);
	feed(a, "+CSQ: 1,99\r\nOK\r\n");
	fetch(a, out, sizeof out);
	assert_string_equal(out, "ok OK|urc +CSQ: 1,99|urc +CSQ: 1,99|urc OK|");
	at_free(a);
}

static void a_command_of_any_length_is_taken(void **state)
{
	static const size_t lengths[] = { 2, 510, 511, 512, 513, 2000 };
	static char command[2001], bytes[2100];

	(void)state;
	for (size_t i = 0; i < N(lengths); i++) {
		struct at *a = at_new();
		char out[256] = "";

		memset(command, 'x', sizeof command);
		memcpy(command, "AT+", 3);
		command[lengths[i]] = 0;
		snprintf(bytes, sizeof bytes, "%s\r\r\nOK\r\n", command);
		at_command(a, command);
		feed(a, bytes);
		fetch(a, out, sizeof out);
		assert_string_equal(out, "ok OK|");
		at_free(a);
	}
}

static void fields_are_split_at_commas(void **state)
{
	static const struct { const char *text; unsigned index; const char *want; } cases[] = {
		{ "+CSQ: 12,99", 0, "12" }, { "+CSQ: 12,99", 1, "99" }, { "+CSQ: 12,99", 2, NULL }, { "12,99", 1, "99" },
		{ "+CMTI: \"SM\",3", 0, "SM" }, { "+CMTI: \"SM\",3", 1, "3" }, { "^RSSI:14", 0, "14" },
		{ "+COPS: 0,0,\"a,b\",2", 2, "a,b" }, { "+COPS: 0,0,\"a,b\",2", 3, "2" },
		{ "+CPMS: (\"SM\",\"ME\"),(\"SM\")", 0, "(SM,ME)" }, { "+CPMS: (\"SM\",\"ME\"),(\"SM\")", 1, "(SM)" },
		{ "+CPMS: (),(),()", 2, "()" }, { "+CPMS: ,,,,,,,,", 8, "" }, { "+CPMS: ,,,,,,,,", 9, NULL },
		{ "+CREG: 1, E006B , ABE0016", 1, "E006B" }, { "+CREG: 2,\"0B,\"0100701\"", 1, "0B,0100701" },
		{ "+CGMI: ZTE CORPORATION", 0, "ZTE CORPORATION" }, { "", 0, "" }, { "", 1, NULL }, { "+CSQ", 0, "+CSQ" },
		{ "+CMT: ,23\n0791,5", 1, "23" }, { "+CMT: ,23\n0791,5", 2, NULL }, { "+CSCA: \"+49\",145", 0, "+49" },
		{ "+X: (1,2", 0, "(1,2" }, { "+X: 1),2", 1, "2" }, { "+X: \"", 0, "" }, { "a:b,c", 0, "a:b" },
	};
	char out[32], small[3];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		int n = at_field(cases[i].text, cases[i].index, out, sizeof out);

		if (!cases[i].want) {
			assert_int_equal(n, -1);
			continue;
		}
		assert_int_equal(n, strlen(cases[i].want));
		assert_string_equal(out, cases[i].want);
	}
	assert_int_equal(at_field("+X: ab", 0, small, sizeof small), 2);
	assert_int_equal(at_field("+X: abc", 0, small, sizeof small), -1);
	assert_int_equal(at_field("+X: ", 0, small, 0), -1);
}

static void numbers_have_a_range(void **state)
{
	static const struct { const char *text; long lo, hi; int rc; long want; } cases[] = {
		{ "+X: 12", 0, 31, 0, 12 }, { "+X: 32", 0, 31, -1, 0 }, { "+X: -1", -5, 5, 0, -1 }, { "+X: -6", -5, 5, -1, 0 },
		{ "+X: \"7\"", 0, 9, 0, 7 }, { "+X: 007", 0, 9, 0, 7 }, { "+X: ", 0, 9, -1, 0 }, { "+X: 1 2", 0, 99, -1, 0 },
		{ "+X: 1x", 0, 99, -1, 0 }, { "+X: x", 0, 99, -1, 0 }, { "+X: +1", 0, 99, -1, 0 }, { "+X: -", -9, 9, -1, 0 },
		{ "+X: 99999999999999999999", 0, 99, -1, 0 }, { "+X: 999999999999999999999999999999", 0, 99, -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		long v = 0;

		assert_int_equal(at_field_int(cases[i].text, 0, cases[i].lo, cases[i].hi, &v), cases[i].rc);
		assert_int_equal(v, cases[i].want);
	}
}

static void error_codes_have_texts(void **state)
{
	(void)state;
	assert_string_equal(at_error_text(false, 10), "SIM not inserted");
	assert_string_equal(at_error_text(true, 10), "call barred");
	assert_string_equal(at_error_text(false, 30), "no network service");
	assert_string_equal(at_error_text(true, 331), "no network service");
	assert_string_equal(at_error_text(false, 331), "unknown error");
	assert_string_equal(at_error_text(true, -1), "unknown error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dialogue_means_the_same_in_pieces_of_any_size),
		cmocka_unit_test(zero_bytes_are_dropped),
		cmocka_unit_test(what_came_before_a_command_does_not_answer_it),
		cmocka_unit_test(half_a_line_from_before_does_not_answer_either),
		cmocka_unit_test(a_reset_forgets_half_lines),
		cmocka_unit_test(a_long_line_is_cut_and_the_next_is_whole),
		cmocka_unit_test(two_lines_of_the_greatest_length_fit),
		cmocka_unit_test(more_than_can_be_held_drops_the_oldest),
		cmocka_unit_test(data_behind_connect_is_handed_over),
		cmocka_unit_test(a_command_runs_until_its_final_result),
		cmocka_unit_test(a_command_of_any_length_is_taken),
		cmocka_unit_test(fields_are_split_at_commas),
		cmocka_unit_test(numbers_have_a_range),
		cmocka_unit_test(error_codes_have_texts),
	};

	return TAP_RUN(tests);
}
