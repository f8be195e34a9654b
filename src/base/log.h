/* log.h - one line a message, to syslog or to stderr, with the process's name. */
#ifndef OOBM_BASE_LOG_H
#define OOBM_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Starts logging as NAME (kept by reference): to syslog(3), facility daemon, or to stderr with a
 * monotonic time stamp if TO_STDERR. Until it is called, messages go to stderr. */
void log_start(const char *name, bool to_stderr, enum log_level level);

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* "error", "warn", "info", "debug" <-> level. Returns 0, or -1 for an unknown name. */
int log_level_parse(const char *name, enum log_level *level);
const char *log_level_name(enum log_level level);

/* All four keep errno, cut a message at 1 KiB, and replace control characters, so that bytes from
 * outside cannot forge a line. Secrets, codes and message texts are never passed to them. */
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
