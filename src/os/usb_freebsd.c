#include "os/os.h"

/* FreeBSD's u3g names its ports cuaU<unit>.<port>: the number after the dot is the interface. */
int os_tty_usb_interface(const char *tty)
{
	for (; *tty; tty++)
		if (*tty == '.' && tty[1] >= '0' && tty[1] <= '9' && !tty[2])
			return tty[1] - '0';
	return -1;
}
