/* gsm7_tables.h - the alphabets of 3GPP TS 23.038 6.2.1 and annex A as data. For gsm7.c only. */
#ifndef OOBM_CORE_GSM7_TABLES_H
#define OOBM_CORE_GSM7_TABLES_H

#include <stdint.h>

#define GSM7_ESCAPE 0x1b
#define GSM7_LANGUAGES 4	/* 0 default, 1 Turkish, 2 Spanish, 3 Portuguese */

/* 128 characters, by septet. */
extern const uint16_t gsm7_default[128];

/* Where a language's locking table differs from the default one. The lists end with an entry of 0. */
struct gsm7_change {
	uint8_t septet;
	uint16_t character;
};
extern const struct gsm7_change *const gsm7_locking[GSM7_LANGUAGES];

/* What may follow an escape. */
extern const struct gsm7_change *const gsm7_single[GSM7_LANGUAGES];

#endif
