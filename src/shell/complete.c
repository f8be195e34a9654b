#include "shell/complete.h"

#include "cli/cli.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The words before the one at the cursor. */
struct before {
	char command[32];
	size_t args;		/* without options */
	bool value;		/* an option waits for its value */
	bool plain;		/* after "--" there are no options */
};

static const struct cli_option *find(const char *word, size_t len)
{
	for (const struct cli_option *o = cli_options; o->name; o++) {
		if (len == 2 && word[1] == o->opt)
			return o;
		if (len > 2 && strlen(o->name) == len - 2 && memcmp(word + 2, o->name, len - 2) == 0)
			return o;
	}
	return NULL;
}

static void take_word(struct before *b, const char *word, size_t len)
{
	const struct cli_option *o;

	if (b->value) {
		b->value = false;
	} else if (len == 2 && memcmp(word, "--", 2) == 0) {
		b->plain = true;
	} else if (len > 1 && word[0] == '-' && !b->plain) {
		o = find(word, len);
		b->value = o && o->value;
	} else if (*b->command) {
		b->args++;
	} else if (!(len == 4 && memcmp(word, "oobm", 4) == 0)) {
		snprintf(b->command, sizeof b->command, "%.*s", (int)len, word);
	}
}

static bool is_name(const char *item)
{
	size_t n = 0;

	while (item[n] > 0x20 && item[n] < 0x7f)
		n++;
	return n > 0 && n < COMPLETE_ITEM_MAX && !item[n];
}

void complete_add(struct complete *c, const char *item)
{
	size_t at = 0;

	if (!is_name(item) || strncmp(item, c->prefix, c->prefix_len) != 0 || c->n == COMPLETE_ITEMS_MAX)
		return;
	while (at < c->n && strcmp(c->item[at], item) < 0)
		at++;
	if (at < c->n && strcmp(c->item[at], item) == 0)
		return;
	memmove(c->item[at + 1], c->item[at], (c->n - at) * COMPLETE_ITEM_MAX);
	snprintf(c->item[at], COMPLETE_ITEM_MAX, "%s", item);
	c->n++;
}

static void add_commands(struct complete *c)
{
	for (const struct cli_command *k = cli_commands; k->name; k++)
		if (k->shell)
			complete_add(c, k->name);
	complete_add(c, "help");
	complete_add(c, "exit");
}

static void add_options(struct complete *c, const char *command)
{
	char word[COMPLETE_ITEM_MAX];

	for (const struct cli_option *o = cli_options; o->name; o++) {
		snprintf(word, sizeof word, "--%.30s", o->name);
		if (o->shell && cli_option_goes_with(o, command))
			complete_add(c, word);
	}
}

static void add_argument(struct complete *c, const struct before *b, complete_ask *ask, void *arg)
{
	const char *k = b->command;

	if (strcmp(k, "power") == 0 && b->args == 0) {
		ask(arg, COMPLETE_POWER, c);
	} else if (strcmp(k, "power") == 0 && b->args == 1) {
		for (const char *const *v = cli_power_verbs; *v; v++)
			complete_add(c, *v);
	} else if ((strcmp(k, "console") == 0 || strcmp(k, "log") == 0) && b->args == 0) {
		ask(arg, COMPLETE_CONSOLE, c);
	} else if (strcmp(k, "cancel") == 0 && b->args == 0) {
		ask(arg, COMPLETE_PENDING, c);
		complete_add(c, "all");
	} else if (strcmp(k, "help") == 0 && b->args == 0) {
		add_commands(c);
	}
}

void complete_line(struct complete *c, const char *line, size_t len, complete_ask *ask, void *arg)
{
	struct before b = { .value = false };
	size_t word = 0;

	c->n = 0;
	for (size_t i = 0; i < len; i++) {
		if (line[i] != ' ' && line[i] != '\t')
			continue;
		if (i > word)
			take_word(&b, line + word, i - word);
		word = i + 1;
	}
	c->prefix = line + word;
	c->prefix_len = len - word;
	for (size_t i = 0; i < len; i++)
		if (strchr("'\"\\", line[i]))	/* also what is NUL: too clever for us */
			return;
	if (b.value)
		return;
	if (c->prefix_len && *c->prefix == '-' && !b.plain)
		add_options(c, b.command);
	else if (!*b.command)
		add_commands(c);
	else
		add_argument(c, &b, ask, arg);
}

size_t complete_common(const struct complete *c)
{
	size_t n = c->n ? strlen(c->item[0]) : 0;

	for (size_t i = 1; i < c->n; i++)
		for (size_t k = 0; k < n; k++)
			if (c->item[i][k] != c->item[0][k])
				n = k;
	return n;
}
