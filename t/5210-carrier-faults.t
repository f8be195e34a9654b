#!/bin/sh
# What the carrier does wrong.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" carrier-faults --travel
