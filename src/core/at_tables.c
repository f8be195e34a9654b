#include "core/at_tables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define N(a) (sizeof(a) / sizeof *(a))

/* An entry with a colon is a prefix, one without is a whole line; each begins with a capital or a sign.
 * Those of the message service and of registration are of TS 27.005 and 27.007, the others are what
 * vendors say on their own account. */
static const struct at_urc urcs[] = {
	/* messages */
	{ "+CMT:", 2, false }, { "+CBM:", 2, false }, { "+CDS:", 2, true },
	{ "+CMTI:", 1, false }, { "+CBMI:", 1, false }, { "+CDSI:", 1, false },
	/* registration, packet domain, time, calls, services */
	{ "+CREG:", 1, false }, { "+CGREG:", 1, false }, { "+CEREG:", 1, false }, { "+C5GREG:", 1, false },
	{ "+CGEV:", 1, false }, { "+CIEV:", 1, false }, { "+CTZV:", 1, false }, { "+CTZE:", 1, false },
	{ "+CTZDST:", 1, false }, { "+CRING:", 1, false }, { "+CLIP:", 1, false }, { "+CCWA:", 1, false },
	{ "+CSSU:", 1, false }, { "+CSSI:", 1, false }, { "+COLP:", 1, false }, { "+CUSD:", 1, false },
	{ "+CDIP:", 1, false }, { "+CNAP:", 1, false }, { "+CR:", 1, false }, { "+CPIN:", 1, false },
	{ "+CFUN:", 1, false }, { "RING", 1, false },
	/* Huawei */
	{ "^RSSI:", 1, false }, { "^HCSQ:", 1, false }, { "^MODE:", 1, false }, { "^BOOT:", 1, false },
	{ "^DSFLOWRPT:", 1, false }, { "^CSNR:", 1, false }, { "^SRVST:", 1, false }, { "^SIMST:", 1, false },
	{ "^STIN:", 1, false }, { "^NWTIME:", 1, false }, { "^ORIG:", 1, false }, { "^CONF:", 1, false },
	{ "^CONN:", 1, false }, { "^CEND:", 1, false }, { "^DSDORMANT:", 1, false }, { "^NDISSTAT:", 1, false },
	{ "^NDISEND:", 1, false }, { "^SMMEMFULL:", 1, false }, { "^CARDMODE:", 1, false },
	{ "^THERM:", 1, false }, { "^LTERSRP:", 1, false }, { "^ANLEVEL:", 1, false }, { "^ECCLIST:", 1, false },
	{ "^XLEMA:", 1, false }, { "^PLMN:", 1, false }, { "^SCN:", 1, false }, { "^RFSWITCH:", 1, false },
	{ "^ACTIVEBAND:", 1, false }, { "^HRSSILVL:", 1, false }, { "^CRSSI:", 1, false },
	{ "^EONS:", 1, false }, { "^LWURC:", 1, false }, { "^CSCHANNELINFO:", 1, false },
	{ "^NOTE:", 1, false }, { "^ICCID:", 1, false }, { "^REJINFO:", 1, false }, { "^SYSSTART", 1, false },
	/* ZTE */
	{ "+ZUSIMR:", 1, false }, { "+ZEND", 1, false }, { "+ZEND:", 1, false }, { "+ZDONR:", 1, false },
	{ "+ZPASR:", 1, false }, { "+ZPSTM:", 1, false }, { "+ZUSLOT:", 1, false }, { "+ZSIMR:", 1, false },
	{ "+ZICCID:", 1, false }, { "+ZURDY:", 1, false }, { "HANGUP:", 1, false },
	/* Option, Ericsson, Sierra, Telit, Wavecom, SIMCom, Quectel and others */
	{ "_OSIGQ:", 1, false }, { "_OBS:", 1, false }, { "_OSSYSI:", 1, false }, { "_OWANCALL:", 1, false },
	{ "_OLCC:", 1, false }, { "_OUWCTI:", 1, false }, { "*EBCA:", 1, false }, { "*EMRDY:", 1, false },
	{ "*STKEND", 1, false }, { "*TTZ:", 1, false }, { "*PSUTTZ:", 1, false }, { "*PSNWID:", 1, false },
	{ "*E2NAP:", 1, false }, { "*EMWI:", 1, false }, { "*EPSB:", 1, false }, { "+MBAN:", 1, false },
	{ "+PACSP", 1, false }, { "+PACSP0", 1, false }, { "+PACSP1", 1, false }, { "+PBREADY", 1, false },
	{ "#STN:", 1, false }, { "#NITZ:", 1, false }, { "#QSS:", 1, false }, { "+SPNWNAME:", 1, false },
	{ "+PSBEARER:", 1, false }, { "+SIMREADY", 1, false }, { "+STIN:", 1, false }, { "+STKPCI:", 1, false },
	{ "+WIND:", 1, false }, { "+WDSI:", 1, false }, { "+CCINFO:", 1, false }, { "+QIND:", 1, false },
	{ "+QUSIM:", 1, false }, { "+QNTP:", 1, false }, { "+CSQN:", 1, false }, { "Call Ready", 1, false },
	{ "SMS Ready", 1, false }, { "SMS DONE", 1, false }, { "PB DONE", 1, false }, { "RDY", 1, false },
	{ "NORMAL POWER DOWN", 1, false }, { "POWERED DOWN", 1, false },
	{ "UNDER-VOLTAGE WARNNING", 1, false }, { "UNDER-VOLTAGE POWER DOWN", 1, false },
	{ "OVER-VOLTAGE WARNNING", 1, false }, { "OVER-VOLTAGE POWER DOWN", 1, false },
	{ "MODEM:STARTUP", 1, false },
};

