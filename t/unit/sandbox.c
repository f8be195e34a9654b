/* What a worker can no longer do. Each test is a process of its own, since there is no way back. */
#include "os/os.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_FILTER 77

static bool refused(long rc)
{
	return rc < 0 && errno == EPERM;
}

/* Runs PROVE in a sandboxed child; it returns 0, or the number of what did not hold. */
static void in_sandbox(unsigned keeps, int (*prove)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		FILE *f;
		char line[80];
		bool filtered = false;

		if (os_sandbox(keeps) < 0)
			_exit(100);
		f = fopen("/proc/self/status", "re");
		while (f && fgets(line, sizeof line, f))
			filtered |= strncmp(line, "Seccomp:\t2", 10) == 0;
		if (f)
			fclose(f);
		_exit(filtered ? prove() : NO_FILTER);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_FILTER) {
		print_message("this kernel or build has no filter\n");
		return;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int no_others(void)
{
	char *argv[] = { (char *)"true", NULL }, *envp[] = { NULL };
	struct rlimit r;

	if (!refused(execve("/bin/true", argv, envp)))
		return 1;
	if (!refused(kill(getppid(), SIGCONT)))
		return 2;
	if (kill(getppid(), 0) < 0)
		return 3;
	if (!refused(prlimit(getppid(), RLIMIT_NOFILE, NULL, &r)))
		return 4;
	return getrlimit(RLIMIT_NOFILE, &r) < 0 ? 5 : 0;
}

static int files(void)
{
	int fd = open("/dev/null", O_RDWR);

	return fd < 0 || write(fd, "x", 1) != 1 ? 1 : no_others();
}

static int no_files(void)
{
	char dir[] = "/tmp/oobm-sandbox.XXXXXX";

	if (open("/dev/null", O_RDONLY) < 0)
		return 1;
	if (!refused(open("/dev/null", O_RDWR)) || !refused(open("/dev/null", O_WRONLY)) ||
	    !refused(open("/dev/null", O_RDONLY | O_TRUNC)) || !refused(openat(AT_FDCWD, "x", O_RDONLY | O_CREAT, 0600)))
		return 2;
	if (!refused(mkdtemp(dir) ? 0 : -1))
		return 3;
	if (!refused(rename("/nonexistent/a", "/nonexistent/b")) || !refused(unlink("/nonexistent/a")) ||
	    !refused(symlink("/nonexistent/a", "/nonexistent/b")) || !refused(chmod("/nonexistent/a", 0)))
		return 4;
	return no_others();
}

static void one_that_keeps_files_writes_them_and_touches_no_process(void **state)
{
	(void)state;
	in_sandbox(SANDBOX_FILES, files);
}

static void others_change_no_file(void **state)
{
	(void)state;
	in_sandbox(0, no_files);
}

/* Runs FILE, or with NULL waits for a signal. Returns the wait status, or -1. */
static int child(const char *file)
{
	char *argv[] = { (char *)"x", NULL }, *envp[] = { NULL };
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (file)
			execve(file, argv, envp);
		for (;;)
			pause();
	}
	if (!file && kill(pid, SIGTERM) < 0) {
		kill(pid, SIGKILL);
		return -1;
	}
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int programs(void)
{
	if (child("/bin/true") != 0 || WEXITSTATUS(child("/bin/false")) != 1)
		return 1;
	if (child(NULL) != SIGTERM)
		return 2;
	/* the one does not bring the other, nor what nobody gets */
	if (!refused(open("/dev/null", O_RDWR)) || !refused(unlink("/nonexistent/a")))
		return 3;
	return refused(chroot("/")) && refused(setuid(getuid())) ? 0 : 4;
}

static void one_that_starts_programs_starts_and_ends_them(void **state)
{
	(void)state;
	in_sandbox(SANDBOX_EXEC, programs);
}

static int end_by_abort(void)
{
	signal(SIGABRT, SIG_DFL);
	abort();
}

/* raise(3) and abort(3) signal the process itself, which stays allowed. */
static void abort_still_ends_it(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		os_not_dumpable();
		if (os_sandbox(0) < 0)
			_exit(100);
		_exit(end_by_abort());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGABRT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_keeps_files_writes_them_and_touches_no_process),
		cmocka_unit_test(others_change_no_file),
		cmocka_unit_test(one_that_starts_programs_starts_and_ends_them),
		cmocka_unit_test(abort_still_ends_it),
	};

	return TAP_RUN(tests);
}
