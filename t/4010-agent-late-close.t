#!/bin/sh
# oobm-agent when a link does not end in time: the modem is given up, and found again when the link is
# gone at last. workerdrive plays the parent, modemsim the modem.
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

"$lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test the agent finds its modem
> log level=debug
> modem profile=generic apn=internet dial=*99# device=$T/modem timeout=2000
> owner number=+491701234567 name=ada secret=geheim
> window length=60000 max=600000 warn=0 tries=1 pause=0 dial-timeout=9000 check-timeout=1000 connect-timeout=1000 close-timeout=1000 report-timeout=9000
> relay index=0 name=r host=relay port=22 user=root forwards=31337:localhost:22
> pushover enabled=0
> paths state=$T/state control=$T
> start
ignore alive
< ready
< claim
> tty path=$T/modem
$ sh $T/logged 1 'offline -> listening'

test a link that does not end is closed by force, and then given up
$ $lab/modemctl sms +491701234567 geheim
< link-open
> link-up ifname=lo local=127.0.0.1
< check
< link-close force=0
< link-close force=1
$ sh $T/logged 1 'closing -> offline'

test while the link holds the port nobody else opens it
quiet 3500

test the modem is used again as soon as the link is gone
$ kill \$(cat $T/carrier.pid)
$ $lab/modemctl wait 'call ended' 10 >/dev/null
> link-down code=16 reason=hangup seconds=9 received=0 sent=0
< claim
$ sh $T/logged 2 'offline -> listening'

test the owner is told, and the next window can be opened
$ sh $T/logged 1 'SMS sent: OOBM failed'
$ $lab/modemctl sms +491701234567 'up geheim'
< link-open
$ kill \$(cat $T/carrier.pid)
> link-failed code=10 reason=negotiation fatal=1
$ sh $T/logged 1 'closing -> reporting'
end 0
EOS
status=$?
[ $status = 0 ] || sed 's/^/#	/' "$T/worker.log" "$T/modem.log"
exit $status
