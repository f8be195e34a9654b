#!/bin/sh
# Who looks at a console: one types, the others look on; taking over, being refused, what is shown of what came before,
# and those who do not speak the protocol.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/console.sh"

me=$(id -un)
# person NAME OPTION...: somebody who may type: `types NAME TEXT`. What is shown goes to $T/NAME.out, notices to NAME.err.
person() {
	local name=$1
	shift
	rm -f "$T/$name.keys"
	mkfifo "$T/$name.keys"
	"$oobm" console nas "$@" <"$T/$name.keys" >"$T/$name.out" 2>"$T/$name.err" 5>&- 6>&- 7>&- 8>&- 9>&- &
	BACKGROUND="${BACKGROUND:-} $!"
	eval "${name}_pid=$!"
	case $name in
	a) exec 8>"$T/a.keys" ;;
	b) exec 9>"$T/b.keys" ;;
	esac
}
a_types() { printf "$*" >&8; }
b_types() { printf "$*" >&9; }
told() { within 3000 grep -qF -- "$2" "$T/$1.err"; }
shown() { within 3000 grep -qF -- "$2" "$T/$1.out"; }
look_on() { [ "$(tail -n +$said_from "$T/said" | grep -c 'looks on')" -eq "$1" ]; }
# try OPTION...: runs oobm; $rc, $out, $err
try() {
	rc=0
	out=$("$oobm" "$@" 2>"$T/err" </dev/null) || rc=$?
	err=$(cat "$T/err")
}
machine_up
console_up
said 'console-state .*ok=1' 5000

# --- one types ---------------------------------------------------------------------------------------------
person a
said "viewer .*text=is at the console" 5000
a_types 'uname\r'
check 'what is piped in is typed' hears 'uname\r'
machine send 'Linux\r\n' >/dev/null
check 'what the machine says comes out' shown a Linux
try console nas
is 'a second who would type is refused' "$rc $err" "1 oobm: $me has the keyboard of nas; take it with --take, or look on with -r"
try -j console nas
is 'with --json it goes not' $rc 2
viewer c -r
said 'text=looks on' 5000
machine send 'for all\r\n' >/dev/null
check 'another looks on' shown c 'for all'

# --- taking over ------------------------------------------------------------------------------------------------
mark_said
person b --take
said "text=took the keyboard from $me" 5000
check 'who takes over is in the audit' said "text=took the keyboard from $me" 100
check 'who loses the keyboard is told' told a "$me took the keyboard from $me"
machine clear >/dev/null
a_types 'lost\r'
check 'what he types now is not sent, and he is told' told a "what you type is not sent: $me has the keyboard"
b_types 'mine\r'
check 'what the other types is' hears 'mine\r'
machine received "$T/got" >/dev/null
is 'and only that' "$(cat -v "$T/got")" 'mine^M'
kill "$b_pid"
said 'text=left' 5000
check 'who looks on is told that the keyboard is free' told c "$me let go of the keyboard"
mark_said
person b -f
said "text=is at the console" 5000 && ok '-f takes it, too, and a free one needs no taking'
exec 8>&-	# the one who only looks on in fact, ends with what is piped into it
check 'at the end of what is piped in it ends' gone "$a_pid" 5000
exec 9>&-
check 'so does the other' gone "$b_pid" 5000

# --- scripts ----------------------------------------------------------------------------------------------------------
machine clear >/dev/null
( hears 'date\r' && machine send 'Thu May 1\r\n' ) >/dev/null &
answerer=$!
is 'a command piped in, and its answer' "$(printf 'date\r' | "$oobm" console nas 5>&- 6>&- 7>&-)" "$(printf 'Thu May 1\r')"
wait $answerer
mark_said
viewer d -r
said 'text=looks on' 5000
"$oobm" console nas -r </dev/null 2>/dev/null | head -c 3 >"$T/head" &
head=$!
within 5000 look_on 2
machine send 'abcdef\r\n' >/dev/null
wait $head
is 'somebody who wants no more is enough' "$(cat "$T/head")" abc
check 'and oobm ends with it' within 5000 sh -c "[ \$(grep -c 'text=left' '$T/said') -ge 4 ]"

# --- what came before ------------------------------------------------------------------------------------------------------
for i in 1 2 3 4 5 6 7 8 9; do machine send "line $i\\r\\n"; done >/dev/null
within 2000 grep -q 'line 9' "$T/d.out"
viewer e -r --replay 20
within 3000 grep -q 'line 9' "$T/e.out"
is 'a replay begins with a whole line' "$(tr -d '\r' <"$T/e.out")" "$(printf 'line 8\nline 9')"
try console nas -r --replay 65537
is 'more than there may be is refused' $rc 2
within 5000 grep -q 'line 9' "$T/state/console/nas.log"	# a block is written every 2 s
parent kill
mark_said
within 5000 said_now 'console-state .*ok=1'
check 'who looked on is told that the worker is gone' told d 'worker is gone'
viewer f -r --replay 65000
check 'and after a restart there is still a replay' shown f 'line 5'
printf 'line 8\r\nline 9\r\n' >"$T/want"
check 'of what came, as it came' sh -c "grep -a 'line [89]' '$T/f.out' | tail -n 2 | cmp - '$T/want'"
machine flood 80000 >/dev/null
within 5000 grep -q 0000001249 "$T/f.out"
viewer g -r --replay 65536
check 'a replay of all that is kept, of a machine that has said more' shown g 0000001249
is 'begins with a whole line, too' "$(head -n 1 "$T/g.out" | tr -d '\r' | wc -c)" 63

