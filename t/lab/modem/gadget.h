/* gadget.h - the USB device around the function: configfs (Documentation/usb/gadget_configfs.rst). */
#ifndef MODEM_GADGET_H
#define MODEM_GADGET_H

#include "port.h"

/* Makes the gadget with one FunctionFS function and mounts that at MOUNTPOINT (created). Returns 0 or
 * -1 with E. What a crashed run left is taken away first. */
int gadget_make(const char *mountpoint, const struct usb_identity *id, struct err *e);
void gadget_remove(const char *mountpoint);

/* Connects to, and disconnects from, the first device controller. */
int gadget_plug(struct err *e);
void gadget_unplug(void);

#endif
