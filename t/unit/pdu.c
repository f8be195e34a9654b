#include "tap.h"
#include "pdu_vectors.h"
#include "random.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof *(a))
#define HEX_SIZE (2 * PDU_OCTETS_MAX + 1)

static int decode(const char *hex, struct pdu *p, const char **why)
{
	return pdu_decode(hex, strlen(hex), p, why);
}

static void octets_mean_what_the_standard_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(vectors); i++) {
		const struct vector *v = &vectors[i];
		unsigned parts = v->want.parts ? v->want.parts : 1, part = v->want.part ? v->want.part : 1;
		const char *why = "?";
		struct pdu p;

		if (decode(v->hex, &p, &why) < 0)
			fail_msg("%s: refused: %s", v->name, why);
		if (strcmp(p.text, v->want.text) != 0)
			fail_msg("%s: text is '%s'", v->name, p.text);
		if (strcmp(p.address, v->want.address) != 0)
			fail_msg("%s: address is '%s'", v->name, p.address);
		if (p.scts != v->want.scts)
			fail_msg("%s: time stamp is %lld", v->name, (long long)p.scts);
		if (p.ref != v->want.ref || p.parts != parts || p.part != part)
			fail_msg("%s: part %u of %u, reference %u", v->name, p.part, p.parts, p.ref);
		if (p.type != v->want.type || p.alphabet != v->want.alphabet || p.address_alnum != v->want.address_alnum ||
		    p.flash != v->want.flash || p.pid != v->want.pid || p.status != v->want.status || p.mr != v->want.mr)
			fail_msg("%s: type %d alphabet %d name %d flash %d pid %d status %d mr %d", v->name, p.type,
				 p.alphabet, p.address_alnum, p.flash, p.pid, p.status, p.mr);
		assert_int_equal(p.text_len, strlen(p.text));
	}
}

/* TS 23.038 4: each of the 256 coding schemes. The text is 0041 as UCS2, "@" and a blank as septets,
 * U+FFFD and "A" as data. */
static void every_coding_scheme_is_known(void **state)
{
	static const char *const texts[] = { [PDU_GSM7] = "@\xc3\xb2", [PDU_8BIT] = ("\xef\xbf\xbd" "A"), [PDU_UCS2] = "A" };

	(void)state;
	for (unsigned dcs = 0; dcs < 256; dcs++) {
		unsigned group = dcs >> 4, bits = dcs >> 2 & 3;
		enum pdu_alphabet want = PDU_GSM7;
		bool flash = false;
		const char *why = "?";
		struct pdu p;
		char hex[80];

		/* said once more, in other words than the decoder's */
		if (group < 8) {
			if ((dcs & 0x20) || bits == 1)
				want = PDU_8BIT;
			else if (bits == 2)
				want = PDU_UCS2;
			flash = (dcs & 0x10) && (dcs & 3) == 0;
		} else if (group == 0xe) {
			want = PDU_UCS2;
		} else if (group == 0xf) {
			want = dcs & 4 ? PDU_8BIT : PDU_GSM7;
			flash = (dcs & 3) == 0;
		}
		snprintf(hex, sizeof hex, "00040C91947110325476" "00%02X" "42209232958540" "02" "0041", dcs);
		if (want == PDU_GSM7)	/* two septets, 0 and 8: the octets 00 04 */
			memcpy(hex + strlen(hex) - 4, "0004", 4);
		assert_int_equal(decode(hex, &p, &why), 0);
		if (p.alphabet != want || p.flash != flash || strcmp(p.text, texts[want]) != 0)
			fail_msg("scheme %02X: alphabet %d, flash %d, '%s'", dcs, p.alphabet, p.flash, p.text);
	}
}

