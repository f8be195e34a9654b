/* agent.h - the parts of oobm-agent, and what they share. */
#ifndef OOBM_AGENT_AGENT_H
#define OOBM_AGENT_AGENT_H

#include "agent/modem.h"
#include "core/machine.h"
#include "core/policy.h"
#include "core/rights.h"
#include "core/usage.h"
#include "ipc/msg.h"
#include "run/worker.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#define AGENT_RELAYS_MAX 4
#define AGENT_SEEN_MAX 64
#define AGENT_ADDR_MAX 64
#define AGENT_TARGETS_MAX 8
#define AGENT_TARGET_NAME_MAX 32
/* A card takes three. One that was refused is the last; when power or modem go before the answer, there is
 * another. */
#define AGENT_PIN_TRIES_MAX 2

struct agent_relay {
	char name[64], host[256], display[256], user[64], forwards[1024];
	int64_t port;
};

struct agent_settings {
	struct modem_config modem;
	struct machine_limits limits;
	struct agent_relay relay[AGENT_RELAYS_MAX];
	size_t nrelay;
	bool push;
	char state_dir[200];
	char probe[256];
	uint64_t budget;		/* bytes a month; 0: none */
	int budget_day;			/* on which a month of the SIM's plan begins, 1 to USAGE_DAY_MAX */
};

/* Who asked for the window, and what it cost: kept beside the machine's own part of it. */
struct agent_window {
	char number[POLICY_NUMBER_MAX];	/* where the report goes */
	char by[POLICY_NAME_MAX];
	uint64_t received, sent;	/* bytes on the link, of links that have ended */
	char push_error[160];		/* why a push of this window was not delivered; "" */
	unsigned links;			/* how often it was dialled */
};

struct agent_link {
	bool asked;	/* link-open was said, and neither link-failed nor link-down heard */
	bool up;
	char ifname[IFNAMSIZ], local[AGENT_ADDR_MAX], dns1[AGENT_ADDR_MAX], dns2[AGENT_ADDR_MAX];
	uint64_t counted;	/* bytes of it that are in the month's */
};

enum closing_phase { CLOSING_NOT, CLOSING_TUNNEL, CLOSING_LINK, CLOSING_MODEM };

/* What must survive: written whole by store.c. */
struct agent_store {
	uint64_t seen[AGENT_SEEN_MAX];	/* fingerprints of messages that were acted on; a ring */
	size_t nseen, next_seen;
	uint64_t next_id;		/* of windows */
	uint64_t pin_tried;		/* fingerprint of a PIN that was sent and not yet accepted; 0 none */
	unsigned pin_tries;		/* how often; AGENT_PIN_TRIES_MAX if it was refused */
	int64_t wall;			/* the latest wall clock seen */
	struct usage usage;
};

/* A machine that is looked after: what its workers said of it last. */
struct agent_target {
	char name[AGENT_TARGET_NAME_MAX];
	bool power, console;
	char led[12];			/* "on", "off", "blinking", "unknown", "none"; "" not heard yet */
	char fault[200];		/* why its power cannot be reached; "" if it can */
	int64_t queue;
	char pressing[8];		/* line that is active: "power", "reset"; "" for none */
	bool recording;
	char console_fault[200];
	char last[200];			/* last line on its console */
	int64_t last_at;
	struct agent_count { int64_t since; unsigned n; } alerts, noted, changes;	/* within the hour that began then */
};

struct spool;
struct control;
struct power;
struct pending;

struct agent {
	struct worker worker;
	struct loop *loop;
	struct agent_settings set;
	struct policy policy;
	struct machine machine;
	struct modem *modem;
	char modem_error[256];		/* why it cannot be used; "" while it can */
	struct agent_store store;
	struct agent_window window, last;	/* beside machine.window and machine.last */
	struct agent_window next;		/* who asked last: for the window that begins next */
	struct agent_link link;
	struct spool *spool;
	struct control *control;
	struct agent_target target[AGENT_TARGETS_MAX];
	size_t ntarget;
	struct rights rights;
	struct power *power;
	struct pending *pending;
	int64_t started;

