# kill -9 of $VICTIM in a hold, at each moment of it: the button is let go, and it is reported.
# shellcheck shell=sh disable=SC2119
SERVER_SERIAL=
home_alone
server_up
conf_targets=$(server_target 'on-time = 3s' 'off-time = 2s' 'pause = 1s')
[ -n "$LAB_TRAVEL" ] || gpio_trace_start
oobmd_start
check "power is ready" wait_log oobmd 'oobm-power is ready' 30 || return

# In real time each moment takes some ten seconds.
step=2200
[ -z "$LAB_TRAVEL" ] || step=200
[ -z "$OOBM_LONG" ] || step=100

# Begins a hold and kills WHO so many milliseconds later; $LATE is how long the line stayed active after that.
kill_in_hold() {
	local pid began killed
	server_ctl be hung
	wait_log oobmd 'oobm-power.* nas: led on' 20 >/dev/null
	server_mark
	mark asked oobmd
	[ -n "$LAB_TRAVEL" ] || gpio_trace_mark
	pid=$(pids_of home "$1")
	daemon asked ip netns exec home "$OOBM_BUILD/src/oobm" power nas force-off
	began=$(server_ctl wait 'line: power active' 30 --since "$SERVER_MARK" | sed 's/.* at \([0-9.]*\) .*/\1/')
	killed=$(perl -MTime::HiRes=clock_gettime,sleep,CLOCK_MONOTONIC -e '
		my ($began, $ms, $pid, $signal) = @ARGV;
		my $left = $began + $ms / 1000 - clock_gettime(CLOCK_MONOTONIC);
		sleep $left if $left > 0;
		printf "%.6f\n", clock_gettime(CLOCK_MONOTONIC);
		kill $signal, $pid or die "$!\n"' "$began" "$2" "$pid" "${3:-KILL}") || return
	server_saw 'line: power inactive' 10 || return
	LATE=$(server_ctl edges --since "$SERVER_MARK" | awk -v k="$killed" '$3 == "inactive" { printf "%.1f", ($2 - k) * 1000 }')
	STALLED=0
	[ -n "$LAB_TRAVEL" ] || STALLED=$(stalled | cut -d. -f1)
}

# What the owner can read about it since `mark`: lines of the history.
reports() { oobm history -n 1000 | grep -c "$1"; }

# Everybody is there again.
restored() {
	[ "$1" != oobmd ] || { wait_until 10 negate daemon_runs oobmd; oobmd_start; }
	wait_log oobmd 'oobm-power is ready' 30 >/dev/null
}

# killed WHO TEXT: at each moment of a hold; the button is let go within 100 ms, and the history has TEXT each time.
killed() {
	local ms try before worst=0 slow='' pulses='' told=''
	for ms in $(seq 0 "$step" 5400); do
		for try in 1 2 3; do
			before=$(reports "$2")
			LATE=9999
			kill_in_hold "$1" "$ms"
			restored "$1"
			[ "$(server_ctl edges --since "$SERVER_MARK" | wc -l)" = 2 ] || pulses="$pulses $ms"
			[ "$(reports "$2")" = $((before + 1)) ] || told="$told $ms"
			! in_time || break
			[ -z "$LAB_TRAVEL" ] && [ "$STALLED" -ge 20 ] || break
			say "try $try, $ms ms: late by $LATE ms, but for $STALLED ms nothing ran at all"
		done
		in_time || slow="$slow $ms:$LATE"
		worst=$(awk -v a="$worst" -v b="$LATE" 'BEGIN { print (b > a) ? b : a }')
	done
	is "$1 killed in a hold: let go within 100 ms; at worst $worst ms" "$slow" ""
	is "$1: and not pressed again" "$pulses" ""
	is "$1: told each time" "$told" ""
}
in_time() { awk -v g="$LATE" 'BEGIN { exit !(g >= -1 && g <= 100) }'; }

# Who only asked does not matter to the machine: the hold goes on to its end, and its result is in the history.
agent_killed() {
	local ms before held='' lost=''
	for ms in $(seq 0 "$step" 5400); do
		before=$(reports 'went off after')
		kill_in_hold oobm-agent "$ms"
		wait_log oobmd 'oobm-agent is ready' 30 >/dev/null
		held="$held$(pressed) "
		wait_log oobmd 'oobm-agent.* went off after' 20 >/dev/null
		[ "$(reports 'went off after')" -gt "$before" ] || lost="$lost $ms"
	done
	# shellcheck disable=SC2086 # words
	is "oobm-agent killed in a hold: it goes on to its end" "$(printf '%s\n' $held | sort -u)" hold
	is "oobm-agent: its result is told each time" "$lost" ""
}

# A worker that hangs is no better than a dead one.
worker_stopped() {
	kill_in_hold oobm-power 1000 STOP
	between "oobm-power stopped in a hold: the guard lets go when the time is over" "$(press_widths)" 5450 5700
	check "and the parent ends it" wait_log oobmd 'oobm-power is ready' 200
}

case ${VICTIM:?} in
oobm-power) killed oobm-power 'was cut short, and the button is let go: oobm-power died'; worker_stopped;;
oobm-guard) killed oobm-guard 'force-off: oobm-power died .* it let all buttons go';;
oobmd) killed oobmd 'was cut short, and the button is let go: oobmd ended';;
oobm-agent) agent_killed;;
esac
oobmd_stop
is "it ends well" $? 0
