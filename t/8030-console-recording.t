#!/bin/sh
# The recording of a console: its form, its size, when it is written, a full disk, a worker that is killed; the texts that
# are looked for in it, the last line; and how oobm log shows it.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/console.sh"

log=$T/state/console/nas.log
parts() { ls "$log".? 2>/dev/null | sort -r; echo "$log"; }
total() { cat $(parts) | wc -c; }
holds() { recorded $(parts) | tail -c "$1" | cmp -s - "$2"; }
restart() { # restart ARGUMENT...: another worker, with an empty directory
	console_down
	rm -rf "$T/state"
	console_up "$@"
	said 'console-state .*ok=1' 5000
}
machine_up
console_up
said 'console-state .*ok=1' 5000

# --- its form ------------------------------------------------------------------------------------------
machine send 'GRUB\r\n\e[1;32mDebian\e[0m login: ' >/dev/null
within 5000 grep -q login "$log"
like 'a line has its time, in UTC' "$(cat "$log")" "^$(date -u +%Y-%m-%dT%H):[0-9]{2}:[0-9]{2}\.[0-9]{3}Z GRUB"
sleep 1.1	# the pause is what is tested
machine send 'root\r\n' >/dev/null
within 5000 grep -q root "$log"
like 'what comes after a pause has its own time' "$(cat "$log")" 'Z\+root'
is 'nobody else can read it' "$(stat -c %a "$log" "$T/state/console" | xargs)" '600 700'
like 'a remark says what is recorded' "$(cat "$log")" 'Z#recording: /dev/pts/[0-9]+, 115200 8N1'

# --- oobm log ------------------------------------------------------------------------------------------------
out=$("$oobm" log nas)
like 'oobm log shows it' "$out" 'Z Debian login: $'
like 'with the rest of a line marked' "$out" 'Z\+root$'
like 'and remarks' "$out" 'Z -- recording: '
unlike 'without control functions' "$(printf %s "$out" | cat -v)" '\^'
is 'the last line only' "$("$oobm" log nas -n 1 | cut -c 25-)" '+root'
is 'the last two' "$("$oobm" log nas -n 2 | wc -l)" 2
is 'JSON' "$("$oobm" -j log nas -n 1 | perl -MJSON::PP -0777 -ne '$j = decode_json($_);
	print "$j->{target} $j->{lines}[0]{kind} $j->{lines}[0]{text}"')" 'nas rest root'
machine send '10%\r20%\r\e]0;title\x07done\r\nrm -rf /\x08\x08\x08\x08\x08\x08\x08\x08ls\r\n\xff\xc2\x9b\r\n' >/dev/null
within 3000 sh -c "'$oobm' log nas -n 1 | grep -q '?'"
is 'what was written over is as it was seen in the end' "$("$oobm" log nas -n 3 | cut -c 25-)" "$(printf ' done\n ls\n ???')"
mark_said
"$oobm" log -f nas >"$T/follow" 2>&1 5>&- 6>&- 7>&- &
follow=$!
BACKGROUND="$BACKGROUND $follow"
said 'text=reads the recording' 3000
machine send 'followed\r\n' >/dev/null
check '-f goes on' within 3000 grep -q 'Z followed$' "$T/follow"
"$oobm" log -f -j -n 1 nas >"$T/objects" 2>&1 5>&- 6>&- 7>&- &
BACKGROUND="$BACKGROUND $!"
check 'with one object a line, for JSON' within 3000 grep -q '^{.*"followed".*}$' "$T/objects"
parent kill
check 'until the worker is gone' within 3000 grep -q 'worker is gone' "$T/follow"
"$oobm" log nosuch >/dev/null 2>"$T/err"
is 'an unknown machine' "$? $(cat "$T/err")" "2 oobm: there is no console of 'nosuch'; there are: nas"

