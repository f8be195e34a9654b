#include "ipc/permit.h"

/* Fields, wherever they appear:
 *   id      number of a request, given back in the answer
 *   relay   index of a relay in the config, from 0
 *   ifname, local, dns1, dns2   the link, as pppd reported it
 *   address, peer   of the tunnel's connection: ours, on the link; and the relay's, as address:port
 *   step    where it failed: dns probe connect proof hostkey auth forward session
 *   reason  a sentence for people
 *   target  name of a machine that is looked after
 *   led     on, off, blinking, unknown, or none if there is no such line
 *   fatal   1 if another try makes no sense before somebody changes something
 * Times are milliseconds on the monotonic clock unless the name ends in -s. */

#define LINK_FIELDS "ifname local"
#define LINK_OPTIONAL "dns1 dns2"

const struct permit permit_tunnel[TUNNEL_RULES] = {
	/* key: the private key's text in OpenSSH format. hostkey: "SHA256:...", or known-hosts: a path.
	 * forwards: "31337:localhost:22,31338:..." (port on the relay : host : port here).
	 * address: the relay's pinned address, used when no server answers. */
	[TUNNEL_RELAY] = { "relay", "index name host port user key forwards", "hostkey known-hosts address", false },
	[TUNNEL_START] = { "start", "", "", true },
	/* resolve and reach the relay (or PROBE host:port first, if given), prove the path, hang up */
	[TUNNEL_CHECK] = { "check", "id relay " LINK_FIELDS, LINK_OPTIONAL " probe timeout", false },
	/* connect, verify, authenticate, ask for the forwards, hold */
	[TUNNEL_OPEN] = { "open", "id relay " LINK_FIELDS, LINK_OPTIONAL " timeout", false },
	[TUNNEL_CLOSE] = { "close", "", "", false },
	[TUNNEL_STATS] = { "stats", "", "", false },
	[TUNNEL_LOG] = { "log", "level", "", false },
};

const struct permit permit_from_tunnel[FROM_TUNNEL_RULES] = {
	[FROM_TUNNEL_READY] = { "ready", "", "", true },
	[FROM_TUNNEL_ALIVE] = { "alive", "", "", false },
	[FROM_TUNNEL_CHECKED] = { "checked", "id address peer", "rtt", false },
	/* ports: the ports that listen on the relay, in the order of the forwards */
	[FROM_TUNNEL_UP] = { "tunnel-up", "id address peer ports", "", false },
	[FROM_TUNNEL_FAILED] = { "tunnel-failed", "id step reason fatal", "", false },
	/* the tunnel was up and is no more; asked: 1 after `close` */
	[FROM_TUNNEL_DOWN] = { "tunnel-down", "id reason asked received sent", "", false },
	[FROM_TUNNEL_BYTES] = { "tunnel-bytes", "received sent channels", "", false },
};

const struct permit permit_push[PUSH_RULES] = {
	[PUSH_PUSHOVER] = { "pushover", "url token user", "device sound ca-file", true },
	[PUSH_START] = { "start", "", "", true },
	[PUSH_SEND] = { "send", "id title text " LINK_FIELDS, LINK_OPTIONAL " url url-title priority timeout", false },
	[PUSH_LOG] = { "log", "level", "", false },
};

const struct permit permit_from_push[FROM_PUSH_RULES] = {
	[FROM_PUSH_READY] = { "ready", "", "", true },
	[FROM_PUSH_ALIVE] = { "alive", "", "", false },
	[FROM_PUSH_SENT] = { "sent", "id", "receipt remaining", false },
	/* again: milliseconds until another try is welcome; fatal=1: never */
	[FROM_PUSH_FAILED] = { "send-failed", "id reason fatal", "again status", false },
};

