# report.sh - what happens in the world, told and waited for. Part of world.sh.
# shellcheck shell=sh disable=SC3043

# Seconds since the guest booted, as 12.34; in time travel, of its time.
uptime() { local up; read -r up _ </proc/uptime; echo "$up"; }

say() { printf '# [%7s] %s\n' "$(uptime)" "$*"; }

log_file() { case $1 in */*) echo "$1";; *) echo "$W/log/$1.log";; esac; }

# mark LOG...: later wait_log calls for these look only at what comes after this.
mark() {
	local f
	for f; do stat -c %s "$(log_file "$f")" 2>/dev/null >"$W/mark/$f" || echo 0 >"$W/mark/$f"; done
}

# wait_log LOG REGEX SECONDS: prints the first matching line since mark. LOG is the name of a daemon or a path.
wait_log() {
	local from=0
	case $1 in */*) ;; *) [ ! -s "$W/mark/$1" ] || from=$(cat "$W/mark/$1");; esac
	"$TOOLS/waitfor" -o "$from" -- "$(log_file "$1")" "$2" "$3"
}

# What LOG has said since mark.
log_since() { tail -c +$(($(cat "$W/mark/$1" 2>/dev/null || echo 0) + 1)) "$(log_file "$1")"; }

# wait_until SECONDS COMMAND...: for what no log line tells, e.g. a port that listens. Asks ten times a second.
wait_until() {
	local tries=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ $tries -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.1
	done
}
