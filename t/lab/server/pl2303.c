/* The serial line behind a USB adapter with Prolific's PL2303GS, as the kernel's pl2303 driver talks to it: speed,
 * frame, BREAK, DTR and RTS are control requests, so the server knows what the small computer has set. */
#include "config.h"

#include "adapter.h"

#include "../kit/aio.h"
#include "../kit/events.h"
#include "../kit/gadget.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Requests to the interface (CDC PSTN 6.3) and to the device (Prolific's own). */
#define SET_LINE 0x20
#define GET_LINE 0x21
#define SET_CONTROL 0x22
#define SEND_BREAK 0x23
#define VENDOR_WRITE 0x80
#define VENDOR_READ 0x81
#define DTR 1
#define RTS 2
/* Registers, and what the driver writes when it opens the port: forget what is on its way. */
#define REG_RESET 0x07
#define RESET_UP 0x02
/* Byte 8 of a notice. */
#define STATE_DCD 0x01
#define STATE_DSR 0x02
#define STATE_CTS 0x80

enum { EP0, EP_INTR, EP_OUT, EP_IN, EPS };

struct pl2303 {
	struct adapter adapter;
	struct loop *loop;
	struct gadget gadget;
	struct aio *aio;
	struct watch *events;
	int ep[EPS];
	bool enabled, powered, breaking;
	unsigned control;
	struct aio_op rx, tx, notice;
	unsigned char line[7], reg[256], state[10];
	struct uart_mode mode;
	char rx_data[ADAPTER_CHUNK], tx_data[ADAPTER_CHUNK];
};

/* --- descriptors ---------------------------------------------------------------------- */

struct speed_descs {
	struct usb_interface_descriptor interface;
	struct usb_endpoint_descriptor_no_audio ep[EPS - 1];
} __attribute__((packed));

struct all_descs {
	struct usb_functionfs_descs_head_v2 head;
	uint32_t fs_count, hs_count;
	struct speed_descs fs, hs;
} __attribute__((packed));

struct all_strings {
	struct usb_functionfs_strings_head head;
	uint16_t language;
	char text[11];
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

static struct speed_descs speed(unsigned bulk)
{
	return (struct speed_descs){
		.interface = {
			.bLength = sizeof(struct usb_interface_descriptor),
			.bDescriptorType = USB_DT_INTERFACE,
			.bNumEndpoints = EPS - 1,
			.bInterfaceClass = 0xff,
			.iInterface = 1,
		},
		.ep = {
			endpoint(USB_DIR_IN | EP_INTR, USB_ENDPOINT_XFER_INT, 10, 1),
			endpoint(EP_OUT, USB_ENDPOINT_XFER_BULK, bulk, 0),
			endpoint(USB_DIR_IN | EP_IN, USB_ENDPOINT_XFER_BULK, bulk, 0),
		},
	};
}

static int describe(int ep0)
{
	struct all_strings strings = {
		.head = { htole32(FUNCTIONFS_STRINGS_MAGIC), htole32(sizeof strings), htole32(1), htole32(1) },
		.language = htole16(0x409),
		.text = "Lab serial",
	};
	struct all_descs d = {
		.head = { htole32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2), htole32(sizeof d),
			  htole32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC | FUNCTIONFS_ALL_CTRL_RECIP) },
		.fs_count = htole32(EPS),
		.hs_count = htole32(EPS),
		.fs = speed(64),
		.hs = speed(512),
	};

	return write(ep0, &d, sizeof d) == sizeof d && write(ep0, &strings, sizeof strings) == sizeof strings ? 0 : -1;
}

/* --- bytes ------------------------------------------------------------------------------ */

static void look(struct adapter *a)
{
	struct pl2303 *p = (struct pl2303 *)a;
	size_t n = a->fifo.len < ADAPTER_CHUNK ? a->fifo.len : ADAPTER_CHUNK;

	if (!p->enabled)
		return;
	if (!p->rx.busy && !a->paused && aio_read(p->aio, &p->rx, p->ep[EP_OUT], p->rx_data, ADAPTER_CHUNK) < 0 && errno != EAGAIN)
		event("adapter: cannot read: %s", strerror(errno));
	if (!p->tx.busy && n) {
		memcpy(p->tx_data, a->fifo.data, n);
		if (aio_write(p->aio, &p->tx, p->ep[EP_IN], p->tx_data, n) == 0)
			buf_drop(&a->fifo, n);
		else if (errno != EAGAIN)
			event("adapter: cannot write: %s", strerror(errno));
	}
}

