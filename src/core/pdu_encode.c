#include "core/pdu.h"
#include "core/gsm7.h"
#include "base/utf8.h"

#include <string.h>

#define DIGITS_MAX 20
#define NAME_MAX_SEPTETS 11
#define UD_OCTETS_MAX 140
#define UD_SEPTETS_MAX 160
#define CHAR_UNITS_MAX 2	/* septets, or UTF-16 units, of one character */

#define DCS_GSM7 0x00
#define DCS_UCS2 0x08
#define VALIDITY 0xaa		/* TS 23.040 9.2.3.12.1: four days. A notice older than that tells nothing. */

/* Octets under construction. Each writer knows that its field fits: the largest message has
 * 1 + 1 + 1 + 12 + 2 + 7 + 1 + 140 octets, fewer than PDU_OCTETS_MAX. */
struct out {
	uint8_t p[PDU_OCTETS_MAX];
	size_t n;
};

static void put(struct out *o, unsigned octet)
{
	if (o->n < sizeof o->p)
		o->p[o->n++] = (uint8_t)octet;
}

/* A text as it will be sent. */
struct coded {
	bool ucs2;
	size_t count;		/* septets or octets */
	uint8_t p[UD_SEPTETS_MAX];
};

/* Septets of the character of N bytes at S, or 0 if it is in neither table. */
static size_t septets_at(const char *s, size_t n, uint8_t out[CHAR_UNITS_MAX])
{
	char one[5];
	int count;

	memcpy(one, s, n);
	one[n] = 0;
	count = gsm7_from_utf8(one, out, CHAR_UNITS_MAX);
	return count < 0 ? 0 : (size_t)count;
}

/* Units of CP as UTF-16, big-endian octets. */
static size_t utf16_of(uint32_t cp, uint8_t out[2 * CHAR_UNITS_MAX])
{
	uint32_t hi = 0xd800 + ((cp - 0x10000) >> 10), lo = 0xdc00 + (cp & 0x3ff);

	if (cp < 0x10000) {
		out[0] = (uint8_t)(cp >> 8);
		out[1] = (uint8_t)cp;
		return 2;
	}
	out[0] = (uint8_t)(hi >> 8);
	out[1] = (uint8_t)hi;
	out[2] = (uint8_t)(lo >> 8);
	out[3] = (uint8_t)lo;
	return 4;
}

/* Is all of TEXT in the default alphabet? -1 if it is no UTF-8. */
static int needs_ucs2(const char *text)
{
	uint8_t s[CHAR_UNITS_MAX];
	const char *from = text;
	int ucs2 = 0;
	int32_t cp;

	while ((cp = utf8_next(&text)) > 0) {
		if (!septets_at(from, (size_t)(text - from), s))
			ucs2 = 1;
		from = text;
	}
	return cp < 0 ? -1 : ucs2;
}

/* Codes TEXT into at most ROOM septets or octets; a longer one is cut at a character's border and ends
 * in "...". */
static void code_text(const char *text, size_t room, struct coded *c)
{
	size_t dots = c->ucs2 ? 6 : 3, fits = 0;
	const char *from = text;
	int32_t cp;

	c->count = 0;
	while ((cp = utf8_next(&text)) > 0) {
		uint8_t s[2 * CHAR_UNITS_MAX];
		size_t n = c->ucs2 ? utf16_of((uint32_t)cp, s) : septets_at(from, (size_t)(text - from), s);

		from = text;
		if (n > room - c->count)
			break;
		memcpy(c->p + c->count, s, n);
		c->count += n;
		if (c->count <= room - dots)
			fits = c->count;
	}
	if (cp <= 0)
		return;
	c->count = fits;
	for (int i = 0; i < 3; i++) {
		if (c->ucs2)
			c->p[c->count++] = 0;
		c->p[c->count++] = '.';
	}
}

/* The user data header UDH of HEADER octets (0 for none), and TEXT behind it: length and octets. */
static void put_user_data(struct out *o, const uint8_t *udh, size_t header, const char *text, struct coded *c)
{
	size_t taken = (header * 8 + 6) / 7;

	code_text(text, c->ucs2 ? UD_OCTETS_MAX - header - header % 2 : UD_SEPTETS_MAX - taken, c);
	put(o, (unsigned)((c->ucs2 ? header : taken) + c->count));
	for (size_t i = 0; i < header; i++)
		put(o, udh[i]);
	if (c->ucs2) {
		for (size_t i = 0; i < c->count; i++)
			put(o, c->p[i]);
	} else {
		o->n += gsm7_pack(c->p, c->count, (unsigned)(taken * 7 - header * 8), o->p + o->n, sizeof o->p - o->n);
	}
}

