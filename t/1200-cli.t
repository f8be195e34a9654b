#!/bin/sh
# oobm: what it prints, what it tells scripts, and how it takes an agent that is gone, mute or mad.
oobm=$OOBM_BUILD/src/oobm
serve=$OOBM_BUILD/t/lab/ctlserve
tmp=$(mktemp -d) || exit 1
socket=$tmp/control
pid=
n=0
mkfifo "$tmp/life" "$tmp/ready" || exit 1
unset OOBM_SOCKET NO_COLOR
TZ=UTC LC_ALL=C.UTF-8
export TZ LC_ALL

finish() {
	if [ -n "$pid" ]; then kill "$pid" 2>/dev/null; fi
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

ok() {	# ok DESCRIPTION COMMAND...
	n=$((n + 1))
	what=$1
	shift
	if "$@"; then
		echo "ok $n - $what"
	else
		echo "not ok $n - $what"
		sed 's/^/#   /' "$tmp/out" "$tmp/err"
		echo "#   exit $rc; want: $*"
	fi
}

start() {	# start [FAULT]: a server at $socket, gone before
	if [ -n "$pid" ]; then
		exec 3>&-
		wait "$pid"
	fi
	rm -f "$socket"
	"$serve" "$socket" "$@" <"$tmp/life" >"$tmp/ready" &
	pid=$!
	exec 3>"$tmp/life"
	read -r ready <"$tmp/ready"
	[ "$ready" = ready ] || echo "Bail out! ctlserve does not start"
}

run() {	# run ARGUMENTS: rc, $tmp/out, $tmp/err
	"$oobm" --socket "$socket" "$@" >"$tmp/out" 2>"$tmp/err" 3>&-
	rc=$?
}

ended() { [ "$rc" -eq "$1" ]; }
out() { grep -q -e "$1" "$tmp/out"; }
err() { grep -q -e "$1" "$tmp/err"; }
silent() { [ ! -s "$tmp/err" ]; }
fails() { ended "$1" && err "$2" && [ ! -s "$tmp/out" ]; }
json() { perl -MJSON::PP -e 'local $/; my $j = decode_json(<STDIN>); exit !('"$1"')' <"$tmp/out"; }

# --- an agent that is well
start
run
ok 'without a command it is status' ended 0
ok 'the state comes first, in words' sh -c 'head -1 "$0" | grep -qx "listening for a message"' "$tmp/out"
ok 'the signal is shown as bars and as dBm' out '▂▄▆█  -71 dBm, excellent$'
ok 'the operator and the registration are shown' out 'Vodafone.de, home'
ok 'the last error is shown' out 'last error  dial: NO CARRIER$'
ok 'notices that wait are shown' out '2 waiting to be sent'
ok 'times are for people' out 'since       1h 30m 30s$'
ok 'nothing is coloured where nobody looks' sh -c '[ -s "$0" ] && ! grep -q "$(printf "\033")" "$0"' "$tmp/out"
LC_ALL=C run status
ok 'bars are plain where UTF-8 is not spoken' out '\[\*\*\*\*\]  -71 dBm'
if script --version 2>/dev/null | grep -q util-linux; then
	unset NO_COLOR
	TERM=xterm script -qec "$oobm -s $socket" /dev/null >"$tmp/out" 2>"$tmp/err" </dev/null 3>&-
	rc=$?
	ok 'on a terminal the state is coloured' out "$(printf '\033')\\[1;32mlistening"
	NO_COLOR=1 TERM=xterm script -qec "$oobm -s $socket" /dev/null >"$tmp/out" 2>"$tmp/err" </dev/null 3>&-
	rc=$?
	ok 'NO_COLOR is respected' sh -c '[ -s "$0" ] && ! grep -q "$(printf "\033")" "$0"' "$tmp/out"
else
	for what in 'on a terminal the state is coloured' 'NO_COLOR is respected'; do
		n=$((n + 1))
		echo "ok $n - $what # SKIP no script(1) of util-linux"
	done
fi
run --json status
ok 'status is JSON on request' json '$j->{state} eq "listening" && $j->{signal} == -71 && $j->{spool} == 2'
ok 'numbers are numbers in JSON' out '"signal": -71'
run down
ok 'a refusal is exit 1 with the reason' fails 1 '^oobm: there is no window to close$'
run down --json
ok 'a refusal is JSON on request' json '$j->{result} eq "error" && $j->{code} eq "refused" && $j->{text}'
ok 'and exit 1 as well' ended 1
run up 45m
ok 'up opens a window' ended 0
ok 'and says for how long' out '^a window of 45 min is on its way$'
run up
ok 'a second one is refused' fails 1 'a window is open already'
run
ok 'the open window is the first line, with what is left' sh -c 'head -1 "$0" | grep -q "^OPEN, 44m .* left, until "' "$tmp/out"
ok 'the ssh command is ready to be pasted' out 'connect     ssh -p 31337 root@relay.example.org$'
ok 'bytes are for people' out '12.3 kB received, 678 bytes sent'
ok 'who asked is shown' out '45 min, asked by uid 0$'
run extend 1h30m
ok 'extend takes hours and minutes' ended 0
run down
ok 'down closes it' ended 0
run up --json 5
ok 'a bare number is minutes, and options may follow' json '$j->{result} eq "ok" && $j->{text} =~ /5 min/'
run history
ok 'history shows what happened' out '^2...-..-.. ..:..:..  window   closed$'
run history -n 1
ok 'history -n 1 is the last event only' sh -c '[ $(wc -l <"$0") -eq 1 ] && grep -q "5 min" "$0"' "$tmp/out"
run history -n 2 -j
ok 'history is JSON on request' json '@{$j->{events}} == 2 && $j->{events}[0]{time} > 1e9 && $j->{events}[1]{kind} eq "window"'
run log-level debug
ok 'log-level reaches the agent' out '^debug$'

# --- usage
for args in 'up 0' 'up 25h' 'up soon' 'up 5m 6m' 'down now' 'extend -5' 'status now' 'history now' 'log-level' 'log-level loud' \
	'frobnicate' '-n 0 history' '-n x history' '-n 5 status' '-t 0' '-t x' '--frob'; do
	# shellcheck disable=SC2086
	run $args
	ok "oobm $args: exit 2 and the reason" fails 2 '^oobm: '
done
run --help
ok 'help names every command and the exit codes' sh -c 'for w in status up down extend history log-level "5 no answer"; do grep -q -e "$w" "$0" || exit 1; done' "$tmp/out"
run --version
ok 'the version is told' out '^oobm [0-9]'
OOBM_SOCKET=$socket "$oobm" >"$tmp/out" 2>"$tmp/err" 3>&-
rc=$?
ok 'OOBM_SOCKET names the socket' ended 0
"$oobm" --socket "$socket" >/dev/full 2>"$tmp/err" 3>&-
rc=$?
ok 'a full disk is not success' [ "$rc" -eq 1 ]

# --- an agent that is away
socket=$tmp/nowhere/control run
ok 'no socket: exit 3, and where to look' fails 3 'is oobmd running? See: systemctl status oobmd'
socket=$tmp/nowhere run --json up
ok 'no socket, JSON: still JSON' json '$j->{code} eq "unreachable"'
perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1)' "$tmp/dead"
socket=$tmp/dead run
ok 'a dead socket: exit 3' fails 3 'nobody listens at .*/dead: oobmd has ended'
: >"$tmp/file"
socket=$tmp/file run
ok 'a file instead of a socket: exit 3' ended 3
socket=$tmp/$(printf '%0120d' 0) run
ok 'a name too long for a socket: exit 2' fails 2 'has more than 107 bytes'
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	cp "$oobm" "$tmp/oobm"
	chmod 711 "$tmp"
	chgrp daemon "$socket"
	chmod 660 "$socket"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/oobm" -s "$socket" >"$tmp/out" 2>"$tmp/err" 3>&-
	rc=$?
	ok 'no permission: exit 4, and the group to join' fails 4 'sudo usermod -aG daemon'
