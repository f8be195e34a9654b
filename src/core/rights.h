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
	bool keyed;	/* the account is shared, and told apart by SSH keys: NAME has to be claimed */
	char power[RIGHTS_LIST_MAX], write[RIGHTS_LIST_MAX], read[RIGHTS_LIST_MAX];	/* "nas,gw" or "*" */
	bool window;
};

struct rights {
	size_t n;
	struct rights_operator operator[RIGHTS_OPERATORS_MAX];
};

/* Adds an operator; texts are copied, NULL is "". Returns 0, or -1 if it does not fit. */
int rights_add(struct rights *r, const char *name, uint32_t uid, bool keyed, const char *power, const char *write,
	       const char *read, bool window);

/* The operator who a process of UID is. CLAIM is what it says of itself ("" or NULL for nothing): within one account
 * that several share, oobm-shell, which is all that they can run, tells which key came. NULL if there is none. */
const struct rights_operator *rights_who(const struct rights *r, uint32_t uid, const char *claim);

/* May a process of UID, claiming to be CLAIM, do WHAT with TARGET (NULL for RIGHT_WINDOW)? */
bool rights_may(const struct rights *r, uint32_t uid, const char *claim, enum right what, const char *target);

#endif
