#!/bin/sh
# The wall clock is stepped inside a window; the default window.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" clock --travel
