#include "tap.h"

#include "conf/conf.h"
#include "conf/table.h"
#include "base/log.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Keys with the right envelope and nothing in them. */
#define KEY(body) "-----BEGIN OPENSSH PRIVATE KEY-----\n" body "\n-----END OPENSSH PRIVATE KEY-----\n"
#define KEY_GOOD \
	KEY("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNT\n" \
	    "UxOQAAACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")
#define KEY_LOCKED \
	KEY("b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGHh4eHh4eHh4eHh4eHh4eH\n" \
	    "h4eHh4eHh4eAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
#define KEY_RSA \
	KEY("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAHwAAAAdzc2gtcnNhAAAAEAAAAAAAAAAAAAAAAAAAAAA=")

static char dir[64];

static char *path_of(const char *name)
{
	static char path[4][512];
	static unsigned turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
	return path[turn];
}

static void put_bytes(const char *name, const char *text, size_t n, mode_t mode)
{
	FILE *f;

	unlink(path_of(name));	/* rather than truncate it, after which ext4 writes to the disk at once */
	f = fopen(path_of(name), "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path_of(name), mode), 0);
}

static void put(const char *name, const char *text, mode_t mode)
{
	put_bytes(name, text, strlen(text), mode);
}

/* Writes TEXT, with every @ before a / replaced by the directory, as config. */
static void put_config(const char *text, mode_t mode)
{
	char out[131072];
	size_t n = 0;

	for (; *text; text++)
		n += (size_t)(text[0] == '@' && text[1] == '/' ? snprintf(out + n, sizeof out - n, "%s", dir) :
					     snprintf(out + n, sizeof out - n, "%c", *text));
	put_bytes("conf", out, n, mode);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "%s", "/tmp/oobm-conf-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	put("secret", "correct horse battery\n", 0600);
	put("pin", "1234\r\n", 0400);
	put("key", KEY_GOOD, 0600);
	put("known", "relay.example.org ssh-ed25519 AAAA\n", 0644);
	put("token", "abcdefghijklmnopqrstuvwxyz1234\n", 0600);
	return 0;
}

static int tear_down(void **state)
{
	DIR *d = opendir(dir);
	struct dirent *f;

	(void)state;
	while (d && (f = readdir(d)))
		unlink(path_of(f->d_name));
	if (d)
		closedir(d);
	return rmdir(dir);
}

#define MODEM "modem { usb = \"12d1:1001\" }\n"
#define OWNER "owner \"me\" { number = \"+491701234567\" secret-file = \"@/secret\" }\n"
#define RELAY "relay \"home\" { host = \"relay.example.org\" key-file = \"@/key\" known-hosts = \"@/known\" }\n"
#define PATHS "pppd = \"/bin/sh\"\n"
#define GOOD PATHS MODEM OWNER RELAY	/* four lines */

static struct conf *load(const char *text)
{
	struct err e = { "" };
	struct conf *c;

	put_config(text, 0644);
	c = conf_load(path_of("conf"), &e);
	if (!c)
		fail_msg("refused: %s\n%s", e.text, text);
	return c;
}

/* WANT begins with ":LINE: " or, where there is no line, with ": ". */
static void refused(const char *text, const char *want, mode_t mode)
{
	struct err e = { "" };
	struct conf *c;
	char begin[1024];

	put_config(text, mode);
	c = conf_load(path_of("conf"), &e);
	if (c)
		fail_msg("accepted, want \"%s\":\n%s", want, text);
	snprintf(begin, sizeof begin, "%s%s", path_of("conf"), want);
	if (strncmp(e.text, begin, strlen(begin)) != 0)
		fail_msg("want \"%s\"\n got \"%s\"\n for %s", begin, e.text, text);
	assert_true(strlen(e.text) < ERR_TEXT_MAX - 1);
	assert_null(strchr(e.text, '\n'));
}

static void a_minimal_config_gets_its_defaults(void **state)
{
	struct conf *c = load(GOOD);

	(void)state;
	assert_string_equal(c->state_dir, "/var/lib/oobmd");
	assert_string_equal(c->run_dir, "/run/oobmd");
	assert_string_equal(c->group, "oobm");
	assert_string_equal(c->tty_group, "dialout");
	assert_int_equal(c->route_table, 31337);
	assert_string_equal(c->log_level, "info");
	assert_string_equal(c->modem.usb, "12d1:1001");
	assert_string_equal(c->modem.device, "");
	assert_string_equal(c->modem.profile, "auto");
	assert_string_equal(c->modem.apn, "internet");
	assert_string_equal(c->modem.dial, "*99#");
	assert_string_equal(c->modem.pin, "");
	assert_int_equal(c->modem.data_interface, -1);
	assert_int_equal(c->modem.command_interface, -1);
	assert_int_equal(c->modem.command_timeout, 10000);
	assert_int_equal(c->modem.speed, 115200);
	assert_int_equal(c->modem.ninit, 0);
	assert_int_equal(c->nowner, 1);
	assert_string_equal(c->owner[0].name, "me");
	assert_int_equal(c->owner[0].nnumber, 1);
	assert_string_equal(c->owner[0].number[0], "+491701234567");
	assert_string_equal(c->owner[0].secret, "correct horse battery");
	assert_string_equal(c->owner[0].commands, "up,down,extend,status");
	assert_int_equal(c->nrelay, 1);
	assert_string_equal(c->relay[0].name, "home");
	assert_string_equal(c->relay[0].user, "oobm");
	assert_string_equal(c->relay[0].login, "root");
	assert_int_equal(c->relay[0].port, 22);
	assert_string_equal(c->relay[0].key, KEY_GOOD);
	assert_string_equal(c->relay[0].hostkey, "");
	assert_int_equal(c->relay[0].nforward, 1);
	assert_string_equal(c->relay[0].forward[0], "31337:localhost:22");
	assert_false(c->push.enabled);
	assert_int_equal(c->window.length, 30 * 60000);
	assert_int_equal(c->window.max, 4 * 3600000);
	assert_int_equal(c->window.warn, 5 * 60000);
	assert_int_equal(c->window.tries, 3);
	assert_int_equal(c->window.pause, 30000);
	assert_int_equal(c->window.report_timeout, 180000);
	assert_int_equal(c->window.age, 600000);
	conf_free(c);
}

static const char full[] =
	"# a comment with } { \" and '\n"
	"/* and\n   another \" */ log-level = debug // and one with ${X}\r\n"
	PATHS "state-dir = '/tmp/a b' route-table = 7 user = u group = g tty-group = t run-dir = /r\n"
	"modem {\n\tdevice = /dev/ttyUSB0\n\tcommand-device = /dev/ttyUSB2 profile = huawei\n"
	"\tpin-file = \"@/pin\" apn = web.vodafone.de user = 'it\\'s a \\\\ ${HOME} \"x\" #1' password-file = '@/secret'\n"
	"\tdial = '*99***1#' init = {'AT^CURC=0', \"AT+COPS=0\",} init += 'AT' command-timeout = 90s\n"
	"\tspeed = 921600 ppp-options = {'mtu 1400', 'debug'}\n}\n"
	"owner \"me\" { number = {'+491701234567', '+491707654321'} secret-file = \"@/secret\" commands = {up, down} }\n"
	"owner 'you # two' { number = '+15551234567' secret-file = \"@/secret\" }\n"
	"relay home { host = 2001:db8::1 port = 2222 user = me key-file = '@/key' login = pi address = '198.51.100.2'\n"
	"\thostkey = 'SHA256:uNiVztksCsDhcc0u9e8BrwtZPHJrpXd12ABSqfDzmPo=' display = relay.example.org\n"
	"\tforward = {'31337:localhost:22', '31338:[::1]:80', '31339:192.0.2.1:22'} }\n"
	"relay second { host = b.example.org key-file = '@/key' known-hosts = '@/known' }\n"
	"pushover { token-file = '@/token' user-file = '@/token' sound = siren device = phone ca-file = '@/known'\n"
	"\turl = 'https://push.example.org:8443/1/messages.json' }\n"
	"window { length = 1h30m max = 2h warn = 0 tries = 5 pause = 1m dial-timeout = 61s check-timeout = 31s\n"
	"\tconnect-timeout = 62s close-timeout = 21s report-timeout = 5m probe = 'example.org:443' age = 0\n"
	"\tbudget = 1500M budget-day = 28 }\n"
	"gpio-group = gg\n"
	"target nas { chip = 'pinctrl-bcm2835' power-line = 17 reset-line = GPIO27 led-line = 22 line-flags = {active-low, open-drain}\n"
	"\tled-flags = {active-low, pull-up} press = 250ms hold = 6s on-time = 20s off-time = 2m pause = 7s\n"
	"\tconsole = /dev/ttyUSB9 speed = 9600 parity = even data-bits = 7 stop-bits = 2 flow = rtscts log-size = 64\n"
	"\talert = {'panic', 'a, b'} watch = 'login: ' }\n"
	"target gw { power = command command-on = {/bin/hub, '-a', on, '-a'} command-off = {/bin/sh, '-c', 'a  b%'}\n"
	"\tcommand-force-off = /bin/f command-reset = /bin/r command-status = /bin/s console-usb = 067B:2303:X\n"
	"\tconsole-interface = 1 }\n"
	"operator root { power = {nas, gw} write = '*' read = nas window = no }\n"
	"operator two { account = root key = 'SHA256:uNiVztksCsDhcc0u9e8BrwtZPHJrpXd12ABSqfDzmPo' }\n";

static void everything_can_be_written(void **state)
{
	struct conf *c = load(full);

	(void)state;
	assert_string_equal(c->log_level, "debug");
	assert_string_equal(c->state_dir, "/tmp/a b");
	assert_int_equal(c->route_table, 7);
	assert_string_equal(c->modem.device, "/dev/ttyUSB0");
	assert_string_equal(c->modem.command_device, "/dev/ttyUSB2");
	assert_string_equal(c->modem.pin, "1234");
	assert_string_equal(c->modem.user, "it's a \\ ${HOME} \"x\" #1");
	assert_string_equal(c->modem.password, "correct horse battery");
	assert_string_equal(c->modem.dial, "*99***1#");
	assert_int_equal(c->modem.ninit, 3);
	assert_string_equal(c->modem.init[2], "AT");
	assert_int_equal(c->modem.command_timeout, 90000);
	assert_int_equal(c->modem.speed, 921600);
	assert_int_equal(c->modem.nppp_options, 2);
	assert_int_equal(c->nowner, 2);
	assert_int_equal(c->owner[0].nnumber, 2);
	assert_string_equal(c->owner[0].commands, "up,down");
	assert_string_equal(c->owner[1].name, "you # two");
	assert_int_equal(c->nrelay, 2);
	assert_string_equal(c->relay[0].host, "2001:db8::1");
	assert_string_equal(c->relay[0].hostkey, "SHA256:uNiVztksCsDhcc0u9e8BrwtZPHJrpXd12ABSqfDzmPo");
	assert_string_equal(c->relay[0].known_hosts, "");
	assert_int_equal(c->relay[0].port, 2222);
	assert_int_equal(c->relay[0].nforward, 3);
	assert_string_equal(c->relay[1].hostkey, "");
	assert_true(c->push.enabled);
	assert_string_equal(c->push.token, "abcdefghijklmnopqrstuvwxyz1234");
	assert_int_equal(c->window.length, 90 * 60000);
	assert_int_equal(c->window.warn, 0);
	assert_int_equal(c->window.age, 0);
	assert_int_equal(c->ntarget, 2);
	assert_string_equal(c->target[0].power, "gpio");
	assert_string_equal(c->target[0].line_flags, "active-low,open-drain");
	assert_int_equal(c->target[0].press, 250);
	assert_string_equal(c->target[0].alert[1], "a, b");
	assert_int_equal(c->target[1].ncommand_on, 4);
	assert_string_equal(c->target[1].command_off[2], "a  b%");
	assert_string_equal(c->target[1].console_usb, "067b:2303:X");
	assert_int_equal(c->target[1].hold, 5500);
	assert_int_equal(c->noperator, 2);
	assert_int_equal(c->operator[1].uid, 0);
	assert_string_equal(c->operator[0].account, "root");
	conf_free(c);
}

/* The struct cannot be forgotten here: a field that the table does not fill stays NULL and crashes. */
static void every_option_is_in_the_full_config_of_this_test(void **state)
{
	(void)state;
	for (size_t i = 0; i < conf_noptions; i++) {
		const char *name = conf_options[i].name, *p = full;
		bool seen = conf_options[i].kind == CONF_SECRET || strstr(name, "-interface") || !strcmp(name, "usb");

		while (!seen && (p = strstr(p, name))) {
			p += strlen(name);
			seen = p[0] == ' ' && (p[1] == '=' || p[1] == '+');
		}
		if (!seen)
			fail_msg("%s is not tried", name);
	}
}

static char *dump(const struct conf *c)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	conf_dump(c, f);
	fclose(f);
	return text;
}

static void a_dump_is_read_back_as_the_same(void **state)
{
	const char *const texts[] = { GOOD, full };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct conf *c = load(texts[i]);
		char *first = dump(c), *second;

		conf_free(c);
		assert_null(strstr(first, "correct horse"));
		assert_null(strstr(first, "OPENSSH"));
		c = load(first);
		second = dump(c);
		assert_string_equal(first, second);
		conf_free(c);
		free(first);
		free(second);
	}
}

