#include "base/log.h"
#include "base/clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static const char *log_name = "oobmd";
static bool log_stderr = true;
static enum log_level log_limit = LOG_LEVEL_INFO;

static const char *const level_names[] = { "error", "warn", "info", "debug" };
static const int level_syslog[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_start(const char *name, bool to_stderr, enum log_level level)
{
	log_name = name;
	log_stderr = to_stderr;
	log_limit = level;
	if (!to_stderr)
		openlog(name, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

void log_set_level(enum log_level level)
{
	log_limit = level;
}

enum log_level log_get_level(void)
{
	return log_limit;
}

int log_level_parse(const char *name, enum log_level *level)
{
	for (int i = 0; i <= LOG_LEVEL_DEBUG; i++)
		if (strcmp(name, level_names[i]) == 0) {
			*level = (enum log_level)i;
			return 0;
		}
	return -1;
}

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

static void log_v(enum log_level level, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void log_v(enum log_level level, const char *fmt, va_list ap)
{
	char text[1024], line[1200];
	int saved = errno;

	if (level > log_limit)
		return;
	vsnprintf(text, sizeof text, fmt, ap);
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	if (log_stderr) {
		int64_t now = clock_mono_ms();
		int n = snprintf(line, sizeof line, "%6lld.%03lld %s[%d] %s: %s\n", (long long)(now / 1000),
				 (long long)(now % 1000), log_name, (int)getpid(), level_names[level], text);

		/* one write a line, so that lines of several processes do not mix */
		if (write(STDERR_FILENO, line, (size_t)n) < 0)
			errno = saved;	/* nowhere left to complain */
	} else {
		syslog(level_syslog[level], "%s", text);
	}
	errno = saved;
}

#define LOG_FUNCTION(name, level)               \
	void name(const char *fmt, ...)         \
	{                                       \
		va_list ap;                     \
                                                \
		va_start(ap, fmt);              \
		log_v(level, fmt, ap);          \
		va_end(ap);                     \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
