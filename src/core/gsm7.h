/* gsm7.h - the GSM 7-bit default alphabet (3GPP TS 23.038 6.2.1) and its extension table, the
 * national language shift tables, and the packing of septets (6.1.2.1). */
#ifndef OOBM_CORE_GSM7_H
#define OOBM_CORE_GSM7_H

#include <stddef.h>
#include <stdint.h>

/* Unpacks COUNT septets from the packed octets P of N octets, beginning FILL bits (0..6) after the
 * first bit, into OUT. Returns 0, or -1 if the octets do not hold that many. */
int gsm7_unpack(const uint8_t *p, size_t n, size_t count, unsigned fill, uint8_t *out);

/* Packs COUNT septets after FILL zero bits. Returns the octets written, or 0 if SIZE is too small. */
size_t gsm7_pack(const uint8_t *septets, size_t count, unsigned fill, uint8_t *out, size_t size);

/* Septets -> UTF-8 with a terminator. LOCKING and SINGLE are national language identifiers (TS 23.038
 * 6.2.1.2; 0 the default, 1 Turkish, 2 Spanish, 3 Portuguese); an unknown one reads as the default.
 * Returns the bytes written, without terminator; stops at the last character that fits. */
size_t gsm7_to_utf8(const uint8_t *septets, size_t count, unsigned locking, unsigned single,
		    char *out, size_t size);

/* UTF-8 -> septets of the default alphabet and its extension table. Returns the number of septets,
 * or -1 if a character is in neither, the text is no valid UTF-8, or SIZE is too small. */
int gsm7_from_utf8(const char *text, uint8_t *septets, size_t size);

#endif
