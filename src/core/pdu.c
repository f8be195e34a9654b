#include "core/pdu.h"
#include "core/gsm7.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#define SMSC_MAX 11		/* type of address and 10 octets of digits (TS 24.011 8.2.5.1) */
#define DIGITS_MAX 20		/* TS 23.040 9.1.2.5: an address has at most 12 octets in all */
#define UD_OCTETS_MAX 140
#define UD_SEPTETS_MAX 160

#define FO_MTI 0x03
#define FO_VPF 0x18
#define FO_UDHI 0x40

#define TON(toa) ((toa) >> 4 & 7)
#define TON_INTERNATIONAL 1
#define TON_ALNUM 5

/* What is left to read. */
struct rest {
	const uint8_t *p;
	size_t n;
};

/* The next N octets, or NULL if there are fewer. */
static const uint8_t *take(struct rest *r, size_t n)
{
	const uint8_t *p = r->p;

	if (n > r->n)
		return NULL;
	r->p += n;
	r->n -= n;
	return p;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Hexadecimal digits -> octets. */
static int unhex(const char *hex, size_t n, uint8_t *out, const char **why)
{
	if (n == 0 || n % 2) {
		*why = n ? "it has an odd number of digits" : "it is empty";
		return -1;
	}
	if (n / 2 > PDU_OCTETS_MAX) {
		*why = "it is longer than a message can be";
		return -1;
	}
	for (size_t i = 0; i < n / 2; i++) {
		int hi = hex_digit(hex[2 * i]), lo = hex_digit(hex[2 * i + 1]);

		if (hi < 0 || lo < 0) {
			*why = "it has a character that is no hexadecimal digit";
			return -1;
		}
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}

/* N semi-octets, low half first (TS 23.040 9.1.2.3) -> digits. A filler in the middle is refused: what
 * number it means is anyone's guess, and numbers decide who is listened to. */
static int get_digits(const uint8_t *p, size_t n, char *out)
{
	static const char digits[] = "0123456789*#abc";

	for (size_t i = 0; i < n; i++) {
		unsigned v = i % 2 ? p[i / 2] >> 4 : p[i / 2] & 0x0f;

		if (v == 0x0f)
			return -1;
		out[i] = digits[v];
	}
	out[n] = 0;
	return 0;
}

/* An alphanumeric address of N semi-octets (9.1.2.5): seven of them are four septets. */
static void get_name(const uint8_t *p, size_t n, char *out, size_t size)
{
	uint8_t septets[DIGITS_MAX * 4 / 7];
	size_t count = n * 4 / 7;

	/* Some centres count whole octets, so that seven characters come with an eighth that is zero. */
	if (gsm7_unpack(p, (n + 1) / 2, count, 0, septets) < 0)
		count = 0;
	if (count == 8 && septets[7] == 0)
		count--;
	gsm7_to_utf8(septets, count, 0, 0, out, size);
}

/* 9.1.2.5: the number of semi-octets, the type, the semi-octets. */
static int get_address(struct rest *r, struct pdu *out, const char **why)
{
	const uint8_t *head = take(r, 2), *p;
	char *to = out->address;

	if (!head) {
		*why = "it ends before the address";
		return -1;
	}
	if (head[0] > DIGITS_MAX) {
		*why = "the address claims more than 20 digits";
		return -1;
	}
	p = take(r, (head[0] + 1u) / 2);
	if (!p) {
		*why = "it ends inside the address";
		return -1;
	}
	out->address_alnum = TON(head[1]) == TON_ALNUM;
	if (out->address_alnum) {
		get_name(p, head[0], to, sizeof out->address);
		return 0;
	}
	if (TON(head[1]) == TON_INTERNATIONAL && head[0] > 0)
		*to++ = '+';
	if (get_digits(p, head[0], to) < 0) {
		*why = "the address has a filler among its digits";
		return -1;
	}
	return 0;
}

/* Days since 1970 of a date in the Gregorian calendar, from 2000 on. */
static int days_of(int year, int month, int day)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	int y = year - 2000;
	/* every fourth year of 2000..2099 is a leap year */
	int leaps = (y + 3) / 4 + (y % 4 == 0 && month > 2);

	return 10957 + y * 365 + leaps + before[month - 1] + day - 1;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && year % 4 == 0);
}

/* 9.2.3.11: year, month, day, hour, minute, second, each two swapped digits, and quarters of an hour
 * east of Greenwich, whose sign is bit 3. Returns seconds since 1970, or 0 for nonsense. */
