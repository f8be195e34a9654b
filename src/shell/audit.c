#include "shell/audit.h"

#include "base/clock.h"
#include "core/command.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define LINE_MAX_SHOWN 200

static char about[200];
static int64_t since;

void audit_open(const char *key, const char *connection)
{
	const struct passwd *pw = getpwuid(getuid());
	size_t from = connection ? strspn(connection, "0123456789abcdefABCDEF.:%") : 0;

	since = clock_mono_ms();
	snprintf(about, sizeof about, "account %s%s%s%s%.*s", pw ? pw->pw_name : "unknown", *key ? ", key " : "", key,
		 from ? ", from " : "", from > 60 ? 60 : (int)from, from ? connection : "");
	openlog("oobm-shell", LOG_PID | LOG_NDELAY, LOG_AUTH);
}

/* Control characters could forge a line. */
static void safe(const char *line, size_t len, char out[LINE_MAX_SHOWN + 4])
{
	size_t n = len < LINE_MAX_SHOWN ? len : LINE_MAX_SHOWN;

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)line[i] < 0x20 || line[i] == 0x7f ? '?' : line[i];
	strcpy(out + n, n < len ? "..." : "");
}

void audit_login(const char *who)
{
	char text[LINE_MAX_SHOWN + 4];

	safe(who, strlen(who), text);
	syslog(LOG_INFO, "login of %s (%s)", *text ? text : "somebody whom the agent has not named", about);
}

void audit_logout(int signo)
{
	char length[40];

	duration_format(clock_mono_ms() - since, length, sizeof length);
	if (signo)
		syslog(LOG_INFO, "logout by signal %d after %s (%s)", signo, length, about);
	else
		syslog(LOG_INFO, "logout after %s (%s)", length, about);
}

static void note(const char *what, const char *line, size_t len)
{
	char text[LINE_MAX_SHOWN + 4];

	safe(line, len, text);
	syslog(LOG_INFO, "%s: %s (%s)", what, text, about);
}

void audit_command(const char *line, size_t len)
{
	note("command", line, len);
}

void audit_refused(const char *line, size_t len)
{
	note("refused", line, len);
}
