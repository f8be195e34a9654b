# server.sh - servers with their ATX boards beside the small computer: buttons and power LED on GPIO lines, serial
# console behind a USB adapter. Where the kernel has neither (Debian's), atxctl is the program of a relay board that is
# wired to the buttons, and the console is a pseudo-terminal. Part of world.sh.
# shellcheck shell=sh disable=SC3043,SC2034

SERVER=nas		# whom the functions below mean; use_server NAME changes it
use_server() { SERVER=$1; }
SERVER_SERIAL=--usb	# "" makes servers without a console, for which time travels faster

# server_up [OPTION OF ATXSERVER]...: standby power is on, nothing else (--on: it runs). With SERVER=nas the GPIO chip's
# label is nas-gpio, its lines are nas-power, nas-reset, nas-led (0, 1, 2), and the adapter is USB 067b:2303:nas.
server_up() {
	mark "$SERVER" uevents
	# shellcheck disable=SC2086 # an option or nothing
	if server_has_lines; then set -- --gpio $SERVER_SERIAL "$@"; else set -- --pty "$W/$SERVER/tty" "$@"; fi
	daemon "$SERVER" "$TOOLS/atxserver" --name "$SERVER" --socket "$W/$SERVER/control" "$@"
	"$TOOLS/atxctl" -S "$W/$SERVER/control" -w 15 wait 'atxserver: ready' 15 >/dev/null || return
	server_ready
}

server_has_lines() { [ -d /sys/class/udc ] && [ -d /sys/bus/platform/drivers/gpio-sim ]; }

# The lines and the port are there, and who may open them can.
server_ready() {
	if ! server_has_lines; then server_board; return; fi
	server_chip_ready || return
	[ -z "$SERVER_SERIAL" ] || { wait_until 15 server_tty_there && wait_log uevents "^$(server_tty): group" 15 >/dev/null; }
}
# Whom oobm-power's programs run as cannot always see the build.
server_board() {
	install -m 755 "$TOOLS/atxctl" /usr/local/bin/atxctl && chmod 666 "$W/$SERVER/control" &&
		wait_until 15 test -e "$W/$SERVER/tty" && chgrp dialout "$W/$SERVER/tty" && chmod 660 "$W/$SERVER/tty"
}
server_tty_there() { [ -n "$(server_tty)" ]; }
server_chip_ready() { wait_until 15 sh -c "stat -c %G /dev/$(server_ctl chip) | grep -qx gpio"; }

server_down() { daemon_end "$SERVER"; }

# server_ctl COMMAND...: what atxctl knows: status, press, panic, mains, fault, flood, ...
server_ctl() { "$TOOLS/atxctl" -S "$W/$SERVER/control" "$@"; }

# The adapter's port as the kernel has named it now: /dev/ttyUSB0; nothing while it is unplugged.
server_tty() {
	local d
	for d in /sys/class/tty/ttyUSB*; do
		[ "$(cat "$d/device/../../serial" 2>/dev/null)" != "$SERVER" ] || echo "/dev/${d##*/}"
	done
}

# The adapter is pulled out, and put in again.
server_unplug() { server_ctl unplug && wait_until 15 negate server_tty_there; }
server_replug() { mark uevents; server_ctl plug && server_ready; }

# server_mark: server_saw and press_widths look only at what comes after this.
server_mark() { SERVER_MARK=$(server_ctl mark); }
SERVER_MARK=0

# server_saw TEXT SECONDS: until the server's log says so ("stage: login", "power: on -> off", "button: power pressed").
server_saw() { server_ctl wait "$1" "$2" --since "$SERVER_MARK" >/dev/null; }

# press_widths [power|reset]: how long the small computer had that line active, in ms with three decimals, a line each;
# "held" for a press that lasts. From the kernel's own times of each edge.
press_widths() { server_ctl presses --since "$SERVER_MARK" | awk -v b="${1:-power}" '$1 == b { print $2 }'; }

# on, off, blinking, none: what the LED's line shows; dead, off, on, asleep: what is true.
led_state() { server_ctl led; }
server_power() { server_ctl power; }
server_stage() { server_ctl stage; }

# server_target [LINE]...: its section for oobmd.conf, with lines of one's own.
server_target() {
	local board="/usr/local/bin/atxctl, -S, \"$W/$SERVER/control\""
	if server_has_lines; then
		set -- "chip = \"$SERVER-gpio\"" "power-line = \"$SERVER-power\"" "reset-line = \"$SERVER-reset\"" \
			"led-line = \"$SERVER-led\"" ${SERVER_SERIAL:+"console-usb = \"067b:2303:$SERVER\""} "$@"
	else
		set -- "command-on = {$board, press, power, 500}" "command-off = {$board, press, power, 500}" \
			"command-force-off = {$board, press, power, 5500}" "command-reset = {$board, press, reset, 500}" \
			"command-status = {$board, led}" "console = \"$W/$SERVER/tty\"" "$@"
	fi
	printf 'target "%s" {\n' "$SERVER"
	printf '\t%s\n' "$@"
	echo '}'
}
