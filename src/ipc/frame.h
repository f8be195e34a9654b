/* frame.h - the viewer protocol of oobm-console: bytes of a serial line and a few words about them, on a stream.
 *
 * A frame is one byte of type, two bytes of length (the high one first), and 0 to FRAME_PAYLOAD_MAX bytes. The
 * viewer begins with FRAME_HELLO, and the worker answers with FRAME_HELLO or with FRAME_ERROR and the end. */
#ifndef OOBM_IPC_FRAME_H
#define OOBM_IPC_FRAME_H

#include "base/buf.h"
#include "ipc/msg.h"

#include <sys/types.h>

#define FRAME_HEAD 3
#define FRAME_PAYLOAD_MAX 4096
#define FRAME_MAX (FRAME_HEAD + FRAME_PAYLOAD_MAX)

enum frame_type {
	FRAME_HELLO = 'H',	/* both ways; a line of permit_from_viewer or permit_to_viewer, without newline. The worker
				 * says `welcome` again whenever who has the keyboard changes */
	FRAME_DATA = 'D',	/* both ways: bytes for the line, bytes from it (modes log and follow: of the recording) */
	FRAME_BREAK = 'B',	/* to the worker: a BREAK of 0.3 s, in its place among the data; no payload */
	FRAME_TAKE = 'T',	/* to the worker: take the keyboard, whoever has it; no payload */
	FRAME_RELEASE = 'R',	/* to the worker: let go of the keyboard, look on; no payload */
	FRAME_ERROR = 'E',	/* to the viewer: an `error` line; the end follows */
	FRAME_NOTICE = 'N',	/* to the viewer: a sentence, UTF-8 */
	FRAME_LIVE = 'Z',	/* to the viewer: the replay, or the recording, ends here; no payload */
};

/* What may come in which direction, for frame_take. */
#define FRAME_FROM_VIEWER "HDBTR"
#define FRAME_TO_VIEWER "HDENZ"

struct frame {
	char type;
	size_t len;
	const char *data;	/* into the bytes that were given; not terminated */
};

/* Looks at the N bytes P of a stream. Returns how many the first frame has (F is set), 0 if it is not whole yet, or
 * -1 with a constant text in *WHY: a type that is not in TYPES, too long, or a payload where none belongs. */
ssize_t frame_take(struct frame *f, const void *p, size_t n, const char *types, const char **why);

/* Appends a frame. Returns 0, or -1 (TO unchanged): LEN is more than FRAME_PAYLOAD_MAX, or TO is full. */
int frame_put(struct buf *to, enum frame_type type, const void *data, size_t len);

/* Appends a notice: the text, cut at FRAME_PAYLOAD_MAX bytes. Returns as frame_put. */
int frame_put_text(struct buf *to, enum frame_type type, const char *text);

/* Appends the line that LINE holds (as msg_end left it) as a frame, and empties LINE. Returns as frame_put. */
int frame_put_line(struct buf *to, enum frame_type type, struct buf *line);

/* Parses the line in F and holds it against a table. Returns the rule, or -1 with a constant text in *WHY. */
int frame_line(const struct frame *f, struct msg *m, const struct permit *table, size_t n, const char **why);

/* viewer -> worker: mode is write, read (look on), log (the recording) or follow (the recording, and on). replay:
 * bytes of what came before (modes write and read). lines: of the recording (modes log and follow); without it all.
 * key: fingerprint of the SSH key that the user came with. take: 1 to take the keyboard from whoever has it. */
enum { VIEWER_HELLO, FROM_VIEWER_RULES };
extern const struct permit permit_from_viewer[FROM_VIEWER_RULES];

/* worker -> viewer: writer is 1 if you have the keyboard; holder: who has it, if anybody; speed: "115200 8N1".
 * code: permission, busy, full, protocol, unavailable. text: a sentence with what to do. */
enum { VIEWER_WELCOME, VIEWER_ERROR, TO_VIEWER_RULES };
extern const struct permit permit_to_viewer[TO_VIEWER_RULES];

#endif
