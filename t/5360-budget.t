#!/bin/sh
# Bytes of a month, and their end.
# lab: travel
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" budget
