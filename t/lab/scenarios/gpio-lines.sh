# Lines and their guard through a real /dev/gpiochip: found, taken without a pulse, pressed for as long as asked,
# inactive again whoever is killed. What was driven when is the kernel's own record.
# shellcheck shell=sh disable=SC2086,SC2016
mkdir -p $W/log $W/pid $W/mark
world_users
[ -d $SIM ] || skip_all "this kernel has no GPIO"
gpio_trace_start 2>/dev/null || skip_all "this kernel has no trace of GPIO lines"
chip_make board lab-board 8 0:SPARE 1:PWR_BTN 2:RST_BTN 3:PWR_LED 4:SAME
chip_make usb lab-usb 4 0:USB_A 2:SAME
BOARD=$(chip_device board) USB=$(chip_device usb)

# As the user and with the group that the worker has.
linesctl() { setpriv --reuid=oobmd --regid=oobmd --groups=gpio "$TOOLS/linesctl" "$@"; }
LINES="-p PWR_BTN -r RST_BTN -l PWR_LED"
# lines_start [OPTION]...: $SAID is the first that it says. Another process keeps its input open.
lines_start() {
	mark lines
	rm -f $W/lines.in
	mkfifo $W/lines.in
	exec setpriv --reuid=oobmd --regid=oobmd --groups=gpio "$TOOLS/linesctl" "$@" <$W/lines.in >>$W/log/lines.log 2>&1 &
	echo $! >$W/pid/lines
	sleep 600 >$W/lines.in &
	echo $! >$W/pid/keeper
	SAID=$(wait_log lines '^(ready|error .*)$' 10)
}
# tell COMMAND...; heard REGEX
tell() { mark lines; echo "$*" >$W/lines.in; }
heard() { wait_log lines "$1" 10; }
# Waits for its end, however that comes about: $STATUS.
lines_end() {
	wait_until 10 negate daemon_runs lines || { not_ok "linesctl ends"; kill -KILL "$(daemon_pid lines)"; }
	STATUS=0
	wait "$(daemon_pid lines)" 2>/dev/null || STATUS=$?
	daemon_end keeper 2>/dev/null
	rm -f $W/pid/lines
}
# taken WHAT [OPTION]..., released WHAT: both in order.
taken() { local what=$1; shift; lines_start "$@"; is "$what" "$SAID" ready; }
released() { tell quit; lines_end; is "$1" "$STATUS" 0; }
guard_pid() { tell pids; heard '^pids' | cut -d' ' -f3; }
# What linesctl says when it cannot begin.
refused() { linesctl "$@" </dev/null 2>&1 | sed -n 's/^error //p'; }
is_free() { ! grep -q oobmd /sys/kernel/debug/gpio; }
# All levels that a line was set to, each once.
levels() { gpio_settings "$@" | cut -d' ' -f2 | sort -u | xargs; }
ms_between() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f\n", (b - a) * 1000 }'; }
was_pressed() { [ -n "$(gpio_lasted board 1 1)" ]; }

say "taken, and let go"
gpio_trace_mark
taken "lines are taken by their names" $LINES
is "the button is only ever set inactive" "$(levels board 1)" 0
is "the other, too" "$(levels board 2)" 0
tell where power
is "it says where a line is" "$(heard '^where')" "where $BOARD line 1 (PWR_BTN)"
held_by() { grep -qE "^ *gpio-$(chip_number "$1" "$2") .*$3" /sys/kernel/debug/gpio; }
check "the system says who has it" held_by board 1 "oobmd test"
released "stopped in order, it ends well"
is "without a pulse" "$(levels board 1)$(levels board 2)" 00
check "and without a line left taken" wait_until 5 is_free

gpio_trace_mark
chip_pull board 1 up
chip_pull board 2 up
taken "active-low, with what pulls up outside" -c lab-board $LINES -f active-low
is "there inactive is 1" "$(levels board 1) $(levels board 2) $(chip_level board 1)" "1 1 1"
tell press power 100
heard '^released' >/dev/null
is "and pressed 0" "$(gpio_edges board 1 | cut -d' ' -f2 | xargs)" "1 0 1"
released "stopped"
gpio_trace_mark
taken "active-low and open-drain" -c lab-board $LINES -f active-low,open-drain
unlike "nobody drives it while it is not pressed" "$(levels board 1)" 0
released "stopped"
chip_pull board 1 down
chip_pull board 2 down

say "found"
for how in "-c $BOARD -p 1" "-c lab-board -p 1" "-c /dev/$BOARD -p 1" "-c lab-board -p PWR_BTN" "-p PWR_BTN"; do
	taken "by $how" $how
	tell where power
	is "it is the right one" "$(heard '^where')" "where $BOARD line 1 (PWR_BTN)"
	released "stopped"
done
ln -s $BOARD /dev/gpiochip9
taken "by a chip's name that is a link" -c gpiochip9 -p 1
released "stopped"
taken "such a link does not make names ambiguous" -p PWR_BTN
released "stopped"
rm /dev/gpiochip9

