#!/bin/sh
# A machine that dies and boots without end, or whose cable is loose, makes much to be told; what others did stays in the
# history all the same. workerdrive plays the parent.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

mkdir "$T/state"
export T
history=$T/state/history
# N lines of the machine's, and as often its port lost and found
noise() {
	local i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		echo "> matched target=nas pattern=login: text=line%20$i%20login:"
		echo "> console-state target=nas ok=0 text=unplugged"
		echo "> console-state target=nas ok=1 text="
	done
}
"$OOBM_BUILD/t/lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
> modem profile=generic apn=internet dial=*99# device=$T/no-modem timeout=2000
> owner number=+491701234567 name=ada secret=geheim
> window length=600000 max=600000 warn=0 tries=3 pause=60000 dial-timeout=9000 check-timeout=9000 connect-timeout=9000 close-timeout=9000 report-timeout=9000
> relay index=0 name=r host=relay port=22 user=root forwards=31337:localhost:22
> target name=nas power=0 console=1
> target name=gw power=0 console=1
> pushover enabled=0
> paths state=$T/state control=$T
> start
ignore alive
< ready
test a noisy machine
$(noise 250)
> viewer target=gw by=alice text=is%20at%20the%20console
$ until grep -q gw:%20alice "$history"; do sleep 0.05; done
test what it says is noted, but not all of it
$ n=\$(grep -c line%20 "$history"); [ \$n -ge 10 ] && [ \$n -le 60 ]
test nor is all that its cable did
$ [ \$(grep -c 'text=nas:' "$history") -le 61 ]
test and that there was more is said once
$ [ \$(grep -c 'oobm%20log%20nas' "$history") = 1 ]
test what was before is there still
$ grep -q started "$history" && [ ! -e "$history.1" ]
EOS
