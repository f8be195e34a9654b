# The lab's server on real GPIO lines and behind a real serial port, without any of our programs on the other side.
# shellcheck shell=sh disable=SC2016,SC2086
mkdir -p $W/log $W/pid $W/mark
world_users
daemon uevents "$TOOLS/uevents"
wait_log uevents '^ready' 10 >/dev/null

# In time travel computing takes no time, so all that is more than exact is the tools' own clock.
slack=150
[ -z "$LAB_TRAVEL" ] || slack=10

# The chip as the small computer uses it, with the tools of libgpiod 1 or 2: hold OFFSET=VALUE MILLISECONDS [OPTION]...,
# hold_on OFFSET=VALUE until $HELD is killed, sense [OPTION]... reads the LED, find NAME.
chip() { server_ctl chip; }
case $(gpioset --version) in
*' v1.'*)
	hold() { local what=$1 ms=$2; shift 2; gpioset --mode=time --usec=$((ms * 1000)) "$@" "$(chip)" "$what"; }
	hold_on() { gpioset --mode=signal "$(chip)" "$1" & HELD=$!; }
	sense() { gpioget "$@" "$(chip)" 2; }
	find() { gpiofind "$1"; }
	low=-l od='-D open-drain' up='-B pull-up' down='-B pull-down' edges='--num-events=6 --format=%e_%s.%n'
	monitor() { gpiomon $edges "$(chip)" 2; };;
*)
	hold() { local what=$1 ms=$2; shift 2; gpioset -p "${ms}ms" -t 0 "$@" -c "$(chip)" "$what"; }
	hold_on() { gpioset -c "$(chip)" "$1" & HELD=$!; }
	sense() { gpioget --numeric "$@" -c "$(chip)" 2; }
	find() { gpioinfo "$1" | awk '{ print $1, $2 + 0 }'; }
	low=-l od='-d open-drain' up='-b pull-up' down='-b pull-down' edges='--num-events=6 --format=%e_%S'
	monitor() { gpiomon $edges -c "$(chip)" 2; };;
esac
lit() { [ "$(sense)" = 1 ]; }
told() { [ -n "$(press_widths)" ]; }
console() { local what=$1; shift; check "$what" "$TOOLS/portchat" 067b:2303:nas/0 "$@"; }
quick="--bios-ms 500 --menu-ms 5000 --kernel-ms 800 --stop-ms 1500"

# --- buttons and LED ------------------------------------------------------------------------
check "it is there" server_up $quick
is "its lines have names" "$(find nas-power) $(find nas-reset) $(find nas-led)" "$(chip) 0 $(chip) 1 $(chip) 2"
is "the LED is dark" "$(sense)" 0
server_mark
hold 0=1 500
check "a press turns it on" server_saw 'power: off -> on (power button)' 5
is "the LED is lit" "$(sense)" 1
between "the kernel tells how long the press was" "$(press_widths)" 500 $((500 + slack))
like "and whose it was" "$(server_ctl presses --since $SERVER_MARK)" '^power [0-9.]+ gpioset-[0-9]+ release$'
sense $down >/dev/null
check "a bias of the small computer's own does not outweigh the LED for long" wait_until 5 lit

server_mark
hold 0=1 8
wait_until 5 told
is "a contact of 8 ms is none" "$(server_ctl edges --since $SERVER_MARK | wc -l) $(server_power)" "2 on"
server_mark
hold 0=1 5500
check "a hold cuts the power" server_saw 'power: on -> off' 5
is "the LED is dark again" "$(sense)" 0
between "a hold is told as exactly" "$(press_widths)" 5500 $((5500 + slack))

server_saw 'button: power released' 5
server_mark
hold_on 0=1
check "a hold that is killed" server_saw 'button: power pressed' 5
is "lasts until then" "$(press_widths)" held
kill -KILL $HELD
check "ends with its process" server_saw 'line: power inactive' 5
like "as the kernel tells" "$(server_ctl presses --since $SERVER_MARK)" 'gpioset-[0-9]+ release$'
server_mark
hold 1=1 200
check "reset is another line" server_saw 'button: reset pressed' 5
is "with its own widths" "$(press_widths | wc -l) $(press_widths reset | wc -l)" "0 1"

for f in reset-cut led-inverted; do server_ctl fault $f; done
is "an inverted LED" "$(server_power) $(led_state) $(sense)" "on off 0"
server_mark
hold 1=1 100
server_saw 'line: reset inactive' 5
is "a wire that is off reaches nobody" "$(server_ctl status | grep -o 'resets [0-9]*')" "resets 1"
server_ctl fault clear
server_ctl mains off
server_mark
hold 0=1 100
check "without mains nothing happens" server_saw 'button: power released' 5
is "and the LED stays dark" "$(sense) $(server_power)" "0 dead"
server_ctl mains on

# --- the LED blinks, the chip goes ------------------------------------------------------------
server_down
server_up --on $quick
server_mark
monitor >$W/log/gpiomon.log &
monitor=$!
wait_until 10 grep -q gpiomon /sys/kernel/debug/gpio
server_ctl sleep
wait $monitor
between "asleep it blinks once a second" \
	"$(awk -F_ '{ t[NR] = $2 } END { print int((t[6] - t[2]) * 1000) }' $W/log/gpiomon.log)" $((2000 - slack)) $((2000 + slack))
is "blinking" "$(led_state)" blinking
hold 0=1 200
check "a press wakes it" server_saw 'power: asleep -> on' 5

