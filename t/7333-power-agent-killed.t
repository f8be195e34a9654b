#!/bin/sh
# The agent is killed in the middle of a hold, at each moment of it. That goes on to its end.
# lab: travel
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" power-killed -t 3600 -e VICTIM=oobm-agent
