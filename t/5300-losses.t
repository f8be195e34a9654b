#!/bin/sh
# What is lost inside a window.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" losses --travel
