#include "os/cpu.h"

#include <stdio.h>
#include <string.h>

/* A line "flags" (x86) or "Features" (ARM) has the word aes. */
bool os_cpu_has_aes(void)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[4096];
	bool has = false;

	while (f && !has && fgets(line, sizeof line, f)) {
		const char *word = strstr(line, " aes");

		has = word && (word[4] == ' ' || word[4] == '\n');
	}
	if (f)
		fclose(f);
	return has;
}
