#include "power/power.h"

static void on_ran(void *arg, const struct program_result *r)
{
	struct target *t = arg;
	struct press_event ev = { .type = PRESS_EV_RAN, .ok = r->ok, .text = r->text };
	bool abandoned = t->abandoned;

	program_free(t->program);
	t->program = NULL;
	t->abandoned = false;
	if (deeds_next(t))
		return;
	if (!abandoned)
		target_step(t, &ev);
	sight_look(t);
}

static void start(struct target *t)
{
	t->wanted = false;
	t->program = program_run(t->power->worker.loop, t->command[t->deed], PROGRAM_LIMIT_MS, on_ran, t);
}

bool deeds_next(struct target *t)
{
	if (!t->wanted || t->program || t->sight.program)
		return false;
	start(t);
	return true;
}

void deeds_run(struct target *t, enum press_deed deed)
{
	t->wanted = true;
	t->deed = deed;
	deeds_next(t);
}

void deeds_stop(struct target *t)
{
	t->wanted = false;
	if (!t->program)
		return;
	t->abandoned = true;
	program_stop(t->program);
}

void deeds_close(struct target *t)
{
	program_free(t->program);
	t->program = NULL;
	t->wanted = t->abandoned = false;
}
