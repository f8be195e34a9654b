#!/bin/sh
# What is to be done later, over kills, steps of the clock and a power cut: two guests, with what was on the disk of the first.
here=${OOBM_SRC:-$(dirname "$0")/..}/t/lab
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
"$here/scenario" pending --travel -o "$out" -e PHASE=before >"$out/1" || { cat "$out/1"; exit 1; }
"$here/scenario" pending --travel -o "$out" -e PHASE=after >"$out/2"
status=$?
# one plan for both
n=$(grep -c '^ok\|^not ok' "$out/1")
grep -v '^1\.\.' "$out/1"
awk -v n="$n" '/^(not )?ok [0-9]+/ { sub(/ok [0-9]+/, "ok " ++n) } /^1\.\./ { $0 = "1.." n } { print }' "$out/2"
exit $status
