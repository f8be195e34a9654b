# The modem itself: a card with a PIN, a second port for commands, messages both ways inside a window, faults
# of the modem while it only listens.
conf_modem='	pin-file = "/run/world/pin"
	command-interface = 2'
mkdir -p $W
echo 1234 >$W/pin
chmod 600 $W/pin
story_begin --pin 1234
check "the PIN was accepted" wait_log oobmd 'modem ready' 10
check_not "it is in no log" grep -q 1234 $W/log/oobmd.log

chapter "two ports: messages inside a window"
ask
check "open" opened
ask "extend 15m"
check "extended by SMS" wait_log oobmd 'extended: open until' 60
ask status
like "status by SMS inside the window" "$(next_sms 1 60)" '^.[0-9]* OOBM open, 4[45].* left\. Lab Mobile home -[0-9]* dBm'
check "the link lives on" phone_ssh true
ask down
check "closed by SMS" wait_log oobmd 'open -> closing \(command down\)' 60
check "the agent listens again" listening
like "reported" "$(sms_since | tail -n 1)" 'OOBM link is down: asked'

chapter "a wrong PIN is tried once"
oobmd_stop
modem_stop
modem_start --pin 9999
oobmd_start
check "refused: said" wait_log oobmd 'refused the PIN' 60
sleep 300
is "not tried again" "$(modem status | grep -c PUK)" 0
is "said once in the modem's log" "$(log_since modem | grep -c 'CPIN="')" 1
oobmd_stop
echo 9999 >$W/pin
oobmd_start
check "a corrected PIN is tried" wait_log oobmd '-> listening' 120

chapter "the modem restarts by itself"
modem fault reboot
check "lost" wait_log oobmd 'listening -> offline' 60
check "found again" wait_log oobmd 'offline -> listening' 180

chapter "mute for a while"
modem fault silent always
check "noticed" wait_log oobmd 'listening -> offline' 300
modem fault silent off
check "found again" wait_log oobmd 'offline -> listening' 300

chapter "an announcement is lost"
sms $OWNER "up $OOBM_SECRET" --no-urc --store ME
check "found by the sweep within a minute or so" wait_log oobmd 'listening -> dialling' 90
opened >/dev/null
oobm down >/dev/null
listening >/dev/null

chapter "no network"
modem register searching
check "said after a while" wait_log oobmd 'no network for 10 minutes' 1000
modem register home
check "found again" wait_log oobmd 'offline -> listening' 300

chapter "garbage on the line"
modem fault garbage 3
ask
check "opens all the same" opened 300
