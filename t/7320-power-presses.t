#!/bin/sh
# Presses are as long as they should be, and there are no others, whatever happens to the daemon.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" power-presses