static void malformed_messages_are_refused(void **state)
{
	static const struct { const char *name, *hex; } bad[] = {
		{ "nothing", "" },
		{ "one digit", "0" },
		{ "odd number of digits", "00040" },
		{ "no hexadecimal digit", "0004xx" },
		{ "a blank inside", "00 4" },
		{ "service centre longer than all", "0791" },
		{ "service centre longer than an address can be", "0C91214365870921436587F904" },
		{ "nothing behind the service centre", "00" },
		{ "no address", "0004" },
		{ "no type of address", "00040C" },
		{ "address cut", "00040C9194711032" },
		{ "address of 21 digits", "00041591214365870921436587F90F000042209232958540000000" },
		{ "address of 255 digits", "0004FF91947110325476000042209232958540000000" },
		{ "filler among the digits", "00040C9194F110325476000042209232958540" "0178" },
		{ "no coding scheme", "00040C9194711032547600" },
		{ "time stamp cut", "00040C919471103254760000422092329585" },
		{ "no length", "00040C91947110325476000042209232958540" },
		{ "no text", "00040C91947110325476000042209232958540" "01" },
		{ "text cut", "00040C91947110325476000042209232958540" "03E834" },
		{ "data cut", "00040C91947110325476000442209232958540" "03E834" },
		{ "161 septets", "00040C91947110325476000042209232958540" "A1" },
		{ "141 octets of UCS2", "00040C91947110325476000842209232958540" "8D0041" },
		{ "header announced, no text", "00440C91947110325476000042209232958540" "00" },
		{ "header longer than the text", "00440C91947110325476000042209232958540" "0306E834" },
		{ "header takes more septets than there are", "00440C91947110325476000042209232958540" "0100" },
		{ "header longer than UCS2", "00440C91947110325476000842209232958540" "02040041" },
		{ "stored: no reference", "0001" },
		{ "stored: no validity", "00110C919471103254760000" },
		{ "report: no reference", "0006" },
		{ "report: cut", "0006D60C919471103254764220923295854042301000004040" },
	};

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		const char *why = NULL;
		struct pdu p;

		if (decode(bad[i].hex, &p, &why) == 0)
			fail_msg("accepted: %s", bad[i].name);
		assert_non_null(why);
	}
}

/* Every message, cut behind every digit: refused, or accepted because only needless octets are gone. */
static void no_cut_message_is_misread(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(vectors); i++) {
		size_t len = strlen(vectors[i].hex);

		for (size_t n = 0; n < len; n++) {
			const char *why = NULL;
			struct pdu p;
			char *copy = test_malloc(n ? n : 1);	/* so that a sanitizer sees a read too far */

			memcpy(copy, vectors[i].hex, n);
			if (pdu_decode(copy, n, &p, &why) < 0)
				assert_non_null(why);
			else if (p.alphabet == PDU_GSM7 && p.type != PDU_STATUS_REPORT)
				assert_string_equal(p.text, vectors[i].want.text);
			test_free(copy);
		}
	}
}

static void a_message_too_long_for_a_pdu_is_refused(void **state)
{
	char hex[2 * PDU_OCTETS_MAX + 3];
	const char *why = NULL;
	struct pdu p;

	(void)state;
	memset(hex, '0', sizeof hex);
	assert_int_equal(pdu_decode(hex, sizeof hex - 1, &p, &why), -1);
	assert_non_null(why);
}

/* The octet at digit AT. */
static unsigned octet_at(const char *hex, size_t at)
{
	unsigned n = 0;

	assert_int_equal(sscanf(hex + at, "%2X", &n), 1);
	return n;
}

static void what_is_sent_is_encoded_by_the_standard(void **state)
{
	/* the octets stand in TS 23.040's order: centre, type, reference, address, ids, validity, text */
	static const struct { const char *to, *text; bool report; const char *hex; unsigned octets; } cases[] = {
		{ "+491701234567", "hi", false, "0011000C919471103254760000AA02E834", 16 },
		{ "+491701234567", "hi", true, "0031000C919471103254760000AA02E834", 16 },
		{ "12345", "hi", false, "00110005812143F50000AA02E834", 13 },
		{ "*100#", "", false, "001100058" "11A00FB0000AA00", 11 },
		{ "+491701234567", "3 €", false, "0011000C919471103254760000AA0433D0A60C", 18 },
		{ "+491701234567", "Ω я", false, "0011000C919471103254760008AA0603A90020044F", 20 },
		{ "+491701234567", "😀", false, "0011000C919471103254760008AA04D83DDE00", 18 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char hex[HEX_SIZE];
		const char *why = "?";
		unsigned octets = 0;

		assert_int_equal(pdu_encode_submit(cases[i].to, cases[i].text, cases[i].report, hex, sizeof hex, &octets, &why), 0);
		assert_string_equal(hex, cases[i].hex);
		assert_int_equal(octets, cases[i].octets);
	}
}

static void what_cannot_be_sent_is_refused(void **state)
{
	static const struct { const char *to, *text; } bad[] = {
		{ "", "hi" }, { "+", "hi" }, { "++49", "hi" }, { "49 170", "hi" }, { "Carrier", "hi" }, { "+49a", "hi" },
		{ "123456789012345678901", "hi" }, { "+123456789012345678901", "hi" },
		{ "123", "\xff" }, { "123", "ok then \xc3" }, { "123", "\xed\xa0\x80" }, { "123", "\xc0\x80" },
	};
	char hex[HEX_SIZE];
	unsigned octets;

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		const char *why = NULL;

		if (pdu_encode_submit(bad[i].to, bad[i].text, false, hex, sizeof hex, &octets, &why) == 0)
			fail_msg("accepted: '%s' '%s'", bad[i].to, bad[i].text);
		assert_non_null(why);
	}
}

