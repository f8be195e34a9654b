/* The input is tried as hexadecimal digits, as octets, and as "NUMBER\nTEXT" to be encoded. */
#include "fuzz.h"

#include "core/pdu.h"

#define SCTS_MIN (INT64_C(946684800) - 14 * 3600)
#define SCTS_MAX (INT64_C(4102444800) + 14 * 3600)
#define HEX_SIZE (2 * PDU_OCTETS_MAX + 1)

static bool is_number(const char *s)
{
	size_t n = strlen(s);

	return strspn(s, "+0123456789*#abc") == n && n <= 21 && (n < 21 || *s == '+') && !strchr(s + (*s == '+'), '+');
}

static void check(const struct pdu *p)
{
	require(p->type == PDU_DELIVER || p->type == PDU_SUBMIT || p->type == PDU_STATUS_REPORT);
	require(p->alphabet == PDU_GSM7 || p->alphabet == PDU_8BIT || p->alphabet == PDU_UCS2);
	require(is_text(p->address, sizeof p->address));
	require(p->address_alnum || is_number(p->address));
	require(is_text(p->text, sizeof p->text));
	require(p->text_len == strlen(p->text));
	require(p->parts >= 1 && p->parts <= 255 && p->part >= 1 && p->part <= p->parts && p->ref <= 0xffff);
	require(p->scts == 0 || (p->scts >= SCTS_MIN && p->scts < SCTS_MAX));
	require(p->type != PDU_STATUS_REPORT || p->text_len == 0);
}

/* Is OUT the text IN, or its beginning and dots? */
static bool is_same_or_cut(const char *in, const char *out)
{
	size_t n = strlen(out);

	if (strcmp(in, out) == 0)
		return true;
	return n >= 3 && strcmp(out + n - 3, "...") == 0 && strncmp(in, out, n - 3) == 0 && strlen(in) > n - 3;
}

static void decode_own(const char *hex, unsigned octets, const char *text, struct pdu *p)
{
	const char *why = NULL;

	require(octets >= 1 && octets <= 164 && strlen(hex) == 2 * (octets + 1));
	require(pdu_decode(hex, strlen(hex), p, &why) == 0);
	check(p);
	require(is_same_or_cut(text, p->text));
}

/* What was read can be written again and reads the same. */
static void again(const struct pdu *p)
{
	char hex[HEX_SIZE];
	const char *why = NULL;
	unsigned octets;
	struct pdu q;

	if (pdu_encode_deliver(p->address, p->text, p->scts, p->ref, p->parts, p->part, hex, sizeof hex, &octets, &why) < 0) {
		/* a, b and c are no digits to dial; a name may have characters that need an escape */
		require(why && *why);
		require(p->scts < INT64_C(946684800) || p->scts >= INT64_C(4102444800) || strpbrk(p->address, "abc") ||
			!p->address[0] || p->address_alnum);
		return;
	}
	decode_own(hex, octets, p->text, &q);
	require(q.type == PDU_DELIVER && q.scts == p->scts && q.parts == p->parts && q.part == p->part);
	require(p->parts == 1 || q.ref == p->ref);
	require(p->address_alnum || strcmp(q.address, p->address) == 0);
}

static void try_decode(const char *hex, size_t n)
{
	char *copy = exact_copy(hex, n);
	struct pdu *p = malloc(sizeof *p), *q = malloc(sizeof *q);
	const char *why = NULL, *why2 = NULL;
	int rc;

	require(p && q);
	/* what it leaves behind must not depend on what was there */
	memset(p, 0x55, sizeof *p);
	memset(q, 0xaa, sizeof *q);
	rc = pdu_decode(copy, n, p, &why);
	require(pdu_decode(copy, n, q, &why2) == rc && why == why2);
	if (rc == 0) {
		check(p);
		require(strcmp(p->text, q->text) == 0 && strcmp(p->address, q->address) == 0 && p->scts == q->scts &&
			p->ref == q->ref && p->parts == q->parts && p->part == q->part);
		again(p);
	} else {
		require(rc == -1 && why && *why);
	}
	free(copy);
	free(p);
	free(q);
}

static void try_encode(const char *in)
{
	char *to = strdup(in), *text, hex[HEX_SIZE], one[2];
	const char *why = NULL;
	unsigned octets = 0;
	struct pdu p;

	require(to);
	text = to + strcspn(to, "\n");
	if (*text)
		*text++ = 0;
	if (pdu_encode_submit(to, text, true, hex, sizeof hex, &octets, &why) == 0) {
		decode_own(hex, octets, text, &p);
		require(p.type == PDU_SUBMIT && strcmp(p.address, to) == 0);
		require(pdu_encode_submit(to, text, true, one, sizeof one, &octets, &why) == -1);
	} else {
		require(why && *why);
	}
	why = NULL;
	if (pdu_encode_deliver(to, text, 1709247598, 0x1234, 3, 2, hex, sizeof hex, &octets, &why) == 0)
		decode_own(hex, octets, text, &p);
	else
		require(why && *why);
	free(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";
	char octets[2 * (PDU_OCTETS_MAX + 4)], *text = text_copy(data, size);
	size_t n = 0;

	try_decode(text, size);
	for (size_t i = 0; i < size && i < sizeof octets / 2; i++) {
		octets[n++] = digits[data[i] >> 4];
		octets[n++] = digits[data[i] & 15];
	}
	try_decode(octets, n);
	try_encode(text);
	free(text);
	return 0;
}
