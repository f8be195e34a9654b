#include "os/cpu.h"

/* Not asked: ChaCha20 is right everywhere, if not the fastest. */
bool os_cpu_has_aes(void)
{
	return false;
}
