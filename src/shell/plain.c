/* plain.c - lines as they come, edited by nobody but the terminal's driver. */
#include "shell/edit.h"

#include <stdio.h>

enum edit_result plain_read(const char *prompt, struct edit_line *line)
{
	char c;
	int n;

	line->len = 0;
	if (prompt) {
		fputs(prompt, stdout);
		fflush(stdout);
	}
	while ((n = input_byte(&c)) != 0) {
		if (n == -1) {
			putchar('\n');
			return EDIT_AGAIN;
		}
		if (n == 1 && c == '\n')
			return EDIT_LINE;
		if (n == 1 && line->len <= WORDS_LINE_MAX)
			line->text[line->len++] = c;
	}
	return line->len && !input_ended() ? EDIT_LINE : EDIT_END;
}
