#!/bin/sh
# The tunnel against a real sshd: up, used, counted, down.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
listen=$(free_port) target=$port
relay_sshd
relay_env

drive <<EOF
test the relay is checked through the link
> $(relay_line)
> start
< ready
> check id=1 relay=0 ifname=$link local=$local dns1=$ip
< checked id=1 address=$ip peer=$ip:$port rtt

test the tunnel comes up with its port
> open id=2 relay=0 ifname=$link local=$local dns1=$ip
< tunnel-up id=2 address=$ip peer=$ip:$port ports=$listen

test the relay's port leads to the target here
$ ssh-keyscan -T5 -p $listen $ip 2>/dev/null | grep -v '^#' | cut -d' ' -f2- >$T/seen; cut -d' ' -f1,2 $T/host.pub | diff - $T/seen

test its bytes are counted
> stats
< tunnel-bytes received~[1-9]* sent~[1-9]* channels

test close takes it down, and the relay lets go of the port
> close
< tunnel-down id=2 asked=1 received~[1-9]* sent~[1-9]* reason~closed?on?request
$ . $T/env; within 5000 quiet $listen

test it can be opened again
> open id=3 relay=0 ifname=$link local=$local
< tunnel-up id=3

test the worker ends with its parent, and the port is free
end 0
$ . $T/env; within 5000 quiet $listen

test the private key is in no log
$ ! grep -q -e PRIVATE -e "\$(sed -n 3p $T/agent)" $T/log
EOF
