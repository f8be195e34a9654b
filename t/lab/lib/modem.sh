# modem.sh - the modem, and what the owner's phone sends and gets through it. Part of world.sh.
# shellcheck shell=sh disable=SC3043

OWNER=+491701234567 STRANGER=+491709999999

# modem_start [OPTION OF MODEMSIM]...: a stick on USB, or without USB (Debian's kernel) on pseudo-terminals.
modem_start() {
	mark modem uevents
	if [ -d /sys/class/udc ] && [ -n "$(ls /sys/class/udc)" ]; then
		MODEM_DEVICE=/dev/ttyUSB0 MODEM_COMMAND_DEVICE=/dev/ttyUSB2
		daemon modem "$TOOLS/modemsim" --usb --carrier "$LAB/carrier-ppp" "$@"
	else
		MODEM_DEVICE=$W/ttyModem0 MODEM_COMMAND_DEVICE=$W/ttyModem2
		daemon modem "$TOOLS/modemsim" --pty $MODEM_DEVICE --pty2 $MODEM_COMMAND_DEVICE --profile huawei \
			--carrier "$LAB/carrier-ppp" "$@"
	fi
	modem_ready
}

# The ports are there, and who may open them can.
modem_ready() {
	case $MODEM_DEVICE in
	/dev/ttyUSB*) wait_log uevents '^/dev/ttyUSB2: group' 15 >/dev/null;;
	*) wait_until 15 test -e $MODEM_COMMAND_DEVICE && chgrp dialout $MODEM_DEVICE $MODEM_COMMAND_DEVICE &&
		chmod 660 $MODEM_DEVICE $MODEM_COMMAND_DEVICE;;
	esac
}

modem_stop() { daemon_end modem; }

# modem COMMAND...: what modemctl knows: fault, register, signal, status, sent, store, ...
modem() { "$TOOLS/modemctl" "$@"; }

modem_unplug() { modem unplug; }
modem_plug() { mark uevents; modem plug && modem_ready; }

# sms FROM TEXT: a message reaches the modem.
sms() { modem sms "$@"; }

# wait_sms N SECONDS: until the modem has sent N messages in all; prints the last of them, "NUMBER TEXT".
wait_sms() { modem wait-sent "$1" "$2" >/dev/null && modem sent | tail -n 1; }
