#include "conf/rules.h"
#include "base/clock.h"
#include "base/log.h"
#include "conf/check.h"
#include "conf/secrets.h"
#include "conf/value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRUSTED_MAX ((size_t)256 * 1024)
#define NUMBERS_MAX 32		/* of all owners: POLICY_OWNERS_MAX */

/* ---- secrets ---- */

static int secret_in_config(const struct conf *c, const struct scan *s, int section, const struct conf_secret *x,
			    struct err *e)
{
	struct stat st;

	if (stat(c->file, &st) == 0 && st.st_mode & 077)
		return scan_fail(s, section, x->name, 0, e, "%s stands here, and others can read this file; run: chmod 600 %s, "
				 "or put it into a file of its own and write %s = \"...\"", x->name, c->file, x->file_name);
	return 0;
}

static int secret_from_file(const struct conf_secret *x, void *base, const struct scan *s, int section, struct err *e)
{
	const struct conf_option *o = conf_option(x->section, x->name);
	const char *path = *value_text_at(base, x->file), *text;
	char *line;
	struct err why;
	size_t bad;
	int rc = 0;

	line = secrets_line(path, &why);
	text = line;
	if (!line)
		return scan_fail(s, section, x->file_name, 0, e, "%s: %s", x->file_name, why.text);
	if (value_set(o, base, &text, 1, &bad, &why) < 0)
		rc = scan_fail(s, section, x->file_name, 0, e, "%s: in %s: %s", x->file_name, path, why.text);
	value_forget(line);
	return rc;
}

static int take_secret(struct conf *c, const struct scan *s, const struct conf_secret *x, void *base, int section,
		       struct err *e)
{
	bool here = **value_text_at(base, x->value), file = **value_text_at(base, x->file);

	if (here && file)
		return scan_fail(s, section, x->file_name, 0, e, "%s and %s are both given; keep one", x->name, x->file_name);
	if (here)
		return secret_in_config(c, s, section, x, e);
	if (file)
		return secret_from_file(x, base, s, section, e);
	if (x->needed)
		return scan_fail(s, section, "", 0, e, "%s has no %s; write it into a file that only root can read, and "
				 "here %s = \"/etc/oobmd/...\"", x->section, x->name, x->file_name);
	return 0;
}

static int take_secrets(struct conf *c, const struct scan *s, struct err *e)
{
	for (size_t i = 0; i < conf_nsecrets; i++) {
		const struct conf_section *sec = conf_sections;

		while (strcmp(sec->name, conf_secrets[i].section) != 0)
			sec++;
		for (size_t nth = 0; nth < conf_count(c, sec); nth++)
			if (take_secret(c, s, &conf_secrets[i], conf_at(c, sec, nth), scan_section(s, sec->name, nth), e) < 0)
				return -1;
	}
	return 0;
}

/* ---- modem ---- */

static int check_modem(const struct conf *c, const struct scan *s, struct err *e)
{
	const struct conf_modem *m = &c->modem;
	int at = scan_section(s, "modem", 0);

	if (at == SCAN_TOP)
		return scan_fail(s, at, "", 0, e, "there is no modem; add: modem { usb = \"12d1:1001\" }, with the id that "
				 "lsusb shows");
	if (!*m->usb && !*m->device)
		return scan_fail(s, at, "", 0, e, "modem: which one? Write usb = \"12d1:1001\" with the id that lsusb "
				 "shows, or device = \"/dev/...\"");
	if (*m->usb && *m->device)
		return scan_fail(s, at, "device", 0, e, "device and usb are both given; keep one (usb is found again under "
				 "any name)");
	if (*m->usb && *m->command_device)
		return scan_fail(s, at, "command-device", 0, e, "command-device goes with device; with usb write "
				 "command-interface = N");
	if (!*m->usb && m->data_interface >= 0)
		return scan_fail(s, at, "data-interface", 0, e, "data-interface goes with usb; device is the data port itself");
	if (!*m->usb && m->command_interface >= 0)
		return scan_fail(s, at, "command-interface", 0, e, "command-interface goes with usb; with device write "
				 "command-device = \"/dev/...\"");
	if (m->command_interface >= 0 && m->command_interface == m->data_interface)
		return scan_fail(s, at, "command-interface", 0, e, "command-interface is the data port; leave it out if there "
				 "is one port only");
	if (*m->command_device && strcmp(m->command_device, m->device) == 0)
		return scan_fail(s, at, "command-device", 0, e, "command-device is the data port; leave it out if there is "
				 "one port only");
	if ((*m->password || *m->password_file) && !*m->user)
		return scan_fail(s, at, *m->password ? "password" : "password-file", 0, e, "password without user; write "
				 "user = \"...\" too");
	return 0;
}

