#!/bin/sh
# The guard of the lines is killed in the middle of a hold, at each moment of it.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" power-killed -t 900 -e VICTIM=oobm-guard -e "KILL_STEP=${KILL_STEP:-}"
