/* What a worker can no longer do. Each test is a process of its own, since there is no way back. */
#include "os/os.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NO_FILTER 77

static int own;		/* an own file, open for reading only */

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
	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return 5;
	return refused(setgid(getgid())) && refused(setuid(getuid())) && refused(setgroups(0, NULL)) ? 0 : 6;
}

/* A file says by a signal that it can be read: any signal, to any process of this user. */
static int no_others_by_files(void)
{
	struct f_owner_ex parent = { F_OWNER_PID, getppid() };
	/* the kernel looks at the lower half of the command only */
	long upper = (long)(UINT64_C(1) << 32);

	if (!refused(fcntl(own, F_SETOWN, getppid())) || !refused(fcntl(own, F_SETOWN_EX, &parent)) ||
	    !refused(fcntl(own, F_SETSIG, SIGKILL)))
		return 11;
	if (upper && !refused(syscall(SYS_fcntl, own, F_SETSIG | upper, SIGKILL)))
		return 12;
	if (fcntl(own, F_SETFL, O_NONBLOCK) < 0 || fcntl(own, F_SETFD, FD_CLOEXEC) < 0)
		return 13;
	/* who opens the file has to wait for its holder */
	return refused(fcntl(own, F_SETLEASE, F_RDLCK)) ? 0 : 14;
}

static int no_others_by_rank(void)
{
	struct sched_param idle = { 0 };
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (!refused(setpriority(PRIO_PROCESS, (id_t)getppid(), 19)) ||
	    !refused(sched_setscheduler(getppid(), SCHED_IDLE, &idle)) ||
	    !refused(sched_setaffinity(getppid(), sizeof one, &one)))
		return 21;
	return 0;
}

/* In a name space of its own a process has all of root's rights there, and so at the kernel's doors. */
static int no_name_space(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

	if (pid == 0)
		_exit(0);
	if (!refused(pid))
		return 31;
	/* its flags are behind a pointer: as if the kernel had no such call, libc takes clone then */
	if (syscall(SYS_clone3, NULL, 0) != -1 || errno != ENOSYS)
		return 32;
	pid = fork();
	if (pid == 0)
		_exit(0);
	return pid > 0 && waitpid((pid_t)pid, NULL, 0) == pid ? 0 : 33;
}

static int nobody_else(void)
{
	int rc = no_others();

	if (rc == 0)
		rc = no_others_by_files();
	if (rc == 0)
		rc = no_others_by_rank();
	return rc ? rc : no_name_space();
}

static int files(void)
{
	int fd = open("/dev/null", O_RDWR);

	return fd < 0 || write(fd, "x", 1) != 1 || fchmod(own, 0600) < 0 ? 1 : nobody_else();
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
	/* reading is allowed, and what is open for reading is a way to all but its bytes */
	if (!refused(fchmod(own, 0600)) || !refused(fchown(own, (uid_t)-1, (gid_t)-1)) ||
	    !refused(fsetxattr(own, "user.oobm", "x", 1, 0)) || !refused(futimens(own, NULL)))
		return 5;
	return nobody_else();
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

	char name[] = "/tmp/oobm-sandbox.XXXXXX";

	close(mkstemp(name));
	own = open(name, O_RDONLY);
	unlink(name);
	if (own < 0)
		return 1;
	return TAP_RUN(tests);
}