	struct timer *deadline;		/* machine_next */
	struct timer *minute;		/* alive, and the window's remaining time to disk */
	struct timer *closing_timer;
	struct timer *down_timer;
	enum closing_phase closing;
	int64_t request;		/* id of the running check or open */
	bool tunnel;			/* an open is running or the tunnel is up */
	size_t relay;			/* the one in use */
	unsigned hopeless;		/* set of 1 << relay: another try with it makes no sense in this window */
	char address[AGENT_ADDR_MAX], ports[128];	/* of the tunnel that is up */
	bool worker_lost;		/* the tunnel's worker died; the loss is told when it is back */
	unsigned ignored;		/* messages noted as such in the history ... */
	int64_t ignored_since;		/* ... since then */
	unsigned retries_told, backs_told;	/* of this window */
	bool running;			/* `start` was heard */
	struct { char store[MODEM_STORE_MAX]; int index; bool valid; } doomed;	/* message to be deleted */
};

/* settings.c: messages before `start`. Returns -1 if one cannot be used (logged). */
int settings_take(struct agent *a, const struct msg *m, int rule);

/* store.c */
/* Reads what an earlier run left. Damage is logged, reported, and nothing is opened because of it. */
void store_load(struct agent *a);
int store_save(struct agent *a);	/* -1: logged */
bool store_seen(const struct agent *a, uint64_t fingerprint);
void store_add_seen(struct agent *a, uint64_t fingerprint);
uint64_t store_fingerprint(const char *text);

/* driver.c: the machine and the world */
void driver_start(struct agent *a);
void driver_stop(struct agent *a);
void driver_event(struct agent *a, const struct machine_event *ev);
void driver_simple_event(struct agent *a, enum machine_event_type type);	/* one that says it all by its type */
/* Carries out what an authorised person asks. NUMBER: "" if it came by the control socket. Returns true
 * if it means something now; REPLY is for the person in any case. */
bool driver_command(struct agent *a, const struct command *c, const char *number, const char *by,
		    char *reply, size_t size);
void driver_ask_down_soon(struct agent *a);	/* time for the answer to reach who asked through the tunnel */
void driver_claim_port(struct agent *a);	/* asks the parent for the port's lock file again */

/* news.c: what comes through the parent */
void news_take(struct agent *a, const struct msg *m, int rule);

/* closing.c: tunnel, then link, then modem */
void closing_begin(struct agent *a, bool force);
void closing_tunnel_gone(struct agent *a);
void closing_link_gone(struct agent *a);

/* inbox.c */
void inbox_message(void *arg, const char *store, int index, const char *hex);
void inbox_delete_doomed(struct agent *a);

/* notice.c: what the owner is told; texts and ways */
void notice_up(struct agent *a, bool again);
void notice_warn(struct agent *a);
void notice_extended(struct agent *a);
void notice_retry(struct agent *a);
void notice_report(struct agent *a);
void notice_status(struct agent *a, const char *number);
void notice_refused_old(struct agent *a, const char *number);
void notice_damage(struct agent *a, const char *what);
/* PERCENT of the month's bytes are used; MONTH as usage_month has it. */
void notice_budget(struct agent *a, unsigned percent, int month);
void status_line(const struct agent *a, char *out, size_t size);
/* What the owner opens, "ssh://root@relay:31337", and what he types, "ssh -p 31337 root@relay". */
void ssh_address(const struct agent *a, char *url, size_t url_size, char *command, size_t size);

/* spool.c: notices on disk until they are delivered */
enum spool_way { SPOOL_PUSH = 1, SPOOL_SMS = 2 };
struct notice {
	char kind[16];
	char title[64], text[512], url[256], url_title[64], number[POLICY_NUMBER_MAX];
	int priority;
	unsigned ways;		/* set of enum spool_way still to be tried */
	bool passing;		/* worth nothing once the window is over, or the link that it is about */
	bool no_sms;		/* nor ever the price of an SMS; not on disk, where nothing passing is kept */
	uint64_t window;	/* the report of this window; 0: no report */
};
void spool_open(struct agent *a);
/* Did an earlier run spool the report of this window? Then the window is over. */
bool spool_has_report(const struct agent *a, uint64_t window);
void spool_add(struct agent *a, const struct notice *n);
void spool_kick(struct agent *a);	/* goes on from the loop: safe inside a step of the machine */
void spool_push_sent(struct agent *a, const struct msg *m);
void spool_push_failed(struct agent *a, const struct msg *m);
void spool_push_worker_gone(struct agent *a, const char *reason);
void spool_drop_passing(struct agent *a);
size_t spool_waiting(const struct agent *a, enum spool_way way);
size_t spool_count(const struct agent *a);

