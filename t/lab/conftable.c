/* conftable: prints the table of options, one a line, for the tests of the documentation: section, name,
 * kind, default ("-" for none; values of a list with commas), with tabs between. */
#include "conf/table.h"

#include <stdio.h>

int main(void)
{
	static const char *const kinds[] = { "text", "secret", "list", "list", "time", "number", "number", "number" };

	for (size_t i = 0; i < conf_noptions; i++) {
		const struct conf_option *o = &conf_options[i];

		printf("%s\t%s\t%s\t%s\n", *o->section ? o->section : "top", o->name, kinds[o->kind], o->preset ? o->preset : "-");
	}
	return 0;
}
