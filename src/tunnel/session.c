/* session.c - libssh, driven from our loop. See session.h.
 *
 * What libssh needs to be handled with: it puts the socket into blocking mode once it is connected; any
 * error of recv and send, EAGAIN too, ends the session, so it is let at the socket only when that is
 * ready; it closes its descriptor itself after some errors, so it gets a copy; and each of its writes may
 * read as well, so that callbacks come from there, too. Callbacks therefore never free anything. */
#include "tunnel/session.h"
#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "os/tcp.h"
#include "tunnel/algorithms.h"
#include "tunnel/alive.h"
#include "tunnel/refusal.h"

#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS_MAX 64		/* reads of the socket (4 KiB each) before others get their turn */
#define UNSENT_MAX (64u * 1024)	/* bytes waiting in the kernel: half a second at 1 Mbit/s */
#define FORWARD_AGAIN_MS (3 * SEC_MS)	/* after a refusal */

enum state { CONNECTING, AUTHENTICATING, FORWARDING, UP, ENDED };
static const struct { const char *step, *phrase; } places[] = {
	[CONNECTING] = { "session", "the encryption was set up" },
	[AUTHENTICATING] = { "auth", "logging in" },
	[FORWARDING] = { "forward", "being asked for its port" },
	[UP] = { "session", "the tunnel was up" },
	[ENDED] = { "session", "the tunnel ended" },
};

struct stream {
	struct session *s;
	ssh_channel ch;
	struct ssh_channel_callbacks_struct cb;
	const struct stream_ops *ops;
	void *arg;
	size_t held;
};

struct session {
	const struct relay *relay;
	char peer[64];
	const struct session_ops *ops;
	void *arg;
	enum state state;
	ssh_session ssh;
	ssh_key key;
	ssh_event event;
	int fd, ssh_fd;			/* ours, and libssh's copy of it */
	struct watch *watch;
	struct timer *kick;		/* does a step from the loop soon */
	struct alive *alive;
	struct ssh_counter_struct wire, packets;
	uint64_t heard;			/* wire.in_bytes, when last looked at */
	int64_t patience_ms;
	size_t forward;			/* being asked for */
	bool given;			/* libssh has taken ssh_fd */
	int64_t refused_since;
	bool waiting;			/* before a refused forward is asked for again */
	bool paused, failed;
	const char *fail_step;
	bool fail_fatal;
	struct err why;
};

static void fail(struct session *s, const char *step, bool fatal)
{
	s->failed = true;
	s->fail_step = step;
	s->fail_fatal = fatal;
}

static void set_want(struct session *s)
{
	int want = s->paused || s->waiting ? 0 : LOOP_READ;

	if (s->state == ENDED || s->failed)
		want = 0;
	else if (ssh_get_poll_flags(s->ssh) & SSH_WRITE_PENDING)
		want |= LOOP_WRITE;
	watch_want(s->watch, want);
}

/* The peer was heard if bytes came in; the clock for the next sign of life starts anew. */
static bool note_heard(struct session *s)
{
	if (s->wire.in_bytes == s->heard)
		return false;
	s->heard = s->wire.in_bytes;
	alive_heard(s->alive);
	return true;
}

static bool broken(const struct session *s)
{
	return !ssh_is_connected(s->ssh) || ssh_get_status(s->ssh) & (SSH_CLOSED | SSH_CLOSED_ERROR);
}

/* After a call that sends: it may have read, too. A window or the end found there is seen to soon. */
static void sent(struct session *s)
{
	if (note_heard(s) || broken(s))
		timer_set(s->kick, 0);
	set_want(s);
}

/* --- host key ---------------------------------------------------------------------- */

/* "SHA256:..." of a key, to be freed with ssh_string_free_char, or NULL. */
static char *fingerprint(ssh_key key)
{
	unsigned char *hash = NULL;
	size_t len = 0;
	char *text;

	if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &len) < 0)
		return NULL;
	text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, len);
	ssh_clean_pubkey_hash(&hash);
	return text;
}

static int check_known(struct session *s, const struct shown *k)
{
	switch (ssh_session_is_known_server(s->ssh)) {
	case SSH_KNOWN_HOSTS_OK:
		return 0;
	case SSH_KNOWN_HOSTS_CHANGED:
	case SSH_KNOWN_HOSTS_OTHER:
		return refusal_changed(k, &s->why);
	case SSH_KNOWN_HOSTS_UNKNOWN:
		return refusal_unknown(k, &s->why);
	case SSH_KNOWN_HOSTS_NOT_FOUND:
		return refusal_missing(k->relay, &s->why);
	default:
		return err_set(&s->why, "the host key of the relay %s could not be checked: %s", k->relay->host,
			       ssh_get_error(s->ssh));
	}
}

