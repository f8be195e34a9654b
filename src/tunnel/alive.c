#include "tunnel/alive.h"
#include "base/alloc.h"
#include "base/clock.h"

#include <stdlib.h>

struct alive {
	struct timer *timer;
	int64_t idle_ms, answer_ms;
	int64_t heard_at, asked_at;
	bool running, asked, deaf;
	const struct alive_ops *ops;
	void *arg;
};

/* The timer is not moved with each byte: when it comes, it looks how long the silence really is. */
static void on_timer(void *arg)
{
	struct alive *a = arg;
	int64_t now = clock_mono_ms();

	if (a->deaf)
		alive_heard(a);
	if (a->asked && now - a->asked_at >= a->answer_ms) {
		a->running = false;
		a->ops->dead(a->arg, now - a->heard_at);
		return;
	}
	if (!a->asked && now - a->heard_at >= a->idle_ms) {
		a->asked = true;
		a->asked_at = now;
		a->ops->ask(a->arg);
	}
	if (a->running)
		timer_set(a->timer, a->asked ? a->asked_at + a->answer_ms - now : a->heard_at + a->idle_ms - now);
}

struct alive *alive_new(struct loop *l, int64_t idle_ms, int64_t answer_ms, const struct alive_ops *ops, void *arg)
{
	struct alive *a = alloc_zero(sizeof *a);

	*a = (struct alive){ .idle_ms = idle_ms, .answer_ms = answer_ms, .ops = ops, .arg = arg };
	a->timer = timer_new(l, on_timer, a);
	return a;
}

void alive_free(struct alive *a)
{
	if (!a)
		return;
	timer_free(a->timer);
	free(a);
}

void alive_start(struct alive *a)
{
	a->running = true;
	alive_heard(a);
	timer_set(a->timer, a->idle_ms);
}

void alive_stop(struct alive *a)
{
	a->running = false;
	timer_stop(a->timer);
}

void alive_heard(struct alive *a)
{
	a->heard_at = clock_mono_ms();
	a->asked = false;
}

void alive_deaf(struct alive *a, bool deaf)
{
	if (a->deaf && !deaf)
		alive_heard(a);
	a->deaf = deaf;
}
