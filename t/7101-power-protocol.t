#!/bin/sh
# What the parent may not say to oobm-power ends it; and so does what makes no sense in its settings.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
power=$OOBM_BUILD/src/oobm-power
need "$power"

times="press=500 hold=5500 on-time=10000 off-time=60000 pause=5000"
target="> target name=nas backend=command $times command-on=/bin/true"

refused() {	# WHAT LINE... - each a message that ends it, after the others
	what=$1
	shift
	printf 'start\ntest %s\n' "$what"
	printf '%s\n' "$@"
	printf 'exits 1\n'
}

"$OOBM_BUILD/t/lab/workerdrive" --log "$T/worker.log" "$power" -d -R <<EOS
test it ends when its parent does
end 0
start
$target
> start
< ready
end 0
$(refused "a request before the start" "$target" "> power id=1 target=nas verb=on")
$(refused "a second start" "$target" "> start" "< ready" "ignore queue" "< led" "< power-fault" "> start")
$(refused "a target after the start" "$target" "> start" "< ready" "ignore queue" "< led" "< power-fault" "> target name=gw backend=command $times")
$(refused "two of one name" "$target" "$target")
$(refused "no name" "> target name= backend=command $times")
$(refused "an unknown backend" "> target name=nas backend=magic $times")
$(refused "no number" "> target name=nas backend=command press=long hold=5500 on-time=10000 off-time=60000 pause=5000")
$(refused "a press that is too short" "> target name=nas backend=command press=49 hold=5500 on-time=10000 off-time=60000 pause=5000")
$(refused "a press that is too long" "> target name=nas backend=command press=2001 hold=5500 on-time=10000 off-time=60000 pause=5000")
$(refused "a hold that is too short" "> target name=nas backend=command press=500 hold=3999 on-time=10000 off-time=60000 pause=5000")
$(refused "a hold that is too long" "> target name=nas backend=command press=500 hold=15001 on-time=10000 off-time=60000 pause=5000")
$(refused "an unknown flag of a line" "> target name=nas backend=gpio $times power-line=1 line-flags=upside-down")
$(refused "an id without end" "$target" "> start" "< ready" "ignore queue" "< led" "< power-fault" "> power id=$(printf '%040d' 1) target=nas verb=on")
$(refused "an unknown message" "> reboot")
EOS
status=$?
[ $status = 0 ] || sed 's/^/# /' "$T/worker.log"
exit $status
