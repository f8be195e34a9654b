#!/bin/sh
# Everything for the relay goes by the link, and not one packet by the home network: be that dead, be it
# alive with somebody at the relay's very address. In namespaces, with virtual Ethernet for the link.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"

if [ -z "${OOBM_APART:-}" ]; then
	PATH=$PATH:/usr/sbin:/sbin
	export PATH OOBM_APART=1
	rm -rf "$T"
	# as root; or as oneself with the powers that this takes, in a namespace of one's own
	[ "$(id -u)" = 0 ] && exec unshare -n sh "$0"
	exec unshare --map-current-user --keep-caps -n sh "$0"
fi

carrier=10.64.0.53 home=192.168.7.1
ip=198.51.100.2 link=wwan0 local=10.64.0.2
need ip nsenter dnsmasq

background unshare -n sleep 600
far=$!
background unshare -n sleep 600
house=$!
apart() { for p in $far $house; do [ "$(readlink /proc/$p/ns/net)" != "$(readlink /proc/self/ns/net)" ] || return 1; done; }
within 10000 apart || { echo "Bail out! no namespaces"; exit 1; }
there="nsenter -t $far -n"
. "$OOBM_SRC/t/lab/relay.sh"
at_home="nsenter -t $house -n"

plain() { # NAMESPACE-COMMAND INTERFACE: up, without what IPv6 says by itself
	$1 sh -c "[ ! -e /proc/sys/net/ipv6/conf/$2 ] || echo 1 >/proc/sys/net/ipv6/conf/$2/disable_ipv6; ip link set $2 up"
}
ip link add wwan0 type veth peer name srv0 netns $far && ip link add home0 type veth peer name home1 netns $house ||
	fail "no virtual Ethernet"
plain "" lo; plain "" wwan0; plain "" home0; plain "$there" lo; plain "$there" srv0; plain "$at_home" lo; plain "$at_home" home1
ip address add $local/24 dev wwan0
ip address add 192.168.7.2/24 dev home0
$there ip address add $carrier/24 dev srv0
$there ip address add $ip/32 dev lo
$at_home ip address add $home/24 dev home1
# the home's router never changes; asking who has its address would be a packet
ip neigh add $home lladdr "$($at_home ip -o link show home1 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')" dev home0 nud permanent
ip route add default via $home dev home0
# what the parent does for a link
ip route add default via $carrier dev wwan0 table 77
ip rule add oif wwan0 lookup 77
ip rule add from $local lookup 77

relay_keys
relay_target
listen=$(free_port)
relay_sshd "GatewayPorts clientspecified"
relay_env
OOBM_TUNNEL_DEAD_MS=2000
export OOBM_TUNNEL_DEAD_MS
background $there dnsmasq -k --conf-file=/dev/null --no-resolv --no-hosts --user="$user" --pid-file= \
	--listen-address=$carrier --bind-interfaces --log-facility="$T/dns.log" --local=/#/ --host-record=relay.example,$ip
within 10000 grep -q started "$T/dns.log" || fail "no dnsmasq"
# packets that left by the home network
cat >"$T/home" <<EOF
ip -s link show home0 | awk '/TX:/ { getline; print \$2 }'
EOF
[ "$(sh "$T/home")" = 0 ] || fail "the home network is in use before anything began"
# and the house as the seventh test wants it: it answers at the relay's address
cat >"$T/alive" <<EOF
nsenter -t $house -n ip address add $ip/32 dev lo
nsenter -t $house -n $flow target -a $port >$T/impostor 2>&1 &
echo \$! >$T/impostor.pid
EOF

drive <<EOF
test with a dead home network, the relay is found by name, reached and proven through the link
> start
< ready
> $(relay_line host=relay.example)
> check id=1 relay=0 ifname=$link local=$local dns1=$carrier
< checked id=1 address=$local peer=$ip:$port

test the tunnel carries
> open id=2 relay=0 ifname=$link local=$local dns1=$carrier
< tunnel-up id=2 address=$local peer=$ip:$port ports=$listen
$ $there $flow send $ip $listen 1000000 && $there $flow fetch $ip $listen 1000000

test the relay sees the link's address
$ grep 'Connection from' $T/sshd.log | grep -v 'from $ip' | grep -c 'from $local port' | grep -qx 2

test not one packet left by the home network
$ sh $T/home | grep -qx 0

test nor when the home network is alive and claims the relay's address
> close
< tunnel-down id=2
$ sh $T/alive
> check id=3 relay=0 ifname=$link local=$local dns1=$carrier
< checked id=3 address=$local peer=$ip:$port
> open id=4 relay=0 ifname=$link local=$local dns1=$carrier
< tunnel-up id=4 address=$local peer=$ip:$port
$ sh $T/home | grep -qx 0

test an address that is not the link's is not used
> check id=6 relay=0 ifname=$link local=10.64.0.99 dns1=$carrier
< tunnel-failed id=6 step=dns reason~*address?10.64.0.99*
$ sh $T/home | grep -qx 0

test the link goes away under the tunnel: told, and nothing takes the other way
$ ip link del $link
deadline 3000
< tunnel-down id=4 asked=0
deadline 10000
> $(relay_line host=relay.example)
> check id=7 relay=0 ifname=$link local=$local dns1=$carrier
< tunnel-failed id=7 step=dns reason~*cannot?be?bound*$link*
> open id=8 relay=0 ifname=$link local=$local dns1=$carrier
< tunnel-failed id=8 step=dns reason~*$link*
> $(relay_line)
> check id=9 relay=0 ifname=$link local=$local dns1=$carrier
< tunnel-failed id=9 step=connect reason~*cannot?be?bound*$link*
> check id=10 relay=0 ifname=nosuch local=$local dns1=$carrier
< tunnel-failed id=10 step=connect reason~*nosuch*
> check id=11 relay=0 ifname=averyveryverylongname local=$local
< tunnel-failed id=11 reason~*not?the?name?of?an?interface*
$ sh $T/home | grep -qx 0

test a connection without the binding would have gone by the home network
$ $flow knock $ip $port
$ ! sh $T/home | grep -qx 0
end 0
EOF
status=$?
kill "$(cat "$T/impostor.pid")"
exit $status
