# procs.sh - the daemons of the world, by name. Part of world.sh.
# shellcheck shell=sh disable=SC3043

# daemon NAME COMMAND...: in the background, its output in $W/log/NAME.log.
daemon() {
	local name=$1
	shift
	"$@" >>"$W/log/$name.log" 2>&1 </dev/null &
	echo $! >"$W/pid/$name"
}

daemon_pid() { cat "$W/pid/$1" 2>/dev/null; }

daemon_runs() { local p; p=$(daemon_pid "$1") && [ -d "/proc/$p" ] && ! grep -q '^State:.Z' "/proc/$p/status"; }

# daemon_signal NAME SIGNAL
daemon_signal() { kill "-$2" "$(daemon_pid "$1")"; }

# daemon_end NAME: asks, waits, and after 10 s insists. Its exit status.
daemon_end() {
	local p status
	p=$(daemon_pid "$1") || return 0
	kill "$p" 2>/dev/null
	kill -CONT "$p" 2>/dev/null
	wait_until 10 negate daemon_runs "$1" || kill -KILL "$p" 2>/dev/null
	wait "$p" 2>/dev/null
	status=$?
	rm -f "$W/pid/$1"
	return $status
}

# pids_of NAMESPACE PATTERN: the processes of such a name in a namespace.
pids_of() {
	local p comm
	for p in $(ip netns pids "$1"); do
		{ read -r comm <"/proc/$p/comm"; } 2>/dev/null || continue
		# shellcheck disable=SC2254 # it is a pattern
		case $comm in $2) echo "$p";; esac
	done
}
