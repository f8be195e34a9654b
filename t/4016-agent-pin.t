#!/bin/sh
# The PIN of the card: one that was refused is never tried again, three wrong ones lock it for good. One whose
# fate is unknown, since the power went with it, is: or the agent would never come back, with the right one.
# workerdrive plays the parent, modemsim the modem.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

lab=$OOBM_BUILD/t/lab
need "$lab/modemsim"
export T MODEMSIM_SOCKET=$T/control
mkdir "$T/state"
background "$lab/modemsim" --pty "$T/modem" --log "$T/modem.log" --socket "$MODEMSIM_SOCKET" --pin 4711 \
	--search-ms 10 --submit-ms 10 --boot-ms 10
"$lab/modemctl" -w 10 wait 'modem: on' 10 >/dev/null

# logged NUMBER TEXT: the agent has logged TEXT as often as that.
cat >"$T/logged" <<'EOS'
until=$(($(date +%s) + 10))
until [ "$(grep -c -- "$2" "$T/worker.log")" -ge "$1" ]; do
	[ "$(date +%s)" -lt $until ] || exit 1
	sleep 0.05
done
EOS

begin() { # begin PIN
	cat <<-EOS
	start
	> log level=debug
	> modem profile=generic apn=internet dial=*99# device=$T/modem timeout=9000 pin=$1
	> owner number=+491701234567 name=ada secret=geheim
	> window length=600000 max=600000 warn=0 tries=5 pause=0 dial-timeout=9000 check-timeout=9000 connect-timeout=9000 close-timeout=9000 report-timeout=9000
	> relay index=0 name=r host=one port=22 user=root forwards=31337:localhost:22
	> pushover enabled=0
	> paths state=$T/state control=$T
	> start
	ignore alive
	< ready
	< claim
	> tty path=$T/modem
	EOS
}
# the power goes, for the stick and for the agent, when the PIN was sent the $1th time
cut() {
	cat <<-EOS
	$ sh $T/logged $1 'AT+CPIN=\*'
	$ kill -9 \$WORKER_PID
	exits 137
	$ $lab/modemctl unplug
	$ $lab/modemctl plug
	EOS
}

"$lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test a PIN that was sent when the power went is sent once more
$ $lab/modemctl fault slow 300
$(begin 4711 | tail -n +2)
$(cut 1)
$ $lab/modemctl fault slow off
$(begin 4711)
$ sh $T/logged 1 'offline -> listening'
end 0

test having been accepted it is as good as ever
$ $lab/modemctl unplug
$ $lab/modemctl plug
$(begin 4711)
$ sh $T/logged 2 'offline -> listening'
end 0

test one that was refused is not
$ $lab/modemctl unplug
$ $lab/modemctl plug
$(begin 1234)
$ sh $T/logged 1 'the SIM refused the PIN'
end 0
$(begin 1234)
$ sh $T/logged 1 'is not tried again'
$ sh $T/logged 2 'modem: the modem cannot be used'
end 0
$ test \$(grep -c 'AT+CPIN="1234"' $T/modem.log) = 1

test another is
$(begin 4711)
$ sh $T/logged 3 'offline -> listening'
end 0

test one that cannot be noted is not sent, before it can
$ $lab/modemctl unplug
$ $lab/modemctl plug
$ mkdir $T/state/window.new
$(begin 4711)
$ sh $T/logged 1 'the state could not be saved'
$ test \$(grep -c 'AT+CPIN="4711"' $T/modem.log) = 4
$ rmdir $T/state/window.new
< claim
> tty path=$T/modem
$ sh $T/logged 4 'offline -> listening'
end 0

test nor is one tried a third time when nobody knows what came of it
$ $lab/modemctl unplug
$ $lab/modemctl plug
$ $lab/modemctl fault slow 300
$(begin 4711)
$(cut 7)
$(begin 4711)
$(cut 8)
$ $lab/modemctl fault slow off
$ grep -c 'is not tried again' $T/worker.log >$T/before
$(begin 4711)
$ sh $T/logged \$((\$(cat $T/before) + 1)) 'is not tried again'
end 0
$ test \$(grep -c 'AT+CPIN="4711"' $T/modem.log) = 7
EOS
status=$?
[ $status = 0 ] || { tail -n 60 "$T/worker.log"; tail -n 20 "$T/modem.log"; } | sed 's/^/#	/'
exit $status