server_mark
hold_on 0=1
server_saw 'line: power active' 5
server_ctl gpio gone
check_not "the chip goes although it is used" test -e /dev/gpiochip0
like "which lets go of its lines" "$(server_ctl presses --since $SERVER_MARK)" '^power [0-9.]+ gpioset-[0-9]+ chip$'
kill -KILL $HELD
mark uevents
server_ctl gpio back
server_chip_ready
is "and comes back" "$(sense)" 1
server_down

# --- other wirings ----------------------------------------------------------------------------
server_up --low power,reset,led $quick
is "active low: dark is high" "$(sense) $(sense $low)" "1 0"
server_mark
hold 0=1 500 $low
check "an active-low press turns it on" server_saw 'power: off -> on' 5
between "of the same width" "$(press_widths)" 500 $((500 + slack))
is "lit is low" "$(sense) $(sense $low)" "0 1"
server_mark
hold 1=0 200 $od
check "open drain: pulled down is active" server_saw 'button: reset released' 5
between "and released is not" "$(press_widths reset)" 200 $((200 + slack))
server_down

# --- the console --------------------------------------------------------------------------------
server_up $quick
server_mark
console "BIOS, menu, rescue, prompt" run 'server=$W/nas/control; "$OOBM_BUILD/t/lab/atxctl" -S $server press power 300' \
	expect 'Lab BIOS' expect 'automatically in 5s' send '\x1b[B' expect '*2. Debian GNU/Linux (rescue)' send '\r' \
	expect "Booting 'Debian GNU/Linux (rescue)'" expect '] Command line: ' expect 'systemd.unit=rescue.target' \
	expect 'Press Enter for maintenance: ' send '\r' expect 'nas:~# ' send 'echo it is me\r' expect '\r\nit is me\r\nnas:~# '
console "BREAK and a key are SysRq" break send s expect 'Emergency Sync complete' break send b expect 'Lab BIOS'
console "the countdown boots it" expect 'nas login: ' send 'root\r' expect 'nas:~# '
console "a press shuts it down" run '"$OOBM_BUILD/t/lab/atxctl" -S $W/nas/control press power 300' expect 'reboot: Power down'
check "and it is off" server_saw 'the system has shut down' 5
server_down

server_up --on $quick
console "a panic" run '"$OOBM_BUILD/t/lab/atxctl" -S $W/nas/control panic' expect '] Kernel panic - not syncing: Fatal exception'
server_mark
hold 0=1 300
check "nobody hears a press then" server_saw 'nobody hears the power button' 5
server_down

# so many bytes at the speed of the line, numbered, and none is lost
flooded() {
	local began ended
	"$TOOLS/portchat" 067b:2303:nas/0 as "$1,8N1,$3" seconds 120 run "'$TOOLS/atxctl' -S $W/nas/control flood $2" \
		save "$2:$W/flood" >$W/log/flood.log || { cat $W/log/flood.log; return 1; }
	perl -ne 'BEGIN { $/ = \64 } my $n = sprintf "%08d ", $. - 1; index($_, $n) == 0 or die "line $.: $_\n"' $W/flood || return
	[ "$(stat -c %s $W/flood)" = "$2" ] || return
	began=$(sed -n 's/^\[\([0-9]*\)\] run.*/\1/p' $W/log/flood.log)
	ended=$(sed -n 's/^\[\([0-9]*\)\] save.*/\1/p' $W/log/flood.log)
	say "$2 bytes at $1 in $((ended - began)) ms; $(server_ctl status | grep serial)"
	took=$((ended - began))
}
server_up --on $quick
check "100 kB at 115200" flooded 115200 100000 none
between "take their time" "$took" 8500 $((8680 + 10 * slack))
is "and none is lost" "$(server_ctl status | grep -o 'lost [0-9]*')" "lost 0"
console "wrong speed" as 9600,8N1,none send 'root\r' run 'sleep 0.5' as 115200,8N1,none send '\x15\r' expect 'nas login: '
server_ctl flood 10000
console "wrong speed is garbage" as 19200,8N1,none seconds 3 run "'$TOOLS/atxctl' -S $W/nas/control wait 'has other settings' 5"
console "so is a wrong frame" as 115200,7E1,none seconds 3 run "'$TOOLS/atxctl' -S $W/nas/control flood 2000; sleep 0.5" rest
like "which the server's log knows" "$(server_ctl status | grep -o 'garbled [0-9]*')" 'garbled [1-9]'
server_down
server_up --on --speed 921600 $quick
check "1 MB at 921600" flooded 921600 1000000 none
between "takes its time" "$took" 10700 $((10850 + 10 * slack))
is "and nothing is lost" "$(server_ctl status | grep -o 'lost [0-9]*')" "lost 0"
check "unplugged, the port goes" server_unplug
check "and comes back" server_replug
server_down
check_not "no gadget is left" ls /sys/kernel/config/usb_gadget/*
check_not "nor a chip" ls /dev/gpiochip0
check_not "nor a trace" ls /sys/kernel/tracing/instances/*

# --- more than one, beside a modem -----------------------------------------------------------------
check "a modem" modem_start
check "a server" server_up --on
use_server gw
check "and another" server_up
is "with its own lines" "$(find gw-power)" "$(chip) 0"
server_mark
hold 0=1 200
check "one is pressed" server_saw 'power: off -> on' 5
use_server nas
is "and not the other" "$(server_ctl presses)" ""
server_down
use_server gw
server_down
use_server nas
modem_stop
