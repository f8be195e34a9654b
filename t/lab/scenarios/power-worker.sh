# oobm-power alone, against the lab's server: each request, each fault of the server, each way to be interrupted. Its
# parent is played by workerdrive.
# shellcheck shell=sh disable=SC2086,SC2016
mkdir -p $W/log $W/pid $W/mark
world_users
daemon uevents "$TOOLS/uevents"
wait_log uevents '^ready' 10 >/dev/null
gpio_trace_start 2>/dev/null || skip_all "this kernel has no trace of GPIO lines"
check "there is a server" server_up --on --stop-ms 1500 --bios-ms 500 --menu-ms 500 --kernel-ms 500

ctl="$TOOLS/atxctl -S $W/nas/control"
# in a script: from here on, and what was seen since
from_here="$ctl mark >$W/mark/here"
cat >$W/seen <<EOT
#!/bin/sh
exec $ctl wait "\$1" 5 --since "\$(cat $W/mark/here)"
EOT
chmod +x $W/seen
seen=$W/seen
target="> target name=nas backend=gpio press=500 hold=5500 on-time=3000 off-time=4000 pause=500 chip=nas-gpio"
lines="power-line=nas-power reset-line=nas-reset"
# what is said at first, while nothing is known
hello="> start
< ready
< led target=nas
< queue target=nas n=0
< power-fault target=nas text="

# drive: a script on standard input; the results are ours.
run_drive() {
	"$TOOLS/workerdrive" --log $W/log/power.log "$(command -v setpriv)" --reuid=oobmd --regid=oobmd --groups=gpio \
		"$OOBM_BUILD/src/oobm-power" -d >$W/drive.out 2>&1
}
drive() {
	local line
	run_drive
	while IFS= read -r line; do
		case $line in
		'ok '*) ok "${line#* - }";;
		'not ok '*) not_ok "${line#* - }";;
		1..*) ;;
		*) echo "$line";;
		esac
	done <$W/drive.out
}
# fresh off|on: as if nothing had happened to it.
fresh() {
	server_ctl fault clear
	server_ctl mains off
	server_ctl mains on
	wait_until 10 sh -c "[ \$($ctl power) = off ]"
	[ "$1" = off ] && return
	# a board does not listen at once
	wait_until 10 sh -c "[ \$($ctl power) = on ] || { $ctl press power 100; false; }"
	wait_until 10 sh -c "[ \$($ctl stage) = login ]"
}

say "what is asked"
server_mark
drive <<EOS
test the LED is told when it has been watched for long enough
$target $lines led-line=nas-led
$hello
< led target=nas led=on
ignore progress

test on is refused when it is on, and nothing is pressed
> power id=1 target=nas verb=on
< power-done id=1 target=nas ok=0 led=on text~the?LED?is?on*shutdown*--force*

test off: a press, told before and after; the LED went off when the system had shut down
$ $from_here
> power id=2 target=nas verb=off
< pressing target=nas line=power
$ $seen 'button: power pressed'
< released target=nas line=power
< led led=off
< power-done id=2 target=nas ok=1 led=off text~the?LED?went?off?after?[12].*
$ test "\$($ctl power)" = off

test off is refused when it is off
> power id=3 target=nas verb=off
< power-done id=3 ok=0 led=off text~the?LED?is?off*
> power id=4 target=nas verb=force-off
< power-done id=4 ok=0 led=off text~the?LED?is?off*
> power id=5 target=nas verb=reset
< power-done id=5 ok=0 led=off text~the?LED?is?off*

test on: a press, and the LED came on
> power id=6 target=nas verb=on
< pressing line=power
< led led=on
< released line=power
< power-done id=6 ok=1 led=on text~the?LED?came?on?after*
$ $ctl wait 'stage: login' 10

test a status is right at once, or when the LED has been looked at
> power id=7 target=nas verb=status
< power-done id=7 ok=1 led=on text~the?LED?is?on

test cycle: off, and on again
> power id=8 target=nas verb=cycle
< pressing line=power
< released line=power
< led led=off
< pressing line=power
< led led=on
< released line=power
< power-done id=8 ok=1 led=on text~the?LED?went?off?after*turned?on?again*came?on?after*

test reset is the other line
> power id=9 target=nas verb=reset
< pressing line=reset
< released line=reset
< power-done id=9 ok=1 led=on text~reset*console
$ $ctl status | grep -q 'resets 1'

