#include "push/post.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "os/os.h"
#include "os/tcp.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define HEADERS_MAX 16384	/* bytes of all headers of an answer */
/* A carrier forgets an idle connection without a word. What is sent on it then is never acknowledged:
 * the kernel ends it after half of the time that a notice has, and libcurl sends it on a new one. */
#define UNACKED_MS(timeout_ms) ((unsigned)((timeout_ms) / 2))
#define KEEP_S 86400L		/* longer than any window: the server or the link ends the connection first */

struct post {
	struct loop *loop;
	struct timer *timer;
	CURLM *multi;
	CURL *easy;
	char *ca_file;
	struct curl_slist *resolve;
	post_cb *cb;		/* NULL: nothing runs */
	void *arg;
	/* the running POST */
	char host[256], ifname[IFNAMSIZ];
	uint16_t port;
	int64_t timeout_ms;
	struct buf body;
	size_t header_bytes;
	unsigned sockets;	/* opened for it; 0: the kept connection served */
	bool connected;		/* one of them is */
	bool cut;		/* the answer was longer than we read */
	struct err bind_error;
	char curl_error[CURL_ERROR_SIZE];
};

/* --- libcurl's sockets and timer on our loop ------------------------------------------- */

struct sock {
	struct post *post;
	curl_socket_t fd;
	struct watch *watch;
};

static void finish(struct post *p);

static void drive(struct post *p, curl_socket_t fd, int mask)
{
	int running;
	CURLMcode rc = curl_multi_socket_action(p->multi, fd, mask, &running);

	if (rc != CURLM_OK)
		log_error("libcurl: %s", curl_multi_strerror(rc));
	finish(p);
}

static void on_ready(void *arg, int ready)
{
	struct sock *s = arg;
	int mask = (ready & LOOP_READ ? CURL_CSELECT_IN : 0) | (ready & LOOP_WRITE ? CURL_CSELECT_OUT : 0);

	drive(s->post, s->fd, mask);
}

static void on_timer(void *arg)
{
	drive(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int want_timer(CURLM *multi, long ms, void *arg)
{
	struct post *p = arg;

	(void)multi;
	if (ms < 0)
		timer_stop(p->timer);
	else
		timer_set(p->timer, ms);
	return 0;
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *sockp)
{
	struct post *p = arg;
	struct sock *s = sockp;
	int want = (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);

	(void)easy;
	if (want & LOOP_READ)
		p->connected = true;	/* before, there is nothing to read: libcurl waits to write only */
	if (what == CURL_POLL_REMOVE) {
		if (s)
			watch_free(s->watch);
		free(s);
		curl_multi_assign(p->multi, fd, NULL);
		return 0;
	}
	if (s) {
		watch_want(s->watch, want);
		return 0;
	}
	s = calloc(1, sizeof *s);
	if (!s)
		return -1;
	*s = (struct sock){ .post = p, .fd = fd };
	s->watch = watch_new(p->loop, fd, want, on_ready, s);
	curl_multi_assign(p->multi, fd, s);
	return 0;
}

/* Our own, so that no packet leaves before the socket is bound to the link. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct post *p = arg;
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);

	(void)purpose;
	p->sockets++;
	if (fd < 0) {
		err_sys(&p->bind_error, "cannot make a socket");
		return CURL_SOCKET_BAD;
	}
	if (os_bind_to_interface(fd, p->ifname, a->family) < 0) {
		err_sys(&p->bind_error, "cannot use the link's interface %s", p->ifname);
		close(fd);
		return CURL_SOCKET_BAD;
	}
	os_tune_tcp(fd, UNACKED_MS(p->timeout_ms), 0);
	return fd;
}

/* libcurl would ask the system's resolver for a name that we did not give it: by the dead home link. */
static int refuse_resolver(void *state, void *reserved, void *arg)
{
	(void)state;
	(void)reserved;
	(void)arg;
	return 1;
}

/* --- the answer ------------------------------------------------------------------------- */

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct post *p = arg;
	size_t len = size * n, room = POST_ANSWER_MAX - p->body.len;

	if (buf_add(&p->body, data, len < room ? len : room) < 0)
		return 0;
	if (len > room) {
		p->cut = true;
		return 0;
	}
	return len;
}

static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	struct post *p = arg;
	size_t len = size * n;

	(void)data;
	if (len > HEADERS_MAX - p->header_bytes) {
		p->cut = true;
		return 0;
	}
	p->header_bytes += len;
	return len;
}

