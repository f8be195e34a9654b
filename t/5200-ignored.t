#!/bin/sh
# Messages that are no command of the owner.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" ignored --travel
