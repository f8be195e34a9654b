#include "ipc/permit.h"

/* Fields, wherever they appear:
 *   id      number of a request, given back in the answer
 *   relay   index of a relay in the config, from 0
 *   ifname, local, dns1, dns2   the link, as pppd reported it
 *   address, peer   of the tunnel's connection: ours, on the link; and the relay's, as address:port
 *   step    where it failed: dns probe connect proof hostkey auth forward session
 *   reason  a sentence for people
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

const struct permit permit_agent[AGENT_RULES] = {
	[AGENT_MODEM] = { "modem", "profile apn dial", "device command usb data-interface command-interface pin init timeout", true },
	[AGENT_OWNER] = { "owner", "number", "name secret commands", false },
	[AGENT_WINDOW] = { "window", "length max warn tries pause dial-timeout check-timeout connect-timeout close-timeout report-timeout", "probe age", true },
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
	[AGENT_WORKER_DIED] = { "worker-died", "name reason", "", false },
	[AGENT_CHECKED] = { "checked", "id address peer", "rtt", false },
	[AGENT_TUNNEL_UP] = { "tunnel-up", "id address peer ports", "", false },
	[AGENT_TUNNEL_FAILED] = { "tunnel-failed", "id step reason fatal", "", false },
	[AGENT_TUNNEL_DOWN] = { "tunnel-down", "id reason asked received sent", "", false },
	[AGENT_TUNNEL_BYTES] = { "tunnel-bytes", "received sent channels", "", false },
	[AGENT_SENT] = { "sent", "id", "receipt remaining", false },
	[AGENT_SEND_FAILED] = { "send-failed", "id reason fatal", "again status", false },
	[AGENT_STOP] = { "stop", "", "", false },
	[AGENT_LOG] = { "log", "level", "", false },
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
};
