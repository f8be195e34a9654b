#include "core/match.h"

#include <string.h>

static void learn(struct match_pattern *p)
{
	size_t k = 0;

	p->fallback[0] = 0;
	for (size_t i = 1; i < p->len; i++) {
		while (k > 0 && p->text[i] != p->text[k])
			k = p->fallback[k - 1];
		if (p->text[i] == p->text[k])
			k++;
		p->fallback[i] = (uint8_t)k;
	}
}

int match_add(struct match *m, const char *text)
{
	struct match_pattern *p = &m->pattern[m->n];
	size_t n = strlen(text);

	if (m->n == MATCH_PATTERNS_MAX || n == 0 || n >= MATCH_TEXT_MAX)
		return -1;
	*p = (struct match_pattern){ .len = (uint8_t)n };
	memcpy(p->text, text, n + 1);
	learn(p);
	return (int)m->n++;
}

uint32_t match_feed(struct match *m, char c)
{
	uint32_t found = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct match_pattern *p = &m->pattern[i];

		while (p->at > 0 && p->text[p->at] != c)
			p->at = p->fallback[p->at - 1];
		if (p->text[p->at] == c)
			p->at++;
		if (p->at == p->len) {
			found |= UINT32_C(1) << i;
			p->at = p->fallback[p->at - 1];
		}
	}
	return found;
}

void match_reset(struct match *m)
{
	for (size_t i = 0; i < m->n; i++)
		m->pattern[i].at = 0;
}