int64_t post_header(struct post *p, const char *name)
{
	struct curl_header *h;
	char *end;
	long long v;

	if (curl_easy_header(p->easy, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return -1;
	errno = 0;
	v = strtoll(h->value, &end, 10);
	return errno || end == h->value || *end || v < 0 ? -1 : v;
}

static bool took(struct post *p, CURLINFO what)
{
	curl_off_t us = 0;

	return curl_easy_getinfo(p->easy, what, &us) == CURLE_OK && us > 0;
}

static void explain_timeout(struct post *p, struct err *e)
{
	const char *what = "took the notice but did not answer";

	if (p->sockets == 0)
		what = "did not answer on the kept connection";
	else if (!p->connected)
		what = "did not accept a connection";
	else if (!took(p, CURLINFO_APPCONNECT_TIME_T))
		what = "did not finish the TLS handshake";
	err_set(e, "%s:%u over %s %s within %lld s", p->host, p->port, p->ifname, what,
		(long long)((p->timeout_ms + 999) / 1000));
}

static void explain_certificate(struct post *p, const char *text, struct err *e)
{
	char clock[64] = "";
	time_t now = (time_t)clock_wall_s();
	struct tm tm;

	/* small computers without a battery start in the past */
	if ((strstr(text, "expired") || strstr(text, "not yet")) && gmtime_r(&now, &tm))
		strftime(clock, sizeof clock, " (this computer's clock says %Y-%m-%d)", &tm);
	err_set(e, "%s:%u is not who it should be: %s%s", p->host, p->port, text, clock);
}

static void explain_connect(struct post *p, const char *text, struct err *e)
{
	long number = 0;

	curl_easy_getinfo(p->easy, CURLINFO_OS_ERRNO, &number);
	if (p->bind_error.text[0])
		*e = p->bind_error;
	else
		err_set(e, "cannot connect to %s:%u over %s: %s", p->host, p->port, p->ifname,
			number ? strerror((int)number) : text);
}

/* Returns whether another try is without hope. */
static bool explain(struct post *p, CURLcode rc, struct err *e)
{
	const char *text = p->curl_error[0] ? p->curl_error : curl_easy_strerror(rc);

	switch (rc) {
	case CURLE_OPERATION_TIMEDOUT:
		explain_timeout(p, e);
		return false;
	case CURLE_COULDNT_CONNECT:
		explain_connect(p, text, e);
		return false;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
		explain_certificate(p, text, e);
		return true;
	case CURLE_SSL_CACERT_BADFILE:
		err_set(e, "cannot read the certificates in ca-file %s", p->ca_file);
		return true;
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_PARTIAL_FILE:
		err_set(e, "%s:%u ended the connection without an answer: %s", p->host, p->port, text);
		return false;
	default:
		err_set(e, "no answer from %s:%u over %s: %s", p->host, p->port, p->ifname, text);
		return false;
	}
}

static void report(struct post *p, CURLcode rc)
{
	struct post_answer a = { .body = "" };
	post_cb *cb = p->cb;
	long status = 0;
	struct err e = { "" };

	curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
	a.kept = p->sockets == 0;
	if (rc == CURLE_OK || (p->cut && status > 0)) {
		a.status = (int)status;
		a.body = p->body.len ? p->body.data : "";
		a.len = p->body.len;
	} else {
		a.hopeless = explain(p, rc, &e);
		a.why = e.text;
	}
	curl_multi_remove_handle(p->multi, p->easy);
	p->cb = NULL;
	cb(p->arg, &a);
}

/* Is the POST done? Nothing may be touched after it: the callback may have freed us. */
static void finish(struct post *p)
{
	CURLMsg *m;
	int left;

	while (p->cb && (m = curl_multi_info_read(p->multi, &left)))
		if (m->msg == CURLMSG_DONE) {
			report(p, m->data.result);
			return;
		}
}

/* --- the request ------------------------------------------------------------------------ */

int post_split_url(const char *url, char *host, size_t size, uint16_t *port, struct err *e)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *h = NULL, *n = NULL;
	int rc = -1;

	if (!u || curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &h, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PORT, &n, CURLU_DEFAULT_PORT) != CURLUE_OK)
		err_set(e, "the url of section pushover is malformed; write https://HOST/PATH");
	else if (strcasecmp(scheme, "https") != 0)
		err_set(e, "the url of section pushover must begin with https://, not %s://", scheme);
	else if (strlen(h) >= size)
		err_set(e, "the host in the url of section pushover is too long");
	else {
		snprintf(host, size, "%s", h);
		*port = (uint16_t)strtoul(n, NULL, 10);
		rc = 0;
	}
	curl_free(scheme);
	curl_free(h);
	curl_free(n);
	curl_url_cleanup(u);
	return rc;
}

