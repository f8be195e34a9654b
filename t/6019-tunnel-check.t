#!/bin/sh
# The check: probe, connection, banner; each failure told apart.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
relay_target
listen=$(free_port) nobody=$(free_port)
relay_sshd
relay_env
for what in "HTTP/1.1 302 Found
Location: http://portal.example/" "" "Welcome
SSH-2.0-OpenSSH_9.2
" "$(head -c 5000 /dev/zero | tr '\0' x)"; do
	background "$flow" say "$what" >"$T/say"
	within 10000 test -s "$T/say" || fail "nobody says anything"
	said="${said:-} $(cat "$T/say")"
	: >"$T/say"
done
# shellcheck disable=SC2086
set -- $said
portal=$1 silent=$2 polite=$3 chatty=$4

drive <<EOF
test probe and relay answer
> start
< ready
> $(relay_line)
> check id=1 relay=0 ifname=$link local=$local probe=$ip:$target
< checked id=1 address=$local peer=$ip:$port rtt~[0-9]*

test the probe is refused: told as the probe's fault
> check id=2 relay=0 ifname=$link local=$local probe=$ip:$nobody
< tunnel-failed id=2 step=probe fatal=0 reason~*$ip:$nobody*refused*

test a probe that is none
> check id=3 relay=0 ifname=$link local=$local probe=nonsense
< tunnel-failed id=3 step=probe reason~*HOST:PORT*
> check id=4 relay=0 ifname=$link local=$local probe=$ip:99999
< tunnel-failed id=4 step=probe reason~*HOST:PORT*

test nothing listens at the relay
> $(relay_line port=$nobody)
> check id=5 relay=0 ifname=$link local=$local
< tunnel-failed id=5 step=connect fatal=0 reason~*refused*
> open id=6 relay=0 ifname=$link local=$local
< tunnel-failed id=6 step=connect fatal=0 reason~*refused*

test a carrier's portal answers in the relay's place
> $(relay_line port=$portal)
> check id=7 relay=0 ifname=$link local=$local timeout=1000
< tunnel-failed id=7 step=proof fatal=0 reason~*HTTP/1.1?302*credit*
> open id=8 relay=0 ifname=$link local=$local timeout=1000
< tunnel-failed id=8 step=session fatal=0

test somebody takes the connection and says nothing
> $(relay_line port=$silent)
> check id=9 relay=0 ifname=$link local=$local timeout=1000
< tunnel-failed id=9 step=proof reason~*no?SSH?banner*

test somebody talks without end
> $(relay_line port=$chatty)
> check id=11 relay=0 ifname=$link local=$local
< tunnel-failed id=11 step=proof reason~*no?SSH?banner*xxxx*

test lines before the banner are allowed
> $(relay_line port=$polite)
> check id=10 relay=0 ifname=$link local=$local
< checked id=10
end 0
EOF
