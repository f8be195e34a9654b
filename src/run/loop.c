#include "run/loop.h"
#include "base/log.h"

#include <event2/event.h>
#include <stdlib.h>

struct loop {
	struct event_base *base;
	int code;
};

struct watch {
	struct loop *loop;
	struct event *ev;
	int fd, want;
	void (*cb)(void *arg, int ready);
	void *arg;
};

struct timer {
	struct event *ev;
	void (*cb)(void *arg);
	void *arg;
};

struct sigwatch {
	struct event *ev;
	void (*cb)(void *arg, int signo);
	void *arg;
};

static void *must(void *p)
{
	if (!p) {
		log_error("out of memory");
		exit(1);
	}
	return p;
}

struct loop *loop_new(void)
{
	struct loop *l = must(calloc(1, sizeof *l));
	struct event_config *cfg = must(event_config_new());

	/* libevent would else cache a coarse clock, up to 4 ms off */
	event_config_set_flag(cfg, EVENT_BASE_FLAG_PRECISE_TIMER);
	l->base = must(event_base_new_with_config(cfg));
	event_config_free(cfg);
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	event_base_free(l->base);
	free(l);
}

int loop_run(struct loop *l)
{
	l->code = 0;
	if (event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0) {
		log_error("the event loop failed");
		return 1;
	}
	return l->code;
}

void loop_stop(struct loop *l, int code)
{
	l->code = code;
	event_base_loopbreak(l->base);
}

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;
	int ready = (what & EV_READ ? LOOP_READ : 0) | (what & EV_WRITE ? LOOP_WRITE : 0);

	(void)fd;
	w->cb(w->arg, ready);
}

static void watch_arm(struct watch *w)
{
	short what = EV_PERSIST;

	if (w->want & LOOP_READ)
		what |= EV_READ;
	if (w->want & LOOP_WRITE)
		what |= EV_WRITE;
	event_assign(w->ev, w->loop->base, w->fd, what, on_watch, w);
	if (w->want)
		event_add(w->ev, NULL);
}

struct watch *watch_new(struct loop *l, int fd, int want, void (*cb)(void *arg, int ready), void *arg)
{
	struct watch *w = must(calloc(1, sizeof *w));

	*w = (struct watch){ .loop = l, .fd = fd, .want = want, .cb = cb, .arg = arg };
	w->ev = must(event_new(l->base, fd, EV_PERSIST | EV_READ, on_watch, w));
	watch_arm(w);
	return w;
}

void watch_want(struct watch *w, int want)
{
	if (w->want == want)
		return;
	event_del(w->ev);
	w->want = want;
	watch_arm(w);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	event_free(w->ev);
	free(w);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct timer *t = arg;

	(void)fd;
	(void)what;
	t->cb(t->arg);
}

struct timer *timer_new(struct loop *l, void (*cb)(void *arg), void *arg)
{
	struct timer *t = must(calloc(1, sizeof *t));

	t->cb = cb;
	t->arg = arg;
	t->ev = must(evtimer_new(l->base, on_timer, t));
	return t;
}

void timer_set(struct timer *t, int64_t ms)
{
	struct timeval tv;

	if (ms < 0)
		ms = 0;
	tv.tv_sec = (time_t)(ms / 1000);
	tv.tv_usec = (suseconds_t)(ms % 1000 * 1000);
	evtimer_add(t->ev, &tv);
}

void timer_stop(struct timer *t)
{
	evtimer_del(t->ev);
}

bool timer_pending(const struct timer *t)
{
	return evtimer_pending(t->ev, NULL);
}

void timer_free(struct timer *t)
{
	if (!t)
		return;
	event_free(t->ev);
	free(t);
}

static void on_signal(evutil_socket_t signo, short what, void *arg)
{
	struct sigwatch *s = arg;

	(void)what;
	s->cb(s->arg, (int)signo);
}

struct sigwatch *sigwatch_new(struct loop *l, int signo, void (*cb)(void *arg, int signo), void *arg)
{
	struct sigwatch *s = must(calloc(1, sizeof *s));

	s->cb = cb;
	s->arg = arg;
	s->ev = must(evsignal_new(l->base, signo, on_signal, s));
	event_add(s->ev, NULL);
	return s;
}

void sigwatch_free(struct sigwatch *s)
{
	if (!s)
		return;
	event_free(s->ev);
	free(s);
}
