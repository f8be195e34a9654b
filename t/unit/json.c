#include "tap.h"

#include "ipc/json.h"

#include <stdlib.h>
#include <string.h>

static void a_push_service_s_answer_is_read(void **state)
{
	static const char text[] = "{\"status\":0,\"request\":\"abc\",\"errors\":[\"one\",\"two\",3],"
				   "\"big\":9223372036854775807,\"text\":\"7\",\"real\":1.0}\n";
	struct json *j = json_parse(text, strlen(text), NULL);
	int64_t n = -1;

	(void)state;
	assert_non_null(j);
	assert_string_equal(json_get_string(j, "request"), "abc");
	assert_null(json_get_string(j, "status"));
	assert_null(json_get_string(j, "absent"));
	assert_int_equal(json_get_int(j, "status", 0, 1, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(json_get_int(j, "big", INT64_MIN, INT64_MAX, &n), 0);
	assert_true(n == INT64_MAX);
	assert_int_equal(json_get_int(j, "big", 0, 10, &n), -1);
	assert_int_equal(json_get_int(j, "text", 0, 10, &n), -1);
	assert_int_equal(json_get_int(j, "real", 0, 10, &n), -1);
	assert_int_equal(json_get_int(j, "absent", 0, 10, &n), -1);
	assert_string_equal(json_get_item(j, "errors", 0), "one");
	assert_string_equal(json_get_item(j, "errors", 1), "two");
	assert_null(json_get_item(j, "errors", 2));
	assert_null(json_get_item(j, "errors", 3));
	assert_null(json_get_item(j, "request", 0));
	json_free(j);
}

static void what_is_no_object_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "{", "{\"a\":", "{\"a\":1", "[]", "[1]", "1", "\"a\"", "null", "<html></html>", "{} x", "{}{}",
		"{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", "{\"a\":99999999999999999999}", "{a:1}", "{\"a\":1,}",
		"{\"a\":\"\\u0000\"}", "{\"a\":\x01\xff}", "{\"\xc3\xa4\" \xc3\xa4}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = { "" };

		if (json_parse(bad[i], strlen(bad[i]), &e))
			fail_msg("accepted: '%s'", bad[i]);
		assert_true(e.text[0]);
		for (const char *p = e.text; *p; p++)
			assert_true(*p >= 0x20 && *p < 0x7f);
	}
}

static void the_size_and_the_depth_are_bounded(void **state)
{
	size_t n = JSON_TEXT_MAX + 1;
	char *text = malloc(n);
	struct err e;

	(void)state;
	assert_non_null(text);
	memset(text, ' ', n);
	memcpy(text, "{}", 2);
	json_free(json_parse(text, n - 1, &e));
	assert_null(json_parse(text, n, &e));
	memset(text, '[', n);
	memcpy(text, "{\"a\":", 5);
	assert_null(json_parse(text, n - 1, &e));
	free(text);
}

static char *printed(const struct json *j)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	assert_int_equal(json_print(j, f), 0);
	fclose(f);
	return text;
}

static struct json *object(const char *line, const char *numbers)
{
	static struct msg m;
	const char *why;

	assert_int_equal(msg_parse(&m, line, strlen(line), &why), 0);
	return json_from_fields(&m, numbers);
}

static void fields_become_members_in_their_order(void **state)
{
	struct json *j = object("status state=open left=60000 end=-1 code=00 try=x text=a%FFb", "left end code try");
	char *text = printed(j);

	(void)state;
	assert_string_equal(text, "{\n  \"state\": \"open\",\n  \"left\": 60000,\n  \"end\": -1,\n  \"code\": 0,\n"
				  "  \"try\": \"x\",\n  \"text\": \"a\xef\xbf\xbd" "b\"\n}\n");
	free(text);
	json_free(j);
}

static void repeated_lines_become_an_array(void **state)
{
	struct json *j = json_from_fields(NULL, "");
	char *text;

	(void)state;
	json_append(j, "events", NULL);
	text = printed(j);
	assert_string_equal(text, "{\n  \"events\": []\n}\n");
	free(text);
	json_append(j, "events", object("event time=5 text=one", "time"));
	json_append(j, "events", object("event time=6 text=two", "time"));
	json_set_string(j, "ok", "yes");
	json_set_string(j, "ok", "no");
	text = printed(j);
	assert_string_equal(text, "{\n  \"events\": [\n    {\n      \"time\": 5,\n      \"text\": \"one\"\n    },\n"
				  "    {\n      \"time\": 6,\n      \"text\": \"two\"\n    }\n  ],\n  \"ok\": \"no\"\n}\n");
	free(text);
	json_free(j);
}

static void a_full_disk_is_told(void **state)
{
	struct json *j = json_from_fields(NULL, "");
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	if (f) {
		assert_int_equal(json_print(j, f), -1);
		fclose(f);
	}
	json_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_service_s_answer_is_read),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(the_size_and_the_depth_are_bounded),
		cmocka_unit_test(fields_become_members_in_their_order),
		cmocka_unit_test(repeated_lines_become_an_array),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return TAP_RUN(tests);
}
