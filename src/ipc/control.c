#include "ipc/control.h"

const struct permit permit_control[CONTROL_RULES] = {
	[CONTROL_STATUS] = { "status", "", "key", true },
	[CONTROL_UP] = { "up", "", "length key", true },
	[CONTROL_DOWN] = { "down", "", "key", true },
	[CONTROL_EXTEND] = { "extend", "", "length key", true },
	[CONTROL_HISTORY] = { "history", "", "count key", true },
	[CONTROL_LOG_LEVEL] = { "log-level", "level", "key", true },
	/* verb: on off force-off cycle reset status. in: not now, but after so long. force, escalate: 1 */
	[CONTROL_POWER] = { "power", "target verb", "in force escalate key", true },
	/* of one pending action, of all of a target, or of all */
	[CONTROL_CANCEL] = { "cancel", "", "id target key", true },
	[CONTROL_PENDING] = { "pending", "", "key", true },
	/* of those that the asker may see */
	[CONTROL_TARGETS] = { "targets", "", "key", true },
};

const struct permit permit_from_control[FROM_CONTROL_RULES] = {
	/* state: a state of the machine. since: ms it has been there. left, length: of the window, ms.
	 * end: wall-clock seconds of its end, for display. signal: dBm. registration: a phrase
	 * ("home", "roaming", "searching", "denied"). ssh: "ssh://root@relay:31337". received, sent: bytes
	 * in this window. try: number of the running try. spool: notices waiting. error: why the last
	 * try failed. uptime: ms of the agent. month: bytes in this month of the SIM's plan; budget: of how many. */
	[CONTROL_ST] = { "status", "state since uptime version",
		"modem model operator registration signal sim left length end ssh ifname local received sent "
		"try tries spool error by next month budget",
		false },
	/* time: wall-clock seconds. kind: "message", "window", "notice", "fault", "start". text: a sentence */
	[CONTROL_EVENT] = { "event", "time kind text", "", false },
	/* by: who the asker is to the agent */
	[CONTROL_OK] = { "ok", "text", "by", true },
	/* code: busy, refused, unavailable, usage, internal */
	[CONTROL_ERROR] = { "error", "code text", "", true },
	/* power, console: 1 if it has that. led: on off blinking unknown none. queue: requests that wait. fault: why its
	 * power cannot be reached. recording: 1 while its console is; console-fault: why not. last: its last line, and
	 * last-age how long ago, ms. may: what the asker may, of "read write power" with commas */
	[CONTROL_TARGET] = { "target", "name power console",
		"led queue fault recording console-fault last last-age may", false },
	/* left: ms until it is done; due: wall-clock seconds, where the clock may be believed */
	[CONTROL_WAITING] = { "pending", "id target verb left by", "due force escalate", false },
	[CONTROL_PROGRESS] = { "progress", "text", "", false },
};
