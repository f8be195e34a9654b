#!/bin/sh
# A modem that takes an SMS and never says what came of it: it may have been sent and paid for, so oobm-agent does
# not send it again and again. workerdrive plays the parent, modemsim the modem.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

lab=$OOBM_BUILD/t/lab
need "$lab/modemsim"
export T MODEMSIM_SOCKET=$T/control
printf '#!/bin/sh\nexec cat <"$1" >"$1"\n' >"$T/carrier"
chmod +x "$T/carrier"
mkdir "$T/state"
background "$lab/modemsim" --pty "$T/modem" --log "$T/modem.log" --socket "$MODEMSIM_SOCKET" \
	--carrier "$T/carrier" --connect-ms 50 --search-ms 10 --submit-ms 10 --boot-ms 10
"$lab/modemctl" -w 10 wait 'searching -> home' 10 >/dev/null

# seen NUMBER TEXT FILE: TEXT is in FILE as often as that.
cat >"$T/seen" <<'EOS'
until=$(($(date +%s) + 10))
until [ "$(grep -c -- "$2" "$T/$3")" -ge "$1" ]; do
	[ "$(date +%s)" -lt $until ] || exit 1
	sleep 0.05
done
EOS

begin() {
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
	< claim
	> tty path=$T/modem
	EOS
}

# the stick goes before it has said what came of the message
lose() {
	cat <<-EOS
	$ sh $T/seen $1 'fault: cmgs-timeout' modem.log
	$ $lab/modemctl unplug
	$ sh $T/seen $1 'SMS .OOBM status. not sent' worker.log
	EOS
}

again() {
	cat <<-EOS
	end 0
	$ $lab/modemctl plug
	start
	$(begin)
	EOS
}

"$lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test what the modem does not answer is sent again
$(begin)
$ $lab/modemctl fault cmgs-timeout always
$ $lab/modemctl sms +491701234567 'status geheim'
$(lose 1)
$(again)
$(lose 2)
$(again)

test three times in all, however often the agent starts
$(lose 3)
$ sh $T/seen 1 'could not be sent by SMS, given up' worker.log
$ $lab/modemctl fault cmgs-timeout off
$(again)
$ sh $T/seen 4 'offline -> listening' worker.log
quiet 500
$ test -z "\$($lab/modemctl sent)"
$ test -z "\$(ls $T/state/spool)"

test one that is refused is not counted
$ $lab/modemctl fault cms500 1
$ $lab/modemctl sms +491701234567 'status geheim' --ucs2
$ sh $T/seen 4 'SMS .OOBM status. not sent' worker.log
$ grep -h sms-tries $T/state/spool/* | grep -q 'sms-unsure=0'
end 0
EOS
status=$?
[ $status = 0 ] || { tail -n 60 "$T/worker.log"; tail -n 20 "$T/modem.log"; } | sed 's/^/#	/'
exit $status
