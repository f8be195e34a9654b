#!/bin/sh
# The rule for udev, in a guest with a real udev.
# lab: travel
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
need udevadm /lib/systemd/systemd-udevd
exec "$OOBM_SRC/t/lab/scenario" udev
