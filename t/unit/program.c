/* Programs that press buttons, run for real: what becomes of each, what is said of it, and that none outlives its
 * time. */
#include "tap.h"

#include "base/clock.h"
#include "power/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct seen {
	struct loop *loop;
	struct program *p;
	int calls;
	struct program_result r;
	char text[512], out[PROGRAM_OUT_MAX + 1];
	enum led_state state;
	int64_t took;
};

static void on_done(void *arg, const struct program_result *r)
{
	struct seen *s = arg;

	s->calls++;
	s->r = *r;
	snprintf(s->text, sizeof s->text, "%s", r->text);
	memcpy(s->out, r->out, r->len + 1);
	s->state = program_state(r);
	program_free(s->p);
	s->p = NULL;
	loop_stop(s->loop, 0);
}

static void too_long(void *arg)
{
	struct seen *s = arg;

	loop_stop(s->loop, 1);
}

static void begin(struct seen *s, const char *command, int64_t limit_ms)
{
	*s = (struct seen){ .loop = loop_new(), .took = clock_mono_ms() };
	s->p = program_run(s->loop, command, limit_ms, on_done, s);
	assert_non_null(s->p);
	assert_int_equal(s->calls, 0);
}

static void finish(struct seen *s)
{
	struct timer *t = timer_new(s->loop, too_long, s);

	timer_set(t, 20000);
	assert_int_equal(loop_run(s->loop), 0);
	s->took = clock_mono_ms() - s->took;
	timer_free(t);
	assert_int_equal(s->calls, 1);
	loop_free(s->loop);
}

static void run(struct seen *s, const char *command, int64_t limit_ms)
{
	begin(s, command, limit_ms);
	finish(s);
}

static void what_became_of_it_is_told(void **state)
{
	static const struct { const char *command; bool ok; int status; const char *text; } cases[] = {
		{ "/bin/true", true, 0, "" },
		{ "/bin/false", false, 1, "/bin/false ended with status 1" },
		{ "/bin/sh -c echo%20no%20such%20hub%20>&2;echo%20else%20>&2;exit%203", false, 3,
		  "/bin/sh ended with status 3: no such hub" },
		{ "/bin/sh -c echo;echo%20%20only%20here;exit%209", false, 9, "/bin/sh ended with status 9: only here" },
		{ "/bin/sh -c echo%20warning%20>&2", true, 0, "" },
		{ "/bin/sh -c kill%20-SEGV%20$$", false, -1, "/bin/sh was killed by signal 11 (Segmentation fault)" },
		{ "/bin/sh -c printf%20'a\\033[31mb\\302\\233c\\303\\274d\\377e'%20>&2;exit%201", false, 1,
		  "/bin/sh ended with status 1: a?[31mb?c\xc3\xbc" "d?e" },
		{ "/nonexistent/uhubctl", false, -1, "/nonexistent/uhubctl: there is no such program, or not the one in its "
		  "first line; install it, or correct the config" },
		{ "/etc/passwd", false, -1, "/etc/passwd may not be run by the user of oobmd's workers; see its mode and owner" },
		{ "uhubctl -a off", false, -1, "\"uhubctl\" is no program: write its whole path, such as /usr/sbin/uhubctl" },
		{ "", false, -1, "\"\" is no program: write its whole path, such as /usr/sbin/uhubctl" },
	};
	struct seen s;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		run(&s, cases[i].command, 10000);
		assert_string_equal(s.text, cases[i].text);
		assert_int_equal(s.r.status, cases[i].status);
		assert_int_equal(s.r.ok, cases[i].ok);
	}
}

static void a_script_without_its_first_line_is_told(void **state)
{
	char path[] = "/tmp/oobm-program.XXXXXX", want[200];
	int fd = mkstemp(path);
	struct seen s;

	(void)state;
	assert_true(fd >= 0 && write(fd, "true\n", 5) == 5);
	fchmod(fd, 0755);
	close(fd);
	run(&s, path, 10000);
	unlink(path);
	snprintf(want, sizeof want, "%s is no program: a script needs a first line such as #!/bin/sh", path);
	assert_string_equal(s.text, want);
}

