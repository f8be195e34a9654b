#!/bin/sh
# Power lines and their guard on real GPIO chips.
# lab: travel
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
need setpriv
[ -e "$OOBM_BUILD/t/lab/linesctl" ] || skip_all "linesctl is not built"
exec "$OOBM_SRC/t/lab/scenario" gpio-lines
