#!/bin/sh
# contrib/relay-setup makes a relay of a stock sshd, and no more than that.
# lab: travel
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" relay-setup
