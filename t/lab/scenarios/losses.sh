# What is lost inside a window: modem, pppd, relay; and a home network that works or does not.
conf_window='	pause = 10s'
story_begin

chapter "unplugged while listening"
modem_unplug
check "listening: noticed" wait_log oobmd 'listening -> offline' 30
modem_plug
check "listening: found again" wait_log oobmd 'offline -> listening' 120

# unplug_in STATE LOG-REGEX: the stick is pulled in that state, and put back; the window opens in the end.
unplug_in() {
	chapter "unplugged while $1"
	ask
	check "$1: reached" wait_log oobmd "-> $1 " 120
	modem_unplug
	check "$1: noticed" wait_log oobmd "$1 -> closing" 60
	check "$1: waits for the modem" wait_log oobmd '-> offline' 60
	modem_plug
	check "$1: opens in the end" opened 300
	oobm down >/dev/null
	check "$1: the agent listens again" listening
	like "$1: reported" "$(sms_since | tail -n 1)" 'OOBM link is down: asked'
}
unplug_in dialling
carrier_route dead
unplug_slow() { carrier_route alive; }
chapter "unplugged while checking"
ask
check "checking: reached" wait_log oobmd '-> checking ' 120
modem_unplug
check "checking: noticed" wait_log oobmd 'checking -> closing' 60
carrier_route alive
modem_plug
check "checking: opens in the end" opened 300

chapter "unplugged while open"
modem_unplug
check "open: noticed" wait_log oobmd 'open -> closing' 60
check "open: waits for the modem" wait_log oobmd '-> offline' 60
modem_plug
check "open: opens again" opened 300
check "open: a push says that it is back" wait_log push 'title=OOBM%20link%20is%20back' 60
check "open: the phone lands again" phone_ssh true
oobm down >/dev/null
check "open: the agent listens again" listening
like "open: reported once" "$(sms_since | grep -c 'OOBM link is down')" '^1$'

chapter "unplugged while closing"
ask
opened >/dev/null
oobm down >/dev/null
check "closing: reached" wait_log oobmd 'open -> closing' 60
modem_unplug
check "closing: offline" wait_log oobmd '-> offline' 60
modem_plug
check "closing: the agent listens again" wait_log oobmd 'offline -> listening' 120
like "closing: reported all the same" "$(next_sms 1)" 'OOBM link is down: asked'

chapter "pppd killed"
modem quirk late-dcd
ask
opened >/dev/null
mark oobmd
pids_of home pppd | xargs kill -KILL
check "pppd: noticed" wait_log oobmd 'open -> closing' 60
check "pppd: opened again" opened 300

chapter "the carrier hangs up"
modem fault drop-carrier
check "hang-up: noticed at once" wait_log oobmd 'open -> closing' 30
check "hang-up: opened again" opened 300

chapter "the relay dies and comes back"
sleep 70
relay_stop
check "relay: noticed" wait_log oobmd 'open -> connecting|open -> closing' 60
relay_start
check "relay: opened again" opened 400
check "relay: the phone lands again" phone_ssh true

chapter "the relay freezes"
relay_freeze
t0=$(uptime)
check "frozen relay: noticed" wait_log oobmd 'open -> (connecting|closing)' 120
between "frozen relay: within 45 s" "$(awk -v a="$t0" -v b="$(uptime)" 'BEGIN { print b - a }')" 0 46
relay_stop
relay_start
check "frozen relay: opened again" opened 400
oobm down >/dev/null
check "the agent listens again" listening
is "home's internet dead: not one packet took its way" "$(home_packets)" 0

chapter "the home's internet works"
home_internet alive
ask
check "alive: opened" opened
check "alive: push" wait_log oobmd 'push sent' 60
is "alive: the relay saw the link's address" "$(relay_peers)" $LINK_IP
oobm down >/dev/null
check "alive: closed" listening
is "alive: not one packet took the home's own way" "$(home_packets)" 0
