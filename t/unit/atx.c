/* The lab's server: what the tests of power and console rely on. */
#include "tap.h"

#include "../lab/server/atx.h"
#include "../lab/server/line.h"

#include <stdio.h>
#include <string.h>

static struct atx a;
static int64_t now;
static char screen[65536];
static size_t nscreen;

/* Lets time pass, reading all that the server says. */
static void pass(int64_t ms)
{
	now += ms * ATX_MS;
	atx_run(&a, now);
	while (atx_talks(&a) && nscreen < sizeof screen - 1)
		nscreen += atx_output(&a, screen + nscreen, sizeof screen - 1 - nscreen);
	screen[nscreen] = '\0';
}

static void set_up(const struct atx_settings *s)
{
	now = 7 * ATX_S;
	nscreen = 0;
	screen[0] = '\0';
	atx_free(&a);
	atx_init(&a, s ? s : &atx_defaults, NULL, NULL);
	pass(0);
}

static bool seen(const char *text)
{
	return strstr(screen, text) != NULL;
}

static void forget(void)
{
	nscreen = 0;
	screen[0] = '\0';
}

static void press(enum button b, int64_t ms)
{
	atx_wire(&a, now, b, true);
	pass(ms);
	atx_wire(&a, now, b, false);
	pass(20);
}

static void type(const char *text)
{
	atx_input(&a, now, text, strlen(text));
	pass(0);
}

/* On, and as far as the login prompt. */
static void boot(void)
{
	press(BUTTON_POWER, 500);
	pass(20000);
	assert_int_equal(a.stage, STAGE_LOGIN);
}

static void a_press_turns_it_on_and_it_boots(void **state)
{
	(void)state;
	set_up(NULL);
	assert_int_equal(atx_sense(&a), SENSE_DARK);
	press(BUTTON_POWER, 500);
	assert_int_equal(a.power, ATX_ON);
	assert_int_equal(atx_sense(&a), SENSE_LIT);
	pass(2500);
	assert_true(seen("Lab BIOS"));
	assert_int_equal(a.stage, STAGE_MENU);
	pass(5000);
	assert_int_equal(a.stage, STAGE_KERNEL);
	pass(4000);
	assert_true(seen("] Linux version 6.1"));
	assert_true(seen("nas login: "));
	assert_int_equal(a.stage, STAGE_LOGIN);
	assert_int_equal(a.count.power_on, 1);
}

static void contacts_are_debounced(void **state)
{
	static const struct { int64_t width; enum atx_power power; } rows[] = {
		{ 1, ATX_OFF }, { 15, ATX_OFF }, { 17, ATX_ON }, { 480, ATX_ON }, { 3999, ATX_ON }, { 4001, ATX_OFF }, { 5500, ATX_OFF },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		set_up(NULL);
		press(BUTTON_POWER, rows[i].width);
		if (a.power != rows[i].power)
			print_message("# a press of %d ms\n", (int)rows[i].width);
		assert_int_equal(a.power, rows[i].power);
	}
}

static void bouncing_is_one_press(void **state)
{
	(void)state;
	set_up(NULL);
	for (int i = 0; i < 5; i++) {
		atx_wire(&a, now, BUTTON_POWER, true);
		pass(3);
		atx_wire(&a, now, BUTTON_POWER, false);
		pass(2);
	}
	press(BUTTON_POWER, 500);
	assert_int_equal(a.count.presses[BUTTON_POWER], 1);
	assert_int_equal(a.power, ATX_ON);
}

/* Edges come with their own times, maybe after the model's clock has gone on a little. */
static void late_edges_count_with_their_own_times(void **state)
{
	(void)state;
	set_up(NULL);
	pass(100);
	atx_wire(&a, now - 10 * ATX_MS, BUTTON_POWER, true);
	atx_wire(&a, now - 2 * ATX_MS, BUTTON_POWER, false);
	pass(100);
	assert_int_equal(a.power, ATX_OFF);
	atx_wire(&a, now - 30 * ATX_MS, BUTTON_POWER, true);
	pass(0);
	assert_int_equal(a.power, ATX_ON);
	pass(4016 - 30 - 1);
	assert_int_equal(a.power, ATX_ON);
	pass(1);
	assert_int_equal(a.power, ATX_OFF);
}

static void a_hold_cuts_the_power_whatever_runs(void **state)
{
	(void)state;
	set_up(NULL);
	boot();
	atx_panic(&a, now);
	press(BUTTON_POWER, 500);
	assert_int_equal(a.power, ATX_ON);
	press(BUTTON_POWER, 5500);
	assert_int_equal(a.power, ATX_OFF);
	assert_int_equal(a.count.cut, 1);
	assert_int_equal(atx_sense(&a), SENSE_DARK);
	assert_false(atx_talks(&a));
	press(BUTTON_POWER, 500);
	assert_int_equal(a.power, ATX_ON);
}

