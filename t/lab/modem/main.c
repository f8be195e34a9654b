/* modemsim - a 3G stick for tests: a real USB device in the lab kernel, or pseudo-terminals elsewhere. */
#include "config.h"

#include "../kit/ctl.h"
#include "../kit/events.h"
#include "modem.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
	const char *pty, *pty2, *socket, *log, *profile, *serial, *dir;
	const char *pin;
	bool usb, unplugged;
	long sm, me;
};

static const char usage[] =
	"usage: modemsim --usb | --pty LINK [--pty2 LINK] [options]\n"
	"  --profile NAME     make of modem (huawei with --usb, else generic)\n"
	"  --socket PATH      control socket (/run/modemsim/control)\n"
	"  --log FILE         events (standard error)\n"
	"  --carrier COMMAND  answers ATD*99#; gets the path of a pseudo-terminal appended\n"
	"  --connect-ms N     CONNECT at the latest after this (2000), earlier when the carrier is ready\n"
	"  --boot-ms N        from a reboot to being there again (1000)\n"
	"  --search-ms N      from power-on to being registered (200)\n"
	"  --submit-ms N      from a PDU to its +CMGS (100)\n"
	"  --pin PIN          the card asks for it\n"
	"  --sm N, --me N     places for messages on the card (10) and in the modem (20); 0: it has no such store\n"
	"  --serial TEXT      USB serial number (LAB0001)\n"
	"  --quirk NAME       one more bad manner (modemctl quirk lists them); may be repeated\n"
	"  --trace            events for the bytes of data calls, too\n"
	"  --unplugged        wait for `plug`\n"
	"Talk to it with modemctl.\n";

enum { O_USB = 256, O_PTY, O_PTY2, O_PROFILE, O_SOCKET, O_LOG, O_CARRIER, O_CONNECT, O_BOOT, O_SEARCH, O_SUBMIT,
       O_PIN, O_SM, O_ME, O_SERIAL, O_QUIRK, O_TRACE, O_UNPLUGGED, O_HELP };

static const struct option names[] = {
	{ "usb", no_argument, NULL, O_USB },
	{ "pty", required_argument, NULL, O_PTY },
	{ "pty2", required_argument, NULL, O_PTY2 },
	{ "profile", required_argument, NULL, O_PROFILE },
	{ "socket", required_argument, NULL, O_SOCKET },
	{ "log", required_argument, NULL, O_LOG },
	{ "carrier", required_argument, NULL, O_CARRIER },
	{ "connect-ms", required_argument, NULL, O_CONNECT },
	{ "boot-ms", required_argument, NULL, O_BOOT },
	{ "search-ms", required_argument, NULL, O_SEARCH },
	{ "submit-ms", required_argument, NULL, O_SUBMIT },
	{ "pin", required_argument, NULL, O_PIN },
	{ "sm", required_argument, NULL, O_SM },
	{ "me", required_argument, NULL, O_ME },
	{ "serial", required_argument, NULL, O_SERIAL },
	{ "quirk", required_argument, NULL, O_QUIRK },
	{ "trace", no_argument, NULL, O_TRACE },
	{ "unplugged", no_argument, NULL, O_UNPLUGGED },
	{ "help", no_argument, NULL, O_HELP },
	{ NULL, 0, NULL, 0 }
};

static long number(const char *option, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (!*text || *end || n < 0 || n > 100000000) {
		fprintf(stderr, "modemsim: %s: '%s' is no number\n", option, text);
		exit(2);
	}
	return n;
}

static unsigned quirk(const char *option, const char *text)
{
	unsigned bit = quirk_by_name(text);

	if (!bit) {
		fprintf(stderr, "modemsim: %s: no quirk '%s'\n", option, text);
		exit(2);
	}
	return bit;
}

