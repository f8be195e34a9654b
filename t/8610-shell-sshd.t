#!/bin/bash
# oobm-shell behind a real sshd, with the daemon and a machine whose power is switched by programs: three people share
# an account, and none gets anything else out of it. All in a mount namespace of its own, with an account of its own.
if [ "$(id -u)" = 0 ] && [ -z "${OOBM_APART:-}" ] && unshare -m true 2>/dev/null; then
	OOBM_APART=yes exec unshare -m "$0" "$@"
fi
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
[ -n "${OOBM_APART:-}" ] || skip_all 'an account of its own takes root, and a mount namespace'
PATH=$PATH:/usr/sbin:/sbin
need sshd ssh ssh-keygen scp sftp perl getent "$OOBM_BUILD/src/oobm-power" "$OOBM_BUILD/t/lab/flow" "$OOBM_BUILD/t/lab/person"
waitfor() { "$OOBM_BUILD/t/lab/waitfor" "$@" >/dev/null; }
die() { echo "Bail out! $*"; exit 1; }

# --- a small system: the account ops, a place to log to, and sshd's directory
chmod 711 "$T"
mkdir "$T/bin" "$T/etc" "$T/home" "$T/board" "$T/dev" "$T/keys"
cp "$OOBM_BUILD/src/oobm-shell" "$OOBM_BUILD/src/oobm-agent" "$OOBM_BUILD/src/oobm-power" "$T/bin"
trap 'end_background; rm -rf --one-file-system "$T" 2>/dev/null' EXIT
{ cat /etc/passwd; echo "ops:x:65530:65530::$T/home:$T/bin/oobm-shell"; } >"$T/passwd"
{ cat /etc/group; echo "ops:x:65530:"; } >"$T/group"
{ cat /etc/shadow; echo "ops:*:19000:0:99999:7:::"; } >"$T/shadow" && chmod 640 "$T/shadow"
for f in passwd group shadow; do
	mount --bind "$T/$f" /etc/$f || skip_all 'no bind mounts here'
done
mount -t tmpfs none "$T/dev" && mkdir "$T/dev/pts" && mount --bind /dev/pts "$T/dev/pts" || die 'no /dev of our own'
while read -r name minor; do
	mknod -m 666 "$T/dev/$name" c $minor || die 'no devices of our own'
done <<'EOT'
null 1 3
zero 1 5
random 1 8
urandom 1 9
tty 5 0
EOT
ln -s pts/ptmx "$T/dev/ptmx" && ln -s "$T/log.socket" "$T/dev/log" && ln -s /proc/self/fd "$T/dev/fd"
mount --rbind "$T/dev" /dev || die 'no /dev of our own'
mount -t tmpfs none /run && mkdir /run/sshd || die 'no /run of our own'
background perl -MIO::Socket::UNIX -MSocket -e '
	my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die; chmod 0666, $ARGV[0];
	$| = 1; while (defined $s->recv(my $m, 4096)) { $m =~ s/\n*\z//; print "$m\n" }' "$T/log.socket" >"$T/syslog"
within 5000 test -S "$T/log.socket" || die 'no syslog'
chown 65530 "$T/home"

# --- a machine whose power is a file
cat >"$T/hub" <<'EOT'
#!/bin/sh
case $1 in
status) cat "$(dirname "$0")/board/state";;
*) echo "$2" >"$(dirname "$0")/board/state";;
esac
EOT
chmod 755 "$T/hub"
echo on >"$T/board/state"
chmod 666 "$T/board/state"

# --- keys, the daemon, sshd
for who in ada bob eve; do
	ssh-keygen -q -t ed25519 -N '' -C $who -f "$T/keys/$who"
	eval "$who=\$(ssh-keygen -lf '$T/keys/$who.pub' | cut -d' ' -f2)"
