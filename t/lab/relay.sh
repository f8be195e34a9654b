# relay.sh - a real sshd as the relay, with its own keys, on ports that are free now; after lib.sh:
#
#	relay_keys		host key, the agent's key, authorized_keys
#	relay_sshd [LINE...]	starts sshd on $ip:$port; LINEs go to its sshd_config
#	relay_target [-6]	starts a target for forwards: localhost:$target (see flow.c)
#	relay_line [FIELD=...]	the message that describes the relay to oobm-tunnel
#	drive <SCRIPT		runs oobm-tunnel under workerdrive
#
# Set before, if it is not all on this machine's loopback: $ip of the relay, $link and $local as the
# worker's link, $there, a prefix for commands that run where the relay is.
# shellcheck shell=sh disable=SC2034,SC2154,SC2086 # variables are for and from the scripts; $there is words

PATH=$PATH:/usr/sbin:/sbin
flow=$OOBM_BUILD/t/lab/flow
need sshd ssh-keygen "$flow" "$OOBM_BUILD/t/lab/workerdrive" "$OOBM_BUILD/src/oobm-tunnel"
ip=${ip:-127.0.0.1} link=${link:-lo} local=${local:-127.0.0.1} there=${there:-}
user=$(id -un)

free_port() { $there "$flow" port; }
listening() { $there "$flow" knock "$@"; }
port=$(free_port)

fail() { echo "Bail out! $*"; exit 1; }

relay_keys() {
	ssh-keygen -q -t ed25519 -N '' -C relay -f "$T/host" && ssh-keygen -q -t ed25519 -N '' -C agent -f "$T/agent" ||
		fail "no keys"
	cp "$T/agent.pub" "$T/authorized_keys"
	fingerprint=$(fingerprint_of "$T/host.pub")
}
fingerprint_of() { ssh-keygen -lf "$1" | cut -d' ' -f2; }

relay_sshd() {
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	cat >"$T/sshd_config" <<-EOF
	$(printf '%s\n' "$@")
	ListenAddress $ip
	Port $port
	HostKey $T/host
	AuthorizedKeysFile $T/authorized_keys
	PidFile none
	StrictModes no
	UsePAM no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	PermitRootLogin prohibit-password
	MaxStartups 100
	LogLevel VERBOSE
	EOF
	# newer ones punish an address whose logins fail, as those of these tests do
	if "$(command -v sshd)" -t -f "$T/sshd_config" -o PerSourcePenalties=no 2>/dev/null; then
		echo "PerSourcePenalties no" >>"$T/sshd_config"
	fi
	background $there "$(command -v sshd)" -D -e -f "$T/sshd_config" 2>>"$T/sshd.log"
	sshd=$!
	within 10000 listening $ip $port || { sed 's/^/#	/' "$T/sshd.log"; fail "no sshd"; }
}


relay_target() {
	background "$flow" target "$@" >"$T/target$*" 2>&1
	within 10000 test -s "$T/target$*" || fail "no target"
	target=$(head -n 1 "$T/target$*")
}

# Bytes of a file as the value of a field (ipc/msg.h).
value_of() { od -An -v -tx1 "$1" | tr -d '\n' | tr a-f A-F | sed 's/ /%/g'; }

relay_line() {
	_host=$ip _port=$port _user=$user _key=$(value_of "$T/agent") _hostkey=hostkey=$fingerprint
	_forwards=$listen:localhost:$target _more=
	for _f; do
		case $_f in
		host=*) _host=${_f#*=} ;;
		port=*) _port=${_f#*=} ;;
		user=*) _user=${_f#*=} ;;
		key=*) _key=${_f#*=} ;;
		hostkey=* | known-hosts=*) _hostkey=$_f ;;
		forwards=*) _forwards=${_f#*=} ;;
		*) _more="$_more $_f" ;;
		esac
	done
	echo "relay index=0 name=r host=$_host port=$_port user=$_user key=$_key forwards=$_forwards $_hostkey$_more"
}

# What makes a text a pattern, made harmless.
literal() { printf '%s' "$1" | sed 's/[][*?\\]/?/g'; }

# The worker refuses to be root; where the test is root, nobody else can be had.
drive() {
	_root=
	[ "$(id -u)" != 0 ] || _root=-R
	"$OOBM_BUILD/t/lab/workerdrive" --log "$T/log" "$OOBM_BUILD/src/oobm-tunnel" $_root -d && return
	sed 's/^/#	/' "$T/log"
	return 1
}

# So that commands of a script can use these: $ . $T/env; ...
relay_env() {
	cat >"$T/env" <<-EOF
	flow=$flow there='$there' ip=$ip port=$port T=$T
	$(sed -n '/^within() {/,/^}/p' "$OOBM_SRC/t/lib.sh")
	listening() { \$there "\$flow" knock "\$@"; }
	quiet() { ! listening \$ip "\$1"; }
	# children of a process; and those of sshd that serve the tunnel, both halves
	children() { sed -n 's/^\([0-9]*\) (.*) . \([0-9]*\) .*/\1 \2/p' /proc/[0-9]*/stat 2>/dev/null | sed -n "s/ \$1\$//p"; }
	servers() { for _p in \$(children $sshd); do echo \$_p; children \$_p; done; }
	# one of an earlier connection may end between being seen and being told
	tell_servers() { _all=\$(servers); kill "-\$1" \$_all 2>/dev/null; [ -n "\$_all" ]; }
	EOF
}
