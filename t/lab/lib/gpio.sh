# gpio.sh - GPIO chips (the kernel's gpio-sim), and a record of who drove which line when. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2153

# shellcheck disable=SC2016,SC2086 # words of awk and perl; names without blanks
SIM=/sys/kernel/config/gpio-sim
TRACE=/sys/kernel/tracing

# chip_make NAME LABEL LINES [OFFSET:LINENAME]...: a chip, which chip_device NAME then names.
chip_make() {
	local name=$1 label=$2 lines=$3 l
	shift 3
	mkdir -p "$SIM/$name/bank" || return
	echo "$lines" >"$SIM/$name/bank/num_lines"
	echo "$label" >"$SIM/$name/bank/label"
	for l; do
		mkdir "$SIM/$name/bank/line${l%%:*}"
		echo "${l#*:}" >"$SIM/$name/bank/line${l%%:*}/name"
	done
	chip_plug "$name"
}

# chip_plug NAME, chip_unplug NAME: as a chip on USB comes and goes, whoever holds its lines.
chip_plug() {
	echo 1 >"$SIM/$1/live" && wait_until 10 test -c "/dev/$(chip_device "$1")" || return
	chgrp gpio "/dev/$(chip_device "$1")"
	chmod 660 "/dev/$(chip_device "$1")"
}
chip_unplug() { echo 0 >"$SIM/$1/live"; }

chip_device() { cat "$SIM/$1/bank/chip_name"; }
chip_sysfs() { echo "/sys/devices/platform/$(cat "$SIM/$1/dev_name")/$(chip_device "$1")/sim_gpio$2"; }

# chip_level NAME OFFSET: 0 or 1 on the wire, whoever drives it. chip_pull NAME OFFSET up|down: what is outside.
chip_level() { cat "$(chip_sysfs "$1" "$2")/value"; }
chip_pull() { echo "pull-$3" >"$(chip_sysfs "$1" "$2")/pull"; }

# The number that the kernel's trace has for a line.
chip_number() {
	local d
	for d in "/sys/devices/platform/$(cat "$SIM/$1/dev_name")"/gpio/gpiochip*; do
		echo $(($(cat "$d/base") + $2))
		return
	done
}

# From here on each setting of an output is recorded, with each signal to a process.
gpio_trace_start() {
	mountpoint -q $TRACE || mount -t tracefs none $TRACE || return
	echo 0 >$TRACE/tracing_on
	echo mono >$TRACE/trace_clock
	echo 4096 >$TRACE/buffer_size_kb
	echo 1 >$TRACE/events/gpio/enable
	echo 1 >$TRACE/events/signal/signal_generate/enable
	: >$TRACE/trace
	echo 1 >$TRACE/tracing_on
	# Whoever measures milliseconds wants to know when the whole guest stood still, on a machine with other work.
	daemon stalls perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC,sleep -e '$| = 1; for (my $t = clock_gettime(CLOCK_MONOTONIC);;) {
		sleep 0.005; my $now = clock_gettime(CLOCK_MONOTONIC); my $late = ($now - $t) * 1000 - 5; $t = $now;
		printf "%.6f %.1f\n", $now, $late if $late > 5 }'
	GPIO_MARK=0
}
gpio_trace_mark() {
	GPIO_MARK=$(awk '{ print $1 }' /proc/uptime)
	: >$TRACE/trace
}
# The longest time, in ms, that a program which wanted to run did not, since the mark.
stalled() { awk -v from="$GPIO_MARK" '$1 >= from && $2 > worst { worst = $2 } END { print worst + 0 }' $W/log/stalls.log; }

# timed WHAT LOW HIGH COMMAND...: COMMAND sets $TOOK, milliseconds; they are within limits. If they are not, and the guest stood
# still meanwhile, it is done again, up to five times.
timed() {
	local what=$1 low=$2 high=$3 try
	shift 3
	for try in 1 2 3 4 5; do
		gpio_trace_mark
		TOOK=
		"$@"
		awk -v g="$TOOK" -v l="$low" -v h="$high" 'BEGIN { exit !(g != "" && g >= l && g <= h) }' && break
		[ "$(stalled | cut -d. -f1)" -ge 5 ] || break
		say "try $try: $TOOK ms, but for $(stalled) ms nothing ran at all"
	done
	between "$what: $TOOK ms" "$TOOK" "$low" "$high"
}

# gpio_settings NAME OFFSET: what the line was set to since the mark, as "SECONDS LEVEL PROGRAM" by the monotonic clock;
# gpio_edges: of equal ones after each other only the first.
gpio_settings() {
	awk -v n="$(chip_number "$1" "$2")" '/ gpio_value: / { who = $0; sub(/-[0-9]+ +\[.*/, "", who); gsub(/ /, "", who)
		sub(/^.*\] [^ ]+ +/, ""); sub(/:/, "", $1); if ($3 == n && $4 == "set") print $1, $5, who }' $TRACE/trace
}
gpio_edges() {
	gpio_settings "$1" "$2" | awk '$2 != level { print; level = $2 }'
}

# gpio_lasted NAME OFFSET ACTIVE: for each time it was ACTIVE (0 or 1), the milliseconds.
gpio_lasted() {
	gpio_edges "$1" "$2" | awk -v active="$3" '$2 == active { since = $1 } $2 != active && since { printf "%.1f\n", ($1 - since) * 1000; since = 0 }'
}

# gpio_signalled PID SIGNAL: when, by the same clock.
gpio_signalled() {
	awk -v pid="$1" -v signal="$2" '/ signal_generate: / { sub(/^.*\] [^ ]+ +/, ""); sub(/:/, "", $1)
		if ($3 == "sig=" signal && index($0, " pid=" pid " ")) print $1 }' $TRACE/trace
}
