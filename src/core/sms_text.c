#include "core/sms_text.h"
#include "base/utf8.h"
#include "core/gsm7.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SEPTETS 160

static bool fits(const char *text)
{
	uint8_t septets[SEPTETS];

	return gsm7_from_utf8(text, septets, sizeof septets) >= 0;
}

/* One that the alphabet has not would make the whole message UCS2, of 70 characters. */
static void plain(char *text)
{
	char *out = text;

	for (const char *p = text, *end = text + strlen(text); p < end;) {
		size_t n = utf8_char(p, (size_t)(end - p));
		uint8_t septets[4];
		char one[8] = "";

		memcpy(one, p, n ? n : 1);
		if (n && gsm7_from_utf8(one, septets, sizeof septets) > 0) {
			memmove(out, p, n);
			out += n;
		} else {
			*out++ = '?';
		}
		p += n ? n : 1;
	}
	*out = 0;
}

/* Drops the line after the first, which says what this is about. Returns false if there are two lines or less. */
static bool drop_line(char *text)
{
	char *second = strchr(text, '\n'), *third = second ? strchr(second + 1, '\n') : NULL;

	if (!third)
		return false;
	memmove(second, third, strlen(third) + 1);
	return true;
}

static void cut(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && !fits(text)) {
		do
			n--;
		while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80);
		snprintf(text + n, 3, "..");
	}
}

void sms_fit(const char *title, const char *text, char out[SMS_TEXT_MAX])
{
	/* two more dots may come to its end */
	snprintf(out, SMS_TEXT_MAX - 2, "%s%s%s", title, *title ? strchr(text, '\n') ? "\n" : ": " : "", text);
	plain(out);
	while (!fits(out) && drop_line(out))
		;
	cut(out);
}
