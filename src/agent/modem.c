#include "agent/modem_impl.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPEED 115200		/* means nothing to a USB stick; the usual for a real line */
#define MINUTE_MS MIN_MS
#define RESET_EVERY 5		/* failed openings before AT+CFUN=1,1 is tried */

static void close_ports(struct modem *m)
{
	if (m->command != m->data)
		chat_free(m->command);
	chat_free(m->data);
	m->command = m->data = NULL;
	serial_close(m->command_port);
	serial_close(m->data_port);
	m->command_port = m->data_port = NULL;
}

static void shut(struct modem *m)
{
	m->phase = MODEM_CLOSED;
	timer_stop(m->timer);
	timer_stop(m->dtr);
	timer_stop(m->carrier);
	close_ports(m);
	m->store[0] = 0;
	m->refused = m->chosen = m->sweeping = m->more = false;
	m->info.registered = false;
	snprintf(m->info.registration, sizeof m->info.registration, "no modem");
	m->info.signal_dbm = 0;
}

/* Closes, and answers all who wait for an answer. */
static void end_all(struct modem *m, const char *why)
{
	modem_sent_cb *sent = m->sent;

	shut(m);
	modem_call_lost(m);
	m->sent = NULL;
	if (sent)
		sent(m->sent_arg, MODEM_NOT_SENT, why);
}

void modem_fail(struct modem *m, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	if (m->phase == MODEM_CLOSED)
		return;
	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	/* one that talks but cannot be used gets a restart now and then */
	if (m->phase == MODEM_INIT && m->command && ++m->fails % RESET_EVERY == 0) {
		log_warn("the modem could not be initialised %u times; restarting it (AT+CFUN=1,1)", m->fails);
		(void)!serial_write(m->command_port ? m->command_port : m->data_port, "AT+CFUN=1,1\r", 12);
	}
	end_all(m, why);
	m->ops->on_lost(m->arg, why);
}

static void on_urc(void *arg, const char *text)
{
	modem_take_urc(arg, text);
}

static void on_gone(void *arg, const char *why)
{
	modem_fail(arg, "%s", why);
}

static const struct chat_ops chat_events = { on_urc, on_gone };

static int find_path(const struct modem *m, const char *device, int interface, char *path, size_t size,
		     struct err *e)
{
	if (!device[0])
		return serial_find(m->c.usb, interface, path, size, e);
	snprintf(path, size, "%s", device);
	return 0;
}

static bool wants_command_port(const struct modem *m)
{
	return m->c.command_device[0] || (m->c.usb[0] && !m->c.device[0] && m->c.command_interface >= 0);
}

void modem_open(struct modem *m)
{
	struct err e = { "" };

	if (m->phase != MODEM_CLOSED)
		return;
	m->phase = MODEM_CLAIMING;
	m->command_path[0] = 0;
	if (find_path(m, m->c.device, m->c.data_interface, m->path, sizeof m->path, &e) < 0 ||
	    (wants_command_port(m) && find_path(m, m->c.command_device, m->c.command_interface, m->command_path,
						sizeof m->command_path, &e) < 0)) {
		modem_fail(m, "%s", e.text);
		return;
	}
	m->ops->on_found(m->arg, m->path);
}

void modem_claimed(struct modem *m, const char *error)
{
	struct err e = { "" };

	if (m->phase != MODEM_CLAIMING)
		return;
	if (error) {
		modem_fail(m, "%s", error);
		return;
	}
	m->data_port = serial_open(m->path, SPEED, &e);
	if (m->data_port && m->command_path[0])
		m->command_port = serial_open(m->command_path, SPEED, &e);
	if (!m->data_port || (m->command_path[0] && !m->command_port)) {
		modem_fail(m, "%s", e.text);
		return;
	}
	m->data = chat_new(m->loop, m->data_port, &chat_events, m);
	m->command = m->command_port ? chat_new(m->loop, m->command_port, &chat_events, m) : m->data;
	m->phase = MODEM_INIT;
	m->call = CALL_NONE;
	modem_init_start(m);
}

void modem_initialised(struct modem *m)
{
	m->phase = MODEM_READY;
	m->fails = 0;
	log_info("modem %s on %s: %s, %s, %d dBm", m->info.model, m->path, m->info.operator,
		 m->info.registration, m->info.signal_dbm);
	timer_set(m->timer, MINUTE_MS);
	m->ops->on_ready(m->arg);
	modem_sweep(m);
}

static void on_timer(void *arg)
{
	struct modem *m = arg;

	if (m->phase == MODEM_INIT) {
		modem_init_timer(m);
	} else if (m->phase == MODEM_READY) {
		timer_set(m->timer, MINUTE_MS);
		if (modem_can_talk(m)) {
			modem_sweep(m);
			modem_poll(m);
		}
	}
}

void modem_close(struct modem *m)
{
	shut(m);
}

void modem_give_up(struct modem *m, const char *why)
{
	end_all(m, why);
}

bool modem_is_ready(const struct modem *m)
{
	return m->phase == MODEM_READY;
}

const struct modem_info *modem_get_info(const struct modem *m)
{
	return &m->info;
}

const char *modem_path(const struct modem *m)
{
	return m->path;
}

bool modem_has_command_port(const struct modem *m)
{
	return m->command_port != NULL;
}

bool modem_can_talk(const struct modem *m)
{
	return m->phase == MODEM_READY && (m->command_port || m->call == CALL_NONE);
}


struct modem *modem_new(struct loop *l, const struct modem_config *c, const struct modem_ops *ops, void *arg)
{
	struct modem *m = calloc(1, sizeof *m);

	if (!m) {
		log_error("out of memory");
		exit(1);
	}
	m->loop = l;
	m->c = *c;
	m->ops = ops;
	m->arg = arg;
	m->timer = timer_new(l, on_timer, m);
	modem_call_init(m);
	shut(m);
	return m;
}

void modem_free(struct modem *m)
{
	if (!m)
		return;
	shut(m);
	timer_free(m->timer);
	timer_free(m->dtr);
	timer_free(m->carrier);
	wipe(m->c.pin, sizeof m->c.pin);
	free(m);
}
