/* at.h - AT framing: bytes from a modem -> result codes, information lines, unsolicited result codes,
 * prompts (ITU-T V.250 5, 6; 3GPP TS 27.005, 27.007). Pure: it keeps no descriptor and no clock. */
#ifndef OOBM_CORE_AT_H
#define OOBM_CORE_AT_H

#include <stdbool.h>
#include <stddef.h>

#define AT_LINE_MAX 2048	/* longer lines are cut; the rest of them is dropped */

enum at_kind {
	AT_NONE,	/* nothing complete yet */
	AT_OK,		/* final: OK */
	AT_CONNECT,	/* final: CONNECT [speed]; what follows is data */
	AT_ERROR,	/* final: ERROR, +CME ERROR, +CMS ERROR, COMMAND NOT SUPPORT, ... */
	AT_NO_CARRIER,	/* also NO DIALTONE, BUSY, NO ANSWER: final of ATD, ATA, ATO, ATH; unsolicited when
			 * no command runs. While another command runs it tells of an old call and is AT_URC. */
	AT_INFO,	/* an information line of the running command */
	AT_URC,		/* an unsolicited result code; text holds both lines of +CMT, +CDS, +CBM, joined by \n */
	AT_PROMPT,	/* "> " after AT+CMGS */
};

struct at_line {
	enum at_kind kind;
	const char *text;	/* the line without CR LF; valid until the next call */
	size_t len;
	int code;		/* AT_ERROR: the number of +CME or +CMS ERROR (of AT+CMEE=2's texts too), else -1 */
	bool cms;		/* AT_ERROR: from the message service (TS 27.005 3.2.5) */
};

struct at;

/* NULL when out of memory. */
struct at *at_new(void);
void at_free(struct at *a);

/* Bytes from the modem. All are taken; if the caller does not fetch them, the oldest of more than
 * 64 KiB are dropped. */
void at_feed(struct at *a, const char *bytes, size_t n);

/* Says which command was just sent ("AT+CSQ", without CR), so that its echo is removed, and lines with
 * its prefix are AT_INFO and not AT_URC. What was fed before, fetched or not, cannot answer it and stays
 * unsolicited. It runs until its final result; NULL ends it earlier. While none runs, everything is
 * unsolicited, also a stray OK. */
void at_command(struct at *a, const char *command);

/* The next complete piece; kind AT_NONE when more bytes are needed. Echo, blank lines and control
 * characters are gone; CR, LF and any mix of them end a line. Some modems leave the final result out
 * (of AT+CPIN?, of ATD): the caller's deadline has to tell. After AT_CONNECT the caller stops
 * reading the port; at_rest gives what was read too much. */
struct at_line at_next(struct at *a);
size_t at_rest(struct at *a, const char **bytes);

/* Forgets half lines: after a resync, a hang-up, a reopen. */
void at_reset(struct at *a);

/* A text for the error codes of TS 27.007 9.2 (CME) and TS 27.005 3.2.5 (CMS), "unknown error" for
 * others; for people. */
const char *at_error_text(bool cms, int code);

/* Splits the values of the first line, after "+PREFIX:" if it has one, at commas outside quotes and
 * brackets: at_field(line, 1, ...) is the second. Quotes are removed, blanks trimmed. Returns the length,
 * or -1 if there is no such field or OUT is too small for it. */
int at_field(const char *text, unsigned index, char *out, size_t size);
/* The same as a decimal number LO..HI. Returns 0 or -1. */
int at_field_int(const char *text, unsigned index, long lo, long hi, long *out);

#endif