static int semi_octet(char c)
{
	static const char digits[] = "0123456789*#abc";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Is S, without a leading plus, something that can be dialled? */
static bool is_number(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= DIGITS_MAX && strspn(s, "0123456789*#") == n;
}

/* TS 23.040 9.1.2.5 */
static int put_number(struct out *o, const char *s)
{
	bool plus = *s == '+';
	size_t n;

	s += plus;
	if (!is_number(s))
		return -1;
	n = strlen(s);
	put(o, (unsigned)n);
	put(o, plus ? 0x91 : 0x81);
	for (size_t i = 0; i < n; i += 2)
		put(o, (unsigned)semi_octet(s[i]) | (i + 1 < n ? (unsigned)semi_octet(s[i + 1]) : 0x0fu) << 4);
	return 0;
}

static int put_name(struct out *o, const char *s)
{
	uint8_t septets[NAME_MAX_SEPTETS];
	int n = gsm7_from_utf8(s, septets, sizeof septets);

	if (n < 1)
		return -1;
	put(o, ((unsigned)n * 7 + 3) / 4);
	put(o, 0xd0);
	o->n += gsm7_pack(septets, (size_t)n, 0, o->p + o->n, sizeof o->p - o->n);
	return 0;
}

/* 9.2.3.11, in UTC. */
static int put_time(struct out *o, int64_t t)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t day = t / 86400 - 10957;
	unsigned v[6] = { 0, 1, 1, (unsigned)(t / 3600 % 24), (unsigned)(t / 60 % 60), (unsigned)(t % 60) };
	int n;

	if (t < INT64_C(946684800) || t >= INT64_C(4102444800))
		return -1;
	for (; day >= (n = v[0] % 4 ? 365 : 366); day -= n)
		v[0]++;
	for (; day >= (n = days[v[1] - 1] + (v[1] == 2 && v[0] % 4 == 0)); day -= n)
		v[1]++;
	v[2] += (unsigned)day;
	for (int i = 0; i < 6; i++)
		put(o, v[i] / 10 | v[i] % 10 << 4);
	put(o, 0);
	return 0;
}

static int put_hex(const struct out *o, char *hex, size_t size, unsigned *tpdu_octets, const char **why)
{
	static const char digits[] = "0123456789ABCDEF";

	if (size < 2 * o->n + 1) {
		*why = "there is no room for it";
		return -1;
	}
	for (size_t i = 0; i < o->n; i++) {
		hex[2 * i] = digits[o->p[i] >> 4];
		hex[2 * i + 1] = digits[o->p[i] & 15];
	}
	hex[2 * o->n] = 0;
	*tpdu_octets = (unsigned)o->n - 1;	/* without the service centre's length, which is 0 */
	return 0;
}

static int choose_alphabet(const char *text, struct coded *c, const char **why)
{
	int ucs2 = needs_ucs2(text);

	if (ucs2 < 0) {
		*why = "the text is no UTF-8";
		return -1;
	}
	c->ucs2 = ucs2;
	c->count = 0;
	return 0;
}

int pdu_encode_submit(const char *to, const char *text, bool status_report, char *hex, size_t size,
		      unsigned *tpdu_octets, const char **why)
{
	struct out o = { .n = 0 };
	struct coded c;

	if (choose_alphabet(text, &c, why) < 0)
		return -1;
	put(&o, 0);				/* the service centre of the SIM */
	put(&o, status_report ? 0x31 : 0x11);	/* SUBMIT, relative validity */
	put(&o, 0);				/* the modem numbers it */
	if (put_number(&o, to) < 0) {
		*why = "the number is not \"+\" and 1 to 20 digits";
		return -1;
	}
	put(&o, 0);
	put(&o, c.ucs2 ? DCS_UCS2 : DCS_GSM7);
	put(&o, VALIDITY);
	put_user_data(&o, NULL, 0, text, &c);
	return put_hex(&o, hex, size, tpdu_octets, why);
}

/* The header of one part of several: 9.2.3.24.1 and, for a larger reference, .8. Returns its octets. */
static size_t concat_header(unsigned ref, unsigned parts, unsigned part, uint8_t out[7])
{
	const uint8_t with8[] = { 5, 0x00, 3, (uint8_t)ref, (uint8_t)parts, (uint8_t)part };
	const uint8_t with16[] = { 6, 0x08, 4, (uint8_t)(ref >> 8), (uint8_t)ref, (uint8_t)parts, (uint8_t)part };

	if (parts <= 1)
		return 0;
	if (ref <= 0xff) {
		memcpy(out, with8, sizeof with8);
		return sizeof with8;
	}
	memcpy(out, with16, sizeof with16);
	return sizeof with16;
}

int pdu_encode_deliver(const char *from, const char *text, int64_t scts, unsigned ref, unsigned parts,
		       unsigned part, char *hex, size_t size, unsigned *tpdu_octets, const char **why)
{
	struct out o = { .n = 0 };
	struct coded c;
	uint8_t udh[7];
	size_t header;

	if (choose_alphabet(text, &c, why) < 0)
		return -1;
	if (parts > 255 || ref > 0xffff || (parts > 1 && (part < 1 || part > parts))) {
		*why = "parts, part or reference are out of range";
		return -1;
	}
	header = concat_header(ref, parts, part, udh);
	put(&o, 0);
	put(&o, header ? 0x44 : 0x04);		/* DELIVER, no more messages waiting */
	if (put_number(&o, from) < 0 && put_name(&o, from) < 0) {
		*why = "the sender is neither a number nor a name of up to 11 GSM characters";
		return -1;
	}
	put(&o, 0);
	put(&o, c.ucs2 ? DCS_UCS2 : DCS_GSM7);
	if (put_time(&o, scts) < 0) {
		*why = "the time stamp is not in 2000..2099";
		return -1;
	}
	put_user_data(&o, udh, header, text, &c);
	return put_hex(&o, hex, size, tpdu_octets, why);
}
