#!/bin/sh
# A relay that dies, freezes or never gets ready. The 45 s after which a silent one counts as dead are
# shortened here.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
relay_target
listen=$(free_port)
relay_sshd
relay_env
OOBM_TUNNEL_DEAD_MS=1800
export OOBM_TUNNEL_DEAD_MS

drive <<EOF
test an idle tunnel stays up, by answered questions
> start
< ready
> $(relay_line)
> open id=1 relay=0 ifname=$link local=$local
< tunnel-up id=1
quiet 5000
$ $flow send $ip $listen 10000

test a frozen relay is noticed
$ . $T/env; tell_servers STOP
deadline 2500
< tunnel-down id=1 asked=0 reason~*not?answered*
$ . $T/env; tell_servers CONT
deadline 10000

test it is noticed with a connection that is full of bytes, too
$ . $T/env; within 5000 quiet $listen
> open id=2 relay=0 ifname=$link local=$local
< tunnel-up id=2
$ (timeout 20 $flow fetch $ip $listen 2000000000 2>/dev/null) & sleep 0.5
$ . $T/env; tell_servers STOP
deadline 2500
< tunnel-down id=2 asked=0
$ . $T/env; tell_servers CONT
deadline 10000

test a relay that is killed is noticed at once
$ . $T/env; within 5000 quiet $listen
> open id=3 relay=0 ifname=$link local=$local
< tunnel-up id=3
deadline 1000
$ . $T/env; tell_servers KILL
< tunnel-down id=3 asked=0 reason~*relay*
deadline 10000

test a frozen relay cannot keep open from ending in time, nor close
$ kill -STOP $sshd
> open id=4 relay=0 ifname=$link local=$local timeout=1500
< tunnel-failed id=4 step=session fatal=0 reason~*did?not?get?ready*
$ kill -CONT $sshd
> open id=5 relay=0 ifname=$link local=$local
< tunnel-up id=5
$ . $T/env; tell_servers STOP
deadline 500
> close
< tunnel-down id=5 asked=1
$ . $T/env; tell_servers CONT
deadline 10000

test a worker with a frozen relay ends at once
$ . $T/env; within 5000 quiet $listen
> open id=6 relay=0 ifname=$link local=$local
< tunnel-up id=6
$ . $T/env; tell_servers STOP
deadline 500
end 0
$ . $T/env; tell_servers CONT
EOF
status=$?
# none stays frozen, whatever failed
. "$T/env"
kill -KILL $(servers) 2>/dev/null
exit $status