say "not found"
is "a chip that is not there: there are these" "$(refused -c nope -p 1)" \
	"there is no GPIO chip \"nope\"; there are: $BOARD (lab-board, 8 lines), $USB (lab-usb, 4 lines)"
is "an offset past the end" "$(refused -c lab-board -p 12)" "power-line = 12: $BOARD has only 8 lines, 0 to 7"
like "an absurd one" "$(refused -c lab-board -p 99999999999999999999)" 'has only 8 lines'
is "an offset without a chip" "$(refused -p 3)" \
	"power-line = 3 is the number of a line on a chip: give the chip, too (chip = \"gpiochip0\")"
is "a name nearly right" "$(refused -r PWRBTN)" \
	"reset-line = \"PWRBTN\": no line of any chip is called so; the nearest is $BOARD line 1 (PWR_BTN)"
is "on another chip" "$(refused -c lab-usb -p PWR_BTN)" \
	"power-line = \"PWR_BTN\": no line of $USB is called so; the nearest is $USB line 0 (USB_A)"
is "a name that two lines have" "$(refused -p SAME)" \
	"power-line = \"SAME\": $BOARD line 4 and $USB line 2 are both called so; give the chip, or an offset"
is "two buttons on one line" "$(refused -c lab-board -p 1 -r PWR_BTN)" \
	"power-line and reset-line are both $BOARD line 1 (PWR_BTN); a line can do one thing only"
is "a flag that there is not" "$(refused -p PWR_BTN -f pull-up)" \
	'line-flags: there is no "pull-up"; there are active-low, open-drain and open-source'
is "two that exclude each other" "$(refused -p PWR_BTN -l PWR_LED -F pull-up,pull-down)" \
	"led-flags: pull-down excludes another that is given; keep one"
like "a file that is no chip" "$(refused -c /dev/null -p 1)" '^/dev/null is no GPIO chip'
chgrp root /dev/$BOARD
like "no permission" "$(refused -c lab-board -p 1)" "$BOARD \\(no permission\\)"
like "nor by its path" "$(refused -c /dev/$BOARD -p 1)" "^/dev/$BOARD: no permission; .*group gpio.*udev rule"
like "a name that may be on a chip that we cannot see" "$(refused -p PWR_BTN)" "^/dev/$BOARD: no permission"
chgrp gpio /dev/$BOARD

say "in use"
taken "one target has it" -n nas -p PWR_BTN
is "another wants it" "$(refused -n gw -r PWR_BTN)" \
	"reset-line: $BOARD line 1 (PWR_BTN) is in use for the target nas already"
is "another of that name, which is not on its way out" "$(refused -n nas -p PWR_BTN)" \
	"power-line: $BOARD line 1 (PWR_BTN) is in use by another oobmd; stop one of them"
released "stopped"
if command -v gpioset >/dev/null; then
	case $(gpioset --version) in *" v1."*) hold="--mode=signal $BOARD";; *) hold="-c $BOARD";; esac
	daemon gpioset gpioset $hold 3=0
	check "gpioset has it" wait_until 10 held_by board 3 gpioset
	is "we say so" "$(refused -p PWR_BTN -l PWR_LED)" \
		"led-line: $BOARD line 3 (PWR_LED) is in use by \"gpioset\"; stop that, or choose another line"
	check "and let go of what we had taken" is_free
	daemon_end gpioset
else
	skip "gpioset is not there"
fi
chip_number board 1 >/sys/class/gpio/export
is "an old way in" "$(refused -p PWR_BTN)" \
	"power-line: $BOARD line 1 (PWR_BTN) is in use through /sys/class/gpio; write its number to unexport there"
chip_number board 1 >/sys/class/gpio/unexport

say "the LED"
taken "with edges" $LINES
tell watch
is "it tells of edges" "$(heard '^watch')" "watch yes"
mark lines
chip_pull board 3 up
is "on" "$(heard '^edge')" "edge 1"
mark lines
chip_pull board 3 down
is "off" "$(heard '^edge')" "edge 0"
tell led
is "asked" "$(heard '^led')" "led 0"
released "stopped"
taken "inverted, pulled up" $LINES -F active-low,pull-up
tell led
is "it is pulled up, so off" "$(heard '^led') $(chip_level board 3)" "led 0 1"
chip_pull board 3 down
tell led
is "on" "$(heard '^led')" "led 1"
released "stopped"
if command -v gpiomon >/dev/null; then
	# More lines than the kernel has interrupts, which it does not take back until the chip goes.
	chip_make many lab-many 128
	case $(gpiomon --version) in *" v1."*) many=$(chip_device many);; *) many="-c $(chip_device many)";; esac
	timeout 5 gpiomon $many $(seq 0 63) >/dev/null 2>&1
	timeout 5 gpiomon $many $(seq 64 127) >/dev/null 2>&1
	taken "where there is no interrupt left" -c lab-board -p 1 -l 5
	tell watch
	is "there are no edges" "$(heard '^watch')" "watch no"
	chip_pull board 5 up
	tell led
	is "but it can be asked" "$(heard '^led')" "led 1"
	released "stopped"
	chip_unplug many
