#!/bin/sh
# What the parent may ask of oobm-tunnel, in which order, and what it gets for it.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
relay_target
listen=$(free_port)
relay_sshd
relay_env
background "$flow" say "" >"$T/say"
within 10000 test -s "$T/say" || fail "nobody is silent"
silent=$(cat "$T/say")

drive <<EOF
test nothing is done before start
> $(relay_line)
> open id=1 relay=0 ifname=$link local=$local
< tunnel-failed id=1 reason~*not?been?started*
> start
< ready

test a relay that was never described
> open id=2 relay=3 ifname=$link local=$local
< tunnel-failed id=2 reason~*no?relay?3*
> check id=3 relay=9 ifname=$link local=$local
< tunnel-failed id=3 reason~*no?relay?9*

test close and stats with nothing there
> close
> stats
< tunnel-bytes received=0 sent=0 channels=0

test close while it opens, and while it checks: each request is answered
> $(relay_line port=$silent)
> open id=4 relay=0 ifname=$link local=$local
> check id=5 relay=0 ifname=$link local=$local
quiet 200
> close
< tunnel-failed id=5 reason~closed?on?request
< tunnel-failed id=4 reason~closed?on?request

test a second open replaces the first, a second check likewise
> open id=6 relay=0 ifname=$link local=$local
> $(relay_line | sed 's/index=0/index=1/')
> open id=7 relay=1 ifname=$link local=$local
< tunnel-failed id=6 reason~another*
< tunnel-up id=7
> check id=8 relay=0 ifname=$link local=$local
> check id=9 relay=1 ifname=$link local=$local
< tunnel-failed id=8 reason~another*
< checked id=9

test a check leaves the tunnel alone
$ $flow send $ip $listen 10000

test the settings of a relay in use stay
> $(relay_line user=nosuchuser | sed 's/index=0/index=1/')
> close
< tunnel-down id=7 asked=1
> open id=10 relay=1 ifname=$link local=$local
< tunnel-up id=10

test debug messages can be switched
> log level=info
> log level=nonsense
> stats
< tunnel-bytes channels=0

test a line that is not in the table ends the worker
> reboot
exits 1
$ . $T/env; within 5000 quiet $listen

test so does a second start
start
> start
< ready
> start
exits 1

test and a line that never ends
start
> $(head -c 9000 /dev/zero | tr '\0' x)
exits 1

test the worker is confined: it can start no program
start
> start
< ready
$ grep -qx 'NoNewPrivs:.1' /proc/\$WORKER_PID/status
$ grep -qx 'Seccomp:.2' /proc/\$WORKER_PID/status
end 0

test a worker whose parent dies with a tunnel open is gone, and the port free
start
> start
< ready
> $(relay_line)
> open id=1 relay=0 ifname=$link local=$local
< tunnel-up id=1
end 0
$ . $T/env; within 5000 quiet $listen
EOF
