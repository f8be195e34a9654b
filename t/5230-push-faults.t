#!/bin/sh
# A push that fails.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" push-faults --travel
