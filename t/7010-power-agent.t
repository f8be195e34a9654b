#!/bin/sh
# oobm-agent as oobm-power and the parent see it: what runs when it begins, presses that are cut short and those that
# are not, and what was pending. workerdrive plays the parent; there is no modem.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
need gzip od
mkdir "$T/state"
export T

# told NUMBER TEXT: so many lines of the history have TEXT, soon. owner TEXT: a notice has it.
cat >"$T/told" <<'EOS'
until=$(($(date +%s) + 10))
until [ "$(grep -c -- "$2" "$T/state/history")" = "$1" ]; do
	[ "$(date +%s)" -lt $until ] || { echo "not $1 times: $2"; tail -n 5 "$T/state/history"; exit 1; }
	sleep 0.05
done
EOS
cat >"$T/owner" <<'EOS'
until=$(($(date +%s) + 10))
until grep -qs -- "text=.*$1" "$T"/state/spool/*; do
	[ "$(date +%s)" -lt $until ] || { echo "no notice has $1"; exit 1; }
	sleep 0.05
done
EOS
# The state file `pending`, of the lines on the standard input, and its end.
cat >"$T/pend" <<'EOS'
cat >"$T/pending"
crc=$(gzip -c "$T/pending" | tail -c 8 | od -An -tu4 -N4)
printf 'end crc=%08X\n' $crc >>"$T/pending"
cp "$T/pending" "$T/state/pending"
EOS

settings() {
	cat <<-EOS
	> log level=info
	> modem profile=generic apn=internet dial=*99# usb=ffff:fffe timeout=2000
	> owner number=+491701234567 name=ada secret=geheim
	> window length=60000 max=600000 warn=0 tries=1 pause=0 dial-timeout=9000 check-timeout=9000 connect-timeout=9000 close-timeout=9000 report-timeout=9000
	> relay index=0 name=r host=relay port=22 user=root forwards=31337:localhost:22
	> pushover enabled=0
	> paths state=$T/state control=$T
	> target name=nas power=1 console=0
	> target name=gw power=1 console=0
	EOS
	[ $# = 0 ] || printf '> operator %s\n' "$@"
	cat <<-EOS
	> start
	ignore alive
	< ready
	EOS
}
boot=$(cat /proc/sys/kernel/random/boot_id)
now() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }
# pending ID TARGET VERB BY MS ANNOUNCED [FIELD]: a line that is due in MS
pending() {
	printf 'pending id=%s target=%s verb=%s by=%s force=0 escalate=0 due=%s left=%s announced=%s boot=%s%s\n' \
		"$1" "$2" "$3" "$4" $(($(now) + $5)) "$5" "$6" "$boot" "${7:+ $7}"
}

"$OOBM_BUILD/t/lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test what runs when it begins is taken over: its end is noted, and told to the owner
$(settings)
> running id=7 target=nas verb=cycle
> power-done id=7 target=nas ok=1 led=on text=the%20LED%20went%20off
$ sh $T/told 1 'nas:%20cycle:%20the%20LED%20went%20off'
$ sh $T/owner 'cycle%20of%20nas:%20the%20LED%20went%20off'

test and if oobm-power dies, that is told, too
> running id=8 target=gw verb=off
> worker-died name=power reason=killed
$ sh $T/told 1 'gw:%20off:%20oobm-power%20died%20(killed)'

test a press that is cut short is told
> pressing target=nas line=power
> worker-died name=power reason=killed
$ sh $T/told 1 'cut%20short,%20and%20the%20button%20is%20let%20go:%20oobm-power%20died%20(killed)'

test one that was ended by the parent did not die
> pressing target=nas line=reset
> worker-died name=power reason=new%20settings asked=1
$ sh $T/told 1 'cut%20short,%20and%20the%20button%20is%20let%20go:%20oobm-power%20was%20ended%20(new%20settings)'
$ sh $T/told 0 'died%20(new'

test while only the agent begins anew nothing is cut short
> pressing target=nas line=power
> stop
< stopped
end 0
$ sh $T/told 2 'cut%20short'

test an LED that changes all day long does not fill the history
start
$(settings)
$(for i in $(seq 1 60); do printf '> led target=nas led=unknown\n> led target=nas led=on\n'; done)
> led target=gw led=off
> led target=gw led=on
$ sh $T/told 1 'gw:%20its%20LED%20is%20on'
$ sh $T/told 1 'nas:%20its%20LED%20changes%20again%20and%20again'
$ test "\$(grep -c 'nas:%20its%20LED%20is' $T/state/history)" -le 30
end 0

test when the parent is gone a press is cut short
start
$(settings)
> pressing target=gw line=power
end 0
$ sh $T/told 1 'button%20of%20gw%20was%20cut%20short.*oobmd%20ended'

test what was due while nobody was there is announced, and a minute left to stop it
$ printf '%s\n' '$(pending 3 nas force-off ada -600000 0 uid=0)' | sh $T/pend
start
$(settings)
$ sh $T/told 1 'force-off%20of%20nas%20in%201%20min,%20as%20ada%20asked'
quiet 500
end 0
$ sed -n 's/.* left=\([0-9]*\) announced=1 .*/\1/p' $T/state/pending | { read n; test \$n -gt 55000 -a \$n -le 60000; }

test if it was announced before it is done at once
$ printf '%s\n' '$(pending 3 nas force-off ada -600000 1 uid=0)' | sh $T/pend
start
$(settings)
< power target=nas verb=force-off
$ test ! -e $T/state/pending
end 0

test whoever may not press any more does not press later either, which is told once
$ printf '%s\n' '$(pending 4 nas force-off eve 600000 0 uid=4711)' '$(pending 5 gw on bob 600000 0 uid=4712)' '$(pending 6 tv on bob 600000 0 uid=4712)' | sh $T/pend
start
$(settings 'name=bob uid=4712 power=*' 'name=eve uid=4711 power=gw')
$ sh $T/told 1 'the%20pending%20force-off%20of%20nas%20is%20dropped:%20eve%20may%20not%20press'
$ sh $T/told 1 'the%20pending%20on%20of%20tv%20is%20dropped:%20there%20is%20no%20such%20target'
$ sh $T/owner 'force-off%20of%20nas%20is%20dropped'
$ sh $T/owner 'on%20of%20tv%20is%20dropped'
quiet 300
end 0
$ test "\$(grep -c '^pending' $T/state/pending)" = 1 && grep -q 'id=5 target=gw .* uid=4712' $T/state/pending
start
$(settings 'name=bob uid=4712 power=*')
quiet 300
$ sh $T/told 1 'force-off%20of%20nas%20is%20dropped'
end 0
EOS
status=$?
[ $status = 0 ] || tail -n 60 "$T/worker.log" | sed 's/^/# /'
exit $status
