#!/bin/sh
# oobm console at a terminal: what is typed and shown passes as by a cable, the keys of oobm itself, and the terminal is
# as it was before, whatever ends it.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/console.sh"

chat=$OOBM_BUILD/t/lab/ptychat
need "$chat"
# at WHAT STEP...: a terminal with oobm console
at() {
	local what=$1
	shift
	check "$what" "$chat" "$oobm" console nas --replay 0 -- expect '? for help]' modes raw "$@"
}
# line TEXT, got TEXT: for `run`: the machine says TEXT, and has heard it
line() { printf '%s' "printf '%s\n' 'send $1' >&5; read a <&6; [ \"\$a\" = ok ]"; }
got() { printf '%s' "printf '%s\n' 'expect $1' >&5; read a <&6; [ \"\$a\" = ok ]"; }

machine_up
console_up
said 'console-state .*ok=1' 5000

# --- bytes -------------------------------------------------------------------------------------------
machine clear >/dev/null
at 'what is typed goes to the machine, what it says comes' send 'root\r' run "$(got 'root\r')" \
	run "$(line 'Password: ')" expect 'Password: ' send '\r~.' expect '[nas: left]' exit 0 modes same
machine clear >/dev/null
at 'every byte passes but the escape, also ^C, ^Z, ^S and NUL' send '\x03\x1a\x13\x11\x04\x1c\x00\x7f\xc3\xbc\xff\r~.' exit 0
machine received "$T/got" >/dev/null
is 'as it was typed' "$(od -An -v -tx1 "$T/got" | tr -d ' \n')" 031a1311041c007fc3bcff0d
at 'what comes is shown as it comes' run "$(line 'a\e[1;31mb\x00\xffc\e]0;x\x07d')" \
	expect 'a\e[1;31mb\x00\xffc\e]0;x\x07d' send '~.' expect '\e[0m' exit 0

# Its ears are full of what the machine says when it goes.
machine clear >/dev/null
check 'who types and goes without a look at what is shown' perl -MSocket -e '
	sub frame { substr($_[0], 0, 1) . pack("n", length($_[0]) - 1) . substr($_[0], 1) }
	socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die;
	connect($s, sockaddr_un("$ARGV[0]/console.nas")) or die;
	syswrite $s, frame("Hhello mode=write take=1");
	sysread $s, my $welcome, 1 or die;
	open my $machine, ">>", "/dev/fd/5"; $machine->autoflush; print $machine "flood 1000000\n";
	open my $answer, "<", "/dev/fd/6"; <$answer>;
	syswrite $s, frame("Dtyped\r")' "$run"
got_it() { machine received "$T/got" >/dev/null; grep -q typed "$T/got"; }
within 5000 got_it
is 'is heard all the same' "$(cat "$T/got")" "$(printf 'typed\r')"

# --- keys of oobm ---------------------------------------------------------------------------------------
machine clear >/dev/null
at '~. at once leaves' send '~.' expect '[nas: left]' exit 0 modes same
at '~. within a line does not' send 'a~.\r~.' expect '[nas: left]' exit 0
at '~? helps' send '~?' expect 'leave' expect 'BREAK' expect 'suspend' send '~.' exit 0
at '~~ sends one ~' send '\r~~.\r~.' exit 0
machine received "$T/got" >/dev/null
is 'and no more than was meant was sent' "$(cat -v "$T/got")" 'a~.^M^M~.^M'
at '~B says when the port has no BREAK' send '~B' expect 'cannot send a BREAK' send '~.' exit 0
machine clear >/dev/null
at '~R asks for a key' send '~R' expect 'which key?' send 'h' expect 'BREAK, h' send '~R' expect 'which key?' send '\e' \
	expect 'no BREAK' send '~.' exit 0
within 2000 hears h
at '~l shows the last lines' run "$(line '\r\nwon\rone\r\n\e[2Jtwo\r\nthree')" expect three \
	send '~l' expect 'the last lines' expect 'one\r\ntwo\r\nthree\r\n' send '~.' exit 0
at '~r lets go of the keyboard, ~t takes it' send '~r' expect 'you look on' send 'x' expect 'not sent' send '\r~t' \
	expect 'you have the keyboard' send 'y\r~.' exit 0
within 2000 hears 'y\r'
check 'another escape character' "$chat" "$oobm" console nas -e ^] -- expect '^]? for help' send '~.\r\x1d.' expect '[nas: left]' exit 0 modes same
check 'or none' "$chat" "$oobm" console nas -e none -- expect '8N1]' modes raw send '~.\r~.\r' \
	run "$(got '~.\r~.\r')" signal TERM exit 143 modes same
check 'who only looks on may leave with ^C' "$chat" "$oobm" console nas -r -- expect 'you look on' send '\x03' expect '[nas: left]' exit 0 modes same