# --- killed ------------------------------------------------------------------------------------------------------
restart
"$lab/ptyline" --pattern 300000 >"$T/want"
machine flood 300000 100000 >/dev/null &
flood=$!
within 5000 sh -c "[ \$(wc -c <'$log') -gt 100000 ]"
parent kill
wait $flood
mark_said
said 'ok=1' 3000
within 5000 sh -c "tail -c 200 '$log' | grep -q 0000004686"
check 'killed in the middle: what it leaves is a recording' recorded $(parts)
recorded $(parts) >"$T/got"
# all but what was not on disk yet (a block) and what the system lost at the hang-up is there, in order
between 'of which a block is missing at most' $((300000 - $(wc -c <"$T/got"))) 0 100000
like 'and the next one begins a line' "$(cat $(parts) | grep -a '#recording' | tail -n 1)" '^[0-9T:.Z-]+#recording'
check 'the rest is as it came' perl -e 'open F, "<", $ARGV[0]; local $/; $w = <F>; open F, "<", $ARGV[1]; $at = 0; $bad = 0;
	for (split /(?<=\n)/, <F>) { $i = index $w, $_, $at; $i < 0 ? $bad++ : ($at = $i + length) } exit($bad > 2)' "$T/want" "$T/got"

# --- its size --------------------------------------------------------------------------------------------------------
restart log-size=256
"$lab/ptyline" --pattern 2000000 >"$T/want"
viewer beside -r
background sh -c "while :; do for f in '$log' '$log'.?; do stat -c %s \"\$f\"; done 2>/dev/null | awk '{ n += \$1 } END { print n + 0 }'; done >'$T/sizes'"
machine flood 2000000 500000 >/dev/null
within 5000 holds 64000 "$T/want.end" || { tail -c 64000 "$T/want" >"$T/want.end"; within 5000 holds 64000 "$T/want.end"; }
check 'the newest is there, whole' holds 64000 "$T/want.end"
between 'all files together are as large as they may be' "$(total)" 180000 262144
between 'and never were larger' "$(sort -n "$T/sizes" | tail -n 1)" 180000 262144
is 'there are four' "$(parts | wc -l)" 4
is 'each begins with a line' "$(for f in $(parts); do head -c 25 "$f" | grep -cE 'Z[ #]$'; done | xargs)" '1 1 1 1'
recorded $(parts) >"$T/got"
check 'what is left of it has no gap' sh -c "tail -c \$(wc -c <'$T/got') '$T/want' | cmp - '$T/got'"
"$oobm" log nas -n 100000 | grep -cE '^.{24} [0-9]{10} ' >"$T/lines"
is 'oobm log shows all of that' "$(cat "$T/lines")" "$(grep -cE 'Z [0-9]{10} ' $(parts) | awk -F: '{ n += $2 } END { print n }')"
is 'or the last thousand' "$("$oobm" log nas -n 1000 | tail -n 1000 | head -n 1 | cut -c 26-35)" 0000030250
end_background
rm -f "$T/line.nas" "$T/answer.nas"
machine_up

# --- when it is written ----------------------------------------------------------------------------------------------------
rm -rf "$T/state"
console_up
said 'console-state .*ok=1' 5000
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	machine send "line $i\\r\\n" >/dev/null
	sleep 0.2
	wc -c <"$log"
done | sort -u >"$T/writes"
between 'a line every 0.2 s for 4 s: it is written now and then' "$(wc -l <"$T/writes")" 2 4
within 5000 grep -q 'line 20' "$log"
idle() { awk '/^voluntary_ctxt/ { n += $2 } END { print n }' "/proc/$(worker_pid)/task/"*/status; }
writes() { sed -n 's/^syscw: //p' "/proc/$(worker_pid)/io"; }
sleep 6	# until nothing is left to be told
before=$(idle) wrote=$(writes)
sleep 5
between 'a machine that says nothing costs no wake-ups' "$(($(idle) - before))" 0 1	# a sign of life a minute
is 'and no writing' "$(($(writes) - wrote))" 0

# --- files that somebody deletes ------------------------------------------------------------------------------------------------
machine send 'of long ago\r\n' >/dev/null
within 5000 grep -q 'of long ago' "$log"
rm "$log"
machine send 'after that\r\n' >/dev/null
check 'a recording that was deleted begins anew' within 5000 grep -q 'after that' "$log"
like 'and is read from there' "$("$oobm" log nas)" 'Z after that'
rm -r "$T/state/console"
machine send 'and after that\r\n' >/dev/null
check 'the directory, too' within 5000 grep -q 'and after that' "$log"
is 'with its mode' "$(stat -c %a "$log" "$T/state/console" | xargs)" '600 700'

