#include "conf/check.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "core/bytes.h"
#include "core/command.h"

#include <ctype.h>
#include <stdbool.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define VALUE_MAX 256
#define SECRET_MIN 12
#define PATH_BYTES_MAX 120
#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool only(const char *v, const char *set)
{
	return *v && v[strspn(v, set)] == 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Is V one of the blank-separated words of LIST? */
static bool one_of(const char *list, const char *v)
{
	size_t n = strlen(v);

	for (const char *p = list; n && *p; p += strspn(p, " ")) {
		size_t w = strcspn(p, " ");

		if (w == n && memcmp(p, v, n) == 0)
			return true;
		p += w;
	}
	return false;
}

/* Messages arrive as UTF-8, so a secret in another encoding would never be matched. */
static int check_bytes(const char *v, struct err *e)
{
	size_t n = strlen(v), w;

	for (const char *end = v + n; v < end; v += w) {
		w = utf8_char(v, (size_t)(end - v));
		if (w == 0)
			return err_set(e, "it is not in UTF-8; save the file in that encoding");
		if ((unsigned char)*v < 0x20 || *v == 0x7f)
			return err_set(e, "it has a control character (0x%02x)", (unsigned char)*v);
	}
	return 0;
}

int check_text(char *v, struct err *e)
{
	if (strlen(v) > VALUE_MAX)
		return err_set(e, "longer than %d bytes", VALUE_MAX);
	return check_bytes(v, e);
}

int check_word(char *v, struct err *e)
{
	if (!only(v, LETTERS DIGITS "._-") || strlen(v) > 64)
		return err_set(e, "\"%.80s\" may have letters, digits and . _ - only, at most 64", v);
	return 0;
}

int check_path(char *v, struct err *e)
{
	if (check_text(v, e) < 0)
		return -1;
	if (v[0] != '/')
		return err_set(e, "\"%s\" must be a whole path, beginning with /; the daemon has no directory of its own",
			       v);
	if (strlen(v) > PATH_BYTES_MAX)
		return err_set(e, "longer than %d bytes", PATH_BYTES_MAX);
	return 0;
}

int check_run_dir(char *v, struct err *e)
{
	if (check_path(v, e) < 0)
		return -1;
	if (strlen(v) > 90)
		return err_set(e, "longer than 90 bytes, so that the name of a socket in it would not fit");
	return 0;
}

int check_user(char *v, struct err *e)
{
	if (!only(v, LETTERS DIGITS "._-") || is_digit(v[0]) || v[0] == '-' || strlen(v) > 32)
		return err_set(e, "\"%.80s\" is no name of a user or group (letters, digits and . _ -, not beginning "
				  "with a digit)", v);
	return 0;
}

int check_log_level(char *v, struct err *e)
{
	enum log_level level;

	if (log_level_parse(v, &level) < 0)
		return err_set(e, "\"%.80s\" is no level; write error, warn, info or debug", v);
	return 0;
}

int check_route_table(char *v, struct err *e)
{
	if (one_of("253 254 255", v))
		return err_set(e, "%s is a table of the kernel (default, main, local); choose another number", v);
	return 0;
}

/* ---- modem ---- */

static bool hex4(const char *v)
{
	return strspn(v, DIGITS "abcdefABCDEF") == 4;
}

int check_usb(char *v, struct err *e)
{
	if (!hex4(v) || v[4] != ':' || strspn(v + 5, DIGITS "abcdefABCDEF") != 4 || (v[9] && v[9] != ':') ||
	    (v[9] == ':' && (check_word(v + 10, NULL) < 0 || strlen(v) > 60)))
		return err_set(e, "\"%.80s\" is no USB id; write vendor:product as lsusb shows it, like \"12d1:1001\", and "
				  ":SERIAL after it if there are two alike", v);
	for (int i = 0; i < 9; i++)
		v[i] = (char)tolower((unsigned char)v[i]);
	return 0;
}

int check_profile(char *v, struct err *e)
{
	if (!one_of("auto generic huawei", v))
		return err_set(e, "there is no profile \"%.80s\"; write auto, generic or huawei", v);
	return 0;
}

int check_pin(char *v, struct err *e)
{
	size_t n = strlen(v);

	if (!only(v, DIGITS) || n < 4 || n > 8)
		return err_set(e, "a SIM's PIN has 4 to 8 digits, and nothing else");
	return 0;
}

int check_apn(char *v, struct err *e)
{
	if (*v && (!only(v, LETTERS DIGITS ".-_") || strlen(v) > 99))
		return err_set(e, "\"%.120s\" is no access point name; it has letters, digits, dots and hyphens, like "
				  "\"internet\" (ask the carrier)", v);
	return 0;
}

int check_dial(char *v, struct err *e)
{
	if (!only(v, DIGITS "*#+ABCDabcdPTWptw,!@-") || strncasecmp(v, "AT", 2) == 0 || strlen(v) > 31)
		return err_set(e, "\"%.80s\" is nothing a modem can dial; write \"*99#\" (or \"*99***1#\"), without ATD", v);
	return 0;
}

int check_at(char *v, struct err *e)
{
	if (strncasecmp(v, "AT", 2) != 0)
		return err_set(e, "\"%.80s\" must begin with AT", v);
	if (strlen(v) > 79)
		return err_set(e, "longer than 79 characters");
	if (strchr(v, ';'))
		return err_set(e, "\"%.80s\": write each command as a value of its own, without ;", v);
	for (const char *p = v; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			return err_set(e, "\"%.140s\" has a character outside printable ASCII", v);
	if (strncasecmp(v, "ATD", 3) == 0 || strncasecmp(v, "ATZ", 3) == 0 || strncasecmp(v, "AT&F", 4) == 0)
		return err_set(e, "\"%.80s\" would dial or undo the set-up; leave it out", v);
	return 0;
}

int check_speed(char *v, struct err *e)
{
	if (!one_of("9600 19200 38400 57600 115200 230400 460800 921600 1000000 2000000 3000000 4000000", v))
		return err_set(e, "%s is no speed of a serial port; write 115200 (USB sticks take any)", v);
	return 0;
}

int check_ppp_option(char *v, struct err *e)
{
	static const char refused[] = "defaultroute replacedefaultroute defaultroute6 defaultroute-metric proxyarp ktune "
		"persist demand connect disconnect init welcome pty socket file call record updetach "
		"ip-up-script ip-down-script ipparam ifname linkname unit logfd logfile";
	char word[VALUE_MAX + 1];

	if (check_text(v, e) < 0)
		return -1;
	snprintf(word, sizeof word, "%.*s", (int)strcspn(v, " \t"), v);
	if (!only(word, LETTERS DIGITS "-_.:/"))
		return err_set(e, "\"%s\" is no option of pppd; write one option a string, like \"mtu 1400\"", v);
	if (one_of(refused, word))
		return err_set(e, "%s is not yours to give: oobmd sets what belongs to the link itself, and the home's "
				  "routes are never touched", word);
	return 0;
}

/* ---- owner ---- */

/* Takes out what people put between digits; "00" in front is the "+" of most countries. */
static void squeeze_number(char *v)
{
	char *out = v;

	for (const char *p = v; *p; p++)
		if (!strchr(" -./()", *p))
			*out++ = *p;
	*out = 0;
	if (v[0] == '0' && v[1] == '0') {
		v[0] = '+';
		memmove(v + 1, v + 2, strlen(v + 2) + 1);
	}
}

int check_number(char *v, struct err *e)
{
	char seen[64];
	size_t n;

	snprintf(seen, sizeof seen, "%.60s", v);
	if (strstr(v, "(0)"))
		return err_set(e, "\"%s\": leave out the (0), nobody dials it after the country code", seen);
	squeeze_number(v);
	n = strlen(v);
	if (v[0] != '+')
		return err_set(e, "\"%s\" is not international; write + and the country code first, and drop the "
				  "leading 0, like \"+491701234567\"", seen);
	if (!only(v + 1, DIGITS))
		return err_set(e, "\"%s\" has something that is no digit; write it like \"+491701234567\"", seen);
	if (v[1] == '0')
		return err_set(e, "\"%s\": no country code begins with 0; write it like \"+491701234567\"", seen);
	if (n < 8 || n > 16)
		return err_set(e, "\"%s\" has %zu digits; an international number has 7 to 15", seen, n - 1);
	return 0;
}

/* Would the agent take the secret out of a message that carries it? */
static bool survives(const char *before, const char *secret)
{
	char text[64 + COMMAND_CODE_MAX];
	const char *why = NULL;
	struct command c;
	bool same;

	snprintf(text, sizeof text, "%s%s", before, secret);
	same = command_parse(text, &c, &why) == 0 && strcmp(c.code, secret) == 0;
	wipe(text, sizeof text);
	wipe(&c, sizeof c);
	return same;
}

int check_secret(char *v, struct err *e)
{
	size_t n = strlen(v);

	if (check_bytes(v, e) < 0)
		return -1;
	if (n < SECRET_MIN)
		return err_set(e, "%zu characters are too few; take %d or more, such as three or four random words", n,
			       SECRET_MIN);
	if (n >= COMMAND_CODE_MAX)
		return err_set(e, "longer than %d bytes, which leaves too little of a message", COMMAND_CODE_MAX - 1);
	if (v[0] == ' ' || v[n - 1] == ' ')
		return err_set(e, "it begins or ends with a blank, which phones drop; take the blank out");
	if (!survives("", v) || !survives("up ", v) || !survives("up 45m ", v))
		return err_set(e, "its first word would be read as a command (up, down, extend, status) or as a length of "
				  "time; choose another");
	return 0;
}

int check_command(char *v, struct err *e)
{
	if (!one_of("up down extend status", v))
		return err_set(e, "there is no command \"%.80s\"; write up, down, extend or status", v);
	return 0;
}

/* ---- numbers and times ---- */

int check_int(const char *v, int64_t lo, int64_t hi, int64_t *out, struct err *e)
{
	int64_t n = 0;

	if (!only(v, DIGITS))
		return err_set(e, "\"%.80s\" is no number; write %" PRId64 " to %" PRId64, v, lo, hi);
	if (v[0] == '0' && v[1])
		return err_set(e, "\"%.80s\" begins with a zero, which may mean octal or nothing; write \"%s\"", v,
			       v[strspn(v, "0")] ? v + strspn(v, "0") : "0");
	for (const char *p = v; *p; p++) {
		n = n * 10 + (*p - '0');
		if (n > hi)
			return err_set(e, "%.80s is too large; write %" PRId64 " to %" PRId64, v, lo, hi);
	}
	if (n < lo)
		return err_set(e, "%s is too small; write %" PRId64 " to %" PRId64, v, lo, hi);
	*out = n;
	return 0;
}

void check_time_text(int64_t ms, char *out, unsigned size)
{
	int64_t s = ms / SEC_MS;

	if (ms == 0)
		snprintf(out, size, "0");
	else if (ms % SEC_MS)
		snprintf(out, size, "%" PRId64 "ms", ms);
	else if (s % 3600 == 0)
		snprintf(out, size, "%" PRId64 "h", s / 3600);
	else if (s % 60 == 0)
		snprintf(out, size, "%" PRId64 "m", s / 60);
	else
		snprintf(out, size, "%" PRId64 "s", s);
}

/* "500ms": people who send messages do not ask for that, so core's durations do not know it. */
static int milliseconds(const char *v, int64_t *out)
{
	size_t n = strspn(v, DIGITS);

	if (n == 0 || n > 9 || strcmp(v + n, "ms") != 0)
		return -1;
	*out = strtoll(v, NULL, 10);
	return 0;
}

int check_time(const char *v, int64_t lo, int64_t hi, int64_t *out, struct err *e)
{
	char low[24], high[24];

	check_time_text(lo, low, sizeof low);
	check_time_text(hi, high, sizeof high);
	if (lo == 0 && (strcmp(v, "0") == 0 || strcmp(v, "0s") == 0)) {
		*out = 0;
		return 0;
	}
	if (only(v, DIGITS))
		return err_set(e, "\"%.80s\" has no unit; write \"%.80ss\", \"%.80sm\" or \"%.80sh\"", v, v, v, v);
	if (milliseconds(v, out) < 0 && duration_parse(v, out) < 0)
		return err_set(e, "\"%.80s\" is no time; write it like \"45s\", \"30m\" or \"1h30m\", %s to %s", v, low, high);
	if (*out < lo)
		return err_set(e, "%.80s is too short; write %s to %s", v, low, high);
	if (*out > hi)
		return err_set(e, "%.80s is too long; write %s to %s", v, low, high);
	return 0;
}

void check_amount_text(int64_t n, char *out, unsigned size)
{
	static const struct { int64_t bytes; char letter; } units[] = { { 1000000000, 'G' }, { 1000000, 'M' }, { 1000, 'k' } };

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (n % units[i].bytes == 0) {
			snprintf(out, size, "%" PRId64 "%c", n / units[i].bytes, units[i].letter);
			return;
		}
	snprintf(out, size, "%" PRId64 ".%03" PRId64 "k", n / 1000, n % 1000);
}

int check_amount(const char *v, int64_t lo, int64_t hi, int64_t *out, struct err *e)
{
	char low[24], high[24];

	check_amount_text(lo, low, sizeof low);
	check_amount_text(hi, high, sizeof high);
	if (only(v, DIGITS))
		return err_set(e, "\"%.80s\" has no unit; write \"%.80sM\" for megabytes, or k or G", v, v);
	if (bytes_parse(v, out) < 0)
		return err_set(e, "\"%.80s\" is no amount of bytes; write it like \"500M\" or \"1.5G\", %s to %s", v, low, high);
	if (*out < lo || *out > hi)
		return err_set(e, "%.80s is too %s; write %s to %s", v, *out < lo ? "little" : "much", low, high);
	return 0;
}
