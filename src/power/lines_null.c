/* lines_null.c - a build without a GPIO library: every target's lines fail, and say what is missing. */
#include "power/lines.h"

struct lines *lines_open(const struct lines_config *c, struct err *e)
{
	(void)c;
	err_set(e, "this oobmd was built without GPIO: install libgpiod-dev, then configure and build it again; "
		   "or press by a program: power = command");
	return NULL;
}

void lines_close(struct lines *l)
{
	(void)l;
}

bool lines_has(const struct lines *l, enum line which)
{
	(void)l;
	(void)which;
	return false;
}

const char *lines_where(const struct lines *l, enum line which)
{
	(void)l;
	(void)which;
	return "";
}

int lines_set(struct lines *l, enum line which, bool active, struct err *e)
{
	(void)l;
	(void)which;
	(void)active;
	return err_set(e, "this oobmd was built without GPIO");
}

int lines_check(struct lines *l, struct err *e)
{
	return lines_set(l, LINE_POWER, false, e);
}

int lines_led(const struct lines *l)
{
	(void)l;
	return -1;
}

int lines_led_fd(const struct lines *l)
{
	(void)l;
	return -1;
}

int lines_led_clear(struct lines *l)
{
	(void)l;
	return -1;
}

size_t lines_descriptors(const struct lines *l, int fd[LINES_OUTPUTS])
{
	(void)l;
	(void)fd;
	return 0;
}
