# A server's console behind a real USB adapter, with the whole daemon: every byte is recorded, whatever is pulled out, set
# wrongly, or in use; BREAK and SysRq reach the kernel at the other end.
# shellcheck shell=sh disable=SC2016,SC2012
home_alone
bytes=160000
[ -z "$OOBM_LONG" ] || bytes=10485760	# takes a quarter of an hour, also in time travel

recording() { oobm --json status | grep -q '"recording": *1'; }
not_recording() { ! recording; }
# console_up OPTIONS-OF-ATXSERVER LINE...: server and daemon, with these lines in the target's section.
console_up() {
	local options=$1
	shift
	# shellcheck disable=SC2086 # words
	server_up --on $options || return
	conf_targets=$(server_target "$@")
	oobmd_config
	mark oobmd
	oobmd_start
}
console_down() {
	oobmd_stop
	server_down
	rm -rf /var/lib/oobmd/console
}

# at_console WHAT STEP...: a terminal with oobm console; beside `run`, $W and atxctl are known.
at_console() {
	local what=$1
	shift
	check "$what" "$TOOLS/ptychat" ip netns exec home "$OOBM_BUILD/src/oobm" console nas -- seconds 60 expect '? for help]' "$@"
}
ctl="$TOOLS/atxctl -S $W/nas/control"

# What was recorded, and of a flood how many of its numbered lines came in their order; "broken after N" if one is missing.
recordings() { ls /var/lib/oobmd/console/nas.log.* 2>/dev/null | sort -r; ls /var/lib/oobmd/console/nas.log; }
# shellcheck disable=SC2046 # files
said() { "$LAB/recorded" $(recordings); }
flood_lines() {
	said | perl -ne 'next unless /^(\d{8}) [a-z]{53}\r?$/; if ($1 != $n) { print "broken after $n\n"; exit } $n++;
		BEGIN { $n = 0 } END { print "$n\n" }' | head -n 1
}
flood_recorded() { [ "$(flood_lines)" = "$1" ]; }
lost() { server_ctl status | grep -o 'lost [0-9]*'; }

# flooded SPEED WHAT: so many bytes at full speed, all of which are recorded.
flooded() {
	local began
	server_mark
	began=$(uptime)
	server_ctl flood $bytes
	server_saw 'all of the flood is out' $((bytes * 10 / $1 + 60))
	say "$bytes bytes in $(awk -v a="$began" -v b="$(uptime)" 'BEGIN { print b - a }') s"
	check "$2: all of it is recorded" wait_until 20 flood_recorded $((bytes / 64)) || say "$(flood_lines) lines of $((bytes / 64))"
	is "$2: the adapter lost nothing" "$(lost)" 'lost 0'
}

for speed in 115200 921600; do
	for viewers in 0 8; do
		console_up "--speed $speed" "speed = $speed" 'log-size = 16384' || not_ok "the server is there"
		check "$speed, $viewers viewers: the console is recorded" wait_until 30 recording || return
		i=0
		while [ $i -lt $viewers ]; do
			i=$((i + 1))
			daemon "viewer$i" ip netns exec home "$OOBM_BUILD/src/oobm" console nas -r --replay 0 </dev/null
		done
		[ $viewers = 0 ] || { wait_log oobmd 'looks on' 20 >/dev/null; sleep 1; pids_of home oobm | head -n 1 | xargs kill -STOP; }
		flooded $speed "$speed, $viewers viewers, one of them stopped"
		for i in 1 2 3 4 5 6 7 8; do
			[ $viewers = 0 ] || { daemon_signal viewer$i CONT; daemon_end viewer$i; }
		done 2>/dev/null
		console_down
	done
done

say "BREAK, SysRq, and who else has the port"
console_up "" || not_ok "the server is there"
check "the console is recorded" wait_until 30 recording
server_mark
at_console "~B is a BREAK, and the next key is for SysRq" send '\r~B' run "$ctl wait 'serial: BREAK' 20" send 's' \
	expect 'Emergency Sync complete' send '\r~Rs' expect 'Emergency Sync complete' send '\r~.' exit 0 modes same
like "who else opens the port is told who has it" "$("$TOOLS/portchat" "$(server_tty)" 2>&1)" 'in use by oobm-console, process'
is "and it has a lock file that cu and tio know" "$(ls /run/lock /var/lock 2>/dev/null | grep -c "LCK..$(basename "$(server_tty)")" | sed 's/[1-9]/some/')" some

say "pulled out, and put in again"
at_console "who looks on is told, and goes on" run "$ctl unplug" expect 'unplugged' run "$ctl plug" expect 'the port is there' \
	run "$ctl say 'here I am'" expect 'here I am' send '~.' exit 0
check "it is recorded again" wait_until 30 recording
server_unplug
check "the status says why not" wait_until 10 not_recording
like "in words" "$(oobm status)" 'unplugged|no serial port'
server_replug
check "and when it is back" wait_until 30 recording
server_ctl say 'back again\r\n'
said_again() { said | grep -q 'back again'; }
check "what it says is recorded" wait_until 10 said_again

say "the worker is killed"
mark oobmd
oobmd_kill oobm-console
check "it is started again" wait_log oobmd 'oobm-console.* is ready' 30
check "and records" wait_until 30 recording
server_ctl say 'after the kill\r\n'
said_more() { said | grep -q 'after the kill'; }
check "what it says" wait_until 10 said_more
oobmd_stop
daemon holder "$TOOLS/portchat" "$(server_tty)" expect never
wait_log holder '^opened' 10 >/dev/null
mark oobmd
oobmd_start
like "a port that is in use is named" "$(wait_log oobmd 'no console:' 30)" 'ttyUSB[0-9]+: in use by'
daemon_end holder
check "and taken when it is free" wait_until 60 recording
console_down

say "other settings"
console_up "--frame 7E1" 'parity = even' 'data-bits = 7'
check "7E1: the console is recorded" wait_until 30 recording
at_console "7E1: what is said and typed" send 'root\r' expect 'nas:~# ' send 'echo even\r' expect '\r\neven\r\n' send '~.' exit 0
console_down
console_up "" 'speed = 9600'
check "a wrong speed: the console is recorded" wait_until 30 recording
at_console "a wrong speed is garbage, and harms nobody's terminal" run "$ctl flood 20000" run "$ctl wait 'all of the flood' 30" \
	send '\r~.' exit 0 modes same
console_down
console_up "--flow rtscts" 'flow = rtscts' 'log-size = 16384'
check "RTS/CTS: the console is recorded" wait_until 30 recording
flooded 115200 "RTS/CTS"
console_down