static void the_digits_and_their_terminator_need_room(void **state)
{
	char hex[HEX_SIZE], same[HEX_SIZE];
	const char *why = NULL;
	unsigned octets;
	size_t n;

	(void)state;
	assert_int_equal(pdu_encode_submit("123", "hi", false, hex, sizeof hex, &octets, &why), 0);
	n = strlen(hex);
	memset(same, 'x', sizeof same);
	assert_int_equal(pdu_encode_submit("123", "hi", false, same, n + 1, &octets, &why), 0);
	assert_string_equal(hex, same);
	assert_int_equal(same[n + 1], 'x');
	memset(same, 'x', sizeof same);
	assert_int_equal(pdu_encode_submit("123", "hi", false, same, n, &octets, &why), -1);
	assert_non_null(why);
	assert_int_equal(same[n], 'x');
}

/* A text of N times WORD. */
static void repeat(char *out, const char *word, size_t n)
{
	out[0] = 0;
	while (n--)
		strcat(out, word);
}

static void a_long_text_is_cut_between_characters_and_ends_in_dots(void **state)
{
	static const struct { const char *word; size_t n; const char *before; size_t left; bool cut; } cases[] = {
		{ "a", 160, "", 160, false },	/* fits */
		{ "a", 161, "", 157, true },
		{ "€", 80, "", 80, false },
		{ "€", 81, "", 78, true },	/* 156 septets: half a euro sign would be an escape alone */
		{ "€", 80, "a", 78, true },	/* 157 septets */
		{ "я", 70, "", 70, false },
		{ "я", 71, "", 67, true },
		{ "😀", 35, "", 35, false },
		{ "😀", 36, "", 33, true },	/* 66 units: half a pair would be no character */
		{ "😀", 35, "я", 33, true },	/* 67 units */
	};
	char text[1024], want[1024], hex[HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const char *why = "?";
		unsigned octets;
		struct pdu p;

		strcpy(text, cases[i].before);
		repeat(text + strlen(text), cases[i].word, cases[i].n);
		strcpy(want, cases[i].before);
		repeat(want + strlen(want), cases[i].word, cases[i].left);
		if (cases[i].cut)
			strcat(want, "...");
		assert_int_equal(pdu_encode_submit("+491701234567", text, false, hex, sizeof hex, &octets, &why), 0);
		assert_int_equal(decode(hex, &p, &why), 0);
		assert_string_equal(p.text, want);
		assert_true(octet_at(hex, 28) <= (p.alphabet == PDU_GSM7 ? 160 : 140));
	}
}

static void what_arrives_can_be_made_for_the_lab(void **state)
{
	static const struct { const char *from, *text; unsigned ref, parts, part; const char *hex; unsigned octets; } cases[] = {
		{ "+491701234567", "hi", 0, 1, 1, "00040C9194711032547600004220922295850002E834", 21 },
		{ "Carrier", "hi", 0, 0, 0, "00040DD0C3B05C9E2ECB0100004220922295850002E834", 22 },
		{ "+491701234567", "hi", 42, 3, 1, "00440C91947110325476000042209222958500" "09" "0500032A0301" "D069", 27 },
		{ "+491701234567", "hi", 0x1234, 3, 2, "00440C91947110325476000042209222958500" "0A" "06080412340302" "E834", 28 },
		{ "+491701234567", "я", 42, 3, 1, "00440C91947110325476000842209222958500" "08" "0500032A0301" "044F", 27 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		char hex[HEX_SIZE];
		const char *why = "?";
		unsigned octets = 0;

		assert_int_equal(pdu_encode_deliver(cases[i].from, cases[i].text, 1709247598, cases[i].ref, cases[i].parts,
						    cases[i].part, hex, sizeof hex, &octets, &why), 0);
		assert_string_equal(hex, cases[i].hex);
		assert_int_equal(octets, cases[i].octets);
	}
}

static void what_cannot_arrive_is_not_made(void **state)
{
	static const struct { const char *from, *text; int64_t scts; unsigned ref, parts, part; } bad[] = {
		{ "", "hi", 1709247598, 0, 1, 1 }, { "a name too long", "hi", 1709247598, 0, 1, 1 },
		{ "имя", "hi", 1709247598, 0, 1, 1 }, { "1", "\xff", 1709247598, 0, 1, 1 },
		{ "1", "hi", 946684799, 0, 1, 1 }, { "1", "hi", 4102444800, 0, 1, 1 }, { "1", "hi", -1, 0, 1, 1 },
		{ "1", "hi", 1709247598, 0x10000, 2, 1 }, { "1", "hi", 1709247598, 0, 256, 1 },
		{ "1", "hi", 1709247598, 0, 2, 0 }, { "1", "hi", 1709247598, 0, 2, 3 },
	};

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		char hex[HEX_SIZE];
		const char *why = NULL;
		unsigned octets;

		if (pdu_encode_deliver(bad[i].from, bad[i].text, bad[i].scts, bad[i].ref, bad[i].parts, bad[i].part, hex,
				       sizeof hex, &octets, &why) == 0)
			fail_msg("case %zu was made", i);
		assert_non_null(why);
	}
}

