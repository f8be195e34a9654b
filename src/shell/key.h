/* key.h - the SSH key that the user of this login came with. */
#ifndef OOBM_SHELL_KEY_H
#define OOBM_SHELL_KEY_H

#include "base/err.h"
#include "core/rights.h"

#include <stddef.h>

/* OUT becomes the fingerprint ("SHA256:...") of the first public key in the LEN bytes TEXT, which is what sshd writes
 * to the file $SSH_USER_AUTH with ExposeAuthInfo. Returns 0, or -1 with E: there is none, or it makes no sense. */
int key_fingerprint(const char *text, size_t len, char out[RIGHTS_KEY_MAX], struct err *e);

/* The same from the file PATH. */
int key_from_file(const char *path, char out[RIGHTS_KEY_MAX], struct err *e);

#endif
