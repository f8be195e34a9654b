#include "events.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 2048

static FILE *out;
static char *kept[KEPT];
static int64_t count;
static void (*listener)(void *arg);
static void *listener_arg;

int events_open(const char *path)
{
	if (!path || !strcmp(path, "-"))
		return 0;
	out = fopen(path, "ae");
	return out ? 0 : -1;
}

static void remember(const char *text)
{
	char **slot = &kept[count++ % KEPT];

	free(*slot);
	*slot = strdup(text);
}

void event(const char *fmt, ...)
{
	static int depth;
	char raw[3000], text[6000];
	size_t n = 0;
	va_list ap;
	int64_t now = clock_mono_ms();

	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	for (const char *p = raw; *p && n + 5 < sizeof text; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			n += (size_t)snprintf(text + n, 5, "\\x%02x", (unsigned char)*p);
		else
			text[n++] = *p;
	text[n] = '\0';
	fprintf(out ? out : stderr, "[%lld.%03lld] %s\n", (long long)(now / 1000), (long long)(now % 1000), text);
	fflush(out ? out : stderr);
	remember(text);
	/* a listener that causes events is not called again for those: it looks at all anyway */
	if (listener && !depth) {
		depth++;
		listener(listener_arg);
		depth--;
	}
}

const char *event_bytes(const void *p, size_t n)
{
	static char text[2048];
	const unsigned char *c = p;
	size_t len = 0;

	for (size_t i = 0; i < n && len + 5 < sizeof text; i++) {
		if (c[i] == '\r' || c[i] == '\n')
			len += (size_t)snprintf(text + len, 5, "\\%c", c[i] == '\r' ? 'r' : 'n');
		else if (c[i] < ' ' || c[i] > '~')
			len += (size_t)snprintf(text + len, 5, "\\x%02x", c[i]);
		else
			text[len++] = (char)c[i];
	}
	text[len] = '\0';
	return text;
}

int64_t event_next(void)
{
	return count;
}

int64_t event_find(int64_t from, const char *text, const char **line)
{
	if (from < count - KEPT)
		from = count - KEPT;
	for (int64_t i = from < 0 ? 0 : from; i < count; i++)
		if (kept[i % KEPT] && strstr(kept[i % KEPT], text)) {
			*line = kept[i % KEPT];
			return i;
		}
	return -1;
}

void events_listen(void (*cb)(void *arg), void *arg)
{
	listener = cb;
	listener_arg = arg;
}
