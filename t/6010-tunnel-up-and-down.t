#!/bin/sh
# The tunnel against a real sshd: up, used, counted, down.
. "$OOBM_SRC/t/lab/relay.sh"
relay_begin
relay_keys
listen=$(free_port) target=$port
relay_sshd

drive_worker <<EOF
test the relay is checked through the link
> $(relay_line)
> start
< ready
> check id=1 relay=0 ifname=$link local=$ip dns1=$ip
< checked id=1 address=$ip peer=$ip:$port rtt

test the tunnel comes up with its port
> open id=2 relay=0 ifname=$link local=$ip dns1=$ip
< tunnel-up id=2 address=$ip peer=$ip:$port ports=$listen

test the relay's port leads to the target here
$ ssh-keyscan -T5 -p $listen $ip 2>/dev/null | grep -v '^#' | cut -d' ' -f2- >$work/seen; cut -d' ' -f1,2 $work/host_ed25519.pub | diff - $work/seen

test its bytes are counted
> stats
< tunnel-bytes received~[1-9]* sent~[1-9]* channels

test close takes it down, and the relay lets go of the port
> close
< tunnel-down id=2 asked=1 received~[1-9]* sent~[1-9]* reason~closed?on?request
$ for i in \$(seq 100); do ssh-keyscan -T1 -p $listen $ip 2>/dev/null | grep -q . || exit 0; sleep 0.05; done; exit 1

test it can be opened again
> open id=3 relay=0 ifname=$link local=$ip
< tunnel-up id=3

test the worker ends with its parent, and the port is free
end 0
$ for i in \$(seq 100); do ssh-keyscan -T1 -p $listen $ip 2>/dev/null | grep -q . || exit 0; sleep 0.05; done; exit 1

test the private key is in no log
$ ! grep -q -e PRIVATE -e "\$(sed -n 3p $work/agent)" $work/log
EOF
