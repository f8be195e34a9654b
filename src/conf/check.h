/* check.h - one check a kind of value. Each returns 0, or -1 with a phrase in E that continues "NAME: "
 * and says what to write instead. Some rewrite V into its one normal form, never longer. */
#ifndef OOBM_CONF_CHECK_H
#define OOBM_CONF_CHECK_H

#include "base/err.h"

#include <stdint.h>

#define CONF_PUSHOVER_URL "https://api.pushover.net/1/messages.json"
#define CONF_PUSHOVER_HOST "api.pushover.net"

int check_text(char *v, struct err *e);		/* printable, at most 256 bytes */
int check_word(char *v, struct err *e);		/* letters, digits, . _ - */
int check_path(char *v, struct err *e);		/* absolute, at most 120 bytes */
int check_run_dir(char *v, struct err *e);	/* short enough for the control socket, unix(7) */
int check_user(char *v, struct err *e);		/* name of a user or group */
int check_log_level(char *v, struct err *e);
int check_route_table(char *v, struct err *e);	/* not one of the kernel's own */
int check_usb(char *v, struct err *e);		/* "12d1:1001[:SERIAL]", made lower-case */
int check_profile(char *v, struct err *e);
int check_pin(char *v, struct err *e);		/* 4..8 digits */
int check_apn(char *v, struct err *e);
int check_dial(char *v, struct err *e);		/* V.250 6.3.1 dial string, without ATD */
int check_at(char *v, struct err *e);		/* an AT command */
int check_speed(char *v, struct err *e);
int check_ppp_option(char *v, struct err *e);	/* none that would touch the home's routing */
int check_number(char *v, struct err *e);	/* made E.164: "+49 170 123-4567" -> "+491701234567" */
int check_secret(char *v, struct err *e);	/* 12 characters or more, and never read as a command */
int check_command(char *v, struct err *e);
int check_host(char *v, struct err *e);		/* name or address */
int check_host_port(char *v, struct err *e);	/* "host:443", "[2001:db8::1]:443" */
int check_address(char *v, struct err *e);	/* in digits */
int check_fingerprint(char *v, struct err *e);	/* "SHA256:" and 43 characters */
int check_forward(char *v, struct err *e);	/* "31337:localhost:22", or to an address in digits */
int check_url(char *v, struct err *e);		/* https only */
int check_token(char *v, struct err *e);	/* of Pushover */

/* targets and operators: check_target.c */
#define CONF_ALERTS "Kernel panic,Oops:,BUG:,Out of memory:,emergency mode"
#define CONF_WATCHES "fsck,login:"
int check_power(char *v, struct err *e);	/* gpio, command, none */
int check_chip(char *v, struct err *e);		/* name or label of a GPIO chip, or its path */
int check_line(char *v, struct err *e);		/* offset or name of a GPIO line */
int check_line_flag(char *v, struct err *e);
int check_led_flag(char *v, struct err *e);
int check_console_speed(char *v, struct err *e);
int check_parity(char *v, struct err *e);
int check_flow(char *v, struct err *e);
int check_pattern(char *v, struct err *e);	/* 3 to 60 printable characters */
int check_target_name(char *v, struct err *e);	/* a word in lower case, or "*" */
int check_yes_no(char *v, struct err *e);

/* A decimal number without sign, leading zeros or anything after it. */
int check_int(const char *v, int64_t lo, int64_t hi, int64_t *out, struct err *e);

/* A time with its unit ("500ms", "45s", "30m", "1h30m"), or "0" if LO is 0, in milliseconds. */
int check_time(const char *v, int64_t lo, int64_t hi, int64_t *out, struct err *e);

/* An amount of bytes with its unit ("500M", "1.5 GB"). */
int check_amount(const char *v, int64_t lo, int64_t hi, int64_t *out, struct err *e);

/* The shortest text that check_amount reads back as N: "500M". SIZE of 24 is enough. */
void check_amount_text(int64_t n, char *out, unsigned size);

/* The shortest text that check_time reads back as MS: "30m", "90s". SIZE of 24 is enough. */
void check_time_text(int64_t ms, char *out, unsigned size);

#endif
