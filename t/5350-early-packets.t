#!/bin/sh
# Packets that come before the routes of the link are set.
# lab: travel
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" early-packets