static int check_hostkey(struct session *s)
{
	struct shown k = { .relay = s->relay, .peer = s->peer };
	ssh_key key = NULL;
	char *seen = NULL;
	int rc = -1;

	if (ssh_get_server_publickey(s->ssh, &key) < 0 || !(seen = fingerprint(key))) {
		err_set(&s->why, "the relay %s (%s) shows no host key that can be read", s->relay->host, s->peer);
		goto out;
	}
	k.seen = seen;
	k.type = ssh_key_type_to_char(ssh_key_type(key));
	if (s->relay->hostkey[0])
		rc = refusal_unless_pinned(&k, &s->why);
	else if (s->relay->known_hosts[0])
		rc = check_known(s, &k);
	else
		rc = refusal_unlisted(&k, &s->why);
	if (rc == 0)
		log_debug("host key %s (%s) is right", k.seen, k.type);
out:
	ssh_string_free_char(seen);
	ssh_key_free(key);
	return rc;
}

/* --- the way up --------------------------------------------------------------------- */

/* The session itself broke: say what libssh knows. */
static void broke(struct session *s)
{
	const char *text = ssh_get_error(s->ssh);

	if (!*text || strcmp(text, "Socket error: disconnected") == 0)
		text = "it closed the connection";
	err_set(&s->why, "the relay %s (%s) failed while %s: %s", s->relay->host, s->peer,
		places[s->state].phrase, text);
	fail(s, "session", false);
}

static bool step_connect(struct session *s)
{
	int rc = ssh_connect(s->ssh);

	s->given = true;
	/* libssh has made it blocking; a frozen relay would freeze us in send(2) */
	fcntl(s->fd, F_SETFL, fcntl(s->fd, F_GETFL) | O_NONBLOCK);
	if (rc == SSH_AGAIN)
		return false;
	if (rc != SSH_OK) {
		broke(s);
		return false;
	}
	if (check_hostkey(s) < 0) {
		fail(s, "hostkey", true);
		return false;
	}
	s->state = AUTHENTICATING;
	return true;
}

static bool step_auth(struct session *s)
{
	char *ours;

	switch (ssh_userauth_publickey(s->ssh, NULL, s->key)) {
	case SSH_AUTH_AGAIN:
		return false;
	case SSH_AUTH_SUCCESS:
		s->state = FORWARDING;
		return true;
	case SSH_AUTH_DENIED:
	case SSH_AUTH_PARTIAL:
		ours = fingerprint(s->key);
		refusal_login(s->relay, s->peer, ours ? ours : "of this agent", &s->why);
		ssh_string_free_char(ours);
		fail(s, "auth", true);
		return false;
	default:
		broke(s);
		return false;
	}
}

/* A session of ours that the carrier cut off holds the port until the relay notices, which takes its
 * ClientAliveInterval times its ClientAliveCountMax: ask again in this session rather than dial again. */
static bool ask_again(struct session *s)
{
	int64_t now = clock_mono_ms();

	if (s->refused_since == 0)
		s->refused_since = now;
	if (now - s->refused_since >= s->patience_ms)
		return false;
	log_debug("the relay refuses port %u; asking again", s->relay->forward[s->forward].listen);
	s->waiting = true;
	timer_set(s->kick, s->patience_ms < 2 * FORWARD_AGAIN_MS ? s->patience_ms / 2 : FORWARD_AGAIN_MS);
	return true;
}

static bool step_forward(struct session *s)
{
	int rc;

	if (s->waiting)
		return false;
	/* "" is any address of the relay; its GatewayPorts decides whether it is more than loopback */
	rc = ssh_channel_listen_forward(s->ssh, NULL, s->relay->forward[s->forward].listen, NULL);
	if (rc == SSH_AGAIN)
		return false;
	if (rc != SSH_OK) {
		if (broken(s)) {
			broke(s);
		} else if (!ask_again(s)) {
			refusal_forward(s->relay, s->peer, s->relay->forward[s->forward].listen, &s->why);
			fail(s, "forward", false);
		}
		return false;
	}
	if (++s->forward < s->relay->nforward)
		return true;
	s->event = ssh_event_new();
	if (!s->event || ssh_event_add_session(s->event, s->ssh) != SSH_OK) {
		err_set(&s->why, "out of memory");
		fail(s, "session", false);
		return false;
	}
	s->state = UP;
	alive_start(s->alive);
	s->ops->on_up(s->arg);
	return true;
}

static bool step_up(struct session *s)
{
	int rc = SSH_OK;

	for (int i = 0; i < ROUNDS_MAX && rc == SSH_OK && !s->paused; i++)
		rc = ssh_event_dopoll(s->event, 0);
	if (rc == SSH_ERROR || broken(s)) {
		broke(s);
		return false;
	}
	if (session_writable(s))
		s->ops->on_room(s->arg);
	return false;
}

