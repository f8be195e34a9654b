/* audit.h - who came, what was asked for and when they left, to syslog's facility for logins. */
#ifndef OOBM_SHELL_AUDIT_H
#define OOBM_SHELL_AUDIT_H

#include <stddef.h>

/* KEY: the fingerprint, or "". Tells the account and where the connection came from ($SSH_CONNECTION) with each line. */
void audit_open(const char *key, const char *connection);

/* WHO: how the agent calls them, or "" where it has not said. */
void audit_login(const char *who);
void audit_logout(int signo);	/* SIGNO: the signal that ended it, or 0 */
void audit_command(const char *line, size_t len);
void audit_refused(const char *line, size_t len);

#endif
