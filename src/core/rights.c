#include "core/rights.h"

#include <string.h>

static int copy(char *to, size_t size, const char *from)
{
	size_t n = from ? strlen(from) : 0;

	if (n >= size)
		return -1;
	if (n)
		memcpy(to, from, n);
	to[n] = 0;
	return 0;
}

int rights_add(struct rights *r, const char *name, uint32_t uid, bool keyed, const char *power, const char *write,
	       const char *read, bool window)
{
	struct rights_operator *o;

	if (r->n >= RIGHTS_OPERATORS_MAX)
		return -1;
	o = &r->operator[r->n];
	*o = (struct rights_operator){ .uid = uid, .keyed = keyed, .window = window };
	if (copy(o->name, sizeof o->name, name) < 0 || copy(o->power, sizeof o->power, power) < 0 ||
	    copy(o->write, sizeof o->write, write) < 0 || copy(o->read, sizeof o->read, read) < 0)
		return -1;
	r->n++;
	return 0;
}

const struct rights_operator *rights_who(const struct rights *r, uint32_t uid, const char *claim)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct rights_operator *o = &r->operator[i];

		if (o->uid != uid)
			continue;
		if (claim && *claim ? strcmp(o->name, claim) == 0 : !o->keyed)
			return o;
	}
	return NULL;
}

static bool lists(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; n && *p; p += *p == ',') {
		size_t w = strcspn(p, ",");

		if ((w == n && memcmp(p, name, n) == 0) || (w == 1 && *p == '*'))
			return true;
		p += w;
	}
	return false;
}

bool rights_may(const struct rights *r, uint32_t uid, const char *claim, enum right what, const char *target)
{
	const struct rights_operator *o;

	/* root, unless it speaks for somebody who is held to less */
	if (uid == 0 && !(claim && *claim))
		return true;
	if (r->n == 0)
		return true;
	o = rights_who(r, uid, claim);
	if (!o)
		return false;
	switch (what) {
	case RIGHT_READ:
		return target && (lists(o->read, target) || lists(o->write, target));
	case RIGHT_WRITE:
		return target && lists(o->write, target);
	case RIGHT_POWER:
		return target && lists(o->power, target);
	case RIGHT_WINDOW:
		return o->window;
	}
	return false;
}
