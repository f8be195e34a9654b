#include "push/pushover.h"
#include "base/utf8.h"
#include "ipc/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int put_escaped(struct buf *to, const char *s, size_t n)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		int rc;

		if (c && strchr(plain, c))
			rc = buf_add(to, &s[i], 1);
		else
			rc = buf_addf(to, "%%%02X", c);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int put_key(struct buf *to, const char *key)
{
	return buf_addf(to, "%s%s=", to->len ? "&" : "", key);
}

/* At most MAX characters of VALUE; "..." in place of what is lost. */
static int put_cut(struct buf *to, const char *key, const char *value, size_t max)
{
	char *text = utf8_repair(value, strlen(value));
	size_t len = text ? strlen(text) : 0, fits;
	int rc = -1;

	if (!text || put_key(to, key) < 0)
		goto out;
	fits = utf8_prefix(text, len, max);
	if (fits == len)
		rc = put_escaped(to, text, len);
	else if (put_escaped(to, text, utf8_prefix(text, len, max - 3)) == 0)
		rc = buf_add(to, "...", 3);
out:
	if (text)
		wipe(text, len);
	free(text);
	return rc;
}

/* The same for what may be absent. */
static int put_given(struct buf *to, const char *key, const char *value, size_t max)
{
	return value && *value ? put_cut(to, key, value, max) : 0;
}

static int put_url(struct buf *to, const struct pushover_notice *n)
{
	if (!n->url || !*n->url || utf8_prefix(n->url, strlen(n->url), PUSHOVER_URL_MAX) < strlen(n->url))
		return 0;
	if (put_cut(to, "url", n->url, PUSHOVER_URL_MAX) < 0)
		return -1;
	return put_given(to, "url_title", n->url_title, PUSHOVER_URL_TITLE_MAX);
}

static int put_priority(struct buf *to, int priority)
{
	if (priority == 0)
		return 0;
	if (buf_addf(to, "&priority=%d", priority) < 0)
		return -1;
	if (priority < 2)
		return 0;
	return buf_addf(to, "&retry=%d&expire=%d", PUSHOVER_RETRY_S, PUSHOVER_EXPIRE_S);
}

int pushover_form(struct buf *to, const struct pushover_account *a, const struct pushover_notice *n)
{
	if (put_cut(to, "token", a->token, SIZE_MAX) < 0 || put_cut(to, "user", a->user, SIZE_MAX) < 0 ||
	    put_given(to, "device", a->device, SIZE_MAX) < 0 || put_given(to, "sound", a->sound, SIZE_MAX) < 0 ||
	    put_given(to, "title", n->title, PUSHOVER_TITLE_MAX) < 0 ||
	    put_cut(to, "message", n->text, PUSHOVER_TEXT_MAX) < 0)
		return -1;
	if (put_url(to, n) < 0)
		return -1;
	return put_priority(to, n->priority);
}

/* Appends the first CHARS characters of TEXT to OUT, or as many as fit whole. */
static void append(char *out, size_t size, const char *text, size_t chars)
{
	size_t used = strlen(out), left = strlen(text), n;

	while (chars-- > 0 && (n = utf8_char(text, left)) > 0 && used + n < size) {
		memcpy(out + used, text, n);
		used += n;
		text += n;
		left -= n;
	}
	out[used] = 0;
}

/* The service's own words, "; " between them; "" if it gave none. */
static void join_errors(const struct json *j, char *out, size_t size)
{
	const char *text;

	out[0] = 0;
	for (size_t i = 0; j && (text = json_get_item(j, "errors", i)); i++) {
		if (i)
			append(out, size, "; ", 2);
		append(out, size, text, 120);
	}
}

/* Should the service quote a secret back at us, it must not reach a log or an SMS. */
static void hide(char *text, const char *secret)
{
	size_t n = secret ? strlen(secret) : 0;
	char *p;

	while (n > 0 && (p = strstr(text, secret)))
		memset(p, '*', n);
}

static void describe_limit(const struct pushover_answer *in, const char *said, char *out, size_t size)
{
	char day[32] = "the 1st of next month", many[48] = "";
	time_t t = (time_t)in->reset;
	struct tm tm;

	if (in->reset > 0 && gmtime_r(&t, &tm))
		strftime(day, sizeof day, "%Y-%m-%d", &tm);
	if (in->limit > 0)
		snprintf(many, sizeof many, " of %lld messages", (long long)in->limit);
	snprintf(out, size, "Pushover's monthly limit%s is used up until %s%s%s", many, day,
		 *said ? ": " : "", said);
}

static void judge_failure(const struct pushover_answer *in, const char *said, struct pushover_verdict *out)
{
	const char *colon = *said ? ": " : "";
	size_t size = sizeof out->reason;

	if (in->status == 429) {
		out->fatal = true;
		describe_limit(in, said, out->reason, size);
	} else if (in->status >= 400 && in->status < 500) {
		out->fatal = true;
		snprintf(out->reason, size, "Pushover refuses the notice (HTTP %d)%s%s%s", in->status, colon, said,
			 *said ? "" : "; check url, token and user in section pushover");
	} else if (in->status >= 300 && in->status < 400) {
		out->fatal = true;
		snprintf(out->reason, size, "Pushover has moved (HTTP %d); check url in section pushover", in->status);
	} else {
		out->again = PUSHOVER_AGAIN_MS;
		snprintf(out->reason, size, "Pushover has a failure of its own (HTTP %d)%s%s", in->status, colon, said);
	}
}

static void judge_success(const struct pushover_answer *in, const struct json *j, const char *said,
			  const struct err *e, struct pushover_verdict *out)
{
	const char *receipt = j ? json_get_string(j, "receipt") : NULL;
	int64_t status;

	if (!j || json_get_int(j, "status", INT64_MIN, INT64_MAX, &status) < 0) {
		/* a notice that comes twice is better than one that never comes */
		out->again = PUSHOVER_AGAIN_MS;
		snprintf(out->reason, sizeof out->reason, "HTTP %d, but the answer is not Pushover's (%s)", in->status,
			 j ? "it has no status" : e->text);
	} else if (status != 1) {
		out->fatal = true;
		snprintf(out->reason, sizeof out->reason, "Pushover refuses the notice (status %lld)%s%s",
			 (long long)status, *said ? ": " : "", said);
	} else {
		out->sent = true;
		snprintf(out->receipt, sizeof out->receipt, "%s", receipt ? receipt : "");
	}
}

void pushover_judge(const struct pushover_account *a, const struct pushover_answer *in,
		    struct pushover_verdict *out)
{
	struct err e = { "" };
	struct json *j = json_parse(in->body, in->len, &e);
	char said[256];

	*out = (struct pushover_verdict){ .again = 0 };
	join_errors(j, said, sizeof said);
	if (in->status >= 200 && in->status < 300)
		judge_success(in, j, said, &e, out);
	else
		judge_failure(in, said, out);
	hide(out->reason, a->token);
	hide(out->reason, a->user);
	json_free(j);
}
