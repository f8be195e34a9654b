/* conf.h - /etc/oobmd/oobmd.conf as a value: what the parent reads, checks and hands out. */
#ifndef OOBM_CONF_CONF_H
#define OOBM_CONF_CONF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CONF_OWNERS_MAX 16
#define CONF_RELAYS_MAX 4
#define CONF_FORWARDS_MAX 8
#define CONF_TARGETS_MAX 8
#define CONF_OPERATORS_MAX 16

/* Texts are never NULL: "" where nothing was written and nothing is the default. All times are in ms. */

struct conf_modem {
	char *device;		/* "/dev/ttyUSB0" or a stable link; "" if found by USB id */
	char *command_device;	/* a second port for commands; "" for none */
	char *usb;		/* "12d1:1001" or "12d1:1001:SERIAL"; "" if found by path */
	int data_interface;	/* USB interface number of the data port; -1: the lowest */
	int command_interface;	/* of the command port; -1: none */
	char *profile;		/* "auto", "generic", "huawei" */
	char *pin;		/* SIM PIN from pin or pin-file; secret */
	char *pin_file;		/* where it was read; "" if it stood in the config */
	char *apn;		/* "internet" */
	char *user, *password;	/* PPP; password is secret, from password or password-file */
	char *password_file;
	char *dial;		/* "*99#" */
	char **init;		/* extra commands, in order */
	size_t ninit;
	int64_t command_timeout;	/* for one AT command */
	unsigned speed;		/* bit/s, 115200; ignored by USB sticks */
	char **ppp_options;	/* extra options for pppd, one a string */
	size_t nppp_options;
};

struct conf_owner {
	char *name;		/* title of the section: owner "me" { ... } */
	char **number;		/* E.164, "+491701234567"; at least one */
	size_t nnumber;
	char *secret;		/* the fixed text; from secret or secret-file; secret */
	char *secret_file;
	char *commands;		/* "up,down,extend,status" */
};

struct conf_relay {
	char *name;
	char *host;
	uint16_t port;
	char *user;
	char *key_file;		/* private ed25519 key, OpenSSH format, readable by root only */
	char *key;		/* its text; secret */
	char *hostkey;		/* "SHA256:..."; "" if known_hosts is used */
	char *known_hosts;	/* path; "" if hostkey is used */
	char *address;		/* pinned address for when no server answers; "" for none */
	char **forward;		/* "31337:localhost:22" */
	size_t nforward;
	char *display;		/* host to show in ssh:// ; "" for host */
	char *login;		/* user to show in ssh:// ; "root" */
};

struct conf_push {
	bool enabled;		/* the section pushover is there */
	char *url;		/* "https://api.pushover.net/1/messages.json" */
	char *token, *user;	/* from token/user or token-file/user-file; secret */
	char *token_file, *user_file;
	char *device, *sound;
	char *ca_file;		/* "" for the system's */
};

struct conf_window {
	int64_t length;		/* 30 min */
	int64_t max;		/* longest length and longest total after extends: 4 h */
	int64_t warn;		/* before the end: 5 min; 0 never */
	unsigned tries;		/* 3 */
	int64_t pause;		/* between tries: 30 s */
	int64_t dial_timeout, check_timeout, connect_timeout, close_timeout, report_timeout;
	char *probe;		/* "host:port" to reach through the link first; "" for the relay only */
	int64_t age;		/* messages older than this are refused: 10 min; 0: never */
	int64_t budget;		/* bytes a month of the SIM's plan; 0: nobody counts */
	int budget_day;		/* on which such a month begins, 1 to 28 */
};

/* A machine that is looked after: its buttons, and its serial console. */
struct conf_target {
	char *name;		/* title of the section: a word, for it is part of file names */
	char *power;		/* "gpio", "command", "none" */
	char *chip;		/* GPIO chip by name, label or path */
	char *power_line, *reset_line, *led_line;	/* offset, or the line's name; "" for none */
	char *line_flags;	/* of the outputs: "active-low,open-drain,open-source" */
	char *led_flags;	/* "active-low,pull-up,pull-down,bias-disabled" */
	int64_t press, hold;	/* how long a button is pressed: 500 ms, 5.5 s */
	int64_t on_time, off_time;	/* how long to wait for the LED after a press */
	int64_t pause;		/* off and on again: in between */
	char **command_on, **command_off, **command_force_off, **command_reset, **command_status;	/* argument vectors */
	size_t ncommand_on, ncommand_off, ncommand_force_off, ncommand_reset, ncommand_status;
	char *console;		/* "/dev/ttyUSB5" or a stable link; "" */
	char *console_usb;	/* "067b:2303[:SERIAL]"; "" */
	int console_interface;	/* -1: the lowest */
	unsigned speed, data_bits, stop_bits;
	char *parity;		/* "none", "even", "odd" */
	char *flow;		/* "none", "rtscts", "xonxoff" */
	unsigned log_size;	/* KiB of recordings on disk */
	char **alert;		/* what the console says that the owner is to be told at once */
	size_t nalert;
	char **watch;		/* what goes into the history only */
	size_t nwatch;
};

/* What a local account, or an SSH key of a shared account, may do. None listed: everybody in GROUP may do all. */
struct conf_operator {
	char *name;
	char *account;		/* of this machine */
	unsigned uid;		/* of the account */
	char *key;		/* "SHA256:..." of the SSH key in a shared account; "" */
	char *power, *write, *read;	/* names of targets with commas; "*" for all */
	char *window;		/* "yes": up, down, extend, log-level; "no" */
};

struct conf {
	char *file;
	char *state_dir;	/* /var/lib/oobmd */
	char *run_dir;		/* /run/oobmd */
	char *user;		/* unprivileged user of the workers */
	char *group;		/* who may use the control socket */
	char *tty_group;	/* supplementary group of the agent: dialout */
	char *gpio_group;	/* supplementary group of oobm-power: gpio */
	char *pppd;		/* /usr/sbin/pppd */
	int route_table;	/* policy routing table of the link: 31337 */
	char *log_level;
	struct conf_modem modem;
	struct conf_owner owner[CONF_OWNERS_MAX];
	size_t nowner;
	struct conf_relay relay[CONF_RELAYS_MAX];
	size_t nrelay;
	struct conf_push push;
	struct conf_window window;
	struct conf_target target[CONF_TARGETS_MAX];
	size_t ntarget;
	struct conf_operator operator[CONF_OPERATORS_MAX];
	size_t noperator;
};

/* Reads and checks FILE and the secret files it names. Returns a config that conf_free releases, or
 * NULL with E: "FILE:LINE: what is wrong, and what to write instead". Secret files that others can
 * read are refused, with the chmod to run. Warnings (unknown but harmless) are logged. */
struct conf *conf_load(const char *file, struct err *e);

/* Wipes the secrets, then releases. NULL is fine. */
void conf_free(struct conf *c);

/* Writes a config file that parses to the same value (secrets as the names of their files, or as
 * "***" if they stood in the config itself): for `oobmd -n -v`. Dump -> parse -> dump is a fixpoint
 * when secrets are in files. */
void conf_dump(const struct conf *c, FILE *to);

#endif
