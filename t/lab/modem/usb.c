/* The modem as a USB device: three vendor-specific interfaces, each with an interrupt and two bulk
 * endpoints, as Huawei's sticks have them, through FunctionFS (Documentation/usb/functionfs.rst). The
 * kernel's `option` driver makes a ttyUSB of each: 0 data, 1 diagnostics, 2 commands. */
#include "config.h"

#include "../kit/aio.h"
#include "../kit/events.h"
#include "../kit/gadget.h"
#include "port.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/usb/functionfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INTERFACES TRANSPORT_PORTS
#define CHUNK PORT_CHUNK	/* a multiple of both packet sizes */

/* CDC PSTN 6.3.12 and 6.5.4 */
#define SET_CONTROL_LINE_STATE 0x22
#define SERIAL_STATE 0x20

struct usb;

struct usb_port {
	struct port port;
	struct usb *usb;
	int in, out, intr;
	struct aio_op rx, tx, notify;
	bool enabled, lines_due;
	char rx_data[CHUNK], tx_data[CHUNK];
	unsigned char notice[10];
};

struct usb {
	struct transport transport;
	struct loop *loop;
	struct aio *aio;
	struct watch *events;
	int ep0;
	struct gadget gadget;
	struct usb_port port[INTERFACES];
};

/* --- descriptors ---------------------------------------------------------------------- */

/* usb_endpoint_descriptor has two bytes more, for audio. */
struct interface_descs {
	struct usb_interface_descriptor interface;
	struct usb_endpoint_descriptor_no_audio intr, in, out;
} __attribute__((packed));

struct all_descs {
	struct usb_functionfs_descs_head_v2 head;
	uint32_t fs_count, hs_count;
	struct interface_descs fs[INTERFACES], hs[INTERFACES];
} __attribute__((packed));

struct all_strings {
	struct usb_functionfs_strings_head head;
	uint16_t language;
	char text[10];
} __attribute__((packed));

static struct usb_endpoint_descriptor_no_audio endpoint(unsigned address, unsigned type, unsigned size, unsigned interval)
{
	return (struct usb_endpoint_descriptor_no_audio){
		.bLength = sizeof(struct usb_endpoint_descriptor_no_audio),
		.bDescriptorType = USB_DT_ENDPOINT,
		.bEndpointAddress = (uint8_t)address,
		.bmAttributes = (uint8_t)type,
		.wMaxPacketSize = htole16((uint16_t)size),
		.bInterval = (uint8_t)interval,
	};
}

static void describe_interface(struct interface_descs *d, unsigned i, unsigned bulk)
{
	d->interface = (struct usb_interface_descriptor){
		.bLength = sizeof d->interface,
		.bDescriptorType = USB_DT_INTERFACE,
		.bInterfaceNumber = (uint8_t)i,
		.bNumEndpoints = 3,
		.bInterfaceClass = 0xff,
		.bInterfaceSubClass = 0xff,
		.bInterfaceProtocol = 0xff,
		.iInterface = 1,
	};
	d->intr = endpoint(USB_DIR_IN | (3 * i + 1), USB_ENDPOINT_XFER_INT, 16, 5);
	d->in = endpoint(USB_DIR_IN | (3 * i + 2), USB_ENDPOINT_XFER_BULK, bulk, 0);
	d->out = endpoint(3 * i + 3, USB_ENDPOINT_XFER_BULK, bulk, 0);
}

static int describe(int ep0)
{
	struct all_descs d = {
		.head = { htole32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2), htole32(sizeof d),
			  htole32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC) },
		.fs_count = htole32(4 * INTERFACES),
		.hs_count = htole32(4 * INTERFACES),
	};
	struct all_strings s = {
		.head = { htole32(FUNCTIONFS_STRINGS_MAGIC), htole32(sizeof s), htole32(1), htole32(1) },
		.language = htole16(0x409),
		.text = "Lab modem",
	};

	for (unsigned i = 0; i < INTERFACES; i++) {
		describe_interface(&d.fs[i], i, 64);
		describe_interface(&d.hs[i], i, 512);
	}
	return write(ep0, &d, sizeof d) == sizeof d && write(ep0, &s, sizeof s) == sizeof s ? 0 : -1;
}