test force-off: held for as long as it takes, and longer
> power id=10 target=nas verb=force-off
< pressing line=power
< led led=off
< released line=power
< power-done id=10 ok=1 led=off text~the?LED?went?off?after*
EOS
is "so many presses" "$(press_widths | wc -l) $(press_widths reset | wc -l)" "5 1"

say "how exactly"
one_press() {
	server_mark
	run_drive <<-EOS
	$target $lines
	$hello
	ignore progress
	> power id=1 target=nas verb=$1
	< pressing
	< released
	< power-done ok=1 led=none text~*no?led-line*cannot?be?known
	EOS
	TOOK=$(press_widths ${2:-power})
}
for try in 1 2 3 4 5; do timed "a press" 480 520 one_press on; done
timed "a reset" 480 520 one_press reset reset
timed "a hold" 5450 5550 one_press force-off
is "which cuts the power" "$(server_power)" off

say "what the server may do instead"
fresh on
drive <<EOS
test asleep: seen as blinking
$target $lines led-line=nas-led
$hello
< led led=on
ignore progress
$ $ctl sleep
< led led=off
< led led=on
< led led=off
< led led=blinking
> power id=1 target=nas verb=status
< power-done id=1 ok=1 led=blinking text~*asleep*

test asleep: a press would not turn it off
> power id=2 target=nas verb=off
< power-done id=2 ok=0 led=blinking text~*only?wake*force-off*
$ test "\$($ctl power)" = asleep

test asleep: on wakes it
> power id=3 target=nas verb=on
< pressing
< released
< led led=on
< power-done id=3 ok=1 led=on text~it?is?awake*
$ test "\$($ctl power)" = on

test a panic: nobody hears a press
$ $ctl panic
> power id=4 target=nas verb=off
< pressing
< released
< power-done id=4 ok=0 led=on text~no?change?in?4?s:?try?force-off,?or?--escalate

test a panic: cycle, escalated
> power id=5 target=nas verb=cycle escalate=1
< pressing
< released
< pressing
< led led=off
< released
< pressing
< led led=on
< released
< power-done id=5 ok=1 led=on text~no?change?in?4?s*forced?off*turned?on?again*
$ $ctl wait 'stage: login' 10

test a shutdown that never ends
$ $ctl fault acpi-hang
> power id=6 target=nas verb=off
< pressing
< released
< power-done id=6 ok=0 led=on text~no?change*
$ $ctl fault clear

test the wire of the button is off: even a hold does nothing
$ $ctl fault power-cut
> power id=7 target=nas verb=force-off
< pressing
< released
< power-done id=7 ok=0 led=on text~the?LED?is?on?even?after?holding*wires*
$ $ctl fault clear
> power id=8 target=nas verb=force-off
< pressing
< led led=off
< released
< power-done id=8 ok=1

test the supply gives up
$ $ctl fault no-power
> power id=9 target=nas verb=on
< pressing
< led led=on
< led led=off
< released
< power-done id=9 ok=0 led=off text~*came?on,?but?not?for?long*
$ $ctl fault clear

test no mains
$ $ctl mains off
> power id=10 target=nas verb=on
< pressing
< released
< power-done id=10 ok=0 led=off text~no?change*mains?power*
$ $ctl mains on
EOS

say "an LED that lies, or is not there"
fresh off
drive <<EOS
test an inverted LED is believed, until somebody knows better
$target $lines led-line=nas-led
$hello
< led led=off
ignore progress
$ $ctl fault led-inverted
< led led=on
> power id=1 target=nas verb=on
< power-done id=1 ok=0 led=on text~the?LED?is?on*
> power id=2 target=nas verb=on force=1
< pressing
< led led=off
< released
< power-done id=2 ok=1 text~*is?not?believed
$ test "\$($ctl power)" = on
$ $ctl fault clear
< led led=on

test one that is not wired looks dark, and force presses all the same
$ $ctl fault led-absent
end 0
start
$target $lines led-line=nas-led led-flags=pull-down
$hello
< led led=off
> power id=3 target=nas verb=force-off
< power-done id=3 ok=0 text~the?LED?is?off*
> power id=4 target=nas verb=force-off force=1
< pressing
< released
< power-done id=4 ok=1 led=off text~*is?not?believed
$ test "\$($ctl power)" = off && $ctl fault clear
EOS

