#include "conf/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define KEY_MAX_BYTES 4096

static int check_stat(const char *path, const struct stat *st, size_t max, enum secrets_care care, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, "%s is %s, not a regular file", path,
			       S_ISDIR(st->st_mode) ? "a directory" : S_ISFIFO(st->st_mode) ? "a pipe" : "a device");
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return err_set(e, "%s belongs to another user (%ld); run: chown root %s", path, (long)st->st_uid, path);
	if (care == SECRETS_PRIVATE && st->st_mode & 077)
		return err_set(e, "%s can be read or changed by others (mode %04o); run: chmod 600 %s", path,
			       (unsigned)st->st_mode & 07777, path);
	if (st->st_mode & 022)
		return err_set(e, "%s can be changed by others (mode %04o); run: chmod go-w %s", path,
			       (unsigned)st->st_mode & 07777, path);
	if (st->st_size == 0)
		return err_set(e, "%s is empty", path);
	if ((uintmax_t)st->st_size > max)
		return err_set(e, "%s has %jd bytes, at most %zu are expected; is it the right file?", path,
			       (intmax_t)st->st_size, max);
	return 0;
}

static int read_all(int fd, const char *path, struct buf *into, struct err *e)
{
	char tmp[1024];
	ssize_t n;

	while ((n = read(fd, tmp, sizeof tmp)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "%s", path);
		if (buf_add(into, tmp, (size_t)n) < 0)
			return err_set(e, "%s grew while it was read, or memory is out", path);
		wipe(tmp, (size_t)n);
	}
	if (into->len == 0)
		return err_set(e, "%s is empty", path);
	if (memchr(into->data, 0, into->len))
		return err_set(e, "%s has a NUL byte: it is no text", path);
	return 0;
}

int secrets_read(const char *path, size_t max, enum secrets_care care, struct buf *into, struct err *e)
{
	/* non-blocking, as opening a pipe would wait for its writer */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), rc = -1;
	struct stat st;

	buf_init(into, max);
	if (fd < 0)
		return err_sys(e, "%s", path);
	if (fstat(fd, &st) < 0)
		err_sys(e, "%s", path);
	else if (check_stat(path, &st, max, care, e) == 0)
		rc = read_all(fd, path, into, e);
	close(fd);
	return rc;
}

char *secrets_line(const char *path, struct err *e)
{
	struct buf b;
	char *line = NULL;
	size_t n;

	if (secrets_read(path, LINE_MAX_BYTES, SECRETS_PRIVATE, &b, e) < 0)
		goto out;
	n = b.len;
	if (b.data[n - 1] == '\n')
		n--;
	if (n > 0 && b.data[n - 1] == '\r')
		n--;
	if (n == 0)
		err_set(e, "%s has an empty line only", path);
	else if (memchr(b.data, '\n', n))
		err_set(e, "%s has more than one line; it should be the secret and nothing else", path);
	else if (!(line = strndup(b.data, n)))
		err_set(e, "out of memory");
out:
	buf_free(&b);
	return line;
}

/* ---- private keys: PROTOCOL.key of OpenSSH ---- */

static const char key_begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----";
static const char key_end[] = "-----END OPENSSH PRIVATE KEY-----";

static int base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* Decodes base64 up to the first byte that is none, over line breaks. Returns the bytes. */
static size_t base64(const char *text, unsigned char *out, size_t max)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (; *text && n < max; text++) {
		int d = base64_digit(*text);

		if (d < 0 && (*text == '\n' || *text == '\r'))
			continue;
		if (d < 0)
			break;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = (unsigned char)(bits >> have);
		}
	}
	return n;
}

/* Takes a string with its 32-bit length in front; returns its length, or SIZE_MAX if it is cut short. */
static size_t take_string(const unsigned char **p, const unsigned char *end, const char **s)
{
	uint32_t n;

	if (end - *p < 4)
		return SIZE_MAX;
	n = (uint32_t)(*p)[0] << 24 | (uint32_t)(*p)[1] << 16 | (uint32_t)(*p)[2] << 8 | (*p)[3];
	*p += 4;
	if ((size_t)(end - *p) < n)
		return SIZE_MAX;
	*s = (const char *)*p;
	*p += n;
	return n;
}

static int check_key_body(const char *path, const unsigned char *p, size_t n, struct err *e)
{
	static const char magic[] = "openssh-key-v1";
	const unsigned char *end = p + n;
	const char *s;
	size_t len;

	if (n < sizeof magic || memcmp(p, magic, sizeof magic) != 0)
		return err_set(e, "%s is no key of OpenSSH, or damaged", path);
	p += sizeof magic;
	len = take_string(&p, end, &s);
	if (len != SIZE_MAX && (len != 4 || memcmp(s, "none", 4) != 0))
		return err_set(e, "%s has a passphrase, and nobody is there to type it; take it off: "
				  "ssh-keygen -p -N '' -f %s", path, path);
	if (len == SIZE_MAX || take_string(&p, end, &s) == SIZE_MAX || take_string(&p, end, &s) == SIZE_MAX ||
	    end - p < 8)
		return err_set(e, "%s is cut short", path);
	p += 8;	/* number of keys, length of the public key, whose first field is its type */
	len = take_string(&p, end, &s);
	if (len != 11 || memcmp(s, "ssh-ed25519", 11) != 0)
		return err_set(e, "%s is no ed25519 key; make one: ssh-keygen -t ed25519 -N '' -f NEWFILE", path);
	return 0;
}

static int check_key(const char *path, const char *text, struct err *e)
{
	unsigned char raw[256];
	size_t n;
	int rc;

	if (strncmp(text, "ssh-", 4) == 0)
		return err_set(e, "%s is a public key; name the private one, whose file has no .pub", path);
	if (strncmp(text, key_begin, strlen(key_begin)) != 0)
		return err_set(e, "%s is no private key in OpenSSH's format; make one: ssh-keygen -t ed25519 -N '' -f %s",
			       path, path);
	if (!strstr(text, key_end))
		return err_set(e, "%s is cut short: its last line is missing", path);
	n = base64(text + strlen(key_begin), raw, sizeof raw);
	rc = check_key_body(path, raw, n, e);
	wipe(raw, sizeof raw);
	return rc;
}

char *secrets_key(const char *path, struct err *e)
{
	struct buf b;
	char *key = NULL;

	if (secrets_read(path, KEY_MAX_BYTES, SECRETS_PRIVATE, &b, e) < 0)
		goto out;
	key = strndup(b.data, b.len);
	if (!key) {
		err_set(e, "out of memory");
	} else if (check_key(path, key, e) < 0) {
		wipe(key, b.len);
		free(key);
		key = NULL;
	}
out:
	buf_free(&b);
	return key;
}
