# carrier.sh - the mobile network: pppd's server side, its DNS and its way to the internet. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2153

# The ip netns command shows /etc/netns/carrier/ppp as /etc/ppp there, so both sides have their own options and secrets.
carrier_up() {
	mkdir -p /etc/netns/carrier/ppp
	: >/etc/netns/carrier/ppp/options
	carrier_set auth=none user=web password=web dns=$CARRIER_DNS answer=yes local=$CARRIER_IP remote=$LINK_IP
	carrier_dns good
}

# carrier_set NAME=VALUE...: from the next call on (carrier-ppp reads it).
#	auth=none|pap|chap   whether the caller has to authenticate, as user= with password=
#	dns=ADDRESS|none     the name server it is told
#	answer=yes|no        no: CONNECT, and then nothing
#	local=, remote=      the addresses of the two ends
carrier_set() {
	local s
	for s; do printf '%s="%s"\n' "${s%%=*}" "${s#*=}" >>$W/carrier; done
	(
		. $W/carrier
		printf '"%s" * "%s" *\n' "$user" "$password" >/etc/netns/carrier/ppp/pap-secrets
		cp /etc/netns/carrier/ppp/pap-secrets /etc/netns/carrier/ppp/chap-secrets
		chmod 600 /etc/netns/carrier/ppp/*-secrets
	)
}

# carrier_dns good|wrong|nxdomain|silent|gone: the name server knows the relay and the push server; gives
# addresses where nobody is; knows nothing; does not answer; does not even listen.
carrier_dns() {
	local records=
	daemon_end carrier-dns
	case $1 in
	gone) return;;
	good|silent) records="--host-record=$RELAY_NAME,$RELAY_IP --host-record=$PUSH_NAME,$PUSH_IP";;
	wrong) records="--host-record=$RELAY_NAME,192.0.2.99 --host-record=$PUSH_NAME,192.0.2.99";;
	esac
	mark carrier-dns
	# shellcheck disable=SC2086 # several words
	daemon carrier-dns ip netns exec carrier dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root \
		--pid-file --no-resolv --no-hosts --no-poll --listen-address=$CARRIER_DNS --bind-interfaces \
		--local=/example.net/ --local-ttl=60 --log-queries --log-facility=- $records
	wait_log carrier-dns 'dnsmasq.*started' 10 >/dev/null || return
	[ "$1" != silent ] || daemon_signal carrier-dns STOP
}

# carrier_route alive|dead: whether the carrier's network reaches the internet.
carrier_route() {
	case $1 in
	alive) ip -n carrier link set c0 up; ip -n carrier route replace default via 198.51.100.2;;
	dead) ip -n carrier link set c0 down;;
	esac
}

# carrier_quality good|3g|lost: 3g is 100 ms each way, 1 Mbit/s, 1 % loss; lost is a hole in the coverage.
carrier_quality() {
	local end
	for end in "carrier c0" "internet i0"; do
		# shellcheck disable=SC2086 # namespace and interface
		set -- "$1" $end
		case $1 in
		good) tc -n "$2" qdisc del dev "$3" root 2>/dev/null;;
		3g) tc -n "$2" qdisc replace dev "$3" root netem delay 100ms 10ms loss 1% rate 1mbit limit 200;;
		lost) tc -n "$2" qdisc replace dev "$3" root netem loss 100%;;
		esac
	done
	return 0
}

# The process ids of the carrier's pppd; empty while nobody is connected.
carrier_calls() { pids_of carrier pppd; }
carrier_busy() { [ -n "$(carrier_calls)" ]; }