else
	skip "gpiomon is not there"
fi

say "pressed"
press() {	# MS
	tell press power $1
	heard '^released' >/dev/null
	TOOK=$(gpio_lasted board 1 1)
}
taken "ready" $LINES
timed "a press of 500 ms" 480 520 press 500
is "once, and nothing of the other button" "$(gpio_lasted board 1 1 | wc -l) $(gpio_edges board 2)" "1 "
timed "a hold of 5.5 s" 5450 5550 press 5500
guard=$(guard_pid)
is "the guard has a name" "$(cat /proc/$guard/comm)" oobm-guard
is "it holds two lines and the worker, nothing else" \
	"$(ls -l /proc/$guard/fd | sed -nE 's/.*-> (anon_inode:gpio|socket).*/\1/p; t; s/.*-> //p' | sort | xargs)" \
	"anon_inode:gpio anon_inode:gpio socket"
kill -TERM $guard; kill -INT $guard; kill -HUP $guard
tell press reset 50
is "signals do not end it" "$(heard '^(released|error)')" released

say "killed"
worst=0
kill_after() {	# SECONDS
	local pid
	pid=$(daemon_pid lines)
	tell hold power 5500
	heard '^ok' >/dev/null
	sleep $1
	kill -KILL $pid
	lines_end
	TOOK=$(ms_between "$(gpio_signalled $pid 9)" "$(gpio_edges board 1 | awk '$3 == "oobm-guard" && $2 == 0 { print $1 }')")
	taken "the next takes the lines at once" $LINES
	is "pressed once" "$(gpio_lasted board 1 1 | wc -l)" 1
}
for after in 0 0.01 0.05 0.2 0.7 1.3; do
	timed "killed after $after s: inactive within 100 ms" 0 100 kill_after $after
	worst=$(printf '%s\n' $worst $TOOK | sort -g | tail -n 1)
done
say "the worst: $worst ms"
gpio_trace_mark
tell hold power 5500
heard '^ok' >/dev/null
pid=$(daemon_pid lines)
kill -KILL $pid
# without waiting for anything: the old one's guard may still have the lines
rm -f $W/pid/lines
daemon_end keeper 2>/dev/null
taken "a successor that does not wait" $LINES
is "pressed once, and no more" "$(gpio_lasted board 1 1 | wc -l)" 1

say "stopped, hung"
stop_in_press() {	# MS
	tell hold power $1
	heard '^ok' >/dev/null
	kill -STOP "$(daemon_pid lines)"
	check "a stopped worker's press ends" wait_until 5 was_pressed
	kill -CONT "$(daemon_pid lines)"
	TOOK=$(gpio_lasted board 1 1)
}
timed "within 100 ms of its time" 500 600 stop_in_press 500
is "by the guard" "$(gpio_edges board 1 | awk '$2 == 0 { print $3 }' | tail -n 1)" oobm-guard
tell press power 100
is "it can press again" "$(heard '^(released|error)')" released
kill_guard() {
	local guard
	guard=$(guard_pid)
	tell hold power 5500
	heard '^ok' >/dev/null
	mark lines
	kill -KILL $guard
	is "with the guard killed, the worker hears of it" "$(heard '^guard')" "guard gone"
	lines_end
	is "and ends" "$STATUS" 3
	TOOK=$(ms_between "$(gpio_signalled $guard 9)" "$(gpio_edges board 1 | awk '$3 == "linesctl" && $2 == 0 { print $1 }')")
	taken "both start again" $LINES
}
timed "with the line inactive within 100 ms" 0 100 kill_guard
released "stopped"

say "unplugged"
taken "lines on a chip that can go" -c lab-usb -p USB_A -l 1
tell check
is "they answer" "$(heard '^(ok|error)')" ok
tell watch
heard '^watch yes' >/dev/null
tell hold power 2000
heard '^ok' >/dev/null
usb_guard=$(guard_pid)
chip_unplug usb
tell check
is "the chip goes in a press" "$(heard '^(ok|error)')" "error power-line: the chip of $USB line 0 (USB_A) is gone; plug it in again"
is "the guard, that can do nothing more, ends" "$(wait_log lines '^guard' 10)" "guard gone"
lines_end
is "and so does the worker" "$STATUS" 3
check_not "the guard is gone" test -d /proc/$usb_guard
is "without its chip" "$(refused -c lab-usb -p USB_A)" \
	"there is no GPIO chip \"lab-usb\"; there are: $BOARD (lab-board, 8 lines)"
chip_plug usb
taken "plugged in again" -c lab-usb -p USB_A -l 1
tell press power 50
is "it works as before" "$(heard '^(released|error)')" released
released "stopped"
chip_unplug usb
chip_unplug board
is "no chip at all" "$(refused -c gpiochip0 -p 1)" \
	"this machine has no GPIO chip: there is no /dev/gpiochip0; is the driver loaded?"
daemon_end stalls
