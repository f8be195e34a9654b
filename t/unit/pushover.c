#include "tap.h"

#include "base/utf8.h"
#include "push/pushover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AE "\xc3\xa4"
#define EURO "\xe2\x82\xac"
#define SMILE "\xf0\x9f\x98\x80"

static const struct pushover_account me = { .token = "T0KEN", .user = "US3R", .device = "", .sound = "" };

/* The form as a text; the caller frees. */
static char *form(const struct pushover_account *a, const struct pushover_notice *n)
{
	struct buf b;
	char *text;

	buf_init(&b, PUSHOVER_FORM_MAX);
	assert_int_equal(pushover_form(&b, a, n), 0);
	text = strndup(b.data, b.len);
	buf_free(&b);
	assert_non_null(text);
	return text;
}

/* The decoded value of a field of a form, or NULL; the caller frees. */
static char *value_of(const char *text, const char *key)
{
	size_t n = strlen(key);
	char *out, *o;

	while (text && !(strncmp(text, key, n) == 0 && text[n] == '='))
		text = strchr(text, '&') ? strchr(text, '&') + 1 : NULL;
	if (!text)
		return NULL;
	out = o = malloc(strlen(text) + 1);
	assert_non_null(out);
	for (text += n + 1; *text && *text != '&'; text++)
		if (*text == '%') {
			char hex[3] = { text[1], text[2], 0 };

			*o++ = (char)strtol(hex, NULL, 16);
			text += 2;
		} else {
			*o++ = *text;
		}
	*o = 0;
	return out;
}

/* COUNT times PIECE. */
static char *repeat(const char *piece, size_t count)
{
	size_t n = strlen(piece);
	char *text = malloc(n * count + 1);

	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		memcpy(text + i * n, piece, n);
	text[n * count] = 0;
	return text;
}

static void fields_become_a_form(void **state)
{
	static const struct pushover_account full = { .token = "a+b", .user = "u", .device = "my phone", .sound = "siren" };
	static const struct { struct pushover_account a; struct pushover_notice n; const char *form; } cases[] = {
		{ { "T", "U", "", "" }, { .title = "Hi", .text = "a b" }, "token=T&user=U&title=Hi&message=a%20b" },
		{ { "T", "U", "", "" }, { .title = "", .text = "x" }, "token=T&user=U&message=x" },
		{ { "T", "U", "", "" }, { .title = "t", .text = "100% & a=b\n" AE },
		  "token=T&user=U&title=t&message=100%25%20%26%20a%3Db%0A%C3%A4" },
		{ { "T", "U", "", "" }, { .title = "t", .text = "x", .url = "ssh://root@relay:31337", .url_title = "in" },
		  "token=T&user=U&title=t&message=x&url=ssh%3A%2F%2Froot%40relay%3A31337&url_title=in" },
		{ { "T", "U", "", "" }, { .title = "t", .text = "x", .url = "", .url_title = "in" },
		  "token=T&user=U&title=t&message=x" },
		{ { "T", "U", "", "" }, { .title = "t", .text = "x", .priority = -1 },
		  "token=T&user=U&title=t&message=x&priority=-1" },
		{ { "T", "U", "", "" }, { .title = "t", .text = "x", .priority = 2 },
		  "token=T&user=U&title=t&message=x&priority=2&retry=60&expire=1800" },
	};
	char *text = form(&full, &(struct pushover_notice){ .title = "t", .text = "x" });

	(void)state;
	assert_string_equal(text, "token=a%2Bb&user=u&device=my%20phone&sound=siren&title=t&message=x");
	free(text);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		text = form(&cases[i].a, &cases[i].n);
		assert_string_equal(text, cases[i].form);
		free(text);
	}
}

