#include "tunnel/relay.h"
#include "base/alloc.h"
#include "base/buf.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *s)
{
	return alloc_text(s ? s : "");
}

void relay_clear(struct relay *r)
{
	if (r->key)
		wipe(r->key, strlen(r->key));
	free(r->key);
	free(r->name);
	free(r->host);
	free(r->user);
	free(r->hostkey);
	free(r->known_hosts);
	free(r->address);
	*r = (struct relay){ 0 };
}

static int parse_port(const char *s, uint16_t *out)
{
	unsigned long v = 0;

	if (!*s || strlen(s) > 5)
		return -1;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return -1;
		v = v * 10 + (unsigned long)(*s - '0');
	}
	if (v == 0 || v > 65535)
		return -1;
	*out = (uint16_t)v;
	return 0;
}

/* No name but localhost: the worker asks no resolver of the home network, which may be dead. */
static bool host_ok(const char *host)
{
	unsigned char a[16];

	return strcmp(host, "localhost") == 0 || inet_pton(AF_INET, host, a) == 1 || inet_pton(AF_INET6, host, a) == 1;
}

/* "31337:localhost:22" or "31337:[fd00::1]:22"; ITEM is taken apart. */
static int parse_forward(char *item, struct forward *f, struct err *e)
{
	char *first = strchr(item, ':'), *last = strrchr(item, ':'), *host;
	size_t n;

	if (!first || first == last)
		return err_set(e, "the forward '%s' is not PORT:HOST:PORT, like 31337:localhost:22", item);
	*first = 0;
	*last = 0;
	host = first + 1;
	n = strlen(host);
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = 0;
		host++;
		n -= 2;
	}
	if (parse_port(item, &f->listen) < 0 || parse_port(last + 1, &f->port) < 0)
		return err_set(e, "a port of the forward '%s:%s:%s' is not a number from 1 to 65535", item, host, last + 1);
	if (n >= sizeof f->host || !host_ok(host))
		return err_set(e, "the target '%s' of the forward of port %s is neither localhost nor an address in digits",
			       host, item);
	memcpy(f->host, host, n + 1);
	return 0;
}

size_t relay_parse_forwards(const char *text, struct forward *out, struct err *e)
{
	char *list = copy(text), *item, *next;
	size_t n = 0;

	for (item = list; item; item = next) {
		next = strchr(item, ',');
		if (next)
			*next++ = 0;
		if (n == RELAY_FORWARDS_MAX) {
			err_set(e, "there are more than %d forwards", RELAY_FORWARDS_MAX);
			n = 0;
			break;
		}
		if (parse_forward(item, &out[n], e) < 0) {
			n = 0;
			break;
		}
		n++;
	}
	free(list);
	return n;
}

int relay_parse(struct relay *r, const struct msg *m, struct err *e)
{
	int64_t port;

	relay_clear(r);
	if (msg_int(m, "port", 1, 65535, &port) < 0)
		return err_set(e, "the relay's port is not a number from 1 to 65535");
	r->nforward = relay_parse_forwards(msg_get(m, "forwards"), r->forward, e);
	if (r->nforward == 0)
		return -1;
	r->port = (uint16_t)port;
	r->name = copy(msg_get(m, "name"));
	r->host = copy(msg_get(m, "host"));
	r->user = copy(msg_get(m, "user"));
	r->key = copy(msg_get(m, "key"));
	r->hostkey = copy(msg_get(m, "hostkey"));
	r->known_hosts = copy(msg_get(m, "known-hosts"));
	r->address = copy(msg_get(m, "address"));
	return 0;
}
