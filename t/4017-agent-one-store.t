#!/bin/sh
# A modem with one store: what it lists when it was asked for another, which it does not have, is not taken for
# messages of that one. workerdrive plays the parent, modemsim the modem.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

lab=$OOBM_BUILD/t/lab
need "$lab/modemsim"
export T MODEMSIM_SOCKET=$T/control
mkdir "$T/state"
background "$lab/modemsim" --pty "$T/modem" --log "$T/modem.log" --socket "$MODEMSIM_SOCKET" --me 0 \
	--search-ms 10 --submit-ms 10 --boot-ms 10
"$lab/modemctl" -w 10 wait 'searching -> home' 10 >/dev/null
"$lab/modemctl" sms +491701234567 'up gehiem'

"$lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test a message is judged once
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
$ $lab/modemctl wait 'SM,0 deleted' 10
quiet 300
$ test \$(grep -c 'the secret is wrong' $T/worker.log) = 1

test and deleted once
$ test \$(grep -c 'AT+CMGD=0' $T/modem.log) = 1

test the one store is still read
$ $lab/modemctl sms +491701234567 'status geheim' --no-urc
$ $lab/modemctl sms +491701234567 'status geheim' --ucs2
$ $lab/modemctl wait-sent 1 10 | grep -q 'OOBM listening'
end 0

test one that lets no store be chosen is read, and each message once
$ $lab/modemctl quirk no-cpms
$ $lab/modemctl sms +491701234567 'up giheem' --no-urc
start
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
$ $lab/modemctl wait-sent 2 10 >/dev/null
quiet 300
$ test \$(grep -c 'the secret is wrong' $T/worker.log) = 2
end 0
EOS
status=$?
[ $status = 0 ] || { tail -n 40 "$T/worker.log"; tail -n 20 "$T/modem.log"; } | sed 's/^/#	/'
exit $status