else
	n=$((n + 1))
	echo "ok $n - no permission: exit 4 # SKIP needs root and setpriv"
fi

# --- an agent that is not well
start mute
run -t 1
ok 'a mute agent: exit 5 at the deadline' fails 5 'does not answer within 1 s'
start garbage
run
ok 'another protocol: exit 5' fails 5 'makes no sense'
start flood
run
ok 'a line without end: exit 5' fails 5 'a line without end'
start hang-up
run history
ok 'an answer that breaks off: exit 5' sh -c '[ "$1" -eq 5 ] && grep -q "hung up" "$0"' "$tmp/err" "$rc"
start empty
run
ok 'no status in the answer: exit 5' fails 5 'without its status'
start twice
run down
ok 'what follows ok is not read' sh -c '[ "$1" -eq 0 ] && grep -qx first "$0"' "$tmp/out" "$rc"
start refuse
run --json
ok "the agent's own code comes through" json '$j->{code} eq "unavailable"'
start escape
run
ok 'what the network said cannot drive the terminal' sh -c '! LC_ALL=C grep -q "$(printf "[\033\233]")" "$0" && grep -q "E1752?" "$0"' "$tmp/out"
start deaf
run -t 1
ok 'an agent that does not accept: exit 5 at the deadline' fails 5 ''
exec 3>&-
wait "$pid"
pid=
echo "1..$n"
