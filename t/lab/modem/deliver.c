#include "deliver.h"

#include "../kit/events.h"
#include "modem.h"

#include "base/clock.h"
#include "core/gsm7.h"
#include "core/pdu.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* TS 23.040 9.2.3.24.1: with the header of a part, 153 septets or 67 UCS2 units are left */
#define ONE_GSM7 160
#define PART_GSM7 153
#define ONE_UCS2 70
#define PART_UCS2 67
#define SEPTETS_MAX 8192

/* Bytes of the UTF-8 character at P. */
static size_t utf8_length(const char *p)
{
	size_t n = 1;

	while (((unsigned char)p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* What one character costs: septets, or UTF-16 units. */
static size_t cost(const char *p, size_t n, bool ucs2)
{
	uint8_t septets[4];
	char one[8];

	if (ucs2)
		return n == 4 ? 2 : 1;
	snprintf(one, sizeof one, "%.*s", (int)n, p);
	return (size_t)gsm7_from_utf8(one, septets, sizeof septets);
}

/* Bytes of TEXT that fit into ROOM. */
static size_t fit(const char *text, size_t room, bool ucs2)
{
	size_t used = 0, n = 0;

	while (text[n]) {
		size_t bytes = utf8_length(text + n), c = cost(text + n, bytes, ucs2);

		if (used + c > room)
			break;
		used += c;
		n += bytes;
	}
	return n;
}

static int utf16_hex(const char *text, char *hex, size_t size, unsigned *octets)
{
	size_t n = 0;

	*octets = 0;
	while (*text) {
		size_t bytes = utf8_length(text);
		uint32_t c = (unsigned char)*text & (bytes == 1 ? 0x7f : 0x7fu >> bytes);

		for (size_t i = 1; i < bytes; i++)
			c = c << 6 | ((unsigned char)text[i] & 0x3f);
		if (n + 9 > size)
			return -1;
		if (c >= 0x10000)
			n += (size_t)snprintf(hex + n, size - n, "%04X%04X", 0xd7c0 + (c >> 10), 0xdc00 + (c & 0x3ff));
		else
			n += (size_t)snprintf(hex + n, size - n, "%04X", c);
		text += bytes;
	}
	*octets = (unsigned)(n / 2);
	return 0;
}

/* The codec chooses UCS2 by itself only when it must. So it is given a character that needs it, whose
 * three octets of user data are then replaced. */
static int encode_ucs2(const struct deliver *d, int64_t scts, char *hex, size_t size, unsigned *octets,
		       const char **why)
{
	unsigned n;
	size_t len;

	if (pdu_encode_deliver(d->from, "\xe4\xb8\xad", scts, 0, 1, 1, hex, size, octets, why) < 0)
		return -1;
	len = strlen(hex) - 6;
	if (utf16_hex(d->text, hex + len + 2, size - len - 2, &n) < 0 || n > 140) {
		*why = "too long for one part of UCS2";
		return -1;
	}
	hex[len] = "0123456789ABCDEF"[n >> 4];
	hex[len + 1] = "0123456789ABCDEF"[n & 15];
	*octets += n - 2;
	return 0;
}

static int deliver_raw(struct modem *m, const struct deliver *d, struct err *e)
{
	char hex[2 * PDU_OCTETS_MAX + 1];
	size_t n = strlen(d->raw);
	unsigned smsc;

	if (n >= sizeof hex || n % 2 || n < 4 || strspn(d->raw, "0123456789abcdefABCDEF") != n)
		return err_set(e, "a PDU is 2 to %d octets in hex", PDU_OCTETS_MAX);
	for (size_t i = 0; i <= n; i++)
		hex[i] = (char)toupper((unsigned char)d->raw[i]);
	sscanf(hex, "%2x", &smsc);
	if (smsc + 1 > n / 2)
		return err_set(e, "the address of the service centre is longer than the PDU");
	return network_deliver(m, hex, (unsigned)n / 2 - 1 - smsc, d->store ? d->store : "", d->quiet);
}

static int deliver_parts(struct modem *m, const struct deliver *d, int64_t scts, bool ucs2, struct err *e)
{
	static unsigned ref;
	size_t length = strlen(d->text), room = ucs2 ? ONE_UCS2 : ONE_GSM7;
	char hex[2 * PDU_OCTETS_MAX + 1], part[PDU_TEXT_MAX + 1];
	unsigned octets, parts = 0, i = 0;
	const char *why = NULL;

	if (fit(d->text, room, ucs2) < length)
		room = ucs2 ? PART_UCS2 : PART_GSM7;
	for (size_t at = 0; at < length || !parts; at += fit(d->text + at, room, ucs2))
		parts++;
	ref++;
	for (size_t at = 0, n; i < parts; at += n) {
		n = fit(d->text + at, room, ucs2);
		snprintf(part, sizeof part, "%.*s", (int)n, d->text + at);
		if (pdu_encode_deliver(d->from, part, scts, ref & 0xff, parts, ++i, hex, sizeof hex, &octets, &why) < 0)
			return err_set(e, "the message cannot be made: %s", why);
		if (network_deliver(m, hex, octets, d->store ? d->store : "", d->quiet) < 0)
			return err_set(e, "out of memory");
	}
	return 0;
}

int deliver(struct modem *m, const struct deliver *d, struct err *e)
{
	static uint8_t septets[SEPTETS_MAX];
	int64_t scts = d->scts_given ? d->scts : clock_wall_s();
	char hex[2 * PDU_OCTETS_MAX + 1];
	const char *why = NULL;
	unsigned octets;

	if (d->store && !sim_store(&m->sim, d->store))
		return err_set(e, "no store '%s': SM or ME", d->store);
	event("world: sms from %s", d->raw ? "a PDU" : d->from);
	if (d->raw)
		return deliver_raw(m, d, e);
	if (!d->ucs2)
		return deliver_parts(m, d, scts, gsm7_from_utf8(d->text, septets, sizeof septets) < 0, e);
	if (encode_ucs2(d, scts, hex, sizeof hex, &octets, &why) < 0)
		return err_set(e, "the message cannot be made: %s", why);
	return network_deliver(m, hex, octets, d->store ? d->store : "", d->quiet);
}
