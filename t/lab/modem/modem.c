#include "modem.h"

#include "../kit/events.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void urc(struct modem *m, bool hold, const char *fmt, va_list ap) __attribute__((format(printf, 3, 0)));

static void urc(struct modem *m, bool hold, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof text, fmt, ap);
	for (size_t i = 0; i < TRANSPORT_PORTS; i++)
		if (m->dce[i])
			dce_urc(m->dce[i], text, hold);
}

void modem_urc(struct modem *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	urc(m, false, fmt, ap);
	va_end(ap);
}

void modem_urc_held(struct modem *m, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	urc(m, true, fmt, ap);
	va_end(ap);
}

static void on_noise(void *arg)
{
	struct modem *m = arg;
	const char *const *all = m->profile->noise;

	if (m->noise) {
		if (!all[m->noise_next])
			m->noise_next = 0;
		modem_urc(m, "%s", all[m->noise_next++]);
	}
	timer_set(m->noise_timer, m->profile->noise_ms);
}

/* What power-on resets. */
static void reset(struct modem *m)
{
	m->cnmi = (struct cnmi){ 2, 1, 0, 0, 0 };
	m->cfun = 1;
	m->on_since = clock_mono_ms();
	m->attached = true;
	m->noise = m->profile->noise[0] != NULL;
	for (size_t i = 0; i < TRANSPORT_PORTS; i++)
		if (m->dce[i]) {
			dce_defaults(m->dce[i]);
			dce_power_cycle(m->dce[i]);
		}
	sim_power_on(&m->sim, m->profile->store);
}

int modem_on(struct modem *m, struct err *e)
{
	reset(m);
	if (m->transport->plug(m->transport, e) < 0)
		return -1;
	event("modem: on");
	for (const char *const *b = m->profile->boot; *b; b++)
		modem_urc(m, "%s", *b);
	if (m->noise)
		timer_set(m->noise_timer, m->profile->noise_ms);
	network_search(m);
	return 0;
}

void modem_off(struct modem *m)
{
	timer_stop(m->boot);
	timer_stop(m->noise_timer);
	timer_stop(m->net.submit);
	call_hang_up(m, "the modem is gone", false);
	network_stop(m);
	m->transport->unplug(m->transport);
	event("modem: off");
}

static void on_boot(void *arg)
{
	struct err e;

	if (modem_on(arg, &e) < 0)
		event("modem: cannot start: %s", e.text);
}

void modem_reboot(struct modem *m)
{
	event("modem: reboots");
	modem_off(m);
	timer_set(m->boot, m->boot_ms);
}

void modem_init(struct modem *m)
{
	m->boot = timer_new(m->loop, on_boot, m);
	m->noise_timer = timer_new(m->loop, on_noise, m);
	m->quirks |= m->profile->quirks;
	network_init(m);
	for (size_t i = 0; i < TRANSPORT_PORTS; i += 2)
		if (m->transport->port[i])
			m->dce[i] = dce_new(m, m->transport->port[i]);
}

void modem_free(struct modem *m)
{
	call_free(m);
	for (size_t i = 0; i < TRANSPORT_PORTS; i++)
		dce_free(m->dce[i]);
	m->transport->free(m->transport);
	network_free(m);
	sim_free(&m->sim);
	timer_free(m->boot);
	timer_free(m->noise_timer);
}
