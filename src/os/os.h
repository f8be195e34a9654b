/* os.h - what differs between systems; one implementation a system, one file a subject. */
#ifndef OOBM_OS_OS_H
#define OOBM_OS_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* sandbox_*.c: takes from this process and its children for ever what no worker needs: new programs, signals to
 * others, tracing, mounts, other ids, and all that changes files: workers are one user, and what one keeps on
 * disk is not another's. KEEPS is a set of what this one does need. Returns 0, or -1 with the reason logged. */
#define SANDBOX_FILES 0x1U	/* changes files, and opens devices for writing */
#define SANDBOX_EXEC 0x2U	/* starts programs, signals them and is signalled by them */
int os_sandbox(unsigned keeps);

/* proc_*.c */
/* Has the kernel send SIGNO to this process when its parent dies; kept across exec of a program that
 * is not set-id to somebody else. Returns 0, or -1 where the system cannot. */
int os_die_with_parent(int signo);
/* What a child of ours leaves behind when it dies becomes our child. Returns 0, or -1 where the system cannot. */
int os_adopt_orphans(void);
/* No core dumps, no tracing by others of the same user: workers hold secrets. */
void os_not_dumpable(void);
/* What ps(1) and top(1) call this process: at most 15 characters. */
void os_name_process(const char *name);
/* Closes all descriptors from LOWEST upwards. */
void os_close_from(int lowest);
/* A text of 1..SIZE-1 characters that is different after each boot. Returns 0 or -1. */
int os_boot_id(char *out, size_t size);
/* The process that holds a flock(2) on the file of FD, or 0 if none does or the system does not tell. */
pid_t os_flock_owner(int fd);

/* lockfile.c */
/* The live process that the UUCP lock file PATH (FHS 5.9: ten digits) names, or 0. In many systems everybody may
 * make such files: one of somebody who is not in GROUP, who may not use the port, means nothing. */
pid_t os_lock_file_holder(const char *path, gid_t group);

/* net_*.c */
/* Binds a socket to an interface, so that no packet leaves by another one. Returns 0, or -1 and errno. */
int os_bind_to_interface(int fd, const char *ifname, int family);
/* The interface a socket is bound to, "" if none. Returns 0 or -1. */
int os_bound_interface(int fd, char *ifname, size_t size);
/* Bytes that the interface has received and sent since it exists. Returns 0, or -1 if it is gone. */
int os_interface_bytes(const char *ifname, uint64_t *received, uint64_t *sent);

/* Who is at the other end of a Unix-domain socket. Returns 0 or -1. */
int os_peer_uid(int fd, uid_t *uid);

/* usb_*.c: the serial ports of USB devices are found by libserialport; this tells their interface number. */
/* bInterfaceNumber of the USB device behind a tty name such as "ttyUSB0", or -1. */
int os_tty_usb_interface(const char *tty);

#endif
