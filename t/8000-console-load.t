#!/bin/sh
# oobm-console under load: 10 MB at full speed and at the speeds of a UART, with none, one and many who look on, one of
# whom has stopped. Everything is recorded; who is too slow is told how much was left out, to the byte.
. "${OOBM_SRC:-$(dirname "$0")/..}/t/lib.sh"
. "$OOBM_SRC/t/lab/console.sh"

mb=10485760
"$lab/ptyline" --pattern $mb >"$T/want"

recorded_all() { recorded $(recordings) >"$T/got" && cmp "$T/want" "$T/got"; }
recordings() { ls "$T/state/console/nas.log."* 2>/dev/null | sort -r; echo "$T/state/console/nas.log"; }
flushed() { [ "$(recorded $(recordings) | wc -c)" -eq $mb ]; }

# left_out NAME: how many bytes it was told that it missed.
left_out() { sed -nE 's/.*: ([0-9]+) bytes were left out.*/\1/p' "$T/$1.err" | awk '{ n += $1 } END { print n + 0 }'; }
looking() { [ "$(grep -c 'looks on' "$T/said")" -eq "$1" ]; }
shown() { wc -c <"$T/$1.out"; }
accounted() { [ $(($(shown "$1") + $(left_out "$1"))) -eq $mb ]; }
# What it was shown are pieces of what was sent, in their order, each but the first from a line's beginning on, as many as
# it was told of; the last goes to the end.
in_order() {
	perl -e 'local $/; open F, "<", $ARGV[0]; my $want = <F>; open F, "<", $ARGV[1]; my $got = <F>;
		my ($w, $g, $gaps) = (0, 0, 0);
		while ($g < length $got) {
			my $n = 1 << 20;	# how much is the same from here on
			$n >>= 1 while $n && substr($got, $g, $n) ne substr($want, $w, $n);
			if ($n) { $n = length($got) - $g if $n > length($got) - $g; $w += $n; $g += $n; next }
			# a gap; where it is may be a little before, since what follows may begin as what is missing
			my $back = 0;
			$back++ until $back > 64 || (substr($got, $g - $back, 64) =~ /^(\d{10}) / && $1 * 64 >= $w - $back &&
				substr($got, $g - $back, 64) eq substr($want, $1 * 64, 64));
			die "not in order at $g" if $back > 64;
			$g -= $back; $w = $1 * 64; $gaps++;
		}
		exit($w != length $want || $gaps != $ARGV[2])' "$T/want" "$T/$1.out" "$(grep -c 'were left out' "$T/$1.err")"
}

# --- as fast as it is read ---------------------------------------------------------------------
for viewers in 0 1 8; do
	machine_up
	console_up log-size=65536
	said 'console-state .*ok=1' 5000
	i=0
	while [ $i -lt $viewers ]; do
		i=$((i + 1))
		viewer "v$i" -r
		eval "pid$i=$viewer"
	done
	within 5000 looking $viewers
	[ $viewers -lt 8 ] || kill -STOP "$pid8"
	answer=$(machine flood $mb)
	echo "#	$viewers viewers: $answer"
	like "10 MB at full speed, $viewers viewers: all is taken" "$answer" "^flooded $mb in"
	within 10000 flushed
	check "10 MB at full speed, $viewers viewers: all is recorded" recorded_all
	i=0
	while [ $i -lt $viewers ]; do
		i=$((i + 1))
		[ $i -eq 8 ] || within 5000 accounted v$i
		[ $i -eq 8 ] || check "viewer $i of $viewers was shown all, or told what not ($(left_out v$i) bytes)" accounted v$i
		[ $i -eq 8 ] || check "viewer $i of $viewers was shown it in its order" in_order v$i
	done
	if [ $viewers -eq 8 ]; then
		kill -CONT "$pid8"
		within 5000 accounted v8
		check "who had stopped goes on, and is told what was left out ($(left_out v8) bytes)" accounted v8
		check "and that was much" [ "$(left_out v8)" -gt 1000000 ]
		check "and what it is shown now is the newest" in_order v8
	fi
	like "the process stayed small" "$(grep VmHWM "/proc/$(worker_pid)/status")" 'VmHWM:[[:space:]]+[0-9]{4} kB'
	console_down
	end_background
	rm -rf "$T/state" "$T/line.nas" "$T/answer.nas"
done

# --- at the speeds of a UART, while this machine has other things to do ------------------------------
for speed in 115200 921600; do
	[ -n "${OOBM_LONG:-}" ] || mb=$((speed / 10 * 4))	# what comes in four seconds; 10 MB take up to a quarter of an hour
	"$lab/ptyline" --pattern $mb >"$T/want"
	machine_up
	console_up log-size=65536
	said 'console-state .*ok=1' 5000
	for i in 1 2 3 4 5 6 7; do viewer "live$i" -r; done
	viewer slow -r
	slow=$viewer
	within 5000 looking 8
	kill -STOP "$slow"
	for i in 1 2 3; do background sh -c 'while :; do :; done'; done
	answer=$(machine flood $mb $((speed / 10)))
	ticks=$(awk '{ print $14 + $15 }' "/proc/$(worker_pid)/stat")
	echo "#	$speed bit/s: $answer; $((ticks * 1000 / $(getconf CLK_TCK) * (speed / 10) / mb)) ms of computing a second"
	within 10000 flushed
	check "$mb bytes at $speed bit/s: all is recorded" recorded_all
	for i in 1 2 3 4 5 6 7; do
		within 5000 accounted "live$i"
		cmp "$T/want" "$T/live$i.out" || break
	done >"$T/differ" 2>&1
	is "at $speed bit/s seven look on and see all of it" "$(cat "$T/differ")" ''
	is "and at once: nothing was left out" "$(cat "$T"/live?.err | grep -c 'left out')" 0
	console_down
	end_background
	rm -rf "$T/state" "$T/line.nas" "$T/answer.nas"
done
done_testing
