#!/bin/sh
# A dead server is brought back through the relay: notice, window, console, power cycle, boot menu, login.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" dead-server -t 400
