#include "tunnel/refusal.h"

#include <stdbool.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned char diff = n != m;

	for (size_t i = 0; i < n; i++)
		diff |= (unsigned char)(a[i] ^ (i < m ? b[i] : 0));
	return diff == 0;
}

int refusal_unless_pinned(const struct shown *k, struct err *e)
{
	if (same_text(k->seen, k->relay->hostkey))
		return 0;
	return err_set(e,
		       "the relay %s (%s) shows the host key %s (%s), but %s is pinned. Somebody else answers there, "
		       "or the relay has new keys: compare with ssh-keygen -lf on the relay, then correct hostkey",
		       k->relay->host, k->peer, k->seen, k->type, k->relay->hostkey);
}

int refusal_changed(const struct shown *k, struct err *e)
{
	return err_set(e,
		       "the relay %s (%s) shows the host key %s (%s), which is not the one in %s. Somebody else answers "
		       "there, or the relay has new keys: compare with ssh-keygen -lf on the relay, then correct that file",
		       k->relay->host, k->peer, k->seen, k->type, k->relay->known_hosts);
}

int refusal_unknown(const struct shown *k, struct err *e)
{
	return err_set(e,
		       "the host key of the relay %s port %u is not in %s. It shows %s (%s): compare with ssh-keygen -lf "
		       "on the relay, then add it", k->relay->host, k->relay->port, k->relay->known_hosts, k->seen, k->type);
}

int refusal_unlisted(const struct shown *k, struct err *e)
{
	return err_set(e,
		       "no host key is configured for the relay %s. It shows %s (%s): compare with ssh-keygen -lf on the "
		       "relay, then write it as hostkey", k->relay->host, k->seen, k->type);
}

int refusal_login(const struct relay *r, const char *peer, const char *ours, struct err *e)
{
	return err_set(e,
		       "the relay %s (%s) does not accept the key %s for the user %s: add its public half to the "
		       "authorized_keys of %s there", r->host, peer, ours, r->user, r->user);
}

int refusal_forward(const struct relay *r, const char *peer, unsigned port, struct err *e)
{
	return err_set(e,
		       "the relay %s (%s) refuses to listen on its port %u: a stale session may still hold the port (it goes "
		       "when the relay notices; ClientAliveInterval makes that quick), or permitlisten in authorized_keys or "
		       "AllowTcpForwarding in sshd_config forbids it", r->host, peer, port);
}

int refusal_missing(const struct relay *r, struct err *e)
{
	return err_set(e, "the file %s with the relay's host key is not there or cannot be read by oobm-tunnel", r->known_hosts);
}

int refusal_key(const struct relay *r, struct err *e)
{
	return err_set(e,
		       "the private key for the relay %s cannot be used: it must be in OpenSSH's format and have no "
		       "passphrase (ssh-keygen -t ed25519 -N '')", r->host);
}

int refusal_silence(const struct relay *r, const char *peer, long long seconds, struct err *e)
{
	return err_set(e, "the relay %s (%s) has not answered for %lld s: the link or the relay is dead", r->host, peer, seconds);
}
