/* State files: whole or not at all, whatever lies where they are to be written. */
#include "run/state.h"
#include "base/log.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char dir[64];

static char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", dir, name);
	return path;
}

static int write_number(int64_t n)
{
	struct err e = { "" };
	struct msg_out o;
	struct buf b;
	int rc;

	buf_init(&b, 1000);
	msg_begin(&o, &b, "number");
	msg_num(&o, "n", n);
	assert_int_equal(msg_end(&o), 0);
	rc = state_write(dir, "state", &b, &e);
	if (rc < 0)
		print_message("%s\n", e.text);
	buf_free(&b);
	return rc;
}

static void take(void *arg, const struct msg *m)
{
	assert_string_equal(m->verb, "number");
	assert_int_equal(msg_int(m, "n", 0, INT64_MAX, arg), 0);
}

/* The number, or -1 for a damaged file, -2 for none. */
static int64_t read_number(void)
{
	struct err e;
	int64_t n = -2;

	return state_read(dir, "state", take, &n, &e) < 0 ? -1 : n;
}

static bool there(const char *name)
{
	struct stat st;

	return lstat(path_of(name), &st) == 0;
}

static void what_was_written_is_read(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(read_number(), -2);
	assert_int_equal(write_number(1), 0);
	assert_int_equal(read_number(), 1);
	assert_int_equal(write_number(2), 0);
	assert_int_equal(read_number(), 2);
	assert_int_equal(stat(path_of("state"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_false(there("state.new"));
	assert_int_equal(state_remove(dir, "state", NULL), 0);
	assert_int_equal(state_remove(dir, "state", NULL), 0);
	assert_int_equal(read_number(), -2);
}

/* Cut at any place, or with any byte changed, it is set aside. */
static void damage_is_seen(void **state)
{
	char whole[256];
	FILE *f;
	size_t n;

	(void)state;
	assert_int_equal(write_number(7), 0);
	f = fopen(path_of("state"), "r");
	n = fread(whole, 1, sizeof whole, f);
	fclose(f);
	assert_in_range(n, 20, sizeof whole - 1);
	for (size_t i = 0; i < 2 * n; i++) {
		size_t len = i < n ? i : n;

		f = fopen(path_of("state"), "w");
		whole[i % n] ^= i < n ? 0 : 1;
		assert_int_equal(fwrite(whole, 1, len, f), len);
		whole[i % n] ^= i < n ? 0 : 1;
		fclose(f);
		assert_int_equal(read_number(), -1);
		assert_false(there("state"));
		assert_true(there("state.bad"));
	}
	unlink(path_of("state.bad"));
}

static void put_socket(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(sa.sun_path, sizeof sa.sun_path, "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	close(fd);
}

static void put_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0);

	assert_int_equal(write(fd, "junk", 4), 4);
	close(fd);
}

static void put_link(const char *path)
{
	assert_int_equal(symlink("/dev/null", path), 0);
}

static void put_fifo(const char *path)
{
	assert_int_equal(mkfifo(path, 0600), 0);
}

/* A crash leaves a file; another process of the same user can leave a socket, even where it may not write. */
static void what_lies_in_the_way_is_taken_away(void **state)
{
	static void (*const put[])(const char *path) = { put_file, put_link, put_fifo, put_socket };

	(void)state;
	alarm(10);
	for (size_t i = 0; i < sizeof put / sizeof *put; i++) {
		put[i](path_of("state.new"));
		assert_int_equal(write_number((int64_t)i), 0);
		assert_int_equal(read_number(), (int64_t)i);
		assert_false(there("state.new"));
	}
	alarm(0);
}

static void what_is_no_file_is_not_waited_for(void **state)
{
	(void)state;
	alarm(10);
	assert_int_equal(state_remove(dir, "state", NULL), 0);
	put_fifo(path_of("state"));
	assert_int_equal(read_number(), -1);
	assert_int_equal(write_number(3), 0);
	assert_int_equal(read_number(), 3);
	alarm(0);
}

static void put_huge_file(const char *path)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (size_t i = 0; i < STATE_FILE_MAX + 8192; i++)
		fputc(i % 64 == 63 ? '\n' : 'x', f);
	assert_int_equal(fclose(f), 0);
}

static void put_dir(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

/* Or it would be found, and told, at each start. */
static void what_can_be_no_state_is_set_aside_too(void **state)
{
	static void (*const put[])(const char *path) = { put_huge_file, put_link, put_fifo, put_socket, put_dir };

	(void)state;
	alarm(10);
	for (size_t i = 0; i < sizeof put / sizeof *put; i++) {
		assert_int_equal(state_remove(dir, "state", NULL), 0);
		unlink(path_of("state.bad"));
		put[i](path_of("state"));
		assert_int_equal(read_number(), -1);
		assert_false(there("state"));
		assert_true(there("state.bad"));
		assert_int_equal(read_number(), -2);
	}
	rmdir(path_of("state.bad"));
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read),
		cmocka_unit_test(damage_is_seen),
		cmocka_unit_test(what_lies_in_the_way_is_taken_away),
		cmocka_unit_test(what_is_no_file_is_not_waited_for),
		cmocka_unit_test(what_can_be_no_state_is_set_aside_too),
	};
	char command[128];
	int rc;

	strcpy(dir, "/tmp/oobm-state.XXXXXX");
	if (!mkdtemp(dir))
		return 1;
	log_set_level(LOG_LEVEL_ERROR);
	rc = TAP_RUN(tests);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command) == 0 ? rc : 1;
}
