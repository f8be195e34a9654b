#!/bin/sh
# The console of a server behind a real USB adapter: load, settings, BREAK, unplugging, who else has it.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" console-adapter -t 900 -e "FLOOD_BYTES=${FLOOD_BYTES:-}"
