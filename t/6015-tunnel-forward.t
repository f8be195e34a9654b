#!/bin/sh
# A port that the relay does not give is named, and asked for again.
. "$OOBM_SRC/t/lab/relay.sh"
relay_begin
relay_keys
relay_target
listen=$(free_port) second=$(free_port) third=$(free_port)
sed "s/^/restrict,port-forwarding,permitlisten=\"$listen\",permitlisten=\"$second\" /" "$work/agent.pub" >"$work/authorized_keys"
relay_sshd
# stands for the session of a tunnel that died without the relay noticing
hold() { exec ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ExitOnForwardFailure=yes \
	-i "$work/agent" -N -R "$listen:localhost:1" -p "$port" "$user@$ip" 2>/dev/null; }
hold &
stale=$!
started="$started $stale"
wait_for listening "$ip" "$listen"

drive_worker <<EOF
test a port held by a stale session: said so, and worth another try
> start
< ready
> $(relay_line)
> open id=1 relay=0 ifname=$link local=$ip timeout=3000
< tunnel-failed id=1 step=forward fatal=0 reason~*$listen*stale?session*

test the same session gets it as soon as the relay has noticed
> open id=2 relay=0 ifname=$link local=$ip timeout=60000
$ for i in \$(seq 200); do grep -q 'asking again' $work/log && break; sleep 0.05; done; grep -c 'asking again' $work/log && kill $stale
< tunnel-up id=2 ports=$listen
> close
< tunnel-down id=2

test a port that permitlisten does not allow is named
> $(relay_line forwards="$listen:localhost:$target,$third:localhost:$target")
> open id=3 relay=0 ifname=$link local=$ip timeout=3000
< tunnel-failed id=3 step=forward reason~*$third*permitlisten*

test two ports, both used
> $(relay_line forwards="$listen:localhost:$target,$second:127.0.0.1:$target")
> open id=4 relay=0 ifname=$link local=$ip
< tunnel-up id=4 ports=$listen,$second
$ $flow send $ip $listen 10000 && $flow send $ip $second 10000
> close
< tunnel-down id=4

test forwards that make no sense are refused before anything is sent
> $(relay_line forwards="$listen:example.org:22")
> open id=5 relay=0 ifname=$link local=$ip
< tunnel-failed id=5 reason~*settings*
$ grep -q "example.org.*neither localhost nor an address" $work/log
end 0
EOF