/* --- bulk data ------------------------------------------------------------------------ */

static void look(struct usb_port *u)
{
	struct aio *a = u->usb->aio;
	size_t n = u->port.out.len < CHUNK ? u->port.out.len : CHUNK;

	if (!u->enabled)
		return;
	/* while paused no request waits, so that the host's packets are refused: back-pressure */
	if (!u->rx.busy && !u->port.paused && aio_read(a, &u->rx, u->out, u->rx_data, CHUNK) < 0 && errno != EAGAIN)
		event("%s: cannot read: %s", u->port.name, strerror(errno));
	if (!u->tx.busy && n) {
		memcpy(u->tx_data, u->port.out.data, n);
		if (aio_write(a, &u->tx, u->in, u->tx_data, n) == 0)
			port_taken(&u->port, n);
		else if (errno != EAGAIN)
			event("%s: cannot write: %s", u->port.name, strerror(errno));
	}
}

static void on_rx(void *arg, ssize_t n)
{
	struct usb_port *u = arg;

	if (n > 0)
		port_input(&u->port, u->rx_data, (size_t)n);
	/* an error means that the host has gone or reset us: the endpoint then answers EAGAIN until the
	 * next ENABLE, which looks again */
	look(u);
}

static void on_tx(void *arg, ssize_t n)
{
	(void)n;
	look(arg);
}

/* --- lines to the host ------------------------------------------------------------------ */

static void send_lines(struct usb_port *u)
{
	if (!u->enabled || u->notify.busy)
		return;
	memset(u->notice, 0, sizeof u->notice);
	u->notice[0] = 0xa1;
	u->notice[1] = SERIAL_STATE;
	u->notice[4] = (unsigned char)(u - u->usb->port);
	u->notice[6] = 2;
	u->notice[8] = (unsigned char)u->port.lines;
	u->lines_due = aio_write(u->usb->aio, &u->notify, u->intr, u->notice, sizeof u->notice) < 0;
}

static void on_notified(void *arg, ssize_t n)
{
	struct usb_port *u = arg;

	if (n >= 0 && u->lines_due)
		send_lines(u);
}

static void on_lines(struct port *p)
{
	struct usb_port *u = (struct usb_port *)p;

	u->lines_due = true;
	send_lines(u);
}

static void on_kick(struct port *p)
{
	look((struct usb_port *)p);
}

static const struct port_ops ops = { on_kick, on_lines };

/* --- control --------------------------------------------------------------------------- */

static void set_enabled(struct usb *s, bool on)
{
	for (size_t i = 0; i < INTERFACES; i++) {
		s->port[i].enabled = on;
		if (on)
			look(&s->port[i]);
		else
			port_set_dtr(&s->port[i].port, false);
	}
}

/* What was queued for a reader that has closed must not meet the next one. */
static void set_dtr(struct usb_port *u, bool up)
{
	port_set_dtr(&u->port, up);
	if (!up)
		aio_cancel(u->usb->aio, &u->tx);
	else
		send_lines(u);
}

static void on_setup(struct usb *s, const struct usb_ctrlrequest *r)
{
	unsigned length = le16toh(r->wLength), value = le16toh(r->wValue), i = le16toh(r->wIndex);
	char data[512];

	/* The answer first: the host waits. Reading and writing in the direction of the request does it. */
	if (r->bRequestType & USB_DIR_IN) {
		memset(data, 0, sizeof data);
		if (write(s->ep0, data, length < sizeof data ? length : sizeof data) < 0)
			event("usb: request %02x failed: %s", r->bRequest, strerror(errno));
	} else if (read(s->ep0, data, length < sizeof data ? length : sizeof data) < 0) {
		event("usb: request %02x failed: %s", r->bRequest, strerror(errno));
	}
	if (r->bRequestType == (USB_TYPE_CLASS | USB_RECIP_INTERFACE) &&
	    r->bRequest == SET_CONTROL_LINE_STATE && i < INTERFACES)
		set_dtr(&s->port[i], value & 1);
}

