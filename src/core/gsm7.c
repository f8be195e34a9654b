#include "core/gsm7.h"
#include "core/gsm7_tables.h"
#include "base/utf8.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

/* Octets that FILL bits and COUNT septets take, or SIZE_MAX if that cannot be counted. */
static size_t octets(size_t count, unsigned fill)
{
	if (count > (SIZE_MAX - 16) / 7)
		return SIZE_MAX;
	return (count * 7 + fill + 7) / 8;
}

int gsm7_unpack(const uint8_t *p, size_t n, size_t count, unsigned fill, uint8_t *out)
{
	size_t bit = fill;

	if (fill > 6 || octets(count, fill) > n)
		return -1;
	for (size_t i = 0; i < count; i++, bit += 7) {
		unsigned v = p[bit / 8] >> bit % 8;

		if (bit % 8 > 1)
			v |= (unsigned)p[bit / 8 + 1] << (8 - bit % 8);
		out[i] = v & 0x7f;
	}
	return 0;
}

size_t gsm7_pack(const uint8_t *septets, size_t count, unsigned fill, uint8_t *out, size_t size)
{
	size_t n = octets(count, fill), bit = fill;

	if (fill > 6 || n == SIZE_MAX || n > size)
		return 0;
	memset(out, 0, n);
	for (size_t i = 0; i < count; i++, bit += 7) {
		unsigned v = (unsigned)(septets[i] & 0x7f) << bit % 8;

		out[bit / 8] |= v & 0xff;
		if (v > 0xff)
			out[bit / 8 + 1] |= (uint8_t)(v >> 8);
	}
	return n;
}

/* The character of SEPTET in a list of changes, or 0. */
static uint32_t find_change(const struct gsm7_change *list, uint8_t septet)
{
	for (; list && list->character; list++)
		if (list->septet == septet)
			return list->character;
	return 0;
}

static uint32_t plain(uint8_t septet, unsigned locking)
{
	uint32_t cp = find_change(gsm7_locking[locking], septet);

	return cp ? cp : gsm7_default[septet & 0x7f];
}

/* What an escape and SEPTET stand for: an unknown pair shows the plain character (6.2.1.1, note 3 of
 * the table), a second escape, which is reserved, a blank (note 1). */
static uint32_t escaped(uint8_t septet, unsigned locking, unsigned single)
{
	uint32_t cp = find_change(gsm7_single[single], septet);

	if (cp)
		return cp;
	return septet == GSM7_ESCAPE ? ' ' : plain(septet, locking);
}

size_t gsm7_to_utf8(const uint8_t *septets, size_t count, unsigned locking, unsigned single,
		    char *out, size_t size)
{
	size_t len = 0;

	if (size == 0)
		return 0;
	if (locking >= GSM7_LANGUAGES)
		locking = 0;
	if (single >= GSM7_LANGUAGES)
		single = 0;
	for (size_t i = 0; i < count; i++) {
		char bytes[4];
		uint32_t cp;
		size_t n;

		if (septets[i] != GSM7_ESCAPE)
			cp = plain(septets[i], locking);
		else if (i + 1 < count)
			cp = escaped(septets[++i], locking, single);
		else
			cp = ' ';
		n = utf8_put(cp, bytes);
		if (n >= size - len)
			break;
		memcpy(out + len, bytes, n);
		len += n;
	}
	out[len] = 0;
	return len;
}

/* The septets of CP: 1 or 2 of them, or 0 if it has none. */
static size_t septets_of(uint32_t cp, uint8_t out[2])
{
	for (unsigned i = 0; i < 128; i++)
		if (gsm7_default[i] == cp && i != GSM7_ESCAPE) {
			out[0] = (uint8_t)i;
			return 1;
		}
	for (const struct gsm7_change *c = gsm7_single[0]; c->character; c++)
		if (c->character == cp) {
			out[0] = GSM7_ESCAPE;
			out[1] = c->septet;
			return 2;
		}
	return 0;
}

int gsm7_from_utf8(const char *text, uint8_t *septets, size_t size)
{
	size_t len = 0;
	int32_t cp;

	while ((cp = utf8_next(&text)) != 0) {
		uint8_t s[2];
		size_t n = cp < 0 ? 0 : septets_of((uint32_t)cp, s);

		if (n == 0 || n > size - len || len + n > INT_MAX)
			return -1;
		memcpy(septets + len, s, n);
		len += n;
	}
	return (int)len;
}
