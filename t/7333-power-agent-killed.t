#!/bin/sh
# The agent is killed in the middle of a hold, at each moment of it. That goes on to its end.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" power-killed -t 900 -e VICTIM=oobm-agent -e "KILL_STEP=${KILL_STEP:-}"
