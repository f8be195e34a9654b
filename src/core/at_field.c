#include "core/at.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where the values begin: behind the colon of "+NAME:", or at once if there is no such prefix (some
 * modems answer AT+CSQ with bare values). */
static const char *values(const char *text)
{
	size_t n;

	if (!*text || !strchr("+^*$%#_", *text))
		return text;
	n = 1 + strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
	return text[n] == ':' ? text + n + 1 : text;
}

/* The end of the value at S: a comma outside quotes and brackets, or the end of the first line. */
static const char *value_end(const char *s)
{
	bool quoted = false;
	int depth = 0;

	for (; *s && *s != '\n'; s++) {
		if (*s == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (*s == '(')
			depth++;
		else if (*s == ')' && depth > 0)
			depth--;
		else if (*s == ',' && depth == 0)
			break;
	}
	return s;
}

int at_field(const char *text, unsigned index, char *out, size_t size)
{
	const char *s = values(text), *end = value_end(s);
	size_t n = 0;

	for (; index > 0; index--) {
		if (*end != ',')
			return -1;
		s = end + 1;
		end = value_end(s);
	}
	while (s < end && *s == ' ')
		s++;
	while (end > s && end[-1] == ' ')
		end--;
	for (; s < end; s++) {
		if (*s == '"')
			continue;
		if (n + 1 >= size)
			return -1;
		out[n++] = *s;
	}
	if (size == 0)
		return -1;
	out[n] = 0;
	return (int)n;
}

int at_field_int(const char *text, unsigned index, long lo, long hi, long *out)
{
	char digits[24], *end;
	long v;

	if (at_field(text, index, digits, sizeof digits) < 1)
		return -1;
	if (!isdigit((unsigned char)digits[0]) && !(digits[0] == '-' && isdigit((unsigned char)digits[1])))
		return -1;
	errno = 0;
	v = strtol(digits, &end, 10);
	if (errno || *end || v < lo || v > hi)
		return -1;
	*out = v;
	return 0;
}