static void step(struct session *s)
{
	static bool (*const steps[])(struct session *) = {
		[CONNECTING] = step_connect,
		[AUTHENTICATING] = step_auth,
		[FORWARDING] = step_forward,
		[UP] = step_up,
	};

	while (s->state != ENDED && !s->failed && steps[s->state](s))
		;
	note_heard(s);
	set_want(s);
	if (s->failed && s->state != ENDED) {
		s->state = ENDED;
		alive_stop(s->alive);
		s->ops->on_end(s->arg, s->fail_step, s->fail_fatal, &s->why);
	}
}

static void on_socket(void *arg, int ready)
{
	(void)ready;
	step(arg);
}

static void on_kick(void *arg)
{
	struct session *s = arg;

	s->waiting = false;
	step(s);
}

/* --- signs of life ------------------------------------------------------------------- */

/* libssh allows one pending request, and a call while the last one's answer is there only takes note of
 * the answer: the packet counter tells whether anything was sent. */
static void ask_for_life(void *arg)
{
	struct session *s = arg;
	uint64_t before = s->packets.out_packets;

	ssh_send_keepalive(s->ssh);
	if (s->packets.out_packets == before)
		ssh_send_keepalive(s->ssh);
	sent(s);
}

static void on_silence(void *arg, int64_t silent_ms)
{
	struct session *s = arg;

	refusal_silence(s->relay, s->peer, (long long)(silent_ms / 1000), &s->why);
	fail(s, "session", false);
	step(s);
}

/* --- streams ------------------------------------------------------------------------- */

static int on_data(ssh_session ssh, ssh_channel ch, void *data, uint32_t len, int is_stderr, void *arg)
{
	struct stream *st = arg;
	size_t taken;

	(void)ssh;
	(void)ch;
	if (is_stderr)
		return (int)len;	/* a TCP connection has no such thing */
	taken = st->ops->on_data(st->arg, data, len);
	st->held = len - taken;
	return (int)taken;
}

static void on_eof(ssh_session ssh, ssh_channel ch, void *arg)
{
	struct stream *st = arg;

	(void)ssh;
	(void)ch;
	st->ops->on_eof(st->arg);
}

static void on_close(ssh_session ssh, ssh_channel ch, void *arg)
{
	struct stream *st = arg;

	(void)ssh;
	(void)ch;
	st->ops->on_close(st->arg);
}

static void accept_stream(struct session *s, ssh_message m)
{
	const char *from = ssh_message_channel_request_open_originator(m);
	int port = ssh_message_channel_request_open_destination_port(m);
	ssh_channel ch = ssh_message_channel_request_open_reply_accept(m);
	struct stream *st;

	if (!ch) {
		log_warn("a connection to port %d of the relay is lost: %s", port, ssh_get_error(s->ssh));
		return;
	}
	st = alloc_zero(sizeof *st);
	st->s = s;
	st->ch = ch;
	st->cb = (struct ssh_channel_callbacks_struct){
		.userdata = st,
		.channel_data_function = on_data,
		.channel_eof_function = on_eof,
		.channel_close_function = on_close,
	};
	ssh_callbacks_init(&st->cb);
	ssh_set_channel_callbacks(st->ch, &st->cb);
	s->ops->on_stream(s->arg, st, (uint16_t)port, from ? from : "?");
}

/* Whatever the relay asks for besides a connection through a forward is refused (1). */
static int on_message(ssh_session ssh, ssh_message m, void *arg)
{
	struct session *s = arg;

	(void)ssh;
	if (s->state < FORWARDING || s->state == ENDED || ssh_message_type(m) != SSH_REQUEST_CHANNEL_OPEN ||
	    ssh_message_subtype(m) != SSH_CHANNEL_FORWARDED_TCPIP)
		return 1;
	accept_stream(s, m);
	return 0;
}

void stream_set_ops(struct stream *st, const struct stream_ops *ops, void *arg)
{
	st->ops = ops;
	st->arg = arg;
}

size_t stream_held(const struct stream *st)
{
	return st->held;
}

size_t stream_drain(struct stream *st, void *p)
{
	int n;

	if (st->held == 0)
		return 0;
	n = ssh_channel_read_timeout(st->ch, p, (uint32_t)st->held, 0, 0);
	st->held = 0;
	sent(st->s);	/* a window, perhaps */
	return n > 0 ? (size_t)n : 0;
}

size_t stream_room(const struct stream *st)
{
	return ssh_channel_window_size(st->ch);
}

int stream_write(struct stream *st, const void *p, size_t n)
{
	int rc;

	if (st->s->failed || st->s->state == ENDED || ssh_channel_is_closed(st->ch))
		return -1;
	rc = ssh_channel_write(st->ch, p, (uint32_t)n);
	sent(st->s);
	return rc < 0 ? -1 : rc;
}

