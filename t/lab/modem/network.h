/* network.h - the mobile network around the modem: registration, operator, messages both ways. */
#ifndef MODEM_NETWORK_H
#define MODEM_NETWORK_H

#include "run/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dce;
struct modem;
struct pdu;

/* <stat> of +CREG (27.007 7.2) */
enum { REG_OFF = 0, REG_HOME = 1, REG_SEARCHING = 2, REG_DENIED = 3, REG_ROAMING = 5 };

/* A message that the modem sent. */
struct sent {
	char *number, *text, *hex;
};

/* A message that waits for the modem: not registered, not powered, or its store is full. */
struct waiting {
	struct waiting *next;
	char *hex;
	unsigned octets;
	char store[4];		/* "" : where the modem wants it */
	bool quiet;		/* no +CMTI */
};

struct network {
	int stat;		/* now */
	int grants;		/* what a search ends in */
	long csq, ber;
	char oper[32], plmn[8];
	char apn[64];		/* the only one that is let in; "": any */
	long oper_format;	/* of +COPS? */
	long act;		/* <AcT>: 0 GSM, 2 UMTS, 7 E-UTRAN */
	unsigned lac, cell;
	int64_t search_ms, submit_ms;
	struct timer *search, *submit;
	/* the message that is being sent: one at a time */
	struct sent going;
	void (*gone)(struct dce *d, unsigned mr);
	struct dce *sender;
	uint8_t mr;
	struct waiting *waiting;
	struct sent *sent;
	size_t nsent;
};

void network_init(struct modem *m);
void network_free(struct modem *m);

/* Begins to search (the card is ready and the radio on), or stops. */
void network_search(struct modem *m);
void network_stop(struct modem *m);
/* What the network grants from now on: REG_*. A modem that searches or is registered feels it at once. */
void network_grant(struct modem *m, int stat);
bool network_registered(const struct modem *m);

/* A message from the air: PDU as hex with its service centre, OCTETS of TPDU. Returns 0, or -1. */
int network_deliver(struct modem *m, const char *hex, unsigned octets, const char *store, bool quiet);
/* Hands over what waits, as far as there is room. */
void network_push(struct modem *m);
/* The modem sends a message: DONE hears its reference when the network has it, after submit_ms. */
void network_submit(struct modem *m, const char *hex, const struct pdu *pdu,
		    void (*done)(struct dce *d, unsigned mr), struct dce *d);

#endif
