#include "parent/parent.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char dir[] = "/tmp/oobm-notify.XXXXXX";
static int manager = -1;

static int listen_as_manager(void **state)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(sa.sun_path, sizeof sa.sun_path, "%s/s", dir);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	setenv("NOTIFY_SOCKET", sa.sun_path, 1);
	return bind(manager, (struct sockaddr *)&sa, sizeof sa);
}

static int clean(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof path, "%s/s", dir);
	close(manager);
	unlink(path);
	return rmdir(dir);
}

static void expect(const char *text)
{
	char got[1024] = "";
	ssize_t n = recv(manager, got, sizeof got - 1, 0);

	assert_true(n > 0);
	assert_string_equal(got, text);
}

static void what_is_said_arrives(void **state)
{
	(void)state;
	notify_systemd("READY=1");
	expect("READY=1");
	notify_alive("listening. Lab Mobile home -73 dBm");
	expect("WATCHDOG=1\nSTATUS=listening. Lab Mobile home -73 dBm");
}

/* The status is the agent's words: it may not become another assignment. */
static void a_status_is_one_line(void **state)
{
	(void)state;
	notify_alive("x\nMAINPID=1\rSTOPPING=1\177");
	expect("WATCHDOG=1\nSTATUS=x?MAINPID=1?STOPPING=1?");
}

static void a_long_status_is_cut(void **state)
{
	char status[2000], got[1024];

	(void)state;
	memset(status, 'x', sizeof status - 1);
	status[sizeof status - 1] = 0;
	notify_alive(status);
	assert_int_equal(recv(manager, got, sizeof got, 0), 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_arrives),
		cmocka_unit_test(a_status_is_one_line),
		cmocka_unit_test(a_long_status_is_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, listen_as_manager, clean);
}