static int64_t get_time(const uint8_t p[7])
{
	int v[6], zone;
	int64_t t;

	for (int i = 0; i < 7; i++)
		if ((p[i] >> 4) > 9 || (i < 6 && (p[i] & 0x0f) > 9))
			return 0;
	for (int i = 0; i < 6; i++)
		v[i] = (p[i] & 0x0f) * 10 + (p[i] >> 4);
	zone = (p[6] & 0x07) * 10 + (p[6] >> 4);
	if (v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > days_in(2000 + v[0], v[1]))
		return 0;
	if (v[3] > 23 || v[4] > 59 || v[5] > 59 || zone > 14 * 4)
		return 0;
	if (p[6] & 0x08)
		zone = -zone;
	t = days_of(2000 + v[0], v[1], v[2]);
	t = (t * 24 + v[3]) * 60 + v[4] - (int64_t)zone * 15;
	return t * 60 + v[5];
}

/* TS 23.038 4, all groups. What is reserved there is to be read as the default alphabet. Compressed
 * text (never met) is data to us. */
static void get_coding(uint8_t dcs, struct pdu *out)
{
	static const enum pdu_alphabet general[] = { PDU_GSM7, PDU_8BIT, PDU_UCS2, PDU_GSM7 };
	unsigned group = dcs >> 4;

	out->alphabet = PDU_GSM7;
	out->flash = false;
	if (group <= 7) {		/* general, and marked for deletion */
		out->alphabet = dcs & 0x20 ? PDU_8BIT : general[dcs >> 2 & 3];
		out->flash = (dcs & 0x13) == 0x10;
	} else if (group == 14) {	/* message waiting, UCS2 */
		out->alphabet = PDU_UCS2;
	} else if (group == 15) {	/* data coding and class */
		out->alphabet = dcs & 0x04 ? PDU_8BIT : PDU_GSM7;
		out->flash = (dcs & 0x03) == 0;
	}
}

/* What a user data header may say about the text. */
struct header {
	unsigned locking, single;
};

static void get_concat(struct pdu *out, unsigned ref, unsigned parts, unsigned part)
{
	/* 9.2.3.24.1: with a zero, or a part beyond the last one, the element is to be ignored */
	if (parts == 0 || part == 0 || part > parts)
		return;
	out->ref = ref;
	out->parts = parts;
	out->part = part;
}

/* 9.2.3.24: elements of an identifier, a length and that many octets. Of an element that is there
 * twice the last one counts; if they do not fill the header exactly, all are to be ignored. */
static void get_elements(const uint8_t *p, size_t n, struct pdu *out, struct header *h)
{
	struct rest r = { p, n };
	const uint8_t *head, *v;

	while (r.n > 0) {
		head = take(&r, 2);
		if (!head || !take(&r, head[1]))
			return;
	}
	for (r = (struct rest){ p, n }; (head = take(&r, 2)) && (v = take(&r, head[1]));) {
		if (head[0] == 0x00 && head[1] == 3)
			get_concat(out, v[0], v[1], v[2]);
		else if (head[0] == 0x08 && head[1] == 4)
			get_concat(out, (unsigned)v[0] << 8 | v[1], v[2], v[3]);
		else if (head[0] == 0x24 && head[1] == 1)
			h->single = v[0];
		else if (head[0] == 0x25 && head[1] == 1)
			h->locking = v[0];
	}
}

static void put_char(struct pdu *out, uint32_t cp)
{
	char bytes[4];
	size_t n = utf8_put(cp, bytes);

	if (n > PDU_TEXT_MAX - out->text_len)
		return;
	memcpy(out->text + out->text_len, bytes, n);
	out->text_len += n;
}

/* UTF-16, since phones send surrogates whatever the standard says. A lone one, and U+0000, which would
 * cut the text for every later reader, become U+FFFD. */
