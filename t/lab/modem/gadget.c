#include "config.h"

#include "gadget.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIGFS "/sys/kernel/config"
#define GADGET CONFIGFS "/usb_gadget/modemsim"
#define FUNCTION "modemsim"

static int put(const char *name, struct err *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Writes one attribute of the gadget. */
static int put(const char *name, struct err *e, const char *fmt, ...)
{
	char path[256], value[128];
	va_list ap;
	int fd, n;

	va_start(ap, fmt);
	n = vsnprintf(value, sizeof value, fmt, ap);
	va_end(ap);
	snprintf(path, sizeof path, GADGET "/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, (size_t)n) != n) {
		err_sys(e, "%s: cannot be set to '%.60s'", path, value);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

static int make_dirs(struct err *e)
{
	static const char *const dirs[] = {
		GADGET, GADGET "/strings/0x409", GADGET "/configs/c.1", GADGET "/functions/ffs." FUNCTION,
	};

	if (access(CONFIGFS "/usb_gadget", F_OK) < 0 && mount("none", CONFIGFS, "configfs", 0, NULL) < 0)
		return err_sys(e, "no USB gadgets here: %s/usb_gadget is missing; is this the lab kernel?", CONFIGFS);
	for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
		if (mkdir(dirs[i], 0755) < 0 && errno != EEXIST)
			return err_sys(e, "%s", dirs[i]);
	return 0;
}

int gadget_make(const char *mountpoint, const struct usb_identity *id, struct err *e)
{
	gadget_remove(mountpoint);
	if (make_dirs(e) < 0 || put("idVendor", e, "0x%04x\n", id->vendor) < 0 ||
	    put("idProduct", e, "0x%04x\n", id->product) < 0 || put("bcdUSB", e, "0x0200\n") < 0 ||
	    put("strings/0x409/manufacturer", e, "%s\n", id->manufacturer) < 0 ||
	    put("strings/0x409/product", e, "%s\n", id->name) < 0 ||
	    put("strings/0x409/serialnumber", e, "%s\n", id->serial) < 0)
		return -1;
	if (symlink(GADGET "/functions/ffs." FUNCTION, GADGET "/configs/c.1/ffs." FUNCTION) < 0)
		return err_sys(e, "%s: the function cannot be added", GADGET);
	mkdir(mountpoint, 0700);
	if (mount(FUNCTION, mountpoint, "functionfs", 0, NULL) < 0)
		return err_sys(e, "%s: FunctionFS cannot be mounted", mountpoint);
	return 0;
}

void gadget_remove(const char *mountpoint)
{
	gadget_unplug();
	unlink(GADGET "/configs/c.1/ffs." FUNCTION);
	umount2(mountpoint, MNT_DETACH);
	rmdir(mountpoint);
	rmdir(GADGET "/functions/ffs." FUNCTION);
	rmdir(GADGET "/configs/c.1");
	rmdir(GADGET "/strings/0x409");
	rmdir(GADGET);
}

int gadget_plug(struct err *e)
{
	DIR *d = opendir("/sys/class/udc");
	struct dirent *entry;
	int rc = -1;

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			break;
	if (!d || !entry)
		err_set(e, "no USB device controller: /sys/class/udc is empty; the lab kernel has dummy_hcd");
	else
		rc = put("UDC", e, "%s\n", entry->d_name);
	if (d)
		closedir(d);
	return rc;
}

void gadget_unplug(void)
{
	put("UDC", NULL, "\n");
}
