/* sandbox_seccomp.c - Linux: no_new_privs and a list of system calls that are refused.
 *
 * A list of what is refused rather than of what is allowed: the libraries' needs differ between
 * releases, and a worker killed by a call that a new libc makes would fail on the one day it counts. */
#include "base/log.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

static const int refused[] = {
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(kcmp), SCMP_SYS(mount), SCMP_SYS(umount2),
	SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns), SCMP_SYS(unshare),
	SCMP_SYS(open_tree), SCMP_SYS(move_mount), SCMP_SYS(fsopen), SCMP_SYS(fsmount),
	SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid),
	SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(capset),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(keyctl),
	SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(io_uring_setup),
	SCMP_SYS(open_by_handle_at), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
	SCMP_SYS(adjtimex), SCMP_SYS(sethostname), SCMP_SYS(mknod), SCMP_SYS(mknodat),
	SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(syslog), SCMP_SYS(personality),
	/* the other workers run as the same user */
	SCMP_SYS(pidfd_getfd), SCMP_SYS(process_madvise),
	SCMP_SYS(setpriority), SCMP_SYS(ioprio_set), SCMP_SYS(sched_setaffinity), SCMP_SYS(sched_setattr),
	SCMP_SYS(sched_setparam), SCMP_SYS(sched_setscheduler),
	/* 32-bit machines have these beside the ones above, for ids of 32 and times of 64 bits */
	SCMP_SYS(setuid32), SCMP_SYS(setgid32), SCMP_SYS(setreuid32), SCMP_SYS(setregid32),
	SCMP_SYS(setresuid32), SCMP_SYS(setresgid32), SCMP_SYS(setgroups32), SCMP_SYS(stime),
	SCMP_SYS(clock_settime64), SCMP_SYS(clock_adjtime), SCMP_SYS(clock_adjtime64), SCMP_SYS(umount),
};

/* Programs, and signals to others other than by kill and tgkill. */
static const int starts_programs[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(pidfd_send_signal), SCMP_SYS(rt_sigqueueinfo),
	SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(tkill),
};

/* What changes files, apart from opening them. */
static const int changes_files[] = {
	SCMP_SYS(creat), SCMP_SYS(truncate), SCMP_SYS(truncate64), SCMP_SYS(openat2),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir), SCMP_SYS(chmod), SCMP_SYS(fchmodat),
	SCMP_SYS(chown), SCMP_SYS(lchown), SCMP_SYS(fchownat),
	SCMP_SYS(chown32), SCMP_SYS(lchown32), SCMP_SYS(fchown32),
	/* for these it is enough to have it open for reading */
	SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(utime), SCMP_SYS(utimes), SCMP_SYS(futimesat),
	SCMP_SYS(utimensat), SCMP_SYS(utimensat_time64), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr),
	SCMP_SYS(fsetxattr), SCMP_SYS(removexattr), SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr),
};

/* The same in newer kernels; an older libseccomp does not know them, nor then the kernels of its time. */
static const char *const changes_files_lately[] = { "fchmodat2", "setxattrat", "removexattrat", "file_setattr" };

static int refuse_list(scmp_filter_ctx ctx, const int *calls, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		if (calls[i] >= 0)	/* negative: this machine has no such call */
			rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	return rc;
}

/* Name spaces are made by unshare(2), and by clone(2) with flags. Those of clone3(2) are behind a pointer, out of a
 * filter's sight: it is not there, and libc takes clone. */
static int refuse_name_spaces(scmp_filter_ctx ctx)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				  SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));

	return rc < 0 ? rc : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* Who is told by which signal that a file is ready; and who has to wait until it may be opened. The kernel takes
 * the lower half of the command only. */
static int refuse_file_signals(scmp_filter_ctx ctx, int call)
{
	static const unsigned commands[] = { F_SETOWN, F_SETOWN_EX, F_SETSIG, F_SETLEASE };
	int rc = 0;

	for (size_t i = 0; i < sizeof commands / sizeof *commands && rc == 0 && call >= 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), call, 1,
				      SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, commands[i]));
	return rc;
}

static int refuse_socket_signals(scmp_filter_ctx ctx)
{
	static const unsigned requests[] = { FIOSETOWN, SIOCSPGRP };
	int rc = 0;

	for (size_t i = 0; i < sizeof requests / sizeof *requests && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
				      SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, requests[i]));
	return rc;
}

/* Programs, signals to others, and their limits; a signal of 0 only asks who lives. */
static int refuse_programs(scmp_filter_ctx ctx)
{
	int rc = refuse_list(ctx, starts_programs, sizeof starts_programs / sizeof *starts_programs);

	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(kill), 1, SCMP_A1(SCMP_CMP_NE, 0, 0));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
				      SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid(), 0));
	if (rc == 0)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_NE, 0, 0));
	return rc;
}

/* Ways round the lists above. */
static int refuse_detours(scmp_filter_ctx ctx)
{
	int rc = refuse_name_spaces(ctx);

	if (rc == 0)
		rc = refuse_file_signals(ctx, SCMP_SYS(fcntl));
	if (rc == 0)
		rc = refuse_file_signals(ctx, SCMP_SYS(fcntl64));
	if (rc == 0)
		rc = refuse_socket_signals(ctx);
	return rc;
}

/* open(path, flags) and openat(dir, path, flags): the flags are argument WHICH. */
static int refuse_writing(scmp_filter_ctx ctx, int call, unsigned which)
{
	static const scmp_datum_t refused_flags[][2] = {
		{ O_ACCMODE, O_WRONLY }, { O_ACCMODE, O_RDWR }, { O_CREAT, O_CREAT }, { O_TRUNC, O_TRUNC },
	};
	int rc = 0;

	if (call < 0)
		return 0;
	for (size_t i = 0; i < sizeof refused_flags / sizeof *refused_flags && rc == 0; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), call, 1,
				      SCMP_CMP(which, SCMP_CMP_MASKED_EQ, refused_flags[i][0], refused_flags[i][1]));
	return rc;
}

static int refuse_files(scmp_filter_ctx ctx)
{
	int rc = refuse_list(ctx, changes_files, sizeof changes_files / sizeof *changes_files);

	for (size_t i = 0; i < sizeof changes_files_lately / sizeof *changes_files_lately && rc == 0; i++) {
		int call = seccomp_syscall_resolve_name(changes_files_lately[i]);

		rc = refuse_list(ctx, &call, 1);
	}
	if (rc == 0)
		rc = refuse_writing(ctx, SCMP_SYS(open), 1);
	if (rc == 0)
		rc = refuse_writing(ctx, SCMP_SYS(openat), 2);
	return rc;
}

int os_sandbox(unsigned keeps)
{
	scmp_filter_ctx ctx;
	int rc;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		log_error("prctl(PR_SET_NO_NEW_PRIVS) failed");
		return -1;
	}
	ctx = seccomp_init(SCMP_ACT_ALLOW);
	if (!ctx)
		return -1;
	rc = refuse_list(ctx, refused, sizeof refused / sizeof *refused);
	if (rc == 0)
		rc = refuse_detours(ctx);
	if (rc == 0 && !(keeps & SANDBOX_EXEC))
		rc = refuse_programs(ctx);
	if (rc == 0 && !(keeps & SANDBOX_FILES))
		rc = refuse_files(ctx);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc == -EINVAL || rc == -ENOSYS) {
		log_warn("this kernel has no system-call filter; running without");
		return 0;
	}
	if (rc < 0)
		log_error("the system-call filter could not be loaded (%d)", rc);
	return rc < 0 ? -1 : 0;
}
