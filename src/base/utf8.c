#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

size_t utf8_char(const char *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	size_t len;
	uint32_t v;

	if (n == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len > n)
		return 0;
	v = p[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3fU);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	return len;
}

size_t utf8_prefix(const char *s, size_t n, size_t chars)
{
	size_t used = 0;

	while (used < n && chars > 0) {
		size_t len = utf8_char(s + used, n - used);

		used += len ? len : 1;
		chars--;
	}
	return used;
}

char *utf8_repair(const char *s, size_t n)
{
	static const char unknown[] = "\xef\xbf\xbd";
	char *out, *p;

	if (n > (SIZE_MAX - 1) / 3)
		return NULL;
	p = out = malloc(n * 3 + 1);
	if (!out)
		return NULL;
	while (n > 0) {
		size_t len = utf8_char(s, n);

		memcpy(p, len ? s : unknown, len ? len : 3);
		p += len ? len : 3;
		s += len ? len : 1;
		n -= len ? len : 1;
	}
	*p = 0;
	return out;
}

int32_t utf8_next(const char **p)
{
	const unsigned char *s = (const unsigned char *)*p;
	size_t len = utf8_char(*p, 4);	/* never looks past a terminator: it continues no character */
	uint32_t cp;

	if (len == 0)
		return -1;
	if (len == 1) {
		*p += s[0] != 0;
		return s[0];
	}
	cp = s[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++)
		cp = cp << 6 | (s[i] & 0x3fU);
	*p += len;
	return (int32_t)cp;
}

size_t utf8_put(uint32_t cp, char out[4])
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t len;

	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = UTF8_REPLACEMENT;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--, cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)(lead[len] | cp);
	return len;
}
