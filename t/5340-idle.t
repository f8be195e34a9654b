#!/bin/sh
# What waiting costs.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" idle --travel