# --- too many --------------------------------------------------------------------------------------------------------------------
i=1
while [ $i -lt 16 ]; do
	i=$((i + 1))
	viewer "many$i" -r
done
within 10000 look_on 16
try console nas -r
is 'the seventeenth is turned away' "$rc $err" '1 oobm: 16 look at the console of nas already; somebody has to leave first'

# --- what is not there ---------------------------------------------------------------------------------------------------------------
try console nosuch
is 'an unknown machine: which there are is told' "$rc $err" "2 oobm: there is no console of 'nosuch'; there are: nas"
try console ../control
is 'a name is no path' "$rc $err" "2 oobm: there is no console of '../control'; there are: nas"
try console
is 'no machine at all' $rc 2
try console nas -r --take
is 'looking on and taking over at once' $rc 2
try console nas -e xx
is 'no escape character' "$rc $err" "2 oobm: -e: 'xx' is no escape character; write one, like ~, or ^], or none"
try -s "$T/none/control" console nas
is 'no daemon' $rc 3
like 'and what to do then' "$err" 'is oobmd running'
perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1); print "up\n"; close STDOUT; sleep 60' \
	"$run/console.mute" >"$T/mute" &
BACKGROUND="$BACKGROUND $!"
within 3000 grep -q up "$T/mute"
try -t 1 console mute
is 'a worker that does not answer' "$rc $err" \
	'5 oobm: the worker of the console of mute does not answer within 1 s; see: journalctl -u oobmd'
rm "$run/console.mute"
console_down
end_background
rm -f "$T/line.nas" "$T/answer.nas"

# --- rights: other users are needed ------------------------------------------------------------------------------------------------------
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	machine_up
	console_up 'operator name=alice uid=65533 read=nas write=nas' 'operator name=bob uid=65532 read=*' \
		'operator name=eve uid=65531 power=nas'
	said 'console-state .*ok=1' 5000
	chmod 711 "$T" "$run"
	chmod 666 "$run/console.nas"
	cp "$oobm" "$T/oobm" && chmod 755 "$T/oobm"
	as() { # as UID OPTION...
		local uid=$1
		shift
		rc=0
		out=$(setpriv --reuid "$uid" --regid "$uid" --clear-groups "$T/oobm" "$@" 2>"$T/err" </dev/null 5>&- 6>&- 7>&-) || rc=$?
		err=$(cat "$T/err")
	}
	machine send 'a secret\r\n' >/dev/null
	as 65533 console nas
	is 'who may write is at the console' "$rc $err" '0 '
	check 'by the name in the config' said 'by=alice text=is at the console' 3000
	as 65532 console nas
	is 'who may only read may not type' "$rc $err" '4 oobm: bob may look at the console of nas, but not type; look on with -r'
	as 65532 log nas
	like 'but read the recording' "$out" 'a secret'
	as 65531 console nas -r
	is 'who may neither, sees nothing' "$rc $err" \
		'4 oobm: eve may not look at the console of nas: the operator sections of the config say who may'
	as 65531 log nas
	is 'nor the recording' "$rc $out" '4 '
	as 65530 log nas
	is 'nor does who is not listed' "$rc $out" '4 '
	check 'nor by the file' sh -c "! setpriv --reuid 65531 --regid 65531 --clear-groups cat '$T/state/console/nas.log'"
	chmod 660 "$run/console.nas"
	as 65533 console nas
	is 'nobody who may not use the socket' $rc 4
	like 'and he is told how he might' "$err" 'you may not use .*console.nas'
	# somebody who looks on asks for the keyboard
	chmod 666 "$run/console.nas"
	cat >"$T/ask.pl" <<-'EOP'
	use IO::Socket::UNIX;
	my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die;
	sub frame { my ($t, $d) = @_; syswrite $s, $t . pack('n', length $d) . $d }
	frame('H', 'hello mode=read replay=0'); frame('T', ''); frame('D', "x\r");
	my $got = ''; my $end = time + 5;
	while (time < $end && $got !~ /not sent/) { my $b; sysread($s, $b, 4096) or last; $got .= $b }
	print $got;
	EOP
	machine clear >/dev/null
	like 'the keyboard is not given to who may not have it' \
		"$(setpriv --reuid 65532 --regid 65532 --clear-groups perl "$T/ask.pl" "$run/console.nas" | tr '\000-\037' '\n')" \
		'you may look at nas, but not type'
	machine received "$T/got" >/dev/null
	is 'and nothing of his is sent' "$(cat -v "$T/got")" ''
	# places for all
	cat >"$T/crowd.pl" <<-'EOP'
	use IO::Socket::UNIX;
	my ($path, $n, $say) = @ARGV;
	for (1 .. $n) {
		my $s = IO::Socket::UNIX->new(Peer => $path) or die;
		push @all, $s;
		next if !$say;
		syswrite $s, 'H' . pack('n', length $say) . $say;
		sysread $s, my $b, 1;
	}
	$| = 1; print "here\n"; sleep 60;
	EOP
	crowd() { # crowd UID N [HELLO]
		local uid=$1
		shift
		: >"$T/crowd"
		setpriv --reuid "$uid" --regid "$uid" --clear-groups perl "$T/crowd.pl" "$run/console.nas" "$@" >"$T/crowd" 5>&- 6>&- 7>&- &
		crowd=$!
		BACKGROUND="$BACKGROUND $crowd"
		within 10000 grep -q here "$T/crowd"
	}
	chmod 644 "$T/crowd.pl"
	crowd 65531 100
	as 65533 console nas
	is 'a hundred who may not look, and say nothing, keep nobody out' "$rc $err" '0 '
	kill $crowd
	crowd 65532 16 'hello mode=read replay=0'
	as 65533 console nas
	is 'nor does one who looks on from everywhere' "$rc $err" '0 '
	mark_said
	viewer root1 -r
	viewer root2 -r
	within 5000 look_on 2
	as 65532 log nas
	like 'who has all but those places gets no more' "$rc $err" '^1 oobm: 16 look at the console of nas already'
	kill $crowd
	console_down
	end_background
	rm -f "$T/line.nas" "$T/answer.nas"
