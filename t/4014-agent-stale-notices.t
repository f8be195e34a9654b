#!/bin/sh
# Without pushes the owner is told by SMS, which costs: what is not so any more when it could be sent is not
# sent, nor "back" each time that a tunnel comes and goes. workerdrive plays the parent, modemsim the modem.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

lab=$OOBM_BUILD/t/lab
need "$lab/modemsim"
export T MODEMSIM_SOCKET=$T/control
printf '#!/bin/sh\necho $$ >"$T/carrier.pid"\nexec cat <"$1" >"$1"\n' >"$T/carrier"
chmod +x "$T/carrier"
mkdir "$T/state"
background "$lab/modemsim" --pty "$T/modem" --pty2 "$T/pcui" --log "$T/modem.log" --socket "$MODEMSIM_SOCKET" \
	--carrier "$T/carrier" --connect-ms 50 --search-ms 10 --submit-ms 10 --boot-ms 10
"$lab/modemctl" -w 10 wait 'searching -> home' 10 >/dev/null

# logged NUMBER TEXT: the agent has logged TEXT as often as that.
cat >"$T/logged" <<'EOS'
until=$(($(date +%s) + 10))
until [ "$(grep -c -- "$2" "$T/worker.log")" -ge "$1" ]; do
	[ "$(date +%s)" -lt $until ] || exit 1
	sleep 0.05
done
EOS

begin() { # begin PAUSE [COMMAND-PORT]
	cat <<-EOS
	> log level=debug
	> modem profile=generic apn=internet dial=*99# device=$T/modem timeout=2000${2:+ $2}
	> owner number=+491701234567 name=ada secret=geheim
	> window length=600000 max=600000 warn=0 tries=3 pause=$1 dial-timeout=9000 check-timeout=9000 connect-timeout=9000 close-timeout=9000 report-timeout=9000
	> relay index=0 name=r host=relay port=22 user=root forwards=31337:localhost:22
	> pushover enabled=0
	> paths state=$T/state control=$T
	> start
	ignore alive
	< ready
	< claim
	> tty path=$T/modem
	EOS
}

# a window opens, asked for by SMS; its first request has the number $1
open() {
	cat <<-EOS
	$ $lab/modemctl sms +491701234567 geheim $2
	< link-open
	$(built "$1")
	EOS
}
built() {
	cat <<-EOS
	> link-up ifname=lo local=127.0.0.1
	< check
	> checked id=$1 address=127.0.0.1 peer=r
	< open
	> tunnel-up id=$(($1 + 1)) address=127.0.0.1 peer=r ports=31337
	EOS
}

# the link goes, and the tunnel with it
lose() {
	cat <<-EOS
	$ kill \$(cat $T/carrier.pid)
	$ $lab/modemctl wait 'call ended' 10 >/dev/null
	> link-down code=16 reason=hangup seconds=9 received=0 sent=0
	< claim
	EOS
}

# and comes again, as request $1, which is told as $2 says
flap() {
	lose
	cat <<-EOS
	< link-open
	$(built "$1")
	$ sh $T/logged $(($1 / 2)) '$2'
	EOS
}

"$lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test one port: nothing can be sent while the window is open
$(begin 60000)
$ sh $T/logged 1 'offline -> listening'
$(open 1)
$ sh $T/logged 1 'connecting -> open'

test then the loss is told, and not that the link is up
$(lose)
$ sh $T/logged 1 'SMS sent: OOBM try failed'
$ test \$($lab/modemctl sent | grep -c .) = 1
$ $lab/modemctl sent | grep -q 'OOBM link lost: link: hangup. Next try in 1 min.'
$ test -z "\$(ls $T/state/spool)"
end 0
$ rm -f $T/state/window

test two ports: it is told at once
start
$(begin 0 command=$T/pcui)
$ sh $T/logged 2 'offline -> listening'
$(open 1 --ucs2)
$ sh $T/logged 1 'SMS sent: OOBM link up'

test and that it is back, but not each time
$(for id in 3 5 7; do flap $id 'SMS sent: OOBM link is back'; done)
$(for id in 9 11; do flap $id 'info: OOBM link is back'; done)
quiet 500
$ test \$(grep -c 'SMS sent: OOBM link is back' $T/worker.log) = 3
end 0
EOS
status=$?
[ $status = 0 ] || { tail -n 60 "$T/worker.log"; tail -n 20 "$T/modem.log"; } | sed 's/^/#	/'
exit $status
