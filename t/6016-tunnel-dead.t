#!/bin/sh
# A relay that dies, freezes or never gets ready. The 45 s after which a silent one counts as dead are
# shortened here.
. "$OOBM_SRC/t/lab/relay.sh"
relay_begin
relay_keys
relay_target
listen=$(free_port)
relay_sshd
OOBM_TUNNEL_DEAD_MS=1800
export OOBM_TUNNEL_DEAD_MS
# the process that serves the tunnel's connection, and its privileged half
cat >"$work/servers" <<EOF
#!/bin/sh
for p in \$(pgrep -P $sshd_pid); do echo \$p; pgrep -P \$p; done
EOF
chmod +x "$work/servers"

drive_worker <<EOF
test an idle tunnel stays up, by answered questions
> start
< ready
> $(relay_line)
> open id=1 relay=0 ifname=$link local=$ip
< tunnel-up id=1
quiet 5000
$ $flow send $ip $listen 10000

test a frozen relay is noticed
$ kill -STOP \$($work/servers)
deadline 2500
< tunnel-down id=1 asked=0 reason~*not?answered*
$ kill -CONT \$($work/servers)
deadline 10000

test it is noticed with a connection that is full of bytes, too
$ for i in \$(seq 100); do perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new("$ip:$listen")' || exit 0; sleep 0.05; done; exit 1
> open id=2 relay=0 ifname=$link local=$ip
< tunnel-up id=2
$ (timeout 20 $flow fetch $ip $listen 2000000000 2>/dev/null) & sleep 0.5
$ kill -STOP \$($work/servers)
deadline 2500
< tunnel-down id=2 asked=0
$ kill -CONT \$($work/servers)
deadline 10000

test a relay that is killed is noticed at once
$ for i in \$(seq 100); do perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new("$ip:$listen")' || exit 0; sleep 0.05; done; exit 1
> open id=3 relay=0 ifname=$link local=$ip
< tunnel-up id=3
deadline 1000
$ kill -KILL \$($work/servers)
< tunnel-down id=3 asked=0 reason~*relay*
deadline 10000

test a frozen relay cannot keep open from ending in time, nor close
$ kill -STOP $sshd_pid
> open id=4 relay=0 ifname=$link local=$ip timeout=1500
< tunnel-failed id=4 step=session fatal=0 reason~*did?not?get?ready*
$ kill -CONT $sshd_pid
> open id=5 relay=0 ifname=$link local=$ip
< tunnel-up id=5
$ kill -STOP \$($work/servers)
deadline 500
> close
< tunnel-down id=5 asked=1
$ kill -CONT \$($work/servers)
deadline 10000

test a worker with a frozen relay ends at once
$ for i in \$(seq 100); do perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new("$ip:$listen")' || exit 0; sleep 0.05; done; exit 1
> open id=6 relay=0 ifname=$link local=$ip
< tunnel-up id=6
$ kill -STOP \$($work/servers)
deadline 500
end 0
$ kill -CONT \$($work/servers)
EOF