static void a_secret_in_the_config_is_not_dumped(void **state)
{
	struct err e;
	struct conf *c;
	char *text;

	(void)state;
	put_config(PATHS MODEM RELAY "owner me { number = '+491701234567' secret = 'wrong horse battery' }\n", 0600);
	c = conf_load(path_of("conf"), &e);
	assert_non_null(c);
	assert_string_equal(c->owner[0].secret, "wrong horse battery");
	text = dump(c);
	assert_null(strstr(text, "horse"));
	assert_non_null(strstr(text, "secret = '***'"));
	free(text);
	conf_free(c);
}

static void numbers_are_made_international(void **state)
{
	static const struct { const char *written, *is; } cases[] = {
		{ "+491701234567", "+491701234567" }, { "+49 170 123-4567", "+491701234567" },
		{ "0049 170/1234567", "+491701234567" }, { "+1 (555) 123.4567", "+15551234567" },
		{ "+1234567", "+1234567" }, { "+123456789012345", "+123456789012345" },
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct conf *c;

		snprintf(text, sizeof text, PATHS MODEM RELAY "owner \"me\" { number = {\"%s\"} secret-file = \"@/secret\" }\n",
			 cases[i].written);
		c = load(text);
		assert_string_equal(c->owner[0].number[0], cases[i].is);
		conf_free(c);
	}
}

