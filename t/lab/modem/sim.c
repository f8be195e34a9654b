#include "sim.h"

#include "../kit/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_init(struct sim *s, size_t sm, size_t me)
{
	s->store[0] = (struct store){ "SM", sm, 0, calloc(sm, sizeof(struct sms)) };
	s->store[1] = (struct store){ "ME", me, 0, calloc(me + 1, sizeof(struct sms)) };
	if (!s->store[0].place || !s->store[1].place) {
		event("out of memory");
		exit(1);
	}
	s->state = SIM_READY;
	s->tries = 3;
	s->imsi = "262011234567890";
	snprintf(s->smsc, sizeof s->smsc, "+491710760000");
	sim_power_on(s, "SM");
}

void sim_free(struct sim *s)
{
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < s->store[i].size; k++)
			free(s->store[i].place[k].hex);
		free(s->store[i].place);
	}
}

void sim_power_on(struct sim *s, const char *store)
{
	if (s->state == SIM_READY && s->asks_pin)
		s->state = SIM_PIN;
	for (size_t i = 0; i < 3; i++)
		s->mem[i] = sim_store(s, store);
}

struct store *sim_store(struct sim *s, const char *name)
{
	for (size_t i = 0; i < 2; i++)
		if (!strcmp(s->store[i].name, name))
			return &s->store[i];
	return NULL;
}

int store_add(struct store *t, const char *hex, int stat)
{
	for (size_t i = 0; i < t->size; i++) {
		if (t->place[i].hex)
			continue;
		t->place[i].hex = strdup(hex);
		if (!t->place[i].hex)
			return -1;
		t->place[i].stat = stat;
		t->used++;
		return (int)i;
	}
	return -1;
}

void store_delete(struct store *t, size_t index)
{
	if (!t->place[index].hex)
		return;
	free(t->place[index].hex);
	t->place[index].hex = NULL;
	t->used--;
}

int sim_try_pin(struct sim *s, const char *pin)
{
	if (!strcmp(pin, s->pin)) {
		s->tries = 3;
		s->state = SIM_READY;
		event("sim: PIN accepted");
		return 0;
	}
	s->tries--;
	event("sim: wrong PIN, %d tries left", s->tries);
	if (s->tries <= 0)
		s->state = SIM_PUK;
	return -1;
}
