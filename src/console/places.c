#include "console/places.h"

#include <string.h>

static bool is_seated(const struct viewer *v)
{
	return v->used && !v->closing && v->mode != VIEWER_NEW;
}

static bool is_same(const struct viewer *a, const struct viewer *b)
{
	return a->uid == b->uid && strcmp(a->key, b->key) == 0;
}

size_t places_seated(const struct viewer *all)
{
	size_t n = 0;

	for (size_t i = 0; i < PLACES; i++)
		n += is_seated(&all[i]);
	return n;
}

static size_t seats_of(const struct viewer *all, const struct viewer *who)
{
	size_t n = 0;

	for (size_t i = 0; i < PLACES; i++)
		n += is_seated(&all[i]) && is_same(&all[i], who);
	return n;
}

struct viewer *places_who_leaves(struct viewer *all, const struct viewer *writer, const struct viewer *who)
{
	size_t most = seats_of(all, who) + 1;
	struct viewer *found = NULL;

	for (size_t i = 0; i < PLACES; i++) {
		struct viewer *v = &all[i];
		size_t n = is_seated(v) && v != writer ? seats_of(all, v) : 0;

		if (n > most || (found && n == most && v->number > found->number)) {
			most = n;
			found = v;
		}
	}
	return found;
}

struct viewer *places_who_waits(struct viewer *all)
{
	struct viewer *found = NULL;
	size_t most = 0;

	for (size_t i = 0; i < PLACES; i++) {
		struct viewer *v = &all[i];
		size_t n = 0;

		if (is_seated(v))
			continue;
		for (size_t k = 0; k < PLACES; k++)
			n += !is_seated(&all[k]) && all[k].uid == v->uid;
		if (n > most || (found && n == most && v->number < found->number)) {
			most = n;
			found = v;
		}
	}
	return found;
}