static void a_press_shuts_down_a_system_that_runs(void **state)
{
	(void)state;
	set_up(NULL);
	boot();
	press(BUTTON_POWER, 500);
	assert_int_equal(a.stage, STAGE_STOPPING);
	pass(4000);
	assert_int_equal(a.power, ATX_ON);
	pass(1100);
	assert_true(seen("reboot: Power down"));
	pass(500);
	assert_int_equal(a.power, ATX_OFF);
}

static void a_press_before_any_system_turns_it_off(void **state)
{
	(void)state;
	set_up(NULL);
	press(BUTTON_POWER, 500);
	pass(1000);
	press(BUTTON_POWER, 500);
	assert_int_equal(a.power, ATX_OFF);
}

static void faults_of_a_shutdown(void **state)
{
	(void)state;
	set_up(NULL);
	atx_set_fault(&a, now, FAULT_ACPI_IGNORED, true);
	boot();
	press(BUTTON_POWER, 500);
	pass(60000);
	assert_int_equal(a.stage, STAGE_LOGIN);
	atx_set_fault(&a, now, FAULT_ACPI_IGNORED, false);
	atx_set_fault(&a, now, FAULT_ACPI_HANG, true);
	press(BUTTON_POWER, 500);
	pass(600000);
	assert_int_equal(a.power, ATX_ON);
	assert_true(seen("A stop job is running"));
	press(BUTTON_POWER, 5500);
	assert_int_equal(a.power, ATX_OFF);
}

static void faults_of_buttons(void **state)
{
	(void)state;
	set_up(NULL);
	atx_set_fault(&a, now, FAULT_POWER_CUT, true);
	press(BUTTON_POWER, 5500);
	assert_int_equal(a.count.presses[BUTTON_POWER], 0);
	atx_set_fault(&a, now, FAULT_POWER_CUT, false);
	atx_set_fault(&a, now, FAULT_POWER_STUCK, true);
	pass(1000);
	assert_int_equal(a.power, ATX_ON);
	pass(4000);
	assert_int_equal(a.power, ATX_OFF);
	press(BUTTON_POWER, 500);
	assert_int_equal(a.power, ATX_OFF);
	atx_set_fault(&a, now, FAULT_POWER_STUCK, false);
	pass(100);
	press(BUTTON_POWER, 500);
	assert_int_equal(a.power, ATX_ON);
}

static void faults_of_the_led(void **state)
{
	(void)state;
	set_up(NULL);
	atx_set_fault(&a, now, FAULT_LED_INVERTED, true);
	assert_int_equal(atx_sense(&a), SENSE_LIT);
	press(BUTTON_POWER, 500);
	assert_int_equal(atx_sense(&a), SENSE_DARK);
	atx_set_fault(&a, now, FAULT_LED_ABSENT, true);
	assert_int_equal(atx_sense(&a), SENSE_NOTHING);
}

static void a_supply_that_gives_up(void **state)
{
	(void)state;
	set_up(NULL);
	atx_set_fault(&a, now, FAULT_NO_POWER, true);
	atx_wire(&a, now, BUTTON_POWER, true);
	pass(100);
	assert_int_equal(atx_sense(&a), SENSE_LIT);
	pass(300);
	assert_int_equal(atx_sense(&a), SENSE_DARK);
}

static void asleep_it_blinks_once_a_second_and_a_press_wakes_it(void **state)
{
	int edges = 0;
	enum atx_sense last;

	(void)state;
	set_up(NULL);
	boot();
	atx_sleep(&a, now);
	last = atx_sense(&a);
	for (int i = 0; i < 1000; i++) {
		pass(10);
		edges += atx_sense(&a) != last;
		last = atx_sense(&a);
	}
	assert_in_range(edges, 19, 20);
	press(BUTTON_POWER, 500);
	pass(1000);
	assert_int_equal(a.power, ATX_ON);
	assert_int_equal(atx_sense(&a), SENSE_LIT);
	assert_int_equal(a.stage, STAGE_LOGIN);
}

static void reset_restarts_what_is_on_and_nothing_else(void **state)
{
	(void)state;
	set_up(NULL);
	press(BUTTON_RESET, 500);
	assert_int_equal(a.power, ATX_OFF);
	boot();
	press(BUTTON_RESET, 10);
	assert_int_equal(a.stage, STAGE_LOGIN);
	press(BUTTON_RESET, 500);
	assert_int_equal(a.stage, STAGE_BIOS);
	assert_int_equal(atx_sense(&a), SENSE_LIT);
}

