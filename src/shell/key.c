#include "shell/key.h"

#include <sys/types.h>

#include <fcntl.h>
#include <sha256.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX 65536
#define BLOB_MAX 16384

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* RFC 4648 4. Returns the number of bytes, or 0 if it is not well-formed or does not fit. */
static size_t decode(const char *s, size_t len, uint8_t *out, size_t size)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	while (len > 0 && s[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++) {
		const char *p = s[i] ? strchr(base64, s[i]) : NULL;

		if (!p)
			return 0;
		bits = bits << 6 | (uint32_t)(p - base64);
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (n == size)
			return 0;
		out[n++] = (uint8_t)(bits >> have);
	}
	return n;
}

/* The 32 bytes as 43 characters, without the = at the end, as OpenSSH writes it. */
static void encode(const uint8_t sum[SHA256_DIGEST_LENGTH], char *out)
{
	for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i += 3) {
		uint32_t b = (uint32_t)sum[i] << 16 | (uint32_t)sum[i + 1] << 8;

		b |= i + 2 < SHA256_DIGEST_LENGTH ? sum[i + 2] : 0;
		*out++ = base64[b >> 18];
		*out++ = base64[b >> 12 & 63];
		*out++ = base64[b >> 6 & 63];
		if (i + 2 < SHA256_DIGEST_LENGTH)
			*out++ = base64[b & 63];
	}
	*out = 0;
}

/* RFC 4253 6.6: a key's blob begins with the name of its type. */
static int fingerprint(const char *type, size_t type_len, const char *text, size_t len, char out[RIGHTS_KEY_MAX], struct err *e)
{
	uint8_t blob[BLOB_MAX], sum[SHA256_DIGEST_LENGTH];
	size_t n = decode(text, len, blob, sizeof blob);
	SHA256_CTX ctx;

	if (n < 4 + type_len || blob[0] || blob[1] || ((size_t)blob[2] << 8 | blob[3]) != type_len ||
	    memcmp(blob + 4, type, type_len) != 0)
		return err_set(e, "sshd's note of how you logged in has a key that is damaged");
	SHA256_Init(&ctx);
	SHA256_Update(&ctx, blob, n);
	SHA256_Final(sum, &ctx);
	memcpy(out, "SHA256:", 7);
	encode(sum, out + 7);
	return 0;
}

int key_fingerprint(const char *text, size_t len, char out[RIGHTS_KEY_MAX], struct err *e)
{
	static const char method[] = "publickey ";

	while (len > 0) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len, m = sizeof method - 1;
		const char *type = text + m, *blank;

		if (n > m && memcmp(text, method, m) == 0 && (blank = memchr(type, ' ', n - m))) {
			const char *key = blank + 1;
			size_t key_len = (size_t)(text + n - key);
			const char *end = memchr(key, ' ', key_len);

			if (memmem(type, (size_t)(blank - type), "-cert-", 6))
				return err_set(e, "you logged in with a certificate; operators are known by their plain keys only");
			return fingerprint(type, (size_t)(blank - type), key, end ? (size_t)(end - key) : key_len, out, e);
		}
		text += nl ? n + 1 : n;
		len -= nl ? n + 1 : n;
	}
	return err_set(e, "you did not log in with a key");
}

int key_from_file(const char *path, char out[RIGHTS_KEY_MAX], struct err *e)
{
	char text[FILE_MAX];
	struct stat st;
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return err_sys(e, "sshd's note of how you logged in, %s, cannot be read", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid()) {
		close(fd);
		return err_set(e, "%s is not sshd's note of how you logged in", path);
	}
	while (len < sizeof text && (n = read(fd, text + len, sizeof text - len)) > 0)
		len += (size_t)n;
	close(fd);
	return key_fingerprint(text, len, out, e);
}
