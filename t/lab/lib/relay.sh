# relay.sh - the relay (real sshd), the small computer's own sshd, and the owner's phone. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2153

# Keys were made when the lab was built; sshd wants them to be root's and closed.
ssh_keys() {
	local k
	mkdir -p $W/ssh
	for k in relay relay2 box tunnel phone stranger; do
		install -m 600 "$TOOLS/keys/$k" $W/ssh/$k
		install -m 644 "$TOOLS/keys/$k.pub" $W/ssh/$k.pub
	done
}

relay_up() {
	ssh_keys
	printf 'restrict,port-forwarding,permitlisten="31337" %s\n' "$(cat $W/ssh/tunnel.pub)" >$W/ssh/authorized.oobm
	cat $W/ssh/phone.pub >$W/ssh/authorized.root
	sshd_config 127.0.0.1 box >$W/ssh/box.conf
	relay_config relay
	phone_config
	daemon box-sshd ip netns exec home /usr/sbin/sshd -D -e -f $W/ssh/box.conf
	relay_start
}

# sshd_config ADDRESS HOSTKEY
sshd_config() {
	cat <<-X
	ListenAddress $1
	Port 22
	HostKey $W/ssh/$2
	PidFile none
	UsePAM no
	UseDNS no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitRootLogin prohibit-password
	AuthorizedKeysFile $W/ssh/authorized.%u
	PrintMotd no
	LogLevel VERBOSE
	X
}

# relay_config HOSTKEY [LINE...]: as contrib/relay-setup leaves it, with lines of one's own before.
relay_config() {
	local key=$1
	shift
	{
		[ $# = 0 ] || printf '%s\n' "$@"
		sshd_config $RELAY_IP "$key"
		printf '%s\n' 'AllowUsers oobm' 'AllowTcpForwarding remote' 'GatewayPorts yes' 'X11Forwarding no' \
			'ClientAliveInterval 15' 'ClientAliveCountMax 3' 'MaxStartups 20'
	} >$W/ssh/relay.conf
}

relay_start() {
	mark relay
	daemon relay ip netns exec internet /usr/sbin/sshd -D -e -f $W/ssh/relay.conf
	wait_log relay '^Server listening' 20 >/dev/null
}

# Also ends the sessions (sshd-session since OpenSSH 9.8), as a crash or a reboot of the relay would.
relay_stop() {
	local p
	for p in $(pids_of internet 'sshd*'); do kill -KILL "$p" 2>/dev/null; done
	daemon_end relay
	return 0
}

# The relay is there but says nothing any more: neither the listener nor its sessions.
relay_freeze() { pids_of internet 'sshd*' | xargs -r kill -STOP; }
relay_thaw() { pids_of internet 'sshd*' | xargs -r kill -CONT; }

# relay_hostkey relay|relay2: from the next start on.
relay_hostkey() { relay_config "$1"; }

# relay_forwarding yes|no: whether it grants remote forwards, from the next start on.
relay_forwarding() {
	case $1 in
	yes) relay_config relay;;
	no) relay_config relay 'AllowTcpForwarding no';;
	esac
}

# relay_listens PORT: whether a tunnel holds it open now.
relay_listens() { [ -n "$(ip netns exec internet ss -Hltn "sport = :$1")" ]; }

# Whom the relay's sessions came from: the link's address, or the home's if something leaked.
relay_peers() { ip netns exec internet ss -Htn state established "sport = :22" | awk '{ sub(/:[0-9]+$/, "", $4); print $4 }' | sort -u; }

phone_config() {
	printf '%s %s\n' "$RELAY_NAME,$RELAY_IP" "$(cat $W/ssh/relay.pub)" \
		"[$RELAY_NAME]:31337,[$RELAY_IP]:31337" "$(cat $W/ssh/box.pub)" >$W/ssh/phone_known_hosts
	cat >$W/ssh/phone_config <<-X
	Host *
		IdentityFile $W/ssh/phone
		IdentitiesOnly yes
		UserKnownHostsFile $W/ssh/phone_known_hosts
		StrictHostKeyChecking yes
		ConnectTimeout 20
		BatchMode yes
		LogLevel ERROR
	X
}

# phone_ssh COMMAND...: what the owner does: ssh -p 31337 root@relay, and lands on the small computer.
phone_ssh() { ip netns exec phone ssh -F $W/ssh/phone_config -p 31337 root@$RELAY_NAME "$@"; }
