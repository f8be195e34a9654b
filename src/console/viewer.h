/* viewer.h - one viewer: a socket, what it is to be sent, what it has said. Used by viewers.c only, which decides. */
#ifndef OOBM_CONSOLE_VIEWER_H
#define OOBM_CONSOLE_VIEWER_H

#include "base/buf.h"
#include "console/recorder.h"
#include "core/rights.h"
#include "ipc/frame.h"
#include "run/loop.h"

#include <stdbool.h>
#include <stdint.h>

enum viewer_mode { VIEWER_NEW, VIEWER_WRITE, VIEWER_READ, VIEWER_LOG, VIEWER_FOLLOW };

struct viewers;

struct viewer {
	struct viewers *all;
	bool used, closing;
	bool deaf;			/* it has closed its ears; what it typed before is still to be read */
	int fd;
	struct watch *watch;
	struct timer *timer;		/* for the hello; for the last words */
	enum viewer_mode mode;
	uint64_t number;		/* who came later has a higher one */
	uint32_t uid;
	char key[RIGHTS_KEY_MAX];	/* that its person came with, as it says; "" */
	char by[RIGHTS_NAME_MAX];	/* who it is, for people */
	struct buf in, out;
	bool held;			/* nothing is read from it: the port has no room */
	/* live: the next byte in memory; where the replay ends */
	uint64_t at, replay_end;
	bool live;			/* the replay is over */
	struct recorder_place place;	/* of the recording */
	/* against those who flood */
	int64_t counted_from, told;
	unsigned count;
};

/* Sends what there is, as far as the socket takes it. The viewer may be gone after that. */
void viewer_pump(struct viewer *v);

/* Puts a sentence, or a line (which is emptied), into its queue; to be followed by viewer_pump. One who does not read
 * misses what does not fit. */
void viewer_say(struct viewer *v, enum frame_type type, const char *text);
void viewer_line(struct viewer *v, enum frame_type type, struct buf *line);

/* A sentence for it; and, in an error, the last one. */
void viewer_notice(struct viewer *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void viewer_refuse(struct viewer *v, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Nothing more is taken from it; it gets what is queued, and is gone. */
void viewer_end(struct viewer *v);

/* viewers.c: it is gone, now. */
void viewer_drop(struct viewer *v);
const struct viewers_config *viewer_config(const struct viewer *v);

#endif
