/* cpu.h - what the processor is good at. */
#ifndef OOBM_OS_CPU_H
#define OOBM_OS_CPU_H

#include <stdbool.h>

/* Has it instructions for AES? Without, ChaCha20 is the faster cipher, by far. */
bool os_cpu_has_aes(void);

#endif
