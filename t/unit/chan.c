/* A channel whose other end is dead: what it said last is heard, and only then that it is gone. */
#include "ipc/permit.h"
#include "run/chan.h"
#include "run/loop.h"

#include "tap.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct heard {
	char text[256];
	struct chan *chan;	/* freed in the first call, if set */
};

static void on_msg(void *arg, const struct msg *m, int rule)
{
	struct heard *h = arg;

	(void)rule;
	snprintf(h->text + strlen(h->text), sizeof h->text - strlen(h->text), "%s ", m->verb);
	chan_free(h->chan);
	h->chan = NULL;
}

static void on_end(void *arg, const char *why)
{
	struct heard *h = arg;

	snprintf(h->text + strlen(h->text), sizeof h->text - strlen(h->text), "end:%s ", why ? why : "");
}

static const struct chan_ops ops = { on_msg, on_end };

static void drained(const char *said, bool dies, bool frees, const char *wanted)
{
	struct heard h = { .text = "" };
	struct loop *l = loop_new();
	struct chan *c;
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv), 0);
	assert_int_equal(write(sv[1], said, strlen(said)), strlen(said));
	if (dies)
		close(sv[1]);
	c = chan_new(l, sv[0], permit_from_power, FROM_POWER_RULES, &ops, &h);
	h.chan = frees ? c : NULL;
	chan_drain(c);
	assert_string_equal(h.text, wanted);
	if (!frees)
		chan_free(c);
	if (!dies)
		close(sv[1]);
	loop_free(l);
}

static void last_words_come_before_the_end(void **state)
{
	(void)state;
	drained("ready\nalive\n", true, false, "ready alive end: ");
	drained("", true, false, "end: ");
	drained("ready\nali", true, false, "ready end: ");
}

static void one_that_lives_and_says_nothing_holds_nobody_up(void **state)
{
	(void)state;
	drained("ready\n", false, false, "ready ");
	drained("", false, false, "");
}

static void it_may_be_freed_by_whom_it_calls(void **state)
{
	(void)state;
	drained("ready\nalive\n", true, true, "ready ");
	drained("nonsense\nalive\n", true, false, "end:the verb is not allowed here ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_words_come_before_the_end), cmocka_unit_test(one_that_lives_and_says_nothing_holds_nobody_up),
		cmocka_unit_test(it_may_be_freed_by_whom_it_calls),
	};

	return TAP_RUN(tests);
}
