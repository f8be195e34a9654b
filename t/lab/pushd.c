/* pushd - the lab's push server: speaks Pushover's message API over TLS, keeps what it gets, and answers
 * as badly as it is told to.
 *
 *   pushd --listen ADDRESS:PORT --cert FILE --key FILE --log FILE --control SOCKET [--token T --user U]
 *   pushd --ctl SOCKET COMMAND...
 *
 * Port 0 is any free one; "listening PORT" goes to the standard output when it is ready. The log gets
 * a line a push that was taken, in the format of src/ipc/msg.h but of any length:
 *   push time=1700000000 title=... message=... url=... url-title=... priority=0 device=... sound=...
 *
 * Commands: mode MODE [COUNT]	answer the next COUNT posts so (no COUNT: all), then `ok` again
 *	     stats		"posts=3 pushes=1 connections=2"
 *	     count		pushes taken
 *	     wait N MS		until N pushes are taken; an error after MS milliseconds
 *	     last		the last push, for people
 * Modes: ok, a number 300..599, slow MS, drop (close without an answer), garbage (200 and no JSON),
 * badjson (200 and half of the JSON), huge (200 and no end), close (ok, and end the connection). */
#include "pushd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIELD_MAX ((size_t)8192)

static const char *const field_names[] = {
	"token", "user", "title", "message", "url", "url_title", "priority", "device", "sound", "retry", "expire",
};
enum { TOKEN, USER, TITLE, MESSAGE, URL, URL_TITLE, PRIORITY, DEVICE, SOUND, RETRY, EXPIRE, FIELDS };

struct post {
	struct MHD_PostProcessor *pp;
	char *field[FIELDS];
	bool too_long;
};

static struct state state = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
static const char *want_token, *want_user;
static FILE *log_file;

/* --- what a post holds ------------------------------------------------------------------ */

static enum MHD_Result on_field(void *arg, enum MHD_ValueKind kind, const char *key, const char *file,
				const char *type, const char *coding, const char *data, uint64_t off, size_t n)
{
	struct post *p = arg;

	(void)kind, (void)file, (void)type, (void)coding;
	for (size_t i = 0; i < FIELDS; i++) {
		size_t old = p->field[i] ? strlen(p->field[i]) : 0;
		char *text;

		if (strcmp(key, field_names[i]) != 0)
			continue;
		if (off != old || n > FIELD_MAX - old || !(text = realloc(p->field[i], old + n + 1))) {
			p->too_long = true;
			return MHD_NO;
		}
		memcpy(text + old, data, n);
		text[old + n] = 0;
		p->field[i] = text;
	}
	return MHD_YES;
}

static const char *field(const struct post *p, int i)
{
	return p->field[i] ? p->field[i] : "";
}

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static bool number_between(const char *s, long lo, long hi)
{
	char *end;
	long v = strtol(s, &end, 10);

	return *s && !*end && v >= lo && v <= hi;
}

static const char *complaint_about_limits(const struct post *p)
{
	bool emergency = strcmp(field(p, PRIORITY), "2") == 0;

	if (p->too_long || characters(field(p, MESSAGE)) > 1024)
		return "message is too long";
	if (characters(field(p, TITLE)) > 250)
		return "title is too long";
	if (characters(field(p, URL)) > 512)
		return "url is too long";
	if (characters(field(p, URL_TITLE)) > 100)
		return "url_title is too long";
	if (*field(p, PRIORITY) && !number_between(field(p, PRIORITY), -2, 2))
		return "priority is invalid";
	if (emergency && !number_between(field(p, RETRY), 30, 10800))
		return "retry must be supplied with priority=2";
	if (emergency && !number_between(field(p, EXPIRE), 1, 10800))
		return "expire must be supplied with priority=2";
	return NULL;
}

/* What the service would say against the post, or NULL. */
static const char *complaint(const struct post *p)
{
	if (!*field(p, TOKEN) || (want_token && strcmp(field(p, TOKEN), want_token) != 0))
		return "application token is invalid, see https://pushover.net/api";
	if (!*field(p, USER) || (want_user && strcmp(field(p, USER), want_user) != 0))
		return "user identifier is not a valid user, group, or subscribed user key, see https://pushover.net/api";
	if (!*field(p, MESSAGE))
		return "message cannot be blank";
	return complaint_about_limits(p);
}

/* --- taking a push ------------------------------------------------------------------------ */

static void log_value(const char *key, const char *value)
{
	fprintf(log_file, " %s=", key);
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		fprintf(log_file, c > 0x20 && c < 0x7f && c != '%' ? "%c" : "%%%02X", c);
	}
}

static void take(const struct post *p)
{
	pthread_mutex_lock(&state.lock);
	fprintf(log_file, "push time=%lld", (long long)time(NULL));
	for (int i = TITLE; i < FIELDS; i++)
		if (p->field[i])
			log_value(i == URL_TITLE ? "url-title" : field_names[i], p->field[i]);
	fputc('\n', log_file);
	fflush(log_file);
	state.pushes++;
	snprintf(state.last, sizeof state.last, "%s\n%s\n%s%s", field(p, TITLE), field(p, MESSAGE), field(p, URL),
		 p->field[URL] ? "\n" : "");
	pthread_cond_broadcast(&state.changed);
	pthread_mutex_unlock(&state.lock);
}

