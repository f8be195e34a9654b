/* modem_impl.h - shared by the files of the modem, and by nobody else. */
#ifndef OOBM_AGENT_MODEM_IMPL_H
#define OOBM_AGENT_MODEM_IMPL_H

#include "agent/chat.h"
#include "agent/modem.h"
#include "agent/profile.h"

#include <stddef.h>

enum modem_phase { MODEM_CLOSED, MODEM_CLAIMING, MODEM_INIT, MODEM_READY };
enum modem_call { CALL_NONE, CALL_DIALLING, CALL_DATA, CALL_ENDING };

struct modem {
	struct loop *loop;
	struct modem_config c;
	const struct modem_ops *ops;
	void *arg;
	struct modem_info info;
	const struct profile *profile;
	enum modem_phase phase;
	char path[128], command_path[128];
	struct serial *data_port, *command_port;	/* command_port NULL: one port for both */
	struct chat *data, *command;			/* the same if there is one port */
	struct timer *timer;		/* init: a pause before a step is repeated; ready: the minute */
	unsigned fails;			/* openings that failed in a row */
	unsigned unregistered;		/* minutes without a network */

	/* init */
	size_t step;
	unsigned repeats, sub;
	char manufacturer[MODEM_TEXT_MAX];

	/* messages */
	char store[MODEM_STORE_MAX];	/* the one that AT+CPMS chose last; "" unknown */
	bool refused;			/* ... and did not get: what is listed now is in another */
	bool chosen;			/* some store could be chosen */
	bool sweeping;
	bool more;			/* messages were left that there was no room for: sweep again */
	modem_sent_cb *sent;
	void *sent_arg;

	/* the call */
	enum modem_call call;
	struct timer *dtr;
	struct timer *carrier;
	int64_t carrier_until;		/* whether DCD comes is seen until then */
	modem_dialled_cb *dialled;
	modem_hung_up_cb *hung_up;
	void *dialled_arg, *hung_up_arg;
};

/* modem.c */
void modem_fail(struct modem *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void modem_initialised(struct modem *m);

/* modem_init.c */
void modem_init_start(struct modem *m);
void modem_init_timer(struct modem *m);
void modem_poll(struct modem *m);	/* signal and registration, once a minute */

/* modem_sms.c */
void modem_take_urc(struct modem *m, const char *text);

/* modem_call.c */
void modem_call_init(struct modem *m);
void modem_call_lost(struct modem *m);	/* the port is gone: answers who waits */

#endif
