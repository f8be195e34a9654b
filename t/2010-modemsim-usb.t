#!/bin/sh
# modemsim as a USB device, met through the kernel's option driver, our serial ports and real pppd.
# lab: travel
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" modemsim-usb
