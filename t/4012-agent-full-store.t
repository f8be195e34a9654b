#!/bin/sh
# Anybody can fill the stores while nobody reads them. oobm-agent clears them out all the same, and obeys the
# one message in them that counts. workerdrive plays the parent, modemsim the modem.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

lab=$OOBM_BUILD/t/lab
need "$lab/modemsim"
export T MODEMSIM_SOCKET=$T/control
printf '#!/bin/sh\nexec cat <"$1" >"$1"\n' >"$T/carrier"
chmod +x "$T/carrier"
mkdir "$T/state"
background "$lab/modemsim" --pty "$T/modem" --log "$T/modem.log" --socket "$MODEMSIM_SOCKET" --sm 50 --me 200 \
	--carrier "$T/carrier" --connect-ms 50 --search-ms 10 --submit-ms 10 --boot-ms 10
"$lab/modemctl" -w 10 wait 'searching -> home' 10 >/dev/null
for i in $(seq 50); do "$lab/modemctl" sms +4930123456 "win a car $i"; done
for i in $(seq 199); do "$lab/modemctl" sms +4930123456 "win a boat $i" --store ME; done
"$lab/modemctl" sms +491701234567 'status geheim' --store ME

"$lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-agent" -d -R <<EOS
test full stores are read, and what counts is obeyed
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
$ $lab/modemctl wait-sent 1 10 | grep -q 'OOBM listening'

test and cleared out
deadline 20000
$ sh -c 'n=0; while $lab/modemctl store | grep -q win; do n=\$((n + 1)); test \$n -lt 150 || exit 1; sleep 0.1; done'

test what anybody can send fills the log, and not the history
$ test \$(grep -c 'ignored: the number is not listed' $T/worker.log) -ge 249
$ test \$(grep -c 'ignored' $T/state/history) = 20
$ test -s $T/state/history -a ! -e $T/state/history.1

test the port was never given up
$ ! grep 'too many commands' $T/worker.log
$ test \$(grep -c 'offline -> listening' $T/worker.log) = 1
quiet 100
end 0
EOS
status=$?
[ $status = 0 ] || { grep -v '<- \|-> AT' "$T/worker.log" | tail -n 40; tail -n 20 "$T/modem.log"; } | sed 's/^/#	/'
exit $status
