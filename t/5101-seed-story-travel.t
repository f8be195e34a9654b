#!/bin/sh
# The main job where waiting costs no time.
exec "${OOBM_SRC:-$(dirname "$0")/..}/t/lab/scenario" seed-story --travel
