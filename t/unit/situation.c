#include "tap.h"

#include "situation.h"

const struct machine_limits limits = {
	.dial = 60 * SEC_MS, .check = 30 * SEC_MS, .connect = 50 * SEC_MS, .close = 20 * SEC_MS,
	.report = 180 * SEC_MS, .pause = 10 * SEC_MS,
	.length = 30 * MIN_MS, .max = 120 * MIN_MS, .warn = 5 * MIN_MS, .tries = 3,
};

int64_t now;
struct machine m;

struct machine_actions send(enum machine_event_type type)
{
	struct machine_event ev = { .type = type };

	return machine_step(&m, now, &ev);
}

struct machine_actions send_length(enum machine_event_type type, int64_t length)
{
	struct machine_event ev = { .type = type, .length = length };

	return machine_step(&m, now, &ev);
}

struct machine_actions send_failed(const char *step, const char *reason, bool fatal)
{
	struct machine_event ev = { .type = MACHINE_EV_FAILED, .step = step, .reason = reason, .fatal = fatal };

	return machine_step(&m, now, &ev);
}

void pass(int64_t ms)
{
	int64_t until = now + ms;
	enum machine_event_type type;

	while (machine_next(&m) <= until) {
		if (machine_next(&m) > now)
			now = machine_next(&m);
		for (int i = 0; machine_due(&m, now, &type); i++) {
			assert_true(i < 8);
			assert_true(send(type).taken);
		}
	}
	now = until;
}

static const enum machine_event_type path[] = {
	MACHINE_EV_MODEM_READY, MACHINE_EV_UP, MACHINE_EV_LINK_UP, MACHINE_EV_CHECKED, MACHINE_EV_TUNNEL_UP,
};

static void follow_path(unsigned steps)
{
	now = START;
	machine_init(&m, &limits, now, FIRST_ID);
	for (unsigned i = 0; i < steps; i++)
		assert_true(send(path[i]).taken);
}

static void resume_over(void)
{
	struct machine_window w;

	follow_path(2);
	w = m.window;
	machine_init(&m, &limits, now, 1);
	machine_resume(&m, &w, 0, now);
}

void bring_to(enum situation s)
{
	static const unsigned steps[] = {
		[LISTENING] = 1, [DIALLING] = 2, [CHECKING] = 3, [CONNECTING] = 4, [OPEN] = 5, [OPEN_STEADY] = 5,
		[RECONNECTING] = 5, [CLOSING_RETRY] = 2, [CLOSING_RETRY_LOST] = 2, [CLOSING_DONE] = 2,
		[CLOSING_DONE_LOST] = 2, [CLOSING_KILLED] = 2, [CLOSING_KILLED_RETRY] = 2, [CLOSING_STOP] = 2,
		[CLOSING_STOP_KILLED] = 2, [PAUSING] = 2, [REPORTING] = 2, [REPORTING_QUEUED] = 2, [STOPPED] = 1,
	};

	follow_path(s <= REPORTING_QUEUED || s == STOPPED ? steps[s] : 0);
	switch (s) {
	case WAITING:
		send(MACHINE_EV_UP);
		break;
	case OVERDUE:
		resume_over();
		break;
	case OFFLINE_QUEUED:
		machine_resume_queued(&m, 0, now);
		break;
	case OPEN_STEADY:
		pass(61 * SEC_MS);
		break;
	case RECONNECTING:
		pass(61 * SEC_MS);
		send(MACHINE_EV_TUNNEL_LOST);
		break;
	case CLOSING_RETRY:
		send_failed("dialling", "no carrier", false);
		break;
	case CLOSING_RETRY_LOST:
		send(MACHINE_EV_MODEM_LOST);
		break;
	case CLOSING_DONE:
		send(MACHINE_EV_DOWN);
		break;
	case CLOSING_DONE_LOST:
		send(MACHINE_EV_DOWN);
		send(MACHINE_EV_MODEM_LOST);
		break;
	case CLOSING_KILLED:
		send(MACHINE_EV_DOWN);
		pass(limits.close);
		break;
	case CLOSING_KILLED_RETRY:
		send_failed("dialling", "no carrier", false);
		pass(limits.close);
		break;
	case CLOSING_STOP:
		send(MACHINE_EV_STOP);
		break;
	case CLOSING_STOP_KILLED:
		send(MACHINE_EV_STOP);
		pass(limits.close);
		break;
	case PAUSING:
		send_failed("dialling", "no carrier", false);
		send(MACHINE_EV_CLOSED);
		break;
	case REPORTING:
		send(MACHINE_EV_DOWN);
		send(MACHINE_EV_CLOSED);
		break;
	case REPORTING_QUEUED:
		send(MACHINE_EV_DOWN);
		send(MACHINE_EV_UP);
		send(MACHINE_EV_CLOSED);
		break;
	case STOPPED:
		send(MACHINE_EV_STOP);
		break;
	default:
		break;
	}
}
