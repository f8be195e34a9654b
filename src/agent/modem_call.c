/* modem_call.c - the data call: dialled here, carried by PPP elsewhere, ended here. */
#include "agent/modem_impl.h"
#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>

/* V.250 6.2.9 asks for DTR low longer than S10 or S25 tell; half a second is enough for all. */
#define DTR_LOW_MS INT64_C(500)
#define SYNC_TRIES 8
/* CONNECT and DCD come to a USB host in ways of their own, in either order. */
#define CARRIER_MS INT64_C(500)
#define CARRIER_LOOK_MS INT64_C(20)

static void finish_dial(struct modem *m, bool ok, bool dcd, const char *reason)
{
	modem_dialled_cb *cb = m->dialled;

	m->dialled = NULL;
	timer_stop(m->carrier);
	if (cb)
		cb(m->dialled_arg, ok, m->data_port ? serial_path(m->data_port) : "", dcd, reason);
}

/* Some modems never show it; of the others PPP learns by it that the call is over. */
static void look_for_carrier(void *arg)
{
	struct modem *m = arg;
	int dcd;

	if (!m->dialled)
		return;
	dcd = serial_dcd(m->data_port);
	if (dcd == 0 && clock_mono_ms() < m->carrier_until)
		timer_set(m->carrier, CARRIER_LOOK_MS);
	else
		finish_dial(m, true, dcd == 1, "");
}

static void on_dialled(void *arg, const struct chat_result *r)
{
	struct modem *m = arg;

	if (r->end == CHAT_GONE || r->end == CHAT_CANCELLED)
		return;
	if (r->end == CHAT_CONNECT) {
		m->call = CALL_DATA;
		serial_lend(m->data_port);
		m->carrier_until = clock_mono_ms() + CARRIER_MS;
		look_for_carrier(m);
		return;
	}
	m->call = CALL_NONE;
	finish_dial(m, false, false, r->text);
}

static void on_context(void *arg, const struct chat_result *r)
{
	struct modem *m = arg;

	if (r->end == CHAT_ERROR)
		log_warn("the modem does not take the APN %s: %s", m->c.apn, r->text);
}

void modem_dial(struct modem *m, int64_t timeout_ms, modem_dialled_cb *cb, void *arg)
{
	if (m->phase != MODEM_READY || m->call != CALL_NONE) {
		cb(arg, false, "", false, m->phase == MODEM_READY ? "a call is in progress" : "no usable modem");
		return;
	}
	m->call = CALL_DIALLING;
	m->dialled = cb;
	m->dialled_arg = arg;
	/* 27.007 10.1.1; answered NO CARRIER where there is a call left over */
	chat_command(m->data, m->c.timeout, on_context, m, "AT+CGDCONT=1,\"IP\",\"%s\"", m->c.apn);
	chat_command(m->data, timeout_ms, on_dialled, m, "ATD%s", m->c.dial);
}

static void finish_hang_up(struct modem *m, bool ok)
{
	modem_hung_up_cb *cb = m->hung_up;

	m->call = CALL_NONE;
	m->hung_up = NULL;
	if (cb)
		cb(m->hung_up_arg, ok);
}

static void on_synced(void *arg, const struct chat_result *r)
{
	struct modem *m = arg;

	if (r->end == CHAT_GONE)
		return;		/* modem_call_lost answers */
	if (r->end != CHAT_OK) {
		modem_fail(m, "the modem does not answer after the call");
		return;
	}
	m->store[0] = 0;
	finish_hang_up(m, true);
	modem_sweep(m);
}

static void sync_port(struct modem *m)
{
	chat_sync(m->data, SYNC_TRIES, on_synced, m);
	/* the echo may be back with the hang-up; and a call that DTR did not end ends here */
	chat_command(m->data, m->c.timeout, NULL, NULL, "ATE0H");
}

static void on_dtr(void *arg)
{
	struct modem *m = arg;

	if (m->phase != MODEM_READY)
		return;
	serial_set_dtr(m->data_port, true);
	chat_resume(m->data);
	sync_port(m);
}

void modem_hang_up(struct modem *m, modem_hung_up_cb *cb, void *arg)
{
	if (m->hung_up) {	/* asked again: the answer goes to the last who asked */
		m->hung_up = cb;
		m->hung_up_arg = arg;
		return;
	}
	m->hung_up = cb;
	m->hung_up_arg = arg;
	m->dialled = NULL;
	timer_stop(m->carrier);
	if (m->phase != MODEM_READY) {
		finish_hang_up(m, false);
		return;
	}
	if (m->call == CALL_DATA) {
		m->call = CALL_ENDING;
		if (serial_take_back(m->data_port) < 0) {
			modem_fail(m, "the port is gone");
			return;
		}
		serial_set_dtr(m->data_port, false);
		timer_set(m->dtr, DTR_LOW_MS);
		return;
	}
	if (m->call == CALL_DIALLING)
		chat_cancel(m->data);
	m->call = CALL_ENDING;
	sync_port(m);
}

void modem_call_lost(struct modem *m)
{
	if (m->dialled)
		finish_dial(m, false, false, "the modem disappeared");
	m->call = CALL_NONE;
	if (m->hung_up)
		finish_hang_up(m, false);
}

void modem_call_init(struct modem *m)
{
	m->dtr = timer_new(m->loop, on_dtr, m);
	m->carrier = timer_new(m->loop, look_for_carrier, m);
}
