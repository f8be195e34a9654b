# How long buttons are pressed, read from the kernel's own record of each edge; and that nothing else presses: not the
# start of the daemon, nor its end, nor its being stopped and started in the middle of a press.
# shellcheck shell=sh disable=SC2119
home_alone
server_up --stop-ms 500
server_mark
conf_targets=$(server_target 'on-time = 3s' 'off-time = 2s' 'pause = 1s')
[ -n "$LAB_TRAVEL" ] || gpio_trace_start
oobmd_start
check "power is ready" wait_log oobmd 'oobm-power is ready' 30 || return
oobmd_stop
is "the daemon starts and ends without a pulse" "$(server_ctl edges --since "$SERVER_MARK")" ""
mark oobmd
oobmd_start
wait_log oobmd 'oobm-power is ready' 30 >/dev/null

asked off '' on			0 'the LED came on after 0' press on
asked on '' off			0 'the LED went off after' press off
asked hung '' force-off		0 'the LED went off after 4' hold off
asked on '' reset		0 'reset' reset on
asked on '' cycle		0 'turned on again' 'press press' on
asked panic '' 'cycle --escalate'	0 'turned on again' 'press hold press' on
asked asleep '' on		0 'awake' press on

# begun VERB WHAT: asks for it in the background, and returns when the server's log has WHAT.
begun() {
	server_mark
	mark asked
	daemon asked ip netns exec home "$OOBM_BUILD/src/oobm" power "$SERVER" "$1"
	server_saw "$2" 20
}

knows_led() { oobm --json status | grep -qE '"led": *"on"'; }

say "two requests at once"
server_be hung
begun force-off 'line: power active'
oobm power nas on >$W/second 2>&1
is "the second waits for the first" "$(pressed) $(server_power)" "hold press on"
settled

say "stopped in the middle of a hold"
server_be hung
begun force-off 'line: power active'
sleep 1
oobmd_stop
is "the daemon ends well" $? 0
check "and lets go" wait_until 5 released
between "at once" "$(press_widths)" 900 3500
is "the server goes on" "$(server_power)" on
mark oobmd
server_mark
oobmd_start
check "it starts again" wait_log oobmd 'oobm-power is ready' 30
is "without a pulse" "$(server_ctl edges --since "$SERVER_MARK")" ""

say "taken back in the middle of a hold"
server_be hung
begun force-off 'line: power active'
sleep 1
oobm cancel nas >$W/cancelled 2>&1
check "it lets go" wait_until 5 released
between "at once" "$(press_widths)" 900 3500
like "the one who asked hears why" "$(wait_log asked 'stopped on request' 10)" 'stopped on request; the power button was pressed for'

say "the chip goes in the middle of a hold"
server_be hung
begun force-off 'line: power active'
sleep 1
server_ctl gpio gone
like "the one who asked hears it" "$(wait_log asked '^oobm: ' 20)" 'gone|no longer|answers'
mark oobmd uevents
server_ctl gpio back
server_chip_ready
check "and all is well again" wait_until 60 knows_led
server_be off
asked off '' on			0 'the LED came on' press on
oobmd_stop
is "it ends well" $? 0

# What follows takes minutes in real time, and no other times matter to it.
[ -n "$LAB_TRAVEL$OOBM_LONG" ] || return 0
oobmd_start
check "once more" wait_log oobmd 'oobm-power is ready' 30

say "its guard is stopped"
server_be off
server_mark
mark oobmd
oobmd_kill oobm-guard STOP
oobm power nas on >$W/asked 2>&1
is "nothing is pressed" "$? $(server_ctl edges --since "$SERVER_MARK" | wc -l)" "1 0"
like "and it is told why" "$(cat $W/asked)" 'guard of the lines does not answer'
check "oobm-power begins anew" wait_log oobmd 'oobm-power is ready' 30
asked off '' on			0 'the LED came on' press on

say "reloaded in the middle of a hold"
server_be hung
begun force-off 'line: power active'
mark oobmd
daemon_signal oobmd HUP
check "it is reloaded" wait_log oobmd 'reloaded ' 20
settled
is "the hold goes on to its end" "$(pressed) $(server_power)" "hold off"
like "who asked is told where its result will be" "$(wait_log asked '^oobm: ' 20)" 'its result will be in: oobm history'
check "and there it is" wait_log oobmd 'nas: force-off: the LED went off after' 20
like "in the history" "$(oobm history -n 5)" 'nas: force-off: the LED went off after'

say "reloaded with other settings of that machine"
server_be hung
begun force-off 'line: power active'
sleep 1
cp $W/oobmd.conf $W/first.conf
sed 's/pause = 1s/pause = 2s/' $W/first.conf >$W/oobmd.conf
daemon_signal oobmd HUP
check "it lets go" wait_until 5 released
between "at once" "$(press_widths)" 900 3500
like "the one who asked hears why" "$(wait_log asked '^oobm: ' 20)" 'oobm-power|settings|stopped|ended'
check "there is a new one" wait_until 20 knows_led
is "which presses nothing" "$(server_ctl edges --since "$SERVER_MARK" | wc -l)" 2
cat $W/first.conf >$W/oobmd.conf
mark oobmd
daemon_signal oobmd HUP
check "and one more" wait_log oobmd 'oobm-power is ready' 30

say "upgraded in the middle of a hold: the programs are replaced, and the daemon is started anew"
oobmd_stop
mkdir $W/libexec
cp "$OOBM_BUILD"/src/oobm-* "$OOBM_SRC"/src/link/ip-* $W/libexec/
oobmd_start -L $W/libexec
wait_log oobmd 'oobm-power is ready' 30 >/dev/null
server_be hung
begun force-off 'line: power active'
for program in $W/libexec/*; do
	cp "$program" "$program.new" && mv "$program.new" "$program"
done
oobmd_stop
is "upgraded: the old daemon ends well" $? 0
mark oobmd
oobmd_start -L $W/libexec
check "upgraded: the new one has the lines" wait_log oobmd 'oobm-power is ready' 30
check "upgraded: the button is let go" released
is "upgraded: by the old one, and no other edge" "$(server_ctl edges --since "$SERVER_MARK" | wc -l)" 2
is "upgraded: the server goes on" "$(server_power)" on
like "upgraded: the history has what was cut short" "$(oobm history -n 5)" 'cut short|stopped|ended'
oobmd_stop
