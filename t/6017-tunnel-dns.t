#!/bin/sh
# Names: asked at the servers that the carrier gave, and nowhere else; and what happens when they fail.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
need dnsmasq
relay_keys
relay_target
listen=$(free_port)
relay_sshd
relay_env

dns=$(free_port) nobody=$(free_port)
many=
for i in $(seq 50); do many="$many --host-record=many.example,127.0.1.$i"; done
# shellcheck disable=SC2086
background dnsmasq -k --conf-file=/dev/null --no-resolv --no-hosts --user="$user" --pid-file= --port="$dns" \
	--listen-address=127.0.0.1 --bind-interfaces --local=/#/ --log-queries --log-facility="$T/dns.log" \
	--host-record=relay.example,127.0.0.1 --host-record=elsewhere.example,127.0.0.9 \
	--host-record=six.example,2001:db8::1 --host-record=localhost.example,127.0.0.1 $many
within 10000 grep -q started "$T/dns.log" || fail "no dnsmasq"
background "$flow" deaf >"$T/deaf"
within 10000 test -s "$T/deaf" || fail "nobody deaf"
deaf=127.0.0.1:$(cat "$T/deaf") good=127.0.0.1:$dns refusing=127.0.0.1:$nobody
# a name that this machine's own files know, and the carrier does not
own=$(sed -n 's/^127[^#]*[[:space:]]\([a-z0-9-]*[a-z0-9]\)$/\1/p' /etc/hosts | grep -vx localhost | head -n 1)
own=${own:-ip6-loopback}

drive <<EOF
test a name is resolved by the carrier's server
> start
< ready
> $(relay_line host=relay.example)
> check id=1 relay=0 ifname=$link local=$local dns1=$good
< checked id=1 peer=127.0.0.1:$port
$ grep -q 'query.A. relay.example' $T/dns.log

test the second server answers when the first is silent
> check id=2 relay=0 ifname=$link local=$local dns1=$deaf dns2=$good timeout=20000
< checked id=2 peer=127.0.0.1:$port

test the second server answers when nobody is at the first
> check id=3 relay=0 ifname=$link local=$local dns1=$refusing dns2=$good
< checked id=3 peer=127.0.0.1:$port

test an answer too long for one datagram is fetched, and its addresses tried
> $(relay_line host=many.example)
> check id=4 relay=0 ifname=$link local=$local dns1=$good
< tunnel-failed id=4 step=connect reason~many.example*refused*
$ test \$(grep -c 'query.A. many.example' $T/dns.log) -ge 2

test a name that does not exist: said so, with the servers
> $(relay_line host=nosuch.example)
> check id=5 relay=0 ifname=$link local=$local dns1=$good
< tunnel-failed id=5 step=dns fatal=0 reason~*nosuch.example?does?not?exist*$good*
> open id=6 relay=0 ifname=$link local=$local dns1=$good
< tunnel-failed id=6 step=dns fatal=0 reason~*does?not?exist*

test a name with an IPv6 address only, on a link with IPv4
> $(relay_line host=six.example)
> check id=7 relay=0 ifname=$link local=$local dns1=$good
< tunnel-failed id=7 step=dns reason~*no?address*

test names that only this machine's files know are not known
> $(relay_line host=$own)
> check id=8 relay=0 ifname=$link local=$local dns1=$good
< tunnel-failed id=8 step=dns reason~*does?not?exist*

test silent servers: told within the time given, by name
> $(relay_line host=relay.example)
deadline 3500
> check id=9 relay=0 ifname=$link local=$local dns1=$deaf dns2=$deaf timeout=4000
< tunnel-failed id=9 step=dns reason~*$deaf*did?not?answer*
deadline 10000

test no server at all, or none that can be one
> check id=10 relay=0 ifname=$link local=$local
< tunnel-failed id=10 step=dns reason~*no?usable?DNS?server*
> check id=11 relay=0 ifname=$link local=$local dns1=nonsense
< tunnel-failed id=11 step=dns reason~*no?usable?DNS?server*nonsense*

test silent servers and a pinned address: the tunnel comes up
> $(relay_line host=relay.example address=127.0.0.1)
> check id=12 relay=0 ifname=$link local=$local dns1=$deaf timeout=6000
< checked id=12 peer=127.0.0.1:$port
> open id=13 relay=0 ifname=$link local=$local dns1=$deaf timeout=6000
< tunnel-up id=13 peer=127.0.0.1:$port
> close
< tunnel-down

test no server and a pinned address
> check id=14 relay=0 ifname=$link local=$local
< checked id=14

test a server that leads elsewhere, and a pinned address
> $(relay_line host=elsewhere.example address=127.0.0.1)
> check id=15 relay=0 ifname=$link local=$local dns1=$good
< checked id=15 peer=127.0.0.1:$port

test a pinned address where nobody is: both reasons are told
> $(relay_line host=nosuch.example address=127.0.0.9)
> check id=16 relay=0 ifname=$link local=$local dns1=$good
< tunnel-failed id=16 step=connect reason~*does?not?exist*127.0.0.9*

test an address in digits asks nobody
> $(relay_line)
> check id=17 relay=0 ifname=$link local=$local dns1=$deaf timeout=2000
< checked id=17
end 0
EOF