static const struct { const char *text; enum at_kind kind; } finals[] = {
	{ "OK", AT_OK }, { "CONNECT", AT_CONNECT }, { "ERROR", AT_ERROR }, { "COMMAND NOT SUPPORT", AT_ERROR },
	{ "NOT FOND ^,NOT CUSTOM AT", AT_ERROR }, { "NA", AT_ERROR }, { "ABORTED", AT_ERROR },
};

static bool starts(const char *s, const char *prefix)
{
	return strncasecmp(s, prefix, strlen(prefix)) == 0;
}

const struct at_urc *at_find_urc(const char *line)
{
	int first = toupper((unsigned char)line[0]);

	for (size_t i = 0; i < N(urcs); i++) {
		size_t n;

		if (urcs[i].prefix[0] != first)	/* spares nearly all of the comparing */
			continue;
		n = strlen(urcs[i].prefix);
		if (urcs[i].prefix[n - 1] == ':' ? starts(line, urcs[i].prefix) : strcasecmp(line, urcs[i].prefix) == 0)
			return &urcs[i];
	}
	return NULL;
}

bool at_is_call_end(const char *line)
{
	static const char *const ends[] = { "NO CARRIER", "NO DIALTONE", "NO DIAL TONE", "BUSY", "NO ANSWER" };

	for (size_t i = 0; i < N(ends); i++)
		if (strcasecmp(line, ends[i]) == 0)
			return true;
	return false;
}

bool at_is_registration(const char *line)
{
	return starts(line, "+CREG:") || starts(line, "+CGREG:") || starts(line, "+CEREG:") || starts(line, "+C5GREG:");
}

/* What stands behind "+CME ERROR:": a number, or with AT+CMEE=2 a text. */
static int code_of(bool cms, const char *s)
{
	size_t digits;

	s += strspn(s, " ");
	digits = strspn(s, "0123456789");
	if (digits > 0 && digits <= 5 && !s[digits])
		return atoi(s);
	return at_error_code(cms, s);
}

bool at_find_final(const char *line, struct at_line *out)
{
	for (size_t i = 0; i < N(finals); i++)
		if (strcasecmp(line, finals[i].text) == 0) {
			out->kind = finals[i].kind;
			return true;
		}
	if (starts(line, "CONNECT ")) {
		out->kind = AT_CONNECT;
		return true;
	}
	if (starts(line, "+CME ERROR:") || starts(line, "+CMS ERROR:")) {
		out->kind = AT_ERROR;
		out->cms = toupper((unsigned char)line[3]) == 'S';
		out->code = code_of(out->cms, line + strlen("+CME ERROR:"));
		return true;
	}
	if (starts(line, "MODEM ERROR: ") && isdigit((unsigned char)line[strlen("MODEM ERROR: ")])) {
		out->kind = AT_ERROR;
		return true;
	}
	return false;
}