struct refusal { const char *text, *want; };

static void refuse_all(const struct refusal *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		refused(r[i].text, r[i].want, 0600);
}

#define REFUSE(cases) refuse_all(cases, sizeof cases / sizeof *cases)

static void what_libconfuse_takes_in_silence_is_refused(void **state)
{
	static const struct refusal cases[] = {
		{ GOOD "window {\n length = 30m\n", ":5: section window begins here and has no closing }" },
		{ PATHS MODEM "owner \"me\" {\n number = '+491701234567'\n" RELAY,
		  ":5: section relay inside section owner (line 3); is a } missing" },
		{ GOOD "window { }\n}\n", ":6: a } without a {" },
		{ GOOD "window {\n tries = 3\n tries = 4\n}\n", ":7: tries is already given on line 6" },
		{ GOOD "log-level = info\n\nlog-level = debug\n", ":7: log-level is already given on line 5" },
		{ GOOD "window { tries = 3 }\n# /* \nwindow { pause = 3s }\n",
		  ":7: there is a section window already on line 5" },
		{ GOOD "owner \"me\" { number = '+15551234567' secret-file = '@/secret' }\n", ":5: found duplicate title 'me'" },
		{ GOOD "route-table = 010\n", ":5: route-table: \"010\" begins with a zero, which may mean octal or nothing; "
					     "write \"10\"" },
		{ GOOD "route-table = 0x10\n", ":5: route-table: \"0x10\" is no number; write 1 to" },
		{ GOOD "state-dir = /tmp/a#b\n", ":5: an unquoted # inside a word would start a comment; put the value in quotes" },
		{ GOOD "state-dir = #b\n", ":5: state-dir has no value" },
		{ GOOD "state-dir =\nuser = me\n", ":5: state-dir has no value" },
		{ GOOD "pushover { url = https://example.org }\n", ":5: an unquoted // inside a word would start a comment" },
		{ GOOD "state-dir = /etc/*.conf\n", ":5: an unquoted /* inside a word would start a comment" },
		{ GOOD "state-dir = ${HOME}/x\n", ":5: ${...} is not expanded here" },
		{ GOOD "state-dir = \"/${HOME}/x\"\n", ":5: ${...} is not expanded here; if you mean it literally, write the "
						     "value in single quotes" },
		{ GOOD "state-dir = /$HOME\n", ":5: an unquoted '$' inside a word: put the whole value in quotes" },
		{ GOOD "state-dir = \"/a\\000b\"\n", ":5: in double quotes \\ may stand only before" },
		{ GOOD "modem2 {}\nowner b { number = +15551234567 }\n", ":6: unexpected '+'; put values with such" },
		{ PATHS "modem { dial = *99# }\n", ":2: unexpected '*'; put values with such characters in quotes, like \"*99#\"" },
		{ GOOD "include(\"/etc/other\")\n", ":5: an unquoted '(' inside a word" },
		{ GOOD "include other.conf\n", ":5: include is not supported; the whole config is one file" },
		{ GOOD "\nstate-dir = \"/tmp\nx = y\n", ":6: the string that begins here has no closing \"" },
		{ GOOD "\nstate-dir = '/tmp\nx = y\n", ":6: the string that begins here has no closing '" },
		{ GOOD "/* no end\n\n", ":5: the comment that begins here" },
		{ GOOD "window { age = 10m;\n }\n", ":5: lines do not end in ';' here" },
		{ PATHS "modem { init = {} }\n", ":2: init is an empty list; leave the whole option out for its default" },
		{ PATHS "modem { init = {AT AT} }\n", ":2: init: put a comma between the values of a list" },
		{ PATHS "modem { init = {AT,,AT} }\n", ":2: init: a comma without a value before it" },
		{ PATHS "modem { init = {AT,\nAT }\n\n", ":2: section modem begins here and has no closing }" },
		{ PATHS "modem { init = {AT,\nAT = 5}\n\n", ":2: the list of init that begins here has no closing }" },
		{ PATHS "modem { init = AT, ATE0 }\n", ":2: init: write several values as a list: init = {" },
		{ GOOD "state-dir /tmp\n", ":5: write state-dir = \"...\" for an option" },
		{ GOOD "state-dir\n= /tmp\n", NULL },
		{ GOOD "state-dir: /tmp\n", ":5: write state-dir = ..., with an equals sign" },
		{ GOOD "state-dir = /tmp and more\n", ":5: state-dir: more than one word" },
		{ GOOD "= 5\n", ":5: unexpected '='; expected the name of an option or section" },
		{ GOOD "state-dir = = 5\n", ":5: state-dir: unexpected '=' where its value should be" },
		{ GOOD "state-dir = {/tmp}\n", ":5: this option takes one value, not a list" },
		{ GOOD "state-dir += /tmp\n", ":5: attempt to append to non-list option 'state-dir'" },
		{ GOOD "owner { }\n", ":5: missing title for section 'owner'" },
		{ GOOD "owner '' { }\n", ":5: owner needs a name of 1 to 31 characters" },
		{ GOOD "x \x01\n", ":5: a byte that is no text (0x01); is this the right file?" },
		{ GOOD "state-dir = '/a\tb'\n", ":5: a control character (0x09) inside quotes" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (cases[i].want)
			refused(cases[i].text, cases[i].want, 0600);
		else
			conf_free(load(cases[i].text));
}

static void unknown_names_are_refused_with_the_nearest(void **state)
{
	static const struct refusal cases[] = {
		{ PATHS "modem {\n usb = '12d1:1001'\n amp = internet\n}\n",
		  ":4: there is no option amp in section modem; did you mean apn?" },
		{ GOOD "stat-dir = /tmp\n", ":5: there is no option stat-dir outside the sections; did you mean state-dir?" },
		{ GOOD "modm { }\n", ":5: there is no option modm outside the sections; did you mean modem?" },
		{ GOOD "window { zzzzzzzz = 1 }\n", ":5: there is no option zzzzzzzz in section window; see oobmd.conf(5)" },
		{ PATHS "modem { profile = huwei }\n", ":2: profile: there is no profile \"huwei\"; write auto, generic or huawei" },
		{ GOOD "log-level = verbose\n", ":5: log-level: \"verbose\" is no level; write error, warn, info or debug" },
		{ PATHS MODEM "owner me { commands = {up, reboot} }\n", ":3: commands: there is no command \"reboot\"" },
	};

	(void)state;
	REFUSE(cases);
}

#define OWNER_NUMBER(n) PATHS MODEM "owner me {\n number = {\"+15550000000\",\n\"" n "\"} secret-file = '@/secret' }\n" RELAY
#define RELAY_WITH(x) PATHS MODEM OWNER "relay home { host = h.example.org key-file = '@/key'\n" x " }\n"
#define HASH "SHA256:uNiVztksCsDhcc0u9e8BrwtZPHJrpXd12ABSqfDzmPo"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void values_are_checked(void **state)
{
	static const struct refusal cases[] = {
		{ OWNER_NUMBER("01701234567"), ":5: number: \"01701234567\" is not international; write + and the country code" },
		{ OWNER_NUMBER("+49 (0)170 1234567"), ":5: number: \"+49 (0)170 1234567\": leave out the (0)" },
		{ OWNER_NUMBER("+4917O1234567"), ":5: number: \"+4917O1234567\" has something that is no digit" },
		{ OWNER_NUMBER("+0491701234567"), ":5: number: \"+0491701234567\": no country code begins with 0" },
		{ OWNER_NUMBER("+491"), ":5: number: \"+491\" has 3 digits; an international number has 7 to 15" },
		{ OWNER_NUMBER("+1234567890123456"), ":5: number: \"+1234567890123456\" has 16 digits" },
		{ OWNER_NUMBER("Vodafone"), ":5: number: \"Vodafone\" is not international" },
		{ OWNER_NUMBER("+1 555 000 0000"), ":5: number: \"+15550000000\" is there twice" },
		{ PATHS "modem { usb = 12d1-1001 }\n", ":2: usb: \"12d1-1001\" is no USB id" },
		{ PATHS "modem { usb = 12d1:10011 }\n", ":2: usb: \"12d1:10011\" is no USB id" },
		{ PATHS "modem { usb = '12d1:1001:' }\n", ":2: usb: \"12d1:1001:\" is no USB id" },
		{ PATHS "modem { apn = 'web vodafone' }\n", ":2: apn: \"web vodafone\" is no access point name" },
		{ PATHS "modem { dial = 'ATD*99#' }\n", ":2: dial: \"ATD*99#\" is nothing a modem can dial" },
		{ PATHS "modem { init = {AT, 'CURC=0'} }\n", ":2: init: \"CURC=0\" must begin with AT" },
		{ PATHS "modem { init = 'ATE0;+CMEE=1' }\n", ":2: init: \"ATE0;+CMEE=1\": write each command as a value" },
		{ GOOD "run-dir = /run/" X50 X50 "\n", ":5: run-dir: longer than 90 bytes" },
		{ PATHS "modem { init = 'ATD*99#' }\n", ":2: init: \"ATD*99#\" would dial" },
		{ PATHS "modem { speed = 115201 }\n", ":2: speed: 115201 is no speed" },
		{ PATHS "modem { command-timeout = 10 }\n", ":2: command-timeout: \"10\" has no unit; write \"10s\"" },
		{ PATHS "modem { pin = 12345678a }\n", ":2: pin: a SIM's PIN has 4 to 8 digits" },
		{ PATHS "modem { data-interface = -1 }\n", ":2: data-interface: \"-1\" is no number; write 0 to 31" },
		{ PATHS "modem { ppp-options = {debug, defaultroute} }\n", ":2: ppp-options: defaultroute is not yours to give" },
		{ PATHS "modem { ppp-options = proxyarp }\n", ":2: ppp-options: proxyarp is not yours to give" },
		{ PATHS "modem { ppp-options = 'replacedefaultroute' }\n", ":2: ppp-options: replacedefaultroute is not" },
		{ PATHS "modem { ppp-options = 'connect /bin/sh' }\n", ":2: ppp-options: connect is not yours" },
		{ RELAY_WITH("port = 0"), ":5: port: 0 is too small; write 1 to 65535" },
		{ RELAY_WITH("port = 65536"), ":5: port: 65536 is too large; write 1 to 65535" },
		{ RELAY_WITH("port = 99999999999999999999"), ":5: port: 99999999999999999999 is too large" },
		{ RELAY_WITH("port = 22x"), ":5: port: \"22x\" is no number" },
		{ RELAY_WITH("display = 'a b'"), ":5: display: \"a b\" is neither a host name nor an address" },
		{ RELAY_WITH("display = me@host"), ":5: display: \"me@host\": write the host alone; the user has an option" },
		{ RELAY_WITH("display = host:22"), ":5: display: \"host:22\": write the host alone; the port has an option" },
		{ RELAY_WITH("display = 1.2.3.256"), ":5: display: \"1.2.3.256\" is neither" },
		{ RELAY_WITH("display = -host"), ":5: display: \"-host\" is neither" },
		{ RELAY_WITH("display = a..b"), ":5: display: \"a..b\" is neither" },
		{ RELAY_WITH("address = relay.example.org"), ":5: address: \"relay.example.org\" is no address in digits" },
		{ RELAY_WITH("hostkey = SHA256:short"), ":5: hostkey: \"SHA256:short\" is not whole" },
		{ RELAY_WITH("hostkey = 'SHA256:uNiVztksCsDhcc0u9e8BrwtZPHJrpXd12ABSqfDzmPp'"), ":5: hostkey: \"SHA256:uNiV" },
		{ RELAY_WITH("hostkey = 'MD5:00:11'"), ":5: hostkey: this is an MD5 sum, not a SHA-256 fingerprint" },
		{ RELAY_WITH("hostkey = 'ssh-ed25519 AAAA'"), ":5: hostkey: this is a public key, not" },
		{ RELAY_WITH("hostkey = 'AAAA'"), ":5: hostkey: \"AAAA\" is no fingerprint" },
		{ RELAY_WITH("forward = 31337"), ":5: forward: \"31337\" is no forward; write PORT-ON-THE-RELAY:HOST:PORT" },
		{ RELAY_WITH("forward = 31337:localhost"), ":5: forward: \"31337:localhost\" is no forward" },
		{ RELAY_WITH("forward = 70000:localhost:22"), ":5: forward: \"70000:localhost:22\" is no" },
		{ RELAY_WITH("forward = 0:localhost:22"), ":5: forward: \"0:localhost:22\" is no" },
		{ RELAY_WITH("forward = 31337:::1:22"), ":5: forward: \"31337:::1:22\" is no" },
		/* what oobm-tunnel would refuse, and the whole relay with it */
		{ RELAY_WITH("forward = 31337:nas.home:22"), ":5: forward: \"31337:nas.home:22\" leads to a name" },
		{ RELAY_WITH("forward = 31337:localhost.:22"), ":5: forward: \"31337:localhost.:22\" leads to a name" },
		{ RELAY_WITH("forward = 31337:1.2.3.4.example:22"), ":5: forward: \"31337:1.2.3.4.example:22\" leads to" },
		{ RELAY_WITH("forward = {'1:[::]:1','2:[::]:1','3:[::]:1','4:[::]:1',\n'5:[::]:1','6:[::]:1','7:[::]:1','8:[::]:1','9:[::]:1'}"),
		  ":6: forward: more than 8 values" },
		{ GOOD "pushover {\nurl = 'http://example.org/'\n}\n", ":6: url: \"http://example.org/\" would send the token in clear" },
		{ GOOD "pushover {\nurl = 'example.org'\n}\n", ":6: url: \"example.org\" does not begin with https://" },
		{ GOOD "pushover {\nurl = 'https:///x'\n}\n", ":6: url: \"https:///x\" has no valid host" },
		{ GOOD "pushover {\nurl = 'https://u:p@x/'\n}\n", ":6: url: \"https://u:p@x/\" has no valid host" },
		{ GOOD "pushover {\nurl = 'https://x/ y'\n}\n", ":6: url: \"https://x/ y\" has a blank" },
		{ GOOD "pushover {\ntoken = 'short'\n}\n", ":6: token: that is no key of Pushover" },
		{ GOOD "pushover {\nsound = 'a b'\n}\n", ":6: sound: \"a b\" may have letters, digits" },
		{ GOOD "window {\nlength = 30\n}\n", ":6: length: \"30\" has no unit; write \"30s\", \"30m\" or \"30h\"" },
		{ GOOD "window {\nlength = 30q\n}\n", ":6: length: \"30q\" is no time; write it like" },
		{ GOOD "window {\nlength = 30s\n}\n", ":6: length: 30s is too short; write 1m to 24h" },
		{ GOOD "window {\nlength = 25h\n}\n", ":6: length: 25h is too long; write 1m to 24h" },
		{ GOOD "window {\nlength = 0\n}\n", ":6: length: \"0\" has no unit" },
		{ GOOD "window {\ntries = 11\n}\n", ":6: tries: 11 is too large; write 1 to 10" },
		{ GOOD "window {\nbudget = 500\n}\n", ":6: budget: \"500\" has no unit; write \"500M\"" },
		{ GOOD "window {\nbudget = lots\n}\n", ":6: budget: \"lots\" is no amount of bytes; write it like \"500M\"" },
		{ GOOD "window {\nbudget = 0M\n}\n", ":6: budget: 0M is too little; write 1k to 1000G" },
		{ GOOD "window {\nbudget = 2000G\n}\n", ":6: budget: \"2000G\" is no amount" },
		{ GOOD "window {\nbudget-day = 29\n}\n", ":6: budget-day: 29 is too large; write 1 to 28" },
		{ GOOD "window {\nprobe = example.org\n}\n", ":6: probe: \"example.org\" is no host and port" },
		{ GOOD "state-dir = oobmd\n", ":5: state-dir: \"oobmd\" must be a whole path, beginning with /" },
		{ GOOD "user = 0\n", ":5: user: \"0\" is no name of a user or group" },
		{ GOOD "route-table = 254\n", ":5: route-table: 254 is a table of the kernel" },
		{ GOOD "state-dir = '/\xfc'\n", ":5: state-dir: it is not in UTF-8" },
	};

	(void)state;
	REFUSE(cases);
}

static void what_belongs_together_is_checked(void **state)
{
	static const struct refusal cases[] = {
		{ PATHS OWNER RELAY, ": there is no modem; add: modem { usb = " },
		{ PATHS "\nmodem { apn = internet }\n" OWNER RELAY, ":3: modem: which one? Write usb = " },
		{ PATHS "modem { usb = '12d1:1001'\n device = /dev/ttyUSB0 }\n", ":3: device and usb are both given" },
		{ PATHS "modem { usb = '12d1:1001'\n command-device = /dev/ttyUSB0 }\n", ":3: command-device goes with device" },
		{ PATHS "modem { device = /dev/x\n command-interface = 1 }\n", ":3: command-interface goes with usb" },
		{ PATHS "modem { device = /dev/x\n data-interface = 1 }\n", ":3: data-interface goes with usb" },
		{ PATHS "modem { device = /dev/x\n command-device = /dev/x }\n", ":3: command-device is the data port" },
		{ PATHS "modem { usb = '12d1:1001'\n data-interface = 1 command-interface = 1 }\n", ":3: command-interface is the" },
		{ PATHS "modem { usb = '12d1:1001'\n password-file = '@/secret' }\n" OWNER RELAY, NULL },
		{ PATHS MODEM RELAY, ": there is no owner, so nobody could ever open a window" },
		{ PATHS MODEM "\nowner me { secret-file = '@/secret' }\n" RELAY, ":4: owner \"me\" has no number" },
		{ PATHS MODEM "\nowner me { number = '+15550000000' }\n" RELAY, ":4: owner has no secret; write it into a file" },
		{ GOOD "owner you {\n number = '+491701234567' secret-file = '@/secret' }\n",
		  ":6: number: +491701234567 is already owner \"me\"'s" },
		{ PATHS MODEM OWNER, ": there is no relay to meet at; add: relay \"relay\"" },
		{ PATHS MODEM OWNER "relay home { }\n", ":4: relay \"home\" has no host" },
		{ RELAY_WITH("known-hosts = '@/known' hostkey = '" HASH "'"), ":5: hostkey and known-hosts are both given" },
		{ RELAY_WITH("known-hosts = '@/missing'"), ":5: known-hosts: @/missing: No such file or directory" },
		{ RELAY_WITH("known-hosts = '@/known' forward = {'31337:127.0.0.1:1', '31337:127.0.0.2:2'}"),
		  ":5: forward: port 31337 of the relay is used by \"31337:127.0.0.1:1\" already" },
		{ GOOD "pushover { token-file = '@/token' }\n", ":5: pushover has no user; write it into a file" },
		{ GOOD "pushover { token-file = '@/token' user = 'abcdefghijklmnopqrstuvwxyz123' }\n",
		  ":5: pushover: user has 29 characters, and those of Pushover have 30" },
		{ GOOD "window { length = 2h\n max = 1h }\n", ":6: window: max (1h) is shorter than length (2h)" },
		{ GOOD "window { length = 5m\n warn = 5m }\n", ":6: window: warn must be shorter than length (5m)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (cases[i].want && strchr(cases[i].want, '@')) {
			char want[512];
			int at = (int)strcspn(cases[i].want, "@");

			snprintf(want, sizeof want, "%.*s%s%s", at, cases[i].want, dir, cases[i].want + at + 1);
			refused(cases[i].text, want, 0600);
		} else if (cases[i].want) {
			refused(cases[i].text, cases[i].want, 0600);
		} else {
			refused(cases[i].text, ":3: password without user", 0600);
		}
}

#define TARGET(x) GOOD "target nas {\n" x "\n}\n"
#define X250 X50 X50 X50 X50 X50
#define B10 "a a a a a "
#define B250 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10 B10
#define NAS GOOD "target nas { chip = c power-line = 1 console = /dev/c }\n"

static void targets_and_operators_are_checked(void **state)
{
	static const struct refusal cases[] = {
		{ GOOD "target Nas { console = /dev/x }\n", ":5: target \"Nas\": a name has small letters, digits and -" },
		{ GOOD "target '../x' { console = /dev/x }\n", ":5: target \"../x\": a name has" },
		{ GOOD "target '*' { console = /dev/x }\n", ":5: target \"*\": a name has" },
		{ GOOD "target '42' { console = /dev/x }\n", ":5: target \"42\": oobm cancel takes that for a number" },
		{ GOOD "target all { console = /dev/x }\n", ":5: target \"all\": oobm cancel takes that for all" },
		{ TARGET(""), ":5: target \"nas\" has neither power nor console" },
		{ TARGET("power = gpio"), ":6: target \"nas\": which GPIO line presses its power button?" },
		{ TARGET("power = relay"), ":6: power: \"relay\" is no way to reach a power button" },
		{ TARGET("power = command"), ":6: target \"nas\": power = command needs command-on or command-force-off" },
		{ TARGET("power-line = 17"), ":6: power-line: 17 of which chip?" },
		{ TARGET("power-line = PWR\nled-line = 3"), ":7: led-line: 3 of which chip?" },
		{ TARGET("power-line = PWR\nreset-line = PWR"), ":7: reset-line: PWR is the power-line already" },
		{ TARGET("chip = c power-line = 17\nreset-line = 0017"), ":7: reset-line: 0017 is the power-line already" },
		{ TARGET("power-line = 99999 chip = c"), ":6: power-line: \"99999\" is no offset" },
		{ TARGET("led-line = LED"), ":6: target \"nas\": GPIO lines go with power = gpio" },
		{ TARGET("power-line = P command-on = /bin/x"), ":5: target \"nas\" has commands and power = gpio" },
		{ TARGET("command-on = {/bin/x, " X250 ", " X250 ", " X250 ", " X250 ", " X250 ", " X250 "}"),
		  ":6: command-on: the command is longer than 1500 bytes; write it into a script" },
		{ TARGET("command-on = /bin/x\ncommand-off = {/bin/x, '" B250 "', '" B250 "'}"),
		  ":7: command-off: the command is longer than 1500 bytes" },
		{ TARGET("command-on = {hub, on}"), ":6: command-on: \"hub\" must be a whole path" },
		{ TARGET("power-line = P line-flags = low"), ":6: line-flags: there is no flag \"low\"" },
		{ TARGET("power-line = P\nline-flags = {open-drain, open-source}"), ":7: line-flags: open-drain and open-source" },
		{ TARGET("power-line = P led-flags = pullup"), ":6: led-flags: there is no flag \"pullup\"" },
		{ TARGET("power-line = P\nled-flags = {pull-up, pull-down}"), ":7: led-flags: pull-up and pull-down exclude each other" },
		{ TARGET("power-line = P\nled-flags = {bias-disabled, pull-up}"), ":7: led-flags: pull-up and bias-disabled exclude" },
		{ TARGET("power-line = P\nled-flags = {pull-down, bias-disabled}"), ":7: led-flags: pull-down and bias-disabled" },
		{ TARGET("power-line = P press = 20ms"), ":6: press: 20ms is too short; write 50ms to 2s" },
		{ TARGET("power-line = P hold = 3s"), ":6: hold: 3s is too short; write 4s to 15s" },
		{ TARGET("power-line = P hold = 1h"), ":6: hold: 1h is too long" },
		{ TARGET("console = ttyUSB0"), ":6: console: \"ttyUSB0\" must be a whole path" },
		{ TARGET("console = /dev/x\nconsole-usb = '067b:2303'"), ":7: console and console-usb are both given" },
		{ TARGET("console = /dev/x\nconsole-interface = 1"), ":7: console-interface goes with console-usb" },
		{ TARGET("console-usb = '12d1:1001'"), ":6: console-usb: 12d1:1001 is the modem" },
		{ TARGET("console = /dev/x speed = 115201"), ":6: speed: 115201 is no speed of a serial port; most consoles" },
		{ TARGET("console = /dev/x parity = mark"), ":6: parity: there is no parity \"mark\"" },
		{ TARGET("console = /dev/x flow = hard"), ":6: flow: there is no flow control \"hard\"" },
		{ TARGET("console = /dev/x data-bits = 9"), ":6: data-bits: 9 is too large; write 7 to 8" },
		{ TARGET("console = /dev/x log-size = 1"), ":6: log-size: 1 is too small" },
		{ TARGET("console = /dev/x alert = 'ab'"), ":6: alert: \"ab\" has 2 characters" },
		{ NAS "target gw { console = /dev/c }\n", ":6: console: /dev/c is target \"nas\"'s already" },
		{ NAS "target gw { chip = c power-line = 2 led-line = 1 }\n", ":6: target \"gw\": GPIO line 1 is target \"nas\"'s" },
		{ NAS "target gw { chip = c power-line = 02 led-line = 01 }\n", ":6: target \"gw\": GPIO line 01 is target \"nas\"'s" },
		{ NAS "target gw { chip = /dev/c power-line = 1 }\n", ":6: target \"gw\": GPIO line 1 is target \"nas\"'s" },
		{ GOOD "target nas { chip = c power-line = P }\ntarget gw { power-line = P }\n",
		  ":6: target \"gw\": GPIO line P is target \"nas\"'s" },
		{ GOOD "target nas { power-line = P }\ntarget gw { chip = c power-line = Q led-line = P }\n",
		  ":6: target \"gw\": GPIO line P is target \"nas\"'s" },
		{ NAS "operator nosuchaccount { }\n", ":6: operator \"nosuchaccount\": there is no account nosuchaccount" },
		{ NAS "operator root {\npower = gw }\n", ":7: power: there is no target \"gw\"" },
		{ NAS "operator root {\nread = {nas, 'Gw'} }\n", ":7: read: \"Gw\" is no name of a target" },
		{ NAS "operator root { }\noperator me { account = root }\n", ":7: operator \"me\" is the same as \"root\"" },
		{ NAS "operator root { window = maybe }\n", ":6: window: \"maybe\": write yes or no" },
		{ NAS "operator root { key = 'ssh-ed25519 AAAA' }\n", ":6: key: this is a public key, not" },
	};

	(void)state;
	REFUSE(cases);
}

static void refused_file(const char *option, const char *name, const char *want)
{
	char text[1024], full_want[1024];
	bool key = strcmp(option, "key-file") == 0;

	snprintf(text, sizeof text, PATHS MODEM "owner me { number = '+15550000000'\n%s = '@/%s' }\n"
		 "relay home { host = h.example.org known-hosts = '@/known'\n%s = '@/%s' }\n",
		 key ? "secret-file" : option, key ? "secret" : name, "key-file", key ? name : "key");
	snprintf(full_want, sizeof full_want, ":%d: %s: %s%s", key ? 6 : 4, option, key || want[0] == ' ' ? path_of(name) : "",
		 want);
	refused(text, full_want, 0644);
}

static void secret_files_are_nobody_elses(void **state)
{
	char shown[700];

	(void)state;
	put("s", "correct horse battery\n", 0640);
	snprintf(shown, sizeof shown, " can be read or changed by others (mode 0640); run: chmod 600 %s", path_of("s"));
	refused_file("secret-file", "s", shown);
	put("s", "correct horse battery\n", 0604);
	refused_file("secret-file", "s", " can be read or changed by others (mode 0604); run: chmod 600 ");
	refused_file("secret-file", "absent", "");
	refused_file("secret-file", ".", " is a directory, not a regular file");
	assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
	refused_file("secret-file", "pipe", " is a pipe, not a regular file");
	if (geteuid() == 0) {
		put("s", "correct horse battery\n", 0600);
		assert_int_equal(chown(path_of("s"), 12345, 0), 0);
		refused_file("secret-file", "s", " belongs to another user (12345); run: chown root ");
		assert_int_equal(unlink(path_of("s")), 0);
	}
}

static void contents_of_secret_files_are_checked(void **state)
{
	static const struct { const char *text; size_t n; const char *want; } cases[] = {
		{ "", 0, " is empty" },
		{ "\n", 1, " has an empty line only" },
		{ "\r\n", 2, " has an empty line only" },
		{ "correct horse\nbattery staple\n", 29, " has more than one line" },
		{ "correct\0horse battery", 21, " has a NUL byte: it is no text" },
		{ "eleven char", 11, "in " },
		{ "eleven char\n", 12, "in " },
		{ "up yours, stranger\n", 19, "in " },
		{ "Status of nothing\n", 18, "in " },
		{ "45m of darkness now\n", 20, "in " },
		{ " correct horse battery\n", 23, "in " },
		{ "correct \xfc horse battery\n", 24, "in " },
	};
	static char big[2000];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		put_bytes("s", cases[i].text, cases[i].n, 0600);
		refused_file("secret-file", "s", cases[i].want);
	}
	memset(big, 'x', sizeof big);
	put_bytes("s", big, sizeof big, 0600);
	refused_file("secret-file", "s", " has 2000 bytes, at most 1024 are expected; is it the right file?");
	put_bytes("s", big, 128, 0600);
	refused_file("secret-file", "s", "in ");
}

static void keys_are_checked(void **state)
{
	static const struct { const char *text, *want; } cases[] = {
		{ KEY_LOCKED, " has a passphrase, and nobody is there to type it; take it off: ssh-keygen -p -N ''" },
		{ KEY_RSA, " is no ed25519 key; make one" },
		{ "ssh-ed25519 AAAA me@here\n", " is a public key; name the private one" },
		{ "-----BEGIN RSA PRIVATE KEY-----\n", " is no private key in OpenSSH's format" },
		{ KEY("AAAA"), " is no key of OpenSSH, or damaged" },
		{ KEY("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAA"), " is cut short" },
		{ KEY("b3BlbnNzaC1rZXktdjEA/////25vbmUAAAAEbm9uZQAAAAA"), " is cut short" },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", " is cut short: its last line is missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		put("k", cases[i].text, 0600);
		refused_file("key-file", "k", cases[i].want);
	}
	put("k", KEY_GOOD, 0644);
	refused_file("key-file", "k", " can be read or changed by others (mode 0644); run: chmod 600 ");
}

static void the_config_itself_is_guarded(void **state)
{
	struct err e;

	(void)state;
	refused(PATHS MODEM RELAY "owner me { number = '+15550000000'\n secret = 'correct horse battery' }\n",
		":5: secret stands here, and others can read this file; run: chmod 600 ", 0640);
	put_config(GOOD, 0666);
	assert_null(conf_load(path_of("conf"), &e));
	assert_non_null(strstr(e.text, "can be changed by others (mode 0666); run: chmod go-w"));
	assert_null(conf_load(path_of("absent"), &e));
	assert_non_null(strstr(e.text, "absent: No such file or directory; begin with the sample"));
	assert_null(conf_load(dir, &e));
	assert_non_null(strstr(e.text, "is a directory"));
	put_config("", 0600);
	assert_null(conf_load(path_of("conf"), &e));
	assert_non_null(strstr(e.text, "is empty"));
	put_bytes("conf", "a\0b", 3, 0600);
	assert_null(conf_load(path_of("conf"), &e));
	assert_non_null(strstr(e.text, "has a NUL byte"));
}

/* After any refusal the next load starts afresh, though libconfuse's scanner keeps global state. */
static void a_refusal_leaves_nothing_behind(void **state)
{
	static const char *const broken[] = {
		GOOD "window {", GOOD "state-dir = 'x", GOOD "nonsense = 1\n", GOOD "owner me { }\n", "}", "{", "'", "a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct err e;

		put_config(broken[i], 0600);
		assert_null(conf_load(path_of("conf"), &e));
		conf_free(load(GOOD));
	}
}

/* Whatever is cut off or damaged: a config or an error, and an error that says where. */
static void any_damage_ends_in_a_config_or_an_error(void **state)
{
	struct err e;
	uint32_t seed = 1;
	char text[sizeof full];

	(void)state;
	for (int i = 0; i < 4000; i++) {
		struct conf *c;

		memcpy(text, full, sizeof text);
		for (int k = 0; k < 1 + i % 3; k++) {
			seed = seed * 1664525 + 1013904223;
			text[(seed >> 8) % (sizeof text - 1)] = i % 2 ? (char)(seed >> 24) : "{}\"'=#\\\n"[seed >> 29];
		}
		if (i < (int)sizeof text)
			text[i] = 0;
		put_config(text, 0600);
		e.text[0] = 0;
		c = conf_load(path_of("conf"), &e);
		if (!c && !strstr(e.text, dir))
			fail_msg("an error without a place: %s", e.text);
		conf_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_minimal_config_gets_its_defaults),
		cmocka_unit_test(everything_can_be_written),
		cmocka_unit_test(every_option_is_in_the_full_config_of_this_test),
		cmocka_unit_test(numbers_are_made_international),
		cmocka_unit_test(a_dump_is_read_back_as_the_same),
		cmocka_unit_test(a_secret_in_the_config_is_not_dumped),
		cmocka_unit_test(what_libconfuse_takes_in_silence_is_refused),
		cmocka_unit_test(unknown_names_are_refused_with_the_nearest),
		cmocka_unit_test(values_are_checked),
		cmocka_unit_test(what_belongs_together_is_checked),
		cmocka_unit_test(targets_and_operators_are_checked),
		cmocka_unit_test(secret_files_are_nobody_elses),
		cmocka_unit_test(contents_of_secret_files_are_checked),
		cmocka_unit_test(keys_are_checked),
		cmocka_unit_test(the_config_itself_is_guarded),
		cmocka_unit_test(a_refusal_leaves_nothing_behind),
		cmocka_unit_test(any_damage_ends_in_a_config_or_an_error),
	};

	log_start("conf", true, LOG_LEVEL_ERROR);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
