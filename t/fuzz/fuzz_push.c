/* The input is an answer of the push service: a byte for its status, then its body; and again, as the
 * texts of a notice. */
#include "fuzz.h"

#include "push/pushover.h"

static const struct pushover_account me = { "T0KEN", "US3R", "phone", "siren" };

static void check_answer(int status, const char *body, size_t n)
{
	struct pushover_answer in = { .status = status, .body = body, .len = n, .limit = 10000, .reset = 1700000000 };
	struct pushover_verdict v;

	memset(&v, 0x55, sizeof v);
	pushover_judge(&me, &in, &v);
	require(v.sent + v.fatal + (v.again >= PUSHOVER_AGAIN_MS) == 1);
	require(!v.sent || (status >= 200 && status < 300));
	require(status < 400 || status >= 500 || v.fatal);
	require(status < 500 || v.again);
	require(is_text(v.receipt, sizeof v.receipt) && is_text(v.reason, sizeof v.reason));
	require(v.sent == !v.reason[0] && (v.sent || !v.receipt[0]));
	require(!strstr(v.reason, "T0KEN") && !strstr(v.reason, "US3R"));
}

/* Undoes %XX of a field; OUT is as long as FORM. */
static void decode(const char *form, const char *key, char *out)
{
	const char *p = strstr(form, key);

	require(p);
	for (p += strlen(key); *p && *p != '&'; p++) {
		char hex[3] = { 0 };

		if (*p != '%') {
			*out++ = *p;
			continue;
		}
		memcpy(hex, p + 1, 2);
		*out++ = (char)strtol(hex, NULL, 16);
		p += 2;
	}
	*out = 0;
}

static void check_notice(const char *text)
{
	struct pushover_notice n = { .title = text, .text = text, .url = text, .url_title = text, .priority = 2 };
	size_t chars = 0;
	struct buf b;
	char *form, *value;

	buf_init(&b, PUSHOVER_FORM_MAX);
	require(pushover_form(&b, &me, &n) == 0);
	form = text_copy(b.data, b.len);
	value = text_copy(b.data, b.len);
	require(strlen(form) == b.len && strspn(form, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
						      "0123456789-._~%&=") == b.len);
	decode(form, "&message=", value);
	require(is_text(value, b.len + 1));
	for (const char *p = value; utf8_next(&p) > 0;)
		chars++;
	require(chars <= PUSHOVER_TEXT_MAX && (chars > 0) == (*text != 0));
	free(form);
	free(value);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	text = text_copy(data + 1, size - 1);
	check_answer(200, text, size - 1);
	check_answer(100 + data[0] * 2, text, size - 1);
	check_notice(text);
	free(text);
	return 0;
}
