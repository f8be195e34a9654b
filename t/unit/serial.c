#include "config.h"

#include "tap.h"

#include "run/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct pair {
	int master;
	char path[64];
};

static int pair_up(void **state)
{
	static struct pair p;

	p.master = posix_openpt(O_RDWR | O_NOCTTY);
	if (p.master < 0 || grantpt(p.master) < 0 || unlockpt(p.master) < 0)
		return -1;
	snprintf(p.path, sizeof p.path, "%s", ptsname(p.master));
	*state = &p;
	return 0;
}

static int pair_down(void **state)
{
	struct pair *p = *state;

	if (p->master >= 0)
		close(p->master);
	return 0;
}

/* Waits for what the other end wrote, at most 2 s. */
static ssize_t read_soon(struct serial *s, char *p, size_t n)
{
	struct pollfd f = { serial_fd(s), POLLIN, 0 };

	poll(&f, 1, 2000);
	return serial_read(s, p, n);
}

static void bytes_pass_unchanged_both_ways(void **state)
{
	struct pair *p = *state;
	unsigned char all[256], got[256];
	struct serial *s;
	struct err e;

	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (unsigned char)i;
	s = serial_open(p->path, 115200, &e);
	assert_non_null(s);
	assert_int_equal(serial_write(s, all, sizeof all), sizeof all);
	assert_int_equal(read(p->master, got, sizeof got), sizeof got);
	assert_memory_equal(got, all, sizeof all);
	assert_int_equal(write(p->master, all, sizeof all), sizeof all);
	assert_int_equal(read_soon(s, (char *)got, sizeof got), sizeof got);
	assert_memory_equal(got, all, sizeof all);
	serial_close(s);
}

