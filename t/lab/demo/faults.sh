# faults.sh - the command fault at the demo's prompt. A line each: name, what it is, how it is made.
# shellcheck shell=bash

faults() {
	cat <<-'EOT'
	relay-down|the relay is switched off|relay_stop
	relay-mute|the relay is there but answers nothing|relay_freeze
	host-key|the relay shows another host key|relay_stop; relay_hostkey relay2; relay_start
	no-forward|the relay grants no port|relay_stop; relay_forwarding no; relay_start
	no-carrier|the next call is not taken (NO CARRIER)|modem fault no-carrier 1
	no-service|no call is taken (+CME ERROR: 30)|modem fault cme30 always
	hang-up|the carrier drops the running call|modem fault drop-carrier
	no-dns|the carrier's name server is gone|carrier_dns gone
	no-route|the carrier has lost the internet|carrier_route dead
	3g|the carrier is slow: 200 ms there and back, 1 Mbit/s, 1 % lost|carrier_quality 3g
	push-500|the push service answers 500|push_server mode 500
	push-down|the push service is switched off|push_stop
	unplug|the modem is pulled out|modem_unplug
	plug|and put back|modem_plug
	sms-fails|the next SMS cannot be sent|modem fault cms500 1
	panic|the server's kernel panics|server_ctl panic
	hang|the server hangs|server_ctl hang
	acpi-ignored|the server's system takes no notice of its power button|server_ctl fault acpi-ignored
	acpi-hang|the server's system never ends its shutdown|server_ctl fault acpi-hang
	button-stuck|the server's power button is jammed|server_ctl fault power-stuck
	button-cut|the wire to the server's power button is off|server_ctl fault power-cut
	led-inverted|the wires of the server's power LED are the wrong way round|server_ctl fault led-inverted
	led-absent|the wires of the server's power LED are off|server_ctl fault led-absent
	no-disk|the server finds nothing to boot from|server_ctl fault no-disk
	console-out|the cable of the server's console is pulled out|server_unplug
	console-in|and put back|server_replug
	kill-power|oobm-power is killed|oobmd_kill oobm-power
	kill-console|oobm-console is killed|oobmd_kill oobm-console
	kill-tunnel|oobm-tunnel is killed|oobmd_kill oobm-tunnel
	kill-agent|oobm-agent is killed|oobmd_kill oobm-agent
	EOT
}

# The name push is the prompt's command; this is the lab's.
push_server() { "$TOOLS/pushd" --ctl $W/push "$@"; }

fault_help() {
	echo "fault NAME    breaks one thing; fault clear mends everything, but leaves a dead server to you. There is:"
	faults | awk -F'|' '{ printf "  %-12s  %s\n", $1, $2 }'
}

fault_clear() {
	relay_thaw; relay_stop; relay_config relay; relay_start
	modem fault clear
	carrier_dns good; carrier_route alive; carrier_quality good
	daemon_runs push-server || push_start
	push_server mode ok
	server_ctl fault clear
	server_tty_there || server_replug
	modem status | grep -q unplugged && modem_plug
}

fault() {
	local line
	case ${1:-} in
	'') fault_help; return;;
	clear)
		demo_note "say everything is mended"
		(fault_clear) >$W/fault.out 2>&1;;
	*)
		line=$(faults | grep "^$1|") || { echo "There is no fault \"$1\"." >&2; fault_help; return 2; }
		line=${line#*|}
		demo_note "say ${line%%|*}"
		(eval "${line#*|}") >$W/fault.out 2>&1 || { cat $W/fault.out; return 1; };;
	esac
	follow 30
}
