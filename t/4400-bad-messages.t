#!/bin/sh
# Everybody who can say something says something wrong.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" bad-messages --travel -t 600
