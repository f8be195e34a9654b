#!/bin/sh
# What is wrong between the link and the relay.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" relay-faults --travel
