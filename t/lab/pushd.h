/* pushd.h - what the two halves of pushd share: the server, and the control socket that bends it. */
#ifndef OOBM_T_LAB_PUSHD_H
#define OOBM_T_LAB_PUSHD_H

#include <pthread.h>
#include <stdbool.h>

enum mode_kind { MODE_OK, MODE_STATUS, MODE_SLOW, MODE_DROP, MODE_GARBAGE, MODE_BADJSON, MODE_HUGE, MODE_CLOSE };

struct mode {
	enum mode_kind kind;
	int status;		/* MODE_STATUS */
	long delay_ms;		/* MODE_SLOW */
	bool counted;		/* LEFT counts down to MODE_OK */
	unsigned left;
};

struct state {
	pthread_mutex_t lock;	/* over all that follows */
	pthread_cond_t changed;	/* a push was taken */
	struct mode mode;
	unsigned posts, pushes, connections;
	char last[8192];
};

/* Says why on the standard error, and ends with 2. */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A listening unix socket at PATH, replacing what a dead server left there. */
int control_listen(const char *path);

/* Serves control clients, each in its own thread, for ever. */
void control_serve(int fd, struct state *s) __attribute__((noreturn));

/* Sends the words as one line and prints the answer. Returns 0, 1 for an answer that begins with
 * "error", 2 if there is none. */
int control_client(const char *path, int argc, char **argv);

#endif
