/* algorithms.h - what is offered to the relay. Short lists, since they are sent each time; each has what
 * every OpenSSH since 6.5 knows. */
#ifndef OOBM_TUNNEL_ALGORITHMS_H
#define OOBM_TUNNEL_ALGORITHMS_H

#include "os/cpu.h"

#define ALGORITHMS_KEX "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,diffie-hellman-group16-sha512"
#define ALGORITHMS_MAC "hmac-sha2-256-etm@openssh.com,hmac-sha2-256"

/* AES first where the processor helps: it costs half as much there, and many times as much elsewhere. */
static inline const char *algorithms_cipher(void)
{
	return os_cpu_has_aes() ? "aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr" :
				  "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-ctr";
}

#endif
