/* secrets.h - files that must not be anybody's to read: secrets of one line, and private keys. */
#ifndef OOBM_CONF_SECRETS_H
#define OOBM_CONF_SECRETS_H

#include "base/buf.h"
#include "base/err.h"

enum secrets_care {
	SECRETS_PRIVATE,	/* nobody but its owner reads or writes it */
	SECRETS_TRUSTED,	/* nobody but its owner writes it */
};

/* Reads all of PATH, a regular file of 1..MAX bytes without a NUL that belongs to root or to the
 * running user, and gives no more than CARE to others. INTO is initialised here and freed by the caller
 * also after an error. Returns 0, or -1 with a phrase in E that names PATH and the command that mends it. */
int secrets_read(const char *path, size_t max, enum secrets_care care, struct buf *into, struct err *e);

/* Reads a secret of one line; the line break at its end is dropped. Returns a text the caller wipes and
 * frees, or NULL with E. */
char *secrets_line(const char *path, struct err *e);

/* Reads a private key: ed25519, OpenSSH's format, without passphrase. Returns its text, or NULL with E
 * that says how to make one. */
char *secrets_key(const char *path, struct err *e);

#endif
