/* tcp.h - what systems can tune differently about a TCP connection. */
#ifndef OOBM_OS_TCP_H
#define OOBM_OS_TCP_H

/* For a connection through the link: the kernel gives it up when sent bytes are not acknowledged for
 * TIMEOUT_MS, and takes new ones only while less than UNSENT bytes wait in it, so that a keystroke does
 * not queue behind a second of bulk data (0: as many as it likes). What a system cannot do is left out. */
void os_tune_tcp(int fd, unsigned timeout_ms, unsigned unsent);

#endif
