/* meter.c - the bytes that go through the modem, by month: what a prepaid SIM is asked about. */
#include "agent/agent.h"
#include "os/os.h"

static int month(const struct agent *a)
{
	return usage_month(wall_trusted(a), a->set.budget_day);
}

/* TOTAL bytes went through the link that is up, or was. */
static void count(struct agent *a, uint64_t total)
{
	unsigned percent;

	if (total <= a->link.counted)
		return;
	usage_add(&a->store.usage, month(a), total - a->link.counted);
	a->link.counted = total;
	percent = usage_due(&a->store.usage, a->set.budget);
	if (!percent)
		return;
	/* told once, whatever dies next */
	store_save(a);
	notice_budget(a, percent, month(a));
}

void meter_read(struct agent *a)
{
	uint64_t received = 0, sent = 0;

	if (a->link.up && os_interface_bytes(a->link.ifname, &received, &sent) == 0)
		count(a, received + sent);
}

void meter_link_gone(struct agent *a, uint64_t received, uint64_t sent)
{
	count(a, received + sent);
	store_save(a);
}

uint64_t meter_month(struct agent *a)
{
	meter_read(a);
	usage_roll(&a->store.usage, month(a));
	return a->store.usage.bytes;
}
