#!/bin/sh
# Every process killed in every state.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" crashes --travel
