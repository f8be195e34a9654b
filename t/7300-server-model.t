#!/bin/sh
# The lab's server, met through gpioset and gpioget, its serial port through our own; no part of the daemon.
# lab: travel
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" server-model
