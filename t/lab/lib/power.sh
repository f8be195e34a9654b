# power.sh - what is asked of a server's buttons, and what becomes of it. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2034

# What the small computer did to the lines, since server_mark, in words: press (500 ms +-20), hold (5500 ms +-50), reset
# (500 ms +-20, on that line), or the milliseconds of anything else.
pressed() {
	server_ctl presses --since "$SERVER_MARK" | awk '{ w = $2 }
		$2 >= 480 && $2 <= 520 { w = "press" } $2 >= 5450 && $2 <= 5550 { w = "hold" }
		$1 == "reset" { w = w == "press" ? "reset" : "reset " w } { printf "%s%s", sep, w; sep = " " } END { if (NR) print "" }'
}

# asked STATE FAULTS REQUEST STATUS TEXT PRESSED POWER: brings the server into STATE (atxctl be) with FAULTS, asks
# `oobm power $SERVER REQUEST`, and says with one test whether the exit status, the last line (a regular expression), the
# presses and what became of the server are as they should be. In real time, on a machine with other work, a press can
# only be as exact as the guest is awake: what went wrong while it stood still is done again.
asked() {
	local try got status text
	for try in 1 2 3; do
		server_be "$1" "$2"
		server_mark
		[ -n "$LAB_TRAVEL" ] || gpio_trace_mark
		status=0
		# shellcheck disable=SC2086 # verb and options
		oobm power "$SERVER" $3 >$W/asked 2>&1 || status=$?
		settled
		text=$(tail -n 1 $W/asked)
		got="$status $(pressed) $(server_power)"
		[ "$got" != "$4 $6 $7" ] || break
		[ -z "$LAB_TRAVEL" ] && [ "$(stalled | cut -d. -f1)" -ge 5 ] || break
		say "try $try: $got, but for $(stalled) ms nothing ran at all"
	done
	if [ "$got" = "$4 $6 $7" ] && printf '%s\n' "$text" | grep -qE -- "$5"; then
		ok "$1${2:+ ($2)}: $3: ${text#oobm: }"
	else
		not_ok "$1${2:+ ($2)}: $3"
		printf '#\tgot:    %s: %s\n#\twanted: %s: %s\n' "$got" "$text" "$4 $6 $7" "$5"
		sed 's/^/#\t| /' $W/asked
	fi
}

# The server is as a test wants it, and its LED has been so for longer than anybody looks.
server_be() {
	local f
	server_ctl fault clear
	sleep 0.1
	server_ctl be "$1"
	for f in $2; do server_ctl fault "$f"; done
	sleep 6
}

# Nobody presses any more.
settled() { wait_until 20 released; }
released() { ! server_ctl presses --since "$SERVER_MARK" | grep -q ' held '; }