/* --- generated messages ------------------------------------------------------------------ */

#define ROUNDS 20000

/* A text that fits into ROOM septets (or UTF-16 units, if UCS2 is set) and says which were used. */
static void random_text(uint64_t *seed, char *out, unsigned room, bool ucs2)
{
	static const char *const gsm[] = {
		"a", "Z", "0", " ", "@", "\n", "\r", "é", "Ω", "Ξ", "ß", "ñ", "§", "¿", "€", "[", "~", "|", "\f", "_",
	};
	size_t len = 0;
	char one[5];

	for (unsigned used = 0, n = random_below(seed, room + 1); used < n;) {
		const char *c = one;
		unsigned cost = 1;

		if (ucs2) {
			uint32_t cp = random_below(seed, 5) ? 0x20 + random_below(seed, 0xd7e0) : 0x10000 + random_below(seed, 0x100000);

			one[utf8_put(cp, one)] = 0;
			cost = cp > 0xffff ? 2 : 1;
		} else {
			c = gsm[random_below(seed, N(gsm))];
			cost = strchr("[~|\f", c[0]) || strcmp(c, "€") == 0 ? 2 : 1;
		}
		if (used + cost > n)
			break;
		used += cost;
		strcpy(out + len, c);
		len += strlen(c);
	}
	out[len] = 0;
}

static void random_number(uint64_t *seed, char *out)
{
	size_t n = 0;

	if (random_below(seed, 2))
		out[n++] = '+';
	for (unsigned digits = 1 + random_below(seed, 20); digits > 0; digits--)
		out[n++] = "0123456789*#"[random_below(seed, 12)];
	out[n] = 0;
}

static void what_is_encoded_is_decoded_to_the_same(void **state)
{
	char text[PDU_TEXT_MAX + 1], number[32], hex[HEX_SIZE];

	(void)state;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		uint64_t seed = round + 1;
		bool ucs2 = random_below(&seed, 2);
		unsigned parts = random_below(&seed, 3) ? 1 : 2 + random_below(&seed, 254);
		unsigned part = 1 + random_below(&seed, parts), ref = parts > 1 ? random_below(&seed, 0x10000) : 0, octets;
		int64_t scts = INT64_C(946684800) + random_below(&seed, 3155760000U - 1);
		const char *why = "?";
		struct pdu p;

		random_number(&seed, number);
		random_text(&seed, text, parts == 1 ? (ucs2 ? 70 : 160) : (ucs2 ? 66 : 152), ucs2);
		assert_int_equal(pdu_encode_deliver(number, text, scts, ref, parts, part, hex, sizeof hex, &octets, &why), 0);
		assert_int_equal(strlen(hex), 2 * (octets + 1));
		if (decode(hex, &p, &why) < 0)
			fail_msg("seed %llu: %s", (unsigned long long)round + 1, why);
		if (strcmp(p.text, text) != 0 || strcmp(p.address, number) != 0 || p.scts != scts || p.parts != parts ||
		    p.part != part || p.ref != ref)
			fail_msg("seed %llu: deliver '%s'", (unsigned long long)round + 1, text);
		assert_int_equal(pdu_encode_submit(number, text, false, hex, sizeof hex, &octets, &why), 0);
		assert_int_equal(decode(hex, &p, &why), 0);
		if (p.type != PDU_SUBMIT || strcmp(p.text, text) != 0 || strcmp(p.address, number) != 0)
			fail_msg("seed %llu: submit '%s'", (unsigned long long)round + 1, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_mean_what_the_standard_says),
		cmocka_unit_test(every_coding_scheme_is_known),
		cmocka_unit_test(malformed_messages_are_refused),
		cmocka_unit_test(no_cut_message_is_misread),
		cmocka_unit_test(a_message_too_long_for_a_pdu_is_refused),
		cmocka_unit_test(what_is_sent_is_encoded_by_the_standard),
		cmocka_unit_test(what_cannot_be_sent_is_refused),
		cmocka_unit_test(the_digits_and_their_terminator_need_room),
		cmocka_unit_test(a_long_text_is_cut_between_characters_and_ends_in_dots),
		cmocka_unit_test(what_arrives_can_be_made_for_the_lab),
		cmocka_unit_test(what_cannot_arrive_is_not_made),
		cmocka_unit_test(what_is_encoded_is_decoded_to_the_same),
	};

	return TAP_RUN(tests);
}
