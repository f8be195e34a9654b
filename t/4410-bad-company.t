#!/bin/sh
# Strangers on the same computer, a carrier with ideas, a full disk.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" bad-company --travel -t 600