static void arguments_arrive_as_they_were_given(void **state)
{
	struct seen s;

	(void)state;
	run(&s, "/usr/bin/printf [%25s] a%20b  $HOME;* %25 %zz %c3%bc", 10000);
	assert_string_equal(s.out, "[a b][][$HOME;*][%][%zz][\xc3\xbc]");
	assert_true(s.r.ok);
}

static void more_arguments_than_there_is_room_for_are_refused(void **state)
{
	char command[2000] = "/bin/echo";
	struct seen s;

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(command, " x");
	run(&s, command, 10000);
	assert_non_null(strstr(s.text, "more than 63 arguments"));
}

/* "ls" lists itself and what it opened: 0 to 2 and the directory. */
static void it_gets_none_of_our_descriptors_and_signals(void **state)
{
	static const char want[] = "0\n1\n2\n3\n/dev/null\nSigBlk:\t0000000000000000\nSigIgn:\t";
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	struct seen s;

	(void)state;
	sigaction(SIGHUP, &ignore, &before);
	run(&s, "/bin/sh -c ls%20/proc/self/fd;readlink%20/proc/self/fd/0;grep%20-E%20'^Sig(Blk|Ign)'%20/proc/self/status", 10000);
	sigaction(SIGHUP, &before, NULL);
	assert_memory_equal(s.out, want, strlen(want));
	/* signals 32 and 33 are the C library's own: it lets nobody set them, and ignores them in what make starts */
	assert_int_equal(strtoull(s.out + strlen(want), NULL, 16) & ~UINT64_C(0x180000000), 0);
}

static void one_that_takes_too_long_is_ended(void **state)
{
	struct seen s;

	(void)state;
	run(&s, "/bin/sleep 600", 300);
	assert_string_equal(s.text, "/bin/sleep did not end within 0.3 s and was stopped");
	assert_false(s.r.ok);
	assert_int_equal(s.r.status, -1);
	assert_in_range(s.took, 300, 1500);
}

static void one_that_does_not_listen_is_killed(void **state)
{
	struct seen s;

	(void)state;
	run(&s, "/bin/sh -c trap%20''%20TERM;echo%20deaf%20>&2;while%20:;do%20sleep%201;done", 300);
	assert_string_equal(s.text, "/bin/sh did not end within 0.3 s and was stopped: deaf");
	assert_in_range(s.took, 2300, 5000);
}

static void one_is_stopped_when_asked(void **state)
{
	struct seen s;

	(void)state;
	begin(&s, "/bin/sleep 600", 30000);
	program_stop(s.p);
	program_stop(s.p);
	finish(&s);
	assert_string_equal(s.text, "/bin/sleep was stopped");
	assert_int_equal(s.r.status, -1);
	assert_in_range(s.took, 0, 1500);
}

/* The grandchild holds the pipes open, and is ended with the group. */
static void what_it_leaves_behind_is_not_waited_for_and_ended(void **state)
{
	struct seen s;
	int pid, tries = 0;

	(void)state;
	run(&s, "/bin/sh -c sleep%20600%20&%20echo%20$!", 30000);
	assert_true(s.r.ok);
	assert_in_range(s.took, 0, 1500);
	pid = atoi(s.out);
	assert_true(pid > 1);
	/* its new parent reaps it in its own time */
	while (kill(pid, 0) == 0 && tries++ < 500) {
		char path[40], line[256] = "";
		FILE *f;

		snprintf(path, sizeof path, "/proc/%d/stat", pid);
		f = fopen(path, "re");
		if (!f || !fgets(line, sizeof line, f) || strstr(line, ") Z ")) {
			if (f)
				fclose(f);
			return;
		}
		fclose(f);
		usleep(10000);
	}
	assert_int_equal(kill(pid, 0), -1);
}

static void endless_output_is_cut(void **state)
{
	struct seen s;

	(void)state;
	run(&s, "/bin/sh -c head%20-c%203000000%20/dev/zero%20|%20tr%20'\\0'%20x;head%20-c%203000000%20/dev/zero%20>&2", 20000);
	assert_true(s.r.ok);
	assert_int_equal(s.r.len, PROGRAM_OUT_MAX);
	assert_int_equal(strspn(s.out, "x"), PROGRAM_OUT_MAX);
	run(&s, "/usr/bin/yes", 300);
	assert_int_equal(s.r.len, PROGRAM_OUT_MAX);
	assert_non_null(strstr(s.text, "did not end"));
}

