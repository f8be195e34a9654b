#include "port.h"

#include "../kit/events.h"

void port_init(struct port *p, const char *name, const struct port_ops *ops)
{
	p->name = name;
	p->ops = ops;
	buf_init(&p->out, PORT_QUEUE_MAX);
}

void port_write(struct port *p, const void *bytes, size_t n)
{
	if (buf_add(&p->out, bytes, n) < 0) {
		event("%s: %zu bytes dropped: the host does not read", p->name, n);
		return;
	}
	p->ops->kick(p);
}

void port_pause(struct port *p, bool paused)
{
	if (p->paused == paused)
		return;
	p->paused = paused;
	p->ops->kick(p);
}

void port_lines(struct port *p, unsigned lines)
{
	if (p->lines == lines)
		return;
	p->lines = lines;
	p->ops->lines(p);
}

void port_input(struct port *p, const char *bytes, size_t n)
{
	if (p->user)
		p->user->on_bytes(p->arg, bytes, n);
}

void port_set_dtr(struct port *p, bool up)
{
	if (p->dtr == up)
		return;
	p->dtr = up;
	event("%s: DTR %s", p->name, up ? "up" : "down");
	if (!up)
		buf_drop(&p->out, p->out.len);
	if (p->user)
		p->user->on_dtr(p->arg, up);
}

void port_taken(struct port *p, size_t n)
{
	buf_drop(&p->out, n);
	if (p->user)
		p->user->on_room(p->arg);
}