/* ---- owners ---- */

/* Who else has this number? A message must lead to one owner. */
static const char *also_has(const struct conf *c, size_t before, const char *number)
{
	for (size_t i = 0; i < before; i++)
		for (size_t k = 0; k < c->owner[i].nnumber; k++)
			if (strcmp(c->owner[i].number[k], number) == 0)
				return c->owner[i].name;
	return NULL;
}

static int check_owners(const struct conf *c, const struct scan *s, struct err *e)
{
	size_t numbers = 0;

	if (c->nowner == 0)
		return scan_fail(s, SCAN_TOP, "", 0, e, "there is no owner, so nobody could ever open a window; add: owner "
				 "\"me\" { number = \"+491701234567\" secret-file = \"/etc/oobmd/secret\" }");
	for (size_t i = 0; i < c->nowner; i++) {
		const struct conf_owner *o = &c->owner[i];
		int at = scan_section(s, "owner", i);

		if (o->nnumber == 0)
			return scan_fail(s, at, "", 0, e, "owner \"%s\" has no number; write number = \"+491701234567\"", o->name);
		for (size_t k = 0; k < o->nnumber; k++)
			if (also_has(c, i, o->number[k]))
				return scan_fail(s, at, "number", k, e, "number: %s is already owner \"%s\"'s", o->number[k],
						 also_has(c, i, o->number[k]));
		numbers += o->nnumber;
		if (numbers > NUMBERS_MAX)
			return scan_fail(s, at, "number", 0, e, "number: more than %d numbers in all", NUMBERS_MAX);
	}
	return 0;
}

/* ---- relays ---- */

static int take_key(struct conf_relay *r, const struct scan *s, int at, struct err *e)
{
	struct err why;

	free(r->key);
	r->key = secrets_key(r->key_file, &why);
	if (r->key)
		return 0;
	if (access(r->key_file, F_OK) < 0 && errno == ENOENT)
		return scan_fail(s, at, "key-file", 0, e, "relay \"%s\" has no key: there is no %s; make it: ssh-keygen -t ed25519 "
				 "-N '' -f %s", r->name, r->key_file, r->key_file);
	return scan_fail(s, at, "key-file", 0, e, "key-file: %s", why.text);
}

/* A file that a worker reads itself, as its unprivileged user. */
static int check_public_file(const char *path, struct err *e)
{
	struct stat st;
	struct buf b;
	int rc = secrets_read(path, TRUSTED_MAX, SECRETS_TRUSTED, &b, e);

	buf_free(&b);
	if (rc < 0)
		return -1;
	if (stat(path, &st) == 0 && !(st.st_mode & S_IROTH))
		return err_set(e, "%s cannot be read by the worker that needs it, and is no secret; run: chmod 644 %s", path,
			       path);
	return 0;
}

static int check_hostkey(struct conf_relay *r, const struct scan *s, int at, struct err *e)
{
	struct err why;

	if (*r->hostkey && *r->known_hosts)
		return scan_fail(s, at, "known-hosts", 0, e, "hostkey and known-hosts are both given; keep one");
	if (*r->hostkey)
		return 0;
	if (!*r->known_hosts) {
		free(r->known_hosts);
		r->known_hosts = strdup("/etc/oobmd/known_hosts");
		if (!r->known_hosts)
			return err_set(e, "out of memory");
		if (access(r->known_hosts, F_OK) < 0)
			return scan_fail(s, at, "", 0, e, "relay \"%s\": how is it known? Write hostkey = \"SHA256:...\" as "
					 "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` shows it on the relay, or put its key "
					 "into %s", r->name, r->known_hosts);
	}
	if (check_public_file(r->known_hosts, &why) < 0)
		return scan_fail(s, at, "known-hosts", 0, e, "known-hosts: %s", why.text);
	return 0;
}