static void after_an_outage(void **state)
{
	static const struct { int after; bool ran; enum atx_power power; } rows[] = {
		{ MAINS_OFF, true, ATX_OFF }, { MAINS_ON, false, ATX_ON }, { MAINS_LAST, true, ATX_ON }, { MAINS_LAST, false, ATX_OFF },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct atx_settings s = atx_defaults;

		s.after_mains = rows[i].after;
		set_up(&s);
		if (rows[i].ran)
			boot();
		atx_mains(&a, now, false);
		assert_int_equal(atx_sense(&a), SENSE_DARK);
		press(BUTTON_POWER, 5500);
		assert_int_equal(a.power, ATX_DEAD);
		atx_mains(&a, now, true);
		assert_int_equal(a.power, ATX_OFF);
		pass(1500);
		assert_int_equal(a.power, rows[i].power);
	}
}

static void the_menu_takes_keys(void **state)
{
	static const struct { const char *keys, *entry; } rows[] = {
		{ "\r", "Booting 'Debian GNU/Linux'" }, { "2\r", "Booting 'Debian GNU/Linux (rescue)'" },
		{ "\033[B\r", "Booting 'Debian GNU/Linux (rescue)'" }, { "\033OB\033OB\r", "Booting 'Memory test'" },
		{ "\033[B\033[A\n", "Booting 'Debian GNU/Linux'" }, { "\033[A\033[A9\r", "Booting 'Debian GNU/Linux'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		set_up(NULL);
		press(BUTTON_POWER, 500);
		pass(3000);
		assert_true(seen("automatically in 5s"));
		type(rows[i].keys);
		assert_true(seen(rows[i].entry));
		assert_int_equal(a.stage, STAGE_KERNEL);
	}
}

static void a_key_stops_the_countdown(void **state)
{
	(void)state;
	set_up(NULL);
	press(BUTTON_POWER, 500);
	pass(5000);
	type("2");
	pass(3600000);
	assert_int_equal(a.stage, STAGE_MENU);
	type("\r");
	pass(5000);
	assert_true(seen("systemd.unit=rescue.target"));
	assert_true(seen("Press Enter for maintenance"));
	type("\r");
	assert_true(seen("nas:~# "));
}

static void the_shell_echoes_and_obeys(void **state)
{
	(void)state;
	set_up(NULL);
	boot();
	type("joe\rx\r");
	assert_true(seen("Password: \r\n\r\nLogin incorrect\r\nnas login: "));
	forget();
	type("root\r");
	assert_true(seen("root\r\nnas:~# "));
	forget();
	type("echx\177o it's me\r");
	assert_string_equal(screen, "echx\b \bo it's me\r\nit's me\r\nnas:~# ");
	type("nonsense\r");
	assert_true(seen("-sh: nonsense: not found"));
	type("reboot\r");
	pass(6100);
	assert_int_equal(a.stage, STAGE_BIOS);
	assert_int_equal(a.count.power_off, 0);
	pass(12000);
	type("root\rpoweroff\r");
	pass(6100);
	assert_int_equal(a.power, ATX_OFF);
}

static void cat_sends_exactly_so_many_bytes(void **state)
{
	char *first, *prompt;

	(void)state;
	set_up(NULL);
	boot();
	type("root\r");
	forget();
	type("cat 1000\r");
	first = strstr(screen, "00000000 ");
	assert_non_null(first);
	prompt = strstr(screen, "nas:~# ");
	assert_non_null(prompt);
	assert_int_equal(prompt - first, 1000);
	assert_memory_equal(first + 64, "00000001 ", 9);
	assert_memory_equal(first + 62, "\r\n", 2);
}

static void a_panic_says_so_and_stays(void **state)
{
	(void)state;
	set_up(NULL);
	boot();
	type("root\rpanic\r");
	pass(3600000);
	assert_true(seen("] Kernel panic - not syncing: Fatal exception\r\n"));
	assert_int_equal(a.stage, STAGE_PANIC);
	assert_int_equal(atx_sense(&a), SENSE_LIT);
	forget();
	type("root\r");
	assert_string_equal(screen, "");
}

static void a_panic_may_restart(void **state)
{
	struct atx_settings s = atx_defaults;

	(void)state;
	s.panic_reboot = 10 * ATX_S;
	set_up(&s);
	boot();
	atx_panic(&a, now);
	pass(9999);
	assert_int_equal(a.stage, STAGE_PANIC);
	pass(1);
	assert_int_equal(a.stage, STAGE_BIOS);
}

static void sysrq_is_a_break_and_a_key(void **state)
{
	(void)state;
	set_up(NULL);
	boot();
	atx_break(&a, now);
	type("s");
	assert_true(seen("Emergency Sync complete"));
	forget();
	type("s");
	assert_string_equal(screen, "s");
	atx_break(&a, now);
	pass(5001);
	type("b");
	assert_int_equal(a.stage, STAGE_LOGIN);
	atx_break(&a, now);
	type("c");
	assert_int_equal(a.stage, STAGE_PANIC);
	atx_break(&a, now);
	type("b");
	assert_int_equal(a.stage, STAGE_BIOS);
	atx_break(&a, now);
	type("o");
	assert_int_equal(a.power, ATX_ON);
}

static void without_power_it_says_nothing(void **state)
{
	(void)state;
	set_up(NULL);
	boot();
	type("root\rcat 100000000\r");
	atx_mains(&a, now, false);
	forget();
	pass(1000);
	type("root\r");
	assert_string_equal(screen, "");
}

/* --- the line -------------------------------------------------------------------------- */

static const struct uart_mode usual = { 115200, 8, UART_NONE, 1 };

static void bytes_leave_at_the_speed_of_the_line(void **state)
{
	struct line l = { 0 };
	int64_t sent = 0;

	(void)state;
	for (int64_t t = 0; t <= 10 * ATX_S; t += 7003) {
		size_t n = line_through(&l, &usual, t);

		line_sent(&l, n);
		sent += (int64_t)n;
	}
	assert_in_range(sent, 115200 - 82, 115200);
	assert_true(line_next(&l, &usual, 1) > 10 * ATX_S - 7003);
	line_idle(&l);
	assert_int_equal(line_through(&l, &usual, 20 * ATX_S), 0);
	assert_int_equal(line_through(&l, &usual, 20 * ATX_S + 87), 1);
}

static void equal_settings_are_exact(void **state)
{
	static const struct uart_mode modes[] = {
		{ 9600, 8, UART_NONE, 1 }, { 115200, 7, UART_EVEN, 1 }, { 115200, 8, UART_ODD, 2 }, { 921600, 8, UART_NONE, 2 },
	};
	char in[128], out[300];

	(void)state;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (char)i;
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		assert_true(uart_agree(&modes[i], &modes[i]));
		assert_int_equal(uart_receive(&modes[i], &modes[i], in, sizeof in, out, sizeof out), sizeof in);
		assert_memory_equal(in, out, sizeof in);
	}
}

