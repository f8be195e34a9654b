#include "aio.h"

#include "events.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

struct aio {
	aio_context_t context;
	int fd;
	struct watch *watch;
};

static void on_events(void *arg, int ready)
{
	struct aio *a = arg;
	struct io_event done[AIO_OPS];
	struct timespec none = { 0, 0 };
	uint64_t count;
	long n;

	(void)ready;
	if (read(a->fd, &count, sizeof count) < 0)
		return;
	/* Once, though what is done here may be done again by the end: others want their turn. */
	n = syscall(SYS_io_getevents, a->context, 0L, (long)AIO_OPS, done, &none);
	for (long i = 0; i < n; i++) {
		struct aio_op *op = (struct aio_op *)(uintptr_t)done[i].data;

		op->busy = false;
		op->done(op->arg, (ssize_t)done[i].res);
	}
}

struct aio *aio_new(struct loop *l)
{
	struct aio *a = calloc(1, sizeof *a);

	if (!a)
		return NULL;
	a->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (a->fd < 0 || syscall(SYS_io_setup, (unsigned)AIO_OPS, &a->context) < 0) {
		if (a->fd >= 0)
			close(a->fd);
		free(a);
		return NULL;
	}
	a->watch = watch_new(l, a->fd, LOOP_READ, on_events, a);
	return a;
}

void aio_free(struct aio *a)
{
	if (!a)
		return;
	syscall(SYS_io_destroy, a->context);
	watch_free(a->watch);
	close(a->fd);
	free(a);
}

static int submit(struct aio *a, struct aio_op *op, int fd, unsigned code, const void *p, size_t n)
{
	struct iocb *list[] = { &op->cb };

	memset(&op->cb, 0, sizeof op->cb);
	op->cb.aio_data = (uintptr_t)op;
	op->cb.aio_lio_opcode = (uint16_t)code;
	op->cb.aio_fildes = (uint32_t)fd;
	op->cb.aio_buf = (uintptr_t)p;
	op->cb.aio_nbytes = n;
	op->cb.aio_flags = IOCB_FLAG_RESFD;
	op->cb.aio_resfd = (uint32_t)a->fd;
	if (syscall(SYS_io_submit, a->context, 1L, list) != 1)
		return -1;
	op->busy = true;
	return 0;
}

int aio_read(struct aio *a, struct aio_op *op, int fd, void *p, size_t n)
{
	return submit(a, op, fd, IOCB_CMD_PREAD, p, n);
}

int aio_write(struct aio *a, struct aio_op *op, int fd, const void *p, size_t n)
{
	return submit(a, op, fd, IOCB_CMD_PWRITE, p, n);
}

void aio_cancel(struct aio *a, struct aio_op *op)
{
	struct io_event result;

	if (op->busy)
		syscall(SYS_io_cancel, a->context, &op->cb, &result);
}
