/* clock.h - time as the rest of the program sees it: milliseconds of a clock nobody can set. */
#ifndef OOBM_BASE_CLOCK_H
#define OOBM_BASE_CLOCK_H

#include <stdint.h>

#define SEC_MS INT64_C(1000)
#define MIN_MS (60 * SEC_MS)

/* Milliseconds of CLOCK_MONOTONIC; never goes back, not affected by settimeofday(2). */
int64_t clock_mono_ms(void);

/* Seconds of CLOCK_REALTIME since 1970. For people and records only: a small computer without a
 * battery-backed clock boots in the past, so no deadline is ever computed from it. */
int64_t clock_wall_s(void);

#endif
