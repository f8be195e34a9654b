#!/bin/bash
# The whole daemon, with several consoles and no modem: what a reload does to them, and who is told what they say.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'oobmd is started by root'
need ssh-keygen getent
getent passwd daemon >/dev/null || skip_all 'there is no account daemon'
unset NO_COLOR
export LC_ALL=C.UTF-8 TZ=UTC
chmod 755 "$T"
mkdir "$T/etc" "$T/libexec"
# where everybody can reach them
install -m 755 "$OOBM_BUILD"/src/oobm-agent "$OOBM_BUILD"/src/oobm-console "$T/libexec"

for name in ant bee cat; do
	mkfifo "$T/line.$name"
	exec {line}<>"$T/line.$name"
	"$OOBM_BUILD/t/lab/ptyline" "$T/tty.$name" <"$T/line.$name" >"$T/answers.$name" &
	BACKGROUND="${BACKGROUND:-} $!"
	within 5000 grep -q ready "$T/answers.$name"
	chown daemon "$(readlink "$T/tty.$name")"
done
# machine NAME COMMAND...
machine() {
	local name=$1
	shift
	printf '%s\n' "$*" >"$T/line.$name"
}

umask 077
echo 'correct horse battery' >"$T/etc/secret"
ssh-keygen -q -t ed25519 -N '' -f "$T/etc/id_ed25519"
# config TARGET...: the daemon's, with these in this order, and what stands in $T/etc/more
: >"$T/etc/more"
config() {
	local name
	{
		cat <<-EOT
		state-dir = "$T/state" run-dir = "$T/run" user = daemon group = daemon tty-group = daemon
		modem { device = "$T/no-modem.$$" }
		owner me { number = "+491701234567" secret-file = "$T/etc/secret" }
		relay home { host = relay.example.org hostkey = "$(ssh-keygen -lf "$T/etc/id_ed25519.pub" | cut -d' ' -f2)" key-file = "$T/etc/id_ed25519" }
		EOT
		for name; do
			echo "target $name { console = \"$T/tty.$name\" }"
		done
		cat "$T/etc/more"
	} >"$T/etc/oobmd.conf"
}
umask 022

pid=
daemon_start() {
	"$OOBM_BUILD/src/oobmd" -d -f "$T/etc/oobmd.conf" -L "$T/libexec" >"$T/log" 2>&1 &
	pid=$!
	"$OOBM_BUILD/t/lab/waitfor" "$T/log" 'oobm-agent is ready' 20 >/dev/null
}
# somebody works at the port of the modem all the time
lock=/var/lock/LCK..no-modem.$$
[ ! -d /var/lock ] || echo $$ >"$lock"
finish() {
	rm -f "$lock"
	if [ -n "$pid" ]; then kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; fi
	end_background
	rm -rf "$T"
}
trap finish EXIT
oobm() { "$OOBM_BUILD/src/oobm" -s "$T/run/control" "$@" </dev/null; }

recorded() { grep -qF -- "$2" "$T/state/console/$1.log"; }
# works NAME TEXT: what the machine says is recorded, and oobm can read it
works() {
	within 10000 sh -c "tail -n 1 '$T/state/console/$1.log' | grep -q 'recording: '" || return 1
	machine "$1" send "$2\\r\\n"
	within 5000 recorded "$1" "$2" && oobm log "$1" | grep -q "$2"
}
# reload TARGET...
reload() {
	local before
	config "$@"
	before=$(grep -c 'reloaded ' "$T/log")
	kill -HUP "$pid"
	within 20000 sh -c "[ \$(grep -c 'reloaded ' '$T/log') -gt $before ]"
}
# A worker whose settings changed ends before the next one gets its socket.
consoles_are() { [ "$( (cd "$T/run" && echo console.*) | sed 's/console\.//g')" = "$1" ]; }

config ant bee cat
check 'the daemon starts' daemon_start || { done_testing; exit 1; }
for name in ant bee cat; do check "$name has a console" works $name first; done
check 'one target fewer: reloaded' reload bee cat
check 'those that are left have their sockets' within 10000 consoles_are 'bee cat'
for name in bee cat; do check "and $name its console" works $name second; done
check 'others in another order: reloaded' reload cat ant bee
check 'all have their sockets' within 10000 consoles_are 'ant bee cat'
for name in ant bee cat; do check "$name has a console" works $name third; done
check 'and its recording from before' recorded bee first

# --- who may read what ---------------------------------------------------------------------------------------------
install -m 755 "$OOBM_BUILD/src/oobm" "$T/oobm"
as() { # as ACCOUNT COMMAND...: $status, $out
	local account=$1
	shift
	status=0
	out=$(setpriv --reuid "$account" --regid daemon --clear-groups "$T/oobm" -s "$T/run/control" "$@" 2>&1 </dev/null) || status=$?
}
happened() { oobm history -n 1000 | grep -q -- "$1"; }
if command -v setpriv >/dev/null && getent passwd bin >/dev/null && getent passwd sys >/dev/null; then
	echo 'operator reader { account = bin read = {ant} } operator presser { account = sys power = {"*"} }' >"$T/etc/more"
	check 'with operators: reloaded' reload ant bee
	for name in ant bee; do
		check "$name has a console" works $name fourth
		machine $name send "Kernel panic: what $name said\\r\\n"
		check 'a panic is in the history' within 5000 happened "what $name said"
	done
	as bin history -n 1000
	like 'who may read a console sees of it in the history' "$status $out" 'ant: Kernel panic: what ant said'
	unlike 'and nothing of what another said' "$out" 'what bee said'
	unlike 'nor who was there' "$out" 'bee: root reads'
	like 'but all else' "$out" 'oobm-agent started'
	as sys history -n 1000
	unlike 'who may only press sees of none' "$out" 'what (ant|bee) said'
	as sys --json status
	unlike 'nor in the status' "$out" 'what (ant|bee) said'
	as nobody history -n 1000
	unlike 'who is not listed sees of none' "$out" 'what (ant|bee) said'
	cat >"$T/crowd.pl" <<-'EOP'
	use IO::Socket::UNIX;
	for (1 .. 50) { push @all, IO::Socket::UNIX->new(Peer => $ARGV[0]) or die }
	$| = 1; print "here\n"; sleep 60;
	EOP
	setpriv --reuid nobody --regid daemon --clear-groups perl "$T/crowd.pl" "$T/run/control" >"$T/crowd" &
	crowd=$!
	BACKGROUND="${BACKGROUND:-} $crowd"
	within 10000 grep -q here "$T/crowd"
	as bin -t 5 history
	is 'a crowd of one who is not listed keeps nobody out' $status 0
	kill "$crowd"
	: >"$T/etc/more"
else
	skip 'who may read what: needs setpriv, and the accounts bin and sys'
fi
refused() { grep -c "oobmd\[.* warn: .*no-modem.$$ is used by process $$ " "$T/log"; }
if [ -e "$lock" ]; then
	is 'that a port is used is logged once, however often it is asked for' "$(refused)" 1
else
	skip 'a port that is used: there is no /var/lock'
fi
check 'no target left: reloaded' reload
check "no socket is left either" within 5000 consoles_are "*"
check 'it ends in order' sh -c "kill $pid; tail --pid $pid -f /dev/null"
wait "$pid"
is 'with success' $? 0
pid=
done_testing
