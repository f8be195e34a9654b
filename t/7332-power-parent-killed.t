#!/bin/sh
# The parent is killed in the middle of a hold, at each moment of it.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" power-killed -t 3600 -e VICTIM=oobmd