static struct mode next_mode(unsigned *request)
{
	struct mode m;

	pthread_mutex_lock(&state.lock);
	*request = ++state.posts;
	m = state.mode;
	if (m.counted && --state.mode.left == 0)
		state.mode = (struct mode){ .kind = MODE_OK };
	pthread_mutex_unlock(&state.lock);
	return m;
}

/* --- answering ---------------------------------------------------------------------------- */

static void limit_headers(struct MHD_Response *r)
{
	char text[32];
	unsigned pushes;

	pthread_mutex_lock(&state.lock);
	pushes = state.pushes;
	pthread_mutex_unlock(&state.lock);
	MHD_add_response_header(r, "X-Limit-App-Limit", "10000");
	snprintf(text, sizeof text, "%u", pushes < 10000 ? 10000 - pushes : 0);
	MHD_add_response_header(r, "X-Limit-App-Remaining", text);
	snprintf(text, sizeof text, "%lld", (long long)time(NULL) + 30 * 86400);
	MHD_add_response_header(r, "X-Limit-App-Reset", text);
}

static enum MHD_Result answer(struct MHD_Connection *c, int status, bool end, const char *type,
			      const char *fmt, ...) __attribute__((format(printf, 5, 6)));
static enum MHD_Result answer(struct MHD_Connection *c, int status, bool end, const char *type,
			      const char *fmt, ...)
{
	char body[1024];
	struct MHD_Response *r;
	enum MHD_Result rc;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(body, sizeof body, fmt, ap);
	va_end(ap);
	r = MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_MUST_COPY);
	MHD_add_response_header(r, "Content-Type", type);
	limit_headers(r);
	if (end)
		MHD_add_response_header(r, "Connection", "close");
	if (status >= 300 && status < 400)
		MHD_add_response_header(r, "Location", "/1/messages.json");
	rc = MHD_queue_response(c, (unsigned)status, r);
	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result answer_error(struct MHD_Connection *c, int status, unsigned request, const char *text)
{
	return answer(c, status, false, "application/json",
		      "{\"status\":0,\"request\":\"%08x-lab\",\"errors\":[\"%s\"]}\n", request, text);
}

static ssize_t endless(void *arg, uint64_t pos, char *to, size_t n)
{
	(void)arg, (void)pos;
	memset(to, 'x', n);
	return (ssize_t)n;
}

static enum MHD_Result answer_without_end(struct MHD_Connection *c)
{
	struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, endless, NULL, NULL);
	enum MHD_Result rc = MHD_queue_response(c, 200, r);

	MHD_destroy_response(r);
	return rc;
}

static enum MHD_Result answer_success(struct MHD_Connection *c, const struct post *p, unsigned request, bool end)
{
	const char *wrong = complaint(p);

	if (wrong)
		return answer_error(c, 400, request, wrong);
	take(p);
	if (strcmp(field(p, PRIORITY), "2") == 0)
		return answer(c, 200, end, "application/json",
			      "{\"status\":1,\"request\":\"%08x-lab\",\"receipt\":\"r%029u\"}\n", request, request);
	return answer(c, 200, end, "application/json", "{\"status\":1,\"request\":\"%08x-lab\"}\n", request);
}

static enum MHD_Result answer_status(struct MHD_Connection *c, int status, unsigned request)
{
	if (status == 429)
		return answer_error(c, 429, request, "your application has sent too many messages this month");
	if (status >= 400 && status < 500)
		return answer_error(c, status, request, "the lab was told to refuse");
	return answer(c, status, false, "text/html", "<html><h1>%d</h1></html>\n", status);
}

static enum MHD_Result answer_post(struct MHD_Connection *c, const struct post *p)
{
	unsigned request;
	struct mode m = next_mode(&request);
	struct timespec pause = { m.delay_ms / 1000, m.delay_ms % 1000 * 1000000L };

	switch (m.kind) {
	case MODE_DROP:
		return MHD_NO;
	case MODE_GARBAGE:
		return answer(c, 200, false, "text/html", "<html>Welcome to the hotel's wireless network</html>\n");
	case MODE_BADJSON:
		return answer(c, 200, false, "application/json", "{\"status\":1,\"requ");
	case MODE_HUGE:
		return answer_without_end(c);
	case MODE_STATUS:
		return answer_status(c, m.status, request);
	case MODE_SLOW:
		nanosleep(&pause, NULL);
		break;
	case MODE_OK:
	case MODE_CLOSE:
		break;
	}
	return answer_success(c, p, request, m.kind == MODE_CLOSE);
}

/* --- the server --------------------------------------------------------------------------- */

