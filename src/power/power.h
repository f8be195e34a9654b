/* power.h - oobm-power from the inside: the targets, what is asked of them, what is told of them.
 *
 * main.c is the worker, settings.c reads its config, target.c carries out requests one after the other,
 * hands.c holds the lines and presses, deeds.c runs programs instead, sight.c watches LEDs, say.c talks to the
 * parent. */
#ifndef OOBM_POWER_POWER_H
#define OOBM_POWER_POWER_H

#include "base/err.h"
#include "core/led.h"
#include "core/press.h"
#include "power/guard.h"
#include "power/lines.h"
#include "power/program.h"
#include "run/worker.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POWER_TARGETS_MAX 16
#define POWER_WAITING_MAX 8	/* requests for one target, beside the one that is carried out */
#define POWER_ID_MAX 32

struct power;

struct request {
	char id[POWER_ID_MAX];
	struct press_event ask;		/* PRESS_EV_BEGIN */
};

/* The LED of a target, or the program that stands for it. */
struct sight {
	struct led led;
	struct watch *watch;		/* of edges; NULL: polled */
	struct timer *timer;
	int64_t counted_from;		/* edges since then */
	unsigned edges;
	bool storm;			/* so many that they are not looked at for a while */
	struct program *program;	/* command-status, running */
	int64_t asked;			/* when it was run last */
	enum led_state state;		/* as last told; LED_NONE without any */
};

struct target {
	struct power *power;
	size_t index;			/* its number, for the guard too */
	char *name;
	/* settings */
	struct press_config config;
	char *chip, *line[LINES];	/* "" for none */
	unsigned flags, led_flags;
	char *command[PRESS_DEEDS], *status;	/* "" for none; as program_run takes them */
	/* its lines */
	struct lines *lines;		/* NULL: a target with commands, or not to be had */
	bool lost;			/* they answer no more, and are let go of when no button is pressed */
	char fault[ERR_TEXT_MAX];	/* why nothing can be done; "" when all is well */
	bool pressing;			/* said and not yet taken back; of LINE: */
	enum line pressed;
	int64_t pressed_at;
	/* its programs */
	struct program *program;	/* for a deed, running */
	bool abandoned;			/* nobody waits for its end any more */
	bool wanted;			/* a deed waits for another program to end: */
	enum press_deed deed;
	struct sight sight;
	/* requests */
	struct press press;
	struct timer *timer;		/* of press; NULL: not open */
	struct request running, waiting[POWER_WAITING_MAX];
	size_t nwaiting;
};

struct power {
	struct worker worker;
	bool started;
	struct target *target[POWER_TARGETS_MAX];
	size_t n;
	struct guard *guard;		/* NULL: no target has lines */
	struct watch *guard_watch;
	struct timer *mend;		/* tries again what cannot be had, and looks whether all still answers */
	int64_t mend_ms;
};

/* --- settings.c --- */
/* A target as the message says, neither opened nor watched. NULL with E. */
struct target *target_new(struct power *p, const struct msg *m, struct err *e);
void target_free(struct target *t);

/* --- target.c --- */
/* From now on it takes requests. */
void target_open(struct target *t);
/* Takes a request; it is answered by say_done, maybe before this returns. */
void target_ask(struct target *t, const struct request *r);
/* Answers whether it could be done, as far as that is known before. */
void target_try(struct target *t, const struct request *r);
/* Ends what is carried out and what waits. WHY goes into the answers of what waited. */
void target_abort(struct target *t, const char *why);
/* Something that the running request has to know. */
void target_step(struct target *t, const struct press_event *ev);
/* What holds the target is gone: WHY is told, and a running request ends with it. "" when all is well again. */
void target_fault(struct target *t, const char *why);
bool target_busy(const struct target *t);
struct target *target_find(struct power *p, const char *name);

/* --- hands.c --- */
/* Takes the lines of all targets; to be called before the sandbox. What cannot be had is a fault of its target,
 * and is tried again. */
void hands_open(struct power *p);
/* The guard of those that were taken; after the sandbox. */
void hands_guard(struct power *p);
/* All lines inactive, the guard ended. */
void hands_close(struct power *p);
/* Presses for MS, or releases, and tells the parent. Returns 0, or -1 with E: then it is not pressed. */
int hands_press(struct target *t, enum press_line line, int64_t ms, struct err *e);
int hands_release(struct target *t, struct err *e);
/* Do its lines still answer? If not, that is a fault, and they are let go of. True for one without lines. */
bool hands_check(struct target *t);

/* --- deeds.c --- */
/* Runs the command for DEED as soon as no other program of the target runs; PRESS_EV_RAN answers. */
void deeds_run(struct target *t, enum press_deed deed);
/* Ends it; nobody waits for its answer. */
void deeds_stop(struct target *t);
/* A program of the target has ended: one that waits may run. True if it does. */
bool deeds_next(struct target *t);
void deeds_close(struct target *t);

/* --- sight.c --- */
void sight_open(struct target *t);
void sight_close(struct target *t);	/* it may be opened again */
/* Looks now, or as soon as no other program of the target runs. */
void sight_look(struct target *t);
/* A request begins: what is known only from a program has to be asked anew. */
void sight_refresh(struct target *t);

/* --- say.c: messages to the parent; ipc/permit.c says what they mean --- */
void say_ready(struct power *p);
void say_progress(const struct target *t, const char *id, const char *text);
void say_done(const struct target *t, const char *id, bool ok, const char *text);
/* For a target that there is none of. */
void say_refused(struct power *p, const char *id, const char *target, const char *text);
void say_led(const struct target *t);
void say_fault(const struct target *t);
void say_queue(const struct target *t);
/* What is carried out, and what waits. */
void say_running(const struct target *t);
/* These two are on their way when they return. */
void say_pressing(const struct target *t, enum line line);
void say_released(const struct target *t, enum line line);

#endif
