/* chat.h - AT commands on a port, one after the other, each with a deadline (V.250 5, 6). */
#ifndef OOBM_AGENT_CHAT_H
#define OOBM_AGENT_CHAT_H

#include "run/loop.h"
#include "run/serial.h"

#include <stdbool.h>
#include <stdint.h>

struct chat;

enum chat_end {
	CHAT_OK,
	CHAT_ERROR,	/* ERROR, +CME ERROR, +CMS ERROR, and the like */
	CHAT_CONNECT,	/* the port is in data mode; reading has stopped */
	CHAT_NO_CARRIER,	/* NO CARRIER, BUSY, NO DIALTONE, NO ANSWER */
	CHAT_TIMEOUT,
	CHAT_CANCELLED,
	CHAT_GONE,	/* the port is gone */
};

struct chat_result {
	enum chat_end end;
	const char *text;	/* the final result in words for people: "+CME ERROR: 30 (no network service)" */
	int code;		/* of +CME or +CMS ERROR, else -1 */
	const char *info;	/* information lines, joined by \n; "" for none */
	bool unsure;		/* no answer came to a PDU that was given: it may be on its way */
};

typedef void chat_cb(void *arg, const struct chat_result *r);

struct chat_ops {
	void (*on_urc)(void *arg, const char *text);
	/* Unplugged, or it does not answer any more. Called once; every waiting command was answered before. */
	void (*on_gone)(void *arg, const char *why);
};

/* Uses PORT, which stays the caller's, and is closed by him after chat_free. */
struct chat *chat_new(struct loop *l, struct serial *port, const struct chat_ops *ops, void *arg);
/* Answers nothing any more: waiting commands are forgotten. Safe from inside a callback. NULL is fine. */
void chat_free(struct chat *c);

/* Queues a command ("AT+CSQ", without CR). CB may be NULL; it runs from the loop, never from here. */
void chat_command(struct chat *c, int64_t timeout_ms, chat_cb *cb, void *arg, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Queues AT+CMGS=OCTETS and, after the prompt, the PDU's hex digits and Ctrl-Z (27.005 4.3). */
void chat_send_pdu(struct chat *c, int64_t timeout_ms, chat_cb *cb, void *arg, unsigned octets,
		   const char *hex);

/* Wakes and synchronises: ESC, then AT until OK, at most TRIES times a second. CB gets CHAT_OK or
 * CHAT_TIMEOUT. */
void chat_sync(struct chat *c, unsigned tries, chat_cb *cb, void *arg);

/* Aborts the running command by a character (V.250 5.6.1: dialling can be aborted so) and forgets the
 * queued ones: their callbacks get CHAT_CANCELLED. */
void chat_cancel(struct chat *c);

/* After CONNECT the port is another program's; chat_resume reads again, forgetting what was half read. */
void chat_resume(struct chat *c);

bool chat_idle(const struct chat *c);
/* May commands be queued that can wait for a better moment? The rest of the room is for those that cannot. */
bool chat_has_room(const struct chat *c);

#endif
