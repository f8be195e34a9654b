#include "shell/key.h"

#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Keys and what `ssh-keygen -l` says of them. */
#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC3EGDJ0OOeNCeBzaUaIUq/0ctcTovo2+Cv4kT2xsTU/"
#define ED25519_SUM "SHA256:7debXLOUgKE2VuaYC7cMwkWe3Oc9gb3AbLftB/bwBDI"
#define ECDSA "ecdsa-sha2-nistp256 "								\
	"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKMpVLvawEonwrU0rK"	\
	"fNB4d0HLSatO3jl8cm648ZcHmUVbvjgI4op60VchYGlSOyuDjGEfrLldEMv1cGB5usgs4="
#define ECDSA_SUM "SHA256:nHMWaZ2ENhnUgY2EWHEwX4AN3RfiZZ9Xa8p099Q9kyk"

static void the_first_key_counts(void **state)
{
	static const struct { const char *text, *key; } cases[] = {
		{ "publickey " ED25519 "\n", ED25519_SUM }, { "publickey " ECDSA, ECDSA_SUM },
		{ "publickey " ECDSA "\npublickey " ED25519 "\n", ECDSA_SUM }, { "publickey " ED25519 " ada@home\n", ED25519_SUM },
		{ "password\npublickey " ED25519 "\n", ED25519_SUM }, { "", NULL }, { "password\n", NULL }, { "publickey", NULL },
		{ "publickey ssh-ed25519", NULL }, { "publickey ssh-ed25519 ", NULL }, { "publickey ssh-ed25519 AAAA\n", NULL },
		{ ED25519 "\n", NULL }, { " publickey " ED25519, NULL },
		/* the type inside is another; a letter that is none */
		{ "publickey ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIC3EGDJ0OOeNCeBzaUaIUq/0ctcTovo2+Cv4kT2xsTU/", NULL },
		{ "publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5!AAAIC3EGDJ0OOeNCeBzaUaIUq/0ctcTovo2+Cv4kT2xsTU/", NULL },
		{ "publickey ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char key[RIGHTS_KEY_MAX] = "";
		struct err e = { "" };
		int rc = key_fingerprint(cases[i].text, strlen(cases[i].text), key, &e);

		if (rc != (cases[i].key ? 0 : -1) || (rc == 0 ? strcmp(key, cases[i].key) != 0 : !e.text[0]))
			fail_msg("%s: got %s %s", cases[i].text, key, e.text);
	}
}

static void a_key_as_long_as_they_get_is_taken_and_a_longer_one_is_not(void **state)
{
	static char text[40000] = "publickey ssh-rsa AAAAB3NzaC1yc2EA";
	char key[RIGHTS_KEY_MAX];
	size_t len = strlen(text);
	struct err e;

	(void)state;
	memset(text + len, 'A', sizeof text - len);
	assert_int_equal(key_fingerprint(text, 20000, key, &e), 0);
	assert_true(rights_key_ok(key));
	assert_int_equal(key_fingerprint(text, sizeof text, key, &e), -1);
}

static void a_file_is_believed_only_if_it_can_be_sshds(void **state)
{
	char dir[] = "/tmp/oobm-key.XXXXXX", path[64], link[64], key[RIGHTS_KEY_MAX];
	struct err e;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/auth", dir);
	snprintf(link, sizeof link, "%s/link", dir);
	assert_int_equal(key_from_file(path, key, &e), -1);
	assert_non_null(strstr(e.text, path));
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("publickey " ED25519 "\n", f);
	fclose(f);
	assert_int_equal(key_from_file(path, key, &e), 0);
	assert_string_equal(key, ED25519_SUM);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(key_from_file(link, key, &e), -1);
	unlink(link);
	assert_int_equal(mkfifo(link, 0600), 0);
	assert_int_equal(key_from_file(link, key, &e), -1);
	assert_int_equal(key_from_file(dir, key, &e), -1);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(key_from_file(path, key, &e), -1);
	}
	unlink(link);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_key_counts),
		cmocka_unit_test(a_key_as_long_as_they_get_is_taken_and_a_longer_one_is_not),
		cmocka_unit_test(a_file_is_believed_only_if_it_can_be_sshds),
	};

	return TAP_RUN(tests);
}
