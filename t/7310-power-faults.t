#!/bin/sh
# Each request to a server's buttons, against each way in which a server can answer.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" power-faults --travel -t 600