# --- a disk that is full ------------------------------------------------------------------------------------------------------
if [ "$(id -u)" = 0 ] && mkdir "$T/small" && mount -t tmpfs -o size=256k none "$T/small" 2>/dev/null; then
	trap 'end_background; umount "$T/small"; rm -rf "$T"' EXIT
	console_down
	console_up log-size=1024 "dir=$T/small"
	said 'console-state .*ok=1' 5000
	log=$T/small/console/nas.log
	"$lab/ptyline" --pattern 600000 >"$T/want"
	viewer beside -r
	said 'looks on' 3000
	mark_said
	machine flood 600000 400000 >/dev/null
	check 'a full disk is told' said 'ok=1 text=recorded in memory only: .*nas.log: cannot be written: No space left on device' 5000
	is 'once' "$(tail -n +$said_from "$T/said" | grep -c 'memory only')" 1
	within 3000 cmp -s "$T/want" "$T/beside.out"
	check 'who looks on sees all all the same' cmp "$T/want" "$T/beside.out"
	"$oobm" log nas -n 10 >"$T/last"
	is 'the last lines are in memory' "$(tail -n 1 "$T/last" | cut -c 26-35)" 0000009374
	mark_said
	mount -o remount,size=4m "$T/small"
	check 'room again: it is recorded on disk again' said 'ok=1 text=$' 15000
	machine send 'after this\r\n' >/dev/null
	within 5000 grep -q 'after this' "$log"
	like 'what is missing is told in the recording' "$(cat "$log")" 'Z#[0-9]+ bytes of this recording are missing: they could not be written'
	check 'which is one still' recorded "$log"
	console_down
	trap 'end_background; rm -rf "$T"' EXIT
	umount "$T/small"
else
	skip 'a disk that is full: needs root and tmpfs'
	console_down
fi
end_background
rm -f "$T/line.nas" "$T/answer.nas"

# --- what is looked for -------------------------------------------------------------------------------------------------------------
machine_up
console_up 'watch pattern=Kernel%20panic alert=1' 'watch pattern=login:' 'watch pattern=Oops: alert=1' 'watch pattern=BUG: alert=1'
said 'console-state .*ok=1' 5000
machine send 'all is well\r\ndisk is full\r\n\e[31mKernel' >/dev/null
sleep 0.1
machine send '\e[0m pa' >/dev/null
sleep 0.1
mark_said
machine send 'nic - not syncing: \e[1mVFS\e[0m\r\nCPU: 0\r\n' >/dev/null
check 'a text is found across pieces, colours and all, with the lines before it' \
	said '^matched target=nas pattern=Kernel panic text=all is well \| disk is full \| Kernel panic - not syncing: VFS alert=1$' 3000
mark_said
machine send 'Kernel panic again\r\nnas login: ' >/dev/null
check 'a prompt is found, too, though its line has no end' said '^matched target=nas pattern=login: text=.*nas login: $' 3000
is 'the same text is told once a minute only' "$(tail -n +$said_from "$T/said" | grep -c 'pattern=Kernel')" 0
mark_said
for i in 1 2 3 4 5 6 7 8; do
	machine send "trace $i\\r\\n" >/dev/null
	[ $i -ne 2 ] || machine send 'BUG: null\r\n' >/dev/null
	[ $i -ne 5 ] || machine send 'Oops: 2\r\n' >/dev/null
	sleep 0.2
done
check 'of several in a moment the last is told, when it is quiet' said '^matched .*pattern=Oops: text=.*BUG: null \| .*trace 5 \| Oops: 2 alert=1$' 3000
is 'and nothing else' "$(tail -n +$said_from "$T/said" | grep -c '^matched')" 1
machine send 'nas login: ' >/dev/null
check 'the last line is told' said '^last target=nas text=nas login: $' 8000
machine send '\r\n\r\n' >/dev/null
mark_said
sleep 6
is 'once' "$(tail -n +$said_from "$T/said" | grep -c '^last')" 0
mark_said
for i in 1 2 3 4 5 6 7 8 9 10; do
	machine send "line $i\\r\\n" >/dev/null
	sleep 0.1
done
said 'text=line 10' 8000
between 'of many, few are told' "$(tail -n +$said_from "$T/said" | grep -c '^last')" 1 2
mark_said
parent send tell
check 'a new agent is told how it stands' said '^console-state target=nas ok=1' 2000
check 'and the last line' said '^last target=nas text=line 10' 2000
console_down
done_testing