static void texts_are_cut_at_the_limits_between_characters(void **state)
{
	static const char *const pieces[] = { "x", AE, EURO, SMILE };
	static const struct { const char *key; size_t max; } fields[] = {
		{ "message", PUSHOVER_TEXT_MAX }, { "title", PUSHOVER_TITLE_MAX }, { "url_title", PUSHOVER_URL_TITLE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < 12; i++) {
		const char *piece = pieces[i % 4], *key = fields[i / 4].key;
		size_t n = strlen(piece), max = fields[i / 4].max;

		for (size_t count = max - 1; count <= max + 3; count++) {
			char *long_text = repeat(piece, count);
			struct pushover_notice notice = { .title = "t", .text = "m", .url = "u", .url_title = "x" };
			char *all, *got;

			*(i / 4 == 0 ? &notice.text : i / 4 == 1 ? &notice.title : &notice.url_title) = long_text;
			all = form(&me, &notice);
			got = value_of(all, key);
			assert_non_null(got);
			if (count <= max) {
				assert_string_equal(got, long_text);
			} else {
				assert_int_equal(strlen(got), (max - 3) * n + 3);
				assert_memory_equal(got, long_text, (max - 3) * n);
				assert_string_equal(got + (max - 3) * n, "...");
			}
			free(got);
			free(all);
			free(long_text);
		}
	}
}

static void an_address_is_whole_or_absent(void **state)
{
	(void)state;
	for (size_t n = PUSHOVER_URL_MAX - 1; n <= PUSHOVER_URL_MAX + 1; n++) {
		char *url = repeat("u", n);
		char *all = form(&me, &(struct pushover_notice){ .title = "t", .text = "m", .url = url, .url_title = "x" });
		char *got = value_of(all, "url");

		if (n <= PUSHOVER_URL_MAX) {
			assert_string_equal(got, url);
		} else {
			assert_null(got);
			assert_null(strstr(all, "url_title"));
		}
		free(got);
		free(all);
		free(url);
	}
}

static void bytes_that_are_no_text_are_replaced(void **state)
{
	char *all = form(&me, &(struct pushover_notice){ .title = "\xff", .text = "a\xe2\x82" "b" });

	(void)state;
	assert_string_equal(all, "token=T0KEN&user=US3R&title=%EF%BF%BD&message=a%EF%BF%BD%EF%BF%BDb");
	free(all);
}

static void the_largest_notice_fits_the_form(void **state)
{
	char *text = repeat(SMILE, PUSHOVER_TEXT_MAX), *title = repeat(SMILE, PUSHOVER_TITLE_MAX),
	     *url = repeat(SMILE, PUSHOVER_URL_MAX), *url_title = repeat(SMILE, PUSHOVER_URL_TITLE_MAX),
	     *name = repeat("%", 256);
	struct pushover_account a = { .token = name, .user = name, .device = name, .sound = name };
	struct buf small;

	(void)state;
	free(form(&a, &(struct pushover_notice){ .title = title, .text = text, .url = url, .url_title = url_title,
						 .priority = 2 }));
	buf_init(&small, 40);
	assert_int_equal(pushover_form(&small, &me, &(struct pushover_notice){ .title = "t", .text = text }), -1);
	buf_free(&small);
	free(text);
	free(title);
	free(url);
	free(url_title);
	free(name);
}

static void answers_are_sent_never_or_again(void **state)
{
	enum { SENT, NEVER, AGAIN };
	static const struct { int status; const char *body; int verdict; const char *words; } cases[] = {
		{ 200, "{\"status\":1,\"request\":\"r\"}", SENT, "" },
		{ 200, "{\"status\":1,\"request\":\"r\",\"info\":\"no active devices\"}\n", SENT, "" },
		{ 202, "{\"status\":1}", SENT, "" },
		{ 200, "{\"status\":0,\"errors\":[\"quota\"]}", NEVER, "quota" },
		{ 400, "{\"user\":\"invalid\",\"errors\":[\"user identifier is invalid\"],\"status\":0}", NEVER,
		  "user identifier is invalid" },
		{ 400, "{\"errors\":[\"one\",\"two\"],\"status\":0}", NEVER, "one; two" },
		{ 400, "{\"errors\":[],\"status\":0}", NEVER, "HTTP 400" },
		{ 400, "{\"errors\":\"text\",\"status\":0}", NEVER, "section pushover" },
		{ 400, "<html>", NEVER, "HTTP 400" },
		{ 401, "", NEVER, "HTTP 401" }, { 404, "no such thing", NEVER, "HTTP 404" },
		{ 413, "", NEVER, "HTTP 413" }, { 499, "", NEVER, "HTTP 499" },
		{ 429, "{\"errors\":[\"over\"],\"status\":0}", NEVER, "limit" },
		{ 301, "", NEVER, "url" }, { 302, "{\"status\":1}", NEVER, "url" },
		{ 500, "", AGAIN, "HTTP 500" }, { 500, "{\"status\":1}", AGAIN, "HTTP 500" },
		{ 502, "<html>", AGAIN, "HTTP 502" }, { 503, "", AGAIN, "HTTP 503" }, { 599, "", AGAIN, "HTTP 599" },
		{ 200, "", AGAIN, "not Pushover's" }, { 200, "<html>Welcome", AGAIN, "not Pushover's" },
		{ 200, "{\"status\":1,\"requ", AGAIN, "not Pushover's" }, { 200, "[1]", AGAIN, "not Pushover's" },
		{ 200, "{\"status\":\"1\"}", AGAIN, "no status" }, { 200, "{}", AGAIN, "no status" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pushover_answer in = { .status = cases[i].status, .body = cases[i].body,
					      .len = strlen(cases[i].body), .limit = -1, .reset = -1 };
		struct pushover_verdict v;

		pushover_judge(&me, &in, &v);
		if ((v.sent ? SENT : v.fatal ? NEVER : AGAIN) != cases[i].verdict || !strstr(v.reason, cases[i].words))
			fail_msg("%d %s: '%s'", cases[i].status, cases[i].body, v.reason);
		assert_int_equal(!v.sent, v.reason[0] != 0);
		if (cases[i].verdict == AGAIN)
			assert_true(v.again >= 5000);
	}
}

static struct pushover_verdict judged(int status, const char *body, int64_t limit, int64_t reset)
{
	struct pushover_answer in = { .status = status, .body = body, .len = strlen(body), .limit = limit, .reset = reset };
	struct pushover_verdict v;

	pushover_judge(&me, &in, &v);
	return v;
}

static void the_limit_is_named_with_its_end(void **state)
{
	(void)state;
	assert_non_null(strstr(judged(429, "", 10000, 1700000000).reason, "of 10000 messages is used up until 2023-11-14"));
	assert_non_null(strstr(judged(429, "", -1, -1).reason, "until the 1st of next month"));
	assert_non_null(strstr(judged(429, "", INT64_MAX, INT64_MAX).reason, "used up"));
}

static void an_emergency_has_a_receipt(void **state)
{
	(void)state;
	assert_string_equal(judged(200, "{\"status\":1,\"receipt\":\"rcpt\"}", -1, -1).receipt, "rcpt");
	assert_string_equal(judged(200, "{\"status\":1,\"receipt\":7}", -1, -1).receipt, "");
	assert_string_equal(judged(200, "{\"status\":1}", -1, -1).receipt, "");
}

static void secrets_never_come_back_in_a_reason(void **state)
{
	struct pushover_verdict v = judged(400, "{\"errors\":[\"token T0KEN of US3R and T0KEN is bad\"]}", -1, -1);

	(void)state;
	assert_non_null(strstr(v.reason, "token ***** of **** and ***** is bad"));
}

static void long_complaints_stay_readable(void **state)
{
	static const char *const pieces[] = { "x", AE, EURO, SMILE };
	char body[8192];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char *piece = repeat(pieces[i], 400);
		struct pushover_verdict v;

		snprintf(body, sizeof body, "{\"errors\":[\"%s\",\"%s\",\"%s\"]}", piece, piece, piece);
		v = judged(400, body, -1, -1);
		for (const char *p = v.reason; *p; p += utf8_char(p, strlen(p)))
			assert_true(utf8_char(p, strlen(p)) > 0);
		free(piece);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_become_a_form),
		cmocka_unit_test(texts_are_cut_at_the_limits_between_characters),
		cmocka_unit_test(an_address_is_whole_or_absent),
		cmocka_unit_test(bytes_that_are_no_text_are_replaced),
		cmocka_unit_test(the_largest_notice_fits_the_form),
		cmocka_unit_test(answers_are_sent_never_or_again),
		cmocka_unit_test(the_limit_is_named_with_its_end),
		cmocka_unit_test(an_emergency_has_a_receipt),
		cmocka_unit_test(secrets_never_come_back_in_a_reason),
		cmocka_unit_test(long_complaints_stay_readable),
	};

	return TAP_RUN(tests);
}
