#!/bin/sh
# A port that the relay does not give is named, and asked for again.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
relay_target
listen=$(free_port) second=$(free_port) third=$(free_port)
sed "s/^/restrict,port-forwarding,permitlisten=\"$listen\",permitlisten=\"$second\" /" "$T/agent.pub" >"$T/authorized_keys"
relay_sshd
relay_env
# stands for the session of a tunnel that died without the relay noticing
hold() { exec ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ExitOnForwardFailure=yes \
	-i "$T/agent" -N -R "$listen:localhost:1" -p "$port" "$user@$ip" 2>/dev/null; }
background hold
stale=$!
within 10000 listening "$ip" "$listen" || fail "no stale session"

drive <<EOF
test a port held by a stale session: said so, and worth another try
> start
< ready
> $(relay_line)
> open id=1 relay=0 ifname=$link local=$local timeout=3000
< tunnel-failed id=1 step=forward fatal=0 reason~*$listen*stale?session*

test the same session gets it as soon as the relay has noticed
$ grep -c "asking again" $T/log >$T/before
> open id=2 relay=0 ifname=$link local=$local timeout=60000
$ . $T/env; more() { test \$(grep -c "asking again" $T/log) -gt \$(cat $T/before); }; within 10000 more && kill $stale
< tunnel-up id=2 ports=$listen
> close
< tunnel-down id=2

test a port that permitlisten does not allow is named
> $(relay_line forwards="$listen:localhost:$target,$third:localhost:$target")
> open id=3 relay=0 ifname=$link local=$local timeout=3000
< tunnel-failed id=3 step=forward reason~*$third*permitlisten*

test two ports, both used
> $(relay_line forwards="$listen:localhost:$target,$second:127.0.0.1:$target")
> open id=4 relay=0 ifname=$link local=$local
< tunnel-up id=4 ports=$listen,$second
$ $flow send $ip $listen 10000 && $flow send $ip $second 10000
> close
< tunnel-down id=4

test forwards that make no sense are refused before anything is sent
> $(relay_line forwards="$listen:example.org:22")
> open id=5 relay=0 ifname=$link local=$local
< tunnel-failed id=5 reason~*settings*
$ grep -q "example.org.*neither localhost nor an address" $T/log
end 0
EOF