static void on_event(void *arg, int ready)
{
	struct usb *s = arg;
	struct usb_functionfs_event e[4];
	ssize_t n = read(s->ep0, e, sizeof e);

	(void)ready;
	for (ssize_t i = 0; i < n / (ssize_t)sizeof *e; i++) {
		switch (e[i].type) {
		case FUNCTIONFS_ENABLE:
			event("usb: configured by the host");
			set_enabled(s, true);
			break;
		case FUNCTIONFS_DISABLE:
		case FUNCTIONFS_UNBIND:
			set_enabled(s, false);
			break;
		case FUNCTIONFS_SETUP:
			on_setup(s, &e[i].u.setup);
			break;
		default:
			break;
		}
	}
}

/* --- the transport ----------------------------------------------------------------------- */

static int usb_plug(struct transport *t, struct err *e)
{
	if (gadget_plug(&((struct usb *)t)->gadget, e) < 0)
		return -1;
	t->plugged = true;
	return 0;
}

static void usb_unplug(struct transport *t)
{
	struct usb *s = (struct usb *)t;

	t->plugged = false;
	gadget_unplug(&s->gadget);
	set_enabled(s, false);
}

static void usb_free(struct transport *t)
{
	struct usb *s = (struct usb *)t;

	usb_unplug(t);
	aio_free(s->aio);
	watch_free(s->events);
	for (size_t i = 0; i < INTERFACES; i++) {
		struct usb_port *u = &s->port[i];

		if (u->in > 0)
			close(u->in);
		if (u->out > 0)
			close(u->out);
		if (u->intr > 0)
			close(u->intr);
		buf_free(&u->port.out);
	}
	if (s->ep0 >= 0)
		close(s->ep0);
	gadget_remove(&s->gadget);
	free(s);
}

static int open_endpoint(struct usb *s, unsigned n, struct err *e)
{
	char path[PATH_MAX + 16];
	int fd;

	snprintf(path, sizeof path, "%s/ep%u", s->gadget.dir, n);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		err_sys(e, "%s", path);
	return fd;
}

static int open_ports(struct usb *s, struct err *e)
{
	static const char *const names[INTERFACES] = { "modem", "diag", "pcui" };

	for (unsigned i = 0; i < INTERFACES; i++) {
		struct usb_port *u = &s->port[i];

		u->usb = s;
		port_init(&u->port, names[i], &ops);
		u->rx = (struct aio_op){ .done = on_rx, .arg = u };
		u->tx = (struct aio_op){ .done = on_tx, .arg = u };
		u->notify = (struct aio_op){ .done = on_notified, .arg = u };
		u->intr = open_endpoint(s, 3 * i + 1, e);
		u->in = open_endpoint(s, 3 * i + 2, e);
		u->out = open_endpoint(s, 3 * i + 3, e);
		if (u->intr < 0 || u->in < 0 || u->out < 0)
			return -1;
		s->transport.port[i] = &u->port;
	}
	return 0;
}

struct transport *usb_new(struct loop *l, const char *workdir, const struct usb_identity *id, struct err *e)
{
	struct usb *s = calloc(1, sizeof *s);
	char dir[PATH_MAX];

	if (!s) {
		err_set(e, "out of memory");
		return NULL;
	}
	s->transport = (struct transport){ .plug = usb_plug, .unplug = usb_unplug, .free = usb_free };
	s->loop = l;
	s->ep0 = -1;
	snprintf(dir, sizeof dir, "%.4000s/ffs", workdir);
	if (gadget_make(&s->gadget, "modemsim", dir, id, e) < 0)
		goto fail;
	s->ep0 = open_endpoint(s, 0, e);
	if (s->ep0 < 0)
		goto fail;
	if (describe(s->ep0) < 0) {
		err_sys(e, "%s: the kernel refuses the description of the device", s->gadget.dir);
		goto fail;
	}
	s->aio = aio_new(l);
	if (!s->aio) {
		err_sys(e, "no asynchronous I/O");
		goto fail;
	}
	if (open_ports(s, e) < 0)
		goto fail;
	s->events = watch_new(l, s->ep0, LOOP_READ, on_event, s);
	return &s->transport;
fail:
	usb_free(&s->transport);
	return NULL;
}
