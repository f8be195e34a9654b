/* Checks of what belongs to the network: hosts, ports, forwards, fingerprints, addresses of web services. */
#include "conf/check.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HOST_MAX 253

static bool is_address(const char *v)
{
	struct in6_addr a;

	return inet_pton(AF_INET, v, &a) == 1 || inet_pton(AF_INET6, v, &a) == 1;
}

/* RFC 1123 2.1: labels of letters, digits and hyphens. Digits and dots alone are a mistyped address. */
static bool is_name(const char *v)
{
	size_t n = strlen(v);

	if (n == 0 || n > HOST_MAX || v[strspn(v, DIGITS ".")] == 0)
		return false;
	while (*v) {
		size_t label = strspn(v, LETTERS DIGITS "-_");

		if (label == 0 || label > 63 || v[0] == '-' || v[label - 1] == '-')
			return false;
		v += label;
		if (*v == '.')
			v++;
		else if (*v)
			return false;
	}
	return true;
}

int check_host(char *v, struct err *e)
{
	if (strchr(v, '@'))
		return err_set(e, "\"%.80s\": write the host alone; the user has an option of its own", v);
	if (!is_address(v) && strchr(v, ':'))
		return err_set(e, "\"%.80s\": write the host alone; the port has an option of its own", v);
	if (!is_address(v) && !is_name(v))
		return err_set(e, "\"%.80s\" is neither a host name nor an address", v);
	return 0;
}

int check_address(char *v, struct err *e)
{
	if (!is_address(v))
		return err_set(e, "\"%.80s\" is no address in digits; write it like \"198.51.100.2\" (names go into host)", v);
	return 0;
}

static bool is_port(const char *v, size_t n)
{
	unsigned port = 0;

	if (n == 0 || n > 5 || v[0] == '0' || strspn(v, DIGITS) < n)
		return false;
	for (size_t i = 0; i < n; i++)
		port = port * 10 + (unsigned)(v[i] - '0');
	return port <= 65535;
}

/* HOST:PORT with an IPv6 address in brackets. */
static bool is_host_port(const char *v)
{
	const char *colon = strrchr(v, ':');
	char host[HOST_MAX + 1];
	size_t n;

	if (!colon || !is_port(colon + 1, strlen(colon + 1)))
		return false;
	n = (size_t)(colon - v);
	if (n > HOST_MAX)
		return false;
	memcpy(host, v, n);
	host[n] = 0;
	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		struct in6_addr a;

		host[n - 1] = 0;
		return inet_pton(AF_INET6, host + 1, &a) == 1;
	}
	return !strchr(host, ':') && (is_address(host) || is_name(host));
}

int check_host_port(char *v, struct err *e)
{
	if (!is_host_port(v))
		return err_set(e, "\"%.80s\" is no host and port; write \"example.org:443\"", v);
	return 0;
}

/* The tunnel asks no resolver for its targets: that of the home may be what is dead. */
static bool is_target(const char *v)
{
	size_t n = (size_t)(strrchr(v, ':') - v);

	return *v == '[' || (n == strlen("localhost") && memcmp(v, "localhost", n) == 0) ||
	       (n < INET_ADDRSTRLEN && v[strspn(v, DIGITS ".")] == ':');
}

int check_forward(char *v, struct err *e)
{
	size_t n = strcspn(v, ":");

	if (v[n] != ':' || !is_port(v, n) || !is_host_port(v + n + 1))
		return err_set(e, "\"%.80s\" is no forward; write PORT-ON-THE-RELAY:HOST:PORT, like \"31337:localhost:22\"", v);
	if (!is_target(v + n + 1))
		return err_set(e, "\"%.80s\" leads to a name, and nobody may be there to ask for it; write the address in "
			       "digits, or localhost", v);
	return 0;
}

/* ssh-keygen(1) prints the 32 bytes of SHA-256 in base64 without the '=' at the end. */
int check_fingerprint(char *v, struct err *e)
{
	static const char say[] = "write it as `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` shows it on the relay, "
				  "like \"SHA256:\" and 43 characters";
	const char *b64 = v + 7;

	if (strncasecmp(v, "MD5:", 4) == 0 || strncmp(v, "ssh-", 4) == 0)
		return err_set(e, "this is %s, not a SHA-256 fingerprint; %s", v[0] == 's' ? "a public key" : "an MD5 sum", say);
	if (strncmp(v, "SHA256:", 7) != 0)
		return err_set(e, "\"%.80s\" is no fingerprint; %s", v, say);
	/* the last of 43 characters carries 4 bits, so its two lowest are zero */
	if (strspn(b64, LETTERS DIGITS "+/") != 43 || (b64[43] && strcmp(b64 + 43, "=") != 0) ||
	    !strchr("AEIMQUYcgkosw048", b64[42]))
		return err_set(e, "\"%.80s\" is not whole, or mistyped; %s", v, say);
	v[7 + 43] = 0;
	return 0;
}

int check_url(char *v, struct err *e)
{
	char host[HOST_MAX + 7];
	const char *rest;
	size_t n;

	if (strncasecmp(v, "http://", 7) == 0)
		return err_set(e, "\"%.80s\" would send the token in clear; write https://", v);
	if (strncasecmp(v, "https://", 8) != 0)
		return err_set(e, "\"%.80s\" does not begin with https://", v);
	for (const char *p = v; *p; p++)
		if (*p <= 0x20 || *p > 0x7e)
			return err_set(e, "\"%.80s\" has a blank or a character outside ASCII", v);
	rest = v + 8;
	n = strcspn(rest, "/?#");
	if (n >= sizeof host || strlen(v) > 256)
		return err_set(e, "longer than 256 characters");
	memcpy(host, rest, n);
	host[n] = 0;
	if (!is_host_port(host) && !is_name(host) && !is_address(host))
		return err_set(e, "\"%.80s\" has no valid host (user names do not belong into it)", v);
	return 0;
}

int check_token(char *v, struct err *e)
{
	size_t n = strlen(v);

	if (n < 12 || n > 64 || v[strspn(v, LETTERS DIGITS "_-")])
		return err_set(e, "that is no key of Pushover: it has 30 letters and digits (copy it from pushover.net, "
				  "the user key from the front page, the token from \"Your applications\")");
	return 0;
}
