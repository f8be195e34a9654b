/* simctl - asks a simulated device: modemctl or atxctl [-S SOCKET] [-w SECONDS] COMMAND [ARGUMENT...]
 * SOCKET is by default what the program's line below says; -w waits for the device to be there. The exit status is
 * the answer's: 0 done, 1 failed or not seen in time, 2 wrong usage, 3 nobody there. */
#include "config.h"

#include "ipc/msg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const struct program {
	const char *name, *variable, *socket, *device;
} programs[] = {
	{ "modemctl", "MODEMSIM_SOCKET", "/run/modemsim/control", "modemsim" },
	{ "atxctl", "ATXSERVER_SOCKET", "/run/atxserver/control", "atxserver" },
};
static const struct program *self = &programs[0];

static int connect_to(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof a.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(a.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		int why = errno;

		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

static int send_request(int fd, int argc, char **argv)
{
	struct msg_out o;
	struct buf b;
	char key[16];
	int rc = -1;

	buf_init(&b, MSG_LINE_MAX);
	msg_begin(&o, &b, argv[0]);
	for (int i = 1; i < argc; i++) {
		snprintf(key, sizeof key, "a%d", i - 1);
		msg_str(&o, key, argv[i]);
	}
	if (msg_end(&o) == 0 && write(fd, b.data, b.len) == (ssize_t)b.len)
		rc = 0;
	buf_free(&b);
	return rc;
}

/* Shows the answer; returns its status. */
static int show(FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	int rc = 3;

	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '-') {
			puts(line + 1);
		} else if (line[0] == '=') {
			rc = atoi(line + 1);
			if (rc)
				fprintf(stderr, "%s: %s\n", self->name, strchr(line, ' ') ? strchr(line, ' ') + 1 : "failed");
			break;
		}
	}
	free(line);
	return rc;
}

/* Tries every 20 ms: there is nothing that could tell of a socket that is not there yet. */
static int connect_soon(const char *path, long seconds)
{
	int fd = connect_to(path);

	for (long left = seconds * 50; fd < 0 && left > 0; left--) {
		poll(NULL, 0, 20);
		fd = connect_to(path);
	}
	return fd;
}

int main(int argc, char **argv)
{
	const char *path;
	long seconds = 0;
	FILE *f;
	int c, fd, rc;

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (!strcmp(program_invocation_short_name, programs[i].name))
			self = &programs[i];
	path = getenv(self->variable);
	while ((c = getopt(argc, argv, "+S:w:")) >= 0)
		switch (c) {
		case 'S': path = optarg; break;
		case 'w': seconds = atol(optarg); break;
		default: argc = 0;
		}
	if (argc <= optind) {
		fprintf(stderr, "usage: %s [-S SOCKET] [-w SECONDS] COMMAND [ARGUMENT...]\n"
			"The commands are in t/README.\n", self->name);
		return 2;
	}
	if (!path)
		path = self->socket;
	fd = connect_soon(path, seconds);
	if (fd < 0) {
		fprintf(stderr, "%s: %s: %s; is %s running?\n", self->name, path, strerror(errno), self->device);
		return 3;
	}
	if (send_request(fd, argc - optind, argv + optind) < 0) {
		fprintf(stderr, "%s: the request is malformed or too long\n", self->name);
		return 2;
	}
	f = fdopen(fd, "r");
	rc = f ? show(f) : 3;
	if (f)
		fclose(f);
	return rc;
}
