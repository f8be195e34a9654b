#!/bin/sh
# oobm-push against the push server over TLS: what is sent, what every answer leads to. The link is the
# loopback interface; t/4201 has real ones.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

pushd=$OOBM_BUILD/t/lab/pushd
need "$pushd" openssl
"$OOBM_SRC/t/lab/make-certs" "$T/certs" 127.0.0.1 || exit 1

# server NAME CERTIFICATE - a push server; $port is where.
server() {
	background "$pushd" --listen 127.0.0.1:0 --cert "$T/certs/$2.crt" --key "$T/certs/$2.key" \
		--log "$T/$1.log" --control "$T/$1.ctl" --token T0KEN --user US3R >"$T/$1.out"
	within 5000 grep -q listening "$T/$1.out" || { echo "Bail out! pushd did not start"; exit 1; }
	port=$(sed -n 's/^listening //p' "$T/$1.out")
}

server good server; good=$port good_pid=$!
server expired expired; expired=$port
server wrong wrong; wrong=$port
server other other; other=$port

ctl="$pushd --ctl $T/good.ctl"
path=1/messages.json
account="token=T0KEN user=US3R ca-file=$T/certs/ca.crt"
link="ifname=lo local=127.0.0.1"
# None of these may have any effect.
export https_proxy=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 ALL_PROXY=socks5://127.0.0.1:1
export SSLKEYLOGFILE="$T/keys" CURL_CA_BUNDLE=/nonexistent

burst() {	# FIRST LAST
	for i in $(seq $1 $2); do echo "> send id=$i title=t text=$i $link"; done
}
sent() {	# FIRST LAST
	for i in $(seq $1 $2); do echo "< sent id=$i"; done
}

"$OOBM_BUILD/t/lab/workerdrive" --log "$T/worker.log" "$OOBM_BUILD/src/oobm-push" -d -R <<EOS
test the worker says when it is ready
> pushover url=https://127.0.0.1:$good/$path $account device=phone sound=siren
> start
< ready

test a notice arrives as it was given
> send id=1 title=OOBM%20link%20up text=100%25%20%C3%A4%0Aline url=ssh://root@relay:31337 url-title=log%20in $link
< sent id=1 remaining=9999 !receipt
$ grep -q ' title=OOBM%20link%20up message=100%25%20%C3%A4%0Aline url=ssh://root@relay:31337 url-title=log%20in device=phone sound=siren\$' $T/good.log

test the next notice goes on the same connection
> send id=2 title=t text=two priority=-1 $link
< sent id=2 remaining=9998
$ test "\$($ctl stats)" = "posts=2 pushes=2 connections=1"

test an emergency has a receipt
> send id=3 title=t text=three priority=2 $link
< sent id=3 receipt~r?*
$ grep -q 'message=three priority=2 .*retry=60 expire=1800' $T/good.log

test what is refused is never sent again, and the reason is the service's
> send id=4 title=t text= $link
< send-failed id=4 fatal=1 status=400 reason~*message?cannot?be?blank* !again
$ $ctl mode 400 1
> send id=5 title=t text=five $link
< send-failed id=5 fatal=1 status=400 reason~*the?lab?was?told?to?refuse* !again

test the monthly limit is named
$ $ctl mode 429 1
> send id=6 title=t text=six $link
< send-failed id=6 fatal=1 status=429 reason~*monthly?limit?of?10000?messages* !again

test a failure of the service is tried again later
$ $ctl mode 500 1
> send id=7 title=t text=seven $link
< send-failed id=7 fatal=0 status=500 again=5000
> send id=7 title=t text=seven $link
< sent id=7

test a redirect is not followed
$ $ctl mode 302 1
> send id=8 title=t text=eight $link
< send-failed id=8 fatal=1 status=302 reason~*url*

test a dropped connection is tried again later
$ $ctl mode drop 2
> send id=9 title=t text=nine $link
< send-failed id=9 fatal=0 again=5000 reason~*ended?the?connection* !status
$ $ctl mode ok
> send id=9 title=t text=nine $link
< sent id=9

test an answer that is not the service's is no success
$ $ctl mode garbage 1
> send id=10 title=t text=ten $link
< send-failed id=10 fatal=0 again=5000 status=200 reason~*not?JSON*
$ $ctl mode badjson 1
> send id=11 title=t text=eleven $link
< send-failed id=11 fatal=0 again=5000 status=200 reason~*not?JSON*

test an answer without an end is not read to the end
$ $ctl mode huge 1
> send id=12 title=t text=twelve $link
< send-failed id=12 fatal=0 again=5000 status=200
$ test \$(awk '/VmHWM/ { print \$2 }' /proc/\$WORKER_PID/status) -lt 40000