static void take_option(int c, struct options *o, struct modem *m)
{
	switch (c) {
	case O_USB: o->usb = true; break;
	case O_PTY: o->pty = optarg; break;
	case O_PTY2: o->pty2 = optarg; break;
	case O_PROFILE: o->profile = optarg; break;
	case O_SOCKET: o->socket = optarg; break;
	case O_LOG: o->log = optarg; break;
	case O_CARRIER: m->carrier = optarg; break;
	case O_CONNECT: m->connect_ms = number("--connect-ms", optarg); break;
	case O_BOOT: m->boot_ms = number("--boot-ms", optarg); break;
	case O_SEARCH: m->net.search_ms = number("--search-ms", optarg); break;
	case O_SUBMIT: m->net.submit_ms = number("--submit-ms", optarg); break;
	case O_PIN: o->pin = optarg; break;
	case O_SM: o->sm = number("--sm", optarg); break;
	case O_ME: o->me = number("--me", optarg); break;
	case O_SERIAL: o->serial = optarg; break;
	case O_QUIRK: m->quirks |= quirk("--quirk", optarg); break;
	case O_TRACE: m->trace = true; break;
	case O_UNPLUGGED: o->unplugged = true; break;
	case O_HELP: fputs(usage, stdout); exit(0);
	default: fputs(usage, stderr); exit(2);
	}
}

static void read_options(int argc, char **argv, struct options *o, struct modem *m)
{
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) >= 0)
		take_option(c, o, m);
	if (optind < argc || o->usb == (o->pty != NULL) || !o->sm || (o->pin && strlen(o->pin) > 8)) {
		fputs(usage, stderr);
		exit(2);
	}
	m->profile = profile_find(o->profile ? o->profile : o->usb ? "huawei" : "generic");
	if (!m->profile) {
		fprintf(stderr, "modemsim: no profile '%s': %s\n", o->profile, profile_names());
		exit(2);
	}
}

/* Where the socket and the file system live. */
static void make_dir(const char *socket_path, char *dir, size_t size)
{
	snprintf(dir, size, "%s", socket_path);
	if (strrchr(dir, '/'))
		*strrchr(dir, '/') = '\0';
	else
		snprintf(dir, size, ".");
	mkdir(dir, 0755);
}

static struct transport *make_transport(struct modem *m, const struct options *o, const char *dir, struct err *e)
{
	struct usb_identity id = {
		.vendor = m->profile->vendor, .product = m->profile->product,
		.manufacturer = m->profile->manufacturer, .name = m->profile->model, .serial = o->serial,
	};

	return o->usb ? usb_new(m->loop, dir, &id, e) : pty_new(m->loop, o->pty, o->pty2, e);
}

static void on_end(void *arg, int signo)
{
	struct modem *m = arg;

	event("modemsim: ends by signal %d", signo);
	loop_stop(m->loop, 0);
}

int main(int argc, char **argv)
{
	struct options o = { .socket = "/run/modemsim/control", .serial = "LAB0001", .sm = 10, .me = 20 };
	struct modem m = { .boot_ms = 1000, .connect_ms = 2000, .net = { .search_ms = 200, .submit_ms = 100 } };
	struct sigwatch *term, *intr;
	struct ctl *ctl = NULL;
	char dir[512];
	struct err e = { "" };
	int rc = 1;

	read_options(argc, argv, &o, &m);
	signal(SIGPIPE, SIG_IGN);
	if (events_open(o.log) < 0) {
		fprintf(stderr, "modemsim: %s cannot be written\n", o.log);
		return 1;
	}
	make_dir(o.socket, dir, sizeof dir);
	m.loop = loop_new();
	sim_init(&m.sim, (size_t)o.sm, (size_t)o.me);
	m.sim.asks_pin = o.pin != NULL;
	snprintf(m.sim.pin, sizeof m.sim.pin, "%s", o.pin ? o.pin : "");
	m.transport = make_transport(&m, &o, dir, &e);
	if (!m.transport)
		goto out;
	modem_init(&m);
	term = sigwatch_new(m.loop, SIGTERM, on_end, &m);
	intr = sigwatch_new(m.loop, SIGINT, on_end, &m);
	ctl = ctl_new(m.loop, o.socket, modem_verbs, modem_nverbs, &m, &e);
	if (ctl && (o.unplugged || modem_on(&m, &e) == 0))
		rc = loop_run(m.loop);
	ctl_free(ctl);
	sigwatch_free(term);
	sigwatch_free(intr);
	modem_off(&m);
	modem_free(&m);
out:
	loop_free(m.loop);
	if (e.text[0])
		fprintf(stderr, "modemsim: %s\n", e.text);
	return rc;
}