const struct permit permit_power[POWER_RULES] = {
	/* press..pause: ms. chip, *-line, *-flags: as in the config. command-*: an argument vector, each argument
	 * with % and blanks as %XX, separated by blanks. backend: gpio, command */
	[POWER_TARGET] = { "target", "name backend press hold on-time off-time pause",
		"chip power-line reset-line led-line line-flags led-flags "
		"command-on command-off command-force-off command-reset command-status", false },
	[POWER_START] = { "start", "", "", true },
	/* verb: on off force-off cycle reset status. force, escalate: 1. try: 1 only to hear whether it could be done */
	[POWER_DO] = { "power", "id target verb", "force escalate try", false },
	/* ends what runs for the target: its lines are inactive at once */
	[POWER_ABORT] = { "abort", "target", "", false },
	/* there is a new agent: say led, queue, power-fault, pressing and running of each target again */
	[POWER_TELL] = { "tell", "", "", false },
	[POWER_LOG] = { "log", "level", "", false },
};

const struct permit permit_from_power[FROM_POWER_RULES] = {
	[FROM_POWER_READY] = { "ready", "", "", true },
	[FROM_POWER_ALIVE] = { "alive", "", "", false },
	/* text: a sentence for who waits */
	[FROM_POWER_PROGRESS] = { "progress", "id target text", "", false },
	[FROM_POWER_DONE] = { "power-done", "id target ok led text", "", false },
	[FROM_POWER_LED] = { "led", "target led", "", false },
	/* said before a line becomes active, and after it is inactive again; line: power, reset */
	[FROM_POWER_PRESSING] = { "pressing", "target line", "", false },
	[FROM_POWER_RELEASED] = { "released", "target line", "", false },
	/* why the target cannot be reached; text "" when it can be again */
	[FROM_POWER_FAULT] = { "power-fault", "target text", "", false },
	[FROM_POWER_QUEUE] = { "queue", "target n", "", false },
	/* after tell: a request of which power-done is yet to come */
	[FROM_POWER_RUNNING] = { "running", "id target verb", "", false },
};

const struct permit permit_console[CONSOLE_RULES] = {
	/* dir: where recordings go. log-size: KiB */
	[CONSOLE_CONSOLE] = { "console", "name speed parity data-bits stop-bits flow log-size dir", "device usb interface", true },
	/* alert: 1 if the owner is to be told at once */
	[CONSOLE_WATCH] = { "watch", "pattern", "alert", false },
	[CONSOLE_OPERATOR] = { "operator", "name uid", "key power write read window", false },
	[CONSOLE_START] = { "start", "", "", true },
	/* the answer to claim; error is a sentence, absent if granted */
	[CONSOLE_TTY] = { "tty", "path", "error", false },
	/* there is a new agent: say console-state and last again */
	[CONSOLE_TELL] = { "tell", "", "", false },
	[CONSOLE_LOG] = { "log", "level", "", false },
};

const struct permit permit_from_console[FROM_CONSOLE_RULES] = {
	[FROM_CONSOLE_READY] = { "ready", "", "", true },
	[FROM_CONSOLE_ALIVE] = { "alive", "", "", false },
	[FROM_CONSOLE_CLAIM] = { "claim", "path", "", false },
	[FROM_CONSOLE_RELEASE] = { "release", "path", "", false },
	/* ok: 1 while the port is open; else text says why not. text: "" if all is well, or with ok=1 what is not: "recorded
	 * in memory only: ..." */
	[FROM_CONSOLE_STATE] = { "console-state", "target ok text", "", false },
	/* text: the last lines, the pattern's own the last of them */
	[FROM_CONSOLE_MATCHED] = { "matched", "target pattern text", "alert", false },
	[FROM_CONSOLE_LAST] = { "last", "target text", "", false },
	[FROM_CONSOLE_VIEWER] = { "viewer", "target by text", "", false },
};

