/* link.h - the PPP connection over a port that is already in data mode.
 *
 * One implementation a system, in its own file: pppd(8) on Linux, ppp(8) on FreeBSD. */
#ifndef OOBM_LINK_LINK_H
#define OOBM_LINK_LINK_H

#include "base/err.h"
#include "run/loop.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LINK_ADDR_MAX 64

struct link;

struct link_config {
	const char *program;		/* /usr/sbin/pppd */
	const char *script_dir;		/* where our ip-up and ip-down are */
	const char *run_dir;		/* of root alone: the scripts' news come through a FIFO here */
	const char *tty;
	unsigned speed;
	bool carrier;			/* the port shows DCD: its loss is a hang-up */
	const char *user, *password;	/* "" for none */
	int table;			/* policy routing table for the link's address */
	char *const *options;		/* further options, a line each */
	size_t noptions;
};

struct link_info {
	char ifname[IFNAMSIZ];
	char local[LINK_ADDR_MAX], remote[LINK_ADDR_MAX];
	char dns1[LINK_ADDR_MAX], dns2[LINK_ADDR_MAX];	/* "" if the carrier named none that can be used */
};

struct link_end {
	bool was_up;
	int code;			/* the program's exit status; -1 if it could not be started */
	char reason[256];		/* a sentence */
	bool fatal;			/* another try makes no sense until somebody changes something */
	int64_t seconds, received, sent;	/* as the program counted; 0 if never up */
};

struct link_ops {
	void (*on_up)(void *arg, const struct link_info *info);
	/* The program is gone, and with it the interface. Called once, from the loop; the link is freed. */
	void (*on_end)(void *arg, const struct link_end *end);
};

/* Starts the program. Returns NULL with E if it cannot even be started. */
struct link *link_open(struct loop *l, const struct link_config *c, const struct link_ops *ops, void *arg,
		       struct err *e);

/* Asks for the end (a PPP terminate request), or with FORCE takes it. on_end follows in any case. */
void link_close(struct link *k, bool force);

/* The owner of all children calls this with what waitpid(2) said; true if PID was the link's. */
bool link_reaped(struct link *k, pid_t pid, int status);

/* Removes what a killed predecessor may have left: routing rules, the FIFO. */
void link_clean_up(const struct link_config *c);

/* Frees without asking; for the end of the process. The program dies with us. */
void link_free(struct link *k);

#endif
