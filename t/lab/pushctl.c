/* The control socket of pushd: one line there, the answer back. */
#include "pushd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

void die(const char *fmt, ...)
{
	va_list ap;

	fputs("pushd: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

static bool number(const char *s, long lo, long hi, long *out)
{
	char *end = NULL;
	long v = s ? strtol(s, &end, 10) : 0;

	if (!s || end == s || *end || v < lo || v > hi)
		return false;
	*out = v;
	return true;
}

static bool parse_kind(const char *word, struct mode *m)
{
	static const struct { const char *name; enum mode_kind kind; } kinds[] = {
		{ "ok", MODE_OK }, { "drop", MODE_DROP }, { "garbage", MODE_GARBAGE }, { "badjson", MODE_BADJSON },
		{ "huge", MODE_HUGE }, { "close", MODE_CLOSE }, { "slow", MODE_SLOW },
	};
	long n;

	if (number(word, 300, 599, &n)) {
		*m = (struct mode){ .kind = MODE_STATUS, .status = (int)n };
		return true;
	}
	for (size_t i = 0; word && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(word, kinds[i].name) == 0) {
			*m = (struct mode){ .kind = kinds[i].kind };
			return true;
		}
	return false;
}

/* "slow 200 2", "500", "drop 1" -> a mode */
static bool parse_mode(char **save, struct mode *m)
{
	const char *word;
	long n = 0;

	if (!parse_kind(strtok_r(NULL, " ", save), m))
		return false;
	if (m->kind == MODE_SLOW && !number(strtok_r(NULL, " ", save), 0, 3600000, &m->delay_ms))
		return false;
	word = strtok_r(NULL, " ", save);
	if (!word)
		return true;
	m->counted = number(word, 1, 1000000, &n);
	m->left = (unsigned)n;
	return m->counted;
}

static void wait_for(struct state *s, long pushes, long ms, FILE *to)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	while (s->pushes < (unsigned)pushes)
		if (pthread_cond_timedwait(&s->changed, &s->lock, &until) == ETIMEDOUT)
			break;
	if (s->pushes < (unsigned)pushes)
		fprintf(to, "error: %u pushes, not %ld\n", s->pushes, pushes);
	else
		fprintf(to, "%u\n", s->pushes);
}

/* The lock is held. */
static void obey(struct state *s, char *line, FILE *to)
{
	char *save, *verb = strtok_r(line, " ", &save);
	struct mode m;
	long n, ms;

	if (!verb)
		verb = line;
	if (strcmp(verb, "mode") == 0 && parse_mode(&save, &m)) {
		s->mode = m;
		fputs("ok\n", to);
	} else if (strcmp(verb, "stats") == 0) {
		fprintf(to, "posts=%u pushes=%u connections=%u\n", s->posts, s->pushes, s->connections);
	} else if (strcmp(verb, "count") == 0) {
		fprintf(to, "%u\n", s->pushes);
	} else if (strcmp(verb, "last") == 0) {
		fputs(s->last, to);
	} else if (strcmp(verb, "wait") == 0 && number(strtok_r(NULL, " ", &save), 0, 1000000, &n) &&
		   number(strtok_r(NULL, " ", &save), 0, 3600000, &ms)) {
		wait_for(s, n, ms, to);
	} else {
		fputs("error: mode MODE [COUNT] | stats | count | wait N MS | last\n", to);
	}
}

struct client {
	struct state *state;
	FILE *from, *to;
};

static void *serve_client(void *arg)
{
	struct client *c = arg;
	char line[256];

	if (fgets(line, sizeof line, c->from)) {
		line[strcspn(line, "\n")] = 0;
		pthread_mutex_lock(&c->state->lock);
		obey(c->state, line, c->to);
		pthread_mutex_unlock(&c->state->lock);
	}
	fclose(c->to);
	fclose(c->from);
	free(c);
	return NULL;
}

static int open_both(int fd, FILE **from, FILE **to)
{
	int other = dup(fd);

	*from = fdopen(fd, "r");
	*to = other < 0 ? NULL : fdopen(other, "w");
	return *from && *to ? 0 : -1;
}

void control_serve(int fd, struct state *s)
{
	for (;;) {
		int one = accept(fd, NULL, NULL);
		struct client *c;
		pthread_t thread;

		if (one < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		c = calloc(1, sizeof *c);
		if (one < 0 || !c || open_both(one, &c->from, &c->to) < 0)
			die("cannot serve a control client: %s", strerror(errno));
		c->state = s;
		if (pthread_create(&thread, NULL, serve_client, c) != 0)
			die("cannot make a thread");
		pthread_detach(thread);
	}
}

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof sa.sun_path)
		die("%s: longer than the name of a unix socket may be", path);
	strcpy(sa.sun_path, path);
	return sa;
}

int control_listen(const char *path)
{
	struct sockaddr_un sa = address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof sa) < 0 || listen(fd, 16) < 0)
		die("cannot listen at %s: %s", path, strerror(errno));
	return fd;
}

int control_client(const char *path, int argc, char **argv)
{
	struct sockaddr_un sa = address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc = 2;
	char line[8192];
	FILE *from, *to;

	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0 || open_both(fd, &from, &to) < 0)
		die("cannot reach %s: %s", path, strerror(errno));
	for (int i = 0; i < argc; i++)
		fprintf(to, "%s%s", i ? " " : "", argv[i]);
	fputc('\n', to);
	fflush(to);
	while (fgets(line, sizeof line, from)) {
		fputs(line, stdout);
		if (rc == 2)
			rc = strncmp(line, "error", 5) == 0;
	}
	fclose(to);
	fclose(from);
	return rc;
}