static void on_rx(void *arg, ssize_t n)
{
	struct pl2303 *p = arg;

	if (n > 0)
		p->adapter.user->on_bytes(p->adapter.arg, p->rx_data, (size_t)n);
	look(&p->adapter);
}

static void on_tx(void *arg, ssize_t n)
{
	struct pl2303 *p = arg;

	look(&p->adapter);
	if (n > 0)
		p->adapter.user->on_change(p->adapter.arg);
}

static void on_noticed(void *arg, ssize_t n)
{
	(void)arg;
	(void)n;
}

static void send_state(struct pl2303 *p)
{
	if (!p->enabled)
		return;
	if (p->notice.busy)
		aio_cancel(p->aio, &p->notice);
	memset(p->state, 0, sizeof p->state);
	p->state[0] = 0xa1;
	p->state[1] = 0x20;
	p->state[6] = 2;
	p->state[8] = p->powered ? STATE_DCD | STATE_DSR | STATE_CTS : 0;
	if (!p->notice.busy)
		aio_write(p->aio, &p->notice, p->ep[EP_INTR], p->state, sizeof p->state);
}

static void on_powered(struct adapter *a, bool on)
{
	struct pl2303 *p = (struct pl2303 *)a;

	if (p->powered == on)
		return;
	p->powered = on;
	send_state(p);
}

static bool get_mode(struct adapter *a, struct uart_mode *m)
{
	*m = ((struct pl2303 *)a)->mode;
	return m->speed != 0;
}

/* --- control requests ------------------------------------------------------------------- */

static void set_line(struct pl2303 *p)
{
	static const char parities[] = "NOEMS";
	uint32_t rate;

	memcpy(&rate, p->line, 4);
	p->mode = (struct uart_mode){
		.speed = le32toh(rate),
		.stop = p->line[4] ? 2 : 1,
		.parity = p->line[5] < 5 ? p->line[5] : UART_NONE,
		.bits = p->line[6] >= 5 && p->line[6] <= 8 ? p->line[6] : 8,
	};
	event("adapter: %u %u%c%u", p->mode.speed, p->mode.bits, parities[p->mode.parity], p->mode.stop);
}

/* The driver opens the port: what is on the way to nobody is forgotten. */
static void reset(struct pl2303 *p)
{
	buf_drop(&p->adapter.fifo, p->adapter.fifo.len);
	aio_cancel(p->aio, &p->tx);
}

static void on_class_request(struct pl2303 *p, const struct usb_ctrlrequest *r, const unsigned char *data, ssize_t n)
{
	unsigned value = le16toh(r->wValue);

	switch (r->bRequest) {
	case SET_LINE:
		if (n == sizeof p->line) {
			memcpy(p->line, data, sizeof p->line);
			set_line(p);
		}
		break;
	case SET_CONTROL:
		if (value != p->control)
			event("adapter: DTR %s, RTS %s", value & DTR ? "up" : "down", value & RTS ? "up" : "down");
		p->control = value;
		p->adapter.rts = value & RTS;
		break;
	case SEND_BREAK:
		if (value && !p->breaking)
			p->adapter.user->on_break(p->adapter.arg);
		p->breaking = value != 0;
		break;
	default:
		break;
	}
	p->adapter.user->on_change(p->adapter.arg);
}

static void on_vendor_request(struct pl2303 *p, const struct usb_ctrlrequest *r)
{
	unsigned reg = le16toh(r->wValue) & 0xff, value = le16toh(r->wIndex) & 0xff;

	if (r->bRequest != VENDOR_WRITE)
		return;
	p->reg[reg] = (unsigned char)value;
	if (reg == REG_RESET && value & RESET_UP)
		reset(p);
}

/* The answer first: the host waits. Reading and writing in the direction of the request does it. */
static void on_setup(struct pl2303 *p, const struct usb_ctrlrequest *r)
{
	size_t length = le16toh(r->wLength);
	unsigned char data[64] = { 0 };
	ssize_t n;

	if (length > sizeof data)
		length = sizeof data;
	if (r->bRequestType & USB_DIR_IN) {
		if (r->bRequest == GET_LINE)
			memcpy(data, p->line, sizeof p->line);
		else if (r->bRequest == VENDOR_READ)
			data[0] = p->reg[le16toh(r->wValue) & 0xff];
		n = write(p->ep[EP0], data, length);
	} else {
		n = read(p->ep[EP0], data, length);
	}
	if (n < 0)
		event("adapter: request %02x failed: %s", r->bRequest, strerror(errno));
	else if (r->bRequestType == (USB_TYPE_CLASS | USB_RECIP_INTERFACE))
		on_class_request(p, r, data, n);
	else if (r->bRequestType == (USB_TYPE_VENDOR | USB_RECIP_DEVICE))
		on_vendor_request(p, r);
}

