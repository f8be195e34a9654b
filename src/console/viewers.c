#include "console/viewers.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "console/notes.h"
#include "console/places.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OUT_MAX ((size_t)16 * 1024)
#define HELLO_MS (10 * SEC_MS)
#define REPLAY_MAX ((int64_t)1 << 20)
#define REPLAY_DEFAULT 8192
#define TELL_MS (5 * SEC_MS)		/* that keys are not sent is said once in so long */
/* What one may ask for apart from typing. */
#define REQUESTS_MAX 50
#define COUNT_MS (10 * SEC_MS)

struct viewers {
	struct loop *loop;
	struct viewers_config config;
	char *target;
	const struct viewers_ops *ops;
	void *arg;
	struct watch *watch;
	struct timer *pause;		/* in accepting */
	struct viewer viewer[PLACES];
	uint64_t came;			/* how many, ever */
	struct viewer *writer;		/* who has the keyboard; NULL: nobody */
	struct notes notes;
};

const struct viewers_config *viewer_config(const struct viewer *v)
{
	return &v->all->config;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void audit(struct viewer *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void audit(struct viewer *v, const char *fmt, ...)
{
	struct viewers *all = v->all;
	enum notes_verdict verdict = notes_count(&all->notes, v->by, clock_mono_ms());
	char text[160];
	va_list ap;

	if (verdict == NOTES_NO)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (verdict == NOTES_LAST)
		snprintf(text, sizeof text, "comes and goes too often to be told singly within this hour");
	else if (verdict == NOTES_CROWD)
		snprintf(text, sizeof text, "and others come and go too fast to be told singly");
	all->ops->on_audit(all->arg, v->by, text);
}

/* How it stands, for one: said at the beginning, and whenever somebody else has the keyboard. */
static void welcome(struct viewer *v)
{
	const struct viewers *all = v->all;
	struct msg_out o;
	struct buf line;

	buf_init(&line, MSG_LINE_MAX);
	msg_begin(&o, &line, "welcome");
	msg_str(&o, "target", all->target);
	msg_num(&o, "writer", all->writer == v);
	msg_str(&o, "holder", all->writer ? all->writer->by : NULL);
	msg_str(&o, "speed", port_line(all->config.port));
	if (msg_end(&o) == 0)
		viewer_line(v, FRAME_HELLO, &line);
	buf_free(&line);
}

static bool is_live(const struct viewer *v)
{
	return v->used && !v->closing && (v->mode == VIEWER_WRITE || v->mode == VIEWER_READ);
}

/* --- the keyboard -------------------------------------------------------------------------------- */

/* Tells all but the one who did it. */
static void tell_others(struct viewer *by, const char *text)
{
	struct viewers *all = by->all;

	for (size_t i = 0; i < PLACES; i++) {
		struct viewer *v = &all->viewer[i];

		if (!is_live(v) || v == by)
			continue;
		welcome(v);
		viewer_notice(v, "%s %s", by->by, text);
		viewer_pump(v);
	}
}

static void give_keyboard(struct viewer *to)
{
	struct viewers *all = to->all;
	struct viewer *from = all->writer;
	char text[RIGHTS_NAME_MAX + 32] = "took the keyboard";

	if (from == to)
		return;
	if (from)
		snprintf(text, sizeof text, "took the keyboard from %s", from->by);
	all->writer = to;
	if (to->mode == VIEWER_READ || from)
		audit(to, "%s", text);
	tell_others(to, text);
}

static void release_keyboard(struct viewer *v)
{
	if (v->all->writer != v)
		return;
	v->all->writer = NULL;
	tell_others(v, "let go of the keyboard");
}

static bool may(const struct viewer *v, enum right what)
{
	return rights_may(v->all->config.rights, v->uid, v->key, what, v->all->target);
}

static void take(struct viewer *v)
{
	if (!may(v, RIGHT_WRITE)) {
		viewer_notice(v, "you may look at %s, but not type: the operator sections of the config say who may", v->all->target);
		return;
	}
	if (v->all->writer == v)
		return;
	give_keyboard(v);
	v->mode = VIEWER_WRITE;
	welcome(v);
	viewer_notice(v, "you have the keyboard");
}

static void release(struct viewer *v)
{
	if (v->all->writer == v) {
		audit(v, "let go of the keyboard");
		release_keyboard(v);
	}
	v->mode = VIEWER_READ;
	welcome(v);
	viewer_notice(v, "you look on; what you type is not sent");
}

/* --- what it says ----------------------------------------------------------------------------------- */

/* Keys that go nowhere: said, but not for each of them. */
static void say_seldom(struct viewer *v, const char *text)
{
	int64_t now = clock_mono_ms();

	if (v->told && now - v->told < TELL_MS)
		return;
	v->told = now;
	viewer_say(v, FRAME_NOTICE, text);
}

static bool may_type(struct viewer *v)
{
	const struct viewers *all = v->all;
	char text[128] = "";

	if (all->writer && all->writer != v)
		snprintf(text, sizeof text, "what you type is not sent: %s has the keyboard", all->writer->by);
	else if (!all->writer)
		snprintf(text, sizeof text, "what you type is not sent: you only look on");
	else if (!port_is_open(all->config.port))
		snprintf(text, sizeof text, "what you type is not sent: the serial port of %s is not there", all->target);
	if (text[0])
		say_seldom(v, text);
	return !text[0];
}

static void on_break(struct viewer *v)
{
	if (!may_type(v))
		return;
	if (port_break(v->all->config.port) < 0)
		viewer_notice(v, "too many BREAKs wait already");
	else
		audit(v, "sent a BREAK");
}

/* Who asks for something all the time is out of order. */
static bool counts(struct viewer *v)
{
	int64_t now = clock_mono_ms();

	if (now - v->counted_from >= COUNT_MS) {
		v->counted_from = now;
		v->count = 0;
	}
	if (++v->count <= REQUESTS_MAX)
		return true;
	viewer_refuse(v, "protocol", "that is too often");
	return false;
}

static void on_frame(struct viewer *v, const struct frame *f)
{
	if (v->mode == VIEWER_LOG || v->mode == VIEWER_FOLLOW) {
		viewer_refuse(v, "protocol", "nothing can be sent while a recording is read");
		return;
	}
	if (f->type != FRAME_DATA && !counts(v))
		return;
	switch (f->type) {
	case FRAME_DATA:
		if (may_type(v))
			port_write(v->all->config.port, f->data, f->len);
		break;
	case FRAME_BREAK:
		on_break(v);
		break;
	case FRAME_TAKE:
		take(v);
		break;
	case FRAME_RELEASE:
		release(v);
		break;
	default:
		viewer_refuse(v, "protocol", "you have said hello already");
		break;
	}
}

/* --- places ---------------------------------------------------------------------------------------------- */

/* Returns -1 when it has been turned away. */
static int seat(struct viewer *v)
{
	struct viewers *all = v->all;
	struct viewer *leaves;

	if (places_seated(all->viewer) < PLACES_SEATS)
		return 0;
	leaves = places_who_leaves(all->viewer, all->writer, v);
	if (!leaves) {
		viewer_refuse(v, "full", "%d look at the console of %s already; somebody has to leave first", PLACES_SEATS, all->target);
		return -1;
	}
	viewer_refuse(leaves, "full", "%d look at the console of %s, and you from several places: %s needs this one", PLACES_SEATS,
		      all->target, v->by);
	viewer_pump(leaves);
	return 0;
}

/* All places are taken: one of somebody who has not said what he wants, or has been shown out. */
static struct viewer *clear_place(struct viewers *all)
{
	struct viewer *v = places_who_waits(all->viewer);

	viewer_drop(v);
	return v;
}

/* --- hello ---------------------------------------------------------------------------------------------- */

static int parse_mode(const char *mode)
{
	static const char *const names[] = {
		[VIEWER_WRITE] = "write", [VIEWER_READ] = "read", [VIEWER_LOG] = "log", [VIEWER_FOLLOW] = "follow",
	};

	for (int i = VIEWER_WRITE; i <= VIEWER_FOLLOW; i++)
		if (strcmp(mode, names[i]) == 0)
			return i;
	return VIEWER_NEW;
}

/* An operator by name; else the account, with as much of the key as tells it from others. */
static void name_viewer(struct viewer *v, const char *key)
{
	const struct rights_operator *o = rights_who(v->all->config.rights, v->uid, key);
	const struct passwd *pw = getpwuid(v->uid);
	char account[24];

	if (pw)
		snprintf(account, sizeof account, "%.23s", pw->pw_name);
	else
		snprintf(account, sizeof account, "user %u", v->uid);
	if (o)
		snprintf(v->by, sizeof v->by, "%s", o->name);
	else if (*key)
		snprintf(v->by, sizeof v->by, "%.15s %.15s", account, key);
	else
		snprintf(v->by, sizeof v->by, "%s", account);
	snprintf(v->key, sizeof v->key, "%s", key);
}

/* Where the replay begins: at a line, and not in the middle of what a character or a control function is made of. */
static void place_live(struct viewer *v, int64_t replay)
{
	const struct ring *raw = v->all->config.raw;
	uint64_t tail = ring_tail(raw), at = raw->head > (uint64_t)replay ? raw->head - (uint64_t)replay : 0;

	v->replay_end = raw->head;
	v->at = at > tail ? at : tail;
	/* the next beginning, if there is one; what was before the oldest byte is forgotten */
	for (uint64_t i = v->at > tail ? v->at : tail + 1; v->at > 0 && i < raw->head; i++) {
		const char *p;

		ring_peek(raw, i - 1, &p);
		if (*p == '\n') {
			v->at = i;
			break;
		}
	}
}

static void attach(struct viewer *v, const struct msg *m)
{
	struct viewer *writer = v->all->writer;
	bool takes = msg_get(m, "take") && strcmp(msg_get(m, "take"), "1") == 0;
	int64_t replay = REPLAY_DEFAULT;

	if (msg_get(m, "replay") && msg_int(m, "replay", 0, REPLAY_MAX, &replay) < 0) {
		viewer_refuse(v, "protocol", "replay is a number of bytes, at most %lld", (long long)REPLAY_MAX);
		return;
	}
	if (v->mode == VIEWER_WRITE && writer && !takes) {
		viewer_refuse(v, "busy", "%s has the keyboard of %s; take it with --take, or look on with -r", writer->by,
			      v->all->target);
		return;
	}
	place_live(v, replay);
	if (v->mode == VIEWER_WRITE)
		give_keyboard(v);
	audit(v, v->mode == VIEWER_WRITE ? "is at the console" : "looks on");
	welcome(v);
	if (!port_is_open(v->all->config.port))
		viewer_notice(v, "the serial port of %s is not there now; what it says will be shown when it is", v->all->target);
}

static void read_recording(struct viewer *v, const struct msg *m)
{
	int64_t lines = 0;

	if (msg_get(m, "lines") && msg_int(m, "lines", 1, INT32_MAX, &lines) < 0) {
		viewer_refuse(v, "protocol", "lines is a number, from 1");
		return;
	}
	recorder_find(v->all->config.recorder, (size_t)lines, &v->place);
	audit(v, "reads the recording");
	welcome(v);
}

static void on_hello(struct viewer *v, const struct frame *f)
{
	const char *why = "no hello", *key;
	static struct msg m;

	if (f->type != FRAME_HELLO || frame_line(f, &m, permit_from_viewer, FROM_VIEWER_RULES, &why) < 0 ||
	    !parse_mode(msg_get(&m, "mode"))) {
		viewer_refuse(v, "protocol", "this is no viewer of ours (%s); do oobm and oobmd have the same version?", why);
		return;
	}
	key = msg_get(&m, "key");
	if (key && !rights_key_ok(key)) {
		viewer_refuse(v, "protocol", "a key is told by its fingerprint: SHA256: and 43 characters");
		return;
	}
	name_viewer(v, key ? key : "");
	if (!may(v, RIGHT_READ)) {
		viewer_refuse(v, "permission", "%s may not look at the console of %s: the operator sections of the config say "
			      "who may", v->by, v->all->target);
		return;
	}
	if (parse_mode(msg_get(&m, "mode")) == VIEWER_WRITE && !may(v, RIGHT_WRITE)) {
		viewer_refuse(v, "permission", "%s may look at the console of %s, but not type; look on with -r", v->by,
			      v->all->target);
		return;
	}
	if (seat(v) < 0)
		return;
	timer_stop(v->timer);
	v->mode = (enum viewer_mode)parse_mode(msg_get(&m, "mode"));
	if (v->mode == VIEWER_LOG || v->mode == VIEWER_FOLLOW)
		read_recording(v, &m);
	else
		attach(v, &m);
	if (v->closing)
		v->mode = VIEWER_NEW;
}

/* --- coming and going ------------------------------------------------------------------------------------- */

void viewer_drop(struct viewer *v)
{
	if (!v->used)
		return;
	v->used = false;
	watch_free(v->watch);
	timer_free(v->timer);
	close(v->fd);
	buf_free(&v->in);
	buf_free(&v->out);
	if (v->mode == VIEWER_WRITE || v->mode == VIEWER_READ)
		audit(v, "left");
	release_keyboard(v);
}

static void take_frames(struct viewer *v)
{
	struct port *port = v->all->config.port;
	size_t used = 0;

	v->held = false;
	while (v->used && !v->closing && used < v->in.len) {
		const char *why = "";
		struct frame f;
		ssize_t n = frame_take(&f, v->in.data + used, v->in.len - used, FRAME_FROM_VIEWER, &why);

		if (n == 0)
			break;
		if (n < 0) {
			viewer_refuse(v, "protocol", "this is no viewer of ours (%s); do oobm and oobmd have the same version?", why);
			break;
		}
		if (v->all->writer == v && f.type == FRAME_DATA && f.len > port_room(port)) {
			v->held = true;
			break;
		}
		used += (size_t)n;
		if (v->mode == VIEWER_NEW)
			on_hello(v, &f);
		else
			on_frame(v, &f);
	}
	if (!v->used)
		return;
	buf_drop(&v->in, used);
	viewer_pump(v);
}

static void on_ready(void *arg, int ready)
{
	struct viewer *v = arg;
	char block[FRAME_MAX];
	ssize_t n;

	if (ready & LOOP_WRITE) {
		viewer_pump(v);
		if (!v->used)
			return;
	}
	if (!(ready & LOOP_READ) || v->held || v->closing)
		return;
	n = recv(v->fd, block, sizeof block, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		viewer_drop(v);
		return;
	}
	buf_add(&v->in, block, (size_t)n);	/* there is room: of what is whole, nothing was left in it */
	take_frames(v);
}

/* No hello; or it does not take its last words. */
static void on_time(void *arg)
{
	viewer_drop(arg);
}

static void begin(struct viewers *all, struct viewer *v, int fd)
{
	uid_t uid = (uid_t)-1;

	*v = (struct viewer){ .all = all, .used = true, .fd = fd, .number = all->came++ };
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	buf_init(&v->in, (size_t)2 * FRAME_MAX);
	buf_init(&v->out, OUT_MAX);
	v->watch = watch_new(all->loop, fd, LOOP_READ, on_ready, v);
	v->timer = timer_new(all->loop, on_time, v);
	timer_set(v->timer, HELLO_MS);
	if (os_peer_uid(fd, &uid) < 0) {
		viewer_refuse(v, "permission", "the system does not tell who you are");
		viewer_pump(v);
	}
	v->uid = (uint32_t)uid;
}

static void on_pause(void *arg)
{
	struct viewers *all = arg;

	watch_want(all->watch, LOOP_READ);
}

static void on_connect(void *arg, int ready)
{
	struct viewers *all = arg;
	struct viewer *v = NULL;
	int fd = accept(all->config.fd, NULL, NULL);

	(void)ready;
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
		/* they would be announced again at once, and for ever */
		log_error("nobody can look at the console now: %s", strerror(errno));
		watch_want(all->watch, 0);
		timer_set(all->pause, SEC_MS);
	}
	if (fd < 0)
		return;
	for (size_t i = 0; i < PLACES && !v; i++)
		if (!all->viewer[i].used)
			v = &all->viewer[i];
	begin(all, v ? v : clear_place(all), fd);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

void viewers_kick(struct viewers *all)
{
	for (size_t i = 0; all && i < PLACES; i++) {
		struct viewer *v = &all->viewer[i];

		/* who has something waiting gets the new after that */
		if (v->used && v->out.len == 0)
			viewer_pump(v);
	}
}

void viewers_room(struct viewers *all)
{
	for (size_t i = 0; all && i < PLACES; i++)
		if (all->viewer[i].used && all->viewer[i].held)
			take_frames(&all->viewer[i]);
}

void viewers_tell(struct viewers *all, const char *text)
{
	for (size_t i = 0; all && i < PLACES; i++)
		if (is_live(&all->viewer[i])) {
			viewer_say(&all->viewer[i], FRAME_NOTICE, text);
			viewer_pump(&all->viewer[i]);
		}
}

struct viewers *viewers_new(struct loop *l, const struct viewers_config *c, const struct viewers_ops *ops, void *arg)
{
	struct viewers *all = alloc_zero(sizeof *all);

	all->loop = l;
	all->config = *c;
	all->target = alloc_text(c->target);
	all->ops = ops;
	all->arg = arg;
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	fcntl(c->fd, F_SETFD, FD_CLOEXEC);
	all->watch = watch_new(l, c->fd, LOOP_READ, on_connect, all);
	all->pause = timer_new(l, on_pause, all);
	return all;
}

void viewers_free(struct viewers *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < PLACES; i++)
		viewer_drop(&all->viewer[i]);
	watch_free(all->watch);
	timer_free(all->pause);
	free(all->target);
	free(all);
}
