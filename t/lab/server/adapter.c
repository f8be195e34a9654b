#include "adapter.h"

size_t adapter_room(const struct adapter *a)
{
	return a->fifo.max - a->fifo.len;
}

size_t adapter_put(struct adapter *a, const char *bytes, size_t n)
{
	size_t room = adapter_room(a);

	if (!a->plugged)
		return 0;
	if (n > room)
		n = room;
	if (n && buf_add(&a->fifo, bytes, n) < 0)
		n = 0;
	a->kick(a);
	return n;
}