void stream_eof(struct stream *st)
{
	if (st->s->state == ENDED)
		return;
	ssh_channel_send_eof(st->ch);
	sent(st->s);
}

void stream_close(struct stream *st)
{
	ssh_remove_channel_callbacks(st->ch, &st->cb);
	/* the first call only sends the EOF while the socket is full, and the second the close */
	if (st->s->state != ENDED && ssh_channel_close(st->ch) == SSH_AGAIN)
		ssh_channel_close(st->ch);
	ssh_channel_free(st->ch);
	if (st->s->state != ENDED)
		sent(st->s);
	free(st);
}

/* --- session ------------------------------------------------------------------------- */

static int set_options(struct session *s)
{
	const struct relay *r = s->relay;
	const char *known = r->hostkey[0] || !r->known_hosts[0] ? "/dev/null" : r->known_hosts;
	unsigned port = r->port;
	const char *ciphers = algorithms_cipher();
	int yes = 1, rc = 0;
	bool process = false;

	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_PROCESS_CONFIG, &process);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_SSH_DIR, "/nonexistent");
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_HOST, r->host);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_PORT, &port);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_USER, r->user);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_KNOWNHOSTS, known);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, known);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_STRICTHOSTKEYCHECK, &yes);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_KEY_EXCHANGE, ALGORITHMS_KEX);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_CIPHERS_C_S, ciphers);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_CIPHERS_S_C, ciphers);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_HMAC_C_S, ALGORITHMS_MAC);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_HMAC_S_C, ALGORITHMS_MAC);
	rc |= ssh_options_set(s->ssh, SSH_OPTIONS_FD, &s->ssh_fd);
	if (rc != 0)
		return err_set(&s->why, "the SSH library does not accept the relay's settings: %s", ssh_get_error(s->ssh));
	ssh_set_blocking(s->ssh, 0);
	return 0;
}

struct session *session_start(struct loop *l, int fd, const struct session_opts *o,
			      const struct session_ops *ops, void *arg, bool *fatal, struct err *e)
{
	static const struct alive_ops life = { ask_for_life, on_silence };
	struct session *s = alloc_zero(sizeof *s);

	*fatal = false;
	*s = (struct session){ .relay = o->relay, .ops = ops, .arg = arg, .fd = fd, .patience_ms = o->patience_ms };
	snprintf(s->peer, sizeof s->peer, "%s", o->peer);
	s->watch = watch_new(l, fd, LOOP_READ | LOOP_WRITE, on_socket, s);
	s->kick = timer_new(l, on_kick, s);
	s->alive = alive_new(l, o->idle_ms, o->answer_ms, &life, s);
	s->ssh_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	s->ssh = ssh_new();
	if (s->ssh_fd < 0 || !s->ssh) {
		err_set(&s->why, "no memory or descriptor for an SSH session");
		goto failed;
	}
	if (ssh_pki_import_privkey_base64(o->relay->key, NULL, NULL, NULL, &s->key) != SSH_OK) {
		*fatal = true;
		refusal_key(s->relay, &s->why);
		goto failed;
	}
	if (set_options(s) < 0) {
		*fatal = true;
		goto failed;
	}
	ssh_set_counters(s->ssh, &s->wire, &s->packets);
	ssh_set_message_callback(s->ssh, on_message, s);
	os_tune_tcp(fd, (unsigned)(o->idle_ms + o->answer_ms), UNSENT_MAX);
	return s;
failed:
	*e = s->why;
	session_free(s);
	return NULL;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	watch_free(s->watch);
	timer_free(s->kick);
	alive_free(s->alive);
	if (s->ssh) {
		/* after some errors libssh has closed its descriptor; after a goodbye it forgets it */
		if (s->given && ssh_get_fd(s->ssh) < 0)
			s->ssh_fd = -1;
		else if (s->given)
			ssh_set_fd_towrite(s->ssh);
		ssh_disconnect(s->ssh);
		ssh_event_free(s->event);
		ssh_free(s->ssh);
	}
	ssh_key_free(s->key);
	if (s->ssh_fd >= 0)
		close(s->ssh_fd);
	close(s->fd);
	free(s);
}

void session_where(const struct session *s, const char **step, const char **phrase)
{
	*step = places[s->state].step;
	*phrase = places[s->state].phrase;
}

void session_bytes(const struct session *s, uint64_t *received, uint64_t *sent)
{
	*received = s->wire.in_bytes;
	*sent = s->wire.out_bytes;
}

bool session_writable(const struct session *s)
{
	return s->state == UP && !s->failed && !(ssh_get_status(s->ssh) & SSH_WRITE_PENDING);
}

void session_pause(struct session *s, bool pause)
{
	s->paused = pause;
	alive_deaf(s->alive, pause);
	set_want(s);
}