else
	skip 'rights: needs root and setpriv'
fi

# --- who does not speak as we do ------------------------------------------------------------------------------------------------------------
machine_up
console_up
said 'console-state .*ok=1' 5000
cat >"$T/abuse.pl" <<'EOP'
use IO::Socket::UNIX;
my ($path, $what) = @ARGV;
my $s = IO::Socket::UNIX->new(Peer => $path) or die;
sub frame { my ($t, $d) = @_; return $t . pack('n', length $d) . $d }
my $hello = frame('H', 'hello mode=write');
my %say = (
	garbage => "GET / HTTP/1.0\r\n\r\n", zero => "\0" x 100, long => "H\xff\xff", data => frame('D', 'x'),
	version => frame('H', 'hello mode=fly'), fields => frame('H', 'hello mode=read colour=red'),
	line => frame('H', "hello mode=read\nhello"), key => frame('H', 'hello mode=read key=nonsense'),
	replay => frame('H', 'hello mode=read replay=-1'), lines => frame('H', 'hello mode=log lines=0'),
	twice => $hello x 2, longer => $hello . "D\x10\x01" . 'x' x 4097, live => $hello . frame('Z', ''),
	break => $hello . "B\0\1x", flood => $hello . (frame('R', '') . frame('T', '')) x 100,
	typist => frame('H', 'hello mode=log') . frame('D', 'x'),
);
$SIG{PIPE} = 'IGNORE';
syswrite $s, $say{$what} // die;
my $got = '';
while (sysread($s, my $b, 65536)) { $got .= $b }
print $got =~ /E..error code=(\w+) text=(.*)/s ? "$1 $2" : "no error: $got";
EOP
for what in garbage zero long data version fields line key replay lines twice longer live break flood typist; do
	like "$what: told so, and shown out" "$(timeout 20 perl "$T/abuse.pl" "$run/console.nas" $what | tr -d '\000')" '^protocol '
done
# half a hello, and nothing more: it has ten seconds
start=$(date +%s)
perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Peer => $ARGV[0]); syswrite $s, "H\0"; sysread $s, $b, 1' "$run/console.nas"
between 'who says nothing has ten seconds' $(($(date +%s) - start)) 9 13
# some who come and go without end: one and the same, then one who is always another
come_and_go() { # come_and_go N KEY
	perl -MIO::Socket::UNIX -e 'my ($path, $n, $key) = @ARGV; for (1 .. $n) { my $s = IO::Socket::UNIX->new(Peer => $path) or die;
		my $m = "hello mode=read replay=0" . ($key ? sprintf " key=SHA256:%05d%s", $_, "x" x 38 : "");
		syswrite $s, "H" . pack("n", length $m) . $m; sysread $s, my $b, 4 }' "$run/console.nas" "$@"
}
noted() { grep -c '^viewer' "$T/said"; }
before=$(noted)
come_and_go 300 0
between 'the audit is not flooded by one' $(($(noted) - before)) 30 120
before=$(noted)
start=$(date +%s)
come_and_go 1000 1
between 'nor by a thousand' $(($(noted) - before)) 1 $((60 * (($(date +%s) - start) / 10 + 2)))
machine send 'still here\r\n' >/dev/null
viewer last -r --replay 100
check 'after all of that the console works' shown last 'still here'
is 'it is the same worker' "$(grep -c ^worker "$T/said")" 1
console_down
is 'it ends in order' $? 0
check 'no error of the sanitizers' sh -c "! grep -E 'Sanitizer|runtime error' '$T/worker.log'"
done_testing
