#!/bin/sh
# The service files hold: systemd and udev understand them, and the unit gives away no more than is decided.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
unit=$OOBM_BUILD/conf/oobmd.service
[ -e "$unit" ] || skip_all "configured without systemd units"
setting() { sed -n "s/^$1=//p" "$unit"; }

# more than oobmd's own 45 s, or systemd kills in the middle of an orderly end
longest=$(sed -n 's/.*END_MS (\([0-9]*\) \* SEC_MS).*/\1/p' "$OOBM_SRC/src/parent/main.c")
between "oobmd has the time to end that it takes" "$(setting TimeoutStopSec)" $((${longest:-9999} + 5)) 300
is "nothing outlives it" "$(setting KillMode)" mixed
is "it is never given up" "$(setting Restart) $(setting StartLimitIntervalSec)" "always 0"

if command -v systemd-analyze >/dev/null; then
	mkdir "$T/unit"
	# what is to be started must be there to be verified
	sed "s|^ExecStart=[^ ]*|ExecStart=$OOBM_BUILD/src/oobmd|; s|^ExecReload=/[^ ]*|ExecReload=$OOBM_BUILD/src/oobmd|" "$unit" >"$T/unit/oobmd.service"
	check "systemd-analyze finds nothing wrong" systemd-analyze --man=no verify "$T/unit/oobmd.service"
	is "not even a warning" "$(cat "$T/check.out")" ""
	check "its exposure stays below 4" systemd-analyze security --no-pager --offline=true --threshold=39 "$T/unit/oobmd.service"
else
	skip "systemd-analyze is not there"
fi

if command -v udevadm >/dev/null && udevadm verify --help >/dev/null 2>&1; then
	# its groups are made when it is installed
	check "udevadm finds nothing wrong" udevadm verify --resolve-names=never "$OOBM_SRC/conf/60-oobmd.rules"
else
	skip "no udevadm that verifies"
fi
done_testing
