#!/bin/sh
# Several relays: one where no other try makes sense, as its host key has changed say, does not end the window
# while there is another. workerdrive plays the parent, modemsim the modem.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

lab=$OOBM_BUILD/t/lab
need "$lab/modemsim"
export T MODEMSIM_SOCKET=$T/control
printf '#!/bin/sh\necho $$ >"$T/carrier.pid"\nexec cat <"$1" >"$1"\n' >"$T/carrier"
chmod +x "$T/carrier"
mkdir "$T/state"
background "$lab/modemsim" --pty "$T/modem" --log "$T/modem.log" --socket "$MODEMSIM_SOCKET" \
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

# a try with relay $2, whose requests are $1 and the next; it fails as the rest says
try() {
	local id=$1 relay=$2
	shift 2
	cat <<-EOS
	< link-open
	> link-up ifname=lo local=127.0.0.1
	< check id=$id relay=$relay
	> checked id=$id address=127.0.0.1 peer=r
	< open id=$((id + 1)) relay=$relay
	> tunnel-failed id=$((id + 1)) $*
	< link-close
	$ kill \$(cat $T/carrier.pid)
	$ $lab/modemctl wait 'call ended' 10 >/dev/null
	> link-down code=5 reason=asked seconds=9 received=0 sent=0
	< claim
	EOS
}

"$lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test a window begins with the first relay
> log level=debug
> modem profile=generic apn=internet dial=*99# device=$T/modem timeout=2000
> owner number=+491701234567 name=ada secret=geheim
> window length=600000 max=600000 warn=0 tries=5 pause=0 dial-timeout=9000 check-timeout=9000 connect-timeout=9000 close-timeout=9000 report-timeout=9000
> relay index=0 name=r host=one port=22 user=root forwards=31337:localhost:22
> relay index=1 name=s host=two port=22 user=root forwards=31337:localhost:22
> relay index=2 name=t host=three port=22 user=root forwards=31337:localhost:22
> pushover enabled=0
> paths state=$T/state control=$T
> start
ignore alive
< ready
< claim
> tty path=$T/modem
$ sh $T/logged 1 'offline -> listening'
$ $lab/modemctl sms +491701234567 geheim
$(try 1 0 step=hostkey reason=other%20key fatal=1)

test where no other try makes sense, the next relay is tried
$(try 3 1 step=connect reason=no%20answer fatal=0)

test of those, only where one does
$(try 5 2 step=auth reason=refused fatal=1)
$(try 7 1 step=auth reason=refused fatal=1)

test when none is left, it is over
$ sh $T/logged 1 'SMS sent: OOBM failed'
$ $lab/modemctl sent | grep -q 'OOBM failed: login at the relay: refused. 4 of 5 tries.'

test and the next window begins anew
$ $lab/modemctl sms +491701234567 geheim --ucs2
$(try 9 0 step=connect reason=no%20answer fatal=0)
end 0
EOS
status=$?
[ $status = 0 ] || { tail -n 60 "$T/worker.log"; tail -n 20 "$T/modem.log"; } | sed 's/^/#	/'
exit $status