static void two_at_once_end_each_with_their_own(void **state)
{
	struct seen a = { .loop = loop_new() }, b;

	(void)state;
	b = a;
	a.p = program_run(a.loop, "/bin/sh -c exit%204", 10000, on_done, &a);
	b.p = program_run(b.loop, "/bin/sh -c exit%205", 10000, on_done, &b);
	while (!a.calls || !b.calls)
		assert_int_equal(loop_run(a.loop), 0);
	assert_int_equal(a.r.status, 4);
	assert_int_equal(b.r.status, 5);
	loop_free(a.loop);
}

static void freed_while_it_runs_it_is_told_to_end(void **state)
{
	char file[] = "/tmp/oobm-program.XXXXXX", command[400], text[20] = "";
	int fd = mkstemp(file);
	struct loop *l = loop_new();
	struct seen s = { .loop = l };

	(void)state;
	snprintf(command, sizeof command, "/bin/sh -c trap%%20'echo%%20told%%20>%s;exit'%%20TERM;echo%%20up%%20>%s;while%%20:;do%%20:;done",
		 file, file);
	s.p = program_run(l, command, 30000, on_done, &s);
	for (int i = 0; i < 2000 && pread(fd, text, sizeof text, 0) < 3; i++)
		usleep(5000);
	assert_string_equal(text, "up\n");
	program_free(s.p);
	for (int i = 0; i < 2000 && pread(fd, text, sizeof text, 0) < 5; i++)
		usleep(5000);
	assert_string_equal(text, "told\n");
	assert_int_equal(s.calls, 0);
	close(fd);
	unlink(file);
	loop_free(l);
}

static void a_status_is_read_from_words_or_the_exit_status(void **state)
{
	static const struct { const char *out; int status; enum led_state want; } cases[] = {
		{ "", 0, LED_ON },
		{ "", 1, LED_OFF },
		{ "", 2, LED_UNKNOWN },
		{ "", -1, LED_UNKNOWN },
		{ "on\n", 1, LED_ON },
		{ "off", 0, LED_OFF },
		{ "\n  OFF since Tuesday\n", 0, LED_OFF },
		{ "blinking\n", 0, LED_BLINKING },
		{ "unknown: no answer\n", 0, LED_UNKNOWN },
		{ "Chassis Power is on\n", 0, LED_ON },
		{ "Chassis Power is off\n", 0, LED_OFF },
		{ "Current status for hub 1-1 [0424:9514]\n  Port 2: 0000 off\n", 0, LED_OFF },
		{ "1 packets transmitted, 1 received\n", 0, LED_ON },
		{ "1 packets transmitted, 0 received\n", 1, LED_OFF },
		{ "once upon\nnone\n", 1, LED_OFF },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct program_result r = { .status = cases[i].status, .out = cases[i].out, .len = strlen(cases[i].out) };

		if (program_state(&r) != cases[i].want)
			fail_msg("\"%s\" with status %d: %s", cases[i].out, cases[i].status, led_name(program_state(&r)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_became_of_it_is_told),
		cmocka_unit_test(a_script_without_its_first_line_is_told),
		cmocka_unit_test(arguments_arrive_as_they_were_given),
		cmocka_unit_test(more_arguments_than_there_is_room_for_are_refused),
		cmocka_unit_test(it_gets_none_of_our_descriptors_and_signals),
		cmocka_unit_test(one_that_takes_too_long_is_ended),
		cmocka_unit_test(one_that_does_not_listen_is_killed),
		cmocka_unit_test(one_is_stopped_when_asked),
		cmocka_unit_test(what_it_leaves_behind_is_not_waited_for_and_ended),
		cmocka_unit_test(endless_output_is_cut),
		cmocka_unit_test(two_at_once_end_each_with_their_own),
		cmocka_unit_test(freed_while_it_runs_it_is_told_to_end),
		cmocka_unit_test(a_status_is_read_from_words_or_the_exit_status),
	};

	return TAP_RUN(tests);
}
