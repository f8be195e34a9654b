#!/bin/sh
# The console of a server behind a real USB adapter: load, settings, BREAK, unplugging, who else has it.
# lab: travel
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" console-adapter -t 7200
