#!/bin/sh
# oobm-agent that dies after the report of a window was spooled, and before the window was taken off the
# disk: the owner is told once. workerdrive plays the parent, modemsim the modem.
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

settings() {
	cat <<-EOS
	> log level=debug
	> modem profile=generic apn=internet dial=*99# device=$T/modem timeout=2000
	> owner number=+491701234567 name=ada secret=geheim
	> window length=60000 max=600000 warn=0 tries=1 pause=0 dial-timeout=9000 check-timeout=9000 connect-timeout=9000 close-timeout=9000 report-timeout=9000
	> relay index=0 name=r host=relay port=22 user=root forwards=31337:localhost:22
	> pushover enabled=0
	> paths state=$T/state control=$T
	> start
	ignore alive
	< ready
	EOS
}

"$lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test a window fails
$(settings)
< claim
> tty path=$T/modem
$ sh $T/logged 1 'offline -> listening'
$ $lab/modemctl fault cms500 always
$ $lab/modemctl sms +491701234567 geheim
< link-open
> link-up ifname=lo local=127.0.0.1
< check
> tunnel-failed id=1 step=dns reason=nothing fatal=1
< link-close force=0

test its report waits in the spool when the agent dies
$ cp $T/state/window $T/before
$ kill \$(cat $T/carrier.pid)
$ $lab/modemctl wait 'call ended' 10 >/dev/null
> link-down code=16 reason=hangup seconds=9 received=0 sent=0
$ sh $T/logged 1 'SMS .* not sent'
$ kill -9 \$WORKER_PID
exits 137
$ grep -q 'kind=report' $T/state/spool/0*

test the window on the disk is not reported again, nor opened again
$ cp $T/before $T/state/window
$ $lab/modemctl fault cms500 off
start
$(settings)
< claim
> tty path=$T/modem
$ sh $T/logged 1 'SMS sent: OOBM failed'
quiet 500
$ test \$($lab/modemctl sent | grep -c 'OOBM failed') = 1
end 0
EOS
status=$?
[ $status = 0 ] || sed 's/^/#	/' "$T/worker.log" "$T/modem.log"
exit $status
