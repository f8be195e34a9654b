#include "base/alloc.h"
#include "power/power.h"

#include <stdlib.h>
#include <string.h>

static const char *const deed_keys[PRESS_DEEDS] = {
	[PRESS_DO_ON] = "command-on", [PRESS_DO_OFF] = "command-off", [PRESS_DO_FORCE_OFF] = "command-force-off",
	[PRESS_DO_RESET] = "command-reset",
};

static char *text(const struct msg *m, const char *key)
{
	const char *v = msg_get(m, key);

	return alloc_text(v ? v : "");
}

static int read_times(const struct msg *m, struct press_config *c, struct err *e)
{
	const struct { const char *key; int64_t *to; } times[] = {
		{ "press", &c->press }, { "hold", &c->hold }, { "on-time", &c->on_time }, { "off-time", &c->off_time },
		{ "pause", &c->pause },
	};
	const char *wrong;

	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (msg_int(m, times[i].key, 0, PRESS_WAIT_MAX_MS, times[i].to) < 0)
			return err_set(e, "%s is no number of milliseconds", times[i].key);
	wrong = press_config_wrong(c);
	return wrong ? err_set(e, "%s", wrong) : 0;
}

static int read_lines(struct target *t, const struct msg *m, struct err *e)
{
	const char *flags = msg_get(m, "line-flags"), *led_flags = msg_get(m, "led-flags");

	t->chip = text(m, "chip");
	for (enum line l = 0; l < LINES; l++)
		t->line[l] = text(m, lines_option(l));
	if (lines_flags(flags ? flags : "", LINE_POWER, &t->flags, e) < 0 ||
	    lines_flags(led_flags ? led_flags : "", LINE_LED, &t->led_flags, e) < 0)
		return -1;
	if (*t->line[LINE_POWER])
		t->config.can = 1u << PRESS_DO_ON | 1u << PRESS_DO_OFF | 1u << PRESS_DO_FORCE_OFF;
	if (*t->line[LINE_RESET])
		t->config.can |= 1u << PRESS_DO_RESET;
	t->config.led = *t->line[LINE_LED];
	return 0;
}

static void read_commands(struct target *t, const struct msg *m)
{
	t->config.commands = true;
	for (unsigned d = 0; d < PRESS_DEEDS; d++) {
		t->command[d] = text(m, deed_keys[d]);
		if (*t->command[d])
			t->config.can |= 1u << d;
	}
	t->status = text(m, "command-status");
	t->config.led = *t->status;
}

static int read_target(struct target *t, const struct msg *m, struct err *e)
{
	const char *backend = msg_get(m, "backend");

	if (!*t->name || target_find(t->power, t->name))
		return err_set(e, "two targets have the name \"%.60s\", or one has none", t->name);
	if (read_times(m, &t->config, e) < 0)
		return -1;
	if (strcmp(backend, "command") == 0)
		read_commands(t, m);
	else if (strcmp(backend, "gpio") != 0)
		return err_set(e, "there is no backend \"%.60s\"", backend);
	else
		return read_lines(t, m, e);
	return 0;
}

struct target *target_new(struct power *p, const struct msg *m, struct err *e)
{
	struct target *t;

	if (p->n == POWER_TARGETS_MAX) {
		err_set(e, "more than %d targets", POWER_TARGETS_MAX);
		return NULL;
	}
	t = alloc_zero(sizeof *t);
	t->power = p;
	t->index = p->n;
	t->name = text(m, "name");
	if (read_target(t, m, e) == 0) {
		t->sight.state = t->config.led ? LED_UNKNOWN : LED_NONE;
		return t;
	}
	target_free(t);
	return NULL;
}

void target_free(struct target *t)
{
	if (!t)
		return;
	timer_free(t->timer);
	free(t->name);
	free(t->chip);
	for (unsigned l = 0; l < LINES; l++)
		free(t->line[l]);
	for (unsigned d = 0; d < PRESS_DEEDS; d++)
		free(t->command[d]);
	free(t->status);
	free(t);
}
