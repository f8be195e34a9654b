/* atxserver - a server for tests: its buttons and power LED are lines of a simulated GPIO chip, its serial port is
 * behind a USB adapter or a pseudo-terminal. */
#include "config.h"

#include "../kit/events.h"
#include "server.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct options {
	const char *socket, *log, *pty, *frame;
	bool gpio, usb, on, unplugged;
	long speed, fifo;
	enum flow flow;
	bool low[LINES];
	struct atx_settings set;
};

static const char usage[] =
	"usage: atxserver [--gpio] [--usb | --pty LINK] [options]\n"
	"  --name NAME        of the server (nas); chip NAME-gpio, lines NAME-power, NAME-reset, NAME-led\n"
	"  --gpio             make the chip (lab kernel); else only its own buttons are there\n"
	"  --low LINES        power,reset,led: those that are active low\n"
	"  --usb              serial port behind a PL2303 (lab kernel), serial number NAME\n"
	"  --pty LINK         serial port as a pseudo-terminal\n"
	"  --unplugged        the adapter waits for `plug`\n"
	"  --speed N          of the serial port (115200)\n"
	"  --frame 8N1        data bits, parity, stop bits\n"
	"  --flow none|rtscts|xonxoff\n"
	"  --fifo BYTES       of the adapter; what does not fit is lost (8192)\n"
	"  --bios-ms N, --menu-ms N, --kernel-ms N, --stop-ms N   how long each takes (3000, 5000, 4000, 6000)\n"
	"  --debounce-ms N, --hold-ms N   of the buttons (16, 4000)\n"
	"  --after-mains off|on|last, --mains-ms N   after an outage (off, 1000)\n"
	"  --panic-reboot-ms N   a panic restarts after this (0: never)\n"
	"  --on               begins at the login prompt\n"
	"  --socket PATH      control socket (/run/atxserver/control)\n"
	"  --log FILE         events (standard error)\n"
	"Talk to it with atxctl.\n";

enum { O_NAME = 256, O_GPIO, O_LOW, O_USB, O_PTY, O_UNPLUGGED, O_SPEED, O_FRAME, O_FLOW, O_FIFO, O_BIOS, O_MENU, O_KERNEL,
       O_STOP, O_DEBOUNCE, O_HOLD, O_AFTER, O_MAINS, O_PANIC, O_ON, O_SOCKET, O_LOG, O_HELP };

static const struct option names[] = {
	{ "name", required_argument, NULL, O_NAME },
	{ "gpio", no_argument, NULL, O_GPIO },
	{ "low", required_argument, NULL, O_LOW },
	{ "usb", no_argument, NULL, O_USB },
	{ "pty", required_argument, NULL, O_PTY },
	{ "unplugged", no_argument, NULL, O_UNPLUGGED },
	{ "speed", required_argument, NULL, O_SPEED },
	{ "frame", required_argument, NULL, O_FRAME },
	{ "flow", required_argument, NULL, O_FLOW },
	{ "fifo", required_argument, NULL, O_FIFO },
	{ "bios-ms", required_argument, NULL, O_BIOS },
	{ "menu-ms", required_argument, NULL, O_MENU },
	{ "kernel-ms", required_argument, NULL, O_KERNEL },
	{ "stop-ms", required_argument, NULL, O_STOP },
	{ "debounce-ms", required_argument, NULL, O_DEBOUNCE },
	{ "hold-ms", required_argument, NULL, O_HOLD },
	{ "after-mains", required_argument, NULL, O_AFTER },
	{ "mains-ms", required_argument, NULL, O_MAINS },
	{ "panic-reboot-ms", required_argument, NULL, O_PANIC },
	{ "on", no_argument, NULL, O_ON },
	{ "socket", required_argument, NULL, O_SOCKET },
	{ "log", required_argument, NULL, O_LOG },
	{ "help", no_argument, NULL, O_HELP },
	{ NULL, 0, NULL, 0 }
};

static const char *const line_names[LINES] = { "power", "reset", "led" };

static void wrong(const char *option, const char *text)
{
	fprintf(stderr, "atxserver: --%s: '%s' is none of those that --help names\n", option, text);
	exit(2);
}

static long number(const char *option, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (!*text || *end || n < 0 || n > 100000000)
		wrong(option, text);
	return n;
}

/* The index of TEXT in LIST. */
static unsigned choice(const char *option, const char *text, const char *const *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(list[i], text))
			return i;
	wrong(option, text);
	return 0;
}

static void read_low(struct options *o, char *list)
{
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ","))
		o->low[choice("low", name, line_names, LINES)] = true;
}

static void take_option(int c, int index, struct options *o)
{
	static const char *const flows[] = { "none", "rtscts", "xonxoff" }, *const afters[] = { "off", "on", "last" };
	const char *option = names[index].name;

	switch (c) {
	case O_NAME: o->set.name = optarg; break;
	case O_GPIO: o->gpio = true; break;
	case O_LOW: read_low(o, optarg); break;
	case O_USB: o->usb = true; break;
	case O_PTY: o->pty = optarg; break;
	case O_UNPLUGGED: o->unplugged = true; break;
	case O_SPEED: o->speed = number(option, optarg); break;
	case O_FRAME: o->frame = optarg; break;
	case O_FLOW: o->flow = choice(option, optarg, flows, 3); break;
	case O_FIFO: o->fifo = number(option, optarg); break;
	case O_BIOS: o->set.bios = number(option, optarg) * ATX_MS; break;
	case O_MENU: o->set.menu = number(option, optarg) * ATX_MS; break;
	case O_KERNEL: o->set.kernel = number(option, optarg) * ATX_MS; break;
	case O_STOP: o->set.stop = number(option, optarg) * ATX_MS; break;
	case O_DEBOUNCE: o->set.debounce = number(option, optarg) * ATX_MS; break;
	case O_HOLD: o->set.hold = number(option, optarg) * ATX_MS; break;
	case O_AFTER: o->set.after_mains = choice(option, optarg, afters, 3); break;
	case O_MAINS: o->set.mains = number(option, optarg) * ATX_MS; break;
	case O_PANIC: o->set.panic_reboot = number(option, optarg) * ATX_MS; break;
	case O_ON: o->on = true; break;
	case O_SOCKET: o->socket = optarg; break;
	case O_LOG: o->log = optarg; break;
	case O_HELP: fputs(usage, stdout); exit(0);
	default: fputs(usage, stderr); exit(2);
	}
}

