/* pdu.h - SMS transfer protocol data units (3GPP TS 23.040) with their service-centre address in
 * front, as AT+CMGF=0 shows them (3GPP TS 27.005 3.1, <pdu>). */
#ifndef OOBM_CORE_PDU_H
#define OOBM_CORE_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PDU_OCTETS_MAX 176	/* SMSC address 12 + TPDU 164 */
#define PDU_ADDRESS_MAX 48	/* "+" and 20 digits, or a name of 11 GSM characters in UTF-8 */
#define PDU_TEXT_MAX 640	/* 160 characters of up to 4 UTF-8 bytes */

enum pdu_alphabet { PDU_GSM7, PDU_8BIT, PDU_UCS2 };

enum pdu_type { PDU_DELIVER, PDU_SUBMIT, PDU_STATUS_REPORT };

/* A short message as decoded. Texts are UTF-8 and terminated. */
struct pdu {
	enum pdu_type type;
	char address[PDU_ADDRESS_MAX];	/* originator or destination: "+491701234567", "12345", or a name */
	bool address_alnum;		/* the address is a name: nobody can be answered */
	enum pdu_alphabet alphabet;
	uint8_t pid;			/* TP-PID */
	bool flash;			/* message class 0 */
	int64_t scts;			/* service centre time stamp, seconds since 1970 UTC; 0 if absent or nonsense */
	/* concatenation (TS 23.040 9.2.3.24.1 and .8): parts is 1 for a message of one part */
	unsigned ref, parts, part;
	char text[PDU_TEXT_MAX + 1];	/* user data; for PDU_8BIT, bytes outside printable ASCII become U+FFFD */
	size_t text_len;		/* bytes */
	uint8_t status;			/* TP-ST of a status report */
	uint8_t mr;			/* TP-MR of a status report */
};

/* Decodes HEX, N digits, either case. Returns 0, or -1 with a constant text in *WHY; OUT is then not
 * to be used. Never reads outside the digits, whatever the lengths inside claim. Lone surrogates and
 * U+0000 become U+FFFD, so that TEXT is valid UTF-8 and ends where it seems to. */
int pdu_decode(const char *hex, size_t n, struct pdu *out, const char **why);

/* Encodes an SMS-SUBMIT (TS 23.040 9.2.2.2), with the SIM's own service centre, to TO ("+49..." or
 * national digits) with TEXT (UTF-8): GSM 7-bit if every character is in the default alphabet or its
 * extension table, else UCS2. One part: at most 160 septets or 70 UTF-16 units; longer text is cut,
 * at a character's border, and ends in "...". HEX gets the digits and a terminator (at least
 * 2 * PDU_OCTETS_MAX + 1), *TPDU_OCTETS the length for AT+CMGS=. Returns 0, or -1 with *WHY
 * (bad number, text that is no UTF-8). */
int pdu_encode_submit(const char *to, const char *text, bool status_report, char *hex, size_t size,
		      unsigned *tpdu_octets, const char **why);

/* Encodes an SMS-DELIVER from FROM (digits, or a name) with TEXT and SCTS as from the air. The lab's
 * modem uses it, and tests decode what it makes. Concatenation when parts > 1, with a 16-bit
 * reference when REF > 255. Returns and fills as pdu_encode_submit. */
int pdu_encode_deliver(const char *from, const char *text, int64_t scts, unsigned ref, unsigned parts,
		       unsigned part, char *hex, size_t size, unsigned *tpdu_octets, const char **why);

#endif
