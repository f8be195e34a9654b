/* The input is the text of a message; also a duration as it stands in the config. */
#include "fuzz.h"

#include "core/command.h"

static void check_command(const char *text)
{
	struct command c, again;
	const char *why = NULL;

	memset(&c, 0x55, sizeof c);
	if (command_parse(text, &c, &why) < 0) {
		require(why && *why);
		return;
	}
	require(c.verb == COMMAND_UP || c.verb == COMMAND_DOWN || c.verb == COMMAND_EXTEND || c.verb == COMMAND_STATUS);
	require(strcmp(command_verb_name(c.verb), "unknown") != 0);
	require(memchr(c.code, 0, sizeof c.code) && c.code[0] && strstr(text, c.code));
	require(!strpbrk(c.code, "\r\n") && !strchr(" \t", c.code[0]) && !strchr(" \t", c.code[strlen(c.code) - 1]));
	require(c.length_ms == 0 || (c.length_ms >= 60000 && c.length_ms <= INT64_C(86400000)));
	require(c.length_ms == 0 || c.verb == COMMAND_UP || c.verb == COMMAND_EXTEND);
	/* the code behind an explicit verb is the same code */
	char line[COMMAND_CODE_MAX + 16];
	snprintf(line, sizeof line, "status %s", c.code);
	require(command_parse(line, &again, &why) == 0);
	require(again.verb == COMMAND_STATUS && strcmp(again.code, c.code) == 0);
}

static void check_duration(const char *text)
{
	int64_t ms = -7, other;
	char out[64], tiny[4];

	if (duration_parse(text, &ms) < 0) {
		require(ms == -7);
		return;
	}
	require(ms >= 1000 && ms <= INT64_C(604800000));
	duration_format(ms, out, sizeof out);
	require(is_text(out, sizeof out) && *out);
	duration_format(ms, tiny, sizeof tiny);
	require(memchr(tiny, 0, sizeof tiny));
	/* what people are shown can be typed, but for its blanks */
	char *to = out;
	for (const char *from = out; *from; from++)
		if (*from != ' ')
			*to++ = *from;
	*to = 0;
	require(duration_parse(out, &other) == 0 && other == ms / 1000 * 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = text_copy(data, size);

	check_command(text);
	check_duration(text);
	free(text);
	return 0;
}
