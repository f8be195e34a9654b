#include "profile.h"

#include "quirk.h"

#include <stdio.h>
#include <string.h>

static const char *const huawei_boot[] = {
	"^BOOT:27710117,0,0,0,75", "^SRVST:0", "^SIMST:1", "^SRVST:2", "^MODE:5,4", NULL
};
static const char *const huawei_noise[] = {
	"^RSSI:14", "^DSFLOWRPT:0000003C,00000000,00000000,0000000000000000,0000000000000000,0003E800,0003E800",
	"^BOOT:27710117,0,0,0,75", "^RSSI:15", "^CSNR:-81,-9", "^MODE:5,4", NULL
};
static const char *const zte_noise[] = { "+ZUSIMR:2", NULL };
static const char *const simcom_boot[] = { "RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready", NULL };
static const char *const none[] = { NULL };

/* Seen on real devices of each make. */
static const struct odd no_odd[] = { { NULL, NULL } };
static const struct odd huawei_odd[] = {
	{ "+CPMS=?", "\r\n+CPMS: (\"ME\",\"MT\",\"SM\",\"SR\"),(\"ME\",\"MT\",\"SM\",\"SR\"),(\"ME\",\"MT\",\"SM\",\"SR\")\r\n\r\nOK\r\n" },
	{ NULL, NULL }
};
static const struct odd zte_odd[] = {
	{ "+CFUN?", "\r\n+CFUN: (0-1,4-7),(0-1)\r\n\r\nOK\r\n" },
	{ "+CVHU=0", "\r\n+CVHU: (0-1)\r\n\r\nOK\r\n" },
	{ "+ZPAS?", "\r\n+BEARTYPE: \"UMTS\",\"CS_PS\"\r\n\r\nOK\r\n" },
	{ "+WIND?", "\r\nERROR\r\n" },
	{ "+WIND=50", "\r\nERROR\r\n" },
	{ "+CPMS=?", "\r\n+CPMS: (\"ME\",\"MT\",\"SM\",\"SR\"),(\"ME\",\"MT\",\"SM\",\"SR\"),(\"ME\",\"MT\",\"SM\",\"SR\")\r\n\r\nOK\r\n" },
	{ NULL, NULL }
};
static const struct odd wavecom_odd[] = {
	{ "+CGMR", "\r\nERROR\r\n" },
	{ "+WIND?", "\r\n+WIND: 0\r\n\r\nOK\r\n" },
	{ "+WIND=50", "\r\nOK\r\n" },
	{ "+CPMS=?", "\r\n+CPMS: ((\"SM\",\"BM\",\"SR\"),(\"SM\"))\r\n\r\nOK\r\n" },
	{ NULL, NULL }
};

static const struct profile profiles[] = {
	{
		.name = "generic", .manufacturer = "Lab", .model = "Modem", .revision = "1.0",
		.imei = "353456789012348", .vendor = 0x1e0e, .product = 0x9001, .unknown = "ERROR",
		.store = "SM", .odd = no_odd, .boot = none, .noise = none,
	},
	{
		.name = "huawei", .manufacturer = "huawei", .model = "E1752", .revision = "11.126.13.00.00",
		.imei = "353456789012348", .vendor = 0x12d1, .product = 0x1001,
		.unknown = "COMMAND NOT SUPPORT", .store = "SM", .huawei = true,
		.quirks = QUIRK_URC_INSIDE | QUIRK_URC_FIRST, .cr_cr_lf = true, .odd = huawei_odd, .boot = huawei_boot, .noise = huawei_noise, .noise_ms = 3000,
	},
	{
		.name = "zte", .manufacturer = "ZTE INCORPORATED", .model = "K3565-Z",
		.revision = "BD_P673A2V1.0.0B09", .imei = "353456789012348", .vendor = 0x19d2,
		.product = 0x0001, .unknown = "+CME ERROR: 100", .store = "ME", .odd = zte_odd,
		.boot = none, .noise = zte_noise, .noise_ms = 2000,
	},
	{
		.name = "simcom", .manufacturer = "SIMCOM INCORPORATED", .model = "SIMCOM_SIM7600E",
		.revision = "LE11B04SIM7600", .imei = "353456789012348", .vendor = 0x1e0e,
		.product = 0x9001, .unknown = "ERROR", .store = "SM", .odd = no_odd, .boot = simcom_boot, .noise = none,
	},
	{
		.name = "wavecom", .manufacturer = " WAVECOM MODEM", .model = " MULTIBAND  900E  1800",
		.revision = "R7.46", .imei = "353456789012348", .vendor = 0x1e0e, .product = 0x9001,
		.unknown = "ERROR", .store = "SM", .cpin_no_ok = true, .cpms_two_only = true,
		.odd = wavecom_odd,
		.boot = none, .noise = none,
	},
};

const struct profile *profile_find(const char *name)
{
	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
		if (!strcmp(profiles[i].name, name))
			return &profiles[i];
	return NULL;
}

const char *profile_names(void)
{
	static char text[128];
	size_t n = 0;

	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? ", " : "", profiles[i].name);
	return text;
}
