# What can be asked of a server's buttons, against each way in which the server answers.
# shellcheck shell=sh disable=SC2119
home_alone
server_up
use_server gw
server_up
conf_targets=$(use_server nas; server_target 'on-time = 5s' 'off-time = 20s' 'pause = 3s'; use_server gw
	server_target 'on-time = 5s' 'off-time = 20s' 'pause = 3s' | grep -v led-line)
use_server nas
[ -n "$LAB_TRAVEL" ] || gpio_trace_start
oobmd_start
check "power is ready" wait_log oobmd 'oobm-power is ready' 30 || return

say "a server that is well"
asked off '' status		0 'the LED is off' '' off
asked off '' on			0 'the LED came on after 0' press on
asked off '' off		1 'the LED is off already: nothing was pressed' '' off
asked off '' force-off		1 'the LED is off already: nothing was pressed' '' off
asked off '' cycle		0 'the LED came on after' press on
asked off '' reset		1 'there is nothing to reset' '' off
asked on '' status		0 'the LED is on' '' on
asked on '' on			1 'the LED is on: nothing was pressed' '' on
asked on '' off			0 'the LED went off after [67]' press off
asked on '' 'off --escalate'	0 'the LED went off after [67]' press off
asked on '' force-off		0 'the LED went off after 4|the LED went off after 0' hold off
asked on '' cycle		0 'the LED (went off|came on)' 'press press' on
asked on '' 'cycle --escalate'	0 'the LED (went off|came on)' 'press press' on
asked on '' reset		0 'reset|LED is on' reset on

say "one whose system is dead"
for state in panic hung; do
	asked $state '' off		1 'no change in 20 s: try force-off' press on
	asked $state '' 'off --escalate'	0 'the LED went off' 'press hold' off
	asked $state '' force-off		0 'the LED went off' hold off
	asked $state '' cycle		1 'no change in 20 s' press on
	asked $state '' 'cycle --escalate'	0 'the LED' 'press hold press' on
	asked $state '' reset		0 'LED is on|reset' reset on
done
for fault in acpi-hang acpi-ignored; do
	asked on $fault off			1 'no change in 20 s: try force-off' press on
	asked on $fault 'off --escalate'	0 'the LED went off' 'press hold' off
	asked on $fault 'cycle --escalate'	0 'the LED' 'press hold press' on
	asked on $fault force-off		0 'the LED went off' hold off
done

say "one that takes no notice of its buttons"
asked off power-cut on			1 '' press off
asked on power-cut off			1 'no change in 20 s: try force-off' press on
asked on power-cut force-off		1 '' hold on
asked on power-cut 'off --escalate'	1 '' 'press hold' on
asked on power-cut 'cycle --escalate'	1 '' 'press hold' on
asked on reset-cut reset		0 '' reset on

say "a button that is jammed"
asked off power-stuck on		1 '' press off
asked on power-stuck off		1 'off already' '' off

say "a supply that gives up, and none"
asked off no-power on		1 '' press off
asked dead '' status		0 'the LED is off' '' dead
asked dead '' on		1 '' press dead
asked dead '' force-off		1 'off already' '' dead

say "an LED that is wired wrongly, or not at all"
asked off led-inverted status		0 'the LED is on' '' off
asked off led-inverted on		1 'the LED is on: nothing was pressed' '' off
asked off led-inverted 'on --force'	0 'not believed' press on
asked on led-inverted off		1 'off already: nothing was pressed' '' on
asked on led-inverted 'off --force'	0 'not believed' press on
asked on led-inverted 'force-off --force'	0 'not believed' hold off
asked off led-absent on			1 '' press on
asked on led-absent off			1 'no change in 20 s' press off

say "one that sleeps"
asked asleep '' status		0 'blink' '' asleep
asked asleep '' on		0 'the LED came on|LED is on' press on
asked asleep '' off		1 'a press would only wake it' '' asleep
asked asleep '' cycle		1 'a press would only wake it' '' asleep
asked asleep '' 'off --escalate'	0 'the LED went off' hold off
asked asleep '' force-off	0 'the LED went off' hold off
asked asleep '' 'cycle --escalate'	0 'the LED' 'hold press' on
asked asleep '' reset		0 '' reset on

say "one without an LED line"
use_server gw
asked off '' status		0 'cannot be known' '' off
asked off '' on			0 'what came of it cannot be known' press on
asked on '' off			0 'what came of it cannot be known' press on
asked on '' force-off		0 'what came of it cannot be known' hold off
asked on '' cycle		1 'it cannot be seen when the machine is off: --escalate' '' on
asked on '' 'cycle --escalate'	0 'cannot be known' 'press hold press' on
asked panic '' 'cycle --escalate'	0 'cannot be known' 'press hold press' on
asked on acpi-hang 'cycle --force'	0 'cannot be known' 'press press' on
asked on '' reset		0 'what came of it cannot be known' reset on

use_server nas
server_be off
oobm power nowhere on >$W/asked 2>&1
is "an unknown target: refused" $? 1
like "and named" "$(cat $W/asked)" 'no such target; see: oobm status'
server_mark
oobmd_stop
is "it ends well" $? 0
is "without a pulse" "$(pressed)" ""