# --- within another: an oobm at a machine's console, at which somebody runs an oobm -----------------------------
if command -v socat >/dev/null; then
	background socat "PTY,link=$T/tty.outer,raw,echo=0" "EXEC:$oobm console nas --replay 0,pty,setsid,ctty,stderr" 5>&- 6>&- 7>&-
	within 5000 [ -e "$T/tty.outer" ]
	mkfifo "$T/parent.outer"
	exec 8<>"$T/parent.outer"
	"$lab/consoledrive" --socket "$run/console.outer" --said "$T/said.outer" "$worker" -d $as_root -- \
		"console name=outer speed=115200 parity=none data-bits=8 stop-bits=1 flow=none log-size=64 dir=$T/state device=$T/tty.outer" \
		<"$T/parent.outer" 5>&- 6>&- 7>&- 8>&- &
	BACKGROUND="$BACKGROUND $!"
	within 5000 grep -q 'ok=1' "$T/said.outer"
	machine clear >/dev/null
	check 'nested: ~~. leaves the inner one, ~. the outer' "$chat" "$oobm" console outer --replay 0 -- expect 'help]' modes raw \
		send '\rx' run "$(got '\rx')" send '\r~~?' expect '[nas: after Enter' send '\r~~.' expect '[nas: left]' \
		send '\r~.' expect '[outer: left]' exit 0 modes same
	exec 8>&-
else
	skip 'nested: no socat'
fi

# --- the terminal is put back ------------------------------------------------------------------------------------
# What a machine may have done to it before.
mess=$(line '\e[?1049h\e[?1000h\e[?2004h\e[?25l\e[31m\e(0MESS')
undone='\e[?1049l\e[?1000l\e[?25h\e[?2004l\x0f\e(B\e[0m'
for signal in TERM:143 HUP:129 INT:130 QUIT:131 ABRT:134 SEGV:139 BUS:135 FPE:136 KILL:137; do
	at "put back after SIG${signal%:*}" run "$mess" expect MESS signal ${signal%:*} exit ${signal#*:} modes same expect "$undone"
done
at "put back when all of the job are killed" run "$mess" expect MESS group KILL exit 137 modes same expect "$undone"
at "put back after ~." run "$mess" expect MESS send '\r~.' expect '[nas: left]' exit 0 modes same
at "nothing is undone that was not done" send '\r~.' expect '[nas: left]' exit 0 modes same never '\e'
at "an unfinished control function is ended" run "$(line 'x\e]0;half')" expect 'half' send '~.' expect '\x18\e\x5c' exit 0
at "put back when the worker dies" run 'parent=$(sed -n "s/^worker //p" "'"$T"'/said" | tail -n 1); kill -9 $parent' \
	exit 5 modes same expect "worker is gone"
parent kill
mark_said
said 'console-state .*ok=1' 5000 || said_from=1
at "ended when the terminal is gone" hangup \
	run 't=0; while [ -d /proc/$JOB ] && ! grep -q "^State:.Z" /proc/$JOB/status; do t=$((t + 1)); [ $t -lt 250 ] || exit 1; sleep 0.02; done'
all_left() { tail -n 1 "$T/said" | grep -q '^viewer .*text=left'; }
within 5000 all_left
# Other tests may run the same program at the same time.
watchers() {
	for p in $(pgrep -f "^$oobm console"); do
		! tr '\0' '\n' <"/proc/$p/environ" 2>/dev/null | grep -q "^OOBM_SOCKET=$OOBM_SOCKET$" || echo "$p"
	done
}
nobody_watches() { [ -z "$(watchers)" ]; }
check "no watcher is left behind" within 5000 nobody_watches

# --- stopping and going on --------------------------------------------------------------------------------------
at '~^Z stops, with the terminal put back, and it goes on' run "$mess" expect MESS send '\r~\x1a' stopped modes same \
	expect "$undone" fg modes raw send 'z\r' run "$(got 'z\r')" send '~.' exit 0 modes same
at 'so does SIGTSTP' signal TSTP stopped modes same fg modes raw send '\r~.' exit 0 modes same
at 'SIGSTOP, and SIGCONT' signal STOP stopped fg modes raw send '\r~.' exit 0 modes same
at 'killed while stopped: what the shell has set stays' send '~\x1a' stopped modes same signal KILL fg exit 137 modes same
at 'SIGWINCH changes nothing' signal WINCH send '\r~.' expect '[nas: left]' exit 0

# --- what a machine asks of a terminal ------------------------------------------------------------------------------
machine send '\e[6n\e[c\e[?1000hold\e[31m' >/dev/null
sleep 0.1
check 'a replay draws, and asks nothing' "$chat" "$oobm" console nas -- expect 'old\e[31m' never '\e[6n' send '~.' exit 0
check 'nor is who only looks on asked' "$chat" "$oobm" console nas -r -- expect 'you look on' \
	run "$(line '\e[6n\e[1mNOW')" expect '\e[1mNOW' never '\e[6n' send '\r~.' exit 0

console_down
done_testing