/* "host:port:address,address" for CURLOPT_RESOLVE; a literal [address] of version 6 keeps its brackets. */
static struct curl_slist *resolve_list(const struct post_request *r)
{
	char line[256 + 8 + NET_ADDRS_MAX * (INET6_ADDRSTRLEN + 3)], text[INET6_ADDRSTRLEN];
	size_t used = (size_t)snprintf(line, sizeof line, "%s:%u", r->host, r->port);

	for (size_t i = 0; i < r->addrs->n && used < sizeof line; i++) {
		const struct sockaddr_storage *ss = &r->addrs->addr[i];
		bool v6 = ss->ss_family == AF_INET6;
		const void *a = v6 ? (const void *)&((const struct sockaddr_in6 *)ss)->sin6_addr
				   : (const void *)&((const struct sockaddr_in *)ss)->sin_addr;

		if (!inet_ntop(ss->ss_family, a, text, sizeof text))
			continue;
		used += (size_t)snprintf(line + used, sizeof line - used, v6 ? "%s[%s]" : "%s%s", i ? "," : ":", text);
	}
	return curl_slist_append(NULL, line);
}

static void set_tls(struct post *p)
{
	CURL *c = p->easy;

	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (*p->ca_file) {
		curl_easy_setopt(c, CURLOPT_CAINFO, p->ca_file);
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	}
}

static void set_path(struct post *p)
{
	CURL *c = p->easy;

	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_RESOLVE, p->resolve);
	curl_easy_setopt(c, CURLOPT_RESOLVER_START_FUNCTION, refuse_resolver);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, p);
	curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, KEEP_S);
}

static void set_request(struct post *p, const struct post_request *r)
{
	CURL *c = p->easy;

	curl_easy_setopt(c, CURLOPT_URL, r->url);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "oobmd");
	curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->form_len);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, r->form);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)r->timeout_ms);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, p->curl_error);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, p);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, p);
}

void post_start(struct post *p, const struct post_request *r, post_cb *cb, void *arg)
{
	p->cb = cb;
	p->arg = arg;
	snprintf(p->host, sizeof p->host, "%s", r->host);
	snprintf(p->ifname, sizeof p->ifname, "%s", r->link->ifname);
	p->port = r->port;
	p->timeout_ms = r->timeout_ms > 0 ? r->timeout_ms : 1;	/* 0 would mean: for ever */
	p->header_bytes = 0;
	p->sockets = 0;
	p->connected = false;
	p->cut = false;
	p->bind_error.text[0] = p->curl_error[0] = 0;
	buf_free(&p->body);
	curl_slist_free_all(p->resolve);
	p->resolve = resolve_list(r);
	curl_easy_reset(p->easy);	/* keeps connections and TLS sessions */
	set_tls(p);
	set_path(p);
	set_request(p, r);
	curl_multi_add_handle(p->multi, p->easy);
}

/* --- life --------------------------------------------------------------------------------- */

static int make_handles(struct post *p)
{
	p->multi = curl_multi_init();
	p->easy = curl_easy_init();
	if (!p->multi || !p->easy)
		return -1;
	curl_multi_setopt(p->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(p->multi, CURLMOPT_SOCKETDATA, p);
	curl_multi_setopt(p->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(p->multi, CURLMOPT_TIMERDATA, p);
	curl_multi_setopt(p->multi, CURLMOPT_MAXCONNECTS, 1L);
	return 0;
}

static void free_handles(struct post *p)
{
	if (p->cb)
		curl_multi_remove_handle(p->multi, p->easy);
	p->cb = NULL;
	curl_easy_cleanup(p->easy);
	curl_multi_cleanup(p->multi);	/* closes the kept connection */
	p->multi = NULL;
	p->easy = NULL;
}

struct post *post_new(struct loop *l, const char *ca_file, struct err *e)
{
	struct post *p = calloc(1, sizeof *p);

	unsetenv("SSLKEYLOGFILE");	/* libcurl would write the session keys there */
	if (!p || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		goto fail;
	p->loop = l;
	buf_init(&p->body, POST_ANSWER_MAX);
	p->timer = timer_new(l, on_timer, p);
	p->ca_file = strdup(ca_file);
	if (!p->ca_file || make_handles(p) < 0)
		goto fail;
	return p;
fail:
	err_set(e, "libcurl cannot be used: out of memory?");
	post_free(p);
	return NULL;
}

void post_free(struct post *p)
{
	if (!p)
		return;
	free_handles(p);
	timer_free(p->timer);
	curl_slist_free_all(p->resolve);
	buf_free(&p->body);
	free(p->ca_file);
	free(p);
}

void post_drop(struct post *p)
{
	free_handles(p);
	timer_stop(p->timer);
	if (make_handles(p) < 0) {
		log_error("out of memory");
		exit(1);
	}
}
