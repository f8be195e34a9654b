# home.sh - the home network with its router, and a watcher on the wire. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2153

# The small computer and nothing around it, for what needs no way to it: no modem, no network.
home_alone() {
	mkdir -p $W/log $W/pid $W/mark $W/ssh
	chmod 755 $W
	world_users
	ssh_keys
	install -m 644 "$TOOLS/keys/push/ca.crt" $PUSH_CA
	MODEM_DEVICE=/dev/ttyUSB0	# which nobody plugs in
	ip netns add home
	ip -n home link set lo up
	daemon uevents "$TOOLS/uevents"
	wait_log uevents '^ready' 10 >/dev/null
}

home_up() {
	home_internet dead
	daemon router-dns ip netns exec router dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file \
		--no-resolv --no-hosts --no-poll --listen-address=$ROUTER_IP --bind-interfaces --log-facility=- \
		--host-record=$RELAY_NAME,$RELAY_IP --host-record=$PUSH_NAME,$PUSH_IP
	# As text and line by line, so that it can be waited for. Only what the home sends or gets by itself.
	daemon home-packets ip netns exec home tcpdump -i h0 -nn -l --immediate-mode ip
	wait_log home-packets '^listening on' 20 >/dev/null
}

# home_internet alive|dead: dead is the usual way to be locked out: the default route stands, and nothing comes back.
home_internet() {
	case $1 in
	alive)
		ip -n router link set w0 up
		ip -n router route replace default via 203.0.113.129;;
	dead)
		ip -n router link set w0 down
		ip -n router route replace blackhole default;;
	esac
}

# How many packets between the home and relay, push server or any name server went over the home's own network
# so far. A marker sent last shows that the watcher has caught up.
home_packets() {
	local n
	n=$(($(cat $W/marker 2>/dev/null || echo 9000) + 1))
	echo $n >$W/marker
	ip netns exec home bash -c "echo >/dev/udp/$ROUTER_IP/$n"
	"$TOOLS/waitfor" $W/log/home-packets.log "> $ROUTER_IP\\.$n: UDP" 10 >/dev/null || return
	home_packets_seen | wc -l
}

# The same as lines.
home_packets_seen() {
	grep -E "[ .]($RELAY_IP|$PUSH_IP)(\\.[0-9]+)?[ :]| $HOME_IP\\.[0-9]+ > [0-9.]+\\.53:" $W/log/home-packets.log
}
