/* The input is a config file, in which "@/" stands for a directory with the files that it may name. */
#include "fuzz.h"

#include "base/log.h"
#include "conf/conf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[][2] = {
	{ "secret", "correct horse battery\n" },
	{ "known", "relay.example.org ssh-ed25519 AAAA\n" },
	{ "key", "-----BEGIN OPENSSH PRIVATE KEY-----\n"
		 "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNT\n"
		 "UxOQAAACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n"
		 "-----END OPENSSH PRIVATE KEY-----\n" },
	{ "conf", "" },
};

static char dir[] = "/tmp/oobm-fuzz-XXXXXX";
static char conf_path[64];

static void put(const char *path, const void *p, size_t n)
{
	int fd;

	unlink(path);	/* rather than O_TRUNC, after which ext4 writes to the disk at once */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	require(fd >= 0);
	require(write(fd, p, n) == (ssize_t)n);
	close(fd);
}

static void clean_up(void)
{
	char path[64];

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, files[i][0]);
		unlink(path);
	}
	rmdir(dir);
}

static void set_up(void)
{
	char path[64];

	if (conf_path[0])
		return;
	log_set_level(LOG_LEVEL_ERROR);
	require(mkdtemp(dir));
	atexit(clean_up);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, files[i][0]);
		put(path, files[i][1], strlen(files[i][1]));
		require(chmod(path, strcmp(files[i][0], "known") ? 0600 : 0644) == 0);
	}
	snprintf(conf_path, sizeof conf_path, "%s/conf", dir);
}

static void put_config(const uint8_t *data, size_t size)
{
	static char text[65536];
	size_t n = 0;

	for (size_t i = 0; i < size && n + sizeof dir < sizeof text; i++)
		if (data[i] == '@' && i + 1 < size && data[i + 1] == '/')
			n += (size_t)snprintf(text + n, sizeof text - n, "%s", dir);
		else
			text[n++] = (char)data[i];
	put(conf_path, text, n);
}

static char *dump(const struct conf *c)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	require(f);
	conf_dump(c, f);
	fclose(f);
	return text;
}

/* What every user of a config relies on. */
static void check_promises(const struct conf *c)
{
	require(c->nowner > 0 && c->nowner <= CONF_OWNERS_MAX && c->nrelay > 0 && c->nrelay <= CONF_RELAYS_MAX);
	require(!*c->modem.usb != !*c->modem.device);
	for (size_t i = 0; i < c->nowner; i++) {
		require(c->owner[i].nnumber > 0 && strlen(c->owner[i].secret) >= 12);
		for (size_t k = 0; k < c->owner[i].nnumber; k++)
			require(c->owner[i].number[k][0] == '+' &&
				strspn(c->owner[i].number[k] + 1, "0123456789") == strlen(c->owner[i].number[k] + 1));
	}
	for (size_t i = 0; i < c->nrelay; i++) {
		require(*c->relay[i].host && *c->relay[i].key && c->relay[i].port > 0);
		require(!*c->relay[i].hostkey != !*c->relay[i].known_hosts);
		require(c->relay[i].nforward > 0 && c->relay[i].nforward <= CONF_FORWARDS_MAX);
	}
	require(c->window.length >= 60000 && c->window.max >= c->window.length && c->window.warn < c->window.length);
	require(c->window.tries >= 1);
	require(strncmp(c->push.url, "https://", 8) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { "" };
	struct conf *c;
	char *first, *second;

	set_up();
	put_config(data, size);
	c = conf_load(conf_path, &e);
	if (!c) {
		/* an error says where, in one line */
		require(strncmp(e.text, conf_path, strlen(conf_path)) == 0 && e.text[strlen(conf_path)]);
		require(!strpbrk(e.text, "\r\n"));
		return 0;
	}
	check_promises(c);
	first = dump(c);
	conf_free(c);
	if (!strstr(first, "'***'")) {
		put(conf_path, first, strlen(first));
		c = conf_load(conf_path, &e);
		if (!c)
			fprintf(stderr, "%s\n%s", e.text, first);
		require(c);
		second = dump(c);
		require(strcmp(first, second) == 0);
		free(second);
		conf_free(c);
	}
	free(first);
	return 0;
}
