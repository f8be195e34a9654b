# world.sh - the world of the lab, inside a guest: sourced by scenarios and the demo (POSIX sh).
#
#	 phone ----- internet ------ carrier ~~~ ppp ~~~ modem | home (the small computer)
#	             relay, push       DNS                           |
#	                |                                            | h0
#	                +------------------------- router -----------+
#
# Each is a network namespace. Everything in it is the real thing: pppd on both sides, sshd twice,
# dnsmasq, an HTTPS server. The functions below build it, break it and look at it; t/README lists them.
# shellcheck shell=sh disable=SC3043 # local: dash and bash have it

W=/run/world T=$W
export W
mkdir -p $W
: "${OOBM_SRC:?}" "${OOBM_BUILD:?}"
LAB=$OOBM_SRC/t/lab
TOOLS=$OOBM_BUILD/t/lab
. "$OOBM_SRC/t/lib.sh"
. "$LAB/lib/report.sh"
. "$LAB/lib/procs.sh"
. "$LAB/lib/carrier.sh"
. "$LAB/lib/relay.sh"
. "$LAB/lib/home.sh"
. "$LAB/lib/gpio.sh"
. "$LAB/lib/modem.sh"
. "$LAB/lib/push.sh"
. "$LAB/lib/server.sh"
. "$LAB/lib/power.sh"
. "$LAB/lib/oobm.sh"
. "$LAB/lib/story.sh"

# Who is where. 198.51.100.0/24, 203.0.113.0/24 and 192.0.2.0/24 are for documentation (RFC 5737).
RELAY_NAME=relay.example.net RELAY_IP=192.0.2.22
PUSH_NAME=api.push.example.net PUSH_IP=192.0.2.80
CARRIER_IP=10.64.64.64 LINK_IP=10.64.64.65 CARRIER_DNS=10.64.64.53
HOME_IP=192.168.1.2 ROUTER_IP=192.168.1.1
PHONE_IP=203.0.113.2

inside() { local ns=$1; shift; ip netns exec "$ns" "$@"; }

# A wire between two namespaces: wire NS1 IF1 ADDRESS1 NS2 IF2 ADDRESS2
wire() {
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3" dev "$2"
	ip -n "$4" addr add "$6" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

world_users() {
	grep -q '^dialout:' /etc/group || echo 'dialout:x:20:' >>/etc/group
	grep -q '^gpio:' /etc/group || echo 'gpio:x:989:' >>/etc/group
	printf '%s\n' 'oobmd:x:990:' 'oobm:x:991:' 'oobm-relay:x:992:' >>/etc/group
	printf '%s\n' "oobmd:x:990:990:oobmd workers:/nonexistent:/usr/sbin/nologin" \
		"oobm:x:992:992:tunnel account on the relay:$W/relay:/usr/sbin/nologin" >>/etc/passwd
	# No password opens anything, and no account is locked (sshd refuses locked ones).
	printf '%s:*:19000:0:99999:7:::\n' root oobmd oobm >/etc/shadow.lab
	mv /etc/shadow.lab /etc/shadow
}

world_networks() {
	local ns
	for ns in home router carrier internet phone; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
		mkdir -p "/etc/netns/$ns"
		echo 'nameserver 192.0.2.1' >"/etc/netns/$ns/resolv.conf"
	done
	wire carrier c0 198.51.100.1/24 internet i0 198.51.100.2/24
	wire phone p0 $PHONE_IP/25 internet i1 203.0.113.1/25
	wire router w0 203.0.113.130/25 internet i2 203.0.113.129/25
	wire home h0 $HOME_IP/24 router l0 $ROUTER_IP/24
	ip -n internet addr add $RELAY_IP/32 dev lo
	ip -n internet addr add $PUSH_IP/32 dev lo
	ip -n carrier addr add $CARRIER_DNS/32 dev lo
	# No address translation: who comes by which way is seen from the address alone.
	ip -n internet route add 10.64.64.0/24 via 198.51.100.1
	ip -n internet route add 192.168.1.0/24 via 203.0.113.130
	ip -n carrier route add default via 198.51.100.2
	ip -n phone route add default via 203.0.113.1
	ip -n router route add default via 203.0.113.129
	ip -n home route add default via $ROUTER_IP
	for ns in router carrier internet; do
		inside "$ns" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	done
	printf '%s\n' "nameserver $ROUTER_IP" >/etc/netns/home/resolv.conf
	printf '127.0.0.1 localhost\n%s %s\n' $RELAY_IP $RELAY_NAME >/etc/netns/phone/hosts
}

# Builds all of it; the home's own internet is dead, the carrier and the relay work. No modem, push server
# or agent yet.
world_up() {
	mkdir -p $W/log $W/pid $W/mark $W/ssh $W/relay
	chmod 755 $W
	world_users
	world_networks
	carrier_up
	home_up
	relay_up
	daemon uevents "$TOOLS/uevents"
	wait_log uevents '^ready' 10 >/dev/null
}

# Ends everything that runs in the world, politely first; its logs stay in /lab/log.
world_down() {
	local ns
	for ns in home phone internet carrier router; do
		[ -e "/run/netns/$ns" ] || continue
		ip netns pids "$ns" | xargs -r kill 2>/dev/null
	done
	for ns in home phone internet carrier router; do
		[ -e "/run/netns/$ns" ] || continue
		wait_until 5 namespace_empty "$ns" || ip netns pids "$ns" | xargs -r kill -KILL 2>/dev/null
		ip netns del "$ns"
	done
	world_keep_logs
}

namespace_empty() { [ -z "$(ip netns pids "$1")" ]; }

# What happened, for whoever has to find out why.
world_keep_logs() {
	[ ! -d $W/log ] || cp -r $W/log /lab/ 2>/dev/null
}
