#include "conf/table.h"
#include "base/clock.h"
#include "conf/check.h"

#include <string.h>

#define HOUR_MS (60 * MIN_MS)

#define AT(type, field) offsetof(struct type, field)
#define TEXT(sec, type, name, field, preset, check) { sec, name, CONF_TEXT, preset, AT(type, field), 0, 0, 0, check }
#define SECRET(sec, type, name, field, check) { sec, name, CONF_SECRET, NULL, AT(type, field), 0, 0, 0, check }
#define LIST(sec, type, name, field, preset, max, check) \
	{ sec, name, CONF_LIST, preset, AT(type, field), AT(type, n##field), 0, max, check }
#define NUMBER(sec, type, kind, name, field, preset, lo, hi, check) \
	{ sec, name, kind, preset, AT(type, field), 0, lo, hi, check }

#define TOP(name, field, preset, check) TEXT("", conf, name, field, preset, check)
#define MODEM(name, field, preset, check) TEXT("modem", conf_modem, name, field, preset, check)
#define OWNER(name, field, preset, check) TEXT("owner", conf_owner, name, field, preset, check)
#define RELAY(name, field, preset, check) TEXT("relay", conf_relay, name, field, preset, check)
#define PUSH(name, field, preset, check) TEXT("pushover", conf_push, name, field, preset, check)
#define TARGET(name, field, preset, check) TEXT("target", conf_target, name, field, preset, check)
#define TARGET_TIME(name, field, preset, lo, hi) \
	NUMBER("target", conf_target, CONF_TIME, name, field, preset, lo, hi, NULL)
#define TARGET_UINT(name, field, preset, lo, hi, check) \
	NUMBER("target", conf_target, CONF_UINT, name, field, preset, lo, hi, check)
#define COMMAND(name, field) \
	{ "target", name, CONF_ARGV, NULL, AT(conf_target, field), AT(conf_target, n##field), 0, 32, check_text }
#define WORDS(sec, type, name, field, preset, max, check) { sec, name, CONF_WORDS, preset, AT(type, field), 0, 0, max, check }
#define OPERATOR(name, field, preset, check) TEXT("operator", conf_operator, name, field, preset, check)
#define TIME(name, field, preset, lo, hi) \
	NUMBER("window", conf_window, CONF_TIME, name, field, preset, lo, hi, NULL)

const struct conf_option conf_options[] = {
	TOP("state-dir", state_dir, "/var/lib/oobmd", check_path),
	TOP("run-dir", run_dir, "/run/oobmd", check_run_dir),
	TOP("user", user, OOBM_USER, check_user),
	TOP("group", group, "oobm", check_user),
	TOP("tty-group", tty_group, "dialout", check_user),
	TOP("gpio-group", gpio_group, "gpio", check_user),
	TOP("pppd", pppd, "/usr/sbin/pppd", check_path),
	NUMBER("", conf, CONF_INT, "route-table", route_table, "31337", 1, 2147483646, check_route_table),
	TOP("log-level", log_level, "info", check_log_level),

	MODEM("usb", usb, NULL, check_usb),
	NUMBER("modem", conf_modem, CONF_INT, "data-interface", data_interface, NULL, 0, 31, NULL),
	NUMBER("modem", conf_modem, CONF_INT, "command-interface", command_interface, NULL, 0, 31, NULL),
	MODEM("device", device, NULL, check_path),
	MODEM("command-device", command_device, NULL, check_path),
	MODEM("profile", profile, "auto", check_profile),
	SECRET("modem", conf_modem, "pin", pin, check_pin),
	MODEM("pin-file", pin_file, NULL, check_path),
	MODEM("apn", apn, "internet", check_apn),
	MODEM("user", user, NULL, check_text),
	SECRET("modem", conf_modem, "password", password, check_text),
	MODEM("password-file", password_file, NULL, check_path),
	MODEM("dial", dial, "*99#", check_dial),
	LIST("modem", conf_modem, "init", init, NULL, 8, check_at),
	NUMBER("modem", conf_modem, CONF_TIME, "command-timeout", command_timeout, "10s", SEC_MS, 5 * MIN_MS, NULL),
	NUMBER("modem", conf_modem, CONF_UINT, "speed", speed, "115200", 9600, 4000000, check_speed),
	LIST("modem", conf_modem, "ppp-options", ppp_options, NULL, 32, check_ppp_option),

	LIST("owner", conf_owner, "number", number, NULL, 16, check_number),
	SECRET("owner", conf_owner, "secret", secret, check_secret),
	OWNER("secret-file", secret_file, NULL, check_path),
	{ "owner", "commands", CONF_WORDS, "up,down,extend,status", AT(conf_owner, commands), 0, 0, 4, check_command },

	RELAY("host", host, NULL, check_host),
	NUMBER("relay", conf_relay, CONF_PORT, "port", port, "22", 1, 65535, NULL),
	RELAY("user", user, "oobm", check_user),
	RELAY("key-file", key_file, "/etc/oobmd/id_ed25519", check_path),
	RELAY("hostkey", hostkey, NULL, check_fingerprint),
	RELAY("known-hosts", known_hosts, NULL, check_path),
	RELAY("address", address, NULL, check_address),
	LIST("relay", conf_relay, "forward", forward, "31337:localhost:22", CONF_FORWARDS_MAX, check_forward),
	RELAY("display", display, NULL, check_host),
	RELAY("login", login, "root", check_user),

	PUSH("url", url, CONF_PUSHOVER_URL, check_url),
	SECRET("pushover", conf_push, "token", token, check_token),
	PUSH("token-file", token_file, NULL, check_path),
	SECRET("pushover", conf_push, "user", user, check_token),
	PUSH("user-file", user_file, NULL, check_path),
	PUSH("device", device, NULL, check_word),
	PUSH("sound", sound, NULL, check_word),
	PUSH("ca-file", ca_file, NULL, check_path),

	TIME("length", length, "30m", MIN_MS, 24 * HOUR_MS),
	TIME("max", max, "4h", MIN_MS, 7 * 24 * HOUR_MS),
	TIME("warn", warn, "5m", 0, HOUR_MS),
	NUMBER("window", conf_window, CONF_UINT, "tries", tries, "3", 1, 10, NULL),
	TIME("pause", pause, "30s", SEC_MS, HOUR_MS),
	TIME("dial-timeout", dial_timeout, "60s", SEC_MS, 10 * MIN_MS),
	TIME("check-timeout", check_timeout, "30s", SEC_MS, 10 * MIN_MS),
	TIME("connect-timeout", connect_timeout, "60s", SEC_MS, 10 * MIN_MS),
	TIME("close-timeout", close_timeout, "20s", SEC_MS, 10 * MIN_MS),
	TIME("report-timeout", report_timeout, "3m", SEC_MS, HOUR_MS),
	TEXT("window", conf_window, "probe", probe, NULL, check_host_port),
	NUMBER("window", conf_window, CONF_BYTES, "budget", budget, NULL, 1000, INT64_C(1000000000000), NULL),
	NUMBER("window", conf_window, CONF_INT, "budget-day", budget_day, "1", 1, 28, NULL),
	TIME("age", age, "10m", 0, 7 * 24 * HOUR_MS),

	TARGET("power", power, NULL, check_power),
	TARGET("chip", chip, NULL, check_chip),
	TARGET("power-line", power_line, NULL, check_line),
	TARGET("reset-line", reset_line, NULL, check_line),
	TARGET("led-line", led_line, NULL, check_line),
	WORDS("target", conf_target, "line-flags", line_flags, NULL, 3, check_line_flag),
	WORDS("target", conf_target, "led-flags", led_flags, NULL, 2, check_led_flag),
	TARGET_TIME("press", press, "500ms", 50, 2 * SEC_MS),
	TARGET_TIME("hold", hold, "5500ms", 4 * SEC_MS, 15 * SEC_MS),
	TARGET_TIME("on-time", on_time, "10s", SEC_MS, 5 * MIN_MS),
	TARGET_TIME("off-time", off_time, "60s", SEC_MS, 30 * MIN_MS),
	TARGET_TIME("pause", pause, "5s", SEC_MS, 5 * MIN_MS),
	COMMAND("command-on", command_on),
	COMMAND("command-off", command_off),
	COMMAND("command-force-off", command_force_off),
	COMMAND("command-reset", command_reset),
	COMMAND("command-status", command_status),
	TARGET("console", console, NULL, check_path),
	TARGET("console-usb", console_usb, NULL, check_usb),
	NUMBER("target", conf_target, CONF_INT, "console-interface", console_interface, NULL, 0, 31, NULL),
	TARGET_UINT("speed", speed, "115200", 300, 4000000, check_console_speed),
	TARGET("parity", parity, "none", check_parity),
	TARGET_UINT("data-bits", data_bits, "8", 7, 8, NULL),
	TARGET_UINT("stop-bits", stop_bits, "1", 1, 2, NULL),
	TARGET("flow", flow, "none", check_flow),
	TARGET_UINT("log-size", log_size, "1024", 64, 65536, NULL),
	LIST("target", conf_target, "alert", alert, CONF_ALERTS, 16, check_pattern),
	LIST("target", conf_target, "watch", watch, CONF_WATCHES, 16, check_pattern),

	OPERATOR("account", account, NULL, check_user),
	OPERATOR("key", key, NULL, check_fingerprint),
	WORDS("operator", conf_operator, "power", power, NULL, CONF_TARGETS_MAX, check_target_name),
	WORDS("operator", conf_operator, "write", write, NULL, CONF_TARGETS_MAX, check_target_name),
	WORDS("operator", conf_operator, "read", read, NULL, CONF_TARGETS_MAX, check_target_name),
	OPERATOR("window", window, "no", check_yes_no),
};
const size_t conf_noptions = sizeof conf_options / sizeof *conf_options;

#define ONE(title, field) { title, 1, AT(conf, field), sizeof(((struct conf *)0)->field), 0, 0 }
#define MANY(title, type, field, max) \
	{ title, max, AT(conf, field), sizeof(struct type), AT(type, name), AT(conf, n##field) }

const struct conf_section conf_sections[] = {
	{ "", 1, 0, sizeof(struct conf), 0, 0 },
	ONE("modem", modem),
	MANY("owner", conf_owner, owner, CONF_OWNERS_MAX),
	MANY("relay", conf_relay, relay, CONF_RELAYS_MAX),
	ONE("pushover", push),
	ONE("window", window),
	MANY("target", conf_target, target, CONF_TARGETS_MAX),
	MANY("operator", conf_operator, operator, CONF_OPERATORS_MAX),
};
const size_t conf_nsections = sizeof conf_sections / sizeof *conf_sections;

const struct conf_secret conf_secrets[] = {
	{ "modem", "pin", "pin-file", AT(conf_modem, pin), AT(conf_modem, pin_file), false },
	{ "modem", "password", "password-file", AT(conf_modem, password), AT(conf_modem, password_file), false },
	{ "owner", "secret", "secret-file", AT(conf_owner, secret), AT(conf_owner, secret_file), true },
	{ "pushover", "token", "token-file", AT(conf_push, token), AT(conf_push, token_file), true },
	{ "pushover", "user", "user-file", AT(conf_push, user), AT(conf_push, user_file), true },
};
const size_t conf_nsecrets = sizeof conf_secrets / sizeof *conf_secrets;

const struct conf_option *conf_option(const char *section, const char *name)
{
	for (size_t i = 0; i < conf_noptions; i++)
		if (strcmp(conf_options[i].section, section) == 0 && strcmp(conf_options[i].name, name) == 0)
			return &conf_options[i];
	return NULL;
}

size_t conf_count(const struct conf *c, const struct conf_section *s)
{
	if (s->max > 1)
		return *(const size_t *)((const char *)c + s->count);
	return strcmp(s->name, "pushover") == 0 ? c->push.enabled : 1;
}

void *conf_at(const struct conf *c, const struct conf_section *s, size_t i)
{
	return (char *)(uintptr_t)c + s->base + i * s->size;
}

/* Levenshtein's distance, for short names. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], la = strlen(a), lb = strlen(b);

	if (la > 60 || lb > 60)
		return 60;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[lb];
}

static void consider(const char *candidate, const char *name, const char **best, size_t *least)
{
	size_t d = distance(candidate, name);

	if (d < *least && d < strlen(candidate)) {
		*least = d;
		*best = candidate;
	}
}

const char *conf_nearest(const char *section, const char *name)
{
	const char *best = NULL;
	size_t least = 4;

	for (size_t i = 0; i < conf_noptions; i++)
		if (strcmp(conf_options[i].section, section) == 0)
			consider(conf_options[i].name, name, &best, &least);
	for (size_t i = 1; i < conf_nsections && !*section; i++)
		consider(conf_sections[i].name, name, &best, &least);
	return best;
}
