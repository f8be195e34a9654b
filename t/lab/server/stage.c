/* From power-on to the login prompt and down again. */
#include "parts.h"

#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	"none", "bios", "menu", "kernel", "login", "shell", "stopping", "hung", "panic",
};

const char *atx_stage_name(enum atx_stage s)
{
	return names[s];
}

void stage_set(struct atx *a, enum atx_stage s)
{
	tell(a, "stage: %s", names[s]);
	a->stage = s;
}

/* --- scripts: texts said line by line ---------------------------------------------------- */

static void run_script(struct atx *a, const char *const *script, int64_t duration)
{
	size_t n = 0;

	while (script[n])
		n++;
	a->script = script;
	a->script_step = duration / (int64_t)(n + 1) + 1;
	due_in(a, DUE_LINE, a->script_step);
}

/* "$E" and "$N" replaced. */
static const char *filled(const struct atx *a, const char *text)
{
	static char line[400];
	size_t n = 0;

	for (; *text && n + 100 < sizeof line; text++)
		if (text[0] == '$' && text[1] == 'E')
			n += (size_t)snprintf(line + n, 100, "%s", text_entries[a->entry].arguments), text++;
		else if (text[0] == '$' && text[1] == 'N')
			n += (size_t)snprintf(line + n, 100, "%s", a->set.name), text++;
		else
			line[n++] = *text;
	line[n] = '\0';
	return line;
}

/* The kernel's own lines have its time in front; those of what it has started begin with a bracket or a blank. */
static void say_line(struct atx *a, const char *text)
{
	if (a->stage == STAGE_BIOS || text[0] == '[' || text[0] == ' ')
		say(a, "%s\r\n", filled(a, text));
	else
		kernel_say(a, filled(a, text));
}

static void script_over(struct atx *a);

void stage_line(struct atx *a)
{
	const char *line = *a->script;

	if (!line) {
		script_over(a);
		return;
	}
	if (a->stage == STAGE_STOPPING && a->fault[FAULT_ACPI_HANG] && !a->script[1]) {
		tell(a, "system: hangs while it shuts down");
		say(a, "%s\r\n", text_stop_job);
		return;
	}
	a->script++;
	due_in(a, DUE_LINE, a->script_step);
	say_line(a, line);
}

/* --- the stages -------------------------------------------------------------------------- */

void stage_begin(struct atx *a)
{
	stage_set(a, STAGE_BIOS);
	a->entry = ENTRY_NORMAL;
	say(a, "\033[2J\033[H");
	run_script(a, text_bios, a->set.bios);
}

void stage_end(struct atx *a)
{
	if (a->stage != STAGE_NONE)
		stage_set(a, STAGE_NONE);
	due_not(a, DUE_LINE);
	due_not(a, DUE_MENU);
	due_not(a, DUE_RESTART);
	buf_drop(&a->out, a->out.len);
	a->flood_left = 0;
	a->sysrq_until = 0;
}

void stage_boot(struct atx *a)
{
	tell(a, "boot: %s", text_entries[a->entry].title);
	due_not(a, DUE_MENU);
	say(a, "\033[2J\033[H  Booting '%s'\r\n\r\n", text_entries[a->entry].title);
	a->kernel_start = a->now;
	stage_set(a, STAGE_KERNEL);
	run_script(a, a->entry == ENTRY_MEMORY ? text_memory : text_kernel, a->set.kernel);
}

/* The kernel's messages, then those of what it has started, then somebody to talk to. */
static void kernel_over(struct atx *a)
{
	if (a->entry == ENTRY_MEMORY) {
		stage_set(a, STAGE_HUNG);
	} else {
		const char *const *more = a->entry == ENTRY_RESCUE ? text_rescue : text_up;

		for (; *more; more++)
			say_line(a, *more);
		tty_begin(a);
	}
}

static void no_disk(struct atx *a)
{
	for (const char *const *line = text_no_disk; *line; line++)
		say(a, "%s\r\n", *line);
	stage_set(a, STAGE_HUNG);
}

static void script_over(struct atx *a)
{
	a->script = NULL;
	switch (a->stage) {
	case STAGE_BIOS:
		if (a->fault[FAULT_NO_DISK])
			no_disk(a);
		else
			menu_begin(a);
		break;
	case STAGE_KERNEL:
		kernel_over(a);
		break;
	case STAGE_STOPPING:
		if (a->restart)
			power_restart(a, "the system restarts");
		else
			power_down(a, "the system has shut down");
		break;
	default:
		break;
	}
}

void stage_stop(struct atx *a, bool restart)
{
	a->restart = restart;
	a->flood_left = 0;
	stage_set(a, STAGE_STOPPING);
	say(a, "\r\n");
	run_script(a, text_stop, a->set.stop);
}

void stage_press(struct atx *a)
{
	switch (a->stage) {
	case STAGE_NONE: case STAGE_BIOS: case STAGE_MENU:
		power_down(a, "power button, before any system runs");
		break;
	case STAGE_LOGIN: case STAGE_SHELL:
		if (a->fault[FAULT_ACPI_IGNORED]) {
			tell(a, "system: takes no notice of the power button");
			break;
		}
		tell(a, "system: power button, shutting down");
		stage_stop(a, false);
		break;
	default:
		tell(a, "system: nobody hears the power button");
		break;
	}
}

void atx_input(struct atx *a, int64_t at, const char *bytes, size_t n)
{
	atx_run(a, at);
	for (size_t i = 0; i < n; i++) {
		if (a->power != ATX_ON || sysrq_key(a, bytes[i]))
			continue;
		if (a->stage == STAGE_MENU)
			menu_key(a, bytes[i]);
		else if (a->stage == STAGE_LOGIN || a->stage == STAGE_SHELL)
			tty_key(a, bytes[i]);
	}
}