static void wrong_settings_are_garbage(void **state)
{
	static const struct { struct uart_mode to; size_t least, most; } rows[] = {
		{ { 9600, 8, UART_NONE, 1 }, 1, 16 }, { { 57600, 8, UART_NONE, 1 }, 20, 100 },
		{ { 230400, 8, UART_NONE, 1 }, 100, 400 }, { { 115200, 7, UART_NONE, 1 }, 60, 200 },
	};
	static const char text[] = "nas login: root, and other things that a server says over its serial line every day. "
				   "The quick brown fox jumps";
	char out[1000];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = uart_receive(&usual, &rows[i].to, text, sizeof text - 1, out, sizeof out);

		assert_false(uart_agree(&usual, &rows[i].to));
		assert_in_range(n, rows[i].least, rows[i].most);
		if (rows[i].to.bits == 8)
			assert_true(n != sizeof text - 1 || memcmp(out, text, n) != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_press_turns_it_on_and_it_boots),
		cmocka_unit_test(contacts_are_debounced),
		cmocka_unit_test(bouncing_is_one_press),
		cmocka_unit_test(late_edges_count_with_their_own_times),
		cmocka_unit_test(a_hold_cuts_the_power_whatever_runs),
		cmocka_unit_test(a_press_shuts_down_a_system_that_runs),
		cmocka_unit_test(a_press_before_any_system_turns_it_off),
		cmocka_unit_test(faults_of_a_shutdown),
		cmocka_unit_test(faults_of_buttons),
		cmocka_unit_test(faults_of_the_led),
		cmocka_unit_test(a_supply_that_gives_up),
		cmocka_unit_test(asleep_it_blinks_once_a_second_and_a_press_wakes_it),
		cmocka_unit_test(reset_restarts_what_is_on_and_nothing_else),
		cmocka_unit_test(after_an_outage),
		cmocka_unit_test(the_menu_takes_keys),
		cmocka_unit_test(a_key_stops_the_countdown),
		cmocka_unit_test(the_shell_echoes_and_obeys),
		cmocka_unit_test(cat_sends_exactly_so_many_bytes),
		cmocka_unit_test(a_panic_says_so_and_stays),
		cmocka_unit_test(a_panic_may_restart),
		cmocka_unit_test(sysrq_is_a_break_and_a_key),
		cmocka_unit_test(without_power_it_says_nothing),
		cmocka_unit_test(bytes_leave_at_the_speed_of_the_line),
		cmocka_unit_test(equal_settings_are_exact),
		cmocka_unit_test(wrong_settings_are_garbage),
	};
	int rc = TAP_RUN(tests);

	atx_free(&a);
	return rc;
}
