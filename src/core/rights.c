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

bool rights_key_ok(const char *key)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return strncmp(key, "SHA256:", 7) == 0 && strlen(key) == RIGHTS_KEY_MAX - 1 &&
	       strspn(key + 7, base64) == RIGHTS_KEY_MAX - 1 - 7;
}

int rights_add(struct rights *r, const char *name, uint32_t uid, const char *key, const char *power, const char *write,
	       const char *read, bool window)
{
	struct rights_operator *o;

	if (r->n >= RIGHTS_OPERATORS_MAX)
		return -1;
	o = &r->operator[r->n];
	*o = (struct rights_operator){ .uid = uid, .window = window };
	if (copy(o->name, sizeof o->name, name) < 0 || copy(o->key, sizeof o->key, key) < 0 || copy(o->power, sizeof o->power, power) < 0 ||
	    copy(o->write, sizeof o->write, write) < 0 || copy(o->read, sizeof o->read, read) < 0)
		return -1;
	r->n++;
	return 0;
}

static const struct rights_operator *find(const struct rights *r, uint32_t uid, const char *key)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->operator[i].uid == uid && strcmp(r->operator[i].key, key) == 0)
			return &r->operator[i];
	return NULL;
}

const struct rights_operator *rights_who(const struct rights *r, uint32_t uid, const char *key)
{
	const struct rights_operator *o = key && *key ? find(r, uid, key) : NULL;

	return o ? o : find(r, uid, "");
}

static bool lists_account(const struct rights *r, uint32_t uid)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->operator[i].uid == uid)
			return true;
	return false;
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

bool rights_may(const struct rights *r, uint32_t uid, const char *key, enum right what, const char *target)
{
	const struct rights_operator *o;

	if (r->n == 0)
		return true;
	/* root may all, unless that account is shared and this is oobm-shell in it */
	if (uid == 0 && !(key && *key && lists_account(r, uid)))
		return true;
	o = rights_who(r, uid, key);
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