static void set_enabled(struct pl2303 *p, bool on)
{
	p->enabled = on;
	buf_drop(&p->adapter.fifo, p->adapter.fifo.len);
	if (on) {
		event("adapter: configured by the host");
		look(&p->adapter);
		send_state(p);
	}
}

static void on_event(void *arg, int ready)
{
	struct pl2303 *p = arg;
	struct usb_functionfs_event e[4];
	ssize_t n = read(p->ep[EP0], e, sizeof e);

	(void)ready;
	for (ssize_t i = 0; i < n / (ssize_t)sizeof *e; i++)
		switch (e[i].type) {
		case FUNCTIONFS_ENABLE: set_enabled(p, true); break;
		case FUNCTIONFS_DISABLE: case FUNCTIONFS_UNBIND: set_enabled(p, false); break;
		case FUNCTIONFS_SETUP: on_setup(p, &e[i].u.setup); break;
		default: break;
		}
}

/* --- the adapter -------------------------------------------------------------------------- */

static int plug(struct adapter *a, struct err *e)
{
	if (gadget_plug(&((struct pl2303 *)a)->gadget, e) < 0)
		return -1;
	a->plugged = true;
	event("adapter: plugged");
	return 0;
}

static void unplug(struct adapter *a)
{
	struct pl2303 *p = (struct pl2303 *)a;

	if (a->plugged)
		event("adapter: unplugged");
	a->plugged = false;
	gadget_unplug(&p->gadget);
	set_enabled(p, false);
}

static void pl2303_free(struct adapter *a)
{
	struct pl2303 *p = (struct pl2303 *)a;

	unplug(a);
	aio_free(p->aio);
	watch_free(p->events);
	for (size_t i = 0; i < EPS; i++)
		if (p->ep[i] >= 0)
			close(p->ep[i]);
	gadget_remove(&p->gadget);
	buf_free(&a->fifo);
	free(p);
}

static int open_endpoints(struct pl2303 *p, struct err *e)
{
	char path[PATH_MAX + 16];

	for (unsigned i = 0; i < EPS; i++) {
		snprintf(path, sizeof path, "%s/ep%u", p->gadget.dir, i);
		p->ep[i] = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (p->ep[i] < 0)
			return err_sys(e, "%s", path);
		if (i == EP0 && describe(p->ep[EP0]) < 0)
			return err_sys(e, "%s: the kernel refuses the description of the device", path);
	}
	p->aio = aio_new(p->loop);
	if (!p->aio)
		return err_sys(e, "no asynchronous I/O");
	return 0;
}

struct adapter *pl2303_new(struct loop *l, const char *name, const char *dir, const char *serial, size_t fifo, struct err *e)
{
	const struct usb_identity id = { 0x067b, 0x2303, 0x0600, "Prolific Technology Inc.", "USB-Serial Controller", serial };
	struct pl2303 *p = calloc(1, sizeof *p);

	if (!p) {
		err_set(e, "out of memory");
		return NULL;
	}
	p->adapter = (struct adapter){ .kick = look, .mode = get_mode, .powered = on_powered, .plug = plug, .unplug = unplug,
				       .free = pl2303_free };
	buf_init(&p->adapter.fifo, fifo);
	p->loop = l;
	for (size_t i = 0; i < EPS; i++)
		p->ep[i] = -1;
	p->rx = (struct aio_op){ .done = on_rx, .arg = p };
	p->tx = (struct aio_op){ .done = on_tx, .arg = p };
	p->notice = (struct aio_op){ .done = on_noticed, .arg = p };
	if (gadget_make(&p->gadget, name, dir, &id, e) < 0 || open_endpoints(p, e) < 0) {
		pl2303_free(&p->adapter);
		return NULL;
	}
	p->events = watch_new(l, p->ep[EP0], LOOP_READ, on_event, p);
	return &p->adapter;
}
