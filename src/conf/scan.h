/* scan.h - a first look at the text of a config: finds what libconfuse would take in silence (an
 * open brace, a second value, a comment inside a word, $ expansion) and remembers where things stand. */
#ifndef OOBM_CONF_SCAN_H
#define OOBM_CONF_SCAN_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define SCAN_NAME_MAX 32
#define SCAN_SECTIONS_MAX 64
#define SCAN_MARKS_MAX 512
#define SCAN_TOP (-1)		/* the "section" of options outside all sections */

struct scan {
	const char *file;
	struct { char name[SCAN_NAME_MAX]; int line; } section[SCAN_SECTIONS_MAX];
	size_t nsections;
	struct { int section; char name[SCAN_NAME_MAX]; int line; } mark[SCAN_MARKS_MAX];	/* one a value */
	size_t nmarks;
};

/* Checks LEN bytes at TEXT (named FILE in errors, kept by reference). Comments and carriage returns are overwritten
 * with blanks, so that libconfuse, which miscounts lines at C comments, does not see them. Returns 0,
 * or -1 with E: "FILE:LINE: ...". */
int scan_text(struct scan *s, const char *file, char *text, size_t len, struct err *e);

/* Index of the NTH (from 0) section called NAME, in the order of the file; SCAN_TOP if there is none. */
int scan_section(const struct scan *s, const char *name, size_t nth);

/* Line of the NTH value of option NAME in SECTION; else the line where the section begins; else 0. */
int scan_line(const struct scan *s, int section, const char *name, size_t nth);

/* Sets E to "FILE:LINE: ..." for that value, without a line where there is none, and returns -1. */
int scan_fail(const struct scan *s, int section, const char *name, size_t nth, struct err *e,
	      const char *fmt, ...) __attribute__((format(printf, 6, 7)));

#endif
