#include "os/os.h"

#include <stdio.h>
#include <string.h>

int os_tty_usb_interface(const char *tty)
{
	char path[160];
	unsigned number;
	FILE *f;
	int n;

	if (strchr(tty, '/') || strlen(tty) > 64)
		return -1;
	/* /sys/class/tty/ttyUSB0/device is the usb-serial port; its parent is the USB interface */
	snprintf(path, sizeof path, "/sys/class/tty/%s/device/../bInterfaceNumber", tty);
	f = fopen(path, "re");
	if (!f)
		return -1;
	n = fscanf(f, "%x", &number);
	fclose(f);
	return n == 1 && number < 256 ? (int)number : -1;
}