done
ssh-keygen -q -t ed25519 -N '' -f "$T/host"
cat "$T"/keys/*.pub >"$T/authorized_keys"
umask 077
echo 'correct horse battery' >"$T/etc/secret"
cat >"$T/etc/oobmd.conf" <<EOT
state-dir = "$T/state" run-dir = "/run/oobmd" user = daemon group = ops tty-group = daemon
modem { device = "$T/no-modem" }
owner me { number = "+491701234567" secret-file = "$T/etc/secret" }
relay home { host = relay.example.org hostkey = "$ada" key-file = "$T/host" }
target nas {
	command-on = {"$T/hub", set, on}
	command-off = {"$T/hub", set, off}
	command-force-off = {"$T/hub", set, off}
	command-status = {"$T/hub", status}
	off-time = 5s
	on-time = 5s
	pause = 1s
}
target gateway { command-on = {"$T/hub", status} command-off = {"$T/hub", status} }
operator ada { account = ops key = "$ada" power = {nas} }
operator bob { account = ops key = "$bob" window = no }
EOT
umask 022
background "$OOBM_BUILD/src/oobmd" -d -f "$T/etc/oobmd.conf" -L "$T/bin" >"$T/log" 2>&1
waitfor "$T/log" 'oobm-power is ready' 20 || { sed 's/^/#	/' "$T/log"; die 'no daemon'; }

sshd_start() {	# sshd_start NAME LINE...: on a port of its own, in $port
	local name=$1
	shift
	port=$("$OOBM_BUILD/t/lab/flow" port)
	{
		cat <<-EOT
		ListenAddress 127.0.0.1
		Port $port
		HostKey $T/host
		AuthorizedKeysFile $T/authorized_keys
		PidFile none
		StrictModes no
		UsePAM no
		LogLevel VERBOSE
		EOT
		printf '%s\n' "$@"
	} >"$T/$name.conf"
	background "$(command -v sshd)" -D -e -f "$T/$name.conf" 2>>"$T/$name.log"
	within 10000 "$OOBM_BUILD/t/lab/flow" knock 127.0.0.1 "$port" || { sed 's/^/#	/' "$T/$name.log"; die 'no sshd'; }
}
sed "s|@bindir@/oobm-shell|$T/bin/oobm-shell|" "$OOBM_SRC/conf/shell-sshd.conf.in" >"$T/snippet"
sshd_start forced 'Subsystem sftp internal-sftp' "$(cat "$T/snippet")"
forced=$port
sshd_start bare 'Subsystem sftp /usr/lib/openssh/sftp-server' 'AcceptEnv *' 'PermitUserEnvironment yes'
bare=$port
: >"$T/known"
options="-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=$T/known -o LogLevel=ERROR -o BatchMode=yes -o IdentitiesOnly=yes"

as() {	# as WHO [-p PORT...] COMMAND
	local who=$1
	shift
	status=0
	# shellcheck disable=SC2086 # words
	ssh $options -p "${port:-$forced}" -i "$T/keys/$who" ${with:-} ops@127.0.0.1 "$@" >"$T/out" 2>"$T/err" </dev/null || status=$?
}
port=$forced

# --- who may what
as ada power nas off
is "ada, who may, switches the machine off" "$status $(cat "$T/board/state")" "0 off"
as ada oobm power nas on
is "and on again, in the words of an ordinary shell" "$status $(cat "$T/board/state")" "0 on"
as ada power gateway on
is "but not the other machine" "$status" 1
like "and is told what to ask for" "$(cat "$T/err")" '^oobm-shell: .*power = '
as bob power nas off
is "bob, with the same account and another key, may not" "$status $(cat "$T/board/state")" "1 on"
as bob up
like "nor open a window" "$status $(cat "$T/err")" '^1 oobm-shell: .*window = yes'
as eve power nas off
is "eve, whom the config does not name, may nothing" "$status $(cat "$T/board/state")" "1 on"
as ada history
like "the history says who it was" "$(cat "$T/out")" 'nas: off by ada$'
as bob status --json
like "anybody may see how things stand" "$(cat "$T/out")" '"name": "nas"'

# --- nothing else
nothing() {	# nothing COMMAND: refused, in one sentence
	as ada "$1"
	is "refused: $1" "$status $(cat "$T/out") $(wc -l <"$T/err") $(cut -c 1-12 "$T/err")" "2  1 oobm-shell: "
}
for port in $forced $bare; do
	for line in 'id' '/bin/sh' 'sh -i' 'bash -c id' 'cat /etc/passwd' 'status; id' 'status | sh' 'status && id' '$(id)' '`id`' \
		'oobm status;id' '~!id' 'rsync --server -e.Lsf . /tmp' "git-upload-pack 'x'" 'scp -f /etc/passwd' 'exec sh' 'command id' \
		'env -i sh' 'perl -e exec' "$OOBM_BUILD/src/oobm status"; do
		nothing "$line"
	done
	as ada 'status
id'
	is "refused: two lines" "$status $(cat "$T/out") $(wc -l <"$T/err")" "2  1"
	# shellcheck disable=SC2086 # words
	{
		: >"$T/got"
		scp $options -P "$port" -i "$T/keys/ada" ops@127.0.0.1:/etc/passwd "$T/got" >"$T/out" 2>&1 </dev/null
		is "scp brings nothing" "$(wc -c <"$T/got")" 0
		scp -O $options -P "$port" -i "$T/keys/ada" ops@127.0.0.1:/etc/passwd "$T/got" >"$T/out" 2>&1 </dev/null
		is "nor does scp as it was" "$(wc -c <"$T/got")" 0
		scp -O $options -P "$port" -i "$T/keys/ada" /etc/hostname "ops@127.0.0.1:$T/home/put" >"$T/out" 2>&1 </dev/null
		scp $options -P "$port" -i "$T/keys/ada" /etc/hostname "ops@127.0.0.1:$T/home/put" >"$T/out" 2>&1 </dev/null
		echo "put /etc/hostname put" | sftp $options -P "$port" -i "$T/keys/ada" -b - ops@127.0.0.1 >"$T/out" 2>&1
		check_not "and nothing is left there by scp or sftp" test -e "$T/home/put"
	}
done
port=$forced
for with in '-W 127.0.0.1:22' "-W [::1]:22"; do
	as ada
	like "no way on to the network: $with" "$status $(cat "$T/err")" '^255 .*(prohibited|forward|refused)'
done
with='-o ExitOnForwardFailure=yes -R 0:127.0.0.1:22'
as ada status
is "no port is opened here" "$status $(cat "$T/out")" "255 "
with=
port=$bare with='-o SetEnv=OOBM_SOCKET=/tmp/x' as ada targets
is "a socket of the user's choice is not asked" "$status $(xargs <"$T/out")" '0 nas gateway'
if command -v su >/dev/null; then
	status=0 && su ops -c id >"$T/out" 2>"$T/err" </dev/null || status=$?
	is "su gets nothing else either" "$status $(cat "$T/out")" "2 "
fi

is "what the snippet leaves on is a terminal" "$("$(command -v sshd)" -T -f "$T/forced.conf" -C user=ops,host=h,addr=192.0.2.1 |
	grep -E '^(x11forwarding|allowagentforwarding|allowtcpforwarding|allowstreamlocalforwarding|permittunnel|permituserrc|disableforwarding|permittty) ' |
	sort | tr '\n' ,)" "allowagentforwarding no,allowstreamlocalforwarding no,allowtcpforwarding no,disableforwarding yes,permittty yes,permittunnel no,permituserrc no,x11forwarding no,"
is "and on for nobody else" "$("$(command -v sshd)" -T -f "$T/forced.conf" -C user=root,host=h,addr=192.0.2.1 |
	grep -c -e '^forcecommand none' -e '^disableforwarding no')" 2

# --- a session at a terminal
person() {	# person WHAT WHO <SCRIPT
	# shellcheck disable=SC2086 # words
	if TERM=xterm "$OOBM_BUILD/t/lab/person" ssh -tt $options -p $forced -i "$T/keys/$2" ops@127.0.0.1 >"$T/seen" 2>"$T/err"; then
		ok "$1"
	else
		not_ok "$1"
		sed 's/^/#	/' "$T/err"
	fi
}
person "a session: status, completion, a press, and out" ada <<'EOT'
see you are
see ada
see oobm@
see > 
type power n\to\tf\t\r
see > 
enter power nas status
see off
see > 
enter sh
see there is no command 'sh' here
see > 
type \x1a\x1c\x03
see ^C
see > 
enter power nas on
see > 
type \x04
end 0
EOT
is "its presses pressed" "$(cat "$T/board/state")" on
person "who has no section is told by the key" eve <<EOT
see ops SHA256:
see oobm@
see >\x20
enter power nas off
see you may not
see >\x20
enter exit
end 1
EOT
person "a connection that breaks" bob <<'EOT'
see oobm@
see > 
type power nas
hangup
EOT

# --- what the log says
like "the log has logins, with account, key and address" "$(cat "$T/syslog")" \
	"^<38>.* oobm-shell\[[0-9]+\]: login of ada \(account ops, key ${ada//+/.}, from 127\.0\.0\.1\)$"
like "those of nobody, too" "$(cat "$T/syslog")" "login of ops SHA256:.* \(account ops, key ${eve//+/.}"
like "commands" "$(cat "$T/syslog")" "command: power nas off \(account ops, key ${ada//+/.}"
like "what was refused" "$(cat "$T/syslog")" "refused: bash -c id \(account ops"
like "and logouts" "$(cat "$T/syslog")" "logout after [0-9]+ s \(account ops, key ${ada//+/.}"
check "also that of a connection that broke" within 5000 grep -q "logout .*key ${bob//+/.}" "$T/syslog"
unlike "no line was forged" "$(cat "$T/syslog")" '^id'
done_testing
