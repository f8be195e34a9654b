#include "ipc/json.h"
#include "base/log.h"
#include "base/utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct json {
	json_t *object;
};

static void *must(void *p)
{
	if (!p) {
		log_error("out of memory");
		exit(1);
	}
	return p;
}

static struct json *wrap(json_t *object)
{
	struct json *j;

	must(object);
	j = must(malloc(sizeof *j));
	j->object = object;
	return j;
}

struct json *json_parse(const char *text, size_t len, struct err *e)
{
	json_error_t why;
	json_t *v;

	if (len > JSON_TEXT_MAX) {
		err_set(e, "the JSON text is longer than %d bytes", JSON_TEXT_MAX);
		return NULL;
	}
	v = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!v) {
		char *quote = strstr(why.text, " near ");

		if (quote)
			*quote = 0;	/* what it met there may be anything */
		err_set(e, "not JSON: %s at byte %d", why.text, why.position);
		return NULL;
	}
	if (!json_is_object(v)) {
		err_set(e, "JSON, but no object");
		json_decref(v);
		return NULL;
	}
	return wrap(v);
}

void json_free(struct json *j)
{
	if (!j)
		return;
	json_decref(j->object);
	free(j);
}

const char *json_get_string(const struct json *j, const char *key)
{
	return json_string_value(json_object_get(j->object, key));
}

int json_get_int(const struct json *j, const char *key, int64_t lo, int64_t hi, int64_t *out)
{
	const json_t *v = json_object_get(j->object, key);
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < lo || n > hi)
		return -1;
	*out = n;
	return 0;
}

const char *json_get_item(const struct json *j, const char *key, size_t i)
{
	return json_string_value(json_array_get(json_object_get(j->object, key), i));
}

/* Is KEY one of the blank-separated words of LIST? */
static bool named(const char *list, const char *key)
{
	size_t n = strlen(key);

	for (; list && *list; list += strspn(list, " ")) {
		size_t w = strcspn(list, " ");

		if (w == n && memcmp(list, key, n) == 0)
			return true;
		list += w;
	}
	return false;
}

struct json *json_from_fields(const struct msg *m, const char *numbers)
{
	struct json *j = wrap(json_object());
	int64_t n;

	for (size_t i = 0; m && i < m->nfields; i++) {
		const char *key = m->field[i].key;

		if (named(numbers, key) && msg_int(m, key, INT64_MIN, INT64_MAX, &n) == 0)
			json_set_int(j, key, n);
		else
			json_set_string(j, key, m->field[i].value);
	}
	return j;
}

static void set(struct json *j, const char *key, json_t *value)
{
	if (json_object_set_new(j->object, key, must(value)) < 0)
		must(NULL);
}

void json_set_string(struct json *j, const char *key, const char *value)
{
	char *text = must(utf8_repair(value, strlen(value)));

	set(j, key, json_string(text));
	free(text);
}

void json_set_int(struct json *j, const char *key, int64_t value)
{
	set(j, key, json_integer(value));
}

void json_append(struct json *j, const char *key, struct json *item)
{
	json_t *array = json_object_get(j->object, key);

	if (!json_is_array(array)) {
		array = must(json_array());
		set(j, key, array);
	}
	if (!item)
		return;
	if (json_array_append(array, item->object) < 0)
		must(NULL);
	json_free(item);
}

static int print(const struct json *j, FILE *to, size_t flags)
{
	if (json_dumpf(j->object, to, flags | JSON_PRESERVE_ORDER) < 0 || fputc('\n', to) == EOF)
		return -1;
	return fflush(to) == 0 ? 0 : -1;
}

int json_print(const struct json *j, FILE *to)
{
	return print(j, to, JSON_INDENT(2));
}

int json_print_line(const struct json *j, FILE *to)
{
	return print(j, to, JSON_COMPACT);
}
