/* explore - shows that the state machine keeps its rules (check.c).
 *
 * Without arguments, what `make check` runs: every sequence for small limits, and 50,000 random
 * schedules. --campaign: a larger space and a million. A failure is repeated, with each step shown, by
 * the command that it prints. */
#include "sim.h"

#include "base/clock.h"
#include "base/log.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>

#define CHECK_RUNS 50000
#define CAMPAIGN_RUNS 1000000

static const struct exhaust_options small = {
	.limits = {
		.dial = MIN_MS, .check = MIN_MS, .connect = MIN_MS, .close = MIN_MS, .report = MIN_MS, .pause = MIN_MS,
		.length = 3 * MIN_MS, .max = 5 * MIN_MS, .warn = MIN_MS, .tries = 2,
	},
	.tick = MIN_MS, .crashes = 1, .depth = 200, .max_states = 2000000,
};

static const struct exhaust_options large = {
	.limits = {
		.dial = MIN_MS, .check = MIN_MS, .connect = MIN_MS, .close = MIN_MS, .report = 2 * MIN_MS, .pause = 0,
		.length = 4 * MIN_MS, .max = 6 * MIN_MS, .warn = 2 * MIN_MS, .tries = 2,
	},
	.tick = MIN_MS, .crashes = 2, .depth = 200, .max_states = 12000000,
};

static unsigned tests;
static bool failed;

static void result(bool ok, const char *what)
{
	printf("%sok %u - %s\n", ok ? "" : "not ", ++tests, what);
	failed |= !ok;
	fflush(stdout);
}

static void run_exhaust(const struct exhaust_options *o)
{
	struct exhaust_result r;
	bool ok = exhaust(o, &r);

	if (!ok)
		printf("# broken: %s\n", rule_text(r.broken));
	printf("# every sequence %s %u: %" PRIu64 " states, %" PRIu64 " steps, %" PRIu64 " deaths of the agent\n",
	       r.complete ? "of any length; the last new state at depth" : "to depth", r.depth, r.states, r.steps,
	       r.deaths);
	result(ok && r.complete, "every sequence of events, waits and deaths keeps the rules");
}

static void run_random(uint64_t seed, uint64_t runs, bool show)
{
	struct random_result sum = { 0 };
	enum rule broken = RULE_NONE;
	uint64_t i;

	for (i = 0; i < runs && broken == RULE_NONE; i++)
		broken = random_run(seed + i, show ? stdout : NULL, &sum);
	if (broken != RULE_NONE) {
		seed += i - 1;
		if (!show)
			random_run(seed, stdout, &sum);
		printf("# broken: %s\n# repeat with: t/sim/explore --seed %" PRIu64 " --show\n", rule_text(broken), seed);
	}
	printf("# %" PRIu64 " schedules: %" PRIu64 " steps, %" PRIu64 " windows reported, %" PRIu64
	       " of them were open, %" PRIu64 " restarts\n", i, sum.steps, sum.windows, sum.opened, sum.deaths);
	result(broken == RULE_NONE, "random schedules of faults keep the rules");
}

static int usage(const char *name)
{
	fprintf(stderr, "usage: %s [--campaign | --exhaust | [--seed N] [--runs N] [--show]]\n"
		"Explores the state machine under a virtual clock; TAP on stdout.\n", name);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "campaign", no_argument, NULL, 'c' }, { "exhaust", no_argument, NULL, 'e' },
		{ "seed", required_argument, NULL, 's' }, { "runs", required_argument, NULL, 'r' },
		{ "show", no_argument, NULL, 'v' }, { NULL, 0, NULL, 0 },
	};
	uint64_t seed = 1, runs = 0;
	bool show = false, all = false, campaign = false, random = false;
	int o;

	log_set_level(LOG_LEVEL_ERROR);
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		campaign |= o == 'c';
		all |= o == 'c' || o == 'e';
		random |= o == 's' || o == 'r';
		show |= o == 'v';
		if (o == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (o == 'r')
			runs = strtoull(optarg, NULL, 10);
		else if (o == '?')
			return usage(argv[0]);
	}
	if (optind < argc)
		return usage(argv[0]);
	if (!random)
		run_exhaust(&small);
	if (campaign)
		run_exhaust(&large);
	if (!all || campaign)
		run_random(seed, campaign ? CAMPAIGN_RUNS : runs ? runs : random ? 1 : CHECK_RUNS, show);
	printf("1..%u\n", tests);
	return failed;
}
