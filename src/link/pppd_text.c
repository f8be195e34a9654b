#include "link/pppd_text.h"

#include <stddef.h>

static const struct {
	int code;
	bool fatal;
	const char *text;
} table[] = {
	{ 0, false, "the carrier ended the connection" },
	{ 1, false, "pppd had a fatal error (memory or system call); see the log" },
	{ 2, true, "pppd does not accept an option; check ppp-options in the config" },
	{ 3, true, "pppd is not set up to run as root" },
	{ 4, true, "the kernel has no PPP; load or build ppp_async" },
	{ 5, false, "pppd was told to end" },
	{ 6, false, "the port is locked by another program; look for one that uses the modem" },
	{ 7, false, "the port could not be opened" },
	{ 8, false, "the connect script failed" },
	{ 9, false, "the pty command could not be run" },
	{ 10, false, "no agreement with the carrier's PPP (LCP or IPCP); check the APN" },
	{ 11, false, "the carrier did not authenticate itself" },
	{ 12, false, "the link was idle for too long" },
	{ 13, false, "the link's time limit was reached" },
	{ 14, false, "callback was negotiated" },
	{ 15, false, "the carrier stopped answering (LCP echo)" },
	{ 16, false, "the modem hung up" },
	{ 17, false, "the line is looped back to us" },
	{ 18, false, "the init script failed" },
	{ 19, false, "the carrier refused our user or password; check user and password-file of the modem" },
	{ 20, false, "the traffic limit was reached" },
	{ 21, false, "the peer's number is not allowed" },
};

const char *pppd_exit_text(int code, bool *fatal)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i].code == code) {
			*fatal = table[i].fatal;
			return table[i].text;
		}
	*fatal = false;
	return "pppd ended for a reason that it does not document";
}
