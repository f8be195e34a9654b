#include "ipc/control.h"

const struct permit permit_control[CONTROL_RULES] = {
	[CONTROL_STATUS] = { "status", "", "", true },
	[CONTROL_UP] = { "up", "", "length", true },
	[CONTROL_DOWN] = { "down", "", "", true },
	[CONTROL_EXTEND] = { "extend", "", "length", true },
	[CONTROL_HISTORY] = { "history", "", "count", true },
	[CONTROL_LOG_LEVEL] = { "log-level", "level", "", true },
};

const struct permit permit_from_control[FROM_CONTROL_RULES] = {
	/* state: a state of the machine. since: ms it has been there. left, length: of the window, ms.
	 * end: wall-clock seconds of its end, for display. signal: dBm. registration: a phrase
	 * ("home", "roaming", "searching", "denied"). ssh: "ssh://root@relay:31337". received, sent: bytes
	 * in this window. try: number of the running try. spool: notices waiting. error: why the last
	 * try failed. uptime: ms of the agent. budget: bytes this month. */
	[CONTROL_ST] = { "status", "state since uptime version",
		"modem model operator registration signal sim left length end ssh ifname local received sent "
		"try tries spool error by next",
		false },
	/* time: wall-clock seconds. kind: "message", "window", "notice", "fault", "start". text: a sentence */
	[CONTROL_EVENT] = { "event", "time kind text", "", false },
	[CONTROL_OK] = { "ok", "text", "", true },
	/* code: busy, refused, unavailable, usage, internal */
	[CONTROL_ERROR] = { "error", "code text", "", true },
};
