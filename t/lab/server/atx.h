/* atx.h - a server as the small computer beside it meets it: two buttons, a power LED, a serial port. Pure: no
 * descriptor and no clock. Time comes in, as microseconds of a clock that does not go back, and what is due by
 * then happens in atx_run. One file a part:
 *
 *   power.c    mains, standby, on, asleep; what the LED shows
 *   button.c   contacts: debouncing, the press, four seconds held
 *   stage.c    from power-on to the login prompt and down again, and the texts that are said meanwhile (texts.c)
 *   menu.c     the boot loader's menu
 *   kernel.c   panic, hang, SysRq
 *   tty.c      the login prompt's line editing; shell.c what it understands
 *   say.c      what waits to be sent: texts, then floods */
#ifndef SERVER_ATX_H
#define SERVER_ATX_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ATX_MS INT64_C(1000)
#define ATX_S (1000 * ATX_MS)
#define ATX_NEVER INT64_MAX

enum button { BUTTON_POWER, BUTTON_RESET, BUTTONS };

/* No mains; S5, only standby power; S0; S3. */
enum atx_power { ATX_DEAD, ATX_OFF, ATX_ON, ATX_ASLEEP };

/* What it runs. In STAGE_HUNG and STAGE_PANIC nobody is there to hear a press of the power button. */
enum atx_stage {
	STAGE_NONE, STAGE_BIOS, STAGE_MENU, STAGE_KERNEL, STAGE_LOGIN, STAGE_SHELL, STAGE_STOPPING, STAGE_HUNG, STAGE_PANIC,
};

enum atx_fault {
	FAULT_POWER_STUCK,	/* the button is jammed, as if somebody held it */
	FAULT_RESET_STUCK,
	FAULT_POWER_CUT,	/* the wire to the board is off: presses reach nobody */
	FAULT_RESET_CUT,
	FAULT_LED_INVERTED,	/* wired the wrong way round */
	FAULT_LED_ABSENT,	/* not wired at all */
	FAULT_ACPI_IGNORED,	/* the system takes no notice of a press */
	FAULT_ACPI_HANG,	/* it begins to shut down, and never ends */
	FAULT_NO_POWER,		/* the supply gives up after 300 ms */
	FAULT_NO_DISK,		/* there is nothing to boot from */
	FAULTS
};

enum atx_sense { SENSE_DARK, SENSE_LIT, SENSE_NOTHING };

struct atx_settings {
	const char *name;		/* "nas" */
	int64_t debounce, hold;		/* of the buttons; of the power button until it cuts the power */
	int64_t bios, menu, kernel, stop;	/* how long each takes */
	int64_t mains;			/* from mains to doing what is next */
	enum { MAINS_OFF, MAINS_ON, MAINS_LAST } after_mains;
	int64_t panic_reboot;		/* a panic restarts after this; 0: never */
};
extern const struct atx_settings atx_defaults;	/* 16 ms, 4 s; 3, 5, 4 and 6 s; 1 s, off; never */

enum atx_due {
	DUE_POWER, DUE_RESET,		/* a contact is steady; by enum button */
	DUE_HOLD, DUE_BLINK, DUE_SUPPLY, DUE_MAINS,
	DUE_LINE,			/* the next line of a script, or its end */
	DUE_MENU,			/* a second of the menu's */
	DUE_RESTART, DUES
};

struct atx_contact {
	bool wire;			/* as the small computer drives it */
	bool raw, down;			/* as it meets the board; and steadily so */
	int64_t since;			/* raw has been as it is */
};

struct atx_count { unsigned power_on, power_off, cut, restarts, presses[BUTTONS], panics; };

struct atx {
	struct atx_settings set;
	void (*tell)(void *arg, const char *text);	/* what happens, a sentence each */
	void *arg;
	int64_t now, due[DUES];
	enum atx_power power;
	enum atx_stage stage;
	bool lit, ran;			/* LED; ran when mains went */
	struct atx_contact contact[BUTTONS];
	bool fault[FAULTS];
	struct atx_count count;

	const char *const *script;	/* lines still to be said, NULL after the last */
	int64_t script_step, kernel_start;
	bool restart;			/* what stopping ends in */

	unsigned entry, seconds, escape;	/* menu: chosen, left; bytes of an escape sequence seen */
	bool counting;

	char typed[200];		/* tty: the line so far */
	size_t ntyped;
	bool password;
	int64_t sysrq_until;

	struct buf out;
	int64_t flood_left, flood_at;
	bool flood_wild, flood_prompt;
	uint32_t random;
};

/* Mains are there and standby is on; the server is off. TELL may be NULL. */
void atx_init(struct atx *a, const struct atx_settings *s, void (*tell)(void *arg, const char *text), void *arg);
void atx_free(struct atx *a);

/* Does what is due by NOW. */
void atx_run(struct atx *a, int64_t now);
/* When something is due next; ATX_NEVER if nothing is. */
int64_t atx_next(const struct atx *a);

/* The small computer's line to a button became active, or not. AT may lie a little back: widths are measured
 * between what is given here. */
void atx_wire(struct atx *a, int64_t at, enum button b, bool active);
void atx_mains(struct atx *a, int64_t at, bool on);
enum atx_sense atx_sense(const struct atx *a);

/* From the serial line: bytes, and a BREAK. */
void atx_input(struct atx *a, int64_t at, const char *bytes, size_t n);
void atx_break(struct atx *a, int64_t at);
/* To it: whether it has something to say, and at most N bytes of it. */
bool atx_talks(const struct atx *a);
size_t atx_output(struct atx *a, char *p, size_t n);

/* It is so, whatever it was: P, and if that is on or asleep, S: at the login prompt, in a panic, or hung. */
void atx_put(struct atx *a, int64_t at, enum atx_power p, enum atx_stage s);

/* What a test does to it. A flood is COUNT bytes: numbered lines of 64 bytes, or anything at all if WILD. */
void atx_set_fault(struct atx *a, int64_t at, enum atx_fault f, bool on);
void atx_panic(struct atx *a, int64_t at);
void atx_hang(struct atx *a, int64_t at);
void atx_sleep(struct atx *a, int64_t at);
void atx_say(struct atx *a, const void *bytes, size_t n);
void atx_flood(struct atx *a, int64_t count, bool wild);

/* By name ("led-inverted"); -1 or NULL if there is none. */
int atx_fault_by_name(const char *name);
const char *atx_fault_name(unsigned f);
const char *atx_power_name(enum atx_power p);
const char *atx_stage_name(enum atx_stage s);

#endif
