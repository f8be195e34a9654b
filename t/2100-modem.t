#!/bin/sh
# PIN, two ports, faults of the modem.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" modem --travel
