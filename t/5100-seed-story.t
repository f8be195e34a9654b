#!/bin/sh
# The main job in real time: SMS, link, tunnel, push, ssh, end of the window, SMS.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" seed-story
