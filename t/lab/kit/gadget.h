/* gadget.h - a USB device whose one function is written in user space (FunctionFS), plugged into one of the
 * lab's own device controllers (Documentation/usb/gadget_configfs.rst). */
#ifndef KIT_GADGET_H
#define KIT_GADGET_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>

struct usb_identity {
	unsigned vendor, product, device;	/* idVendor, idProduct, bcdDevice (0: the kernel's) */
	const char *manufacturer, *name, *serial;
};

struct gadget {
	char name[32];		/* in configfs */
	char dir[PATH_MAX];	/* where FunctionFS is mounted */
};

/* Makes the gadget NAME with one FunctionFS function and mounts that at DIR (created). Returns 0, or -1 with
 * E. What a crashed run left is taken away first. */
int gadget_make(struct gadget *g, const char *name, const char *dir, const struct usb_identity *id, struct err *e);
void gadget_remove(struct gadget *g);

/* Connects to the first device controller that is free, and disconnects. */
int gadget_plug(const struct gadget *g, struct err *e);
void gadget_unplug(const struct gadget *g);

#endif