say "the LED of a disk, wired by mistake"
fresh on
pull=$(echo /sys/devices/platform/gpio-sim.*/"$(server_ctl chip)"/sim_gpio2/pull)
cat >$W/flicker <<'EOF'
use Time::HiRes "sleep";
my ($pull, $seconds) = @ARGV;
my $end = time + $seconds;
for (my $i = 0; time < $end || $i % 2; $i++) {
	open(my $f, ">", $pull) or die; print $f $i % 2 ? "pull-up" : "pull-down"; close($f); sleep 0.005;
}
EOF
drive <<EOS
test it is unknown while it flickers, and known again afterwards
$target $lines led-line=nas-led
$hello
< led led=on
ignore led
deadline 30000
$ perl $W/flicker $pull 12 & echo \$! >$W/flickers
$ sleep 3
> power id=1 target=nas verb=cycle
< progress id=1 text~looking?at?the?LED*
< power-done id=1 ok=0 led=unknown text~*flickers*cannot?be?seen*--escalate*--force*
$ while kill -0 \$(cat $W/flickers); do sleep 0.1; done
> power id=2 target=nas verb=status
< progress id=2
< power-done id=2 ok=1 led=on
EOS

say "two machines at once"
use_server gw
check "another server" server_up --on
use_server nas
fresh on
both_held() {
	server_mark
	run_drive <<-EOS
	$target $lines
	> target name=gw backend=gpio press=500 hold=5500 on-time=3000 off-time=4000 pause=500 chip=gw-gpio power-line=gw-power
	> start
	< ready
	ignore progress
	< led target=nas
	< queue target=nas
	< power-fault target=nas text=
	< led target=gw
	< queue target=gw
	< power-fault target=gw text=
	> power id=1 target=nas verb=force-off
	> power id=2 target=gw verb=force-off
	< pressing target=nas
	< pressing target=gw
	< released
	< power-done ok=1
	< released
	< power-done ok=1
	EOS
	TOOK=$(press_widths)
}
timed "a hold of one" 5450 5550 both_held
use_server gw
SERVER_MARK=0
between "and of the other" "$(press_widths | tail -n 1)" 5440 5560
is "both are off" "$(server_power)" off
server_down
use_server nas
is "indeed" "$(server_power)" off

say "interrupted"
fresh on
server_mark
drive <<EOS
test a stop releases at once
$target $lines
$hello
ignore progress
$ $from_here
> power id=1 target=nas verb=force-off
< pressing
$ $seen 'button: power pressed'
> abort target=nas
< released
< power-done id=1 ok=0 text~stopped?on?request*may?have?turned?it?on*
$ $from_here
> power id=2 target=nas verb=force-off
< pressing
> power id=3 target=nas verb=on
< queue n=1

test the end releases at once
$ $seen 'line: power active'
deadline 1000
end 0
deadline 10000
$ $seen 'line: power inactive'

test killed in a hold
start
$target $lines
$hello
$ $from_here
> power id=1 target=nas verb=force-off
< pressing
$ $seen 'line: power active'
$ kill -9 \$WORKER_PID
exits 137
$ test "\$($ctl status | grep -c 'power active')" = 0

test stopped in a press, as by a debugger: released all the same
start
$target $lines
$hello
$ $from_here
> power id=1 target=nas verb=on
< pressing
$ kill -STOP \$WORKER_PID; $seen 'line: power inactive'; kill -CONT \$WORKER_PID
< released
< power-done id=1 ok=1

test without its guard the worker ends, and has released before
$ $from_here
> power id=2 target=nas verb=force-off
< pressing
$ $seen 'line: power active'
$ kill -9 \$(pgrep -P \$WORKER_PID)
< released
exits 1
EOS
between "whatever ended it, none lasted" "$(press_widths | sort -n | tail -n 1)" 0 5000
unlike "and none lasts" "$(press_widths)" held

say "the chip is pulled out"
fresh on
drive <<EOS
test it is told at once, a press is over, and requests are refused with the reason
$target $lines led-line=nas-led
$hello
< led led=on
ignore progress
$ $from_here
> power id=1 target=nas verb=force-off
< pressing
$ $seen 'button: power pressed'
$ $ctl gpio gone
< power-fault target=nas text~*gone*
< released
< power-done id=1 target=nas ok=0 text~*gone*
< led led=unknown
< power-fault target=nas text~*no?GPIO?chip*
> power id=2 target=nas verb=on
< power-done id=2 ok=0 text~?*

test it is told when it is back, and works again
$ $ctl gpio back
$ until stat -c %G /dev/\$($ctl chip) | grep -qx gpio; do sleep 0.1; done
deadline 70000
< power-fault target=nas text=
< led led=off
> power id=3 target=nas verb=on
< pressing line=power
< led led=on
< released
< power-done id=3 ok=1
EOS
check "the server goes" server_down
