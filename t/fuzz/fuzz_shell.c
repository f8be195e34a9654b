/* The input is a line of a user's of oobm-shell: to be done, and to be completed; also what sshd noted of a key. */
#include "fuzz.h"

#include "shell/complete.h"
#include "shell/key.h"
#include "shell/words.h"

/* Words as a line that means the same. */
static size_t quote(const struct words *w, char *line, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		require(n + 5 * strlen(w->word[i]) + 4 < size);
		line[n++] = ' ';
		line[n++] = '\'';
		for (const char *p = w->word[i]; *p; p++)
			if (*p == '\'')
				n += (size_t)snprintf(line + n, size - n, "'\\''");
			else
				line[n++] = *p;
		line[n++] = '\'';
	}
	return n;
}

static void check_words(const char *line, size_t len)
{
	static char again[6 * WORDS_LINE_MAX];
	struct words w, other;
	struct err e = { "" };
	size_t total = 0, n;

	memset(&w, 0x55, sizeof w);
	if (words_split(&w, line, len, &e) < 0) {
		require(e.text[0]);
		return;
	}
	require(w.n <= WORDS_MAX && !w.word[w.n]);
	for (size_t i = 0; i < w.n; i++) {
		const char *word = w.word[i];

		require(word >= w.store && word < w.store + sizeof w.store && memchr(word, 0, (size_t)(w.store + sizeof w.store - word)));
		require(i == 0 || word > w.word[i - 1] + strlen(w.word[i - 1]));
		total += strlen(word);
		for (; *word; word++)
			require(((unsigned char)*word >= 0x20 || *word == '\t') && *word != 0x7f);
	}
	require(total <= len);
	n = quote(&w, again, sizeof again);
	if (n > WORDS_LINE_MAX)
		return;
	require(words_split(&other, again, n, &e) == 0 && other.n == w.n);
	for (size_t i = 0; i < w.n; i++)
		require(strcmp(w.word[i], other.word[i]) == 0);
}

static void ask(void *arg, enum complete_names what, struct complete *to)
{
	require(what == COMPLETE_POWER || what == COMPLETE_CONSOLE || what == COMPLETE_PENDING);
	for (const char *const *names = arg; *names; names++)
		complete_add(to, *names);
}

static void check_complete(const char *line, size_t len)
{
	static const char *const names[] = { "nas", "gateway", "nas-old", "7", "nas", "", NULL };
	struct complete c;
	size_t common;

	complete_line(&c, line, len, ask, (void *)(uintptr_t)names);
	require(c.n <= COMPLETE_ITEMS_MAX);
	require(c.prefix >= line && c.prefix + c.prefix_len == line + len);
	common = complete_common(&c);
	require(c.n == 0 || common >= c.prefix_len);
	for (size_t i = 0; i < c.n; i++) {
		require(memchr(c.item[i], 0, COMPLETE_ITEM_MAX) && strlen(c.item[i]) >= common);
		require(memcmp(c.item[i], c.prefix, c.prefix_len) == 0);
		require(memcmp(c.item[i], c.item[0], common) == 0);
		require(i == 0 || strcmp(c.item[i - 1], c.item[i]) < 0);
	}
}

static void check_key(const char *text, size_t len)
{
	char key[RIGHTS_KEY_MAX];
	struct err e = { "" };

	memset(key, 0x55, sizeof key);
	if (key_fingerprint(text, len, key, &e) < 0)
		require(e.text[0]);
	else
		require(rights_key_ok(key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = exact_copy(data, size);

	check_words(line, size);
	check_complete(line, size);
	check_key(line, size);
	free(line);
	return 0;
}
