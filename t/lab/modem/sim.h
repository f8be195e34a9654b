/* sim.h - the card, and the message stores: SM on the card, ME in the modem. */
#ifndef MODEM_SIM_H
#define MODEM_SIM_H

#include <stdbool.h>
#include <stddef.h>

enum sim_state { SIM_MISSING, SIM_PIN, SIM_PUK, SIM_READY };

/* <stat> of 27.005 3.1 */
enum { SMS_UNREAD, SMS_READ, SMS_UNSENT, SMS_SENT, SMS_ALL };

struct sms {
	char *hex;	/* NULL: the place is empty */
	int stat;
};

struct store {
	const char *name;
	size_t size, used;
	struct sms *place;
};

struct sim {
	enum sim_state state;
	bool asks_pin;			/* after power-on */
	char pin[9];
	int tries;
	const char *imsi;
	char smsc[24];
	struct store store[2];		/* SM, ME */
	struct store *mem[3];		/* +CPMS: read and delete, write and send, received */
};

/* Makes the stores, with SM and ME places for messages. */
void sim_init(struct sim *s, size_t sm, size_t me);
void sim_free(struct sim *s);
/* As after power-on: asks for the PIN if it has one. */
void sim_power_on(struct sim *s, const char *store);

struct store *sim_store(struct sim *s, const char *name);

/* Copies HEX into the first empty place. Returns its index, or -1 when the store is full. */
int store_add(struct store *t, const char *hex, int stat);
void store_delete(struct store *t, size_t index);

/* Tries a PIN. Returns 0, or -1; three wrong ones lock the card. */
int sim_try_pin(struct sim *s, const char *pin);

#endif
