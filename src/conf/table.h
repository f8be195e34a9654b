/* table.h - every option of the config in one table: where it stands, what it is, its default, its
 * bounds and its check. Reading, dumping, wiping and the tests of the documentation all follow it. */
#ifndef OOBM_CONF_TABLE_H
#define OOBM_CONF_TABLE_H

#include "conf/conf.h"

enum conf_kind {
	CONF_TEXT,	/* char * */
	CONF_SECRET,	/* char *, wiped, never printed */
	CONF_LIST,	/* char ** and a size_t */
	CONF_ARGV,	/* the same: a program and its arguments, of which some may be alike */
	CONF_WORDS,	/* a list in the file, char * with commas in the struct */
	CONF_BYTES,	/* int64_t; "500M" in the file; 0 for none */
	CONF_TIME,	/* int64_t, milliseconds; "30m" in the file */
	CONF_INT,	/* int; -1 (which cannot be written) for "not given" */
	CONF_UINT,	/* unsigned */
	CONF_PORT,	/* uint16_t */
};

struct conf_option {
	const char *section;	/* "" outside all sections */
	const char *name;
	enum conf_kind kind;
	const char *preset;	/* the default, as it would be written; values of a list with commas; NULL for none */
	size_t offset;		/* of the value, in the struct of its section */
	size_t count;		/* CONF_LIST: of the number of values */
	int64_t lo, hi;		/* numbers and times: bounds; lists: hi is the largest number of values */
	/* Texts and each value of a list: returns 0, or -1 with the reason in E, as a phrase that continues
	 * "NAME: ". May rewrite V in place, never longer. NULL: any text. */
	int (*check)(char *v, struct err *e);
};

extern const struct conf_option conf_options[];
extern const size_t conf_noptions;

struct conf_section {
	const char *name;
	size_t max;		/* how often; more than 1: it has a title */
	size_t base;		/* of the first in struct conf */
	size_t size;		/* of one */
	size_t title;		/* offset of the title in it */
	size_t count;		/* offset in struct conf of how many there are */
};

extern const struct conf_section conf_sections[];	/* the first is "", for the options outside sections */
extern const size_t conf_nsections;

/* Secrets that stand in the config itself or in a file of their own. */
struct conf_secret {
	const char *section, *name, *file_name;
	size_t value, file;	/* offsets in the struct of the section */
	bool needed;
};

extern const struct conf_secret conf_secrets[];
extern const size_t conf_nsecrets;

/* The row of an option, or NULL. */
const struct conf_option *conf_option(const char *section, const char *name);

/* How many sections S there are in C, and the Ith. */
size_t conf_count(const struct conf *c, const struct conf_section *s);
void *conf_at(const struct conf *c, const struct conf_section *s, size_t i);

/* The name that is nearest to NAME among the options of SECTION (and, at the top, the sections), or
 * NULL if none is near. */
const char *conf_nearest(const char *section, const char *name);

#endif
