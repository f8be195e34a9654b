/* Values of the sections target and operator. */
#include "conf/check.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PATTERN_MIN 3
#define PATTERN_MAX 60

static bool is_one(const char *const *list, const char *v)
{
	for (; *list; list++)
		if (strcmp(*list, v) == 0)
			return true;
	return false;
}

int check_power(char *v, struct err *e)
{
	static const char *const all[] = { "gpio", "command", "none", NULL };

	if (!is_one(all, v))
		return err_set(e, "\"%.80s\" is no way to reach a power button; write gpio, command or none", v);
	return 0;
}

int check_chip(char *v, struct err *e)
{
	if (v[0] == '/')
		return check_path(v, e);
	if (!*v || strlen(v) > 32)
		return err_set(e, "\"%.80s\" is no GPIO chip; write its name or label as gpiodetect shows it, or its path", v);
	return check_text(v, e);
}

int check_line(char *v, struct err *e)
{
	size_t n = strlen(v);

	if (strspn(v, DIGITS) == n && n > 4)
		return err_set(e, "\"%.80s\" is no offset of a GPIO line; see gpioinfo", v);
	if (n == 0 || n > 31)
		return err_set(e, "\"%.80s\" is no GPIO line; write its offset or its name as gpioinfo shows it", v);
	return check_text(v, e);
}

int check_line_flag(char *v, struct err *e)
{
	static const char *const all[] = { "active-low", "open-drain", "open-source", NULL };

	if (!is_one(all, v))
		return err_set(e, "there is no flag \"%.80s\"; write active-low, open-drain or open-source", v);
	return 0;
}

int check_led_flag(char *v, struct err *e)
{
	static const char *const all[] = { "active-low", "pull-up", "pull-down", "bias-disabled", NULL };

	if (!is_one(all, v))
		return err_set(e, "there is no flag \"%.80s\"; write active-low, pull-up, pull-down or bias-disabled", v);
	return 0;
}

int check_console_speed(char *v, struct err *e)
{
	static const char *const all[] = { "300", "600", "1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200",
		"230400", "460800", "500000", "576000", "921600", "1000000", "1152000", "1500000", "2000000", "2500000",
		"3000000", "3500000", "4000000", NULL };

	if (!is_one(all, v))
		return err_set(e, "%s is no speed of a serial port; most consoles use 115200, old ones 9600", v);
	return 0;
}

int check_parity(char *v, struct err *e)
{
	static const char *const all[] = { "none", "even", "odd", NULL };

	if (!is_one(all, v))
		return err_set(e, "there is no parity \"%.80s\"; write none, even or odd", v);
	return 0;
}

int check_flow(char *v, struct err *e)
{
	static const char *const all[] = { "none", "rtscts", "xonxoff", NULL };

	if (!is_one(all, v))
		return err_set(e, "there is no flow control \"%.80s\"; write none, rtscts or xonxoff", v);
	return 0;
}

int check_pattern(char *v, struct err *e)
{
	size_t n = strlen(v);

	if (n < PATTERN_MIN || n > PATTERN_MAX)
		return err_set(e, "\"%.80s\" has %zu characters; a text to look for has %d to %d", v, n, PATTERN_MIN, PATTERN_MAX);
	return check_text(v, e);
}

int check_target_name(char *v, struct err *e)
{
	if (strcmp(v, "*") == 0)
		return 0;
	if (!*v || v[strspn(v, LOWER DIGITS "-")] || v[0] == '-' || strlen(v) > 31)
		return err_set(e, "\"%.80s\" is no name of a target: small letters, digits and -, at most 31", v);
	return 0;
}

int check_yes_no(char *v, struct err *e)
{
	static const char *const all[] = { "yes", "no", NULL };

	if (!is_one(all, v))
		return err_set(e, "\"%.80s\": write yes or no", v);
	return 0;
}
