/* The running kernel's emergencies: panic, hang, and SysRq, which a BREAK and a key are on a serial console
 * (Documentation/admin-guide/sysrq.rst). */
#include "parts.h"

#include <string.h>

#define SYSRQ_WAITS (5 * ATX_S)

void kernel_say(struct atx *a, const char *text)
{
	int64_t t = a->now - a->kernel_start;

	say(a, "[%5lld.%06lld] %s\r\n", (long long)(t / ATX_S), (long long)(t % ATX_S), text);
}

bool kernel_runs(const struct atx *a)
{
	return (a->stage == STAGE_KERNEL && a->entry != ENTRY_MEMORY) || a->stage == STAGE_LOGIN || a->stage == STAGE_SHELL ||
	       a->stage == STAGE_STOPPING;
}

void kernel_panic(struct atx *a)
{
	due_not(a, DUE_LINE);
	a->flood_left = 0;
	a->count.panics++;
	stage_set(a, STAGE_PANIC);
	for (const char *const *line = text_panic; *line; line++)
		kernel_say(a, *line);
	if (a->set.panic_reboot)
		due_in(a, DUE_RESTART, a->set.panic_reboot);
}

void atx_panic(struct atx *a, int64_t at)
{
	atx_run(a, at);
	if (kernel_runs(a) && a->power == ATX_ON)
		kernel_panic(a);
}

void kernel_hang(struct atx *a)
{
	due_not(a, DUE_LINE);
	due_not(a, DUE_MENU);
	stage_set(a, STAGE_HUNG);
}

void atx_hang(struct atx *a, int64_t at)
{
	atx_run(a, at);
	if (a->power == ATX_ON)
		kernel_hang(a);
}

/* --- SysRq ------------------------------------------------------------------------------- */

void atx_break(struct atx *a, int64_t at)
{
	atx_run(a, at);
	tell(a, "serial: BREAK");
	if (a->power == ATX_ON && (kernel_runs(a) || a->stage == STAGE_PANIC))
		a->sysrq_until = a->now + SYSRQ_WAITS;
}

static void sysrq_sync(struct atx *a)
{
	kernel_say(a, "sysrq: Emergency Sync");
	kernel_say(a, "Emergency Sync complete");
}

static void sysrq_remount(struct atx *a)
{
	kernel_say(a, "sysrq: Emergency Remount R/O");
	kernel_say(a, "Emergency Remount complete");
}

static void sysrq_tasks(struct atx *a)
{
	kernel_say(a, "sysrq: Show State");
	kernel_say(a, "task:systemd         state:S stack:0     pid:1     ppid:0      flags:0x00000002");
	kernel_say(a, "task:smbd            state:D stack:0     pid:811   ppid:1      flags:0x00004002");
}

static void sysrq_crash(struct atx *a)
{
	kernel_say(a, "sysrq: Trigger a crash");
	kernel_panic(a);
}

static void sysrq_boot(struct atx *a)
{
	kernel_say(a, "sysrq: Resetting");
	power_restart(a, "SysRq b");
}

static void sysrq_off(struct atx *a)
{
	kernel_say(a, "sysrq: Power Off");
	power_down(a, "SysRq o");
}

static const struct { char key; void (*act)(struct atx *a); } sysrqs[] = {
	{ 's', sysrq_sync }, { 'u', sysrq_remount }, { 't', sysrq_tasks }, { 'c', sysrq_crash }, { 'b', sysrq_boot },
	{ 'o', sysrq_off },
};

bool sysrq_key(struct atx *a, char c)
{
	if (a->now >= a->sysrq_until)
		return false;
	a->sysrq_until = 0;
	tell(a, "serial: SysRq %c", c >= ' ' && c <= '~' ? c : '?');
	for (size_t i = 0; i < sizeof sysrqs / sizeof *sysrqs; i++)
		if (sysrqs[i].key == c) {
			sysrqs[i].act(a);
			return true;
		}
	kernel_say(a, "sysrq: HELP : reboot(b) crash(c) poweroff(o) sync(s) show-task-states(t) unmount(u)");
	return true;
}