const struct permit permit_agent[AGENT_RULES] = {
	[AGENT_MODEM] = { "modem", "profile apn dial", "device command usb data-interface command-interface pin init timeout", true },
	[AGENT_OWNER] = { "owner", "number", "name secret commands", false },
	[AGENT_WINDOW] = { "window", "length max warn tries pause dial-timeout check-timeout connect-timeout close-timeout report-timeout", "probe age budget budget-day", true },
	/* display: the host name the owner types */
	[AGENT_RELAY] = { "relay", "index name host port user forwards", "display", false },
	[AGENT_PUSHOVER] = { "pushover", "enabled", "", true },
	[AGENT_PATHS] = { "paths", "state control", "group", true },
	[AGENT_START] = { "start", "", "", true },
	/* the answer to claim; error is a sentence, absent if granted */
	[AGENT_TTY] = { "tty", "path", "error", false },
	[AGENT_LINK_UP] = { "link-up", LINK_FIELDS, LINK_OPTIONAL " remote", false },
	[AGENT_LINK_FAILED] = { "link-failed", "code reason fatal", "", false },
	[AGENT_LINK_DOWN] = { "link-down", "code reason seconds received sent", "", false },
	[AGENT_WORKER_UP] = { "worker-up", "name", "", false },
	/* asked: 1 if the parent ended it, and was not asked to by this agent */
	[AGENT_WORKER_DIED] = { "worker-died", "name reason", "target asked", false },
	[AGENT_CHECKED] = { "checked", "id address peer", "rtt", false },
	[AGENT_TUNNEL_UP] = { "tunnel-up", "id address peer ports", "", false },
	[AGENT_TUNNEL_FAILED] = { "tunnel-failed", "id step reason fatal", "", false },
	[AGENT_TUNNEL_DOWN] = { "tunnel-down", "id reason asked received sent", "", false },
	[AGENT_TUNNEL_BYTES] = { "tunnel-bytes", "received sent channels", "", false },
	[AGENT_SENT] = { "sent", "id", "receipt remaining", false },
	[AGENT_SEND_FAILED] = { "send-failed", "id reason fatal", "again status", false },
	[AGENT_STOP] = { "stop", "", "", false },
	[AGENT_LOG] = { "log", "level", "", false },
	/* power, console: 1 if it has that. console: its name is that of its socket, console.NAME */
	[AGENT_TARGET] = { "target", "name power console", "", false },
	/* power, write, read: names with commas, or *; window: yes, no */
	[AGENT_OPERATOR] = { "operator", "name uid", "key power write read window", false },
	[AGENT_PROGRESS] = { "progress", "id target text", "", false },
	[AGENT_DONE] = { "power-done", "id target ok led text", "", false },
	[AGENT_LED] = { "led", "target led", "", false },
	[AGENT_PRESSING] = { "pressing", "target line", "", false },
	[AGENT_RELEASED] = { "released", "target line", "", false },
	[AGENT_FAULT] = { "power-fault", "target text", "", false },
	[AGENT_QUEUE] = { "queue", "target n", "", false },
	[AGENT_CONSOLE_STATE] = { "console-state", "target ok text", "", false },
	[AGENT_MATCHED] = { "matched", "target pattern text", "alert", false },
	[AGENT_LAST] = { "last", "target text", "", false },
	[AGENT_VIEWER] = { "viewer", "target by text", "", false },
	[AGENT_RUNNING] = { "running", "id target verb", "", false },
};

const struct permit permit_from_agent[FROM_AGENT_RULES] = {
	[FROM_AGENT_READY] = { "ready", "", "", true },
	[FROM_AGENT_ALIVE] = { "alive", "", "status", false },
	[FROM_AGENT_CLAIM] = { "claim", "path", "", false },
	[FROM_AGENT_RELEASE] = { "release", "path", "", false },
	[FROM_AGENT_LINK_OPEN] = { "link-open", "tty dcd", "", false },
	[FROM_AGENT_LINK_CLOSE] = { "link-close", "force", "", false },
	[FROM_AGENT_CHECK] = { "check", "id relay " LINK_FIELDS, LINK_OPTIONAL " probe timeout", false },
	[FROM_AGENT_TUNNEL_OPEN] = { "open", "id relay " LINK_FIELDS, LINK_OPTIONAL " timeout", false },
	[FROM_AGENT_TUNNEL_CLOSE] = { "close", "", "", false },
	[FROM_AGENT_TUNNEL_STATS] = { "stats", "", "", false },
	[FROM_AGENT_SEND] = { "send", "id title text " LINK_FIELDS, LINK_OPTIONAL " url url-title priority timeout", false },
	[FROM_AGENT_STOPPED] = { "stopped", "", "", true },
	[FROM_AGENT_LOG] = { "log", "level", "", false },
	[FROM_AGENT_POWER] = { "power", "id target verb", "force escalate try", false },
	[FROM_AGENT_ABORT] = { "abort", "target", "", false },
};
