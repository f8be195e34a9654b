#!/bin/sh
# The serial port of a console: looked for, locked, in use by others, unplugged and plugged in again; and what is typed
# when it does not take it.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/console.sh"

told() { within "${3:-3000}" grep -qF -- "$2" "$T/$1.err"; }
# what the machine said before it was unplugged has to be there: the system forgets what nobody has read
has() { [ "$(wc -c <"$T/early.out")" -eq "$1" ]; }
remark() { within 5000 grep -qE "Z#$1" "$T/state/console/nas.log"; }

# --- not there yet -----------------------------------------------------------------------------------
console_up
check 'a port that is not there is named' said "console-state target=nas ok=0 text=$T/tty.nas: no such port; is it plugged in\\?" 3000
viewer early -r
check 'who looks on is told' told early 'the serial port of nas is not there now'
machine_up
check 'it is found when it comes' said 'claim path=/dev/pts/' 6000
check 'and opened' said 'console-state target=nas ok=1 text=$' 1000
check 'who looks on is told that, too' told early 'the port is there: /dev/pts/'

# --- unplugged and plugged in again ------------------------------------------------------------------------
"$lab/ptyline" --pattern 30000 >"$T/want"
machine flood 10000 >/dev/null
within 3000 has 10000
mark_said
machine unplug >/dev/null
check 'an unplugged port is noticed' said 'console-state .*ok=0 text=/dev/pts/[0-9]+: unplugged' 1000
check 'its lock is given back' said 'release path=/dev/pts/' 1000
check 'who looks on is told' told early 'the port is lost'
mark_said
printf 'x' | "$oobm" console nas 2>"$T/typed.err" >/dev/null 5>&- 6>&- 7>&-
check 'who types is told that it is not sent' told typed 'what you type is not sent: the serial port of nas is not there'
machine plug >/dev/null
check 'a port that comes back is opened' said 'console-state .*ok=1' 6000
machine flood 10000 >/dev/null
within 3000 has 20000
for i in 1 2 3 4 5; do
	mark_said
	machine unplug >/dev/null
	said 'ok=0' 2000
	machine plug >/dev/null
	said 'ok=1' 6000 || not_ok "plugged in again, number $i"
	machine send "$i\\r\\n" >/dev/null
	within 3000 has $((20000 + 3 * i))
done
check 'the recording says when it was lost' remark 'the port is lost'
check 'and when it came back' remark 'recording: /dev/pts/'
console_down
head -c 10000 "$T/want" >"$T/once"
{ cat "$T/once" "$T/once"; for i in 1 2 3 4 5; do printf '%s\r\n' $i; done; } >"$T/all"
recorded "$T/state/console/nas.log" >"$T/got"
check 'and has all that came' cmp "$T/all" "$T/got"
check 'so has who looked on' cmp "$T/all" "$T/early.out"

# --- others ------------------------------------------------------------------------------------------------------
echo "/dev/ttyUSB5 is used by process 77 (/var/lock/LCK..ttyUSB5); end that program" >"$T/deny"
console_up
check 'a port that oobmd may not give is left alone' said 'ok=0 text=.*is used by process 77' 3000
check 'others can have it' perl -MFcntl=:flock -e 'open F, "+<", $ARGV[0] or die; flock F, LOCK_EX | LOCK_NB or die' "$T/tty.nas"
rm "$T/deny"
check 'and taken when it may be' said 'ok=1' 6000
check_not 'then others are refused' perl -MFcntl=:flock -e 'open F, "+<", $ARGV[0] or die; flock F, LOCK_EX | LOCK_NB or die' "$T/tty.nas"
console_down
perl -MFcntl=:flock -e '$| = 1; open F, "+<", $ARGV[0] or die; flock F, LOCK_EX | LOCK_NB or die; print "locked\n"; sleep 60' \
	"$T/tty.nas" >"$T/locked" &
BACKGROUND="$BACKGROUND $!"
other=$!
within 3000 grep -q locked "$T/locked"
console_up
check 'a port that somebody else has locked: who is told' said "ok=0 text=/dev/pts/[0-9]+: in use by perl, process $other; stop it first" 3000
kill "$other"
check 'and taken when he has gone' said 'ok=1' 6000
console_down
console_up device=/dev/null
check 'what is no serial port' said 'ok=0 text=/dev/null: not a serial port' 3000
console_down

# --- what goes out ------------------------------------------------------------------------------------------------------
console_up
said 'console-state .*ok=1' 5000
machine clear >/dev/null
"$lab/ptyline" --pattern 1000000 >"$T/paste"
"$oobm" console nas <"$T/paste" >/dev/null 2>"$T/paste.err" 5>&- 6>&- 7>&-
machine received "$T/got" >/dev/null
check 'a megabyte that is pasted arrives' cmp "$T/paste" "$T/got"
machine drain off >/dev/null
cat "$T/paste" "$T/paste" | "$oobm" console nas >/dev/null 2>"$T/stuck.err" 5>&- 6>&- 7>&- &
BACKGROUND="$BACKGROUND $!"
mark_said
viewer beside -r
said 'looks on' 3000
machine send 'and still it is read\r\n' >/dev/null
check 'a line that takes nothing is read all the same' within 3000 grep -q 'still it is read' "$T/beside.out"
check 'and who types is told, after a while' told stuck 'the line has not taken anything for 10 s' 15000
machine drain on >/dev/null
console_down
is 'it ends in order' $? 0

# --- settings ----------------------------------------------------------------------------------------------------------------
good='name=x device=/dev/null speed=9600 parity=none data-bits=8 stop-bits=1 flow=none log-size=64 dir=/nonexistent'
script="$T/script"
for wrong in 'speed=fast' 'parity=mark' 'data-bits=9' 'stop-bits=3' 'flow=dtr' 'name=../x' 'log-size=0' 'usb=1:2' 'interface=999'; do
	key=${wrong%%=*}
	printf 'test refused: %s\n> console %s %s\nexits 1\nstart\n' "$wrong" \
		"$(echo "$good" | sed "s| $key=[^ ]*||; s|^$key=[^ ]* ||")" "$wrong"
done >"$script"
cat >>"$script" <<-EOS
	test refused: start without a console
	> start
	exits 1
	start
	test refused: a second console
	> console $good
	> console $good
	exits 1
	start
	test refused: a text that is too long to be looked for
	> console $good
	> watch pattern=$(printf 'x%.0s' $(seq 100))
	exits 1
	start
	test refused: an operator without a number
	> console $good
	> operator name=a uid=b
	exits 1
EOS
"$lab/workerdrive" --log "$T/drive.log" "$worker" -d $as_root <"$script" >"$T/drive.out" 2>&1
n=$(grep -c '^ok' "$T/drive.out")
is 'each wrong setting ends it, with a message' "$n $(grep -c '^not ok' "$T/drive.out")" '13 0' || sed 's/^/#	/' "$T/drive.out"
between 'that says which' "$(grep -c 'protocol error from the parent: ' "$T/drive.log")" 13 13
done_testing
