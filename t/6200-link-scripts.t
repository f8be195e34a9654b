#!/bin/sh
# What pppd's scripts do to the routing of this computer, in a namespace: a link of its own rules, and the home
# as it was, whatever addresses the carrier gives.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

if [ -z "${OOBM_NETNS:-}" ]; then
	PATH=$PATH:/usr/sbin:/sbin
	export PATH OOBM_NETNS=1
	need ip unshare
	for how in -n -rn; do
		unshare $how ip tuntap add ppp0 mode tun 2>/dev/null || continue
		rm -rf "$T"
		exec unshare $how sh "$0"
	done
	skip_all "network namespaces are not allowed here"
fi

pre=$OOBM_SRC/src/link/ip-pre-up up=$OOBM_BUILD/src/ip-up down=$OOBM_BUILD/src/ip-down
mkfifo "$T/link"
exec 7<>"$T/link"
news() { timeout 5 head -n 1 <&7; }
rules() { ip rule show | grep -v 'from all lookup [a-z]'; }

ip link add h0 type veth peer name h1
ip address add 192.168.1.2/24 dev h0
ip link set h1 up
ip link set h0 up
ip route add default via 192.168.1.1

# link LOCAL REMOTE: what pppd has done when it calls ip-pre-up
link() {
	ip link delete ppp0 2>/dev/null
	ip tuntap add ppp0 mode tun
	ip address add "$1" peer "$2" dev ppp0
	local=$1 remote=$2
}
# script FILE [NAME=VALUE]...: as pppd calls it, with nothing else in its environment
script() {
	local file=$1
	shift
	env -i IFNAME=ppp0 IPLOCAL="$local" IPREMOTE="$remote" DNS1=10.64.0.53 OOBM_FIFO="$T/link" OOBM_TABLE=31337 "$@" \
		sh "$file" ppp0 /dev/ttyUSB0 115200 "$local" "$remote" ""
}

# --- an ordinary link -------------------------------------------------------------------------------
link 10.64.0.2 10.64.0.1
script "$pre"
is "before the link is up, its packets go nowhere" "$(rules)" "31337:	from 10.64.0.2 lookup 31337"
like "not by the home" "$(ip route get 198.51.100.1 from 10.64.0.2 2>&1)" 'No route to host|unreachable'
ip link set ppp0 up
script "$up" 2>/dev/null
is "then they have two rules" "$(rules)" "31337:	from 10.64.0.2 lookup 31337
31338:	from all oif ppp0 lookup 31337"
like "and go by the link" "$(ip route get 198.51.100.1 from 10.64.0.2)" 'dev ppp0'
like "those of others do not" "$(ip route get 198.51.100.1)" 'via 192.168.1.1 dev h0'
is "the parent hears of it" "$(news)" "up ifname=ppp0 local=10.64.0.2 remote=10.64.0.1 dns1=10.64.0.53 dns2="
script "$down" CONNECT_TIME=5 BYTES_RCVD=6 BYTES_SENT=7
is "no rule stays" "$(rules)" ""
is "nor a route" "$(ip route show table 31337 2>/dev/null)" ""
is "the parent hears of that, too" "$(news)" "down seconds=5 received=6 sent=7"

# --- addresses of the carrier's choice ----------------------------------------------------------------
link 192.168.1.2 10.64.0.1
before=$(rules; ip route get 198.51.100.1 from 192.168.1.2)
script "$pre"
is "our own address at home: nothing of the home changes" "$(rules; ip route get 198.51.100.1 from 192.168.1.2)" "$before"
ip link set ppp0 up
script "$up"
is "the parent hears that it is taken" "$(news)" "taken local=192.168.1.2"
is "and there is no rule" "$(rules)" ""
script "$down"
news >/dev/null

link 10.64.0.2 192.168.1.1
script "$pre"
ip link set ppp0 up
script "$up" 2>/dev/null
like "the router's address: packets for it stay at home" "$(ip route get 192.168.1.1)" 'dev h0'
news >/dev/null
script "$down"
news >/dev/null

# --- others --------------------------------------------------------------------------------------------
env -i IFNAME=ppp1 IPLOCAL=10.9.9.9 IPREMOTE=10.9.9.8 sh "$pre" ppp1 /dev/ttyS0 115200 10.9.9.9 10.9.9.8 ""
is "a link that is not ours gets no rule" "$(rules)" ""
script "$pre"
env -i OOBM_TABLE=31337 sh "$down"
is "what a killed pppd left is removed without its environment" "$(rules)" ""
script "$down" OOBM_FIFO="$T/gone"
check_not "nobody is told where nobody listens" test -e "$T/gone"
done_testing
