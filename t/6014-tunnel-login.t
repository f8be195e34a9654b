#!/bin/sh
# A key that the relay does not take, or that cannot be used at all: named, and not tried again.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
relay_target
listen=$(free_port)
relay_sshd
relay_env
ssh-keygen -q -t ed25519 -N '' -f "$T/stranger"
ssh-keygen -q -t ed25519 -N 'passphrase' -f "$T/locked"
stranger=$(ssh-keygen -lf "$T/stranger.pub" | cut -d' ' -f2)
head -c 40 "$T/agent" >"$T/torn"
ssh-keygen -q -t rsa -b 2048 -N '' -f "$T/rsa"
cat "$T/rsa.pub" >>"$T/authorized_keys"

drive <<EOF
test a key the relay does not know: refused for good, with the key named
> start
< ready
> $(relay_line key="$(value_of "$T/stranger")")
> open id=1 relay=0 ifname=$link local=$local
< tunnel-failed id=1 step=auth fatal=1 reason~*does?not?accept*$stranger*authorized_keys*

test an unknown user
> $(relay_line user=nosuchuser)
> open id=2 relay=0 ifname=$link local=$local
< tunnel-failed id=2 step=auth fatal=1 reason~*nosuchuser*

test a key with a passphrase
> $(relay_line key="$(value_of "$T/locked")")
> open id=3 relay=0 ifname=$link local=$local
< tunnel-failed id=3 step=auth fatal=1 reason~*passphrase*

test a torn key, and none
> $(relay_line key="$(value_of "$T/torn")")
> open id=4 relay=0 ifname=$link local=$local
< tunnel-failed id=4 step=auth fatal=1
> $(relay_line key=)
> open id=5 relay=0 ifname=$link local=$local
< tunnel-failed id=5 step=auth fatal=1

test an RSA key is used as well
> $(relay_line key="$(value_of "$T/rsa")")
> open id=6 relay=0 ifname=$link local=$local
< tunnel-up id=6
> close
< tunnel-down

test the right key still works after all this
> $(relay_line)
> open id=7 relay=0 ifname=$link local=$local
< tunnel-up id=7

test nothing of a key is in the log
$ ! grep -q -e PRIVATE -e "\$(sed -n 3p $T/agent)" -e "\$(sed -n 3p $T/stranger)" $T/log
end 0
EOF