static void an_empty_queue_is_told_from_a_lost_port(void **state)
{
	struct pair *p = *state;
	struct serial *s = serial_open(p->path, 115200, NULL);
	char c;
	int fd;

	assert_non_null(s);
	assert_int_equal(serial_read(s, &c, 1), 0);
	fd = serial_fd(s);
	close(p->master);
	p->master = -1;
	assert_int_equal(serial_read(s, &c, 1), -1);
	assert_int_equal(serial_write(s, "x", 1), -1);
	assert_int_equal(serial_take_back(s), -1);
	/* a watch may still be on it */
	assert_int_equal(serial_fd(s), fd);
	assert_true(fcntl(fd, F_GETFD) >= 0);
	assert_int_equal(serial_read(s, &c, 1), -1);
	assert_int_equal(serial_write(s, "x", 1), -1);
	serial_close(s);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void a_full_queue_is_no_error(void **state)
{
	struct pair *p = *state;
	struct serial *s = serial_open(p->path, 115200, NULL);
	char block[4096] = "";
	ssize_t n = 1;
	size_t sum = 0;

	assert_non_null(s);
	while (n > 0 && sum < 10 << 20) {
		n = serial_write(s, block, sizeof block);
		sum += (size_t)(n > 0 ? n : 0);
	}
	assert_int_equal(n, 0);
	serial_close(s);
}

static void a_link_is_followed_to_the_port(void **state)
{
	struct pair *p = *state;
	char dir[] = "/tmp/oobm-serial.XXXXXX", link[64];
	struct serial *s;

	assert_non_null(mkdtemp(dir));
	snprintf(link, sizeof link, "%s/modem", dir);
	assert_int_equal(symlink(p->path, link), 0);
	s = serial_open(link, 115200, NULL);
	assert_non_null(s);
	assert_string_equal(serial_path(s), p->path);
	assert_true(fcntl(serial_fd(s), F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(serial_fd(s), F_GETFL) & O_NONBLOCK);
	serial_close(s);
	unlink(link);
	rmdir(dir);
}

static void a_second_user_is_refused_and_told_who_has_it(void **state)
{
	struct pair *p = *state;
	struct serial *s = serial_open(p->path, 115200, NULL);
	char mine[32];
	struct err e;

	assert_non_null(s);
	assert_null(serial_open(p->path, 115200, &e));
	assert_non_null(strstr(e.text, "in use"));
	snprintf(mine, sizeof mine, "process %d", getpid());
	/* only Linux tells who holds a flock; root is not kept out by TIOCEXCL, so the flock is what refuses */
	if (access("/proc/locks", R_OK) == 0 && geteuid() == 0)
		assert_non_null(strstr(e.text, mine));
	serial_close(s);
	s = serial_open(p->path, 115200, &e);
	assert_non_null(s);
	serial_close(s);
}

static void what_cannot_be_opened_is_explained(void **state)
{
	static const struct { const char *path, *text; } cases[] = {
		{ "/dev/ttyNONE9", "no such port" },
		{ "/dev/null", "not a serial port" },
		{ "/", "/: " },
		{ "", "no such port" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { "" };

		assert_null(serial_open(cases[i].path, 115200, &e));
		if (!strstr(e.text, cases[i].text))
			fail_msg("'%s': %s", cases[i].path, e.text);
	}
	serial_close(NULL);
}

static void a_port_taken_back_is_raw_and_empty(void **state)
{
	struct pair *p = *state;
	struct serial *s = serial_open(p->path, 115200, NULL);
	struct termios t;
	char c, got[8];

	assert_non_null(s);
	serial_lend(s);
	assert_int_equal(tcgetattr(serial_fd(s), &t), 0);
	t.c_lflag |= ECHO | ICANON;
	t.c_cc[VMIN] = 0;
	assert_int_equal(tcsetattr(serial_fd(s), TCSANOW, &t), 0);
	assert_int_equal(write(p->master, "stale\n", 6), 6);
	assert_int_equal(serial_take_back(s), 0);
	assert_int_equal(serial_read(s, &c, 1), 0);
	assert_int_equal(write(p->master, "\x11\r", 2), 2);
	assert_int_equal(read_soon(s, got, sizeof got), 2);
	assert_memory_equal(got, "\x11\r", 2);
	serial_close(s);
}

static void a_pseudo_terminal_has_no_lines(void **state)
{
	struct pair *p = *state;
	struct serial *s = serial_open(p->path, 115200, NULL);

	assert_non_null(s);
	serial_set_dtr(s, false);
	assert_int_equal(serial_dcd(s), -1);
	serial_close(s);
}

static void options_are_set_or_refused(void **state)
{
	static const struct { struct serial_options o; const char *error; } cases[] = {
		{ { .speed = 9600, .data_bits = 8, .stop_bits = 1 }, NULL },
		{ { .speed = 921600, .data_bits = 8, .stop_bits = 2, .flow = SERIAL_FLOW_XONXOFF }, NULL },
		{ { .speed = 0, .parity = SERIAL_PARITY_EVEN, .data_bits = 7, .stop_bits = 1 }, NULL },
		{ { .speed = 12345, .data_bits = 8, .stop_bits = 1 }, "cannot be set to 12345 bit/s, 8N1" },
		{ { .speed = 12345, .parity = SERIAL_PARITY_ODD, .data_bits = 7, .stop_bits = 2 }, "12345 bit/s, 7O2" },
		{ { .speed = 9600, .data_bits = 9, .stop_bits = 1 }, "9 data bits" },
		{ { .speed = 9600, .data_bits = 8, .stop_bits = 0 }, "0 stop bits" },
	};
	struct pair *p = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { "" };
		struct serial *s = serial_open_as(p->path, &cases[i].o, &e);
		struct termios t;

		if (!s != (cases[i].error != NULL) || !strstr(e.text, cases[i].error ? cases[i].error : ""))
			fail_msg("%zu: %s", i, e.text);
		if (s) {
			assert_int_equal(tcgetattr(serial_fd(s), &t), 0);
			assert_int_equal((t.c_iflag & IXON) != 0, cases[i].o.flow == SERIAL_FLOW_XONXOFF);
			assert_int_equal(t.c_cflag & HUPCL, 0);
		}
		serial_close(s);
	}
}

static void a_pseudo_terminal_takes_no_break(void **state)
{
	struct pair *p = *state;
	struct serial *s = serial_open(p->path, 115200, NULL);

	assert_non_null(s);
	assert_int_equal(serial_set_break(s, true), -1);
	assert_int_equal(serial_unsent(s), 0);
	serial_close(s);
}

static void a_device_that_is_not_there_is_named(void **state)
{
	static const struct { const char *id; int interface; const char *text; } cases[] = {
		{ "modem", -1, "is no USB id" }, { "12d1", 0, "is no USB id" }, { "12d1:1001x", 0, "is no USB id" },
		{ "fffe:fffe", -1, "no serial port of USB device fffe:fffe;" },
		{ "fffe:fffe:SER", 2, "USB device fffe:fffe:SER with interface 2;" },
	};
	char path[SERIAL_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err e = { "" };

		assert_int_equal(serial_find(cases[i].id, cases[i].interface, path, sizeof path, &e), -1);
		if (!strstr(e.text, cases[i].text))
			fail_msg("'%s': %s", cases[i].id, e.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bytes_pass_unchanged_both_ways, pair_up, pair_down),
		cmocka_unit_test_setup_teardown(an_empty_queue_is_told_from_a_lost_port, pair_up, pair_down),
		cmocka_unit_test_setup_teardown(a_full_queue_is_no_error, pair_up, pair_down),
		cmocka_unit_test_setup_teardown(a_link_is_followed_to_the_port, pair_up, pair_down),
		cmocka_unit_test_setup_teardown(a_second_user_is_refused_and_told_who_has_it, pair_up, pair_down),
		cmocka_unit_test(what_cannot_be_opened_is_explained),
		cmocka_unit_test_setup_teardown(a_port_taken_back_is_raw_and_empty, pair_up, pair_down),
		cmocka_unit_test_setup_teardown(a_pseudo_terminal_has_no_lines, pair_up, pair_down),
		cmocka_unit_test_setup_teardown(options_are_set_or_refused, pair_up, pair_down),
		cmocka_unit_test_setup_teardown(a_pseudo_terminal_takes_no_break, pair_up, pair_down),
		cmocka_unit_test(a_device_that_is_not_there_is_named),
	};

	return TAP_RUN(tests);
}
