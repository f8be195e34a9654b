#!/bin/sh
# Bytes through the reverse forward: all of them, in order, in both directions, with half-close.
. "$OOBM_SRC/t/lab/relay.sh"
relay_begin
relay_keys
relay_target
listen=$(free_port) listen6=$(free_port) nobody=$(free_port) dead=$(free_port)
relay_sshd
# a target that only IPv6 serves
$flow target -6 >"$work/target6" 2>/dev/null &
started="$started $!"
wait_for test -s "$work/target6"
target6=$(head -1 "$work/target6")

drive_worker <<EOF
test the tunnel comes up
> $(relay_line forwards="$listen:localhost:$target,$listen6:localhost:$target6,$nobody:127.0.0.1:$dead")
> start
< ready
> open id=1 relay=0 ifname=$link local=$ip
< tunnel-up id=1 ports=$listen,$listen6,$nobody
deadline 60000

test 20 MB arrive at the target
$ $flow send $ip $listen 20000000

test 20 MB arrive from the target
$ $flow fetch $ip $listen 20000000

test both directions at once
$ $flow send $ip $listen 5000000 & $flow fetch $ip $listen 5000000 && wait \$!

test a target that has said all it has to say still hears
$ $flow bye $ip $listen 3000000 >$work/bye
$ for i in \$(seq 100); do grep -qxF "\$(cat $work/bye)" $work/target && exit 0; sleep 0.05; done; exit 1

test a hundred connections at once
$ $flow many $ip $listen 100 100000

test connections of all sizes up to a packet and just past it
$ for n in 0 1 2 32757 32758 32759 32768 65536 65537; do $flow send $ip $listen \$n && $flow fetch $ip $listen \$n || exit 1; done

test localhost is found where only IPv6 serves it
$ $flow send $ip $listen6 100000

test a target that is not there: the connection is closed, the tunnel stays
$ perl -MIO::Socket::INET -e 'my \$s = IO::Socket::INET->new("$ip:$nobody") or exit 1; alarm 10; exit defined(\$s->getline)'
$ $flow send $ip $listen 1000
$ grep -q "no target at 127.0.0.1:$dead\|cannot be carried to 127.0.0.1:$dead" $work/log

test nothing is left over
$ sleep 0.2
> stats
< tunnel-bytes channels=0
end 0
EOF
