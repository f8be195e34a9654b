# A server has died, and its owner is far away: the notice carries its last words, a message opens a window, its console
# tells the rest; it is turned off and on, started as it has to be, and is well again.
# shellcheck shell=sh disable=SC2016
world_up
push_start || not_ok "the push server is there"
server_up --on || not_ok "the server is there"
modem_start || not_ok "the modem is there"
conf_targets=$(server_target 'on-time = 5s' 'off-time = 10s' 'pause = 2s')
oobmd_start
check "the agent listens" wait_log oobmd 'offline -> listening' 60 || return
recording() { oobm --json status | grep -q '"recording": *1'; }
check "the console is recorded" wait_until 30 recording

chapter "the server panics"
server_mark
server_ctl panic

notice=$(next_sms 1 120)
like "a message tells the owner" "$notice" "^\\$OWNER nas: Kernel panic"
like "with the last words of its kernel" "$notice" 'Kernel panic - not syncing: Fatal exception'

is "and it is one message" "$(sleep 20; sms_since | wc -l)" 1

chapter "the owner opens a window"
ask
check "it is open" opened
led_known() { phone_ssh "$OOBM_BUILD/src/oobm status" | grep -q 'nas .*on'; }
check "the status shows the server" wait_until 30 led_known

# One session, in which everything is done; another one for the power. The shell's first words come from the replay.
at_console() {
	"$TOOLS/ptychat" ip netns exec phone ssh -F $W/ssh/phone_config -tt -p 31337 root@$RELAY_NAME \
		"$OOBM_BUILD/src/oobm console nas" -- seconds 90 "$@"
}
printf '#!/bin/sh\nexec ip netns exec phone ssh -F %s -p 31337 root@%s "%s/src/oobm power nas cycle --escalate" >%s 2>&1\n' \
	$W/ssh/phone_config $RELAY_NAME "$OOBM_BUILD" $W/log/cycle.log >$W/cycle
chmod +x $W/cycle
check "through the relay's port, the console replays the panic, shows the cycle, takes the menu's keys, and ends at a prompt" \
	at_console expect 'BUG: kernel NULL pointer dereference' expect 'Kernel panic - not syncing: Fatal exception' \
	run "$W/cycle >/dev/null 2>&1 &" expect 'Lab BIOS' expect 'automatically in' send '\e[B' expect '*2. Debian GNU/Linux (rescue)' \
	send '\r' expect "Booting 'Debian GNU/Linux (rescue)'" expect 'systemd.unit=rescue.target' expect 'maintenance: ' \
	send '\r' expect 'nas:~# ' send 'echo repaired\r' expect '\nrepaired' expect 'nas:~# ' send 'reboot\r' expect 'automatically in' \
	send '1' expect '*1. ' send '\r' expect "Booting 'Debian GNU/Linux'" expect 'nas login: ' send 'root\r' expect 'nas:~# ' \
	send '\r~~.' exit 0
like "the cycle was told as it went" "$(cat $W/log/cycle.log)" 'no change in 10 s: it is forced off now'
like "and what came of it" "$(tail -n 1 $W/log/cycle.log)" 'forced off: .*; turned on again, the LED came on'
is "a press, a hold, a press" "$(pressed)" "press hold press"
is "the server is well again" "$(server_power) $(server_stage)" "on shell"
like "the recording has all of it" "$(oobm log nas -n 400)" 'Kernel panic - not syncing'
like "with what was typed, as the server echoed it" "$(oobm log nas -n 400)" 'nas:~# echo repaired'

chapter "and is done"
check "the window is closed" phone_ssh "$OOBM_BUILD/src/oobm down"
like "a message says so" "$(next_sms 1 200)" 'OOBM link is down: asked to close'
listening >/dev/null
clean "in the end"
like "the history has the panic" "$(oobm history -n 100)" 'nas: .*Kernel panic'
like "and who pressed what" "$(oobm history -n 100)" 'nas: cycle, escalating, by root'
is "not one packet took the home's own way" "$(home_packets)" 0
oobmd_stop
is "oobmd ends well" $? 0
is "nothing of it is left" "$(ps -eo comm= | grep -c -E 'oobm|^pppd')" 0
is "the server did not notice" "$(server_power)" on