static void get_ucs2(const uint8_t *p, size_t n, struct pdu *out)
{
	for (size_t i = 0; i + 2 <= n; i += 2) {
		uint32_t cp = (uint32_t)p[i] << 8 | p[i + 1];
		uint32_t low = i + 4 <= n ? (uint32_t)p[i + 2] << 8 | p[i + 3] : 0;

		if (cp >= 0xd800 && cp < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		put_char(out, cp ? cp : UTF8_REPLACEMENT);
	}
}

static void get_8bit(const uint8_t *p, size_t n, struct pdu *out)
{
	for (size_t i = 0; i < n; i++)
		put_char(out, p[i] >= 0x20 && p[i] < 0x7f ? p[i] : UTF8_REPLACEMENT);
}

/* COUNT septets in all, of which the header of HEADER octets takes some, filled up to a septet's border. */
static int get_gsm7(const uint8_t *p, size_t n, size_t count, size_t header, const struct header *h,
		    struct pdu *out)
{
	uint8_t septets[UD_SEPTETS_MAX];
	size_t taken = (header * 8 + 6) / 7;
	unsigned fill = (unsigned)(taken * 7 - header * 8);

	if (count > UD_SEPTETS_MAX || taken > count)
		return -1;
	if (gsm7_unpack(p + header, n - header, count - taken, fill, septets) < 0)
		return -1;
	out->text_len = gsm7_to_utf8(septets, count - taken, h->locking, h->single, out->text, sizeof out->text);
	return 0;
}

/* 9.2.3.16, 9.2.3.24: the length, in septets or octets, then the header if there is one, then the text. */
static int get_user_data(struct rest *r, bool udhi, struct pdu *out, const char **why)
{
	const uint8_t *udl = take(r, 1), *p;
	struct header h = { 0, 0 };
	size_t n, header = 0;

	if (!udl) {
		*why = "it ends before the length of the text";
		return -1;
	}
	n = out->alphabet == PDU_GSM7 ? (*udl * 7u + 7) / 8 : *udl;
	if (n > UD_OCTETS_MAX) {
		*why = "the text claims to be longer than 140 octets";
		return -1;
	}
	/* some centres count what they have cut off; a character of UCS2 stays readable without the rest */
	if (n > r->n && out->alphabet == PDU_UCS2)
		n = r->n;
	p = take(r, n);
	if (!p) {
		*why = "it ends inside the text";
		return -1;
	}
	if (udhi) {
		header = n ? p[0] + 1u : 1;
		if (header > n) {
			*why = "the user data header is longer than the user data";
			return -1;
		}
		get_elements(p + 1, header - 1, out, &h);
	}
	if (out->alphabet == PDU_GSM7) {
		if (get_gsm7(p, n, *udl, header, &h, out) < 0) {
			*why = "the user data header is longer than the user data";
			return -1;
		}
	} else if (out->alphabet == PDU_UCS2) {
		get_ucs2(p + header, n - header, out);
	} else {
		get_8bit(p + header, n - header, out);
	}
	out->text[out->text_len] = 0;
	return 0;
}

/* Steps over N octets that are not needed. */
static int skip(struct rest *r, size_t n, const char **why)
{
	if (take(r, n))
		return 0;
	*why = "it ends before the text";
	return -1;
}

static int get_coded(struct rest *r, struct pdu *out, const char **why)
{
	const uint8_t *p = take(r, 2);

	if (!p) {
		*why = "it ends before the coding scheme";
		return -1;
	}
	out->pid = p[0];
	get_coding(p[1], out);
	return 0;
}

/* 9.2.2.1 */
static int get_deliver(struct rest *r, uint8_t fo, struct pdu *out, const char **why)
{
	const uint8_t *p;

	out->type = PDU_DELIVER;
	if (get_address(r, out, why) < 0 || get_coded(r, out, why) < 0)
		return -1;
	p = take(r, 7);
	if (!p) {
		*why = "it ends before the time stamp";
		return -1;
	}
	out->scts = get_time(p);
	return get_user_data(r, fo & FO_UDHI, out, why);
}

/* 9.2.2.2: one that was stored for sending */
static int get_submit(struct rest *r, uint8_t fo, struct pdu *out, const char **why)
{
	static const uint8_t validity[] = { 0, 7, 1, 7 };	/* none, enhanced, relative, absolute */
	const uint8_t *mr = take(r, 1);

	out->type = PDU_SUBMIT;
	if (!mr) {
		*why = "it ends before the address";
		return -1;
	}
	out->mr = *mr;
	if (get_address(r, out, why) < 0 || get_coded(r, out, why) < 0)
		return -1;
	if (skip(r, validity[(fo & FO_VPF) >> 3], why) < 0)
		return -1;
	return get_user_data(r, fo & FO_UDHI, out, why);
}

/* 9.2.2.3; the optional parameters behind the status tell nothing that is needed */
static int get_report(struct rest *r, struct pdu *out, const char **why)
{
	const uint8_t *mr = take(r, 1), *p;

	out->type = PDU_STATUS_REPORT;
	if (!mr) {
		*why = "it ends before the address";
		return -1;
	}
	out->mr = *mr;
	if (get_address(r, out, why) < 0)
		return -1;
	p = take(r, 7 + 7 + 1);
	if (!p) {
		*why = "it ends before the status";
		return -1;
	}
	out->scts = get_time(p);
	out->status = p[14];
	return 0;
}

int pdu_decode(const char *hex, size_t n, struct pdu *out, const char **why)
{
	uint8_t octets[PDU_OCTETS_MAX];
	struct rest r = { octets, n / 2 };
	const uint8_t *p;

	memset(out, 0, sizeof *out);
	out->parts = out->part = 1;
	if (unhex(hex, n, octets, why) < 0)
		return -1;
	p = take(&r, 1);
	if (!p || *p > SMSC_MAX || !take(&r, *p)) {
		*why = "the length of the service centre's address is wrong";
		return -1;
	}
	p = take(&r, 1);
	if (!p) {
		*why = "it ends behind the service centre's address";
		return -1;
	}
	switch (*p & FO_MTI) {
	case 1:
		return get_submit(&r, *p, out, why);
	case 2:
		return get_report(&r, out, why);
	default:	/* 9.2.3.1: the reserved type is to be read as a deliver */
		return get_deliver(&r, *p, out, why);
	}
}
