#!/bin/sh
# The world of the lab carries the story with pppd and ssh alone.
# lab: travel
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" plain-story
