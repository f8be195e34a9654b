/* session.h - an SSH session with the relay: host key, login, forwards, and a stream for each
 * connection that arrives through them. session.c is the only user of libssh. */
#ifndef OOBM_TUNNEL_SESSION_H
#define OOBM_TUNNEL_SESSION_H

#include "base/err.h"
#include "run/loop.h"
#include "tunnel/relay.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;
struct stream;

/* All are called from the loop or from inside stream_write; only on_end may free the session. */
struct session_ops {
	/* The host key is right, the login done, every forward listens. */
	void (*on_up)(void *arg);
	/* It is over, before or after on_up; called once. STEP: hostkey, auth, forward or session. FATAL:
	 * another try makes no sense before somebody changes something. */
	void (*on_end)(void *arg, const char *step, bool fatal, const struct err *e);
	/* A connection arrived at PORT of the relay; FROM is who came there. The stream is the callee's, who
	 * calls stream_set_ops at once. */
	void (*on_stream)(void *arg, struct stream *st, uint16_t port, const char *from);
	/* Streams may be written again (see session_writable). */
	void (*on_room)(void *arg);
};

struct session_opts {
	const struct relay *relay;	/* kept by reference */
	const char *peer;		/* "198.51.100.2:22", for messages */
	int64_t idle_ms;		/* nothing heard for so long: ask for a sign of life */
	int64_t answer_ms;		/* and it has so long to come */
	int64_t patience_ms;		/* how long a refused forward is asked for again; 0: not */
};

/* Logs in over FD, a connected socket, which becomes the session's. The caller has the deadline: libssh's
 * own does not hold. NULL with E and FATAL if it could not even begin. */
struct session *session_start(struct loop *l, int fd, const struct session_opts *o,
			      const struct session_ops *ops, void *arg, bool *fatal, struct err *e);

/* Says goodbye if that goes without waiting, closes the socket. Streams must be closed before. */
void session_free(struct session *s);	/* NULL is fine */

/* Where the session stands, for the message when the caller's deadline comes: a step and a phrase. */
void session_where(const struct session *s, const char **step, const char **phrase);

/* Bytes received and sent on the socket since the start. */
void session_bytes(const struct session *s, uint64_t *received, uint64_t *sent);

/* May a stream be written now, or is the socket full? */
bool session_writable(const struct session *s);

/* Reads nothing from the socket while PAUSE, so that the relay is held back. */
void session_pause(struct session *s, bool pause);

struct stream_ops {
	/* N bytes wait (those left over from before, and new ones behind them). Returns how many are
	 * taken; what is left counts against the stream's window, and is not offered again before new
	 * bytes come: use stream_drain when there is room. */
	size_t (*on_data)(void *arg, const void *p, size_t n);
	void (*on_eof)(void *arg);	/* nothing follows; but left-over bytes may wait */
	void (*on_close)(void *arg);	/* the relay closed; stream_close is still to be called */
};
void stream_set_ops(struct stream *st, const struct stream_ops *ops, void *arg);

/* Bytes held back in the stream: offered, and not taken. */
size_t stream_held(const struct stream *st);

/* Takes all held bytes, stream_held of them, to P. (Taking part of them would grant the relay window
 * for more each time, without bound.) Returns how many. */
size_t stream_drain(struct stream *st, void *p);

/* How many bytes the relay is ready to take. */
size_t stream_room(const struct stream *st);

/* Sends up to stream_room bytes. Returns how many were taken: fewer while keys are exchanged; -1 if the
 * stream is dead. */
int stream_write(struct stream *st, const void *p, size_t n);

void stream_eof(struct stream *st);

/* Closes and frees. Not from inside a stream's callback. */
void stream_close(struct stream *st);

#endif