test a server that closes after each answer is connected again
$ $ctl mode close 2
> send id=13 title=t text=thirteen $link
< sent id=13
> send id=14 title=t text=fourteen $link
< sent id=14

test a slow answer is waited for
$ $ctl mode slow 300 1
> send id=15 title=t text=fifteen $link
< sent id=15

test no answer in time is a failure that says how far it came
$ $ctl mode slow 3000 1
> send id=16 title=t text=sixteen $link timeout=300
< send-failed id=16 fatal=0 again=5000 reason~*did?not?answer?on?the?kept?connection*
$ kill -STOP $good_pid
> send id=17 title=t text=seventeen $link timeout=300
< send-failed id=17 fatal=0 again=5000 reason~*did?not?finish?the?TLS?handshake*
$ kill -CONT $good_pid
$ $ctl mode slow 3000 1
> send id=17 title=t text=seventeen $link timeout=300
< send-failed id=17 fatal=0 again=5000 reason~*took?the?notice?but?did?not?answer*
> send id=17 title=t text=seventeen $link
< sent id=17

test another link gets another connection
$ kill -CONT $good_pid
$ $ctl stats | sed 's/.*connections=//' >$T/connections
> send id=18 title=t text=eighteen $link
< sent id=18
$ test \$($ctl stats | sed 's/.*connections=//') = \$(cat $T/connections)
> send id=19 title=t text=nineteen ifname=lo local=127.0.0.2
< sent id=19
$ test \$($ctl stats | sed 's/.*connections=//') = \$((\$(cat $T/connections) + 1))

test an interface that is gone is named
> send id=20 title=t text=twenty ifname=nosuch0 local=127.0.0.1
< send-failed id=20 fatal=0 again=5000 reason~*interface?nosuch0*No?such?device*
> send id=20 title=t text=twenty $link
< sent id=20

test sixteen may wait, no more
$ $ctl mode slow 400 1
$(burst 100 118)
< send-failed id=117 fatal=0 again=5000 reason~*too?many*
< send-failed id=118 fatal=0 again=5000 reason~*too?many*
$(sent 100 116)

test the end does not wait for an answer
$ $ctl mode slow 60000 1
$ $ctl stats | sed 's/ .*//' >$T/posts
> send id=130 title=t text=x $link
$ t=0; while $ctl stats | grep -qf $T/posts; do t=\$((t + 1)); test \$t -lt 200 || exit 1; sleep 0.02; done
deadline 2000
end 0
deadline 10000

test nobody at the port is said
start
> pushover url=https://127.0.0.1:1/$path $account
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=0 again=5000 reason~*127.0.0.1:1?over?lo*refused*
end 0

test a certificate that is over is refused, with this computer's date
start
> pushover url=https://127.0.0.1:$expired/$path $account
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=1 reason~*expired*clock?says?20* !again
end 0

test a certificate for another name is refused
start
> pushover url=https://127.0.0.1:$wrong/$path $account
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=1 reason~*not?who?it?should?be*
end 0

test a certificate of an unknown authority is refused
start
> pushover url=https://127.0.0.1:$other/$path $account
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=1 reason~*issuer*
end 0

test without ca-file the system's authorities are asked, and do not know the lab's
start
> pushover url=https://127.0.0.1:$good/$path token=T0KEN user=US3R
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=1 reason~*not?who?it?should?be*
end 0

test a ca-file that cannot be read is named
start
> pushover url=https://127.0.0.1:$good/$path token=T0KEN user=US3R ca-file=$T/nothing.crt
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=1 reason~*$T/nothing.crt*
end 0

test nothing is sent without TLS
start
> pushover url=http://127.0.0.1:$good/$path $account
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=1 reason~*https*
end 0

test the wrong account is refused by the service
start
> pushover url=https://127.0.0.1:$good/$path token=T0KEN user=SOMEBODY ca-file=$T/certs/ca.crt
> start
< ready
> send id=1 title=t text=x $link
< send-failed id=1 fatal=1 status=400 reason~*user?identifier*
end 0

test what the parent may not say ends the worker
start
> send id=1 title=t text=x $link
exits 1
start
> start
exits 1
start
> pushover url=https://127.0.0.1:$good/$path $account
> start
< ready
> send id=1 title=t text=x $link priority=3
exits 1

test account and texts are in no log
$ test -s $T/worker.log
$ ! grep -E 'T0KEN|US3R|fourteen' $T/worker.log
$ test ! -e $T/keys
EOS
status=$?
[ $status = 0 ] || sed 's/^/# /' "$T/worker.log"
exit $status
