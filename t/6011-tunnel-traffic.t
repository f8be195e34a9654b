#!/bin/sh
# Bytes through the reverse forward: all of them, in order, in both directions, with half-close.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
# one that only IPv6 serves
relay_target -6
target6=$target
relay_target
listen=$(free_port) listen6=$(free_port) nobody=$(free_port) dead=$(free_port)
relay_sshd
relay_env

# sanitizers keep what was freed
slack=1
! grep -q '^HARDEN_CFLAGS.*fsanitize' "$OOBM_BUILD/Makefile" 2>/dev/null || slack=8

drive <<EOF
test the tunnel comes up
> $(relay_line forwards="$listen:localhost:$target,$listen6:localhost:$target6,$nobody:127.0.0.1:$dead")
> start
< ready
> open id=1 relay=0 ifname=$link local=$local
< tunnel-up id=1 ports=$listen,$listen6,$nobody
deadline 60000

test 20 MB arrive at the target
$ $flow send $ip $listen 20000000

test 20 MB arrive from the target
$ $flow fetch $ip $listen 20000000

test both directions at once
$ $flow send $ip $listen 5000000 & $flow fetch $ip $listen 5000000 && wait \$!

test a target that has said all it has to say still hears
$ $flow bye $ip $listen 3000000 >$T/bye
$ . $T/env; within 5000 grep -qxF "\$(cat $T/bye)" $T/target

test a hundred connections at once
$ $flow many $ip $listen 100 100000

test five hundred connections at once, in little memory
$ $flow many $ip $listen 500 2000
$ awk '/VmHWM/ { exit \$2 > 40000 * $slack }' /proc/\$WORKER_PID/status

test connections of all sizes up to a packet and just past it
$ for n in 0 1 2 32757 32758 32759 32768 65536 65537; do $flow send $ip $listen \$n && $flow fetch $ip $listen \$n || exit 1; done

test localhost is found where only IPv6 serves it
$ $flow send $ip $listen6 100000

test a target that is not there: the connection is closed, the tunnel stays
$ timeout 10 $flow fetch $ip $nobody 0; test \$? -lt 2
$ $flow send $ip $listen 1000
$ grep -q "no target at 127.0.0.1:$dead\|cannot be carried to 127.0.0.1:$dead" $T/log

test nothing is left over
$ sleep 0.2
> stats
< tunnel-bytes channels=0
end 0
EOF
