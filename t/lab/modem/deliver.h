/* deliver.h - from a sender and a text to the PDUs that a modem would get from the air. */
#ifndef MODEM_DELIVER_H
#define MODEM_DELIVER_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct modem;

struct deliver {
	const char *raw;		/* a whole PDU in hex, or NULL */
	const char *from, *text;
	int64_t scts;			/* service centre time, seconds since 1970 */
	bool scts_given;		/* else now */
	const char *store;		/* "SM", "ME", or NULL for where the modem wants it */
	bool quiet, ucs2;		/* no +CMTI; UCS2 even if the text would do without */
};

/* Hands the message to the network, in parts if it is long. Returns 0, or -1 with E. */
int deliver(struct modem *m, const struct deliver *d, struct err *e);

#endif
