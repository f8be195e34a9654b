#!/bin/sh
# A key that the relay does not take, or that cannot be used at all: named, and not tried again.
. "$OOBM_SRC/t/lab/relay.sh"
relay_begin
relay_keys
relay_target
listen=$(free_port)
relay_sshd
ssh-keygen -q -t ed25519 -N '' -f "$work/stranger"
ssh-keygen -q -t ed25519 -N 'passphrase' -f "$work/locked"
stranger=$(ssh-keygen -lf "$work/stranger.pub" | cut -d' ' -f2)
head -c 40 "$work/agent" >"$work/torn"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$work/rsa"
cat "$work/rsa.pub" >>"$work/authorized_keys"

drive_worker <<EOF
test a key the relay does not know: refused for good, with the key named
> start
< ready
> $(relay_line key="$(msg_value "$work/stranger")")
> open id=1 relay=0 ifname=$link local=$ip
< tunnel-failed id=1 step=auth fatal=1 reason~*does?not?accept*$stranger*authorized_keys*

test an unknown user
> $(relay_line user=nosuchuser)
> open id=2 relay=0 ifname=$link local=$ip
< tunnel-failed id=2 step=auth fatal=1 reason~*nosuchuser*

test a key with a passphrase
> $(relay_line key="$(msg_value "$work/locked")")
> open id=3 relay=0 ifname=$link local=$ip
< tunnel-failed id=3 step=auth fatal=1 reason~*passphrase*

test a torn key, and none
> $(relay_line key="$(msg_value "$work/torn")")
> open id=4 relay=0 ifname=$link local=$ip
< tunnel-failed id=4 step=auth fatal=1
> $(relay_line key=)
> open id=5 relay=0 ifname=$link local=$ip
< tunnel-failed id=5 step=auth fatal=1

test an RSA key is used as well
> $(relay_line key="$(msg_value "$work/rsa")")
> open id=6 relay=0 ifname=$link local=$ip
< tunnel-up id=6
> close
< tunnel-down

test the right key still works after all this
> $(relay_line)
> open id=7 relay=0 ifname=$link local=$ip
< tunnel-up id=7

test nothing of a key is in the log
$ ! grep -q -e PRIVATE -e "\$(sed -n 3p $work/agent)" -e "\$(sed -n 3p $work/stranger)" $work/log
end 0
EOF
