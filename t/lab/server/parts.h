/* parts.h - what the parts of the server's model know of each other, and nobody else. */
#ifndef SERVER_PARTS_H
#define SERVER_PARTS_H

#include "atx.h"

/* An event, for the test's log. */
void tell(struct atx *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* D is due so long after now; or never. */
void due_in(struct atx *a, enum atx_due d, int64_t us);
void due_not(struct atx *a, enum atx_due d);

/* power.c */
void power_up(struct atx *a, const char *why);
void power_down(struct atx *a, const char *why);
void power_restart(struct atx *a, const char *why);
void power_wake(struct atx *a);
void power_blink(struct atx *a);
void power_supply(struct atx *a);
void power_mains(struct atx *a);

/* button.c */
void button_look(struct atx *a, enum button b, int64_t at);	/* something about its contact may have changed */
void button_steady(struct atx *a, enum button b);
void button_held(struct atx *a);

/* stage.c */
void stage_set(struct atx *a, enum atx_stage s);
void stage_begin(struct atx *a);		/* power is there: BIOS */
void stage_end(struct atx *a);			/* no power any more */
void stage_press(struct atx *a);		/* the power button was pressed while it runs */
void stage_stop(struct atx *a, bool restart);	/* an orderly shutdown */
void stage_boot(struct atx *a);			/* the menu's choice */
void stage_line(struct atx *a);

/* texts.c; each list ends with NULL. $E stands for what the kernel was started with, $N for the server's name. */
extern const char *const text_bios[], *const text_no_disk[], *const text_kernel[], *const text_up[], *const text_rescue[],
	*const text_memory[], *const text_stop[], *const text_panic[];
extern const char *const text_stop_job;
#define ENTRIES 3
enum { ENTRY_NORMAL, ENTRY_RESCUE, ENTRY_MEMORY };
extern const struct entry { const char *title, *arguments; } text_entries[ENTRIES];

/* menu.c */
void menu_begin(struct atx *a);
void menu_second(struct atx *a);
void menu_key(struct atx *a, char c);

/* kernel.c */
void kernel_say(struct atx *a, const char *text);	/* a line with the time since its start */
bool kernel_runs(const struct atx *a);
bool sysrq_key(struct atx *a, char c);			/* whether it took the key */
void kernel_panic(struct atx *a);
void kernel_hang(struct atx *a);

/* tty.c, shell.c */
void tty_begin(struct atx *a);
void tty_prompt(struct atx *a);
void tty_key(struct atx *a, char c);
void shell_run(struct atx *a, char *line);

/* say.c */
void say(struct atx *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
