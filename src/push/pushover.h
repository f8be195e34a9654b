/* pushover.h - Pushover's message API: the form it wants, and what its answers mean. Works on texts
 * only; post.h moves them. */
#ifndef OOBM_PUSH_PUSHOVER_H
#define OOBM_PUSH_PUSHOVER_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits of the service, in characters. */
#define PUSHOVER_TEXT_MAX 1024
#define PUSHOVER_TITLE_MAX 250
#define PUSHOVER_URL_MAX 512
#define PUSHOVER_URL_TITLE_MAX 100

#define PUSHOVER_FORM_MAX 32768	/* every character four bytes, every byte %XX, and the rest */
#define PUSHOVER_AGAIN_MS 5000	/* the service asks for this pause after its own failures */

/* An emergency (priority 2) is repeated on the phone every so often until somebody acknowledges it. */
#define PUSHOVER_RETRY_S 60
#define PUSHOVER_EXPIRE_S 1800

struct pushover_account {
	const char *token, *user;	/* secret */
	const char *device, *sound;	/* "" for the account's default */
};

struct pushover_notice {
	const char *title, *text;
	const char *url, *url_title;	/* NULL for none */
	int priority;			/* -2..2 */
};

/* Writes the form (application/x-www-form-urlencoded) to TO. Text, title and the url's title are cut at
 * the limits, between characters, and end in "..." then; an address that is too long is left out,
 * since half of one leads nowhere. Returns 0, or -1 if TO has no room. */
int pushover_form(struct buf *to, const struct pushover_account *a, const struct pushover_notice *n);

/* An answer of the service. */
struct pushover_answer {
	int status;		/* of HTTP, 100..999 */
	const char *body;
	size_t len;
	int64_t limit;		/* X-Limit-App-Limit: messages a month; -1 if not told */
	int64_t reset;		/* X-Limit-App-Reset: seconds since 1970; -1 if not told */
};

struct pushover_verdict {
	bool sent;
	bool fatal;		/* not sent, and never will be as it is */
	int64_t again;		/* neither: ms until another try is welcome */
	char receipt[64];	/* of an emergency; "" if none */
	char reason[ERR_TEXT_MAX];	/* not sent: a sentence; never holds the account's secrets */
};

void pushover_judge(const struct pushover_account *a, const struct pushover_answer *in,
		    struct pushover_verdict *out);

#endif
