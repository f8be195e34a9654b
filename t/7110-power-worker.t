#!/bin/sh
# oobm-power against the lab's server: real lines, real times.
# lab: travel
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
need setpriv
[ -e "$OOBM_BUILD/t/lab/atxserver" ] || skip_all "atxserver is not built"
exec "$OOBM_SRC/t/lab/scenario" power-worker
