/* env.c - the environment comes from outside, and libraries believe it: where to find terminals, locales, programs.
 * What is kept is a few words that can name nothing but what is installed. */
#include "shell/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 40

extern char **environ;

static const char *const kept[] = { "TERM", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR" };

#define KEPT (sizeof kept / sizeof *kept)

static void copy(char *to, size_t size, const char *name)
{
	const char *v = getenv(name);

	snprintf(to, size, "%s", v && strlen(v) < size ? v : "");
}

static bool is_word(const char *v)
{
	size_t n = strspn(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._@+-");

	return n > 0 && n <= WORD_MAX && !v[n] && v[0] != '.';
}

void env_take(struct env *e)
{
	static char *none[] = { NULL };
	char word[KEPT][WORD_MAX + 1];
	const char *original = getenv("SSH_ORIGINAL_COMMAND");

	copy(e->auth, sizeof e->auth, "SSH_USER_AUTH");
	copy(e->connection, sizeof e->connection, "SSH_CONNECTION");
	e->original = original ? strdup(original) : NULL;
	for (size_t i = 0; i < KEPT; i++) {
		const char *v = getenv(kept[i]);

		snprintf(word[i], sizeof word[i], "%s", v && is_word(v) ? v : "");
	}
	environ = none;
	for (size_t i = 0; i < KEPT; i++)
		if (*word[i])
			setenv(kept[i], word[i], 1);
}