/* "8N1" */
static void read_frame(const char *text, struct uart_mode *m)
{
	static const char parities[] = "NOEMS";
	const char *parity = strlen(text) == 3 ? strchr(parities, text[1]) : NULL;

	if (!parity || text[0] < '5' || text[0] > '8' || (text[2] != '1' && text[2] != '2'))
		wrong("frame", text);
	else
		*m = (struct uart_mode){ m->speed, (unsigned)(text[0] - '0'), (enum uart_parity)(parity - parities),
					 (unsigned)(text[2] - '0') };
}

static void read_options(int argc, char **argv, struct options *o, struct server *s)
{
	int c, index = 0;

	while ((c = getopt_long(argc, argv, "", names, &index)) >= 0)
		take_option(c, index, o);
	if (optind < argc || (o->usb && o->pty) || !o->speed || !o->set.name[0] || strlen(o->set.name) > 15 ||
	    strchr(o->set.name, '/')) {
		fputs(usage, stderr);
		exit(2);
	}
	s->mode.speed = (unsigned)o->speed;
	read_frame(o->frame, &s->mode);
	s->flow = o->flow;
	s->gpio = o->gpio;
	memcpy(s->low, o->low, sizeof s->low);
}

static int open_lines(struct server *s, const char *name, struct err *e)
{
	struct wires *w = &s->wires;

	if (bank_make(&s->bank, name, line_names, LINES, e) < 0)
		return -1;
	*w = (struct wires){ .bank = &s->bank, .n = LINES, .on_level = server_on_level, .on_hold = server_on_hold,
			     .on_ready = server_on_ready, .arg = s, .loop = s->loop, .trace = -1, .info = -1 };
	for (unsigned i = 0; i < BUTTONS; i++) {
		w->wire[i].pull = s->low[i];
		bank_pull(&s->bank, i, s->low[i]);
	}
	return wires_open(w, e);
}

static int open_serial(struct server *s, const struct options *o, const char *dir, struct err *e)
{
	char gadget[32], mount[600];

	if (!o->usb && !o->pty)
		return 0;
	snprintf(gadget, sizeof gadget, "atx-%s", o->set.name);
	snprintf(mount, sizeof mount, "%s/ffs", dir);
	s->adapter = o->usb ? pl2303_new(s->loop, gadget, mount, o->set.name, (size_t)o->fifo, e) :
			      pty_new(s->loop, o->pty, (size_t)o->fifo, e);
	if (!s->adapter)
		return -1;
	s->adapter->user = &server_adapter_user;
	s->adapter->arg = s;
	return o->unplugged ? 0 : s->adapter->plug(s->adapter, e);
}

/* Where the socket and the file system live. */
static void make_dir(const char *socket, char *dir, size_t size)
{
	snprintf(dir, size, "%s", socket);
	if (strrchr(dir, '/'))
		*strrchr(dir, '/') = '\0';
	else
		snprintf(dir, size, ".");
	mkdir(dir, 0755);
}

static void on_end(void *arg, int signo)
{
	event("atxserver: ends by signal %d", signo);
	loop_stop(arg, 0);
}

int main(int argc, char **argv)
{
	struct options o = { .socket = "/run/atxserver/control", .speed = 115200, .frame = "8N1", .fifo = 8192,
			     .set = atx_defaults };
	static struct server s;
	struct sigwatch *term, *intr;
	struct ctl *ctl = NULL;
	char dir[512];
	struct err e = { "" };
	int rc = 1;

	read_options(argc, argv, &o, &s);
	signal(SIGPIPE, SIG_IGN);
	if (events_open(o.log) < 0) {
		fprintf(stderr, "atxserver: %s cannot be written\n", o.log);
		return 1;
	}
	make_dir(o.socket, dir, sizeof dir);
	s.loop = loop_new();
	term = sigwatch_new(s.loop, SIGTERM, on_end, s.loop);
	intr = sigwatch_new(s.loop, SIGINT, on_end, s.loop);
	server_begin(&s, &o.set);
	if (o.on)
		atx_put(&s.atx, server_now(), ATX_ON, STAGE_LOGIN);
	if ((!s.gpio || open_lines(&s, o.set.name, &e) == 0) && open_serial(&s, &o, dir, &e) == 0)
		ctl = ctl_new(s.loop, o.socket, server_verbs, server_nverbs, &s, &e);
	if (ctl) {
		event("atxserver: ready");
		server_look(&s);
		rc = loop_run(s.loop);
	}
	ctl_free(ctl);
	if (s.adapter)
		s.adapter->free(s.adapter);
	if (s.gpio)
		wires_close(&s.wires);
	bank_remove(&s.bank);
	server_end(&s);
	sigwatch_free(term);
	sigwatch_free(intr);
	loop_free(s.loop);
	if (e.text[0])
		fprintf(stderr, "atxserver: %s\n", e.text);
	return rc;
}
