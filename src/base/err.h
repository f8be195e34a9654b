/* err.h - an error that a person can act on: what failed, where, why, what to do. */
#ifndef OOBM_BASE_ERR_H
#define OOBM_BASE_ERR_H

#define ERR_TEXT_MAX 512

struct err {
	char text[ERR_TEXT_MAX];
};

/* Sets the text (cut at ERR_TEXT_MAX - 1 bytes) and returns -1, so that a function can end with
 * `return err_set(e, "...")`. E may be NULL: then nothing is kept. */
int err_set(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* As err_set, and appends ": " and strerror(errno). Keeps errno. */
int err_sys(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
