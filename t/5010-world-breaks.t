#!/bin/sh
# What the lab breaks is broken, and what it watches is seen.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" world-breaks
