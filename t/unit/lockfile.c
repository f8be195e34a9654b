#include "os/os.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static char dir[] = "/tmp/oobm-lock.XXXXXX", path[64];

static void write_lock(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void the_file_of_a_live_process_counts(void **state)
{
	char text[32];

	(void)state;
	assert_int_equal(os_lock_file_holder(path, 0), 0);	/* there is none */
	snprintf(text, sizeof text, "%10d\n", (int)getpid());
	write_lock(text);
	assert_int_equal(os_lock_file_holder(path, 0), getpid());
	snprintf(text, sizeof text, "%d minicom", (int)getpid());
	write_lock(text);
	assert_int_equal(os_lock_file_holder(path, 0), getpid());
	unlink(path);
}

static void nonsense_does_not(void **state)
{
	static const char *const texts[] = { "", "0\n", "-1\n", "x", "999999999999999999999\n", "4194305\n", "\n\n\n" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		write_lock(texts[i]);
		assert_int_equal(os_lock_file_holder(path, 0), 0);
	}
	unlink(path);
}

static void a_fifo_keeps_nobody_waiting(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(path, 0666), 0);
	assert_int_equal(os_lock_file_holder(path, 0), 0);
	unlink(path);
}

static void a_link_is_not_followed(void **state)
{
	char target[96], text[32];

	(void)state;
	snprintf(text, sizeof text, "%10d\n", (int)getpid());
	write_lock(text);
	snprintf(target, sizeof target, "%s.target", path);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(os_lock_file_holder(path, 0), 0);
	unlink(path);
	unlink(target);
}

static void a_strangers_file_does_not_count(void **state)
{
	char text[32];

	(void)state;
	if (getuid() != 0) {
		print_message("only root can give a file away\n");
		return;
	}
	snprintf(text, sizeof text, "%10d\n", (int)getpid());
	write_lock(text);
	assert_int_equal(chown(path, NOBODY, NOBODY), 0);
	assert_int_equal(os_lock_file_holder(path, 0), 0);	/* nobody is not in root's group */
	unlink(path);
}

static int make(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/LCK..ttyUSB0", dir);
	alarm(10);	/* for who waits on a FIFO */
	return 0;
}

static int clean(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_of_a_live_process_counts),
		cmocka_unit_test(nonsense_does_not),
		cmocka_unit_test(a_fifo_keeps_nobody_waiting),
		cmocka_unit_test(a_link_is_not_followed),
		cmocka_unit_test(a_strangers_file_does_not_count),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make, clean);
}
