/* What the server says. Nothing here is any real machine's. */
#include "parts.h"

const struct entry text_entries[ENTRIES] = {
	[ENTRY_NORMAL] = { "Debian GNU/Linux", "root=/dev/sda2 ro console=tty0 console=ttyS0,115200n8" },
	[ENTRY_RESCUE] = { "Debian GNU/Linux (rescue)",
			   "root=/dev/sda2 ro console=tty0 console=ttyS0,115200n8 systemd.unit=rescue.target" },
	[ENTRY_MEMORY] = { "Memory test", "" },
};

const char *const text_bios[] = {
	"Lab BIOS v1.04, (C) 2023 Lab Computers",
	"BIOS Date: 03/14/2023  Ver: 1.04.07",
	"CPU: Lab Xeon E3-1265 @ 2.50GHz, 4 cores",
	"Memory Test: 16384M OK",
	"Press <DEL> to enter Setup, <F11> for the boot menu",
	"SATA Port 0: WDC WD40EFRX-68N32N0",
	"SATA Port 1: WDC WD40EFRX-68N32N0",
	"USB: 1 keyboard, 0 mice, 1 hub",
	"Booting from SATA Port 0...",
	NULL
};

const char *const text_no_disk[] = {
	"Reboot and Select proper Boot device",
	"or Insert Boot Media in selected Boot device and press a key",
	NULL
};

const char *const text_kernel[] = {
	"Linux version 6.1.0-21-amd64 (debian-kernel@lists.debian.org) #1 SMP PREEMPT_DYNAMIC Debian 6.1.90-1",
	"Command line: BOOT_IMAGE=/boot/vmlinuz-6.1.0-21-amd64 $E",
	"BIOS-provided physical RAM map:",
	"BIOS-e820: [mem 0x0000000000000000-0x000000000009d7ff] usable",
	"BIOS-e820: [mem 0x0000000000100000-0x00000000bffeffff] usable",
	"DMI: Lab Computers X9/X9SCL, BIOS 1.04.07 03/14/2023",
	"tsc: Detected 2500.024 MHz processor",
	"Memory: 16285432K/16657528K available (14342K kernel code, 2331K rwdata, 9056K rodata, 2792K init)",
	"smp: Brought up 1 node, 4 CPUs",
	"PCI: Using configuration type 1 for base access",
	"ACPI: PM: Power Button [PWRB]",
	"Serial: 8250/16550 driver, 4 ports, IRQ sharing enabled",
	"00:03: ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A",
	"ahci 0000:00:1f.2: AHCI 0001.0300 32 slots 6 ports 6 Gbps 0x3f impl SATA mode",
	"ata1: SATA link up 6.0 Gbps (SStatus 133 SControl 300)",
	"sd 0:0:0:0: [sda] 7814037168 512-byte logical blocks: (4.00 TB/3.64 TiB)",
	"e1000e 0000:00:19.0 eth0: (PCI Express:2.5GT/s:Width x1) 00:25:90:00:00:01",
	"EXT4-fs (sda2): mounted filesystem with ordered data mode. Quota mode: none.",
	"systemd[1]: Hostname set to <$N>.",
	NULL
};

const char *const text_up[] = {
	"[  OK  ] Mounted /srv.",
	"[  OK  ] Started OpenBSD Secure Shell server.",
	"[  OK  ] Started Samba SMB Daemon.",
	"[  OK  ] Reached target Multi-User System.",
	NULL
};

const char *const text_rescue[] = {
	"[  OK  ] Mounted /usr.",
	"[  OK  ] Started Rescue Shell.",
	"[  OK  ] Reached target Rescue Mode.",
	NULL
};

const char *const text_memory[] = {
	"[memory] pass 0, test 0: walking ones",
	"[memory] pass 0, test 1: own address",
	"[memory] pass 0, test 2: moving inversions, no errors so far",
	NULL
};

const char *const text_stop[] = {
	"[  OK  ] Stopped target Multi-User System.",
	"         Stopping OpenBSD Secure Shell server...",
	"         Stopping Samba SMB Daemon...",
	"[  OK  ] Stopped OpenBSD Secure Shell server.",
	"[  OK  ] Stopped Samba SMB Daemon.",
	"[  OK  ] Unmounted /srv.",
	"[  OK  ] Reached target System Shutdown.",
	"systemd-shutdown[1]: Syncing filesystems and block devices.",
	"systemd-shutdown[1]: Sending SIGTERM to remaining processes...",
	"reboot: Power down",
	NULL
};

const char *const text_stop_job = "[  ***] A stop job is running for /srv (1min 12s / no limit)";

const char *const text_panic[] = {
	"BUG: kernel NULL pointer dereference, address: 0000000000000058",
	"#PF: supervisor read access in kernel mode",
	"#PF: error_code(0x0000) - not-present page",
	"PGD 0 P4D 0",
	"Oops: 0000 [#1] PREEMPT SMP PTI",
	"CPU: 2 PID: 811 Comm: smbd Not tainted 6.1.0-21-amd64 #1 Debian 6.1.90-1",
	"Hardware name: Lab Computers X9/X9SCL, BIOS 1.04.07 03/14/2023",
	"RIP: 0010:ext4_map_blocks+0x1b4/0x5e0",
	"Code: 48 8b 43 28 48 89 44 24 18 e8 5c 2f fe ff <48> 8b 40 58 48 85 c0 74 0f",
	"RSP: 0018:ffffb7c3810f7b58 EFLAGS: 00010246",
	"Call Trace:",
	" <TASK>",
	" ext4_writepages+0x5d1/0xf60",
	" do_writepages+0xd1/0x1b0",
	" file_write_and_wait_range+0x6a/0xb0",
	" ext4_sync_file+0x8c/0x340",
	" do_syscall_64+0x5b/0xc0",
	" </TASK>",
	"---[ end trace 0000000000000000 ]---",
	"Kernel panic - not syncing: Fatal exception",
	"Kernel Offset: 0x2c600000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)",
	"---[ end Kernel panic - not syncing: Fatal exception ]---",
	NULL
};