static enum MHD_Result on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method,
				  const char *version, const char *data, size_t *n, void **reqp)
{
	struct post *p = *reqp;

	(void)arg, (void)version;
	if (!p) {
		p = *reqp = calloc(1, sizeof *p);
		return p ? MHD_YES : MHD_NO;
	}
	if (strcmp(url, "/1/messages.json") != 0)
		return answer(c, 404, true, "text/plain", "no such thing\n");
	if (strcmp(method, "POST") != 0)
		return answer(c, 405, true, "text/plain", "POST only\n");
	if (!p->pp && !(p->pp = MHD_create_post_processor(c, 4096, on_field, p)))
		return answer(c, 400, true, "text/plain", "no form\n");
	if (*n) {
		MHD_post_process(p->pp, data, *n);
		*n = 0;
		return MHD_YES;
	}
	MHD_destroy_post_processor(p->pp);	/* hands out the last field */
	p->pp = NULL;
	return answer_post(c, p);
}

static void on_done(void *arg, struct MHD_Connection *c, void **reqp, enum MHD_RequestTerminationCode code)
{
	struct post *p = *reqp;

	(void)arg, (void)c, (void)code;
	if (!p)
		return;
	if (p->pp)
		MHD_destroy_post_processor(p->pp);
	for (size_t i = 0; i < FIELDS; i++)
		free(p->field[i]);
	free(p);
	*reqp = NULL;
}

static void on_connection(void *arg, struct MHD_Connection *c, void **ctx, enum MHD_ConnectionNotificationCode code)
{
	(void)arg, (void)c, (void)ctx;
	if (code != MHD_CONNECTION_NOTIFY_STARTED)
		return;
	pthread_mutex_lock(&state.lock);
	state.connections++;
	pthread_mutex_unlock(&state.lock);
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = calloc(1, 65536);

	if (!f || !text || fread(text, 1, 65535, f) == 0)
		die("cannot read %s: %s", path, strerror(errno));
	fclose(f);
	return text;
}

/* "127.0.0.1:0" or "[::1]:0" -> a listening socket; *PORT gets the real port. */
static int listen_at(const char *where, unsigned *port)
{
	struct sockaddr_in6 sa6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sa4 = { .sin_family = AF_INET };
	bool v6 = where[0] == '[';
	struct sockaddr *sa = v6 ? (struct sockaddr *)&sa6 : (struct sockaddr *)&sa4;
	socklen_t len = v6 ? sizeof sa6 : sizeof sa4;
	int fd, one = 1, got;
	char host[64];
	unsigned n;

	got = v6 ? sscanf(where, "[%63[^]]]:%u", host, &n) : sscanf(where, "%63[^:]:%u", host, &n);
	if (got != 2 || n > 65535 ||
	    inet_pton(sa->sa_family, host, v6 ? (void *)&sa6.sin6_addr : (void *)&sa4.sin_addr) != 1)
		die("--listen %s: not ADDRESS:PORT", where);
	sa4.sin_port = sa6.sin6_port = htons((uint16_t)n);
	fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
	    bind(fd, sa, len) < 0 || listen(fd, 16) < 0 || getsockname(fd, sa, &len) < 0)
		die("cannot listen at %s: %s", where, strerror(errno));
	*port = ntohs(v6 ? sa6.sin6_port : sa4.sin_port);
	return fd;
}

struct options {
	const char *listen, *cert, *key, *log, *control;
};

static struct options take_options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "listen", 1, NULL, 'l' }, { "cert", 1, NULL, 'c' }, { "key", 1, NULL, 'k' },
		{ "log", 1, NULL, 'o' }, { "control", 1, NULL, 's' }, { "token", 1, NULL, 't' },
		{ "user", 1, NULL, 'u' }, { NULL, 0, NULL, 0 },
	};
	struct options o = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1)
		switch (c) {
		case 'l': o.listen = optarg; break;
		case 'c': o.cert = optarg; break;
		case 'k': o.key = optarg; break;
		case 'o': o.log = optarg; break;
		case 's': o.control = optarg; break;
		case 't': want_token = optarg; break;
		case 'u': want_user = optarg; break;
		default: exit(2);
		}
	if (!o.listen || !o.cert || !o.key || !o.log || !o.control)
		die("--listen, --cert, --key, --log and --control are all needed");
	return o;
}

int main(int argc, char **argv)
{
	struct options o;
	unsigned port;
	int fd, control;

	if (argc > 2 && strcmp(argv[1], "--ctl") == 0)
		return control_client(argv[2], argc - 3, argv + 3);
	o = take_options(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	fd = listen_at(o.listen, &port);
	control = control_listen(o.control);
	log_file = fopen(o.log, "ae");
	if (!log_file)
		die("cannot write %s: %s", o.log, strerror(errno));
	if (!MHD_start_daemon(MHD_USE_TLS | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0,
			      NULL, NULL, on_request, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
			      MHD_OPTION_HTTPS_MEM_CERT, read_file(o.cert), MHD_OPTION_HTTPS_MEM_KEY, read_file(o.key),
			      MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
			      MHD_OPTION_NOTIFY_CONNECTION, on_connection, NULL, MHD_OPTION_END))
		die("cannot start the server: are certificate and key a pair?");
	printf("listening %u\n", port);
	fflush(stdout);
	control_serve(control, &state);
}
