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
#define GADGETS CONFIGFS "/usb_gadget"

/* A path in the gadget, in a static buffer: "" itself, or "/udc" and so on. FUNCTION: its function's name follows. */
static const char *inside(const struct gadget *g, const char *what, bool function)
{
	static char path[256];

	snprintf(path, sizeof path, GADGETS "/%s%s%s", g->name, what, function ? g->name : "");
	return path;
}

/* Writes one attribute. */
__attribute__((format(printf, 4, 5)))
static int put(const struct gadget *g, const char *what, struct err *e, const char *fmt, ...)
{
	const char *path = inside(g, what, false);
	char value[128];
	va_list ap;
	int fd, n;

	va_start(ap, fmt);
	n = vsnprintf(value, sizeof value, fmt, ap);
	va_end(ap);
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

static const struct { const char *what; bool function; } dirs[] = {
	{ "", false }, { "/strings/0x409", false }, { "/configs/c.1", false }, { "/functions/ffs.", true },
};
#define DIRS (sizeof dirs / sizeof *dirs)

static int make_dirs(const struct gadget *g, struct err *e)
{
	if (access(GADGETS, F_OK) < 0 && mount("none", CONFIGFS, "configfs", 0, NULL) < 0)
		return err_sys(e, "no USB gadgets here: %s is missing; is this the lab kernel?", GADGETS);
	for (size_t i = 0; i < DIRS; i++)
		if (mkdir(inside(g, dirs[i].what, dirs[i].function), 0755) < 0 && errno != EEXIST)
			return err_sys(e, "%s", inside(g, dirs[i].what, dirs[i].function));
	return 0;
}

static int describe(const struct gadget *g, const struct usb_identity *id, struct err *e)
{
	if (put(g, "/idVendor", e, "0x%04x\n", id->vendor) < 0 || put(g, "/idProduct", e, "0x%04x\n", id->product) < 0 ||
	    put(g, "/bcdUSB", e, "0x0200\n") < 0 ||
	    (id->device && put(g, "/bcdDevice", e, "0x%04x\n", id->device) < 0) ||
	    put(g, "/strings/0x409/manufacturer", e, "%s\n", id->manufacturer) < 0 ||
	    put(g, "/strings/0x409/product", e, "%s\n", id->name) < 0 ||
	    put(g, "/strings/0x409/serialnumber", e, "%s\n", id->serial) < 0)
		return -1;
	return 0;
}

static void take_away(const struct gadget *g)
{
	gadget_unplug(g);
	unlink(inside(g, "/configs/c.1/ffs.", true));
	umount2(g->dir, MNT_DETACH);
	rmdir(g->dir);
	for (size_t i = DIRS; i-- > 0;)
		rmdir(inside(g, dirs[i].what, dirs[i].function));
}

int gadget_make(struct gadget *g, const char *name, const char *dir, const struct usb_identity *id, struct err *e)
{
	char function[256];

	if (strlen(name) >= sizeof g->name || strlen(dir) >= sizeof g->dir)
		return err_set(e, "%s, %s: too long for a gadget", name, dir);
	strcpy(g->name, name);
	strcpy(g->dir, dir);
	take_away(g);
	if (make_dirs(g, e) < 0 || describe(g, id, e) < 0)
		return -1;
	snprintf(function, sizeof function, "%s", inside(g, "/functions/ffs.", true));
	if (symlink(function, inside(g, "/configs/c.1/ffs.", true)) < 0)
		return err_sys(e, "%s: the function cannot be added", function);
	mkdir(dir, 0700);
	if (mount(name, dir, "functionfs", 0, NULL) < 0)
		return err_sys(e, "%s: FunctionFS cannot be mounted", dir);
	return 0;
}

void gadget_remove(struct gadget *g)
{
	if (g->name[0])
		take_away(g);
	g->name[0] = '\0';
}

int gadget_plug(const struct gadget *g, struct err *e)
{
	DIR *d = opendir("/sys/class/udc");
	const struct dirent *entry;
	bool any = false;
	int rc = -1;

	while (rc < 0 && d && (entry = readdir(d)))
		if (entry->d_name[0] != '.') {
			any = true;
			rc = put(g, "/UDC", NULL, "%s\n", entry->d_name);
		}
	if (d)
		closedir(d);
	if (rc < 0 && !any)
		return err_set(e, "no USB device controller: /sys/class/udc is empty; the lab kernel has dummy_hcd");
	return rc < 0 ? err_set(e, "%s: no USB device controller is free", g->name) : 0;
}

void gadget_unplug(const struct gadget *g)
{
	put(g, "/UDC", NULL, "\n");
}
