/* at_tables.h - what is data in AT framing: final results, unsolicited codes. For at.c only. */
#ifndef OOBM_CORE_AT_TABLES_H
#define OOBM_CORE_AT_TABLES_H

#include "core/at.h"

struct at_urc {
	const char *prefix;	/* with its colon; without one, the whole line */
	int lines;		/* 2: a message follows on the next line */
	bool pdu_only;		/* two lines in PDU mode only (+CDS, TS 27.005 3.4.1) */
};

/* The unsolicited code LINE begins with, or NULL. */
const struct at_urc *at_find_urc(const char *line);

/* If LINE is a final result other than the end of a call, sets OUT's kind, code and cms and returns true. */
bool at_find_final(const char *line, struct at_line *out);

/* NO CARRIER, BUSY, NO ANSWER, NO DIALTONE (V.250 6.3). */
bool at_is_call_end(const char *line);

/* Lines of +CREG and its kin, whose answer and unsolicited code have one name (TS 27.007 7.2). */
bool at_is_registration(const char *line);

/* The code whose text is TEXT, in any case, or -1. */
int at_error_code(bool cms, const char *text);

#endif
