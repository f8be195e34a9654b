#!/bin/bash
# The lab's server on a pseudo-terminal: what tests of the console rely on where there is no lab kernel.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
lab=$OOBM_BUILD/t/lab
[ -x "$lab/atxserver" ] || skip_all "there is no atxserver on this system"
export ATXSERVER_SOCKET=$T/control

ctl() { "$lab/atxctl" "$@"; }
# start [OPTION]...: returns when it can be asked.
start() {
	background "$lab/atxserver" --pty "$T/console" --log "$T/log" --socket "$ATXSERVER_SOCKET" --bios-ms 100 --menu-ms 3000 \
		--kernel-ms 100 --stop-ms 200 "$@"
	ctl -w 10 wait 'atxserver: ready' 10 >/dev/null
}
end() { end_background; rm -f "$T/log"; }
# chat WHAT STEP...
chat() {
	local what=$1
	shift
	check "$what" "$lab/portchat" "$T/console" seconds 10 "$@" || tail -n 20 "$T/log" | sed 's/^/#	/'
}
numbered() { perl -ne 'BEGIN { $/ = \64 } index($_, sprintf "%08d ", $. - 1) == 0 or die "line $.: $_\n"' "$1"; }

start
is "it is off" "$(ctl power) $(ctl stage) $(ctl led)" "off none off"
chat "pressed by hand, it boots what is chosen" run "$lab/atxctl press power 100" expect 'Lab BIOS' expect 'automatically in 3s' \
	send '2' expect '*2. ' send '\r' expect 'systemd.unit=rescue.target' expect 'maintenance: ' send '\r' expect 'nas:~# '
is "it is on" "$(ctl power) $(ctl stage) $(ctl led)" "on shell on"
chat "it echoes, and obeys" send 'echo hello\r' expect 'echo hello\r\nhello\r\nnas:~# ' send 'poweroff\r' expect 'Power down'
check "and is off" ctl wait 'power: on -> off' 10
like "a press has a width only on GPIO lines" "$(ctl presses; ctl chip 2>&1)" 'no GPIO lines'
end

start --on --flow none
chat "many bytes, each once" send 'root\r' expect 'nas:~# ' send 'cat 50000\r' expect 'cat 50000\r\n' save "50000:$T/got" expect 'nas:~# '
check "in their order" numbered "$T/got"
between "at the speed of the line" "$(awk -F'[][]' '/shell: cat 50000/ { began = $2 } /all of the flood/ { print ($2 - began) * 1000 }' "$T/log")" \
	4300 5500
chat "at another speed it is garbage" as 9600,8N1,none send 'echo hello\r' run "$lab/atxctl wait 'other settings' 10" as 115200,8N1,none \
	send '\x15\r' expect 'nas:~# '
chat "bytes as they are" run "$lab/atxctl say 'a\\e[2Jb\\x00\\xffc'" expect 'a\x1b[2Jb\x00\xffc'
chat "a panic" run "$lab/atxctl panic" expect '] Kernel panic - not syncing'
chat "pulled out" run "$lab/atxctl unplug" gone
check_not "the port is gone" test -e "$T/console"
ctl plug
chat "put in again" run "$lab/atxctl press power 4100; sleep 0.1; $lab/atxctl press power 50" expect 'Lab BIOS'
chat "mains go, and nothing is said" run "$lab/atxctl mains off" run "$lab/atxctl mains on"
is "and it stays off" "$(ctl power)" off
end
done_testing
