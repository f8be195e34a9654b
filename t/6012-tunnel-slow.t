#!/bin/sh
# Whoever does not read holds back only himself, and costs a bounded amount of memory.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
relay_target
listen=$(free_port)
relay_sshd
relay_env
mkfifo "$T/stop"
# peak of the worker's memory in kB; sanitizers keep what was freed
slack=1
! grep -q '^HARDEN_CFLAGS.*fsanitize' "$OOBM_BUILD/Makefile" 2>/dev/null || slack=8
peak() { set -- $(($1 * slack)); echo "awk '/VmHWM/ { print \"# peak \" \$2 \" kB\"; exit \$2 > $1 }' /proc/\$WORKER_PID/status >>$T/peaks"; }

drive <<EOF
test the tunnel comes up
> $(relay_line)
> start
< ready
> open id=1 relay=0 ifname=$link local=$local
< tunnel-up id=1
deadline 60000

test eight clients that do not read hold back their targets
$ timeout 60 $flow pull $ip $listen 8 100000000 0<>$T/stop >$T/pull 2>&1 & echo \$! >$T/puller
$ . $T/env; within 5000 test -s $T/pull
$ sleep 1; $(peak 16000)

test others get through meanwhile, both ways
$ $flow send $ip $listen 3000000 && $flow fetch $ip $listen 3000000

test a target that does not read holds back its client, and others get through
$ $flow fill $ip $listen 4 mute </dev/null >$T/filled
$ test \$(cat $T/filled) -lt 60000000
$ $flow send $ip $listen 3000000 && $flow fetch $ip $listen 3000000
$ $(peak 40000)

test many targets that do not read: memory stays bounded, and the tunnel lives
$ timeout 60 $flow fill $ip $listen 60 mute </dev/null >$T/filled
$ $(peak 120000)
$ . $T/env; within 20000 $flow send $ip $listen 1000

test slow targets get all that was sent to them
$ $flow slow $ip $listen 20 2000000 4000000
$ kill \$(cat $T/puller)
end 0
EOF
status=$?
cat "$T/peaks"
exit $status