/* Something about a target, by push while a window is open, else by SMS. */
void notice_target(struct agent *a, const char *title, const char *text);

/* targets.c: what is known of the targets */
struct agent_target *target_find(struct agent *a, const char *name);	/* NULL: there is none */
void target_from_parent(struct agent *a, const struct msg *m, int rule);
/* WHAT: "oobm-power died", or "was ended". */
void target_worker_gone(struct agent *a, const char *worker, const char *target, const char *what, const char *reason);
/* The parent is gone without a word, and the workers with it: a press that is not over was cut short. */
void targets_stopped(struct agent *a);
/* "nas on, gw off": for a status in one SMS; "" if there is nothing to say. */
void target_line(const struct agent *a, char *out, size_t size);

/* power.c: requests to oobm-power, and who waits for them */
struct power_ask {
	char target[AGENT_TARGET_NAME_MAX], verb[12], by[POLICY_NAME_MAX];
	uint32_t uid;			/* of whoever asked, */
	char key[RIGHTS_KEY_MAX];	/* and the key, as rights_may takes them */
	bool force, escalate;
	bool only_try;			/* nothing is pressed: could it be done? */
};
struct power_ops {	/* DONE is the last call; both may be NULL */
	void (*progress)(void *arg, const char *text);
	void (*done)(void *arg, bool ok, const char *led, const char *text);
};
void power_start(struct agent *a);
bool power_verb_known(const char *verb);
/* Returns a number > 0 for power_forget, or -1 with why in REPLY (then no call comes). OPS is NULL if nobody waits: then
 * the owner is told the result. */
int64_t power_do(struct agent *a, const struct power_ask *ask, const struct power_ops *ops, void *arg, char *reply,
		 size_t size);
bool power_running(struct agent *a, const char *target);
void power_forget(struct agent *a, int64_t id);	/* the asker left; the action goes on */
void power_abort(struct agent *a, const char *target);	/* what runs ends, and its lines are let go */
void power_progress(struct agent *a, const struct msg *m);
void power_done(struct agent *a, const struct msg *m);
void power_worker_gone(struct agent *a, const char *why);
/* What was asked of oobm-power by the agent before this one, and is still being done. */
void power_taken_over(struct agent *a, const struct msg *m);

/* pending.c: what is to be done later; on disk before it is promised, and off it before it is done */
void pending_start(struct agent *a);
/* IN ms from now. Returns 0, or -1; REPLY for the asker in any case. */
int pending_add(struct agent *a, const struct power_ask *ask, int64_t in, char *reply, size_t size);
/* Of ID (0: any) and TARGET ("": any). Those that MAY says no to stay. Returns 0, or -1 if there was none. */
int pending_cancel(struct agent *a, int64_t id, const char *target, const char *by,
		   bool (*may)(void *arg, const char *target), void *arg, char *reply, size_t size);
void pending_put(const struct agent *a, struct buf *out);	/* `pending` lines */
void pending_minute(struct agent *a);	/* how much is left, to disk */

/* control_show.c: what is shown to clients */
void control_put_status(struct agent *a, struct buf *out);
void control_put_targets(const struct agent *a, uint32_t uid, const char *key, struct buf *out);

/* control.c */
void control_open(struct agent *a, int listen_fd);
void control_close(struct agent *a);

/* history.c: appended, rotated at 64 KiB */
void history_add(struct agent *a, const char *kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The last COUNT entries, oldest first, as `event` lines into OUT; of consoles those whose target MAY be read by who asks. */
typedef bool history_may(void *arg, const char *target);
void history_tail(const struct agent *a, size_t count, history_may *may, void *arg, struct buf *out);

/* meter.c: bytes of the month; the owner is told when they come to an end, once */
void meter_read(struct agent *a);		/* what went through the link so far */
void meter_link_gone(struct agent *a, uint64_t received, uint64_t sent);
uint64_t meter_month(struct agent *a);		/* with what goes through the link now */

/* wall.c: when the wall clock may be believed */
int64_t wall_trusted(const struct agent *a);	/* seconds since 1970, or 0 */
void wall_format(int64_t t, char *out, size_t size);	/* "14:35 UTC" */

#endif
