#!/bin/sh
# The relay's host key is the pinned or the known one, or nothing is said to it.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/relay.sh"
relay_keys
relay_target
listen=$(free_port)
relay_sshd
relay_env
ssh-keygen -q -t ed25519 -N '' -f "$T/other"
other=$(ssh-keygen -lf "$T/other.pub" | cut -d' ' -f2)
known() { printf '[%s]:%s %s\n' "$ip" "$port" "$(cut -d' ' -f1,2 "$1")"; }
known "$T/host.pub" >"$T/known"
known "$T/other.pub" >"$T/changed"
echo "elsewhere $(cut -d' ' -f1,2 "$T/host.pub")" >"$T/unknown"

drive <<EOF
test the pinned key is accepted
> start
< ready
> $(relay_line)
> open id=1 relay=0 ifname=$link local=$local
< tunnel-up id=1
> close
< tunnel-down

test another key than the pinned one is refused for good, and both are named
> $(relay_line hostkey="$other")
> open id=2 relay=0 ifname=$link local=$local
< tunnel-failed id=2 step=hostkey fatal=1 reason~*$(literal "$fingerprint")*$(literal "$other")*

test a pinned key that is only the beginning of the right one is refused
> $(relay_line hostkey="${fingerprint%?}")
> open id=3 relay=0 ifname=$link local=$local
< tunnel-failed id=3 step=hostkey fatal=1

test a key in known_hosts is accepted
> $(relay_line known-hosts="$T/known")
> open id=4 relay=0 ifname=$link local=$local
< tunnel-up id=4
> close
< tunnel-down

test a key that differs from known_hosts is refused for good
> $(relay_line known-hosts="$T/changed")
> open id=5 relay=0 ifname=$link local=$local
< tunnel-failed id=5 step=hostkey fatal=1 reason~*$(literal "$fingerprint")*not?the?one?in*

test a key that is not in known_hosts is refused for good, and shown
> $(relay_line known-hosts="$T/unknown")
> open id=6 relay=0 ifname=$link local=$local
< tunnel-failed id=6 step=hostkey fatal=1 reason~*is?not?in*$(literal "$fingerprint")*

test a known_hosts that is not there is named
> $(relay_line known-hosts="$T/missing")
> open id=7 relay=0 ifname=$link local=$local
< tunnel-failed id=7 step=hostkey fatal=1 reason~*missing*

test neither configured: refused
> $(relay_line hostkey=)
> open id=8 relay=0 ifname=$link local=$local
< tunnel-failed id=8 step=hostkey fatal=1 reason~*$(literal "$fingerprint")*

test none of these got as far as a login
$ test \$(grep -c 'Accepted publickey' $T/sshd.log) = 2
$ ! grep -q 'Failed publickey' $T/sshd.log
end 0
EOF
