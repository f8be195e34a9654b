/* rights.h - what a local user may do with the machines that are looked after. Pure.
 *
 * Who may connect at all is decided by the sockets' group. If no operator is listed, whoever may connect may
 * do everything; else only what stands beside his name. Root may do everything. */
#ifndef OOBM_CORE_RIGHTS_H
#define OOBM_CORE_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RIGHTS_OPERATORS_MAX 16
#define RIGHTS_NAME_MAX 32
#define RIGHTS_KEY_MAX 51	/* "SHA256:" and 43 characters */
#define RIGHTS_LIST_MAX 272	/* eight names of 31 characters, with commas */

enum right {
	RIGHT_READ,	/* see a console, its recordings, its last line */
	RIGHT_WRITE,	/* type on it; includes reading */
	RIGHT_POWER,	/* press the buttons */
	RIGHT_WINDOW,	/* up, down, extend, log-level; of no target */
};

struct rights_operator {
	char name[RIGHTS_NAME_MAX];
	uint32_t uid;
	char key[RIGHTS_KEY_MAX];	/* tells this one from others who share the account; "": whoever else uses it */
	char power[RIGHTS_LIST_MAX], write[RIGHTS_LIST_MAX], read[RIGHTS_LIST_MAX];	/* "nas,gw" or "*" */
	bool window;
};

struct rights {
	size_t n;
	struct rights_operator operator[RIGHTS_OPERATORS_MAX];
};

/* Is it the SHA-256 fingerprint of a key, as ssh-keygen -l writes it? */
bool rights_key_ok(const char *key);

/* Adds an operator; texts are copied, NULL is "". Returns 0, or -1 if it does not fit. */
int rights_add(struct rights *r, const char *name, uint32_t uid, const char *key, const char *power, const char *write,
	       const char *read, bool window);

/* The operator who a process of UID is. KEY is the fingerprint of the SSH key that the person came with, "" or NULL if
 * that is not known. Nobody can check what a process says of that; within one account that several share, it is said by
 * oobm-shell, which is all that they can run. NULL if there is no such operator. */
const struct rights_operator *rights_who(const struct rights *r, uint32_t uid, const char *key);

/* May a process of UID, whose person came with KEY, do WHAT with TARGET (NULL for RIGHT_WINDOW)? */
bool rights_may(const struct rights *r, uint32_t uid, const char *key, enum right what, const char *target);

#endif