static int check_forwards(const struct conf_relay *r, const struct scan *s, int at, struct err *e)
{
	for (size_t i = 0; i < r->nforward; i++) {
		long port = strtol(r->forward[i], NULL, 10);

		for (size_t k = 0; k < i; k++)
			if (strtol(r->forward[k], NULL, 10) == port)
				return scan_fail(s, at, "forward", i, e, "forward: port %ld of the relay is used by \"%s\" already", port,
						 r->forward[k]);
		if (port < 1024 && strcmp(r->user, "root") != 0)
			log_warn("%s:%d: forward: sshd lets only root listen on port %ld; expect it to be refused", s->file,
				 scan_line(s, at, "forward", i), port);
	}
	return 0;
}

static int check_relays(struct conf *c, const struct scan *s, struct err *e)
{
	if (c->nrelay == 0)
		return scan_fail(s, SCAN_TOP, "", 0, e, "there is no relay to meet at; add: relay \"relay\" { host = \"relay.example.org\" "
				 "hostkey = \"SHA256:...\" }");
	for (size_t i = 0; i < c->nrelay; i++) {
		struct conf_relay *r = &c->relay[i];
		int at = scan_section(s, "relay", i);

		if (!*r->host)
			return scan_fail(s, at, "", 0, e, "relay \"%s\" has no host; write host = \"relay.example.org\"", r->name);
		if (check_forwards(r, s, at, e) < 0 || check_hostkey(r, s, at, e) < 0 || take_key(r, s, at, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- the rest ---- */

static int check_push(const struct conf *c, const struct scan *s, struct err *e)
{
	const struct conf_push *p = &c->push;
	int at = scan_section(s, "pushover", 0);
	struct err why;

	if (!p->enabled)
		return 0;
	if (strstr(p->url, "//" CONF_PUSHOVER_HOST "/") && (strlen(p->token) != 30 || strlen(p->user) != 30))
		return scan_fail(s, at, "", 0, e, "pushover: %s has %zu characters, and those of Pushover have 30; copy it again "
				 "from pushover.net", strlen(p->token) != 30 ? "token" : "user",
				 strlen(p->token) != 30 ? strlen(p->token) : strlen(p->user));
	if (*p->ca_file && check_public_file(p->ca_file, &why) < 0)
		return scan_fail(s, at, "ca-file", 0, e, "ca-file: %s", why.text);
	return 0;
}

static int check_window(const struct conf *c, const struct scan *s, struct err *e)
{
	const struct conf_window *w = &c->window;
	int at = scan_section(s, "window", 0);
	char length[24], max[24];

	check_time_text(w->length, length, sizeof length);
	check_time_text(w->max, max, sizeof max);
	if (w->max < w->length)
		return scan_fail(s, at, "max", 0, e, "window: max (%s) is shorter than length (%s); write max = \"%s\" or more, "
				 "or a shorter length", max, length, length);
	if (w->warn >= w->length)
		return scan_fail(s, at, "warn", 0, e, "window: warn must be shorter than length (%s), as it counts back from the "
				 "end; 0 is for no warning", length);
	return 0;
}

static void warn_of_paths(const struct conf *c, const struct scan *s)
{
	if (access(c->pppd, X_OK) < 0)
		log_warn("%s: pppd %s: %s; no link can be opened before it is installed (package ppp)", s->file, c->pppd,
			 strerror(errno));
}

int rules_apply(struct conf *c, const struct scan *s, struct err *e)
{
	if (check_modem(c, s, e) < 0 || check_owners(c, s, e) < 0 || take_secrets(c, s, e) < 0 || check_relays(c, s, e) < 0 ||
	    check_push(c, s, e) < 0 || check_window(c, s, e) < 0 || rules_targets(c, s, e) < 0)
		return -1;
	warn_of_paths(c, s);
	return 0;
}
