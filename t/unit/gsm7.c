#include "tap.h"
#include "random.h"

#include "core/gsm7.h"

#include <stdio.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof *(a))

static void septets_are_packed_low_bits_first(void **state)
{
	/* TS 23.038 6.1.2.1: one, two, seven and eight characters; the ninth begins a new octet */
	static const struct { const char *text; size_t n; uint8_t octets[8]; } cases[] = {
		{ "1", 1, { 0x31 } },
		{ "12", 2, { 0x31, 0x19 } },
		{ "1234567", 7, { 0x31, 0xd9, 0x8c, 0x56, 0xb3, 0xdd, 0x00 } },
		{ "12345678", 7, { 0x31, 0xd9, 0x8c, 0x56, 0xb3, 0xdd, 0x70 } },
		{ "123456789", 8, { 0x31, 0xd9, 0x8c, 0x56, 0xb3, 0xdd, 0x70, 0x39 } },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		size_t count = strlen(cases[i].text);
		uint8_t packed[8], septets[9];

		assert_int_equal(gsm7_pack((const uint8_t *)cases[i].text, count, 0, packed, sizeof packed), cases[i].n);
		assert_memory_equal(packed, cases[i].octets, cases[i].n);
		assert_int_equal(gsm7_unpack(packed, cases[i].n, count, 0, septets), 0);
		assert_memory_equal(septets, cases[i].text, count);
	}
}

static void more_than_there_is_room_for_is_refused(void **state)
{
	uint8_t octets[16] = { 0 }, septets[16] = { 0 };

	(void)state;
	for (unsigned fill = 0; fill <= 6; fill++)
		for (size_t count = 0; count <= 16; count++) {
			size_t need = (fill + 7 * count + 7) / 8;

			assert_int_equal(gsm7_unpack(octets, need, count, fill, septets), 0);
			assert_int_equal(gsm7_pack(septets, count, fill, octets, need), need);
			if (need == 0)
				continue;
			assert_int_equal(gsm7_unpack(octets, need - 1, count, fill, septets), -1);
			assert_int_equal(gsm7_pack(septets, count, fill, octets, need - 1), 0);
		}
	assert_int_equal(gsm7_unpack(octets, sizeof octets, 1, 7, septets), -1);
	assert_int_equal(gsm7_unpack(octets, sizeof octets, SIZE_MAX, 0, septets), -1);
	assert_int_equal(gsm7_unpack(octets, sizeof octets, SIZE_MAX / 7 + 1, 0, septets), -1);
	assert_int_equal(gsm7_pack(septets, SIZE_MAX / 7 + 1, 0, octets, sizeof octets), 0);
}

static void what_is_packed_is_unpacked_to_the_same(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= 5000; round++) {
		uint64_t seed = round;
		uint8_t septets[160], octets[141], back[160];
		size_t count = random_below(&seed, 160), n;
		unsigned fill = random_below(&seed, 7);

		for (size_t i = 0; i < count; i++)
			septets[i] = (uint8_t)random_below(&seed, 128);
		n = gsm7_pack(septets, count, fill, octets, sizeof octets);
		assert_int_equal(n, (fill + 7 * count + 7) / 8);
		assert_int_equal(gsm7_unpack(octets, n, count, fill, back), 0);
		if (memcmp(septets, back, count) != 0)
			fail_msg("seed %llu", (unsigned long long)round);
		if (n > 0 && (octets[0] & ((1U << fill) - 1)) != 0)
			fail_msg("seed %llu: the fill bits are not zero", (unsigned long long)round);
	}
}

static void every_character_has_one_septet_or_an_escape(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 256; v++) {
		uint8_t in[2] = { 0x1b, (uint8_t)(v & 0x7f) }, out[4];
		const uint8_t *s = v < 128 ? in + 1 : in;
		size_t count = v < 128 ? 1 : 2;
		char text[8];

		if (v == 0x1b)
			continue;
		gsm7_to_utf8(s, count, 0, 0, text, sizeof text);
		assert_int_equal(gsm7_from_utf8(text, out, sizeof out) >= 1, 1);
		/* an escape before a character of the default alphabet shows that character */
		if (v < 128)
			assert_memory_equal(out, s, 1);
		else if (out[0] == 0x1b)
			assert_memory_equal(out, s, 2);
		else
			assert_int_equal(out[0], v == 0x9b ? ' ' : in[1]);
	}
}

static void a_text_outside_the_alphabet_is_refused(void **state)
{
	static const char *const bad[] = { "я", "a`b", "\t", "ç", "😀", "\xff", "a\xc3", "\x1b", "“", "’" };
	uint8_t septets[16];

	(void)state;
	for (size_t i = 0; i < N(bad); i++)
		if (gsm7_from_utf8(bad[i], septets, sizeof septets) != -1)
			fail_msg("taken: '%s'", bad[i]);
	assert_int_equal(gsm7_from_utf8("", septets, 0), 0);
	assert_int_equal(gsm7_from_utf8("ab", septets, 1), -1);
	assert_int_equal(gsm7_from_utf8("€", septets, 1), -1);
	assert_int_equal(gsm7_from_utf8("€", septets, 2), 2);
}

static void a_text_is_cut_where_it_no_longer_fits(void **state)
{
	static const uint8_t septets[] = { 'a', 0x1b, 0x65, 0x04, 'b' };	/* a€èb: 1, 3, 2 and 1 bytes */
	static const char *const want[] = { "", "", "a", "a", "a", "a€", "a€", "a€è", "a€èb", "a€èb" };
	char out[16];

	(void)state;
	for (size_t size = 1; size < N(want); size++) {
		memset(out, 'x', sizeof out);
		assert_int_equal(gsm7_to_utf8(septets, sizeof septets, 0, 0, out, size), strlen(want[size]));
		assert_string_equal(out, want[size]);
		assert_int_equal(out[size], 'x');
	}
	assert_int_equal(gsm7_to_utf8(septets, sizeof septets, 0, 0, NULL, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(septets_are_packed_low_bits_first),
		cmocka_unit_test(more_than_there_is_room_for_is_refused),
		cmocka_unit_test(what_is_packed_is_unpacked_to_the_same),
		cmocka_unit_test(every_character_has_one_septet_or_an_escape),
		cmocka_unit_test(a_text_outside_the_alphabet_is_refused),
		cmocka_unit_test(a_text_is_cut_where_it_no_longer_fits),
	};

	return TAP_RUN(tests);
}
