/* aio.h - Linux AIO as events of the loop: endpoints of FunctionFS cannot be polled, but they take
 * asynchronous requests, which spares a thread for each. */
#ifndef KIT_AIO_H
#define KIT_AIO_H

#include "run/loop.h"

#include <linux/aio_abi.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct aio;

#define AIO_OPS 32	/* at most so many of one struct aio */

/* One request at a time each. */
struct aio_op {
	struct iocb cb;
	bool busy;
	void (*done)(void *arg, ssize_t n);	/* bytes, or -errno */
	void *arg;
};

/* NULL with errno. */
struct aio *aio_new(struct loop *l);
void aio_free(struct aio *a);

/* Starts reading or writing N bytes at P, which stay in use until done. Returns 0, or -1 and errno. */
int aio_read(struct aio *a, struct aio_op *op, int fd, void *p, size_t n);
int aio_write(struct aio *a, struct aio_op *op, int fd, const void *p, size_t n);

/* Asks for an early end; `done` comes with a negative number. */
void aio_cancel(struct aio *a, struct aio_op *op);

#endif
