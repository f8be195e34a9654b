# relay.sh - a real sshd as the relay, with its own keys, on ports that are free now. For scripts:
#
#   . "$OOBM_SRC/t/lab/relay.sh"
#   relay_begin			makes $work, and removes it and all that was started at the end
#   relay_keys			host keys, the agent's key, authorized_keys
#   relay_sshd [option...]	starts sshd on $ip:$port; options are lines of sshd_config
#   relay_line [field...]	the `relay` message of oobm-tunnel for it
#   relay_target		starts a flow(1) target at localhost:$target
#   drive_worker <script	runs the worker under workerdrive; shows its log if something failed
#
# ip, link, user and run (a prefix for commands: "ip netns exec NAME") may be set before.

relay_begin() {
	: "${OOBM_BUILD:?}" "${OOBM_SRC:?}"
	drive=$OOBM_BUILD/t/lab/workerdrive flow=$OOBM_BUILD/t/lab/flow
	ip=${ip:-127.0.0.1} link=${link:-lo} run=${run:-}
	user=$(id -un) port=$(free_port) sshd=$(command -v sshd || echo /usr/sbin/sshd)
	work=$(mktemp -d "${TMPDIR:-/tmp}/oobm-tunnel.XXXXXX")
	started=
	trap relay_end EXIT
	trap 'exit 1' HUP INT TERM
	# the worker refuses to be root; here nobody else can be had
	as_root=; [ "$(id -u)" != 0 ] || as_root=-R
	worker="$OOBM_BUILD/src/oobm-tunnel $as_root"
}

relay_end() {
	for pid in $started; do
		kill -CONT "$pid" 2>/dev/null
		kill "$pid" 2>/dev/null
	done
	[ -z "${KEEP:-}" ] || { echo "# kept $work"; return; }
	rm -rf "$work"
}

# A TCP port that nobody listens on now; each script takes them from its own corner.
free_port() {
	perl -MIO::Socket::INET -e '
		for (1 .. 100) {
			my $p = 20000 + int rand 12000;
			my $s = IO::Socket::INET->new(LocalPort => $p, Listen => 1) or next;
			print $p; exit 0;
		}
		exit 1'
}

# Waits until a command succeeds, 10 s at most.
wait_for() {
	for _ in $(seq 200); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	echo "# never came true: $*" >&2
	return 1
}

relay_keys() {
	ssh-keygen -q -t ed25519 -N '' -C relay -f "$work/host_ed25519"
	ssh-keygen -q -t ed25519 -N '' -C agent -f "$work/agent"
	cp "$work/agent.pub" "$work/authorized_keys"
	fingerprint=$(ssh-keygen -lf "$work/host_ed25519.pub" | cut -d' ' -f2)
}

listening() { $run perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => "$ARGV[0]:$ARGV[1]", Timeout => 1)' "$@"; }

relay_sshd() {
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	{
		cat <<-EOF
		ListenAddress $ip
		Port $port
		HostKey $work/host_ed25519
		AuthorizedKeysFile $work/authorized_keys
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin prohibit-password
		MaxStartups 100
		MaxSessions 1000
		LogLevel VERBOSE
		EOF
		for option; do echo "$option"; done
	} >"$work/sshd_config"
	$run "$sshd" -D -e -f "$work/sshd_config" 2>>"$work/sshd.log" &
	sshd_pid=$!
	started="$started $sshd_pid"
	wait_for listening "$ip" "$port" || { cat "$work/sshd.log" >&2; exit 1; }
}

relay_target() {
	: >"$work/target"
	$run "$flow" target "$@" >"$work/target" 2>"$work/target.log" &
	started="$started $!"
	wait_for test -s "$work/target" || exit 1
	target=$(head -1 "$work/target")
}

drive_worker() {
	$drive --log "$work/log" $worker -d && return
	_status=$?
	sed 's/^/# /' "$work/log"
	return $_status
}

# Bytes of a file as a value of a message (ipc/msg.h).
msg_value() { perl -0777 -pe 's/([^\x21-\x7e]|%)/sprintf "%%%02X", ord $1/ge' "$1"; }

# The message that describes the relay; fields given replace the usual ones.
relay_line() {
	_host=$ip _key=$(msg_value "$work/agent") _hostkey="hostkey=$fingerprint" _port=$port _user=$user
	_forwards="$listen:localhost:$target" _more=
	for f; do
		case $f in
		host=*) _host=${f#*=} ;;
		key=*) _key=${f#*=} ;;
		hostkey=* | known-hosts=*) _hostkey=$f ;;
		port=*) _port=${f#*=} ;;
		user=*) _user=${f#*=} ;;
		forwards=*) _forwards=${f#*=} ;;
		*) _more="$_more $f" ;;
		esac
	done
	echo "relay index=0 name=r host=$_host port=$_port user=$_user key=$_key forwards=$_forwards $_hostkey$_more"
}
